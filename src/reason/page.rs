//! What a code's page says of it, for a finding that no evidence of a check stands behind.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::clauses::Clauses;
use crate::diagnose::{Rule, rules};
use crate::model::{Blank, Fix, Script};

/// The parts of a page that a finding shows.
#[derive(Debug)]
pub struct Page {
    pub sentence: &'static str,
    pub advice: Vec<Advice>,
}

/// Who pulls, as far as a text or what it stands in tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Puller {
    /// ECS, which logs in by itself and on Fargate has no machine to log in on.
    Ecs,
    /// ECS or anything else.
    Any,
}

/// Whom advice is for, by the heading that it stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    All,
    Ecs,
    Others,
}

/// The headings in a page's "Fix it", and whom the advice below them is for.
const HEADINGS: [(&str, Audience); 2] = [("### On ECS", Audience::Ecs), ("### Outside of ECS", Audience::Others)];

/// What the page says to do, with the commands for it if there are any.
#[derive(Debug)]
pub struct Advice {
    audience: Audience,
    does: Clauses,
    commands: Vec<Script>,
    /// As the page has it: nothing is told of most of what a reader fills in.
    untold: Vec<Fix>,
}

impl Advice {
    fn new(audience: Audience, does: String, commands: Vec<Script>) -> Self {
        let does = Clauses::of(does.leak(), is_blank);
        let mut advice = Advice { audience, does, commands, untold: Vec::new() };
        advice.untold = advice.told(None, &|_, _| None).into_iter().map(Fix::kept).collect();
        advice
    }

    /// Whether the advice is for this puller.
    pub fn is_for(&self, puller: Puller) -> bool {
        puller == Puller::Any || self.audience != Audience::Others
    }

    fn add_to(&self, fixes: &mut Vec<Fix>, region: Option<&str>, value: Value<'_>) {
        let is_told = |script: &Script| script.blanks().any(|blank| value(script.line(), blank).is_some());
        let names_region = self.commands.is_empty() && region.is_some() && self.does.text.contains(REGION);
        if names_region || self.commands.iter().any(is_told) {
            fixes.extend(self.told(region, value));
        } else {
            fixes.extend_from_slice(&self.untold);
        }
    }

    /// The advice with what is told filled in. Commands share their words.
    fn told(&self, region: Option<&str>, value: Value<'_>) -> Vec<Fix> {
        if self.commands.is_empty() {
            let does = self.does.text;
            return vec![match region {
                Some(region) => Fix::advice(with_region(does, region)),
                None => Fix::advice(does),
            }];
        }
        let filled = |script: &Script| script.filled(|blank| value(script.line(), blank));
        let lines: Vec<_> = self.commands.iter().map(filled).collect();
        let left: Vec<Blank> = lines.iter().flat_map(|(_, blanks)| blanks).copied().collect();
        let does = self.does.for_blanks(&left);
        lines.into_iter().map(|line| Fix::script(does.clone(), line)).collect()
    }
}

/// What the text tells of a blank of a page's command, by that command and the blank.
pub type Value<'v> = &'v dyn Fn(&str, Blank) -> Option<&'v str>;

impl Page {
    /// What fixes it for this puller, with what the text tells filled in: the Region in words, and in a command what
    /// `value` has for it.
    pub fn fixes(&self, puller: Puller, region: Option<&str>, value: Value<'_>) -> Vec<Fix> {
        let mut fixes = Vec::with_capacity(self.advice.iter().map(|it| it.untold.len()).sum());
        self.advice.iter().filter(|it| it.is_for(puller)).for_each(|it| it.add_to(&mut fixes, region, value));
        fixes
    }
}

/// The rule of a code and its page, which is read once.
pub fn of(code: &'static str) -> Option<(&'static Rule, &'static Page)> {
    type Pages = HashMap<&'static str, Option<(&'static Rule, &'static Page)>>;
    static PAGES: LazyLock<Mutex<Pages>> = LazyLock::new(Mutex::default);
    let read = || rules::of(code).map(|rule| (rule, &*Box::leak(Box::new(read(rule.page)))));
    *PAGES.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_insert_with(read)
}

fn read(page: &'static str) -> Page {
    let sentence = page.split("\n\n").nth(1).unwrap_or_default();
    let fix_it = page.split("\n## Fix it\n").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    Page { sentence: plain(sentence).leak(), advice: advice(fix_it) }
}

