//! Values that stand behind the name of a secret field: `password=…`, `"auth":"…"`, `AWS_SECRET_ACCESS_KEY: …`.

use std::borrow::Cow;

use super::field_name::{self, Name, Place, bare, is_of_environment, is_quote};
use super::pair::Pairs;
use super::word::{is_variable, looks_secret};

/// What stands before a value of a type in YAML.
const TAGS: [&str; 2] = ["!!str ", "!vault "];

/// The line with `…` for the values of such fields. It is one line with single blanks, and is gone through once.
pub fn without_values(line: &str) -> Cow<'_, str> {
    let mut clean = String::new();
    let mut kept = 0;
    let mut at = 0;
    let mut has_auths = false;
    let mut pairs = Pairs::default();
    while let Some((separator, value)) = separator(line, at) {
        at = value;
        let name = field_name::before(line, separator);
        let is_value = pairs.is_value(line, name.text, value);
        let place = if is_value { Some(Place::Value) } else { field_name::kind(name.text) };
        let Some(place) = place else {
            has_auths = has_auths || bare(&line[..separator]).ends_with("auths");
            continue;
        };
        let field = Field { line, name, separator, value, has_auths };
        if let Some((from, to)) = field.secret(place) {
            clean.push_str(&line[kept..from]);
            clean.push('…');
            (kept, at) = (to, to);
        }
    }
    if kept == 0 {
        return Cow::Borrowed(line);
    }
    clean.push_str(&line[kept..]);
    Cow::Owned(clean)
}

/// The next `=`, `:`, `>` or escaped `=` or `:`, and where what is behind it begins.
fn separator(line: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = line.as_bytes();
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| matches!(byte, b'=' | b':' | b'>' | b'%'))?;
        match bytes.get(at..at + 3) {
            Some(b"%3D" | b"%3d" | b"%3A" | b"%3a") => return Some((at, at + 3)),
            _ if bytes[at] != b'%' => return Some((at, at + 1)),
            _ => at += 1,
        }
    }
}

/// The name of a secret field with its separator.
struct Field<'a> {
    line: &'a str,
    name: Name<'a>,
    separator: usize,
    /// Behind the separator.
    value: usize,
    has_auths: bool,
}

