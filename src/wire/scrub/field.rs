//! Values that stand behind the name of a secret field: `password=…`, `"auth":"…"`, `AWS_SECRET_ACCESS_KEY: …`.

use std::borrow::Cow;

use super::word::{is_variable, looks_secret};

/// How a name is found among the letters that stand before a separator, which are compared without `-`, `_` and case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the end of a longer name too: `dbPassword`.
    End,
    /// A whole name, or its last parts: `AWS_SESSION_TOKEN`.
    Parts,
    /// As `Parts`, and a made-up value that is quoted as the name is or stands right behind `=`, since the word means other
    /// things too: `CI_JOB_TOKEN=…`.
    Assigned,
    /// A whole name of a URL's query, with `=` and a long value.
    Query,
    /// The whole name of a header that holds `name=value; name=value`.
    Cookie,
    /// A whole name in quotes with a quoted value, which is Base64 or stands within the file of Docker's credentials.
    Auths,
}

/// Names of fields that hold a secret, in lower case and without `-` and `_`.
const FIELDS: [(&str, Place); 32] = [
    ("password", Place::End),
    ("passwd", Place::End),
    ("passphrase", Place::End),
    ("secretaccesskey", Place::End),
    ("clientsecret", Place::End),
    ("secretstring", Place::End),
    ("secretbinary", Place::End),
    ("secretkey", Place::Parts),
    ("privatekey", Place::Parts),
    ("apikey", Place::Parts),
    // Of Azure's storage, in its connection strings.
    ("accountkey", Place::Parts),
    ("sharedaccesskey", Place::Parts),
    ("accesstoken", Place::Parts),
    ("authtoken", Place::Parts),
    ("authorizationtoken", Place::Parts),
    ("bearertoken", Place::Parts),
    ("identitytoken", Place::Parts),
    ("refreshtoken", Place::Parts),
    ("registrytoken", Place::Parts),
    ("securitytoken", Place::Parts),
    ("sessiontoken", Place::Parts),
    ("xregistryauth", Place::Parts),
    ("xregistryconfig", Place::Parts),
    ("privatetoken", Place::Parts),
    ("token", Place::Assigned),
    ("secret", Place::Assigned),
    ("pass", Place::Assigned),
    ("signature", Place::Query),
    ("sig", Place::Query),
    ("cookie", Place::Cookie),
    ("setcookie", Place::Cookie),
    ("auth", Place::Auths),
];

/// The longest name that is read backwards from a separator, in bytes: more than any of them with its hyphens and a prefix.
const LONGEST_NAME: usize = 64;

