//! Whether a line announces a secret at all: most do not, and none of their words needs a look.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::names::{ACCESS_KEYS, IDS, PASSWORDS, SCHEMES, SECRET_FIELDS};
use super::shape::{self, BEGINNINGS};
use super::{argument, url};

/// Whether the line holds a name behind which a secret stands, or the beginning of a credential. What holds none has no
/// secret that such names or looks give away.
pub fn in_line(line: &str) -> bool {
    static ANNOUNCEMENTS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let beginnings = BEGINNINGS.iter().map(|(beginning, _)| *beginning);
        let names = SCHEMES.into_iter().chain(SECRET_FIELDS).chain(PASSWORDS).chain(ACCESS_KEYS).chain(IDS);
        automaton(names.chain(beginnings))
    });
    ANNOUNCEMENTS.is_match(line)
}

/// Whether the line names a secret access key or the id of one.
pub fn access_key_in(line: &str) -> bool {
    static NAMES: LazyLock<AhoCorasick> = LazyLock::new(|| automaton(ACCESS_KEYS));
    NAMES.is_match(line) || IDS.iter().any(|it| line.contains(it))
}

fn automaton(names: impl IntoIterator<Item = &'static str>) -> AhoCorasick {
    let automaton = AhoCorasickBuilder::new().ascii_case_insensitive(true).build(names);
    automaton.expect("a few names make an automaton")
}

/// Whether a line that holds no such name stays as it is: it has no arguments, no query and no line of a key.
pub fn by_nothing_else(line: &str) -> bool {
    !url::may_hold_query(line) && !argument::may_hold(line) && !shape::has_key_line(line)
}