/// Each paragraph and each item of a list is advice; what stands before a block says what that is for.
fn advice(section: &'static str) -> Vec<Advice> {
    let mut advice: Vec<Advice> = Vec::new();
    let mut lines = section.lines().peekable();
    let mut paragraph = String::new();
    let mut audience = Audience::All;
    while let Some(line) = lines.next() {
        if let Some((_, below)) = HEADINGS.iter().find(|(heading, _)| *heading == line) {
            audience = *below;
            continue;
        }
        let is_item = line.starts_with("- ");
        if is_item || line.is_empty() {
            let is_before_block = lines.peek().is_some_and(|next| is_block(next));
            if !paragraph.is_empty() && (is_item || !is_before_block) {
                advice.push(Advice::new(audience, help(&std::mem::take(&mut paragraph)), Vec::new()));
            }
        }
        if is_block(line) {
            let block: Vec<&'static str> = lines.by_ref().take_while(|line| *line != FENCE).collect();
            advice.push(of_fence(audience, help(&std::mem::take(&mut paragraph)), &block));
        } else if line.starts_with(FENCE) {
            // The fixed world of the page's test.
            lines.by_ref().take_while(|line| *line != FENCE).for_each(drop);
        } else if !line.is_empty() {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim_start_matches("- ").trim_start());
        }
    }
    if !paragraph.is_empty() {
        advice.push(Advice::new(audience, help(&paragraph), Vec::new()));
    }
    advice
}

const FENCE: &str = "```";

fn is_block(line: &str) -> bool {
    line.strip_prefix(FENCE).is_some_and(|info| info.is_empty() || info == "text")
}

