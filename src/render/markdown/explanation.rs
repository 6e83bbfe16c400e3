//! What a text of ECS means, and a code's page.

use super::escape::{fenced, inline};
use super::finding::fixes;
use crate::diagnose::Rule;
use crate::reason::{Explanation, Verdict};
use crate::render::page::{Block, blocks};
use crate::render::reason::{by_cause, owner, share, word};

/// Each of them; those of one cause stand together where that is asked for.
pub fn explanations(explanations: &[Explanation], is_by_cause: bool) -> String {
    if !is_by_cause {
        return explanations.iter().map(explanation).collect();
    }
    let mut text = String::new();
    for group in by_cause(explanations) {
        let Some(first) = group.first() else { continue };
        text.push_str(&format!("{}\n\n{}", share(&group, explanations), explanation(first)));
    }
    text
}

/// One of them, as a section.
pub fn explanation(it: &Explanation) -> String {
    let head = match (it.verdict, it.diagnoses.first()) {
        (Verdict::Diagnosed, Some(first)) => format!("❌ {}", first.code),
        (Verdict::NotAPullProblem, _) => "✅ not a pull problem".to_owned(),
        _ => "❔ unrecognised".to_owned(),
    };
    let mut text = format!("## {head}: {}\n\n> {}\n\n", inline(&it.means), inline(&it.said));
    let owner = owner(it);
    if !owner.is_empty() {
        text.push_str(&format!("Of {}\n\n", inline(&owner)));
    }
    for (nth, cause) in it.diagnoses.iter().enumerate() {
        text.push_str(&format!("- {} {}: {}\n", word(nth, cause), cause.code, inline(&cause.reason)));
    }
    text.push('\n');
    if let Some(first) = it.diagnoses.first() {
        text.push_str(&fixes(&first.fixes));
    }
    if let Some(next) = &it.next {
        text.push_str(&format!("Next: {}\n\n", inline(&next.does)));
        text.extend(next.command().map(|command| fenced(command, "sh", "") + "\n"));
    }
    if let Some(first) = it.diagnoses.first() {
        text.push_str(&format!("More: `ecr-probe explain {}`\n\n", first.code));
    }
    text
}

/// A code's page is Markdown already; the worlds of its tests are left out.
pub fn code(rule: &Rule) -> String {
    let told = |block: Block<'_>| match block {
        Block::Heading(level, text) => format!("{} {text}\n\n", "#".repeat(level)),
        Block::Paragraph(text) => format!("{text}\n\n"),
        Block::List(items) => items.iter().map(|item| format!("- {item}\n")).collect::<String>() + "\n",
        Block::Fenced(text) => fenced(&text, "text", "") + "\n",
    };
    blocks(rule.page).into_iter().map(told).collect()
}
