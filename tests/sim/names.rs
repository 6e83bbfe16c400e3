//! DNS as data: what a name server answers for a name, given the VPC.

use std::net::IpAddr;

use ecr_probe::model::Role;
use ecr_probe::model::outcome::Alias;

use super::aws::{self, Host};
use super::world::{DnsFault, DnsTrouble, ROLES, Service, World, strikes, translated, untranslated};

/// Seconds that the answers of endpoints, and of AWS's public names, may be kept.
const ENDPOINT_TTL: u32 = 60;
const PUBLIC_TTL: u32 = 5;

/// A question.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub server: IpAddr,
    pub host: &'a str,
    pub family: Family,
    /// How often the name has been asked for before.
    pub turn: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    A,
    Aaaa,
}

/// What comes back for a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// NOERROR, perhaps without an address.
    Records(Records),
    NxDomain {
        aliases: Vec<Alias>,
    },
    ServerFailure,
    Refused,
    Nothing,
    /// Over TCP nothing, and over UDP that there is more over TCP.
    Cut,
    PortClosed,
    Garbage,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    pub aliases: Vec<Alias>,
    /// With the seconds each may be kept.
    pub addresses: Vec<(IpAddr, u32)>,
    /// Cut over UDP.
    pub truncated: bool,
}

/// What the name server answers.
pub fn answer(world: &World, question: Question<'_>) -> Says {
    if world.vpc.silent_name_servers.contains(&question.server) {
        return Says::Nothing;
    }
    let host = aws::host(world, question.host);
    let trouble = match world.dns.of(host.role).filter(|_| strikes(world.times.dns, question.turn)) {
        Some(DnsFault::Trouble(trouble)) => *trouble,
        Some(DnsFault::Addresses(addresses)) => return stated(addresses, question.family),
        None => return caused(world, &host, question),
    };
    match trouble {
        DnsTrouble::NxDomain => Says::NxDomain { aliases: Vec::new() },
        DnsTrouble::Servfail => Says::ServerFailure,
        DnsTrouble::Refused => Says::Refused,
        DnsTrouble::Silent => Says::Nothing,
        DnsTrouble::Cut => Says::Cut,
        DnsTrouble::Closed => Says::PortClosed,
        DnsTrouble::Garbage => Says::Garbage,
        DnsTrouble::Empty => Says::Records(Records::default()),
        DnsTrouble::BlockedAlias => Says::NxDomain { aliases: aliases(&host, question.host) },
        DnsTrouble::Truncated => match caused(world, &host, question) {
            Says::Records(records) => Says::Records(Records { truncated: true, ..records }),
            other => other,
        },
        DnsTrouble::Alternating if question.turn % 2 == 1 => public(&host, question),
        DnsTrouble::Flaky if question.turn % 4 == 3 => Says::Nothing,
        DnsTrouble::AaaaSilent if question.family == Family::Aaaa => Says::Nothing,
        DnsTrouble::AaaaServfail if question.family == Family::Aaaa => Says::ServerFailure,
        DnsTrouble::Alternating | DnsTrouble::Flaky | DnsTrouble::AaaaSilent | DnsTrouble::AaaaServfail => {
            caused(world, &host, question)
        }
    }
}

fn stated(addresses: &[IpAddr], family: Family) -> Says {
    let of_family = addresses.iter().filter(|address| address.is_ipv4() == (family == Family::A));
    let addresses = of_family.map(|address| (*address, ENDPOINT_TTL)).collect();
    Says::Records(Records { addresses, ..Records::default() })
}

/// What the VPC's settings make of the question, and DNS64 of an answer without an IPv6 address.
fn caused(world: &World, host: &Host, question: Question<'_>) -> Says {
    let says = recorded(world, host, question);
    let translates = world.vpc.dns64 && world.vpc.is_amazon_resolver(question.server);
    match says {
        Says::Records(own) if translates && question.family == Family::Aaaa && own.addresses.is_empty() => {
            match recorded(world, host, Question { family: Family::A, ..question }) {
                Says::Records(records) => {
                    let of = |(address, ttl)| match address {
                        IpAddr::V4(address) => (translated(address), ttl),
                        address @ IpAddr::V6(_) => (address, ttl),
                    };
                    let addresses = records.addresses.into_iter().map(of).collect();
                    Says::Records(Records { addresses, ..own })
                }
                _ => Says::Records(own),
            }
        }
        says => says,
    }
}

