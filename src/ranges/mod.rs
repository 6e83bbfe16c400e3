//! Who owns an address, by the ranges that AWS publishes (`ip-ranges.json`).
//!
//! An S3 address is what a gateway endpoint steers, another of AWS's is the public side of a service, and the rest
//! are a VPC's own or another network's. IPv6 addresses of VPCs are public ones, from the ranges that AWS publishes for EC2;
//! services have addresses there too, so such an address is of either. The embedded table is dated;
//! `scripts/refresh-ranges` rewrites it.
//!
//! `64:ff9b::/96` is where DNS64 puts IPv4 addresses (RFC 6052): what is asked of such an address is whose the IPv4
//! address in it is.

mod cidr;
mod table;

pub use cidr::{Cidr, CidrError};
pub use table::RangesError;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};

use ipnet::IpNet;

use self::table::Table;
use crate::model::{AddressClass, KnownAddress, Timestamp};

/// AWS's published ranges. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ranges(Arc<Table>);

impl Ranges {
    /// The table of the binary, read on first use.
    pub fn embedded() -> Self {
        static EMBEDDED: OnceLock<Ranges> = OnceLock::new();
        EMBEDDED.get_or_init(|| Ranges(Arc::new(Table::read(include_str!("../../data/aws-ranges.txt"))))).clone()
    }

    /// Reads AWS's `ip-ranges.json`.
    ///
    /// # Errors
    ///
    /// What is wrong with the file.
    pub fn from_json(bytes: &[u8]) -> Result<Self, RangesError> {
        Table::from_json(bytes).map(|table| Ranges(Arc::new(table)))
    }

    /// When AWS made the table; `None` where it does not say.
    pub fn created(&self) -> Option<Timestamp> {
        self.0.created
    }

    /// Who owns an address. The task's own subnets come first: a VPC may use any range, even one of AWS's.
    ///
    /// `s3_region` is `None` for the S3 ranges that AWS files under `GLOBAL`.
    pub fn classify(&self, address: IpAddr, own_subnets: &[Cidr]) -> KnownAddress {
        let asked = translated(address).map_or(address, IpAddr::V4);
        let (class, s3_region) = if own_subnets.iter().any(|subnet| subnet.contains(asked)) {
            (AddressClass::Vpc, None)
        } else {
            match self.0.class(asked.to_canonical()) {
                (AddressClass::AwsOrVpc, _) if is_beside(asked, own_subnets) => (AddressClass::Elsewhere, None),
                known => known,
            }
        };
        KnownAddress { address, class, s3_region }
    }
}

impl Ranges {
    /// Whether AWS publishes a range with an address from `first` to `last`, which are of one family.
    pub fn has_any(&self, first: IpAddr, last: IpAddr) -> bool {
        self.0.has_any(first, last)
    }
}

/// The IPv4 address that DNS64 has put into an IPv6 one: `64:ff9b::a00:110` holds 10.0.1.16 (RFC 6052, section 2.1).
pub fn translated(address: IpAddr) -> Option<Ipv4Addr> {
    match address {
        IpAddr::V6(address) => match address.octets() {
            [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d] => Some(Ipv4Addr::new(a, b, c, d)),
            _ => None,
        },
        IpAddr::V4(_) => None,
    }
}

/// Whether an IPv6 address is in the block of 256 subnets around one of the own. A VPC's IPv6 range is that block where
/// Amazon gives it (VPC User Guide, "VPC CIDR blocks"), and smaller or larger only by IPAM; services are not put among
/// those of customers.
fn is_beside(address: IpAddr, own_subnets: &[Cidr]) -> bool {
    const BLOCK: u8 = 56;
    own_subnets.iter().any(|subnet| match (subnet.0, address) {
        (IpNet::V6(own), IpAddr::V6(address)) if own.prefix_len() >= BLOCK => {
            own.network().to_bits() >> (128 - BLOCK) == address.to_bits() >> (128 - BLOCK)
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests;
