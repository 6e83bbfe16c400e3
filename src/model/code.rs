//! The permanent name of a fault.

use std::fmt;

use serde::Serialize;

/// An id of the fault catalogue, such as `SG-01`: a family and a number, never reused
/// and never given another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Code(pub &'static str);

impl Code {
    /// As it is written: `SG-01`.
    pub fn id(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}
