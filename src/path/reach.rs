//! The public addresses that a name may have, as a set.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::destination::Destination;
use super::network::{Network, Origin, addresses};
use super::read::not_read;
use super::span::{Addresses, Span};
use super::verdict::Which;
use super::{Far, Unseen};
use crate::aws::Service;
use crate::model::{Check, EvidenceId};

/// Public addresses that packets go to.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    /// As the task's packets have them.
    pub to: Addresses,
    pub which: Which,
    /// As a NAT gateway sends on to them, where it translates IPv6 addresses (NAT64).
    pub behind: Option<Addresses>,
    /// S3's prefix list.
    pub list: Option<String>,
    pub cites: Vec<EvidenceId>,
}

/// Why a place has no public addresses to go to.
#[derive(Debug, Clone)]
pub(super) enum NoReach {
    /// It has IPv6 only, and the name IPv4 only.
    Ipv6Only,
    /// The prefix list is not known.
    Unseen(String, Unseen),
}

/// Those that hosts of the internet do not have (RFC 6890), and multicast.
const NOT_PUBLIC: [&str; 9] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
];

/// Global unicast (RFC 4291).
const PUBLIC_IPV6: &str = "2000::/3";

/// The addresses that a name has in public DNS, in the family that the place speaks.
pub(super) fn reach(
    network: &Network<'_>,
    origin: &Origin<'_, '_>,
    to: &Destination,
    far: Far,
) -> Result<Reach, NoReach> {
    let mut reach = match far {
        Far::S3 => s3(network, origin, to)?,
        Far::Aws => anywhere(network, origin, Which::OnePublic),
        Far::Internet | Far::Private => anywhere(network, origin, Which::One),
    };
    if !origin.v4.is_empty() {
        reach.to = of_family(&reach.to, false);
        return Ok(reach);
    }
    if to.dual_stack != Some(false) {
        reach.to = of_family(&reach.to, true);
        return Ok(reach);
    }
    if !origin.subnet.dns64 {
        return Err(NoReach::Ipv6Only);
    }
    let v4 = of_family(&reach.to, false);
    reach.to = Addresses::of(v4.spans().iter().map(|span| translated(*span)));
    reach.behind = Some(v4);
    reach.which = if reach.which == Which::OnePublic { Which::One } else { reach.which };
    Ok(reach)
}

fn of_family(all: &Addresses, v6: bool) -> Addresses {
    Addresses::of(all.spans().iter().filter(|span| span.is_v6() == v6).copied())
}

/// Where DNS64 puts IPv4 addresses: `64:ff9b::/96` (RFC 6052).
fn translated(span: Span) -> Span {
    let put = |address: IpAddr| match address {
        IpAddr::V4(address) => {
            let prefix = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0).to_bits();
            IpAddr::V6((prefix | u128::from(address.to_bits())).into())
        }
        IpAddr::V6(_) => address,
    };
    let (first, last) = span.ends();
    Span::between(put(first), put(last))
}

/// S3's own ranges in the Region: each of them is met.
fn s3(network: &Network<'_>, origin: &Origin<'_, '_>, to: &Destination) -> Result<Reach, NoReach> {
    let own = own_region(&origin.subnet.az);
    let region = to.region.as_deref().unwrap_or(own);
    let name = Service::S3.endpoint_service(region);
    match network.lists.named(&name) {
        Some(list) => Ok(Reach {
            to: Addresses::of(list.spans.iter().map(|(span, _)| *span)),
            which: Which::EachFar,
            behind: None,
            list: Some(list.id.to_owned()),
            cites: vec![list.observation],
        }),
        // Of another Region no list is to be had in this one.
        None if region != own && !own.is_empty() => Ok(anywhere(network, origin, Which::OnePublic)),
        None => {
            let unseen = not_read(Check::PrefixList, &name);
            Err(NoReach::Unseen(name, unseen))
        }
    }
}

/// `eu-west-1` of `eu-west-1a`; a local zone's name has more behind it.
pub(super) fn own_region(az: &str) -> &str {
    let end = az.rfind(|it: char| it.is_ascii_digit()).map_or(az.len(), |at| at + 1);
    az.get(..end).unwrap_or(az)
}

/// Any public address that is not the VPC's own, nor in a list of a gateway endpoint's service.
fn anywhere(network: &Network<'_>, origin: &Origin<'_, '_>, which: Which) -> Reach {
    let all = Span::between(Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::BROADCAST.into());
    let mut to = Addresses::of([Some(all), Span::parse(PUBLIC_IPV6).map(|(span, _)| span)].into_iter().flatten());
    to = to.without(&addresses(NOT_PUBLIC.into_iter()));
    let vpc = network.account.vpc(&origin.subnet.vpc_id).known();
    let own = vpc.into_iter().flat_map(|vpc| vpc.cidrs.iter().chain(&vpc.ipv6_cidrs));
    to = to.without(&addresses(own.map(String::as_str)));
    // S3 and DynamoDB answer to their own names alone: another host's TLS does not end there.
    to = to.without(&Addresses::of(network.lists.of_aws()));
    Reach { to, which, behind: None, list: None, cites: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_tells_its_region() {
        for (az, region) in [("eu-west-1a", "eu-west-1"), ("us-gov-west-1b", "us-gov-west-1"), ("", "")] {
            assert_eq!(own_region(az), region);
        }
    }
}
