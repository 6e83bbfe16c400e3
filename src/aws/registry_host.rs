//! The hosts of private ECR: the registry's name read, the other names made from it.

use super::account::is_account;
use super::partition::{PARTITIONS, Partition};
use super::{Service, Variant};

/// The form of a private registry's host, for a reader. With a Region at hand, [`registry_host`] gives its own.
pub const REGISTRY_FORM: &str = "ACCOUNT.dkr.ecr.REGION.amazonaws.com";

/// A private registry's host, taken apart.
///
/// The grammar is that of Amazon's credential helper (`ecr-login/api/client.go`):
/// `ACCOUNT.dkr.ecr[-fips].REGION.DOMAIN`, and with `dkr-ecr` under a dual-stack domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcrHost {
    /// Twelve digits.
    pub account: String,
    /// Such as `eu-west-1`.
    pub region: String,
    /// The partition whose domain it is under.
    pub partition: &'static Partition,
    /// Whether it is a FIPS endpoint.
    pub fips: bool,
    /// Whether it has IPv6 addresses besides.
    pub dual_stack: bool,
    /// Whether the Region is in the partition's table. AWS opens new ones, so an unknown one may well exist.
    pub region_known: bool,
}

impl EcrHost {
    /// Reads a host in lower case. `None` where it is not of the grammar, or its Region is of another partition.
    pub fn parse(host: &str) -> Option<Self> {
        let (account, rest) = host.split_once('.')?;
        if !is_account(account) {
            return None;
        }
        let rest = rest.strip_prefix("dkr.ecr").or_else(|| rest.strip_prefix("dkr-ecr"))?;
        let (fips, rest) = match rest.strip_prefix("-fips.") {
            Some(rest) => (true, rest),
            None => (false, rest.strip_prefix('.')?),
        };
        let (region, suffix) = rest.split_once('.')?;
        if !is_region_label(region) {
            return None;
        }
        let partition = Partition::of_region(region);
        // A Region that has no prefix of its own may yet be a new one of another partition.
        let partition = match partition.name {
            "aws" if !partition.knows(region) => {
                PARTITIONS.iter().rev().find(|partition| has_suffix(partition, suffix))?
            }
            _ => Some(partition).filter(|partition| has_suffix(partition, suffix))?,
        };
        Some(EcrHost {
            account: account.to_owned(),
            region: region.to_owned(),
            partition,
            fips,
            dual_stack: suffix == partition.registry_dual_stack_suffix,
            region_known: partition.knows(region),
        })
    }

    /// The host of the ECR API beside the registry.
    pub fn api_host(&self, variant: Variant) -> String {
        Service::EcrApi.host(&self.region, variant)
    }

    /// The host that the registry redirects blobs to, where it is documented (ECR User Guide, "Amazon ECR interface
    /// VPC endpoints"). `None` elsewhere, and for a dual-stack registry: only a real redirect tells.
    pub fn layer_store_host(&self) -> Option<String> {
        let known = self.partition.layer_store_known && !self.dual_stack;
        known.then(|| format!("{}.{}", layer_bucket(&self.region), Service::S3.host(&self.region, Variant::default())))
    }
}

/// The Region's bucket of layers (ECR User Guide, "Amazon ECR interface VPC endpoints").
pub fn layer_bucket(region: &str) -> String {
    format!("prod-{region}-starport-layer-bucket")
}

/// The registry's host for those parts.
pub fn registry_host(account: &str, region: &str, variant: Variant) -> String {
    format!("{account}.{}", Service::EcrDkr.host(region, variant))
}

fn has_suffix(partition: &Partition, suffix: &str) -> bool {
    suffix == partition.dns_suffix || suffix == partition.registry_dual_stack_suffix
}

