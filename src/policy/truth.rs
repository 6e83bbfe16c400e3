//! Three values: what holds, what does not, and what cannot be told.

use std::ops::Not;

/// A truth in Kleene's strong logic of three values: a part that is not known does not hide what the rest decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It may hold or not: something is not known.
    Unknown,
}

impl Truth {
    /// Both hold. What is false decides.
    pub fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::True, Truth::True) => Truth::True,
            _ => Truth::Unknown,
        }
    }

    /// One of them holds. What is true decides.
    pub fn or(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::True, _) | (_, Truth::True) => Truth::True,
            (Truth::False, Truth::False) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// What both ways of an open question come to: known where they agree.
    pub fn either(self, other: Truth) -> Truth {
        if self == other { self } else { Truth::Unknown }
    }

    /// All of them hold; true where there are none.
    pub fn all(truths: impl IntoIterator<Item = Truth>) -> Truth {
        truths.into_iter().fold(Truth::True, Truth::and)
    }

    /// One of them holds; false where there are none.
    pub fn any(truths: impl IntoIterator<Item = Truth>) -> Truth {
        truths.into_iter().fold(Truth::False, Truth::or)
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Truth::True } else { Truth::False }
    }
}

impl Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True, Unknown};

    #[test]
    fn what_is_known_decides() {
        for (a, b, and, or) in [
            (True, True, True, True),
            (True, False, False, True),
            (False, False, False, False),
            (True, Unknown, Unknown, True),
            (False, Unknown, False, Unknown),
            (Unknown, Unknown, Unknown, Unknown),
        ] {
            assert_eq!((a.and(b), b.and(a), a.or(b), b.or(a)), (and, and, or, or), "{a:?} {b:?}");
            assert_eq!(!a.and(b), (!a).or(!b), "{a:?} {b:?}");
        }
        assert_eq!((True.either(True), True.either(False), False.either(Unknown)), (True, Unknown, Unknown));
        assert_eq!((Truth::all([]), Truth::any([])), (True, False));
    }
}
