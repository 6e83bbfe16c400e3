//! The messages of programs (`src/reason/vocabulary`): the form of the tables, and what `explain` makes of each message
//! where its program would print it.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use ecr_probe::diagnose::rules;
use ecr_probe::model::Strength;
use ecr_probe::reason::{Verdict, explain};

use crate::corpus::{codes, context};
use crate::frames::{Fill, framed};

const TABLES: [(&str, &str); 7] = [
    ("aws", include_str!("../../src/reason/vocabulary/aws.tsv")),
    ("ecs", include_str!("../../src/reason/vocabulary/ecs.tsv")),
    ("docker", include_str!("../../src/reason/vocabulary/docker.tsv")),
    ("containerd", include_str!("../../src/reason/vocabulary/containerd.tsv")),
    ("kubernetes", include_str!("../../src/reason/vocabulary/kubernetes.tsv")),
    ("clients", include_str!("../../src/reason/vocabulary/clients.tsv")),
    ("system", include_str!("../../src/reason/vocabulary/system.tsv")),
];

/// A line of a table.
pub struct Row {
    pub program: &'static str,
    /// The service of AWS whose answer it is.
    pub service: Option<&'static str>,
    pub kind: &'static str,
    stage: &'static str,
    pub first: Vec<&'static str>,
    also: Vec<&'static str>,
    pub never: Vec<&'static str>,
    pub template: &'static str,
    pub means: &'static str,
    pub place: String,
}

impl Row {
    /// Whether the message rules the code out, and does not name it all the same.
    pub fn rules_out(&self, code: &str) -> bool {
        let is_named = self.first.contains(&code) || self.also.contains(&code);
        !is_named
            && self.never.iter().any(|it| match it.strip_suffix('*') {
                Some(family) => code.starts_with(family),
                None => *it == code,
            })
    }
}

pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (table, text) in TABLES {
        let (mut program, mut service) = ("", None);
        for (at, line) in text.lines().enumerate() {
            if let Some(head) = line.strip_prefix("# ") {
                let (name, scope) = head.split_once(": ").expect("# PROGRAM: pull or any");
                (program, service) = (name, scope.split_once(' ').map(|(_, service)| service));
                continue;
            }
            let columns: Vec<&str> = line.split('\t').collect();
            let place = format!("{table}.tsv:{}", at + 1);
            assert!((6..=7).contains(&columns.len()), "{place} has {} columns", columns.len());
            let words = |at: usize| columns[at].split(' ').filter(|it| !it.is_empty()).collect();
            rows.push(Row {
                program,
                service,
                kind: columns[0],
                stage: columns[1],
                first: words(2),
                also: words(3),
                never: words(4),
                template: columns[5],
                means: columns.get(6).copied().unwrap_or_default(),
                place,
            });
        }
    }
    rows
}

/// As `src/reason/plain.rs` has it, for ASCII.
fn tight(text: &str) -> String {
    text.chars().filter(|it| !" \"'`*\\|’".contains(*it)).flat_map(char::to_lowercase).collect()
}

