//! What the configuration says, in a few words.

use crate::model::Act;

/// The fact, lower case, what matters first.
pub fn outcome(act: &Act) -> String {
    act.check().name().to_owned()
}
