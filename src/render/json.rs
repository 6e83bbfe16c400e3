//! What is printed as JSON.

use std::io::BufWriter;

use memchr::memchr;
use serde::Serialize;

use crate::model::is_hidden;

/// How long the JSON of most explanations is, in bytes.
const EXPECTED: usize = 8 * 1024;

/// So many bytes are looked at together: most of a report is ASCII that shows.
const TOGETHER: usize = 64;

/// Where the first character stands that is not of ASCII.
fn beyond_ascii(text: &[u8]) -> Option<usize> {
    if text.is_ascii() {
        return None;
    }
    let chunk = text.chunks(TOGETHER).position(|chunk| !chunk.is_ascii())? * TOGETHER;
    text[chunk..].iter().position(|byte| !byte.is_ascii()).map(|at| chunk + at)
}

/// Where the first character stands that may be one that does not show: JSON escapes those of ASCII but DEL.
fn may_be_hidden(text: &str) -> Option<usize> {
    let beyond = beyond_ascii(text.as_bytes());
    memchr(b'\x7f', &text.as_bytes()[..beyond.unwrap_or(text.len())]).or(beyond)
}

/// A report or an explanation as one JSON object on one line, of which all shows: what does not is escaped.
pub fn json(printed: &impl Serialize) -> String {
    // It is written in pieces of few bytes, which take a buffer less time than a vector.
    let mut json = BufWriter::with_capacity(EXPECTED, Vec::new());
    serde_json::to_writer(&mut json, printed).expect("it has string keys and finite numbers");
    let json = String::from_utf8(json.into_inner().expect("a vector takes all")).expect("JSON is UTF-8");
    if may_be_hidden(&json).is_none() {
        return json;
    }
    let mut shown = String::with_capacity(json.len());
    let mut rest = json.as_str();
    while let Some(at) = may_be_hidden(rest) {
        let (before, from) = rest.split_at(at);
        shown.push_str(before);
        let Some(it) = from.chars().next() else { break };
        if is_hidden(it) {
            // Within a string, since elsewhere JSON has none.
            shown.extend(it.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            shown.push(it);
        }
        rest = &from[it.len_utf8()..];
    }
    shown + rest
}
