//! Whether a line announces a secret at all: most do not, and none of their words needs a look.

use std::sync::LazyLock;

use super::names::{ACCESS_KEYS, IDS, PASSWORDS, SCHEMES, SECRET_FIELDS};
use super::shape::{self, BEGINNINGS};
use super::{argument, url};
use crate::wire::Keywords;

/// Whether the line holds a name behind which a secret stands, or the beginning of a credential. What holds none has no
/// secret that such names or looks give away.
pub fn in_line(line: &str) -> bool {
    static ANNOUNCEMENTS: LazyLock<Keywords> = LazyLock::new(|| {
        let beginnings = BEGINNINGS.iter().map(|(beginning, _)| *beginning);
        let names = SCHEMES.into_iter().chain(SECRET_FIELDS).chain(PASSWORDS).chain(ACCESS_KEYS).chain(IDS);
        Keywords::in_any_case(names.chain(beginnings))
    });
    ANNOUNCEMENTS.are_in(line)
}

/// Whether a line that holds no such name stays as it is: it has no arguments, no query and no line of a key.
pub fn by_nothing_else(line: &str) -> bool {
    !url::may_hold_query(line) && !argument::may_hold(line) && !shape::has_key_line(line)
}
