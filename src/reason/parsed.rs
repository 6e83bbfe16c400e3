//! A text parsed into typed evidence: phrases, hosts, the dialled address, statuses, denials.

use super::components;
use super::ending::completed;
use super::found::{Found, find};
use super::host_kind::HostKind;
use super::hosts::{Host, hosts, of_failure, without_pushed};
use super::mark;
use super::other_lines;
use super::passed_over;
use super::plain::Plain;
use super::product;
use super::respaced::respaced;
use super::said::Said;
use super::searched::Searched;
use super::short_name;
use super::sign::Sign;
use crate::aws::is_region;
use crate::image::Reference;
use crate::model::outcome::Denial;
use crate::model::{AddressClass, KnownAddress};
use crate::ranges::{Cidr, Ranges};
use crate::wire::denial;

/// The evidence in a text, which the rules go by.
#[derive(Debug, Clone)]
pub struct Parsed {
    pub plain: Plain,
    found: Found,
    pub hosts: Vec<Host>,
    /// The last address that was dialled.
    pub address: Option<KnownAddress>,
    /// The port at that address, where the text has it.
    pub port: Option<u16>,
    pub denial: Option<Denial>,
    /// HTTP statuses of the server, in the order of the text.
    pub statuses: Vec<u16>,
    /// The AWS operation that was called, as `GetAuthorizationToken`.
    pub operation: Option<String>,
    /// How often it was tried, as the wrappers tell.
    pub tries: Option<u32>,
    /// Where in the line the text last says that something failed.
    pub failure: Option<usize>,
    /// Whether the text names registries of several kinds, on any of its lines.
    pub has_several_registries: bool,
}

impl Parsed {
    /// Takes a text apart. `vpc` holds the VPC's own ranges, where they are known.
    pub fn read(text: &str, ranges: &Ranges, vpc: &[Cidr]) -> Self {
        let of_pull = components::without_others(text);
        let plain = Plain::of(&completed(&passed_over::without(&other_lines::without(&of_pull))));
        let found = find(&plain);
        let marks = &found.marks;
        let dialled = mark::dialled(&plain, marks);
        let mut hosts = hosts(&plain.line);
        // A registry that asks for Basic is not Docker Hub, and Docker Hub has no private addresses.
        let may_be_hub = hosts.is_empty() && dialled.is_none() && found.last(Sign::NoBasicAuth).is_none();
        if hosts.is_empty() {
            hosts.extend(product::find(&plain.line));
        }
        if may_be_hub
            && hosts.is_empty()
            && let Some(at) = short_name::find(&plain)
        {
            hosts.push(Host { name: "docker.io".to_owned(), kind: HostKind::DockerHub, at, contacted: false });
        }
        let failure = found.failure(&plain);
        let last = failure.unwrap_or_else(|| plain.origin(found.end.saturating_sub(1)));
        let mut kinds = hosts.iter().map(|host| host.kind).filter(|kind| kind.is_registry());
        let one = kinds.next();
        Parsed {
            has_several_registries: kinds.any(|kind| Some(kind) != one),
            hosts: of_failure(without_pushed(hosts, &plain.line), plain.line_around(last)),
            address: dialled.map(|(address, _)| ranges.classify(address, vpc)),
            port: dialled.and_then(|(_, port)| port),
            denial: found
                .last(Sign::NotAuthorized)
                .and_then(|_| denial(&plain))
                .or_else(|| denial_without_head(&plain.line)),
            statuses: mark::statuses(&plain, marks),
            operation: mark::operation(&plain, marks),
            tries: mark::tries(&plain, marks),
            failure,
            found,
            plain,
        }
    }

    /// The messages of programs in the text, in no order.
    pub fn said(&self) -> &[Said] {
        &self.found.said
    }

    /// Whether words follow that no phrase and no message accounts for: `request send failed, frobs are out of grease`.
    pub fn goes_on(&self) -> bool {
        self.goes_on_after(self.found.end)
    }

    /// Whether words follow the place in the tight text.
    pub fn goes_on_after(&self, end: usize) -> bool {
        plain_words(self.plain.line.get(self.plain.origin(end)..).unwrap_or_default()).nth(1).is_some()
    }