fn is_region_label(label: &str) -> bool {
    let follows = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    label.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric()) && label.bytes().all(follows)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REGULAR: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

    fn parsed(host: &str) -> EcrHost {
        EcrHost::parse(host).unwrap_or_else(|| panic!("{host}"))
    }

    #[test]
    fn hosts_of_every_partition_are_read() {
        for (host, partition, region, fips, dual_stack) in [
            (REGULAR, "aws", "eu-west-1", false, false),
            ("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "aws", "us-east-1", true, false),
            ("123456789012.dkr-ecr.eu-west-1.on.aws", "aws", "eu-west-1", false, true),
            ("123456789012.dkr-ecr-fips.us-west-2.on.aws", "aws", "us-west-2", true, true),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "aws-cn", "cn-north-1", false, false),
            ("123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", "aws-cn", "cn-north-1", false, true),
            ("123456789012.dkr.ecr.us-gov-west-1.amazonaws.com", "aws-us-gov", "us-gov-west-1", false, false),
            ("123456789012.dkr-ecr.us-gov-east-1.on.aws", "aws-us-gov", "us-gov-east-1", false, true),
            ("123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov", "aws-iso", "us-iso-east-1", false, false),
            ("123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov", "aws-iso-b", "us-isob-east-1", false, false),
            ("123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk", "aws-iso-e", "eu-isoe-west-1", false, false),
            ("123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov", "aws-iso-f", "us-isof-south-1", false, false),
            ("123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu", "aws-eusc", "eusc-de-east-1", false, false),
        ] {
            let read = parsed(host);
            assert_eq!((read.partition.name, read.region.as_str()), (partition, region), "{host}");
            assert_eq!((read.fips, read.dual_stack, read.region_known), (fips, dual_stack, true), "{host}");
            assert_eq!(read.account, "123456789012");
            assert_eq!(registry_host(&read.account, &read.region, Variant { fips, dual_stack }), host);
        }
    }

    #[test]
    fn a_new_region_is_still_ecr() {
        for (host, partition) in [
            ("123456789012.dkr.ecr.eu-east-9.amazonaws.com", "aws"),
            ("123456789012.dkr-ecr.us-gov-north-1.on.aws", "aws-us-gov"),
            ("123456789012.dkr.ecr.hk-north-1.amazonaws.com.cn", "aws-cn"),
            ("123456789012.dkr.ecr.eusc-fr-west-1.amazonaws.eu", "aws-eusc"),
        ] {
            let read = parsed(host);
            assert_eq!((read.partition.name, read.region_known), (partition, false), "{host}");
        }
    }

    #[test]
    fn other_hosts_are_not_of_the_grammar() {
        for host in [
            "",
            "amazonaws.com",
            "12345678901.dkr.ecr.eu-west-1.amazonaws.com",
            "1234567890123.dkr.ecr.eu-west-1.amazonaws.com",
            "12345678901x.dkr.ecr.eu-west-1.amazonaws.com",
            "123456789012.drk.ecr.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecr.amazonaws.com",
            "123456789012.dkr.ecr..amazonaws.com",
            "123456789012.dkr.ecr.-west.amazonaws.com",
            "123456789012.dkr.ecr.eu-west-1.amazonawss.com",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com",
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com.cn",
            "x.123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecr.EU-WEST-1.amazonaws.com",
        ] {
            assert_eq!(EcrHost::parse(host), None, "{host}");
        }
    }

    #[test]
    fn the_other_hosts_are_made_from_it() {
        let read = parsed(REGULAR);
        assert_eq!(read.api_host(Variant::default()), "api.ecr.eu-west-1.amazonaws.com");
        let store = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com";
        assert_eq!(read.layer_store_host().as_deref(), Some(store));

        let china = parsed("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn");
        assert_eq!(china.api_host(Variant::default()), "api.ecr.cn-north-1.amazonaws.com.cn");
        assert_eq!(china.layer_store_host(), None);
        assert_eq!(parsed("123456789012.dkr-ecr.eu-west-1.on.aws").layer_store_host(), None);
        assert!(parsed("123456789012.dkr.ecr.us-gov-west-1.amazonaws.com").layer_store_host().is_some());
    }

    proptest! {
        #[test]
        fn reading_never_panics(host in "([0-9]{11,13}|.{0,9})[.]?(dkr[.-]ecr(-fips)?)?[.]?[a-z0-9.-]{0,40}") {
            EcrHost::parse(&host);
        }
    }
}
