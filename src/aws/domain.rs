//! Whether a host is under a domain of AWS's, and whether a word is a Region.

use std::sync::LazyLock;

use super::Variant;
use super::partition::{PARTITIONS, Partition, is_known_region};

/// Domains that AWS owns besides those of the partitions.
const OTHER_AWS_DOMAINS: [&str; 3] = ["aws", "aws.com", "amazonaws.cn"];

/// Whether the host is under one of AWS's domains, whatever it is there.
pub fn is_aws_host(host: &str) -> bool {
    aws_labels(host).is_some()
}

/// Whether the host is one of S3's, in any of its forms: `BUCKET.s3.REGION.…`, `BUCKET.s3-REGION.…`, an endpoint's own.
pub fn is_s3_host(host: &str) -> bool {
    let is_s3 = |label: &str| label == "s3" || label.starts_with("s3-");
    aws_labels(host).is_some() && host.split('.').any(is_s3)
}

/// Whether the host is one of the ECR API's own names, in any Region and variant: not an endpoint's name or a mirror's.
pub fn is_ecr_api_host(host: &str) -> bool {
    ecr_api_variant(host).is_some()
}

/// The Region and the variant that a name of the ECR API stands for: `ecr-fips.us-east-1.api.aws`.
pub fn ecr_api_variant(host: &str) -> Option<(&str, Variant)> {
    let labels: Vec<&str> = host.split('.').collect();
    let own = aws_labels(host).and_then(|domain| labels.get(..labels.len() - domain))?;
    let (label, region) = match *own {
        ["api", label @ ("ecr" | "ecr-fips"), region] | [label @ ("ecr" | "ecr-fips"), region] => (label, region),
        _ => return None,
    };
    let dual_stack = PARTITIONS.iter().any(|partition| is_under(host, partition.dual_stack_suffix));
    Some((region, Variant { fips: label == "ecr-fips", dual_stack }))
}

/// Whether the host is public ECR's, which has no Region.
pub fn is_public_ecr_host(host: &str) -> bool {
    matches!(host, "public.ecr.aws" | "ecr-public.aws.com")
}

/// Whether the host is CloudFront's own name of a distribution, which only CloudFront has a certificate for.
pub fn is_cloudfront_host(host: &str) -> bool {
    host.ends_with(".cloudfront.net")
}

/// Whether the host is an interface endpoint's own name: `vpce-0a1b-2c3d.api.ecr.REGION.vpce.…`.
pub fn is_endpoint_host(host: &str) -> bool {
    aws_labels(host).is_some() && host.split('.').any(|label| label == "vpce")
}

/// The partition whose domain the host is under.
pub fn partition_of(host: &str) -> Option<&'static Partition> {
    let under = |partition: &&&Partition| {
        let parent = partition.dual_stack_suffix.strip_prefix("api.").unwrap_or(partition.dual_stack_suffix);
        let domains = [partition.dns_suffix, partition.dual_stack_suffix, partition.registry_dual_stack_suffix, parent];
        domains.into_iter().any(|domain| is_under(host, domain))
    };
    // `aws.ic.gov` is no part of `aws`, and `aws-us-gov` shares the domains of `aws`, which comes last.
    PARTITIONS.iter().rev().find(under).copied()
}

fn is_under(host: &str, domain: &str) -> bool {
    // Most end otherwise.
    let may_be = host.as_bytes().last() == domain.as_bytes().last();
    may_be && host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Whether the host is under the domain of a partition, and has a Region in its name that this partition is known to have.
pub fn is_in_known_region(host: &str) -> bool {
    let is_of = |partition: &&Partition| {
        let domains = [partition.dns_suffix, partition.dual_stack_suffix, partition.registry_dual_stack_suffix];
        domains.iter().any(|domain| is_under(host, domain)) && host.split('.').any(|label| partition.knows(label))
    };
    PARTITIONS.iter().copied().any(|partition| is_of(&partition))
}

/// Whether it is a package of Java, or a service that a VPC has endpoints for: `com.amazonaws.services.ecr`. AWS's domains
/// end so, and none begins so.
pub fn is_reversed(word: &str) -> bool {
    word.starts_with("com.amazonaws.")
}

/// How the hosts of databases and caches end, which nothing that pulls asks (RDS and ElastiCache, "Connecting to …").
pub const DATABASES: [&str; 2] = [".rds.amazonaws.com", ".cache.amazonaws.com"];

/// How many labels of the host are one of AWS's domains; `None` where it is under another.
pub fn aws_labels(host: &str) -> Option<usize> {
    static DOMAINS: LazyLock<Vec<(&'static str, usize)>> = LazyLock::new(|| {
        let of_partitions = PARTITIONS.iter().flat_map(|partition| {
            let parents = [partition.dual_stack_suffix, partition.registry_dual_stack_suffix];
            let parent = partition.dual_stack_suffix.strip_prefix("api.").unwrap_or(partition.dual_stack_suffix);
            [partition.dns_suffix, parent].into_iter().chain(parents)
        });
        of_partitions.chain(OTHER_AWS_DOMAINS).map(|domain| (domain, domain.split('.').count())).collect()
    });
    DOMAINS.iter().filter(|(domain, _)| is_under(host, domain)).map(|(_, labels)| *labels).max()
}

