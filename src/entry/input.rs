//! Failures from stdin: a text, a JSON document of any layout, or JSON lines, one result each.

use std::io::{BufRead, Read};

use serde_json::Value;

use super::{Failure, foreign};
use crate::config::UsageError;
use crate::reason::{LONGEST, Record, records};

/// The largest document that is not read line by line, in bytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// What is in the input.
#[derive(Debug)]
pub enum Item {
    /// A failure.
    Record(Record),
    /// What somebody copied: one message or several, or a log.
    Text(String),
    /// What another command is for, in one line.
    Foreign(String),
    /// A record that is too large to be read whole, and in one line why less of it was read, or nothing.
    TooLarge(String),
    /// A list of tasks, services or events that holds none, and nothing else.
    EmptyList,
}

/// What takes the items, one by one.
pub type Each<'e> = &'e mut dyn FnMut(Item) -> Result<(), Failure>;

/// Hands each failure of the input to `each`. JSON lines are handed on as they come; one that is too large is skipped.
///
/// # Errors
///
/// Input that cannot be read, that is too large as a whole, or that holds nothing; and what `each` says.
pub fn read(mut input: impl BufRead, each: Each<'_>) -> Result<(), Failure> {
    let mut seen = 0_usize;
    let mut counted = |item| {
        seen += 1;
        each(item)
    };
    let mut number = 0;
    let mut whole = Vec::new();
    loop {
        number += 1;
        match next_line(&mut input, LARGEST)? {
            Line::End => break,
            Line::TooLong => counted(skipped(number, LARGEST))?,
            Line::Whole(line) => {
                whole.extend_from_slice(&line);
                if !is_blank(&line) {
                    break;
                }
            }
        }
    }
    let mut is_list = false;
    let first = document(&whole);
    // A command in quotes may head a text; what follows other documents is a text of its own.
    let second = if matches!(first, Some(Value::String(_))) { next_words(&mut input, &mut number)? } else { Line::End };
    if let Some(first) = first.filter(|_| !matches!(&second, Line::Whole(line) if document(line).is_none())) {
        is_list = is_empty(&first);
        of_json(&first, &whole, &mut counted)?;
        if let Line::TooLong = second {
            counted(skipped(number, LONGEST))?;
        }
        lines(&mut second.read().chain(input), number, &mut counted)?;
    } else {
        whole.extend_from_slice(second.read());
        let left = LARGEST.saturating_sub(whole.len()) as u64;
        input.take(left + 1).read_to_end(&mut whole).map_err(Failure::Stdin)?;
        is_list |= document(&whole).is_some_and(|whole| is_empty(&whole));
        document_or_text(&whole, &mut counted)?;
    }
    match (seen, is_list) {
        (0, true) => each(Item::EmptyList),
        (0, false) => Err(Failure::Usage(UsageError("nothing to explain: the input is empty".to_owned()))),
        _ => Ok(()),
    }
}

/// A text as it was given on the command line or in a file.
pub fn of_text(text: &str, each: Each<'_>) -> Result<(), Failure> {
    document_or_text(text.as_bytes(), each)
}

/// The rest of JSON lines, after so many. A line that is none is a text of its own.
fn lines(input: &mut impl BufRead, mut number: usize, each: Each<'_>) -> Result<(), Failure> {
    loop {
        number += 1;
        match next_line(input, LONGEST)? {
            Line::End => return Ok(()),
            Line::TooLong => each(skipped(number, LONGEST))?,
            Line::Whole(line) if is_blank(&line) => {}
            Line::Whole(line) => match document(&line) {
                Some(value) => of_json(&value, &line, each)?,
                None => text(&line, each)?,
            },
        }
    }
}

enum Line {
    /// With its end.
    Whole(Vec<u8>),
    /// Read and dropped.
    TooLong,
    End,
}

impl Line {
    /// What was read of it.
    fn read(&self) -> &[u8] {
        if let Line::Whole(line) = self { line } else { &[] }
    }
}

fn next_line(input: &mut impl BufRead, limit: usize) -> Result<Line, Failure> {
    let mut line = Vec::new();
    input.by_ref().take(limit as u64 + 1).read_until(b'\n', &mut line).map_err(Failure::Stdin)?;
    if line.is_empty() {
        return Ok(Line::End);
    }
    if line.len() <= limit {
        return Ok(Line::Whole(line));
    }
    if line.last() != Some(&b'\n') {
        input.skip_until(b'\n').map_err(Failure::Stdin)?;
    }
    Ok(Line::TooLong)
}

