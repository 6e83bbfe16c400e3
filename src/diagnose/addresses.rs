//! Addresses that the evidence shows: whose they are, of which Region, and which SYNs nothing answers.

use super::{Case, Contact, Host};
use crate::model::outcome::{ConnectOutcome, ReferenceOutcome};
use crate::model::{Act, AddressClass, Mode, Observation, Role};

/// Where ECR and S3 listen.
pub const HTTPS: u16 = 443;

/// Hosts of one Region at which TCP reaches nothing, with the addresses that are lost.
pub struct Lost<'h, 'e> {
    pub region: &'e str,
    pub hosts: Vec<&'h Host<'e>>,
    pub contacts: Vec<&'h Contact<'e>>,
}

impl<'h, 'e> Lost<'h, 'e> {
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
                None => found.push(Lost { region, hosts: vec![host], contacts }),
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

/// Whether AWS announces the address.
pub fn is_public(host: &Host<'_>, contact: &Contact<'_>) -> bool {
    // Of IPv6 the table knows S3's ranges only; the rest goes with the IPv4 addresses of the same name.
    let with_siblings = || {
        let mut siblings = host.contacts.iter().filter(|it| it.address.is_ipv4()).peekable();
        siblings.peek().is_some() && siblings.all(|it| it.class.is_public_aws())
    };
    contact.class.is_public_aws()
        || contact.address.is_ipv6() && contact.class == AddressClass::Elsewhere && with_siblings()
}

fn lost(contact: &Contact<'_>) -> bool {
    matches!(contact.connect.1, ConnectOutcome::TimedOut)
}

/// The addresses that swallow every SYN, whoever they belong to, when TCP reaches none.
pub fn anywhere<'h, 'e>(host: &'h Host<'e>) -> Vec<&'h Contact<'e>> {
    host.unreached(lost)
}

/// Those that AWS announces.
pub fn in_public<'h, 'e>(host: &'h Host<'e>) -> Vec<&'h Contact<'e>> {
    host.unreached(|contact| lost(contact) && is_public(host, contact))
}

/// Those of AWS names that AWS does not announce: an endpoint's.
pub fn at_endpoint<'h, 'e>(host: &'h Host<'e>) -> Vec<&'h Contact<'e>> {
    host.unreached(|contact| lost(contact) && !is_public(host, contact))
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
