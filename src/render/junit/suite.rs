//! Test suites as XML, in the form that CI systems read: `testsuites` of `testsuite` of `testcase`.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::model::{Timestamp, shown};

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// All is well, or is no reason to stop.
    Passed,
    /// Something is wrong: a line, and all that is known of it.
    Failed(String, String),
    /// Whether something is wrong is not known.
    Unknown(String),
    /// It was not tried: what came before it failed, or nothing decides it.
    Skipped(String),
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What kind of thing is tested.
    pub class: &'static str,
    /// Which one.
    pub name: String,
    /// Milliseconds that it took, rounded.
    pub took_ms: u64,
    /// How it ended.
    pub end: End,
    /// What else is to be known of it.
    pub output: String,
}

impl Case {
    /// A case that says no more than its end.
    pub fn new(class: &'static str, name: impl Into<String>, end: End) -> Self {
        Case { class, name: name.into(), took_ms: 0, end, output: String::new() }
    }
}

/// Cases that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suite {
    /// What was tested.
    pub name: String,
    /// When it began.
    pub began: Option<Timestamp>,
    /// Milliseconds that it took, rounded.
    pub took_ms: u64,
    /// In their order.
    pub cases: Vec<Case>,
    /// What is no case: a line each.
    pub output: Vec<String>,
}

/// How many cases there are and how many of them failed, are unknown and were skipped.
fn counts<'s>(suites: impl Iterator<Item = &'s Suite>) -> [usize; 4] {
    let mut counts = [0; 4];
    for case in suites.flat_map(|suite| &suite.cases) {
        counts[0] += 1;
        match &case.end {
            End::Passed => {}
            End::Failed(..) => counts[1] += 1,
            End::Unknown(_) => counts[2] += 1,
            End::Skipped(_) => counts[3] += 1,
        }
    }
    counts
}

/// The document, by the schema that Jenkins reads (`junit-10.xsd` of its xUnit plugin).
pub fn document(suites: &[Suite]) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let mut put = |event: Event<'_>| writer.write_event(event).expect("memory takes it");
    put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let [tests, failed, unknown, _] = counts(suites.iter()).map(|it| it.to_string());
    put(Event::Start(BytesStart::new("testsuites").with_attributes([
        ("name", "ecr-probe"),
        ("tests", &tests),
        ("failures", &failed),
        ("errors", &unknown),
    ])));
    for suite in suites {
        let name = line(&suite.name);
        let [tests, failed, unknown, skipped] = counts([suite].into_iter()).map(|it| it.to_string());
        let took = seconds(suite.took_ms);
        let mut start = BytesStart::new("testsuite").with_attributes([
            ("name", name.as_str()),
            ("tests", &tests),
            ("failures", &failed),
            ("errors", &unknown),
            ("skipped", &skipped),
            ("time", &took),
        ]);
        if let Some(began) = suite.began {
            // Without a zone, in UTC.
            start.push_attribute(("timestamp", began.to_string().trim_end_matches('Z')));
        }
        put(Event::Start(start));
        suite.cases.iter().for_each(|it| case(it, &mut put));
        output(&suite.output.join("\n"), &mut put);
        put(Event::End(BytesEnd::new("testsuite")));
    }
    put(Event::End(BytesEnd::new("testsuites")));
    String::from_utf8_lossy(&writer.into_inner()).into_owned() + "\n"
}

fn case(it: &Case, put: &mut dyn FnMut(Event<'_>)) {
    let (name, took) = (line(&it.name), seconds(it.took_ms));
    let class = format!("ecr-probe.{}", it.class);
    let start =
        BytesStart::new("testcase").with_attributes([("classname", class.as_str()), ("name", &name), ("time", &took)]);
    put(Event::Start(start));
    let mut told = |tag: &str, kind: Option<&str>, message: &str, text: &str| {
        let message = line(message);
        let mut start = BytesStart::new(tag.to_owned()).with_attributes([("message", message.as_str())]);
        start.extend_attributes(kind.map(|kind| ("type", kind)));
        put(Event::Start(start));
        put(Event::Text(BytesText::new(&lines(text))));
        put(Event::End(BytesEnd::new(tag.to_owned())));
    };
    match &it.end {
        End::Passed => {}
        End::Failed(message, text) => told("failure", Some(it.class), message, text),
        End::Unknown(message) => told("error", Some("unknown"), message, ""),
        End::Skipped(message) => told("skipped", None, message, ""),
    }
    output(&it.output, put);
    put(Event::End(BytesEnd::new("testcase")));
}

fn output(text: &str, put: &mut dyn FnMut(Event<'_>)) {
    if !text.is_empty() {
        put(Event::Start(BytesStart::new("system-out")));
        put(Event::Text(BytesText::new(&lines(text))));
        put(Event::End(BytesEnd::new("system-out")));
    }
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

/// Within an attribute, where a reader takes a line's end for a blank.
fn line(text: &str) -> String {
    lines(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// With a sign in place of each character that XML 1.0 does not have (section 2.2) or that does not show.
fn lines(text: &str) -> String {
    let one = |it: char| match it {
        '\n' => it,
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        _ => shown(it),
    };
    text.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_counts_its_cases() {
        let cases = vec![
            Case::new("hop", "a\nb", End::Passed),
            Case::new("finding", "\"<x>&", End::Failed("it's".to_owned(), "a\u{1}]]>".to_owned())),
            Case::new("code", "y", End::Skipped("no <z>".to_owned())),
        ];
        let output = vec!["not judged: <a>".to_owned()];
        let suite = Suite { name: "check".to_owned(), began: Some(Timestamp(0)), took_ms: 1234, cases, output };
        let text = document(&[suite]);
        let suite = r#"<testsuite name="check" tests="3" failures="1" errors="0" skipped="1" time="1.234" timestamp="1970-01-01T00:00:00">"#;
        assert!(text.contains(suite), "{text}");
        assert!(text.contains(r#"name="a b""#) && text.contains("&quot;&lt;x&gt;&amp;"), "{text}");
        assert!(text.contains("a\u{fffd}]]&gt;"), "{text}");
        assert!(text.contains(r#"<testsuites name="ecr-probe" tests="3" failures="1" errors="0">"#), "{text}");
        assert!(
            text.contains("</testcase>\n    <system-out>not judged: &lt;a&gt;</system-out>\n  </testsuite>"),
            "{text}"
        );
    }
}
