//! A text as a person pasted it, made plain: escapes undone, quotes straight, lines joined.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr2};

use super::emphasis;
use super::margin;
use super::searched::Searched;
use super::unlinked;
use crate::wire::{are_apart, words};

/// How often a text may be quoted within another: JSON in JSON in a log line.
const MOST_QUOTED: usize = 3;

/// The text twice: for reading names out of it, and for finding phrases in it.
#[derive(Debug, Clone)]
pub struct Plain {
    /// One line, single blanks, straight quotes.
    pub line: Searched,
    /// Lower case, without blanks, quotes and marks of emphasis: a phrase is found however it was wrapped.
    pub tight: Searched,
    /// For each byte of `tight`, where it stands in `line`.
    origin: Vec<u32>,
    /// Where in `line` the text began a new one.
    breaks: Vec<usize>,
}

impl Plain {
    /// Makes a text plain: `"a\n  “b”"` to `a "b"`, and to `ab` for phrases.
    pub fn of(text: &str) -> Self {
        let mut text = straight(text);
        if let Some(plain) = unlinked::without(&text) {
            text = Cow::Owned(plain);
        }
        if let Some(bare) = emphasis::without(&text) {
            text = Cow::Owned(bare);
        }
        if let Some(message) = without_percent(&text) {
            text = Cow::Owned(message);
        }
        if let Some(bare) = margin::without(&text) {
            text = Cow::Owned(bare);
        }
        if let Some(whole) = margin::continued(&text) {
            text = Cow::Owned(whole);
        }
        if let Some(whole) = unbroken(&text) {
            text = Cow::Owned(whole);
        }
        for _ in 0..MOST_QUOTED {
            let Some(unquoted) = without_escapes(&text) else { break };
            text = Cow::Owned(unquoted);
        }
        let (line, breaks) = joined(&text);
        let (mut tight, mut origin) = (vec![0; line.len()], vec![0; line.len()]);
        let mut kept = 0;
        for (byte, at) in line.bytes().zip(0_u32..) {
            let byte = TIGHT[usize::from(byte)];
            (tight[kept], origin[kept]) = (byte, at);
            kept += usize::from(byte != DROPPED);
        }
        tight.truncate(kept);
        origin.truncate(kept);
        // Whole characters of ASCII were taken out, so that what is left is UTF-8.
        let tight = String::from_utf8(tight).unwrap_or_default();
        Plain { tight: Searched::of(tight), line: Searched::of(line), origin, breaks }
    }

    /// What phrases are found in: `No  "basic" auth` to `nobasicauth`. As [`Plain::of`] has it, and soon done for words
    /// that nobody has pasted.
    pub fn tight(words: &str) -> String {
        if words.bytes().any(|it| !matches!(it, b' '..=b'~') || it == b'\\' || it == b'&') {
            return Plain::of(words).tight.as_str().to_owned();
        }
        let kept = words.bytes().map(|byte| TIGHT[usize::from(byte)]).filter(|byte| *byte != DROPPED);
        String::from_utf8(kept.collect()).unwrap_or_default()
    }

    /// Where in `line` the byte of `tight` came from.
    pub fn origin(&self, at: usize) -> usize {
        self.origin.get(at).map_or(self.line.len(), |&origin| origin as usize)
    }

    /// What of `line` was one line of the text, around the byte at `at`.
    pub fn line_around(&self, at: usize) -> Range<usize> {
        let next = self.breaks.partition_point(|it| *it <= at);
        let start = next.checked_sub(1).map_or(0, |before| self.breaks[before]);
        start..self.breaks.get(next).copied().unwrap_or(self.line.len())
    }

    /// The line behind what ends at `end` of `tight`.
    pub fn after(&self, end: usize) -> &str {
        end.checked_sub(1).and_then(|last| self.line.get(self.origin(last) + 1..)).unwrap_or_default()
    }

    /// Whether what begins at `at` of `tight` goes on a word of `line`.
    pub fn is_word_before(&self, at: usize) -> bool {
        self.origin(at).checked_sub(1).is_some_and(|before| self.is_of_word(before))
    }

    /// Whether a word of `line` goes on after what ends at `end` of `tight`.
    pub fn is_word_after(&self, end: usize) -> bool {
        end.checked_sub(1).is_some_and(|last| self.is_of_word(self.origin(last) + 1))
    }

    fn is_of_word(&self, at: usize) -> bool {
        self.line.as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric)
    }
}

/// Stands for a byte that is dropped. No line has it.
const DROPPED: u8 = 0;