impl Field<'_> {
    /// Where the secret begins and ends; `None` where the words are none.
    fn secret(&self, place: Place) -> Option<(usize, usize)> {
        let behind = &self.line[self.value..];
        // `=>` and `: [` of other notations, then the quote.
        let bare = behind.trim_start_matches(['=', '>', ':', '[']);
        let blank = bare.starts_with(' ');
        let bare = bare.trim_start_matches([' ', '[']);
        let is_block = blank && is_block(bare);
        let bare = if is_block {
            bare.split_once(' ')?.1
        } else {
            TAGS.iter().fold(bare, |it, tag| it.trim_start_matches(tag))
        };
        let inside = bare.trim_start_matches("%22").trim_start_matches(is_quote);
        let quotes = &bare[..bare.len() - inside.len()];
        let from = self.line.len() - inside.len();
        // Before its end is looked for: a text may be nothing but such.
        let is_none = ["\"\"", "''"].contains(&quotes) && is_behind_nothing(inside, quotes);
        if inside.starts_with('…') || inside.starts_with("arn:aws") || is_none {
            return None;
        }
        // `"NAME=a b"` is quoted as a whole.
        let around = self.line[..self.name.begin].chars().next_back().filter(|it| matches!(it, '"' | '\''));
        let around = around.filter(|_| self.line.as_bytes()[self.separator] == b'=' && quotes.is_empty());
        let is_of_json = quotes.is_empty() && self.line[..self.separator].ends_with(['"', '\\']);
        let end = match quotes.chars().next_back().or(around) {
            None if is_of_json => inside.find([',', '}', ']', ' ']).unwrap_or(inside.len()),
            Some(quote) => closing(inside, quote, quotes.chars().rev().skip(1).take_while(|it| *it == '\\').count()),
            None => word_end(inside, place),
        };
        let value = &inside[..end];
        let first = value.split(' ').next().unwrap_or_default();
        let is_quoted = !quotes.is_empty() && self.line[..self.separator].ends_with(is_quote_or_digit);
        let is_assigned = !blank && self.line.as_bytes()[self.separator] == b'=';
        let is_set = !blank || !quotes.is_empty() || is_block;
        let is_secret = value.bytes().any(|byte| byte != b'*')
            && !is_variable(value)
            && !is_empty(value)
            && !is_placeholder(value)
            && match place {
                Place::End | Place::Parts if self.is_in_a_name() => false,
                Place::End | Place::Parts => is_set || looks_made_up(first) || is_number(first),
                Place::Assigned if is_of_environment(self.name.text) => {
                    is_set && self.line.as_bytes()[self.separator] == b'=' || looks_made_up(first)
                }
                Place::Assigned => (is_quoted || is_assigned) && looks_made_up(value),
                Place::Auths => is_quoted && self.has_auths || is_base64(first.trim_end_matches(is_quote), is_quoted),
                Place::Query => !blank && self.line.as_bytes()[self.separator] != b':' && looks_made_up(value),
                Place::Cookie => value.contains('='),
                Place::Value => true,
            };
        is_secret.then_some((from, from + end))
    }

    /// Whether the name is a part of an ARN or of a path: `secret:db-x:password:AWSCURRENT`, `team/password:v1`.
    fn is_in_a_name(&self) -> bool {
        const LONGEST_ARN: usize = 2048;
        let before =
            &self.line[self.line.floor_char_boundary(self.name.begin.saturating_sub(LONGEST_ARN))..self.name.begin];
        let whole = self.line.as_bytes()[self.separator] == b':';
        let token = before.rsplit([' ', '"', '\'', '=', '(', '[', '<']).next().unwrap_or_default();
        whole && (token.ends_with('/') || token.contains("arn:"))
    }
}

/// Whether a value says that there is none.
fn is_empty(value: &str) -> bool {
    ["none", "null", "nil", "true", "false", "unset", "undefined"].iter().any(|it| it.eq_ignore_ascii_case(value))
}

/// Whether a value is Base64, and no word: words have neither padding nor digits among capitals. Without quotes a shorter one may
/// be a name.
fn is_base64(value: &str, is_quoted: bool) -> bool {
    let is_of_it = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let shortest = if is_quoted { 8 } else { 16 };
    let is_whole = value.len() >= 8 && value.len().is_multiple_of(4) && value.bytes().all(is_of_it);
    is_whole && (value.ends_with('=') || value.len() >= shortest && looks_made_up(value))
}

/// What stands for a value in documentation: `<password>`.
fn is_placeholder(value: &str) -> bool {
    let name = value.strip_prefix('<').and_then(|it| it.strip_suffix('>'));
    name.is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_ ".contains(&byte)))
}

fn is_quote_or_digit(it: char) -> bool {
    is_quote(it) || it == '2'
}

/// Where a quoted value ends: before its quote, which is escaped as the first was, or at the end.
fn closing(inside: &str, quote: char, escapes: usize) -> usize {
    let ends = |at: &usize| {
        let before = inside[..*at].bytes().rev().take(escapes + 2).take_while(|byte| *byte == b'\\').count();
        before <= escapes
    };
    // JSON in a string of JSON, of which the escapes have been undone.
    let after_brace = |at: &usize| inside[at + 1..].trim_start_matches('\\').starts_with(quote);
    let mut braces = inside.match_indices('}').map(|(at, _)| at).filter(|_| inside.starts_with('{'));
    let end = braces.find(after_brace).map(|at| at + 1);
    let mut quotes = inside.match_indices(quote).map(|(at, _)| at).filter(ends);
    let end = end.or_else(|| quotes.find(|at| !goes_on(inside, *at, quote))).unwrap_or(inside.len());
    inside[..end].trim_end_matches('\\').len()
}

