//! The resolver that AWS gives every VPC.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where every VPC's own resolver answers (VPC User Guide, "Amazon DNS server").
pub const VPC_RESOLVER: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 253);

/// The same by IPv6, on Nitro instances.
const BY_IPV6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253);

/// A VPC's CIDR is a /28 or larger.
const SMALLEST_VPC: u8 = 16;

/// Whether the server may be a VPC's own resolver, by its address alone: one of those above, or the third address of
/// the VPC's CIDR, whose last byte is two more than a multiple of sixteen.
pub fn may_be_vpc_resolver(server: IpAddr) -> bool {
    match server {
        IpAddr::V4(address) => address == VPC_RESOLVER || address.octets()[3] % SMALLEST_VPC == 2,
        IpAddr::V6(address) => address == BY_IPV6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vpcs_own_is_known_by_its_address() {
        for own in ["169.254.169.253", "10.0.0.2", "172.31.16.18", "fd00:ec2::253"] {
            assert!(may_be_vpc_resolver(own.parse().unwrap()), "{own}");
        }
        for other in ["169.254.169.254", "10.20.0.53", "127.0.0.11", "fd00:ec2::254", "2001:db8::2"] {
            assert!(!may_be_vpc_resolver(other.parse().unwrap()), "{other}");
        }
    }
}
