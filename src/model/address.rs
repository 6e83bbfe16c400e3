//! Who owns an address, as far as AWS's published ranges and the task's own subnet tell.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// The owner of an address. There is no class "private": a VPC may use any range
/// (20.10.0.0/16 and 172.40.0.0/16 are real ones), so RFC 1918 decides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum AddressClass {
    /// In the CIDR of the task's own subnet.
    Vpc,
    /// In the ranges AWS publishes for S3: what a gateway endpoint steers.
    S3,
    /// In another range that AWS publishes: a public service address.
    Aws,
    /// In an IPv6 range that AWS publishes for EC2. Customers' VPCs have their addresses in these, and some of AWS's
    /// services too: which of them it is, the address does not tell.
    AwsOrVpc,
    /// In none of them: an endpoint's or another VPC address, or one of another network.
    Elsewhere,
}

impl AddressClass {
    /// Whether it is for certain an address that AWS announces on the internet, and no VPC's.
    pub fn is_public_aws(self) -> bool {
        matches!(self, AddressClass::S3 | AddressClass::Aws)
    }

    /// Whether it is for certain none of AWS's public addresses: a VPC's, or one of another network.
    pub fn is_private(self) -> bool {
        matches!(self, AddressClass::Vpc | AddressClass::Elsewhere)
    }
}

/// An address with its class.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KnownAddress {
    /// IPv4 or IPv6.
    pub address: IpAddr,
    /// Who announces or holds it.
    pub class: AddressClass,
    /// The Region of an S3 address, as AWS publishes it.
    pub s3_region: Option<String>,
}
