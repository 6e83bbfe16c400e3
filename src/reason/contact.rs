//! What stands before a host in a text, and says that it was called.

use std::net::Ipv4Addr;

/// What programs print before the host that they call: Go, Node, Java, curl, Python.
const CONTACTS: [&str; 13] = [
    "lookup",
    "Inaccessible host: `",
    "Connect to",
    "connect to",
    "connecting to",
    "dialing",
    "resolve host:",
    "ENOTFOUND",
    "EAI_AGAIN",
    "UnknownHostException:",
    "host='",
    "pinging container registry",
    "pulling from host",
];

/// So many bytes before the field that names the host, containerd says what became of it.
const LONGEST_ENTRY: usize = 2_000;

/// Whether containerd's field for the host that it asked stands last: `msg="trying next host" error="…" host=ghcr.io`. Other
/// logs have their machine's own name in a field of that name.
fn is_of_containerd(before: &str) -> bool {
    let is_field = before.ends_with("host=") || before.ends_with("host=\"");
    is_field
        && before[before.ceil_char_boundary(before.len().saturating_sub(LONGEST_ENTRY))..].contains("trying next host")
}

/// For each byte with which what stands before a host ends, the low six bits of those before it.
static ENDS_CONTACT: [u64; 128] = {
    let mut ends = [0; 128];
    let mut nth = 0;
    while nth < CONTACTS.len() {
        if let [.., second, last] = CONTACTS[nth].as_bytes() {
            ends[*last as usize] |= 1 << (*second & 63);
        }
        nth += 1;
    }
    ends
};

/// Whether what stands before a name says that it was called.
pub fn is_contacted(before: &str) -> bool {
    if before.as_bytes().last() == Some(&b'/') {
        return before.ends_with("://");
    }
    let before = if before.as_bytes().last() == Some(&b' ') { &before[..before.len() - 1] } else { before };
    let &[.., second, last] = before.as_bytes() else { return false };
    // Most words end otherwise.
    let may_be = ENDS_CONTACT.get(usize::from(last)).is_some_and(|it| it >> (second & 63) & 1 == 1);
    may_be && CONTACTS.iter().any(|it| before.ends_with(it))
        || last == b't' && before.ends_with(", not") && is_of_certificate(before)
        || matches!(last, b'=' | b'"') && is_of_containerd(before)
}

/// So many bytes of names may stand in a certificate.
const LONGEST_LIST: usize = 600;

/// Go's `certificate is valid for NAME, NAME, not HOST`.
fn is_of_certificate(before: &str) -> bool {
    before[before.ceil_char_boundary(before.len().saturating_sub(LONGEST_LIST))..].contains("certificate is valid for")
}

/// So many bytes before the address Docker Desktop names the host.
const LONGEST_DIALLED: usize = 256;

/// Whether a word is the address of the host before it, as Docker Desktop has it: `dialing ghcr.io:443 container via direct
/// connection because app settings has no HTTPS proxy: connecting to 192.0.2.1:443: dial tcp …`.
pub fn is_address_of_dialled(before: &str, word: &str) -> bool {
    let near = || &before[before.ceil_char_boundary(before.len().saturating_sub(LONGEST_DIALLED))..];
    before.ends_with("connecting to ") && word.parse::<Ipv4Addr>().is_ok() && near().contains("dialing ")
}
