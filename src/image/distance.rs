//! How many slips of the finger lie between two names.

/// Whether at most `limit` insertions, deletions, replacements and swaps of neighbours turn one into the other
/// (optimal string alignment). Costs the product of the lengths, so it is for labels of host names.
pub(super) fn within(one: &str, other: &str, limit: usize) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len().abs_diff(other.len()) > limit {
        return false;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, byte) in one.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, theirs) in other.iter().enumerate() {
            let at = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&last, column) + usize::from(byte != theirs);
            let mut cost = replaced.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            let swapped =
                row > 0 && column > 0 && one.get(row - 1) == Some(theirs) && other.get(column - 1) == Some(byte);
            if swapped {
                cost = cost.min(at(&before_last, column - 1) + 1);
            }
            current.push(cost);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().is_some_and(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slips_are_counted() {
        for (text, least) in [
            ("amazonaws", 0),
            ("amazonawss", 1),
            ("amazonwas", 1),
            ("amazonsaw", 2),
            ("amzonaws", 1),
            ("amaznoaws", 1),
            ("anazonaws", 1),
            ("amazon", 3),
            ("amazonas", 1),
            ("aws", 6),
            ("", 9),
        ] {
            for limit in 0..12 {
                assert_eq!(within(text, "amazonaws", limit), limit >= least, "{text} {limit}");
            }
        }
    }

    proptest! {
        #[test]
        fn it_is_symmetric_and_never_panics(one in "[a-c]{0,8}", other in ".{0,8}", limit in 0usize..9) {
            prop_assert_eq!(within(&one, &other, limit), within(&other, &one, limit));
        }
    }
}
