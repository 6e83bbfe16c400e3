//! Whether an address is one that anybody may have, or of a network of its own.

use std::net::IpAddr;

use crate::model::{AddressClass, KnownAddress};
use crate::reason::parsed::Parsed;

/// Whether what was dialled is public and not AWS's. A VPC may have such addresses too.
pub fn is_foreign(parsed: &Parsed) -> bool {
    let is_foreign = |known: &KnownAddress| known.class == AddressClass::Elsewhere && !is_private(known.address);
    parsed.address.as_ref().is_some_and(is_foreign)
}

/// Of the ranges that networks give out by themselves (RFC 1918, RFC 6598, RFC 4193).
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(four) => four.is_private() || four.octets()[0] == 100 && four.octets()[1] & 0xc0 == 64,
        IpAddr::V6(six) => six.is_unique_local(),
    }
}
