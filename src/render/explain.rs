//! A code's page on a terminal.

use super::style::Style;
use crate::diagnose::Rule;

/// The page, without the worlds in TOML: they are there for the tests, and the text says what they do.
pub fn explain(rule: &Rule, style: Style) -> String {
    let mut text = String::new();
    let mut fence: Option<&str> = None;
    for line in rule.page.lines() {
        if let Some(info) = line.strip_prefix("```") {
            fence = match fence {
                Some(_) => None,
                None => Some(info.trim()),
            };
            continue;
        }
        match fence {
            Some(info) if info.starts_with("toml") => {}
            // An example is indented, as in the report.
            Some(_) if line.is_empty() => text.push('\n'),
            Some(_) => text.push_str(&format!("    {line}\n")),
            None => match line.trim_start_matches('#') {
                rest if rest.len() < line.len() => text.push_str(&format!("{}\n", style.bold(rest.trim()))),
                _ => text.push_str(&format!("{}\n", line.replace("**", "").replace('`', ""))),
            },
        }
    }
    // What a block leaves out leaves an empty line on either side.
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text
}
