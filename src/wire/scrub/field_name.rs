//! Names of fields that hold a secret, and how a name stands before its separator.

/// How a name is found among the letters that stand before a separator, which are compared without `-`, `_` and case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At the end of a longer name too: `dbPassword`.
    End,
    /// A whole name, or its last parts: `AWS_SESSION_TOKEN`.
    Parts,
    /// As `Parts`, since the word means other things too: any value of a variable in the environment, `CI_JOB_TOKEN=…`, and
    /// else a made-up one that is quoted as the name is or stands right behind `=`.
    Assigned,
    /// A whole name of a URL's query, with `=` and a long value.
    Query,
    /// The whole name of a header that holds `name=value; name=value`.
    Cookie,
    /// A whole name with a value that is Base64, or a quoted one within the file of Docker's credentials.
    Auths,
    /// A whole name, where a field before it named a secret: `"name": "DB_PASSWORD", "value": "…"`.
    Value,
}

/// Names of fields that hold a secret, in lower case and without `-` and `_`.
const FIELDS: [(&str, Place); 39] = [
    ("password", Place::End),
    ("passwd", Place::End),
    ("passwords", Place::End),
    ("passwort", Place::End),
    ("passphrase", Place::End),
    ("passcode", Place::End),
    ("secretaccesskey", Place::End),
    ("clientsecret", Place::End),
    ("secretstring", Place::End),
    ("secretbinary", Place::End),
    ("secretkey", Place::End),
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
    ("jobtoken", Place::Parts),
    // Of Artifactory.
    ("xjfrogartapi", Place::Parts),
    ("authconfig", Place::Parts),
    ("token", Place::Assigned),
    ("secret", Place::Assigned),
    ("pass", Place::Assigned),
    ("bearer", Place::Assigned),
    ("signature", Place::Query),
    ("sig", Place::Query),
    ("cookie", Place::Cookie),
    ("setcookie", Place::Cookie),
    ("auth", Place::Auths),
];

/// The longest name that is read backwards from a separator, in bytes: more than any of them with its hyphens and a prefix.
const LONGEST_NAME: usize = 64;

/// The text without the quotes and escapes at its end.
pub fn bare(text: &str) -> &str {
    if text.as_bytes().last().is_some_and(|byte| is_of_name(*byte) && *byte != b'2') {
        return text;
    }
    let bare = text.trim_end_matches(is_quote);
    bare.strip_suffix("%22").unwrap_or(bare)
}

/// A quote, or what escapes one.
pub fn is_quote(it: char) -> bool {
    matches!(it, '"' | '\'' | '\\' | '`')
}

#[inline]
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// A name, and where it begins in its line.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    pub begin: usize,
    pub text: &'a str,
}

/// What stands before a separator and may be a name; it may be empty.
pub fn before(line: &str, separator: usize) -> Name<'_> {
    // A blank may stand between: `password = x`.
    let all = bare(line[..separator].strip_suffix(' ').unwrap_or(&line[..separator]));
    let before = all.as_bytes();
    let length = before.iter().rev().take(LONGEST_NAME).take_while(|byte| is_of_name(**byte)).count();
    let begin = before.len() - length;
    // The digits of an escape, `%3Fsig` and `\u0026sig`, and the letter of `\nsig` are not of the name.
    let escape = match (begin.checked_sub(1).map(|at| before[at]), before.get(begin)) {
        (Some(b'%'), _) => 2,
        (Some(b'\\'), Some(b'u')) => 5,
        (Some(b'\\'), Some(b'n' | b'r' | b't')) => 1,
        _ => 0,
    };
    let begin = (begin + escape).min(before.len());
    Name { begin, text: &all[begin..] }
}

/// For each letter with which a field ends, those that stand before it in one.
static BEFORE_LAST: [u32; 26] = {
    let mut before = [0; 26];
    let mut nth = 0;
    while nth < FIELDS.len() {
        if let [.., second, last] = FIELDS[nth].0.as_bytes() {
            before[(*last - b'a') as usize] |= 1 << (*second - b'a');
        }
        nth += 1;
    }
    before
};

/// Whether a field may end so.
fn may_end(name: &[u8]) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic().then(|| byte.to_ascii_lowercase() - b'a');
    match name {
        [.., second, last] => match (letter(*second), letter(*last)) {
            (Some(second), Some(last)) => BEFORE_LAST[usize::from(last)] >> second & 1 == 1,
            // A hyphen may stand in it.
            (None, Some(_)) => matches!(second, b'-' | b'_'),
            (_, None) => false,
        },
        _ => false,
    }
}

/// What kind of secret is behind a name; `None` where there is none.
pub fn kind(name: &str) -> Option<Place> {
    // One of several: `PASSWORD_2`.
    let is_numbered = name.ends_with(|it: char| it.is_ascii_digit());
    let name = if is_numbered { name.trim_end_matches(|it: char| it.is_ascii_digit() || it == '_') } else { name };
    let name = name.as_bytes();
    if !may_end(name) {
        return None;
    }
    // A call that asks for one: `get-login-password`, `GetSessionToken`.
    if name.len() < 3 || name.get(..3).is_some_and(|it| it.eq_ignore_ascii_case(b"get")) {
        return None;
    }
    let fits = |(field, place): &(&str, Place)| {
        let rest = rest_before(name, field.as_bytes())?;
        let fits = match place {
            Place::End => true,
            Place::Parts | Place::Assigned => rest == 0 || !name[rest - 1].is_ascii_alphanumeric(),
            _ => name[..rest].iter().all(|byte| !byte.is_ascii_alphanumeric()),
        };
        fits.then_some(*place)
    };
    FIELDS.iter().find_map(fits)
}

/// Whether a name is one of a variable in the environment: `CI_JOB_TOKEN`.
pub fn is_of_environment(name: &str) -> bool {
    name.contains('_') && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
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
