//! Services with one endpoint a partition: IAM and Route 53.
//!
//! Hosts and Regions: the endpoint rules of botocore 1.43.

use super::{Partition, Service, Variant};

/// The Region that requests to the partition's only endpoint are signed for; `None` for a service of a Region.
pub(super) fn signing_region(service: Service, partition: &Partition) -> Option<&'static str> {
    if !matches!(service, Service::Iam | Service::Route53) {
        return None;
    }
    Some(match (partition.name, service) {
        ("aws-cn", Service::Route53) => "cn-northwest-1",
        ("aws-cn", _) => "cn-north-1",
        ("aws-us-gov", _) => "us-gov-west-1",
        ("aws-iso", _) => "us-iso-east-1",
        ("aws-iso-b", _) => "us-isob-east-1",
        ("aws-iso-e", _) => "eu-isoe-west-1",
        ("aws-iso-f", _) => "us-isof-south-1",
        ("aws-eusc", _) => "eusc-de-east-1",
        _ => "us-east-1",
    })
}

/// The endpoint's host; `home` is its Region.
pub(super) fn host(service: Service, home: &str, variant: Variant, partition: &Partition) -> String {
    let name = service.label(Variant::default());
    let fips = if variant.fips { "-fips" } else { "" };
    let (suffix, dual_suffix) = (partition.dns_suffix, partition.dual_stack_suffix);
    match (partition.name, variant.dual_stack) {
        // Both are FIPS endpoints.
        ("aws-us-gov", false) => format!("{name}.us-gov.{suffix}"),
        ("aws-us-gov", true) => format!("{name}.us-gov.{dual_suffix}"),
        ("aws" | "aws-cn", true) => format!("{name}{fips}.global.{dual_suffix}"),
        ("aws-eusc", true) if service == Service::Route53 => format!("{name}{fips}.global.{dual_suffix}"),
        (_, true) => format!("{name}{fips}.{dual_suffix}"),
        ("aws", false) => format!("{name}{fips}.{suffix}"),
        (_, false) if service == Service::Iam => format!("{name}{fips}.{home}.{suffix}"),
        (_, false) => format!("{name}{fips}.{suffix}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_has_one_endpoint() {
        const CLASSIC: Variant = Variant { fips: false, dual_stack: false };
        const FIPS: Variant = Variant { fips: true, dual_stack: false };
        const DUAL: Variant = Variant { fips: false, dual_stack: true };
        for (service, region, variant, host, home) in [
            (Service::Iam, "eu-west-1", CLASSIC, "iam.amazonaws.com", "us-east-1"),
            (Service::Iam, "eu-west-1", FIPS, "iam-fips.amazonaws.com", "us-east-1"),
            (Service::Iam, "eu-west-1", DUAL, "iam.global.api.aws", "us-east-1"),
            (Service::Iam, "cn-northwest-1", CLASSIC, "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            (Service::Iam, "us-gov-east-1", CLASSIC, "iam.us-gov.amazonaws.com", "us-gov-west-1"),
            (Service::Iam, "us-gov-east-1", FIPS, "iam.us-gov.amazonaws.com", "us-gov-west-1"),
            (Service::Iam, "eusc-de-east-1", CLASSIC, "iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
            (Service::Iam, "us-iso-west-1", CLASSIC, "iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
            (Service::Iam, "us-isof-east-1", CLASSIC, "iam.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"),
            (Service::Route53, "eu-west-1", CLASSIC, "route53.amazonaws.com", "us-east-1"),
            (Service::Route53, "eu-west-1", DUAL, "route53.global.api.aws", "us-east-1"),
            (Service::Route53, "cn-north-1", CLASSIC, "route53.amazonaws.com.cn", "cn-northwest-1"),
            (Service::Route53, "us-gov-west-1", DUAL, "route53.us-gov.api.aws", "us-gov-west-1"),
            (Service::Route53, "eusc-de-east-1", CLASSIC, "route53.amazonaws.eu", "eusc-de-east-1"),
            (Service::Route53, "eu-isoe-west-1", CLASSIC, "route53.cloud.adc-e.uk", "eu-isoe-west-1"),
        ] {
            assert_eq!((service.host(region, variant).as_str(), service.signing_region(region)), (host, home));
        }
        assert_eq!(Service::Ec2.signing_region("eu-west-1"), "eu-west-1");
        assert_eq!((Service::EcrApi.prefix(), Service::Route53Resolver.prefix()), ("ecr", "route53resolver"));
    }
}
