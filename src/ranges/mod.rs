//! Whose an address is, by the ranges that AWS publishes (`ip-ranges.json`).
//!
//! An S3 address is what a gateway endpoint steers, another of AWS's is the public side of a service, and the rest
//! are a VPC's own or a stranger's. The embedded table is dated; `scripts/refresh-ranges` rewrites it. It has the
//! ranges of S3 for both families, and of all AWS for IPv4.

mod cidr;
mod table;

pub use cidr::{Cidr, CidrError};
pub use table::RangesError;

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use self::table::Table;
use crate::model::{AddressClass, Instant, KnownAddress};

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
    pub fn created(&self) -> Option<Instant> {
        self.0.created
    }

    /// Whose an address is. The task's own subnets come first: a VPC may use any range, even one of AWS's.
    ///
    /// `s3_region` is `None` for the S3 ranges that AWS files under `GLOBAL`.
    pub fn classify(&self, address: IpAddr, own_subnets: &[Cidr]) -> KnownAddress {
        let (class, s3_region) = if own_subnets.iter().any(|subnet| subnet.contains(address)) {
            (AddressClass::Vpc, None)
        } else {
            self.0.class(address.to_canonical())
        };
        KnownAddress { address, class, s3_region }
    }
}

#[cfg(test)]
mod tests;
