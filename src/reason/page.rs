//! What a code's page says of it, for a finding that no evidence of a check stands behind.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::diagnose::Rule;
use crate::model::Fix;

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

/// Each paragraph is advice; the one before a block of commands says what they do.
fn fixes(section: &str) -> Vec<Fix> {
    let mut fixes: Vec<Fix> = Vec::new();
    let mut lines = section.lines().peekable();
    let mut paragraph = String::new();
    while let Some(line) = lines.next() {
        match line.strip_prefix("```") {
            Some("text") => {
                let commands: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                let does = last_sentence(&std::mem::take(&mut paragraph));
                for command in commands.iter().filter(|line| {
                    line.starts_with("aws ") || line.starts_with("docker ") || line.starts_with("ecr-probe ")
                }) {
                    fixes.push(match has_placeholder(command) {
                        true => Fix::fill_in(does.clone(), *command),
                        false => Fix::ready(does.clone(), *command),
                    });
                }
            }
            // The mended world of the page's test.
            Some(_) => {
                lines.by_ref().take_while(|line| *line != "```").for_each(drop);
            }
            None if line.is_empty() => {
                let is_before_command = lines.peek().is_some_and(|next| next.starts_with("```text"));
                if !is_before_command && !paragraph.is_empty() {
                    fixes.push(Fix::advice(plain(&std::mem::take(&mut paragraph))));
                }
            }
            None => {
                if !paragraph.is_empty() {
                    paragraph.push(' ');
                }
                paragraph.push_str(line);
            }
        }
    }
    if !paragraph.is_empty() {
        fixes.push(Fix::advice(plain(&paragraph)));
    }
    fixes
}

/// The fix with the Region filled in, where the text tells it.
pub fn in_region(fix: &Fix, region: Option<&str>) -> Fix {
    let (Some(region), Some(command)) = (region, &fix.command) else { return fix.clone() };
    let filled = command.replace("REGION", region);
    match has_placeholder(&filled) {
        true => Fix::fill_in(fix.does.clone(), filled),
        false => Fix::ready(fix.does.clone(), filled),
    }
}

/// What introduces a command: the words before its colon.
fn last_sentence(paragraph: &str) -> String {
    let text = plain(paragraph);
    text.trim_end_matches([':', '.']).to_owned()
}

fn plain(text: &str) -> String {
    text.replace('\n', " ").replace("**", "").replace('`', "").trim().to_owned()
}

/// `VPC_ID`, `GROUP`: a word in capitals that the reader fills in.
fn has_placeholder(command: &str) -> bool {
    let words = command.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    words.filter(|word| word.len() > 3).any(|word| word.chars().all(|it| it.is_ascii_uppercase() || it == '_'))
}