/// Whether the label is a Region, or has the form of one.
pub fn is_region(label: &str) -> bool {
    // Of each: most labels of a host do not.
    if !label.ends_with(|last: char| last.is_ascii_digit()) {
        return false;
    }
    let parts: Vec<&str> = label.split('-').collect();
    is_known_region(label)
        || match parts.as_slice() {
            [area, middle @ .., number] if !middle.is_empty() => {
                (2..=4).contains(&area.len())
                    && [*area].iter().chain(middle).all(|part| part.bytes().all(|byte| byte.is_ascii_lowercase()))
                    && number.parse::<u8>().is_ok()
            }
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_s3_are_known_in_every_form() {
        for host in [
            "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com",
            "prod-us-east-1-starport-layer-bucket.s3.amazonaws.com",
            "bucket.s3-us-west-2.amazonaws.com",
            "bucket.s3.dualstack.eu-west-1.amazonaws.com",
            "bucket.s3.cn-north-1.amazonaws.com.cn",
            "bucket.vpce-0a1b-2c3d.s3.eu-west-1.vpce.amazonaws.com",
            "s3-r-w.eu-west-1.amazonaws.com",
        ] {
            assert!(is_s3_host(host), "{host}");
        }
        for host in [
            "production.cloudflare.docker.com",
            "d2glxqk2uabbnd.cloudfront.net",
            "bucket.s3.eu-west-1.amazonaws.com.mirror.example",
            "s3.mirror.example",
            "api.ecr.eu-west-1.amazonaws.com",
        ] {
            assert!(!is_s3_host(host), "{host}");
        }
    }

    #[test]
    fn a_name_of_the_api_tells_its_variant() {
        for (host, region, fips, dual_stack) in [
            ("api.ecr.eu-west-1.amazonaws.com", "eu-west-1", false, false),
            ("ecr-fips.us-east-1.amazonaws.com", "us-east-1", true, false),
            ("ecr.eu-west-1.api.aws", "eu-west-1", false, true),
            ("ecr-fips.us-east-1.api.aws", "us-east-1", true, true),
            ("ecr.cn-north-1.api.amazonwebservices.com.cn", "cn-north-1", false, true),
        ] {
            assert_eq!(ecr_api_variant(host), Some((region, Variant { fips, dual_stack })), "{host}");
        }
    }

    #[test]
    fn the_ecr_api_is_known_by_all_its_names() {
        for host in [
            "api.ecr.eu-west-1.amazonaws.com",
            "ecr.eu-west-1.amazonaws.com",
            "ecr-fips.us-east-1.amazonaws.com",
            "api.ecr-fips.us-east-1.amazonaws.com",
            "ecr.eu-west-1.api.aws",
            "ecr-fips.us-east-1.api.aws",
            "api.ecr.cn-north-1.amazonaws.com.cn",
            "ecr.eusc-de-east-1.api.amazonwebservices.eu",
        ] {
            assert!(is_ecr_api_host(host), "{host}");
        }
        for host in [
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "vpce-0a1b-2c3d.api.ecr.eu-west-1.vpce.amazonaws.com",
            "ecr.mirror.example",
            "api.ecr.eu-west-1.mirror.example",
            "ecs.eu-west-1.amazonaws.com",
            "amazonaws.com",
        ] {
            assert!(!is_ecr_api_host(host), "{host}");
        }
    }
}
