//! Numbers and names that a phrase introduces: statuses, addresses, tries, operations.

use std::net::IpAddr;

use super::plain::Plain;

/// What a phrase introduces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// An address follows.
    Dial,
    /// A status follows.
    Status,
    /// A status follows, and 500 is Docker's own, which wraps anything.
    DockerStatus,
    /// A status follows; in a log of requests it is that of an answer, and 401 asks for a login.
    HttpStatus,
    /// A status stands before.
    StatusBefore,
    /// The text of a status, whose number may stand before.
    Named(u16),
    /// A number follows.
    Tries,
    /// A service and an operation follow (SDKs for Go 2).
    OperationError,
    /// An operation follows (boto).
    Calling,
}

/// The words after which something is read.
pub const MARKS: &[(&str, Mark)] = &[
    ("dial tcp", Mark::Dial),
    ("connect to", Mark::Dial),
    ("connect ECONNREFUSED", Mark::Dial),
    ("connect ETIMEDOUT", Mark::Dial),
    // botocore has the status there where the answer is none of AWS's.
    ("an error occurred (", Mark::Status),
    ("status code:", Mark::Status),
    ("status code", Mark::Status),
    ("http code", Mark::Status),
    ("http code:", Mark::Status),
    ("status code from registry", Mark::Status),
    ("status from registry", Mark::Status),
    ("response status", Mark::Status),
    ("got status", Mark::Status),
    ("statuscode", Mark::Status),
    ("http error", Mark::Status),
    ("returned error:", Mark::Status),
    ("with status:", Mark::Status),
    ("response code:", Mark::Status),
    ("statuscode=", Mark::Status),
    ("http/2", Mark::HttpStatus),
    ("status=", Mark::Status),
    (", code:", Mark::Status),
    ("http status:", Mark::Status),
    ("unexpected status:", Mark::Status),
    ("error: status", Mark::Status),
    ("error parsing http", Mark::Status),
    ("http/2.0", Mark::HttpStatus),
    ("http/1.1", Mark::HttpStatus),
    ("http/1.0", Mark::HttpStatus),
    ("api error (", Mark::DockerStatus),
    ("does not indicate success:", Mark::Status),
    ("returned error code:", Mark::Status),
    ("returned status", Mark::Status),
    ("failed. status:", Mark::Status),
    ("client error for", Mark::StatusBefore),
    ("client error: not found", Mark::StatusBefore),
    ("forbidden", Mark::StatusBefore),
    ("unauthorized", Mark::StatusBefore),
    ("not found", Mark::StatusBefore),
    ("too many requests", Mark::StatusBefore),
    ("bad request", Mark::StatusBefore),
    ("internal server error", Mark::Named(500)),
    ("bad gateway", Mark::Named(502)),
    ("service unavailable", Mark::Named(503)),
    ("gateway timeout", Mark::Named(504)),
    ("gateway time-out", Mark::Named(504)),
    ("proxy authentication required", Mark::Named(407)),
    ("method not allowed", Mark::StatusBefore),
    ("moved permanently", Mark::StatusBefore),
    ("temporary redirect", Mark::StatusBefore),
    ("slow down", Mark::StatusBefore),
    ("been retried", Mark::Tries),
    ("operation error", Mark::OperationError),
    ("calling the", Mark::Calling),
];

/// A mark, and where its phrase stands in the tight text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    pub mark: Mark,
    pub start: usize,
    pub end: usize,
}

/// The line after a mark, without the blanks before its first word.
fn after<'p>(plain: &'p Plain, marked: &Marked) -> &'p str {
    plain.line.get(plain.origin(marked.end)..).unwrap_or_default()
}

/// The last address that was dialled, with its port; a name server's is none.
pub fn dialled(plain: &Plain, marks: &[Marked]) -> Option<(IpAddr, Option<u16>)> {
    let dials = marks.iter().rev().filter(|it| it.mark == Mark::Dial);
    let one = |dial: &Marked| {
        address(after(plain, dial))
            .or_else(|| broken_address(plain.tight.get(dial.end..)?))
            .or_else(|| resolved(after(plain, dial)))
    };
    dials.filter_map(one).next()
}

/// So far Java's list of addresses may be from the words before it.
const LIST: usize = 400;

/// Java prints the host, and then what it resolved to: `Connect to HOST:443 [HOST/10.0.1.5, HOST/10.0.1.6] failed`.
fn resolved(text: &str) -> Option<(IpAddr, Option<u16>)> {
    let text = text.get(..text.floor_char_boundary(LIST))?;
    let (_, list) = text.split_once(" [")?;
    let first = list.split([',', ']']).next()?;
    Some((first.rsplit_once('/')?.1.parse().ok()?, None))
}

/// `10.0.1.5:443`, `[2600:1f18::20]:443`, `10.0.1.5`. A port at the end of the text may be cut, and is none.
fn address(text: &str) -> Option<(IpAddr, Option<u16>)> {
    let (word, is_whole) = text.split_once(' ').map_or((text, false), |(word, _)| (word, true));
    let word = word.trim_end_matches([':', ',', ';', '.', ')', '"', '}']);
    // Java prints the host first: `gcr.io/108.177.97.82:443`.
    let word = word.split_once('/').map_or(word, |(_, address)| address);
    let (host, port) = word.rsplit_once(':').map_or((word, None), |(host, port)| (host, port.parse().ok()));
    let is_whole = is_whole || word.len() < text.len();
    Some((host.trim_matches(['[', ']']).parse().ok()?, port.filter(|_| is_whole)))
}