/// Whether a value goes on behind a quote in it, of which an escape was undone: a word follows, which another quote ends.
fn goes_on(inside: &str, at: usize, quote: char) -> bool {
    let behind = &inside[at + 1..];
    // YAML's and CSV's escape, or the second half of it.
    let is_doubled = behind.starts_with(quote) || at > 0 && inside[..at].ends_with(quote);
    let rest = behind.trim_start_matches(quote);
    let is_word = rest.starts_with(|it: char| it.is_alphanumeric());
    let next = rest.find(quote);
    let is_closed = next.is_some_and(|next| {
        let opens = rest[..next].ends_with(['=', ':', ' ', ',', '(', '[', '{']);
        let is_of_json = [",\"", "}", "]"].iter().any(|it| rest[next + 1..].starts_with(it));
        !opens && is_end(&rest[next + 1..]) && (is_doubled || is_of_json || !rest[..next].contains(' '))
    });
    is_word && is_closed
}

/// Whether two quotes have nothing between them: no other follows that would end a value.
fn is_behind_nothing(inside: &str, quotes: &str) -> bool {
    let closes = || {
        let next = inside.find(&quotes[..1]);
        next.is_some_and(|at| inside[..at].ends_with(|it: char| it.is_alphanumeric()))
    };
    let has_next = inside.starts_with(",\"") || inside.starts_with(", ");
    inside.is_empty() || inside.starts_with(['}', ']']) || has_next || inside.starts_with(' ') && !closes()
}

/// Whether a value may have ended before this: nothing, or no more of a word.
fn is_end(behind: &str) -> bool {
    let signs = [' ', ',', ';', ')', ']', '}', '<', '>', '"', '\'', '`', '\\', ':', '|', '&', '%'];
    behind.is_empty() || behind.starts_with(signs) || behind == "." || behind.starts_with(". ")
}

/// Where a value without quotes ends. That of a cookie may have blanks behind its semicolons.
fn word_end(inside: &str, place: Place) -> usize {
    let ends = |(at, it): (usize, char)| {
        let behind = &inside[at + it.len_utf8()..];
        let is_end = match it {
            ' ' => true,
            '"' => is_end(behind),
            '<' => behind.starts_with(['/', '!']) || is_tag(behind),
            '\\' => behind.starts_with(['n', 'r', 't', 'u', '"', '\'', '\\']),
            '&' => place == Place::Query,
            _ => false,
        };
        is_end.then_some(at)
    };
    let mut from = 0;
    loop {
        let found = inside[from..].char_indices().find_map(|(at, it)| ends((from + at, it)));
        let end = found.unwrap_or(inside.len());
        let goes_on = place == Place::Cookie && inside[..end].ends_with(';') && inside[end..].starts_with(' ');
        if !goes_on {
            return end;
        }
        from = end + 1;
    }
}

/// Whether a value of several lines in YAML begins so: `|`, `>-`, `|2-`.
fn is_block(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['|', '>']) else { return false };
    let (head, _) = rest.split_once(' ').unwrap_or((rest, ""));
    rest.len() > head.len() && head.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+'))
}

/// Whether a tag of HTML begins so: `br>`, `br/>`.
fn is_tag(behind: &str) -> bool {
    let name = behind.trim_start_matches(|it: char| it.is_ascii_lowercase());
    name.len() < behind.len() && (name.starts_with('>') || name.starts_with("/>"))
}

/// Whether a word is a number that is no count: `password: 12345678`.
fn is_number(word: &str) -> bool {
    let bare = word.trim_end_matches([',', ';', '}']);
    bare.len() >= 8 && bare.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a word is a made-up one and not of a sentence: `password: must not be empty`.
pub fn looks_made_up(word: &str) -> bool {
    let bare = word.trim_matches(|it: char| !it.is_ascii_alphanumeric());
    let is_plain = bare.bytes().skip(1).all(|byte| byte.is_ascii_lowercase());
    let has_digit =
        bare.bytes().any(|byte| byte.is_ascii_digit()) && bare.bytes().any(|byte| byte.is_ascii_alphabetic());
    !is_plain && (has_digit && bare.len() > 5 || looks_secret(word))
}
