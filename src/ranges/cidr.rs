//! Ranges of addresses.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

/// A range of addresses: a network and the length of its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cidr(pub(super) IpNet);

/// A text that is no address range; it holds the beginning of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address range such as 10.0.0.0/16")]
pub struct CidrError(String);

impl Cidr {
    /// Reads `198.51.100.0/24` or `2001:db8::/32`. Bits beyond the prefix are dropped.
    ///
    /// # Errors
    ///
    /// The text is no address, a slash and a prefix length that the address has room for.
    pub fn parse(text: &str) -> Result<Self, CidrError> {
        let network: IpNet = text.parse().map_err(|_| CidrError(text.chars().take(60).collect()))?;
        Ok(Cidr(network.trunc()))
    }

    /// Whether the address is in the range. An IPv4-mapped IPv6 address counts as the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contains(range: &str, address: &str) -> bool {
        Cidr::parse(range).unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_range_contains_what_begins_with_it() {
        for (range, address, inside) in [
            ("10.0.0.0/16", "10.0.255.255", true),
            ("10.0.0.0/16", "10.1.0.0", false),
            ("20.10.0.0/16", "20.10.1.141", true),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("198.51.100.7/32", "198.51.100.7", true),
            ("198.51.100.7/32", "198.51.100.6", false),
            ("10.0.0.0/16", "::ffff:10.0.0.1", true),
            ("10.0.0.0/16", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "10.0.0.1", false),
            ("2001:db8::1/128", "2001:db8::1", true),
        ] {
            assert_eq!(contains(range, address), inside, "{range} {address}");
        }
    }

    #[test]
    fn bits_beyond_the_prefix_are_dropped() {
        assert_eq!(Cidr::parse("10.0.3.17/16").map(|range| range.to_string()), Ok("10.0.0.0/16".to_owned()));
        assert_eq!(Cidr::parse("2001:db8::1/32").map(|range| range.to_string()), Ok("2001:db8::/32".to_owned()));
        assert_eq!(Cidr::parse("10.0.3.17/0").map(|range| range.to_string()), Ok("0.0.0.0/0".to_owned()));
    }

    #[test]
    fn a_malformed_range_is_named() {
        for text in [
            "",
            "/",
            "10.0.0.0",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0.0/0008",
            "10.0.0/16",
            "::/129",
            "::/256",
            "x/8",
            "10.0.0.0/16/8",
            " 10.0.0.0/16",
        ] {
            assert!(
                Cidr::parse(text).is_err_and(|problem| problem.to_string().contains(&format!("{text:?}"))),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "[0-9a-f.:/]{0,30}|.{0,30}") {
            let _ = Cidr::parse(&text);
        }

        #[test]
        fn a_range_contains_its_own_address(bits: u32, length in 0u8..=32) {
            let address = IpAddr::V4(bits.into());
            let range = Cidr::parse(&format!("{address}/{length}"));
            prop_assert!(range.is_ok_and(|range| range.contains(address)));
        }
    }
}
