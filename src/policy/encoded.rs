//! Percent-encoded documents, as IAM's `GetRole`, `GetRolePolicy` and `GetPolicyVersion` answer them (RFC 3986).

/// Decodes `%XX`. A `+` stays a plus: RFC 3986 knows no other meaning of it. `None` where a `%` is not followed by
/// two hexadecimal digits, or where what comes out is not UTF-8.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' { 16 * digit(rest.next()?)? + digit(rest.next()?)? } else { byte });
    }
    String::from_utf8(bytes).ok()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn documents_are_decoded() {
        for (text, decoded) in [
            ("", Some("")),
            ("%7B%22Version%22%3a%222012-10-17%22%7D", Some("{\"Version\":\"2012-10-17\"}")),
            ("a+b%2Bc", Some("a+b+c")),
            ("%C3%A9", Some("é")),
            ("%", None),
            ("%4", None),
            ("%zz", None),
            ("%+4", None),
            ("%FF", None),
        ] {
            assert_eq!(decode(text).as_deref(), decoded, "{text}");
        }
    }
}
