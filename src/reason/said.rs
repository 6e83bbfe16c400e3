//! What a text says, taken apart: the evidence that the judgement goes by.

use std::net::IpAddr;

use super::place::{Place, place};
use super::plain::Plain;
use super::sign::{self, Found, Sign};
use crate::image::is_region;
use crate::model::outcome::Denial;
use crate::model::{AddressClass, KnownAddress};
use crate::ranges::{Cidr, Ranges};
use crate::wire::denial;

/// Names and addresses beyond so many tell nothing more.
const MOST_NAMES: usize = 64;

/// A host that the text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    pub name: String,
    pub place: Place,
    pub at: usize,
    /// In a URL, or looked up: contacted, and not only named.
    pub contacted: bool,
}

/// Everything that a text says.
#[derive(Debug, Clone)]
pub struct Said {
    pub plain: Plain,
    signs: Vec<Found>,
    pub hosts: Vec<Host>,
    /// The last address that was dialled.
    pub address: Option<KnownAddress>,
    pub denial: Option<Denial>,
    /// HTTP statuses of the far end, in the order of the text.
    pub statuses: Vec<u16>,
    /// The AWS operation that was called, as `GetAuthorizationToken`.
    pub operation: Option<String>,
    /// How often it was tried, as the wrappers tell.
    pub tries: Option<u32>,
}

impl Said {
    pub fn read(text: &str, ranges: &Ranges, vpc: &[Cidr]) -> Self {
        let plain = Plain::of(text);
        let signs = sign::find(&plain);
        let hosts = hosts(&plain.line);
        let address = dialled(&plain.line).map(|address| ranges.classify(address, vpc));
        Said {
            denial: denial::parse(&plain.line).or_else(|| denial_without_head(&plain.line)),
            statuses: statuses(&plain.line),
            operation: operation(&plain.line),
            tries: tries(&plain.line),
            signs,
            hosts,
            address,
            plain,
        }
    }

    pub fn has(&self, sign: Sign) -> bool {
        self.signs.iter().any(|it| it.sign == sign)
    }

    pub fn any(&self, signs: &[Sign]) -> bool {
        signs.iter().any(|sign| self.has(*sign))
    }

    /// Where the last of these signs stands.
    pub fn last(&self, signs: &[Sign]) -> Option<usize> {
        self.signs.iter().filter(|it| signs.contains(&it.sign)).map(|it| it.at).max()
    }

    /// The host that was contacted last before `at`, or else the last one contacted, or named.
    pub fn host_before(&self, at: Option<usize>) -> Option<&Host> {
        let at = at.unwrap_or(usize::MAX);
        let contacted = || self.hosts.iter().filter(|host| host.contacted);
        let before = contacted().rfind(|host| host.at < at);
        before
            .or_else(|| contacted().next_back())
            .or_else(|| self.hosts.iter().rfind(|host| host.at < at))
            .or(self.hosts.first())
    }

    pub fn names(&self, wanted: Place) -> bool {
        self.hosts.iter().any(|host| host.place == wanted)
    }

    pub fn status(&self, wanted: impl Fn(u16) -> bool) -> Option<u16> {
        self.statuses.iter().copied().find(|status| wanted(*status))
    }

    pub fn address_class(&self) -> Option<AddressClass> {
        self.address.as_ref().map(|known| known.class)
    }

    /// The Region that the text is of, by its addresses and AWS's names.
    pub fn region(&self) -> Option<&str> {
        let of_store = self.address.as_ref().and_then(|known| known.s3_region.as_deref());
        let labels = self.hosts.iter().filter(|host| host.place.is_aws()).flat_map(|host| host.name.split('.'));
        of_store.or_else(|| labels.into_iter().find(|label| is_region(label)))
    }

    /// The image that the text names, as far as it can be copied into a command.
    pub fn image(&self) -> Option<&str> {
        let words = self.plain.line.split([' ', '"', '\'', ',', '`', '(', ')']);
        let named = words.map(|word| word.trim_end_matches(['.', ':', ';']));
        named
            .filter(|word| {
                word.contains('/') && !word.contains("//") && !word.contains(['[', '<', '*', '\u{2588}', '{'])
            })
            .filter(|word| word.len() < 512 && !word.starts_with("arn:") && !word.starts_with('/'))
            .find(|word| {
                let registry = word.split('/').next().and_then(place);
                let known = matches!(registry, Some(Place::Registry | Place::PublicEcr | Place::DockerHub));
                known && crate::image::Reference::parse(word).is_ok()
            })
    }
}

/// What may be part of a host's name, masks included.
fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'.' | b'-' | b'_' | b'*' | b'<' | b'>' | b'$' | b'{' | b'}' | b'#')
        || byte >= 0x80
}

fn hosts(line: &str) -> Vec<Host> {
    let mut hosts: Vec<Host> = Vec::new();
    let mut at = 0;
    for word in line.split(|it: char| !it.is_ascii() && !is_mask(it) || it.is_ascii() && !is_host_byte(it as u8)) {
        let start = at;
        // The separator is one character, and `split` tells not how long.
        at = start + word.len();
        at += line.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        if !word.contains('.') || word.len() > 255 || hosts.len() >= MOST_NAMES {
            continue;
        }
        let name = word.trim_end_matches(['.', '-', '>']);
        let Some(place) =
            place(&name.replace(['<', '>', '{', '}', '$', '#'], "x").replace(is_mask, "x").replace('*', "x"))
        else {
            continue;
        };
        let before = line.get(..start).unwrap_or_default();
        let contacted = before.ends_with("://") || before.trim_end().ends_with("lookup");
        let known = !matches!(place, Place::OtherRegistry);
        // A word with a dot in it is a host only where something says so.
        let as_image = line.get(start + word.len()..).is_some_and(|rest| rest.starts_with('/'))
            && !before.ends_with('/')
            && !before.ends_with('.');
        if known || contacted || as_image {
            hosts.push(Host { name: name.to_owned(), place, at: start, contacted });
        }
    }
    hosts
}