    /// Whether a phrase says this.
    pub fn has(&self, sign: Sign) -> bool {
        self.found.last(sign).is_some()
    }

    /// Whether a phrase says any of these.
    pub fn any(&self, signs: &[Sign]) -> bool {
        signs.iter().any(|sign| self.has(*sign))
    }

    /// Where the last of these signs stands.
    pub fn last(&self, signs: &[Sign]) -> Option<usize> {
        signs.iter().filter_map(|sign| self.found.last(*sign)).max()
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

    /// What stands right behind the name of a host; `None` where the text was cut or broken within it.
    pub fn behind(&self, host: &Host) -> Option<&str> {
        let (name, behind) = self.plain.line.get(host.at..)?.split_at_checked(host.name.len())?;
        (!name.contains(' ')).then_some(behind)
    }

    /// The path of the URL at a host, with its query, behind the port.
    pub fn path(&self, host: &Host) -> Option<&str> {
        let behind = self.behind(host)?;
        let port = behind.strip_prefix(':').map_or(0, |it| 1 + it.bytes().take_while(u8::is_ascii_digit).count());
        behind[port..].split([' ', '"', '\'', '`', ')', '>']).next().filter(|path| path.starts_with('/'))
    }

    /// Whether the text names a host of this kind.
    pub fn names(&self, wanted: HostKind) -> bool {
        self.hosts.iter().any(|host| host.kind == wanted)
    }

    /// The first HTTP status of the text that is `wanted`.
    pub fn status(&self, wanted: impl Fn(u16) -> bool) -> Option<u16> {
        self.statuses.iter().copied().find(|status| wanted(*status))
    }

    /// Whether what was dialled may be the registry: HTTPS, a name server, or a port that a URL or a reference in the
    /// text has, as `localhost:5000/app`.
    pub fn is_registry_port(&self) -> bool {
        match self.port {
            None | Some(443 | 53) => true,
            Some(80) => self.plain.line.contains("http://"),
            Some(port) => self.plain.line.contains(&format!(":{port}/")),
        }
    }

    /// Whose the address is that was dialled, where the text has one.
    pub fn address_class(&self) -> Option<AddressClass> {
        self.address.as_ref().map(|known| known.class)
    }

    /// The Region that the text is of, by its addresses and AWS's names.
    pub fn region(&self) -> Option<&str> {
        let of_store = self.address.as_ref().and_then(|known| known.s3_region.as_deref());
        let labels = self.hosts.iter().filter(|host| host.kind.is_aws()).flat_map(|host| host.name.split('.'));
        of_store.or_else(|| labels.into_iter().find(|label| is_region(label)))
    }

    /// The image that the text names, as far as it can be copied into a command.
    pub fn image(&self) -> Option<Reference> {
        let of_registry = |kind| matches!(kind, HostKind::Registry | HostKind::PublicEcr | HostKind::DockerHub);
        let named = self.hosts.iter().filter(|host| !host.contacted && of_registry(host.kind)).filter_map(|host| {
            let rest = self.plain.line.get(host.at..)?;
            let word = rest.split([' ', '"', '\'', ',', '`', '(', ')']).next()?;
            Some(word.trim_end_matches(['.', ':', ';']))
        });
        named
            .filter(|word| word.len() < 512 && word.contains('/') && !word.contains(['[', '<', '*', '\u{2588}', '{']))
            .find_map(|word| Reference::parse(word).ok())
    }
}

/// Blanks get lost where people copy, and the grammar of a denial is one of words.
fn denial(plain: &Plain) -> Option<Denial> {
    denial::parse(&respaced(plain)).or_else(|| denial::parse(&plain.line))
}

/// `no L policy allows the A action`: the end of a denial whose beginning is cut off.
fn denial_without_head(line: &Searched) -> Option<Denial> {
    let (before, after) = line.split_once(" allows the ")?;
    let layer = before.rsplit_once("no ")?.1;
    let action = after.split(' ').next()?;
    denial::parse(&format!("not authorized to perform: {action} because no {layer}"))
}

/// The words of a sentence in a text, without names, numbers and signs.
pub fn plain_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| {
        let word = word.trim_end_matches([',', '.', ';', '!']);
        word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests;