/// What the tight text has for each byte of a line: most of them are asked for, one by one.
static TIGHT: [u8; 256] = {
    let mut tight = [DROPPED; 256];
    let mut byte: u8 = 0;
    loop {
        // What may stand in the midst of a phrase and means nothing there.
        if !matches!(byte, b' ' | b'"' | b'\'' | b'`' | b'*' | b'\\' | b'|') {
            tight[byte as usize] = byte.to_ascii_lowercase();
        }
        if byte == u8::MAX {
            break tight;
        }
        byte += 1;
    }
};

/// Typographic quotes and blanks as the keyboard has them; no colours of a terminal.
fn straight(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && memchr(b'\x1b', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' => plain.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' => plain.push('"'),
            '\u{2026}' => plain.push_str("..."),
            '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            '\u{1b}' if characters.peek() == Some(&'[') => {
                // ECMA-48: parameters, and a letter that ends the sequence.
                while characters.next().is_some_and(|it| it == '[' || it == ';' || it.is_ascii_digit()) {}
            }
            it => plain.push(it),
        }
    }
    Cow::Owned(plain)
}

/// Narrower than any terminal or column of a console.
const NARROWEST: usize = 40;
/// The widths at which programs break one line in two.
const WIDTHS: [usize; 6] = [40, 72, 80, 100, 120, 132];

/// The lines that were cut at a width, in the midst of words, put together again; `None` where none were.
///
/// All but the last piece of such a line are of one length, which is the longest there is. Lines that were broken
/// at blanks are not. At a width of 40:
///
/// ```text
/// Get "https://123456789012.dkr.ecr.eu-wes     Get "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/": i/o timeout
/// t-1.amazonaws.com/v2/": i/o timeout       →
/// ```
fn unbroken(text: &str) -> Option<String> {
    if text.len() < NARROWEST || !text.contains('\n') {
        return None;
    }
    let lines: Vec<(&str, usize)> = text.lines().map(|line| (line, line.chars().count())).collect();
    let width = lines.iter().map(|(_, length)| *length).max().filter(|width| *width >= NARROWEST)?;
    let full_lines: Vec<(&str, usize)> = lines.iter().copied().filter(|(_, length)| *length == width).collect();
    let full = full_lines.len();
    // Lines of a log may be alike in length, and begin alike; and one command is given twice.
    let alike = |pair: &[(&str, usize)]| match pair {
        [(line, _), (next, _)] => next.get(..4).is_some_and(|start| line.starts_with(start)),
        _ => false,
    };
    // Where all are full, the last would be so by chance.
    let few = full * 2 < lines.len() || (full == 1 || full == lines.len()) && !WIDTHS.contains(&width);
    if lines.len() < 2 || few || lines.windows(2).chain(full_lines.windows(2)).any(alike) {
        return None;
    }
    let mut whole = String::with_capacity(text.len());
    for (line, length) in lines {
        whole.push_str(line);
        if length < width {
            whole.push('\n');
        }
    }
    Some(whole)
}

/// Without one layer of JSON's or HTML's escapes; `None` where there is none.
fn without_escapes(text: &str) -> Option<String> {
    memchr2(b'\\', b'&', text.as_bytes())?;
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr2(b'\\', b'&', rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let (character, length) = json_escape(from).or_else(|| entity(from)).unwrap_or_else(|| {
            let first = from.chars().next().unwrap_or(' ');
            (first, first.len_utf8())
        });
        plain.push(character);
        rest = from.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    (plain != text).then_some(plain)
}

/// A message that was made a part of a URL as a whole: `error:%20failed%20to%20register%20layer%3A%20…`. Not where it may
/// hold a query or the value of a field: a secret ends at its first blank.
fn without_percent(text: &str) -> Option<String> {
    const BLANKS: usize = 3;
    const SIGNS: [(&str, &str); 5] = [("%20", " "), ("%3A", ":"), ("%22", "\""), ("%27", "'"), ("%2F", "/")];
    memchr(b'%', text.as_bytes())?;
    let may_hold_values =
        text.contains([' ', '?', '=', '@']) || ["%3D", "%3d", "%3F", "%3f"].iter().any(|it| text.contains(it));
    if may_hold_values || text.matches("%20").count() < BLANKS {
        return None;
    }
    Some(SIGNS.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain)))
}

fn json_escape(text: &str) -> Option<(char, usize)> {
    let escaped = text.strip_prefix('\\')?.chars().next()?;
    let plain = match escaped {
        'n' => '\n',
        'r' | 't' | 'f' | 'b' => ' ',
        '"' | '\\' | '/' | '\'' => escaped,
        'u' => {
            let code = u32::from_str_radix(text.get(2..6)?, 16).ok()?;
            return Some((char::from_u32(code).map_or('\'', straightened), 6));
        }
        _ => return None,
    };
    Some((plain, 2))
}

/// Quotes may hide in an escape.
fn straightened(character: char) -> char {
    match character {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        it => it,
    }
}