/// `no L policy allows the A action`: the end of a denial whose beginning is cut off.
fn denial_without_head(line: &str) -> Option<Denial> {
    let (before, after) = line.split_once(" allows the ")?;
    let layer = before.rsplit_once("no ")?.1;
    let action = after.split(' ').next()?;
    denial::parse(&format!("not authorized to perform: {action} because no {layer}"))
}

/// The block characters that people black things out with.
fn is_mask(character: char) -> bool {
    ('\u{2580}'..='\u{259f}').contains(&character)
}

/// The address of the last `dial tcp ADDRESS:PORT`, and not that of a name server.
fn dialled(line: &str) -> Option<IpAddr> {
    let dials = line.rmatch_indices("dial tcp").chain(line.rmatch_indices("connect to "));
    dials.take(MOST_NAMES).find_map(|(at, dial)| {
        let word = line.get(at + dial.len()..)?.trim_start().split(' ').next()?;
        let host = word.trim_end_matches([':', ',', ';', '.']).rsplit_once(':').map_or(word, |(host, _)| host);
        host.trim_matches(['[', ']']).parse().ok()
    })
}

/// Statuses of the far end. Docker's own `API error (500)` wraps anything.
fn statuses(line: &str) -> Vec<u16> {
    let lower = line.to_ascii_lowercase();
    let mut found: Vec<u16> = Vec::new();
    let introduced = [
        "statuscode: ",
        "status code: ",
        "http status: ",
        "unexpected status: ",
        "error: status ",
        "error parsing http ",
        "api error (",
        "http/1.1 ",
    ];
    for introduction in introduced {
        for (at, _) in lower.match_indices(introduction).take(MOST_NAMES) {
            let rest = lower.get(at + introduction.len()..).unwrap_or_default();
            found.extend(status(rest).filter(|status| introduction != "api error (" || *status != 500));
        }
    }
    for reason in [
        "forbidden",
        "unauthorized",
        "not found",
        "too many requests",
        "bad request",
        "internal server error",
        "bad gateway",
        "service unavailable",
        "gateway timeout",
        "method not allowed",
        "slow down",
    ] {
        for (at, _) in lower.match_indices(reason).take(MOST_NAMES) {
            let before = lower.get(..at).unwrap_or_default().trim_end();
            let number = before.get(before.len().saturating_sub(3)..).unwrap_or_default();
            let apart = !before
                .get(..before.len().saturating_sub(3))
                .unwrap_or_default()
                .ends_with(|it: char| it.is_ascii_alphanumeric());
            found.extend(status(number).filter(|_| apart));
        }
    }
    found.dedup();
    found
}

fn status(text: &str) -> Option<u16> {
    let digits = text.get(..3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let ends = !text.get(3..).is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_digit()));
    digits.parse().ok().filter(|status| (100..600).contains(status) && ends)
}

/// `operation error ECR: GetAuthorizationToken` (SDKs for Go 2), `calling the X operation` (boto).
fn operation(line: &str) -> Option<String> {
    let after = |introduction: &str| {
        let at = line.find(introduction)? + introduction.len();
        line.get(at..)
    };
    let go = after("operation error ").and_then(|rest| Some(rest.split_once(": ")?.1));
    let named = go.or_else(|| after("calling the "))?;
    let name: String = named.chars().take_while(char::is_ascii_alphanumeric).take(64).collect();
    (!name.is_empty()).then_some(name)
}

/// `has been retried 5 time(s)`.
fn tries(line: &str) -> Option<u32> {
    let at = line.find("been retried ")? + "been retried ".len();
    line.get(at..)?.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Said {
        Said::read(text, &Ranges::embedded(), &[])
    }

    #[test]
    fn the_dialled_address_is_no_name_servers() {
        let text = "dial tcp: lookup api.ecr.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host";
        assert_eq!(said(text).address, None);
        let text = "Post \"https://api.ecr.us-east-1.amazonaws.com/\": dial tcp 172.40.1.94:443: i/o timeout";
        let said = said(text);
        assert_eq!(said.address_class(), Some(AddressClass::Elsewhere));
        assert_eq!(said.hosts.len(), 1);
        assert!(said.hosts[0].contacted);
    }

    #[test]
    fn statuses_are_those_of_the_far_end() {
        assert_eq!(said("API error (500): Get https://x").statuses, [0_u16; 0]);
        assert_eq!(said("API error (404): repository x").statuses, [404]);
        assert_eq!(said("https response error StatusCode: 400, RequestID: x").statuses, [400]);
        assert_eq!(said("failed with status code [manifests latest]: 403 Forbidden").statuses, [403]);
        assert_eq!(said("arn:aws:iam::123456789012 not found").statuses, [0_u16; 0]);
    }

    #[test]
    fn operations_and_tries_are_read() {
        let text = "service call has been retried 3 time(s): operation error ECR: GetAuthorizationToken, exceeded";
        assert_eq!(said(text).operation.as_deref(), Some("GetAuthorizationToken"));
        assert_eq!(said(text).tries, Some(3));
    }
}
