//! The forms, read by parsers that know nothing of them.

use std::borrow::Cow;
use std::io::Write;
use std::process::{Command, Stdio};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use quick_xml::Reader;
use quick_xml::events::Event as Xml;

use crate::tools;

/// The text of a page, without its tags and its style sheet.
pub fn plain(page: &str) -> String {
    let body = page.split("<body>").nth(1).unwrap_or_default();
    let mut text = String::new();
    for (nth, part) in body.split('<').enumerate() {
        let words = if nth == 0 { part } else { part.split_once('>').map_or("", |it| it.1) };
        text.push_str(words);
        // A reader sees blocks apart, and what is within a line together.
        let is_block =
            ["p>", "div", "/div", "/p", "/h", "/li", "/pre", "/dd", "/dt"].iter().any(|it| part.starts_with(it));
        text.push_str(if is_block { "\n" } else { "" });
    }
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (name, it)| text.replace(name, it))
}

/// The text of a document in Markdown, as GitHub reads it. Fails where foreign text became anything but text.
#[track_caller]
pub fn markdown(document: &str, name: &str) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_MATH;
    let mut text = String::new();
    for event in Parser::new_ext(document, options | Options::ENABLE_GFM | Options::ENABLE_FOOTNOTES) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak | Event::HardBreak | Event::End(_) => text.push('\n'),
            Event::Html(it) | Event::InlineHtml(it) => assert!(is_ours(&it), "{name}: {it:?} became HTML"),
            Event::Start(Tag::CodeBlock(kind)) => {
                let fenced = matches!(&kind, CodeBlockKind::Fenced(info) if ["sh", "text"].contains(&&**info));
                assert!(fenced, "{name}: {kind:?} became code");
            }
            Event::Start(tag) => assert!(is_expected(&tag), "{name}: {tag:?} came of text"),
            other => panic!("{name}: {other:?} came of text"),
        }
    }
    text
}

fn is_expected(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::List(_)
            | Tag::Item
            | Tag::Table(_)
            | Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
            | Tag::HtmlBlock
            | Tag::Strong
            | Tag::BlockQuote(None)
    )
}

fn is_ours(tag: &str) -> bool {
    let line = tag.trim();
    let summary = line.strip_prefix("<details><summary>").and_then(|rest| rest.strip_suffix("</summary>"));
    line.is_empty() || ["</details>", "<!-- -->"].contains(&line) || summary.is_some_and(|words| !words.contains('<'))
}

/// How many cases of a document for CI ended how.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ends {
    pub passed: usize,
    pub failed: usize,
    pub unknown: usize,
    pub skipped: usize,
}

/// Reads it strictly; the counts in the suites are those of their cases.
#[track_caller]
pub fn cases(document: &str) -> Ends {
    let mut reader = Reader::from_str(document);
    reader.config_mut().check_end_names = true;
    let (mut ends, mut told) = (Ends::default(), Ends::default());
    let mut tests = 0;
    let mut total = 0;
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {document:.600}")) {
            Xml::Eof => break,
            Xml::Start(tag) | Xml::Empty(tag) => {
                let number = |name: &str| -> usize {
                    let value = tag.try_get_attribute(name).expect("it is well-formed");
                    value.map_or(0, |value| value.value.parse().expect("it is a number"))
                };
                match tag.name().as_ref() {
                    "testsuite" => {
                        total += number("tests");
                        told.failed += number("failures");
                        told.unknown += number("errors");
                        told.skipped += number("skipped");
                    }
                    "testcase" => tests += 1,
                    "failure" => ends.failed += 1,
                    "error" => ends.unknown += 1,
                    "skipped" => ends.skipped += 1,
                    "testsuites" | "system-out" => {}
                    other => panic!("{other} came of text"),
                }
            }
            Xml::End(_) | Xml::Decl(_) | Xml::Text(_) | Xml::GeneralRef(_) => {}
            other => panic!("{other:?} came of text"),
        }
    }
    assert_eq!((tests, told.failed, told.unknown, told.skipped), (total, ends.failed, ends.unknown, ends.skipped));
    ends.passed = tests - ends.failed - ends.unknown - ends.skipped;
    ends
}

/// Pages and documents for CI, read by Python's parsers, which fail where text became markup. Without Python this is skipped.
#[track_caller]
pub fn in_python(files: &[(&str, Cow<'_, str>)]) {
    if tools::find("python3").is_none() {
        return tools::skip("python3");
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/forms/read.py");
    let mut command = Command::new("python3");
    let mut child = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3 starts");
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_ref())).collect();
    let input = serde_json::to_vec(&files).expect("texts are JSON");
    child.stdin.take().expect("it is piped").write_all(&input).expect("it is read");
    let output = child.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.is_empty(), "{told}");
}
