//! Which address on loopback stands for which address of the world.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, PoisonError};

use ecr_probe::model::AddressClass;
use ecr_probe::ranges::Ranges;

use super::super::aws;
use super::super::packet::{Fate, fate};
use super::super::world::{Network, World};

/// The networks 127.0.x.0/24, by what they stand for.
mod third {
    /// The task's own subnet.
    pub const SUBNET: u8 = 1;
    /// S3 of the task's Region, and of others.
    pub const S3: u8 = 2;
    pub const S3_ELSEWHERE: u8 = 6;
    /// AWS's other public addresses.
    pub const PUBLIC: u8 = 3;
    pub const STRANGE: u8 = 5;
    /// The VPC's other subnets follow.
    pub const VPC: u8 = 10;
}

/// The task's subnet on loopback.
pub fn subnet() -> Network {
    Network { base: Ipv4Addr::new(127, 0, third::SUBNET, 0), length: 24 }
}

/// AWS's `ip-ranges.json` for these addresses.
pub fn ip_ranges(world: &World) -> String {
    let prefix = |ip_prefix: String, region: &str, service: &str| {
        serde_json::json!({
            "ip_prefix": ip_prefix, "region": region, "service": service, "network_border_group": region
        })
    };
    let elsewhere = if world.region() == "us-east-1" { "us-west-2" } else { "us-east-1" };
    let mut prefixes = Vec::new();
    for first in ["127.0", UNREACHABLE] {
        let network = |third| format!("{first}.{third}.0/24");
        for (third, region) in [(third::S3, world.region()), (third::S3_ELSEWHERE, elsewhere)] {
            prefixes.push(prefix(network(third), region, "S3"));
            prefixes.push(prefix(network(third), region, "AMAZON"));
        }
        prefixes.push(prefix(network(third::PUBLIC), world.region(), "AMAZON"));
    }
    let ranges = serde_json::json!({
        "syncToken": "1787411825", "createDate": "2026-08-22-15-17-05", "prefixes": prefixes, "ipv6_prefixes": []
    });
    ranges.to_string()
}

/// TCP has no route to a multicast address, on any host: `connect` says ENETUNREACH at once.
const UNREACHABLE: &str = "239.255";

/// The mapping, made as the addresses come up.
#[derive(Debug)]
pub struct Addresses {
    world: World,
    ranges: Ranges,
    given: Mutex<BTreeMap<IpAddr, IpAddr>>,
}

impl Addresses {
    pub fn new(world: World) -> Addresses {
        Addresses { world, ranges: Ranges::embedded(), given: Mutex::default() }
    }

    pub fn on_loopback(&self, address: IpAddr) -> IpAddr {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = given.get(&address) {
            return *known;
        }
        let taken: Vec<IpAddr> = given.values().copied().collect();
        let wanted = self.wanted(address);
        // The last octet is kept, so that a reader recognises the address; unless it is taken.
        let [a, b, c, d] = wanted.octets();
        let free = (0..=255).map(|step| Ipv4Addr::new(a, b, c, d.wrapping_add(step)));
        let mine = free.map(IpAddr::V4).find(|own| !taken.contains(own)).unwrap_or(wanted.into());
        given.insert(address, mine);
        mine
    }

    /// The address of the world that `mine` stands for.
    pub fn in_world(&self, mine: IpAddr) -> Option<IpAddr> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.iter().find(|(_, own)| **own == mine).map(|(address, _)| *address)
    }

    fn wanted(&self, address: IpAddr) -> Ipv4Addr {
        let IpAddr::V4(v4) = address else { return Ipv4Addr::LOCALHOST };
        let vpc = &self.world.vpc;
        let [_, _, subnet, last] = v4.octets();
        let third = if vpc.subnet().holds(address) {
            third::SUBNET
        } else if vpc.cidr().holds(address) {
            third::VPC.wrapping_add(subnet).max(third::VPC)
        } else {
            match self.ranges.classify(address, &[]).class {
                AddressClass::S3 if aws::in_s3_prefix_list(self.world.region(), address) => third::S3,
                AddressClass::S3 => third::S3_ELSEWHERE,
                AddressClass::Aws | AddressClass::AwsOrVpc => third::PUBLIC,
                AddressClass::Vpc | AddressClass::Elsewhere => third::STRANGE,
            }
        };
        match fate(&self.world, address, 443) {
            // Loopback cannot say EHOSTUNREACH; this is as near as it gets.
            Fate::NetUnreachable | Fate::HostUnreachable => Ipv4Addr::new(239, 255, third, last),
            _ => Ipv4Addr::new(127, 0, third, last),
        }
    }
}
