//! Keeping secrets out of every text: a hostile server may echo what it was sent, and people paste what they typed.

use std::borrow::Cow;

mod announced;
mod argument;
mod field;
mod field_name;
mod names;
mod pair;
mod pem;
mod shape;
mod url;
mod word;

pub use url::without_user_information;

use super::words::{are_apart, words};
use names::{SCHEMES, SECRET_FIELDS};
use word::looks_secret;

/// Most words are shorter than any of them.
const SHORTEST_FIELD: usize = 12;

/// The longest text of a server's that is kept, in characters.
const LONGEST: usize = 1024;

/// How much is looked through for that, in bytes: what is cut leaves room for what follows.
const READ: usize = 8 * LONGEST;

/// Makes a text fit to print: URL queries and user information are cut, as are private keys, the values of secret fields,
/// what follows `Basic`, `Bearer` and `password`, the passwords of command lines and what looks like a credential. Control characters
/// become blanks, and it ends after 1,024 characters.
pub fn scrub(text: &str) -> String {
    let line = one_line(text);
    let line = pem::without_keys(&line);
    let line = field::without_values(&line);
    let is_announced = announced::in_line(&line);
    let stays = line.len() < LONGEST && !is_announced && announced::by_nothing_else(&line);
    if stays { line.into_owned() } else { by_words(&line, is_announced) }
}

/// The same of one line, word by word.
fn by_words(line: &str, is_announced: bool) -> String {
    // A list of arguments in JSON, of which each is looked at as a word.
    let is_list = ["\",\"-", "','-", "[\"-", "['-"].iter().any(|it| line.contains(it));
    let line =
        if is_list { Cow::Owned(line.replace("\",\"", "\", \"").replace("','", "', '")) } else { Cow::Borrowed(line) };
    let line = line.as_ref();
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let mut clean = String::with_capacity(line.len().min(LONGEST));
    let mut length = 0;
    let mut arguments = argument::may_hold(line).then(argument::Arguments::default);
    let (mut after_name, mut after_secret, mut after_password) = (false, false, false);
    for (nth, &word) in words.iter().enumerate() {
        let scheme = is_announced && is_scheme(word);
        let field = if is_announced { secret_field(word) } else { None };
        let argument = arguments.as_mut().and_then(|it| it.secret(&words, nth));
        let announced = || shape::credential(word).or_else(|| shape::access_key(word));
        let shape = shape::key_line(word).or_else(|| if is_announced { announced() } else { None });
        let cut = after_name && !scheme && looks_secret(word)
            || is_of_header(&words, nth)
            || after_secret && shape::is_rest(word)
            || after_password && field::looks_made_up(word) && is_password(word);
        after_secret = cut || argument.is_some() || shape.is_some();
        after_name = scheme || field.is_some();
        after_password = after_password && matches!(word, "is" | "|") || is_announced && is_of_password(word);
        if nth > 0 {
            clean.push(' ');
        }
        let begin = clean.len();
        // The name alone tells nothing: `Your authorization token has expired`.
        let field = field.filter(|_| !is_bare_name(word));
        let to_the_end = [argument, field, url::query(word)].into_iter().flatten().min();
        match (to_the_end, shape) {
            _ if cut => clean.push('…'),
            (Some(at), None) => shown(&mut clean, word, at),
            (Some(at), Some(secret)) => shown(&mut clean, word, at.min(secret.start)),
            (None, Some(secret)) => {
                shown(&mut clean, word, secret.start);
                clean.push_str(without_credentials(&word[secret.end..]));
            }
            (None, None) => clean.push_str(word),
        }
        length += clean[begin..].chars().count() + 1;
        if length > LONGEST {
            break;
        }
    }
    if length > LONGEST
        && let Some((at, _)) = clean.char_indices().nth(LONGEST)
    {
        clean.truncate(at);
        clean.push('…');
    }
    clean
}

/// One line with single blanks, without what URLs have before an `@`, as far as it is read.
fn one_line(text: &str) -> Cow<'_, str> {
    if text.len() <= READ && are_apart(text) && !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len().min(READ));
    for word in words(text) {
        if !line.is_empty() {
            line.push(' ');
        }
        let word = if word.contains(':') { without_user_information(word) } else { Cow::Borrowed(word) };
        line.push_str(&word[..word.floor_char_boundary(READ - line.len().min(READ))]);
        if line.len() >= READ - 4 {
            break;
        }
    }
    Cow::Owned(line)
}

/// The word up to where a secret begins in it.
fn shown(clean: &mut String, word: &str, secret: usize) {
    clean.push_str(&word[..secret]);
    clean.push('…');
}

/// What follows a credential in its word, unless it holds another.
fn without_credentials(rest: &str) -> &str {
    if shape::credential(rest).or_else(|| shape::key_line(rest)).is_some() { "" } else { rest }
}

/// Whether a word is a password's name: `password`, `DB_PASSWORD`.
fn is_of_password(word: &str) -> bool {
    field_name::kind(word) == Some(field_name::Place::End)
}

/// Whether a word after `password` may be one: a host, a path or a command may follow it, too.
fn is_password(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
        && !word.contains(['.', '/', '$', '=', ':'])
        && !word.starts_with('-')
}

/// Whether a word is what a header shows behind its scheme, whatever it looks like: `Authorization: token hunter2`.
fn is_of_header(words: &[&str], nth: usize) -> bool {
    let is_header = |word: &str| {
        word.strip_suffix(':').is_some_and(|name| {
            let name = name.trim_start_matches(['"', '\'']);
            ["authorization", "proxy-authorization"].iter().any(|it| it.eq_ignore_ascii_case(name))
        })
    };
    nth > 1 && is_header(words[nth - 2]) && !words[nth].bytes().all(|byte| byte.is_ascii_lowercase())
}

fn is_scheme(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    SCHEMES.iter().any(|scheme| bare.eq_ignore_ascii_case(scheme))
}

/// Whether the word is the name of a secret field and no more than punctuation.
fn is_bare_name(word: &str) -> bool {
    // Its value has been cut.
    if word.contains('…') {
        return false;
    }
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    SECRET_FIELDS.iter().any(|name| name.eq_ignore_ascii_case(bare))
}

/// Where the name of a secret field begins in `word`, as a whole name and not as a part of one:
/// `ecr:GetAuthorizationToken` is an action.
fn secret_field(word: &str) -> Option<usize> {
    if word.len() < SHORTEST_FIELD {
        return None;
    }
    let bytes = word.as_bytes();
    let is_whole = |at: usize, length: usize| {
        // `%3F` is a question mark that was escaped, and no letter.
        let escaped = at > 2 && bytes[at - 3] == b'%';
        let before = word[..at].chars().next_back().filter(|_| !escaped);
        let after = word[at + length..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    };
    let begins = |at: &usize| {
        // The first letters of them all.
        matches!(bytes[*at], b'x' | b'X' | b'a' | b'A' | b's' | b'S' | b'c' | b'C')
            && matches!(bytes[*at + 1], b'-' | b'u' | b'U' | b'w' | b'W' | b't' | b'T' | b'e' | b'E' | b'a' | b'A')
            && SECRET_FIELDS.iter().any(|name| {
                let found = bytes.get(*at..*at + name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()));
                found && is_whole(*at, name.len())
            })
    };
    (0..=word.len() - SHORTEST_FIELD).find(begins)
}

#[cfg(test)]
mod tests;