/// The line with `…` for the values of such fields. It is one line with single blanks, and is gone through once.
pub fn without_values(line: &str) -> Cow<'_, str> {
    let mut clean = String::new();
    let mut kept = 0;
    let mut at = 0;
    let mut has_auths = false;
    while let Some((separator, value)) = separator(line, at) {
        at = value;
        let Some((name, place)) = named(line, separator) else {
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

/// The text without the quotes and escapes at its end.
fn bare(text: &str) -> &str {
    if text.as_bytes().last().is_some_and(|byte| is_of_name(*byte) && *byte != b'2') {
        return text;
    }
    let bare = text.trim_end_matches(is_quote);
    bare.strip_suffix("%22").unwrap_or(bare)
}

fn is_quote(it: char) -> bool {
    matches!(it, '"' | '\'' | '\\' | '`')
}

#[inline]
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Where the name before a separator begins, if it is that of a secret.
fn named(line: &str, separator: usize) -> Option<(usize, Place)> {
    // A blank may stand between: `password = x`.
    let before = bare(line[..separator].strip_suffix(' ').unwrap_or(&line[..separator])).as_bytes();
    let length = before.iter().rev().take(LONGEST_NAME).take_while(|byte| is_of_name(**byte)).count();
    let mut begin = before.len() - length;
    // The digits of an escape, `%3Fsig` and `\u0026sig`, and the letter of `\nsig` are not of the name.
    let escape = match (begin.checked_sub(1).map(|at| before[at]), before.get(begin)) {
        (Some(b'%'), _) => 2,
        (Some(b'\\'), Some(b'u')) => 5,
        (Some(b'\\'), Some(b'n' | b'r' | b't')) => 1,
        _ => 0,
    };
    begin = (begin + escape).min(before.len());
    let name = &before[begin..];
    // Of each of the fields.
    if !name.last().is_some_and(|last| b"deghnsty".contains(&last.to_ascii_lowercase())) {
        return None;
    }
    // A call that asks for one: `get-login-password`, `GetSessionToken`.
    if name.len() < 3 || name.get(..3).is_some_and(|it| it.eq_ignore_ascii_case(b"get")) {
        return None;
    }
    let found = |(field, place): &(&str, Place)| {
        let rest = rest_before(name, field.as_bytes())?;
        let fits = match place {
            Place::End => true,
            Place::Parts | Place::Assigned => rest == 0 || !name[rest - 1].is_ascii_alphanumeric(),
            _ => name[..rest].iter().all(|byte| !byte.is_ascii_alphanumeric()),
        };
        fits.then_some((begin, *place))
    };
    FIELDS.iter().find_map(found)
}

/// How much of `name` stands before `field`, with which it ends; `None` where it ends otherwise.
fn rest_before(name: &[u8], field: &[u8]) -> Option<usize> {
    let mut rest = name.len();
    for expected in field.iter().rev() {
        while rest > 0 && matches!(name[rest - 1], b'-' | b'_') {
            rest -= 1;
        }
        rest = rest.checked_sub(1)?;
        if name[rest].to_ascii_lowercase() != *expected {
            return None;
        }
    }
    Some(rest)
}

/// The name of a secret field with its separator.
struct Field<'a> {
    line: &'a str,
    name: usize,
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
        let inside = bare.trim_start_matches("%22").trim_start_matches(is_quote);
        let quotes = &bare[..bare.len() - inside.len()];
        let from = self.line.len() - inside.len();
        // Before its end is looked for: a text may be nothing but such.
        if inside.starts_with(['…', '*']) || inside.starts_with("arn:") {
            return None;
        }
        // `"NAME=a b"` is quoted as a whole.
        let around = self.line[..self.name].chars().next_back().filter(|it| matches!(it, '"' | '\''));
        let around = around.filter(|_| self.line.as_bytes()[self.separator] == b'=' && quotes.is_empty());
        let end = match quotes.chars().next_back().or(around) {
            Some(quote) => closing(inside, quote, quotes.chars().rev().skip(1).take_while(|it| *it == '\\').count()),
            None => word_end(inside, place),
        };
        let value = &inside[..end];
        let first = value.split(' ').next().unwrap_or_default();
        let is_quoted = !quotes.is_empty() && self.line[..self.separator].ends_with(is_quote_or_digit);
        let is_assigned = !blank && self.line.as_bytes()[self.separator] == b'=';
        let is_secret = !value.is_empty()
            && !is_variable(value)
            && match place {
                Place::End | Place::Parts if self.is_in_a_name() => false,
                Place::End | Place::Parts => !blank || !quotes.is_empty() || looks_made_up(first),
                Place::Assigned => {
                    is_assigned && self.is_of_environment() && !is_empty(value)
                        || (is_quoted || is_assigned) && looks_made_up(value)
                }
                Place::Auths => is_quoted && (self.has_auths || is_base64(value)),
                Place::Query => !blank && self.line.as_bytes()[self.separator] != b':' && looks_made_up(value),
                Place::Cookie => value.contains('='),
            };
        is_secret.then_some((from, from + end))
    }

    /// Whether the name is one of a variable in the environment: `CI_JOB_TOKEN`.
    fn is_of_environment(&self) -> bool {
        let name = &self.line.as_bytes()[self.name..self.separator];
        name.contains(&b'_')
            && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
    }

    /// Whether the name is a part of an ARN or of a path: `secret:db-x:password:AWSCURRENT`, `team/password:v1`.
    fn is_in_a_name(&self) -> bool {
        const LONGEST_ARN: usize = 2048;
        let before = &self.line[self.line.floor_char_boundary(self.name.saturating_sub(LONGEST_ARN))..self.name];
        let whole = self.line.as_bytes()[self.separator] == b':';
        let token = before.rsplit([' ', '"', '\'', '=', '(', '[', '<']).next().unwrap_or_default();
        whole && (token.ends_with('/') || token.contains("arn:"))
    }
}

/// Whether a value says that there is none.
fn is_empty(value: &str) -> bool {
    ["none", "null", "nil", "true", "false", "unset", "undefined"].iter().any(|it| it.eq_ignore_ascii_case(value))
}

/// Whether a value is Base64, and no word: words have neither padding nor digits among capitals.
fn is_base64(value: &str) -> bool {
    let is_of_it = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let is_whole = value.len() >= 8 && value.len().is_multiple_of(4) && value.bytes().all(is_of_it);
    is_whole && (value.ends_with('=') || looks_made_up(value))
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
    let end = end.or_else(|| inside.match_indices(quote).map(|(at, _)| at).find(ends)).unwrap_or(inside.len());
    inside[..end].trim_end_matches('\\').len()
}

/// Where a value without quotes ends. That of a cookie may have blanks behind its semicolons.
fn word_end(inside: &str, place: Place) -> usize {
    let is_end = |it: char| matches!(it, ' ' | '"' | '<' | '\\') || place == Place::Query && it == '&';
    let mut end = 0;
    loop {
        let rest = &inside[end..];
        let word = rest.find(is_end).unwrap_or(rest.len());
        end += word;
        let goes_on = place == Place::Cookie && rest[..word].ends_with(';') && rest[word..].starts_with(' ');
        if !goes_on {
            return end;
        }
        end += 1;
    }
}

/// Whether a word is a made-up one and not of a sentence: `password: must not be empty`.
pub fn looks_made_up(word: &str) -> bool {
    let bare = word.trim_matches(|it: char| !it.is_ascii_alphanumeric());
    let is_plain = bare.bytes().skip(1).all(|byte| byte.is_ascii_lowercase());
    let has_digit =
        bare.bytes().any(|byte| byte.is_ascii_digit()) && bare.bytes().any(|byte| byte.is_ascii_alphabetic());
    !is_plain && (has_digit && bare.len() > 5 || looks_secret(word))
}
