//! One question about many resources.

use crate::model::facts::Question;

/// Those that nothing is known of yet, each once.
pub fn unknown<'i>(ids: impl IntoIterator<Item = &'i String>, is_known: impl Fn(&str) -> bool) -> Vec<String> {
    let mut unknown: Vec<String> = Vec::new();
    for id in ids {
        if !id.is_empty() && !is_known(id) && !unknown.contains(id) {
            unknown.push(id.clone());
        }
    }
    unknown
}

/// One question for all of them; none where there are none.
pub fn about(ids: Vec<String>, question: impl FnOnce(Vec<String>) -> Question) -> Option<Question> {
    (!ids.is_empty()).then(|| question(ids))
}