/// The next line that is not blank. Its number is counted where it is too long.
fn next_words(input: &mut impl BufRead, number: &mut usize) -> Result<Line, Failure> {
    loop {
        let line = next_line(input, LONGEST)?;
        match &line {
            Line::Whole(words) if is_blank(words) => *number += 1,
            Line::TooLong => {
                *number += 1;
                return Ok(line);
            }
            _ => return Ok(line),
        }
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

fn skipped(line: usize, limit: usize) -> Item {
    Item::TooLarge(format!("line {line} was skipped: it is larger than {} MiB", limit / 1024 / 1024))
}

/// A JSON object, array or string. A number or a word is somebody's text.
fn document(bytes: &[u8]) -> Option<Value> {
    let value = serde_json::from_slice(bytes).ok()?;
    matches!(value, Value::Object(_) | Value::Array(_) | Value::String(_)).then_some(value)
}

/// One document over many lines, several after one another, or a text.
fn document_or_text(bytes: &[u8], each: Each<'_>) -> Result<(), Failure> {
    if bytes.len() > LARGEST {
        return Err(too_large(LARGEST));
    }
    let starts_json = bytes.trim_ascii_start().first().is_some_and(|first| matches!(first, b'{' | b'['));
    let documents: Option<Vec<Value>> = if starts_json {
        serde_json::Deserializer::from_slice(bytes).into_iter().collect::<Result<_, _>>().ok()
    } else {
        document(bytes).map(|value| vec![value])
    };
    match documents {
        Some(documents) => documents.iter().try_for_each(|value| of_json(value, bytes, each)),
        None => text(bytes, each),
    }
}

/// The failures of a document; one that has none in a known place is a text.
fn of_json(value: &Value, bytes: &[u8], each: Each<'_>) -> Result<(), Failure> {
    if let Some(why) = foreign::to_explain(value).filter(|_| !is_empty(value)) {
        return each(Item::Foreign(why));
    }
    let found = records(value);
    match (found.is_empty(), is_empty(value)) {
        (true, true) => Ok(()),
        (true, false) => text(bytes, each),
        (false, _) => found.into_iter().try_for_each(|record| {
            if record.text.len() > LONGEST {
                each(Item::TooLarge(format!("only the first {} MiB of a record were read", LONGEST / 1024 / 1024)))?;
            }
            each(Item::Record(record))
        }),
    }
}

/// `{"tasks": []}`: nothing has failed.
fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
        || ["tasks", "services", "events"].iter().any(|key| value[*key].as_array().is_some_and(Vec::is_empty))
}

fn text(bytes: &[u8], each: Each<'_>) -> Result<(), Failure> {
    if bytes.len() > LONGEST {
        return Err(too_large(LONGEST));
    }
    let text = String::from_utf8_lossy(bytes);
    if text.trim().is_empty() {
        return Ok(());
    }
    each(match foreign::text_to_explain(&text) {
        Some(why) => Item::Foreign(why),
        None => Item::Text(text.into_owned()),
    })
}

fn too_large(limit: usize) -> Failure {
    Failure::Usage(UsageError(format!(
        "a record is larger than {} MiB; paste the part with the reason",
        limit / 1024 / 1024
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(input: &str) -> Vec<String> {
        let mut found = Vec::new();
        let done = read(input.as_bytes(), &mut |item| {
            found.push(match item {
                Item::Record(record) => record.text,
                Item::Text(text) => text,
                Item::Foreign(why) => format!("foreign: {why}"),
                Item::TooLarge(why) => format!("({why})"),
                Item::EmptyList => "(empty list)".to_owned(),
            });
            Ok(())
        });
        match done {
            Ok(()) => found,
            Err(error) => vec![format!("error: {error}")],
        }
    }

    #[test]
    fn input_comes_in_many_forms() {
        assert_eq!(texts("\n\nno basic auth\ncredentials\n"), ["\n\nno basic auth\ncredentials\n"]);
        assert_eq!(texts("\"one\"\n{\"reason\":\"two\"}\n\nthree\n"), ["one", "two", "three\n"]);
        assert_eq!(
            texts("{\n \"tasks\": [\n {\"stoppedReason\": \"a\"}, {\"stoppedReason\": \"b\"}\n ]\n}"),
            ["a", "b"]
        );
        assert_eq!(texts("[{\"stoppedReason\":\"a\"},\n\"b\"]"), ["a", "b"]);
        assert_eq!(texts("{\"reason\":\n\"a\"}{\"reason\":\"b\"}"), ["a", "b"]);
        // Cut JSON, and JSON that nobody has described.
        assert_eq!(texts("{\"stoppedReason\": \"Cannot"), ["{\"stoppedReason\": \"Cannot"]);
        assert_eq!(texts("{\"note\":\"x\"}"), ["{\"note\":\"x\"}"]);
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        for empty in ["", " \n\t\n"] {
            assert_eq!(texts(empty), ["error: nothing to explain: the input is empty"], "{empty:?}");
        }
        for list in ["{\"tasks\":[],\"failures\":[]}", "[]\n", "{\n\"events\": [],\n\"searchedLogStreams\": []\n}\n"] {
            assert_eq!(texts(list), ["(empty list)"], "{list:?}");
        }
        let expired = "{\n \"tasks\": [],\n \"failures\": [{\"arn\": \"arn:x\", \"reason\": \"MISSING\"}]\n}";
        assert_eq!(texts(expired), ["MISSING"]);
    }

    #[test]
    fn a_record_is_bounded() {
        let long = "x".repeat(LONGEST + 1);
        assert!(texts(&long)[0].starts_with("error: a record is larger than 1 MiB"));
        // A command in quotes is the head of a text.
        assert_eq!(texts("\"docker pull x\"\n\ndenied\n"), ["\"docker pull x\"\ndenied\n"]);
        // The records around it are read.
        assert_eq!(
            texts(&format!("\"a\"\n\"{long}\"\n\"b\"\nc")),
            ["a", "(line 2 was skipped: it is larger than 1 MiB)", "b", "c"]
        );
        let exact = format!("\"a\"\n\"{}\"\n\"b\"\n", "x".repeat(LONGEST - 3));
        assert_eq!(texts(&exact).len(), 3);
        let one_more = format!("\"a\"\n\"{}\"\n\"b\"\n", "x".repeat(LONGEST - 2));
        assert_eq!(texts(&one_more)[2], "b");
        let first = texts(&format!("{{\"reason\": \"{long}\"}}\n\"b\"\n"));
        assert_eq!((first[0].as_str(), first[2].as_str()), ("(only the first 1 MiB of a record were read)", "b"));
    }

    #[test]
    fn a_document_is_bounded() {
        let long = format!("{}\n\"b\"\n", "x".repeat(LARGEST + 1));
        assert_eq!(texts(&long), ["(line 1 was skipped: it is larger than 64 MiB)", "b"]);
    }
}
