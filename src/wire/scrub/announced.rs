//! Whether a line announces a secret at all: most do not, and none of their words needs a look.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::names::{SCHEMES, SECRET_FIELDS};
use super::shape::BEGINNINGS;

/// Whether the line holds a scheme's name, the name of a secret field or the beginning of a credential. What holds none
/// has no secret that such names or looks give away.
pub fn in_line(line: &str) -> bool {
    static ANNOUNCEMENTS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let beginnings = BEGINNINGS.iter().map(|(beginning, _)| *beginning);
        let all = SCHEMES.into_iter().chain(SECRET_FIELDS).chain(beginnings);
        let automaton = AhoCorasickBuilder::new().ascii_case_insensitive(true).build(all);
        automaton.expect("a few names make an automaton")
    });
    ANNOUNCEMENTS.is_match(line)
}