/// Advice with its commands; what is no command, such as a statement of a policy, goes with the words.
fn of_fence(audience: Audience, does: String, block: &[&'static str]) -> Advice {
    if block.iter().all(|line| is_command(line)) {
        Advice::new(audience, does, block.iter().map(|line| Script::of(line, is_blank)).collect())
    } else {
        Advice::new(audience, format!("{does}\n{}", block.join("\n")), Vec::new())
    }
}

/// Whether a word of a page's commands stands for something of the reader's: pages write those in upper case.
fn is_blank(word: &str) -> bool {
    let is_upper = word.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_');
    let is_long = word.len() > 3 || ["TAG", "KEY", "END", "ARN"].contains(&word);
    is_upper && is_long && !is_constant(word)
}

/// Values of AWS's own, and variables, that are written like blanks.
fn is_constant(word: &str) -> bool {
    const VALUES: [&str; 18] = [
        "AAAA",
        "ACTIVE",
        "ARM64",
        "DISABLE",
        "DRAINING",
        "ENABLED",
        "ENABLED_BY_DEFAULT",
        "FARGATE",
        "FORWARD",
        "LATEST",
        "LINUX",
        "ONCE",
        "OUTBOUND",
        "RESOURCE_CONTROL_POLICY",
        "SERVICE_CONTROL_POLICY",
        "STANDARD",
        "STATEFUL",
        "STOPPED",
    ];
    const VARIABLES: [&str; 4] = ["AWS_", "ECS_", "ECR_PROBE", "SSL_CERT_FILE"];
    VALUES.contains(&word)
        || VARIABLES.iter().any(|start| word.starts_with(start))
        || word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A program and its arguments, with variables for it before.
fn is_command(line: &str) -> bool {
    let is_name = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    let mut words = line.split(' ').skip_while(|word| word.starts_with(|it: char| it.is_ascii_uppercase()));
    words.next().is_some_and(|program| !program.is_empty() && program.chars().all(is_name)) && words.next().is_some()
}

/// The blank that words have, too.
const REGION: &str = "REGION";

/// `REGION` as a word of its own, and not as a part of `LOGS_REGION`.
fn with_region(text: &str, region: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(REGION) {
        let (before, after) = (&rest[..at], &rest[at + REGION.len()..]);
        let is_part = before.ends_with('_') || after.starts_with('_');
        filled.push_str(before);
        filled.push_str(if is_part { REGION } else { region });
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

    fn as_it_is(advice: &Advice) -> Vec<Fix> {
        let mut fixes = Vec::new();
        advice.add_to(&mut fixes, None, &|_, _| None);
        fixes
    }

    /// Without a value for any blank.
    fn script(does: &'static str, line: &'static str) -> Fix {
        Fix::script(does, Script::of(line, is_blank).filled(|_| None))
    }

    fn page(rule: &Rule) -> &'static Page {
        of(rule.code.id()).expect("it is a code's").1
    }

    #[test]
    fn a_section_is_read_by_its_blocks() {
        let section = "\nSee it; VPC_ID is\nthe task's:\n\n```text\naws a x VPC_ID\naws b\n```\n\n\
                       - One.\n- Two\n  lines: `x`:\n\n```\n{\"Effect\":\"Allow\"}\n```\n\n\
                       ```toml fixed\n[task]\n```\n\nAWS_REGION is set.\n";
        let fixes: Vec<Fix> = advice(section).iter().flat_map(as_it_is).collect();
        assert_eq!(
            fixes,
            [
                script("see it; VPC_ID is the task's", "aws a x VPC_ID"),
                script("see it; VPC_ID is the task's", "aws b"),
                Fix::advice("one"),
                Fix::advice("two lines: x\n{\"Effect\":\"Allow\"}"),
                Fix::advice("AWS_REGION is set"),
            ]
        );
    }

    #[test]
    fn a_region_is_filled_in_where_it_is_meant() {
        let fix = |line: &'static str, region: &str| {
            let advice = Advice::new(Audience::All, "see it".to_owned(), vec![Script::of(line, is_blank)]);
            let value = |_: &str, blank: Blank| (blank == Blank::REGION).then_some("eu-west-1");
            advice.told(Some(region), &value).remove(0)
        };
        let both = fix("aws --region REGION --to LOGS_REGION", "eu-west-1");
        assert_eq!(both.command(), Some("aws --region eu-west-1 --to LOGS_REGION"));
        assert_eq!(both.blanks(), [Blank::of("LOGS_REGION")]);
        assert_eq!(fix("aws b", "eu-west-1").blanks(), []);
    }

    #[test]
    fn headings_say_whom_advice_is_for() {
        let section = "\nOne for all.\n\n### Outside of ECS\n\nLog in:\n\n```text\ndocker login\n```\n\n- Or do that.\n\n### On ECS\n\nLook there.\n";
        let of = |puller| -> Vec<String> {
            let of = advice(section).into_iter().filter(|it| it.is_for(puller));
            of.flat_map(|it| as_it_is(&it)).map(|it| it.does.into_owned()).collect()
        };
        assert_eq!(of(Puller::Any), ["one for all", "log in", "or do that", "look there"]);
        assert_eq!(of(Puller::Ecs), ["one for all", "look there"]);
    }

    /// Advice for ECS has no login: the reader has no machine to log in on.
    #[test]
    fn no_page_fixes_ecs_with_a_login() {
        // Somebody pulls once, from anywhere, so that ECR fetches the image.
        const FILLS_A_CACHE: [&str; 2] = ["PTC-03", "PTC-05"];
        // Nodes of Kubernetes alone.
        const NEVER_ECS: [&str; 2] = ["HOST-02", "IMG-15"];
        let of_others = ["docker login", "docker logout", "docker context", "docker-credential", "kubelet", "kubectl"];
        let mut wrong = Vec::new();
        for rule in rules::all().filter(|rule| !NEVER_ECS.contains(&rule.code.id())) {
            let fixes: Vec<Fix> =
                page(rule).advice.iter().filter(|it| it.is_for(Puller::Ecs)).flat_map(as_it_is).collect();
            if fixes.is_empty() {
                wrong.push(format!("{} fixes nothing on ECS", rule.code));
            }
            for fix in fixes.iter().filter(|_| !FILLS_A_CACHE.contains(&rule.code.id())) {
                let command = fix.command().unwrap_or_default();
                if of_others.iter().any(|words| command.contains(words)) || fix.does.contains("docker/config.json") {
                    wrong.push(format!("{}: {}: {command}", rule.code, fix.does));
                }
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    /// Without it the CLI's own default is asked, where the VPC need not be.
    #[test]
    fn every_regional_command_has_a_region() {
        const GLOBAL: [&str; 10] =
            ["account", "configure", "iam", "organizations", "route53", "s3", "s3api", "sso", "sts", "ecr-public"];
        let mut wrong = Vec::new();
        for rule in rules::all() {
            let mut is_block = false;
            for line in rule.page.lines() {
                if line.starts_with(FENCE) {
                    is_block = !is_block;
                }
                let calls = line.split(" | ").filter_map(|call| call.strip_prefix("aws ")).filter(|_| is_block);
                for call in calls.filter(|it| !GLOBAL.contains(&it.split(' ').next().unwrap_or_default())) {
                    if !call.contains("--region ") && !call.contains("--vpc-region ") {
                        wrong.push(format!("{}: aws {call}", rule.code));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    /// What is printed without its page: whole words of its own, and no marks of the page's.
    #[test]
    fn every_page_says_what_its_commands_are_for() {
        let mut wrong = Vec::new();
        for rule in rules::all() {
            let page = page(rule);
            let fixes: Vec<Fix> = page.advice.iter().flat_map(as_it_is).collect();
            if fixes.is_empty() {
                wrong.push(format!("{} fixes nothing", rule.code));
            }
            for fix in &fixes {
                let words = fix.does.lines().next().unwrap_or_default();
                let first = words.split(' ').next().unwrap_or_default();
                // What only goes on from the paragraph before it.
                let goes_on = ["it", "there", "they", "one", "none", "both", "no", "nothing"].contains(&first);
                let cut = words.ends_with([':', '.', ',', ';', '`']) || words.contains("**");
                if goes_on || cut || words.split(' ').count() < 3 {
                    wrong.push(format!("{}: {words:?}", rule.code));
                }
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
