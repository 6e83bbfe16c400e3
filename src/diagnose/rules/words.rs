//! Phrases that several rules share.

use crate::diagnose::Contact;
use crate::diagnose::Host;

/// `a`, `a and b`, `a, b and c`.
pub fn list<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> String {
    let mut unique: Vec<String> = Vec::new();
    for part in parts {
        if !unique.iter().any(|known| known == part.as_ref()) {
            unique.push(part.as_ref().to_owned());
        }
    }
    match unique.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The hosts by name.
pub fn hosts(hosts: &[&Host<'_>]) -> String {
    list(hosts.iter().map(|host| host.target.to_string()))
}

/// The addresses of contacts.
pub fn addresses(contacts: &[&Contact<'_>]) -> String {
    list(contacts.iter().map(|contact| contact.address.to_string()))
}

/// `does` or `do`, after a list of so many.
pub fn verb<'w>(count: usize, one: &'w str, many: &'w str) -> &'w str {
    if count == 1 { one } else { many }
}
