//! The first answer does not depend on names, on wrapping, or on how a text was copied.

use std::fmt::Write;
use std::sync::LazyLock;

use ecr_probe::reason::{Context, Verdict, explain};
use proptest::prelude::*;

use crate::change;
use crate::corpus::{Record, codes, context, records};

/// The first answer to a text.
fn first(text: &str, context: &Context) -> Option<&'static str> {
    codes(&explain(text, context)).first().copied()
}

/// Every record that has an answer, with it.
fn answered() -> &'static [(Record, &'static str)] {
    static ANSWERED: LazyLock<Vec<(Record, &str)>> = LazyLock::new(|| {
        let context = context();
        let answered = records().into_iter().filter_map(|record| Some((first(&record.text, &context)?, record)));
        answered.map(|(code, record)| (record, code)).collect()
    });
    &ANSWERED
}

/// A change with its name.
type Change<'a> = (&'a str, &'a dyn Fn(&str) -> String);

/// Asserts that each change leaves the first answers as they are.
fn unchanged(changes: &[Change<'_>]) {
    let context = context();
    let mut log = String::new();
    for (name, change) in changes {
        let mut touched = 0;
        for (record, code) in answered() {
            let changed = change(&record.text);
            let now = first(&changed, &context);
            touched += usize::from(changed != record.text);
            if now != Some(code) {
                writeln!(log, "{} {name}: {code} became {now:?}: {changed:?}", record.id).expect("a string");
            }
        }
        assert!(touched > 4, "{name} changes {touched} texts");
    }
    assert!(log.is_empty(), "\n{log}");
}

#[test]
fn names_do_not_count() {
    let ranges = context().ranges;
    for by in 1..6 {
        unchanged(&[
            ("account", &|text| change::account(text, "000000000001")),
            ("region", &|text| change::region(text, by)),
            ("address", &|text| change::address(text, &ranges, by)),
            ("digest", &|text| change::digests(text, u8::try_from(by).expect("small"))),
            ("capitals", &|text| change::capitals(text)),
            ("all", &|text| {
                let text = change::address(&change::region(text, by), &ranges, by);
                change::digests(&change::account(&text, "999999999999"), 3)
            }),
        ]);
    }
}

#[test]
fn the_addresses_that_replace_others_are_of_their_class() {
    let ranges = context().ranges;
    for (class, addresses) in change::ADDRESSES {
        for address in addresses {
            let address = address.parse().expect("an address");
            assert_eq!(ranges.classify(address, &[]).class, class, "{address}");
        }
    }
}

#[test]
fn the_name_of_the_image_does_not_count() {
    for name in [
        "team-b/some.other_app-2",
        "a",
        "oom-killer",
        "zstd-tools",
        "unauthorized-api",
        "forbidden",
        "kms/decrypt",
        "docker.io/library/nginx",
        "logs/logger",
        "secretsmanager-sync",
        "not-found",
        "capacity-provider",
    ] {
        unchanged(&[(name, &|text| change::repository(text, name))]);
    }
}

#[test]
fn what_stands_around_it_does_not_count() {
    unchanged(&[
        ("service event", &|text| format!("(service X) was unable to place a task. Reason: {text}")),
        ("service event", &|text| {
            format!(
                "(service scheduled-file-writer) was unable to place a task. Reason: {text}. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
            )
        }),
        ("daemon", &|text| format!("Error response from daemon: {text}")),
        ("stopped", &|text| format!("STOPPED Reason: {text}")),
        ("status reason", &|text| format!("Status reason | {text}")),
        ("task", &|text| format!("Task stopped at: 2025-11-12T11:46:29.481Z\n\n{text}\n")),
        ("logrus", &|text| format!("time=\"2025-06-03T09:30:42.500009735Z\" level=error msg={}", change::json(text))),
        ("klog", &|text| format!("E0607 03:51:56.013969       1 remote_image.go:171] {text}")),
        ("stamp", &|text| format!("2026-01-02T03:04:05.678Z ecs-agent[2314]: {text}")),
        ("list", &|text| format!("    4. {text}")),
        ("code", &|text| format!("`{text}`")),
        ("bold", &|text| format!("**{text}**")),
        ("compose", &|text| format!("Task failed to start\n{text}")),
    ]);
}

#[test]
fn quoting_does_not_count() {
    unchanged(&[
        ("html", &|text| change::html(text)),
        ("json", &|text| change::json(text)),
        ("json twice", &|text| change::json(&change::json(text))),
        ("json in html", &|text| change::html(&change::json(text))),
        ("a field", &|text| format!("{{\"stoppedReason\": {}, \"x\": 1}}", change::json(text))),
        ("typographic", &|text| change::typographic(text)),
        ("non-breaking", &|text| text.replace(' ', "\u{a0}")),
        ("coloured", &|text| format!("\u{1b}[1;31m{}\u{1b}[0m", text.replace(": ", "\u{1b}[0m: \u{1b}[31m"))),
        ("zero width", &|text| text.replace(' ', " \u{200b}")),
    ]);
}

#[test]
fn wrapping_does_not_count() {
    for width in [40, 72, 80] {
        unchanged(&[
            ("cut", &|text| change::cut(text, width)),
            ("cut with carriage returns", &|text| change::cut(text, width).replace('\n', "\r\n")),
            ("wrapped", &|text| change::wrap(text, width)),
            ("indented", &|text| change::wrap(text, width).replace('\n', "\n    ")),
            ("doubled blanks", &|text| change::wrap(text, width).replace(' ', "  ")),
        ]);
    }
}

#[test]
fn a_margin_does_not_count() {
    let framed = |text: &str, before: &str, after: &str| {
        let lines = change::wrap(text, 60).lines().map(|line| format!("{before}{line}{after}")).collect::<Vec<_>>();
        lines.join("\n")
    };
    unchanged(&[
        ("quotation", &|text| framed(text, "> ", "")),
        ("Terraform", &|text| format!("╷\n{}\n╵", framed(text, "│ ", ""))),
        ("box", &|text| framed(text, "│ ", " │")),
        ("table", &|text| framed(text, "| ", " |")),
        ("comment", &|text| framed(text, "# ", "")),
    ]);
}

#[test]
fn a_lost_blank_does_not_count() {
    let context = context();
    let mut log = String::new();
    for (record, code) in answered() {
        for (at, _) in record.text.match_indices(' ') {
            let changed = format!("{}{}", &record.text[..at], &record.text[at + 1..]);
            let now = first(&changed, &context);
            if now != Some(code) {
                let around = record.text.get(at.saturating_sub(25)..at + 25);
                writeln!(log, "{}: {code} became {now:?} at {around:?}", record.id).expect("a string");
            }
        }
    }
    assert!(log.is_empty(), "\n{log}");
}

#[test]
fn a_cut_beyond_the_decisive_words_does_not_count() {
    let context = context();
    let mut log = String::new();
    for (record, code) in answered() {
        // From the first prefix that claims the answer on, every longer one has it too.
        let mut settled = false;
        for (at, _) in record.text.char_indices() {
            let prefix = &record.text[..at];
            let explanation = explain(prefix, &context);
            let now = codes(&explanation).first().copied();
            if settled && now != Some(code) {
                writeln!(log, "{}: {code} became {now:?} at {at}: {prefix:?}", record.id).expect("a string");
            }
            settled |= now == Some(code) && explanation.verdict == Verdict::Diagnosed;
        }
    }
    assert!(log.is_empty(), "\n{log}");
}

/// Changes of names, then of wrapping, each or none.
fn dressed() -> impl Strategy<Value = (usize, String, usize, usize, usize)> {
    (0..1000_usize, "[0-9]{12}", 0..20_usize, 0..8_usize, 20..140_usize)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_of_it_together_does_not_count((record, account, by, wrapping, width) in dressed()) {
        let context = context();
        let (record, code) = &answered()[record % answered().len()];
        let text = change::region(&change::account(&record.text, &account), by);
        let text = change::digests(&change::address(&text, &context.ranges, by), (by % 16) as u8);
        let text = match wrapping {
            0 => text,
            1 => change::html(&text),
            2 => change::json(&change::wrap(&text, width)),
            3 => change::wrap(&text, width),
            4 => change::wrap(&change::json(&text), width),
            5 => change::typographic(&change::wrap(&text, width)),
            6 => format!("STOPPED Reason: {}", change::json(&change::json(&text))),
            _ => change::cut(&format!("(service X) was unable to place a task. Reason: {text}"), [40, 72, 80, 100, 120, 132][width % 6]),
        };
        prop_assert_eq!(first(&text, &context), Some(*code), "{}: {:?}", record.id, text);
    }
}