#[test]
fn the_tables_have_their_form() {
    const KINDS: [&str; 10] =
        ["clause", "cause", "status", "tls", "net", "silence", "sentence", "symptom", "elsewhere", "frame"];
    const STAGES: [&str; 13] = [
        "",
        "dns",
        "route",
        "tls",
        "auth-token",
        "registry-auth",
        "manifest",
        "layer-url",
        "layer-bytes",
        "unpack",
        "secrets",
        "logs",
        "start",
    ];
    let families: BTreeSet<&str> =
        rules::all().filter_map(|rule| rule.code.id().split_once('-')).map(|(family, _)| family).collect();
    let (mut log, mut seen) = (String::new(), HashMap::new());
    let rows = rows();
    assert!(rows.len() > 1_200, "{} messages", rows.len());
    for row in &rows {
        let mut fault = |what: String| writeln!(log, "{}: {what}: {}", row.place, row.template).expect("a string");
        if !KINDS.contains(&row.kind) || !STAGES.contains(&row.stage) {
            fault(format!("{:?} or {:?} is no kind or stage", row.kind, row.stage));
        }
        for code in row.first.iter().chain(&row.also) {
            if rules::of(code).is_none() {
                fault(format!("{code} is no code"));
            }
        }
        for code in &row.never {
            let is_family = code.strip_suffix("-*").is_some_and(|it| families.contains(it));
            if !is_family && !code.starts_with('@') && *code != "*" && rules::of(code).is_none() {
                fault(format!("{code} is neither code nor family"));
            }
        }
        if row.first.iter().any(|code| row.also.contains(code)) {
            fault("a code is both first and also".to_owned());
        }
        let decides = !matches!(row.kind, "frame" | "symptom" | "elsewhere");
        // A cause may be one that no code is of.
        if decides && (row.first.is_empty() && row.kind != "cause" || row.means.is_empty())
            || row.kind == "elsewhere" && row.means.is_empty()
        {
            fault("it decides, and does not say what it means".to_owned());
        }
        let pieces = Fill::pieces(row.template);
        let letters = |text: &str| text.chars().filter(|it| it.is_alphanumeric()).count();
        // A word of Chinese or Japanese has fewer.
        let least = if row.template.is_ascii() { 6 } else { 4 };
        if pieces.iter().map(|it| letters(it)).max().unwrap_or_default() < least {
            fault("no words by which to find it".to_owned());
        }
        let words: Vec<String> = pieces.iter().map(|it| tight(it)).filter(|it| !it.is_empty()).collect();
        if let Some(other) = seen.insert(words, row.place.clone()) {
            fault(format!("it stands at {other} already"));
        }
    }
    assert!(log.is_empty(), "\n{log}");
}

/// Each message, filled with several sets of names and numbers, is answered as its row says.
#[test]
fn every_message_that_decides_is_answered() {
    let context = context();
    let (mut log, mut count, mut wrong) = (String::new(), 0, 0);
    for row in rows().iter().filter(|row| row.kind != "frame") {
        for seed in 1..4 {
            let mut fill = Fill::new(seed);
            let text = framed(row.program, row.stage, &fill.template(row.template), &mut fill);
            let explanation = explain(&text, &context);
            let codes = codes(&explanation);
            count += 1;
            let is_right = match row.kind {
                "elsewhere" => explanation.verdict == Verdict::NotAPullProblem && codes.is_empty(),
                "cause" if row.first.is_empty() => codes.is_empty(),
                _ if row.first.is_empty() => true,
                _ => codes.first().is_some_and(|code| row.first.contains(code)),
            };
            let ruled_out: Vec<_> = codes.iter().filter(|code| row.rules_out(code)).collect();
            if !is_right || !ruled_out.is_empty() {
                wrong += 1;
                writeln!(log, "{}: {codes:?}, not {:?}, ruled out {ruled_out:?}: {text}", row.place, row.first)
                    .expect("a string");
            }
        }
    }
    println!("{count} messages that decide: {wrong} answered otherwise");
    assert!(log.is_empty(), "\n{log}");
}

/// Behind the name of a step, words that nobody knows are no reason to claim anything.
#[test]
fn unknown_causes_are_not_claimed() {
    let context = context();
    let mut log = String::new();
    for row in rows().iter().filter(|row| row.kind == "frame") {
        for seed in 1..4 {
            let mut fill = Fill::new(seed);
            let inner = fill.words(4);
            let text = framed(row.program, row.stage, &fill.around(row.template, &inner), &mut fill);
            let explanation = explain(&text, &context);
            let claims = explanation.diagnoses.iter().filter(|it| it.strength > Strength::Possible);
            let claimed: Vec<_> = claims.map(|it| it.code.id()).collect();
            let ruled_out: Vec<_> = codes(&explanation).into_iter().filter(|code| row.rules_out(code)).collect();
            if !claimed.is_empty() || !ruled_out.is_empty() {
                writeln!(log, "{}: claimed {claimed:?}, ruled out {ruled_out:?}: {text}", row.place).expect("a string");
            }
        }
    }
    assert!(log.is_empty(), "\n{log}");
}
