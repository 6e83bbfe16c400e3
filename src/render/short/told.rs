//! The explanation of a text.

use super::finding::{first_fix, more};
use super::fit;
use super::screen::Screen;
use crate::model::Code;
use crate::reason::{Explanation, Verdict};
use crate::render::reason::{by_cause, headline, next, others, share, whose, word};

/// How much of the text is repeated, in characters.
const SAID: usize = 240;

/// What fits on one screen.
pub fn explanation(explanation: &Explanation, screen: Screen) -> String {
    let mut text = headline(explanation, screen.style);
    text.push_str(&whose(explanation));
    text.push_str(&format!("  said: {}\n", fit::middle(&explanation.said, SAID)));
    if let Some((first, rest)) = explanation.diagnoses.split_first() {
        text.push_str(&format!("   = {} {}: {}\n", word(0, first), first.code, first.reason));
        let (fix, fixes) = first_fix(&first.fixes, screen);
        let codes: Vec<Code> = rest.iter().map(|finding| finding.code).collect();
        text.push_str(&fix);
        text.push_str(&more(fixes, 0, "other causes", &codes));
    }
    text.push_str(&next(explanation, screen.style));
    if explanation.verdict == Verdict::Diagnosed
        && let Some(first) = explanation.diagnoses.first()
    {
        text.push_str(&format!("more: ecr-probe explain {}\n", first.code));
    }
    screen.style.finished(text)
}

/// Many explanations, by what they have in common.
pub fn explanations_by_cause(explanations: &[Explanation], screen: Screen) -> String {
    let text = by_cause(explanations)
        .iter()
        .filter_map(|group| Some((group, group.first()?)))
        .map(|(group, first)| {
            format!("{}\n{}{}\n", share(group, explanations), explanation(first, screen), others(group))
        })
        .collect();
    screen.style.finished(text)
}
