//! The grammar of references: `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`
//! (distribution/reference, `reference.go`; what counts as a host is Docker's rule, `normalize.go`).

use super::error::Problem;
use crate::wire::oci::Digest;

/// The parts of a reference as written, each of its grammar.
pub(super) struct Parts<'a> {
    /// In lower case: DNS knows no case. `None` where the text begins with the repository.
    pub host: Option<String>,
    pub port: Option<u16>,
    pub path: &'a str,
    pub tag: Option<&'a str>,
    pub digest: Option<Digest>,
}

/// Longer than the longest that is valid.
const LONGEST: usize = 1024;

/// Takes a reference apart at its signs, and checks each part.
pub(super) fn split(text: &str) -> Result<Parts<'_>, Problem> {
    check_characters(text)?;
    if text == "IMAGE" {
        return Err(Problem::Placeholder);
    }
    let (name, digest) = match text.split_once('@') {
        Some((name, digest)) => (name, Some(Digest::parse(digest).map_err(Problem::Digest)?)),
        None => (text, None),
    };
    let (host, rest) = match name.split_once('/') {
        Some((first, rest)) if is_host(first) => (Some(first), rest),
        // Docker would look for a repository of that name on Docker Hub: nobody means that.
        None if is_ecr(name) => return Err(Problem::NoRepository),
        _ => (None, name),
    };
    let (host, port) = match host {
        Some(host) => split_host(host)?,
        None => (None, None),
    };
    let (path, tag) = match rest.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (rest, None),
    };
    check_path(path, host.is_some())?;
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Err(Problem::Tag);
    }
    Ok(Parts { host, port, path, tag, digest })
}

fn check_characters(text: &str) -> Result<(), Problem> {
    if text.is_empty() {
        Err(Problem::Empty)
    } else if text.len() > LONGEST {
        Err(Problem::TooLong)
    } else if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Err(Problem::Whitespace)
    } else if text.contains("://") {
        Err(Problem::Url)
    } else if !text.is_ascii() {
        Err(Problem::NotAscii)
    } else {
        Ok(())
    }
}

/// Docker takes the first component for a host if it has a dot, a colon or upper case, which no repository has, or is
/// `localhost` (distribution/reference, `splitDockerDomain`).
fn is_host(component: &str) -> bool {
    let has_upper_case = component.bytes().any(|byte| byte.is_ascii_uppercase());
    component.contains(['.', ':']) || has_upper_case || component == "localhost"
}

/// Whether a reference begins with the host of a registry; what does not is Docker Hub's.
pub fn names_host(reference: &str) -> bool {
    reference.split_once('/').is_some_and(|(first, _)| is_host(first))
}

fn is_ecr(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains(".dkr.ecr") || name.contains(".dkr-ecr") || name == "public.ecr.aws"
}

fn split_host(text: &str) -> Result<(Option<String>, Option<u16>), Problem> {
    // An IPv6 address stands in brackets, and its colons are its own.
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let port = match port {
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(port.parse().ok().filter(|port| *port != 0).ok_or(Problem::Port)?)
        }
        Some(_) => return Err(Problem::Port),
        None => None,
    };
    let host = host.to_ascii_lowercase();
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let valid = address.parse::<std::net::Ipv6Addr>().is_ok();
        return if valid { Ok((Some(host), port)) } else { Err(Problem::Host) };
    }
    if host.starts_with(".dkr.ecr") || host.starts_with(".dkr-ecr") {
        return Err(Problem::EmptyAccount);
    }
    if host.contains("..") && is_ecr(&host) {
        return Err(Problem::EmptyRegion);
    }
    if host.len() <= 253 && host.split('.').all(is_label) { Ok((Some(host), port)) } else { Err(Problem::Host) }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn check_path(path: &str, after_host: bool) -> Result<(), Problem> {
    if path.is_empty() && after_host {
        Err(Problem::NoRepository)
    } else if path.len() > 255 {
        Err(Problem::NameTooLong)
    } else if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Err(Problem::UpperCase)
    } else if !path.split('/').all(is_component) {
        Err(Problem::Path)
    } else {
        Ok(())
    }
}

/// Runs of letters and digits, between them one `.`, one or two `_`, or any number of `-`.
fn is_component(component: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separated = component.split(is_word).filter(|between| !between.is_empty());
    component.starts_with(is_word)
        && component.ends_with(is_word)
        && separated
            .into_iter()
            .all(|between| matches!(between, "." | "_" | "__") || between.bytes().all(|byte| byte == b'-'))
}

fn is_tag(tag: &str) -> bool {
    (1..=128).contains(&tag.len())
        && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
        && !tag.starts_with(['.', '-'])
}