/// What the zones hold.
fn recorded(world: &World, host: &Host, question: Question<'_>) -> Says {
    let vpc = &world.vpc;
    if vpc.is_amazon_resolver(question.server) {
        if !vpc.dns_support {
            return Says::Refused;
        }
        if let Some(service) = endpoint_in_private_dns(world, host) {
            let addresses = match question.family {
                Family::A => vpc.endpoint_addresses(service).to_vec(),
                Family::Aaaa if vpc.dual_stack => vpc.endpoint_addresses_v6(service).to_vec(),
                Family::Aaaa => Vec::new(),
            };
            let addresses = addresses.into_iter().map(|address| (address, ENDPOINT_TTL)).collect();
            return Says::Records(Records { addresses, ..Records::default() });
        }
    }
    if !host.exists {
        return Says::NxDomain { aliases: Vec::new() };
    }
    match (question.family, host.dual_stack || vpc.dual_stack) {
        (Family::Aaaa, false) => Says::Records(Records { aliases: aliases(host, question.host), ..Records::default() }),
        _ => public(host, question),
    }
}

/// The endpoint whose private DNS zone holds the name: the zone is of the VPC's own Region, and
/// takes both DNS attributes of the VPC.
fn endpoint_in_private_dns(world: &World, host: &Host) -> Option<Service> {
    let service = Service::of(host.role)?;
    let vpc = &world.vpc;
    let shared = vpc.hub_network.is_none() || vpc.hub_zone_shared;
    let private = vpc.private_dns.has(service) && vpc.dns_hostnames && shared;
    let here = host.classic && host.region.as_deref() == Some(world.region());
    (private && here && vpc.interface_endpoints.contains(&service)).then_some(service)
}

fn public(host: &Host, question: Question<'_>) -> Says {
    let addresses = match question.family {
        Family::A => aws::public_addresses(host).to_vec(),
        Family::Aaaa => vec![aws::public_address_v6(host)],
    };
    Says::Records(Records {
        aliases: aliases(host, question.host),
        addresses: addresses.into_iter().map(|address| (address, PUBLIC_TTL)).collect(),
        truncated: false,
    })
}

fn aliases(host: &Host, name: &str) -> Vec<Alias> {
    let alias = aws::alias(host).map(|(target, ttl)| Alias { name: name.to_owned(), target, ttl });
    alias.into_iter().collect()
}

/// The IPv4 addresses that the task finds under a name, where it finds any.
pub fn addresses(world: &World, host: &str) -> Vec<IpAddr> {
    let Some(&server) = world.vpc.name_servers().first() else { return Vec::new() };
    match answer(world, Question { server, host, family: Family::A, turn: 0 }) {
        Says::Records(records) => records.addresses.into_iter().map(|(address, _)| address).collect(),
        _ => Vec::new(),
    }
}

/// Whose address it is: what a fault that is stated for a role applies to.
pub fn owner(world: &World, address: IpAddr) -> Option<Role> {
    let address = untranslated(address);
    let stated = ROLES.into_iter().find(
        |role| matches!(world.dns.of(*role), Some(DnsFault::Addresses(addresses)) if addresses.contains(&address)),
    );
    let endpoint = || world.vpc.endpoint_at(address).map(|(service, _)| service.role());
    let public = || {
        let mut hosts = aws::all_hosts(world);
        let holds =
            |host: &Host| aws::public_addresses(host).contains(&address) || aws::public_address_v6(host) == address;
        hosts.find(holds).map(|host| host.role)
    };
    stated.or_else(endpoint).or_else(public)
}
