//! Whatever a server, a file or a message says, it stays text in every form.

use std::borrow::Cow;

use ecr_probe::config::FixForm;
use ecr_probe::model::Report;
use ecr_probe::ranges::Ranges;
use ecr_probe::reason::{Context, explain};
use ecr_probe::render::short::{self, Screen};
use ecr_probe::render::{self, Style, html, junit, markdown};
use ecr_probe::run::{Observed, judge_for};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use crate::pages;
use crate::read;
use crate::worlds::{reports, sweeps};

/// What breaks out of careless renderers.
const SHAPES: [&str; 30] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</code></pre><h1>x</h1>",
    "</title><script>x</script>",
    "</style><script>x</script>",
    "<!-- x",
    "--><b>",
    "<![CDATA[ x ]]>",
    "]]><failure>",
    "&lt;&amp;&#60;",
    "<?xml version=\"1.0\"?>",
    "![x](https://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "`code` ``` ```` ~~~",
    "\n# heading\n",
    "\n\n---\n\n",
    "\n- item\n1. item\n",
    "| a | b |\n|---|---|\n| c | d |",
    "</details><details><summary>x",
    "**bold** _it_ ~~struck~~ $x$ [^1]",
    "@everyone #1 https://evil.example www.evil.example",
    "\u{202e}esrever \u{200b}\u{feff}",
    "\0\u{1}\u{b}\u{1b}[31m\u{7f}\u{fffe}\u{ffff}",
    "\r\n\r\n    code",
    "\\",
    "<https://evil.example>",
    "{{ x }} ${x} $(x)",
    "漢字 😀 עברית",
    "- [ ] task",
];

fn hostile() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![4 => prop::sample::select(&SHAPES[..]).prop_map(str::to_owned), 1 => "\\PC{0,12}"],
        1..4,
    )
    .prop_map(|parts| parts.concat())
}

/// The places of a report's evidence and vantage that hold text.
fn texts(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(at.to_owned()),
        Value::Array(items) => items.iter().enumerate().for_each(|(nth, it)| texts(it, &format!("{at}/{nth}"), found)),
        Value::Object(fields) => fields.iter().for_each(|(name, it)| texts(it, &format!("{at}/{name}"), found)),
        _ => {}
    }
}

/// The report with hostile text in places that hold text and still do then, judged again; and its findings, poisoned too.
fn poisoned(report: &Report, draws: &[(prop::sample::Index, String)]) -> Report {
    let mut value: Value = serde_json::from_str(&render::json(report)).expect("a report is JSON");
    let mut places = Vec::new();
    for part in ["evidence", "vantage", "placement"] {
        texts(&value[part], &format!("/{part}"), &mut places);
    }
    for (index, text) in draws {
        let place = index.get(&places);
        let mut changed = value.clone();
        *changed.pointer_mut(place).expect("it is there") = Value::String(text.clone());
        if Observed::read(&serde_json::to_vec(&changed).expect("JSON")).is_ok() {
            value = changed;
        }
    }
    let bytes = serde_json::to_vec(&value).expect("JSON");
    let mut report = judge_for(Observed::read(&bytes).unwrap_or_else(|why| panic!("{why}")), FixForm::Cli);
    let mut draws = draws.iter().map(|it| it.1.clone()).cycle();
    for finding in &mut report.diagnoses {
        finding.summary = draws.next().expect("it never ends").into();
        for field in [&mut finding.reason, &mut finding.subject] {
            *field = draws.next().expect("it never ends");
        }
        finding.explains.extend(draws.next());
        finding.ecs_message = draws.next();
    }
    report.cut_short = draws.next();
    report.vantage.unknown.extend(draws.next());
    report.vantage.service = draws.next();
    report
}

#[test]
fn hostile_text_stays_text_in_every_form() {
    let reports: Vec<Report> = reports().into_iter().map(|it| it.1).collect();
    // The same cases each time: a browser looks at some of them too.
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner =
        TestRunner::new_with_rng(Config { cases: 150, failure_persistence: None, ..Config::default() }, random);
    let cases = (any::<prop::sample::Index>(), prop::collection::vec((any::<prop::sample::Index>(), hostile()), 4..20));
    let collected = std::cell::RefCell::new(Vec::new());
    runner
        .run(&cases, |(which, draws)| {
            let report = poisoned(which.get(&reports), &draws);
            read::markdown(&markdown::report(&report), "hostile");
            let suites = junit::report(&report);
            read::cases(&suites);
            collected.borrow_mut().push((html::report(&report), suites));
            Ok(())
        })
        .unwrap_or_else(|why| panic!("{why}"));
    let all = collected.into_inner();
    let files: Vec<(&str, Cow<'_, str>)> = all
        .iter()
        .flat_map(|(page, suites)| [("html", Cow::from(page.as_str())), ("junit", Cow::from(suites.as_str()))])
        .collect();
    read::in_python(&files);
    for (nth, (page, _)) in all.iter().enumerate().take(12) {
        pages::keep(&format!("hostile-{nth}.html"), page);
    }
}

#[test]
fn hostile_messages_and_sweeps_stay_text_too() {
    let context = Context { ranges: Ranges::embedded(), vpc: Vec::new() };
    let mut files = Vec::new();
    for shape in SHAPES {
        let words = format!("CannotPullContainerError: {shape}: dial tcp 10.0.1.10:443: i/o timeout {shape}");
        let mut told = explain(&words, &context);
        told.group = Some(shape.to_owned());
        told.task_arn = Some(format!("arn:aws:ecs:eu-west-1:1:task/{shape}"));
        let all = [told];
        read::markdown(&markdown::explanations(&all, true), shape);
        files.push(("html", Cow::from(html::explanations(&all, true))));
        files.push(("junit", Cow::from(junit::explanations(&all))));
        for (_, mut sweep) in sweeps() {
            sweep.service = shape.to_owned();
            sweep.notes.push(shape.to_owned());
            for place in &mut sweep.places {
                place.subnet.push_str(shape);
                place.notes.push(shape.to_owned());
            }
            for it in &mut sweep.differs {
                it.lines.push(shape.to_owned());
                it.failing.push(shape.to_owned());
            }
            read::markdown(&markdown::sweep(&sweep), shape);
            let page = html::sweep(&sweep);
            files.push(("junit", Cow::from(junit::sweep(&sweep))));
            files.push(("html", Cow::from(page)));
        }
    }
    read::in_python(&files);
    pages::keep("hostile-sweep.html", &files.last().expect("there are some").1);
}

/// What turns the order of a line round, and what programs draw as nothing or as a blank.
const UNSEEN: [char; 44] = [
    '\u{0}',
    '\u{7}',
    '\u{8}',
    '\u{d}',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{9b}',
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{115f}',
    '\u{1160}',
    '\u{17b4}',
    '\u{17b5}',
    '\u{180b}',
    '\u{180e}',
    '\u{200b}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202d}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{2067}',
    '\u{2069}',
    '\u{206f}',
    '\u{2800}',
    '\u{3164}',
    '\u{fe00}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{ffa0}',
    '\u{fff9}',
    '\u{1bca0}',
    '\u{1d173}',
    '\u{e0001}',
    '\u{e0041}',
    '\u{e0100}',
    '\u{e01ef}',
];

/// A form of something, by its name.
type Forms = Vec<(&'static str, String)>;

/// Fails for what does not show. The marks of Markdown are followed by a sign that makes pictures of them.
fn all_shows(forms: Forms, whose: char) {
    for (form, text) in forms {
        let text = text.replace("\u{26a0}\u{fe0f}", "").replace("\u{2139}\u{fe0f}", "");
        let text = if form == "colour" { without_colours(&text) } else { text };
        let unseen = text.chars().find(|it| *it != '\n' && UNSEEN.contains(it));
        assert_eq!(unseen, None, "{whose:?} in {form}:\n{text:?}");
    }
}

/// As ECMA-48 has them.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once('m').expect("a colour ends").1);
    std::iter::once(first.as_str()).chain(rest).collect()
}

#[test]
fn what_does_not_show_is_in_no_form() {
    let context = Context { ranges: Ranges::embedded(), vpc: Vec::new() };
    let (reports, sweeps) = (reports(), sweeps());
    for (nth, unseen) in UNSEEN.into_iter().enumerate() {
        let hostile = format!("x {unseen}evil{unseen}");
        let mut told = explain(&format!("CannotPullContainerError: {hostile}: i/o timeout"), &context);
        told.group = Some(hostile.clone());
        told.task_arn = Some(format!("arn:aws:ecs:eu-west-1:1:task/{hostile}"));
        let all = [told];
        let forms = vec![
            ("text", render::reason(&all[0], Style::Plain)),
            ("colour", render::reason(&all[0], Style::Colour)),
            ("screen", short::explanation(&all[0], Screen::PLAIN)),
            ("screen of many", short::explanations_by_cause(&all, Screen::PLAIN)),
            ("text of many", render::reasons_by_cause(&all, Style::Plain)),
            ("json", render::json(&all[0])),
            ("html", html::explanations(&all, true)),
            ("markdown", markdown::explanations(&all, true)),
            ("junit", junit::explanations(&all)),
        ];
        let read: Value = serde_json::from_str(&render::json(&all[0])).expect("JSON");
        assert_eq!(read["group"], *hostile, "what is escaped is not lost");
        all_shows(forms, unseen);

        let mut report = reports[nth % reports.len()].1.clone();
        report.vantage.service = Some(hostile.clone());
        report.vantage.unknown.push(hostile.clone());
        for finding in &mut report.diagnoses {
            finding.summary.to_mut().push_str(&hostile);
            finding.subject.push_str(&hostile);
            finding.ecs_message = Some(hostile.clone());
        }
        let forms = vec![
            ("text", render::text(&report, Style::Plain)),
            ("screen", short::report(&report, Screen::PLAIN)),
            ("colour", short::report(&report, Screen { style: Style::Colour, ..Screen::PLAIN })),
            ("colour", render::text(&report, Style::Colour)),
            ("line", render::audit_line(&report, 20, Style::Plain)),
            ("json", render::json(&report)),
            ("html", html::report(&report)),
            ("markdown", markdown::report(&report)),
            ("junit", junit::report(&report)),
        ];
        all_shows(forms, unseen);

        let mut sweep = sweeps[nth % sweeps.len()].1.clone();
        sweep.service = hostile.clone();
        sweep.notes.push(hostile.clone());
        let forms = vec![
            ("text", render::sweep(&sweep, Style::Plain)),
            ("screen", short::sweep(&sweep, Screen::PLAIN)),
            ("colour", render::sweep(&sweep, Style::Colour)),
            ("json", render::json(&sweep)),
            ("html", html::sweep(&sweep)),
            ("markdown", markdown::sweep(&sweep)),
            ("junit", junit::sweep(&sweep)),
        ];
        all_shows(forms, unseen);
    }
}
