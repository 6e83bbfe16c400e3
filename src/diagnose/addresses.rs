//! Addresses that the evidence shows: whose they are, of which Region, and which SYNs nothing answers.

use super::{Case, Contact, Host};
use crate::model::outcome::{ConnectOutcome, ReferenceOutcome};
use crate::model::{Act, AddressClass, Mode, Observation, Role};
use crate::ranges::translated;

/// Where ECR and S3 listen.
pub const HTTPS: u16 = 443;

/// Hosts of one Region at which TCP reaches nothing, with the addresses that are lost.
pub struct UnansweredHosts<'h, 'e> {
    pub region: &'e str,
    pub hosts: Vec<&'h Host<'e>>,
    pub contacts: Vec<&'h Contact<'e>>,
}

impl<'h, 'e> UnansweredHosts<'h, 'e> {
    /// What `of` finds at each host, by Region: an endpoint and a route serve their own.
    pub fn by_region(
        case: &'h Case<'e>,
        of: impl Fn(&'h Host<'e>) -> Vec<&'h Contact<'e>>,
    ) -> impl Iterator<Item = Self> {
        let mut found: Vec<Self> = Vec::new();
        for host in &case.hosts {
            let contacts = of(host);
            if contacts.is_empty() {
                continue;
            }
            let region = region_of(case, host);
            match found.iter_mut().find(|lost| lost.region == region) {
                Some(lost) => {
                    lost.hosts.push(host);
                    lost.contacts.extend(contacts);
                }
                None => found.push(UnansweredHosts { region, hosts: vec![host], contacts }),
            }
        }
        found.into_iter()
    }

    /// The name servers' answers, then the connects.
    pub fn observations(&self) -> impl Iterator<Item = &'e Observation> {
        let answers = self.hosts.iter().filter_map(|host| host.answer()).map(|(observation, _)| observation);
        answers.chain(self.contacts.iter().map(|contact| contact.connect.0))
    }

    /// The first host of ECR's with a port that ECR does not listen on: from the reference, or an endpoint URL.
    pub fn at_odd_port(&self) -> Option<&'h Host<'e>> {
        self.hosts.iter().copied().find(|host| has_odd_port(host))
    }
}

/// Whether it is a host of ECR's with a port that ECR does not listen on.
pub fn has_odd_port(host: &Host<'_>) -> bool {
    is_ecr(host) && host.target.port != HTTPS
}

/// Where an address is, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// AWS announces it on the internet.
    Public,
    /// AWS does not: of an endpoint, or of something else in a VPC.
    Private,
    /// DNS64 has made it of an IPv4 address, and a NAT gateway translates it back.
    Translated,
    /// In AWS's IPv6 ranges for EC2, so that it is a VPC's or a service's, and no IPv4 address of the same name tells.
    Unknown,
}

/// Where the address is. IPv6 addresses of VPCs are public ones: what the address itself does not tell, the IPv4
/// addresses of the same name do.
pub fn side(host: &Host<'_>, contact: &Contact<'_>) -> Side {
    if translated(contact.address).is_some() {
        return Side::Translated;
    }
    let siblings: Vec<&Contact<'_>> = host.contacts.iter().filter(|it| it.address.is_ipv4()).collect();
    let by_siblings = |unless: Side| {
        if siblings.is_empty() {
            unless
        } else if siblings.iter().all(|it| it.class.is_public_aws()) {
            Side::Public
        } else {
            Side::Private
        }
    };
    match contact.class {
        AddressClass::S3 | AddressClass::Aws => Side::Public,
        AddressClass::Vpc => Side::Private,
        AddressClass::Elsewhere if contact.address.is_ipv4() => Side::Private,
        AddressClass::Elsewhere => by_siblings(Side::Private),
        AddressClass::AwsOrVpc => by_siblings(Side::Unknown),
    }
}

/// Whether AWS announces the address.
pub fn is_public(host: &Host<'_>, contact: &Contact<'_>) -> bool {
    side(host, contact) == Side::Public
}

/// Whether it is an address in a VPC.
pub fn is_private(host: &Host<'_>, contact: &Contact<'_>) -> bool {
    side(host, contact) == Side::Private
}

fn lost(contact: &Contact<'_>) -> bool {
    matches!(contact.connect.1, ConnectOutcome::TimedOut)
}

/// The addresses that drop every SYN, in any network, when TCP reaches none.
pub fn timed_out<'h, 'e>(host: &'h Host<'e>) -> Vec<&'h Contact<'e>> {
    host.unreached(lost)
}

/// Those that AWS announces.
pub fn timed_out_public<'h, 'e>(host: &'h Host<'e>) -> Vec<&'h Contact<'e>> {
    on_side(host, Side::Public)
}

/// Those of AWS names that AWS does not announce: an endpoint's.
pub fn timed_out_private<'h, 'e>(host: &'h Host<'e>) -> Vec<&'h Contact<'e>> {
    on_side(host, Side::Private)
}

/// Those on this side.
pub fn on_side<'h, 'e>(host: &'h Host<'e>, wanted: Side) -> Vec<&'h Contact<'e>> {
    host.unreached(|contact| lost(contact) && side(host, contact) == wanted)
}

/// The API or the registry of private ECR.
pub fn is_ecr(host: &Host<'_>) -> bool {
    matches!(host.role(), Role::EcrApi | Role::EcrDkr)
}

/// A layer store that S3's endpoints serve.
pub fn is_s3(host: &Host<'_>) -> bool {
    host.role() == Role::S3 && !host.is_upstream()
}

/// The Region in the host's name, where an image is of it.
pub fn region_of<'e>(case: &Case<'e>, host: &Host<'_>) -> &'e str {
    region_in(case, &host.target.host).unwrap_or_else(|| case.region())
}

/// The Region that an observation is about: as it was written down with it, or by its host's name.
pub fn region_for<'e>(case: &Case<'e>, observation: &'e Observation) -> &'e str {
    let by_host = || observation.target.as_ref().and_then(|target| region_in(case, &target.host));
    observation.region.as_deref().or_else(by_host).unwrap_or_else(|| case.region())
}

fn region_in<'e>(case: &Case<'e>, name: &str) -> Option<&'e str> {
    case.evidence.iter().find_map(|it| match &it.act {
        Act::Reference(ReferenceOutcome::Ecr { region, .. }) if is_label(name, region) => Some(region.as_str()),
        _ => None,
    })
}

/// Whether one part between the dots of the host's name is `wanted`.
pub fn has_label(host: &Host<'_>, wanted: &str) -> bool {
    is_label(&host.target.host, wanted)
}

fn is_label(name: &str, wanted: &str) -> bool {
    name.split('.').any(|label| label == wanted)
}

/// The Region of the task, of which its subnet, its routes and its name server are. On a host that of the images.
pub fn own_region<'e>(case: &Case<'e>) -> &'e str {
    let of_task = case.vantage.region.as_deref().filter(|_| case.vantage.mode != Mode::Host);
    of_task.unwrap_or_else(|| case.region())
}

/// The task's own Region, where the images are of another: neither endpoints nor a gateway endpoint reach across.
pub fn other_region<'e>(case: &Case<'e>, region: &str) -> Option<&'e str> {
    let own = case.vantage.region.as_deref().filter(|_| case.vantage.mode != Mode::Host);
    own.filter(|own| *own != region)
}
