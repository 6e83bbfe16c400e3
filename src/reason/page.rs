//! What a code's page says of it, for a finding that no evidence of a check stands behind.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::diagnose::Rule;
use crate::model::{Applicability, Fix};

/// The parts of a page that a finding shows.
#[derive(Debug)]
pub struct Page {
    pub sentence: String,
    pub fixes: Vec<Fix>,
}

/// The page of the rule, read once.
pub fn of(rule: &'static Rule) -> &'static Page {
    static PAGES: LazyLock<Mutex<HashMap<&'static str, &'static Page>>> = LazyLock::new(Mutex::default);
    let mut pages = PAGES.lock().unwrap_or_else(PoisonError::into_inner);
    pages.entry(rule.code.id()).or_insert_with(|| Box::leak(Box::new(read(rule.page))))
}

fn read(page: &str) -> Page {
    let sentence = page.split("\n\n").nth(1).unwrap_or_default();
    let fix_it = page.split("\n## Fix it\n").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    Page { sentence: plain(sentence), fixes: fixes(fix_it) }
}

/// Each paragraph and each item of a list is advice; what stands before a block says what that is for.
fn fixes(section: &str) -> Vec<Fix> {
    let mut fixes: Vec<Fix> = Vec::new();
    let mut lines = section.lines().peekable();
    let mut paragraph = String::new();
    while let Some(line) = lines.next() {
        let is_item = line.starts_with("- ");
        if is_item || line.is_empty() {
            let is_before_block = lines.peek().is_some_and(|next| is_block(next));
            if !paragraph.is_empty() && (is_item || !is_before_block) {
                fixes.push(Fix::advice(help(&std::mem::take(&mut paragraph))));
            }
        }
        if is_block(line) {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != FENCE).collect();
            fixes.extend(of_block(&help(&std::mem::take(&mut paragraph)), &block));
        } else if line.starts_with(FENCE) {
            // The mended world of the page's test.
            lines.by_ref().take_while(|line| *line != FENCE).for_each(drop);
        } else if !line.is_empty() {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim_start_matches("- ").trim_start());
        }
    }
    if !paragraph.is_empty() {
        fixes.push(Fix::advice(help(&paragraph)));
    }
    fixes
}

const FENCE: &str = "```";

fn is_block(line: &str) -> bool {
    line.strip_prefix(FENCE).is_some_and(|info| info.is_empty() || info == "text")
}

/// A fix for each command; what is no command, such as a statement of a policy, goes with the advice.
fn of_block(does: &str, block: &[&str]) -> Vec<Fix> {
    if !block.iter().all(|line| is_command(line)) {
        return vec![Fix::advice(format!("{does}\n{}", block.join("\n")))];
    }
    block.iter().map(|command| command_fix(does, (*command).to_owned())).collect()
}

fn command_fix(does: &str, command: String) -> Fix {
    let fix = Fix::fill_in(does, command);
    if fix.placeholders().is_empty() { Fix { applicability: Applicability::Ready, ..fix } } else { fix }
}

/// A program and its arguments, with variables for it before.
fn is_command(line: &str) -> bool {
    let is_name = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    let mut words = line.split(' ').skip_while(|word| word.starts_with(|it: char| it.is_ascii_uppercase()));
    words.next().is_some_and(|program| !program.is_empty() && program.chars().all(is_name)) && words.next().is_some()
}

/// The fix with the Region filled in, where the text tells it.
pub fn in_region(fix: &Fix, region: Option<&str>) -> Fix {
    let Some(region) = region else { return fix.clone() };
    match &fix.command {
        Some(command) => command_fix(&fix.does, with_region(command, region)),
        None => Fix::advice(with_region(&fix.does, region)),
    }
}

/// `REGION` as a word of its own, and not as a part of `LOGS_REGION`.
fn with_region(text: &str, region: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("REGION") {
        let (before, after) = (&rest[..at], &rest[at + "REGION".len()..]);
        let is_part = before.ends_with('_') || after.starts_with('_');
        filled.push_str(before);
        filled.push_str(if is_part { "REGION" } else { region });
        rest = after;
    }
    filled + rest
}

/// The words of a paragraph as the reports write help: lower case at the start, no stop at the end.
fn help(paragraph: &str) -> String {
    let text = plain(paragraph);
    let text = text.trim_end_matches([':', '.']);
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        // A name in capitals stays: `ECR's`, `VPC_ID`.
        (Some(first), Some(second)) if !second.is_ascii_uppercase() => {
            format!("{}{}", first.to_ascii_lowercase(), &text[first.len_utf8()..])
        }
        _ => text.to_owned(),
    }
}

fn plain(text: &str) -> String {
    text.replace('\n', " ").replace("**", "").replace('`', "").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::rules;

    #[test]
    fn a_section_is_read_by_its_blocks() {
        let section = "\nSee it; VPC_ID is\nthe task's:\n\n```text\naws a VPC_ID\naws b\n```\n\n\
                       - One.\n- Two\n  lines: `x`:\n\n```\n{\"Effect\":\"Allow\"}\n```\n\n\
                       ```toml fixed\n[task]\n```\n\nAWS_REGION is set.\n";
        assert_eq!(
            fixes(section),
            [
                Fix::fill_in("see it; VPC_ID is the task's", "aws a VPC_ID"),
                Fix::ready("see it; VPC_ID is the task's", "aws b"),
                Fix::advice("one"),
                Fix::advice("two lines: x\n{\"Effect\":\"Allow\"}"),
                Fix::advice("AWS_REGION is set"),
            ]
        );
    }

    #[test]
    fn a_region_is_filled_in_where_it_is_meant() {
        let fix = Fix::fill_in("see it", "aws --region REGION --to LOGS_REGION");
        let command = in_region(&fix, Some("eu-west-1")).command;
        assert_eq!(command.as_deref(), Some("aws --region eu-west-1 --to LOGS_REGION"));
        let filled = in_region(&Fix::fill_in("see it", "aws --region REGION"), Some("eu-west-1"));
        assert_eq!(filled, Fix::ready("see it", "aws --region eu-west-1"));
    }

    /// What is printed without its page: whole words of its own, and no marks of the page's.
    #[test]
    fn every_page_says_what_its_commands_are_for() {
        let mut wrong = Vec::new();
        for rule in rules::all() {
            let page = of(rule);
            if page.fixes.is_empty() {
                wrong.push(format!("{} mends nothing", rule.code));
            }
            for fix in &page.fixes {
                let words = fix.does.lines().next().unwrap_or_default();
                let first = words.split(' ').next().unwrap_or_default();
                // What only goes on from the paragraph before it.
                let goes_on = ["it", "there", "they", "one", "none", "both", "no", "nothing"].contains(&first);
                let cut = words.ends_with([':', '.', ',', ';', '`']) || words.contains("**");
                if goes_on || cut || words.split(' ').count() < 3 {
                    wrong.push(format!("{}: {words:?}", rule.code));
                }
                if fix.applicability == Applicability::Placeholders && fix.placeholders().is_empty() {
                    wrong.push(format!("{}: nothing to fill in: {:?}", rule.code, fix.command));
                }
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