fn entity(text: &str) -> Option<(char, usize)> {
    let name = text.strip_prefix('&')?;
    let end = name.bytes().take(8).position(|byte| byte == b';')?;
    let name = name.get(..end)?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            straightened(char::from_u32(code)?)
        }
    };
    Some((character, end + 2))
}

/// All white space, and what else cannot be seen, as single blanks; and where lines began.
fn joined(text: &str) -> (String, Vec<usize>) {
    let mut line = String::with_capacity(text.len());
    let mut breaks = Vec::new();
    for part in text.split('\n') {
        let before = line.len();
        if are_apart(part) {
            if !line.is_empty() && !part.is_empty() {
                line.push(' ');
            }
            line.push_str(part);
        } else {
            for word in words(part) {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
        }
        if before > 0 && line.len() > before {
            breaks.push(before + 1);
        }
    }
    (line, breaks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_however_it_was_quoted() {
        let plain = r#"Get "https://a/v2/": dial tcp 10.0.1.5:443: i/o timeout"#;
        let twice = r#"Get \\\"https://a/v2/\\\": dial tcp 10.0.1.5:443: i/o timeout"#;
        let html = "Get &quot;https://a/v2/&quot;:&nbsp;dial tcp 10.0.1.5:443: i/o timeout";
        let wrapped = "Get\n  “https://a/v2/”:\r\n\tdial tcp 10.0.1.5:443:   i/o timeout";
        for text in [plain, twice, html, wrapped] {
            assert_eq!(Plain::of(text).line.as_str(), plain);
        }
        assert_eq!(Plain::of(r"can\u2019t pull\n\tstatus").line.as_str(), "can't pull status");
        assert_eq!(Plain::of("\u{1b}[31merror\u{1b}[0m: no").line.as_str(), "error: no");
    }

    #[test]
    fn lines_are_known_in_the_one_line() {
        let plain = Plain::of("a b\n\n  c \\\\n d\\ne\n");
        assert_eq!(plain.line.as_str(), "a b c d e");
        let around = |word: &str| &plain.line[plain.line_around(plain.line.find(word).unwrap())];
        assert_eq!(["b", "c", "d", "e"].map(around), ["a b ", "c ", "d ", "e"]);
        assert_eq!(plain.line_around(plain.line.len()), 8..9);
    }

    #[test]
    fn words_of_the_source_are_tight_as_a_text_is() {
        for words in ["No  \"basic\" auth", "", "can’t | pull", "a\\nb &amp; c", "périphérique", "*`'|"] {
            assert_eq!(Plain::tight(words), Plain::of(words).tight.as_str(), "{words}");
        }
    }

    #[test]
    fn tight_text_knows_where_it_came_from() {
        let plain = Plain::of("no basic  auth 'credentials'");
        assert_eq!(plain.tight.as_str(), "nobasicauthcredentials");
        assert_eq!(plain.origin(plain.tight.find("credentials").unwrap()), "no basic auth '".len());
        assert_eq!(plain.origin(10_000), plain.line.len());
    }

    #[test]
    fn lines_that_were_cut_at_a_width_are_whole_again() {
        let line =
            "Get \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/\": dial tcp 10.0.1.5:443: i/o timeout";
        for width in [40, 72, 80] {
            let pieces: Vec<String> =
                line.as_bytes().chunks(width).map(|it| String::from_utf8_lossy(it).into()).collect();
            assert_eq!(Plain::of(&pieces.join("\n")).line.as_str(), line, "{width}");
        }
        let two = "Get \"https://123456789012.dkr.ecr.eu-wes\nt-1.amazonaws.com/v2/\": i/o timeout";
        assert_eq!(unbroken(two).as_deref().map(str::trim_end), Some(two.replace('\n', "").as_str()));
        let log =
            "2026-01-02T03:04:05Z could not reach the registry\n2026-01-02T03:04:06Z could not reach the registry";
        assert_eq!(Plain::of(log).line.as_str(), log.replace('\n', " "));
        let twice = "$ docker pull registry-1.docker.io/library/nginx:1\nnet/http: TLS handshake timeout\n";
        let twice = format!("{twice}{twice}");
        assert_eq!(Plain::of(&twice).line.as_str(), twice.trim_end().replace('\n', " "));
        let broken_at_blanks = "Error response from daemon: Get https://api.example.com\ndial tcp: i/o timeout";
        assert_eq!(Plain::of(broken_at_blanks).line.as_str(), broken_at_blanks.replace('\n', " "));
    }

    #[test]
    fn what_looks_like_an_escape_and_is_none_stays() {
        assert_eq!(Plain::of(r"a\q & b &nope; \u12 \ud800x").line.as_str(), r"a\q & b &nope; \u12 'x");
    }
}