/// An address with a blank in it, or with the next word at its heels: `10.0.1.5:443:i/otimeout`.
fn broken_address(tight: &str) -> Option<(IpAddr, Option<u16>)> {
    let (host, rest) = if let Some(six) = tight.strip_prefix('[') {
        six.split_once(']')?
    } else {
        tight.split_at(tight.bytes().take(64).position(|byte| !byte.is_ascii_digit() && byte != b'.')?)
    };
    let port = rest.strip_prefix(':').and_then(|rest| {
        let end = rest.bytes().take(6).position(|byte| !byte.is_ascii_digit())?;
        rest.get(..end)?.parse().ok()
    });
    Some((host.parse().ok()?, port))
}

/// Statuses of the server, in the order of the text.
pub fn statuses(plain: &Plain, marks: &[Marked]) -> Vec<u16> {
    if marks.is_empty() {
        return announced(plain).into_iter().collect();
    }
    // The daemon's own, of its API.
    let of_daemon = plain.tight.find("dockerapicallto").unwrap_or(usize::MAX);
    let is_wrapped = plain.tight.contains("http+docker");
    let mut found: Vec<u16> = marks
        .iter()
        // `InternalServerErrorException` is a class of a client's.
        .filter(|marked| marked.start < of_daemon && !is_of_class(plain, marked))
        .filter_map(|marked| match marked.mark {
            Mark::Status => number(plain, marked.end),
            Mark::HttpStatus => number(plain, marked.end).filter(|status| *status != 401 || !is_logged(plain, marked)),
            Mark::DockerStatus => number(plain, marked.end).filter(|status| *status != 500),
            // `403 Forbidden`, `403: Forbidden`.
            Mark::StatusBefore => {
                let is_colon = plain.tight.as_bytes().get(marked.start.checked_sub(1)?) == Some(&b':');
                number(plain, marked.start.checked_sub(3 + usize::from(is_colon))?)
            }
            // Docker's own, which wraps anything.
            Mark::Named(500) if is_wrapped || is_of_no_url(plain, marked) => None,
            Mark::Named(status) => {
                marked.start.checked_sub(3).and_then(|at| number(plain, at)).or(Some(status)).filter(|it| *it == status)
            }
            _ => None,
        })
        .collect();
    found.dedup();
    if found.is_empty() {
        found.extend(announced(plain));
    }
    found
}

/// The words after which containerd names a request and its status.
pub const BEFORE_STATUS: [&str; 3] = ["unexpectedstatuscode", "unexpectedstatusfrom", "failedwithstatuscode["];

/// The status that such words announce, where its text is cut: `unexpected status code URL: 429 T`.
fn announced(plain: &Plain) -> Option<u16> {
    if !["unexpectedstatus", "withstatuscode["].iter().any(|it| plain.tight.contains(it)) {
        return None;
    }
    let end = BEFORE_STATUS.iter().filter_map(|it| Some(plain.tight.rfind(it)? + it.len())).max()?;
    let (_, status) = plain.line.get(plain.origin(end)..)?.split_once(": ")?;
    let digits = status.get(..3).filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()))?;
    let is_whole = !status[3..].starts_with(|it: char| it.is_ascii_alphanumeric() || it == '.');
    digits.parse().ok().filter(|status| is_whole && (100..600).contains(status))
}

/// `500 Server Error: Internal Server Error`: Python's requests names the URL behind it, and where it is missing, nobody
/// knows whose status it is. Most often it is that of the daemon's API.
fn is_of_no_url(plain: &Plain, marked: &Marked) -> bool {
    plain.tight[..marked.start].ends_with("500servererror:") && !plain.tight[marked.end..].starts_with("forurl:")
}

/// Whether the text of a status begins a longer word.
fn is_of_class(plain: &Plain, marked: &Marked) -> bool {
    matches!(marked.mark, Mark::StatusBefore | Mark::Named(_)) && plain.is_word_after(marked.end)
}

/// `"GET /v2/ HTTP/1.1" 401 87`: a request as servers log it.
fn is_logged(plain: &Plain, marked: &Marked) -> bool {
    let before = plain.line.get(..plain.origin(marked.end)).unwrap_or_default();
    before.trim_end().ends_with('"')
}

/// Three digits at `at` of the tight text that are a status, and no part of a longer word.
fn number(plain: &Plain, at: usize) -> Option<u16> {
    let digits = plain.tight.get(at..at + 3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    // Beside it in the line too, and not only where blanks do not count.
    let beside = |left: usize, of: usize, is: fn(&u8) -> bool| {
        plain.origin(left) + 1 == plain.origin(left + 1) && plain.tight.as_bytes().get(of).is_some_and(is)
    };
    let begins = at == 0 || !beside(at - 1, at - 1, u8::is_ascii_alphanumeric);
    let ends = !beside(at + 2, at + 3, u8::is_ascii_digit);
    digits.parse().ok().filter(|status| (100..600).contains(status) && begins && ends)
}

/// The AWS operation that was called, as `GetAuthorizationToken`: of several, the innermost.
pub fn operation(plain: &Plain, marks: &[Marked]) -> Option<String> {
    marks.iter().rev().find_map(|marked| {
        let text = after(plain, marked);
        let named = match marked.mark {
            Mark::OperationError => text.split_once(':')?.1.trim_start(),
            Mark::Calling => text,
            _ => return None,
        };
        let name: String = named.chars().take_while(char::is_ascii_alphanumeric).take(64).collect();
        let name = name.strip_suffix("operation").unwrap_or(&name);
        (!name.is_empty()).then(|| name.to_owned())
    })
}

/// `has been retried 5 time(s)`.
pub fn tries(plain: &Plain, marks: &[Marked]) -> Option<u32> {
    let marked = marks.iter().find(|it| it.mark == Mark::Tries)?;
    let digits: String = after(plain, marked).chars().take_while(char::is_ascii_digit).take(9).collect();
    digits.parse().ok()
}
