//! The attempts that a text tells of: a log, or the tasks of a service, may hold several that failed each in its own way.

/// What an attempt's message begins with, in the agent's words.
pub const BEGINS: [&str; 2] = ["CannotPull", "ResourceInitializationError"];

/// More attempts than that tell nothing more: the rest is read as one with the last.
const MOST: usize = 16;

/// The messages of the attempts, in their order; the whole text where there is one.
///
/// | text | attempts |
/// |---|---|
/// | `CannotPullContainerError: a` | `CannotPullContainerError: a` |
/// | `x CannotPullContainerError: a CannotPullContainerError: b` | `CannotPullContainerError: a `, `CannotPullContainerError: b` |
pub fn of(text: &str) -> Vec<&str> {
    let mut starts: Vec<usize> =
        BEGINS.iter().flat_map(|begin| text.match_indices(begin)).map(|(at, _)| at).take(MOST).collect();
    starts.sort_unstable();
    if starts.len() < 2 {
        return vec![text];
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_where_a_message_begins() {
        assert_eq!(of("no reason"), ["no reason"]);
        assert_eq!(of("Reason: CannotPullContainerError: a"), ["Reason: CannotPullContainerError: a"]);
        let both = "x CannotPullContainerError: a; ResourceInitializationError: b";
        assert_eq!(of(both), ["CannotPullContainerError: a; ", "ResourceInitializationError: b"]);
        assert_eq!(of(&"CannotPull ".repeat(99)).len(), MOST);
    }
}
