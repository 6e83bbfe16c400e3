//! The hosts of AWS's services, and the names of the VPC endpoint services that stand for them.
//!
//! Sources: the endpoint rules of botocore for the hosts; AWS General Reference, "Amazon ECR endpoints and
//! quotas"; for the endpoint services `vpc-endpoint.ts` of aws-cdk, which lists what
//! `aws ec2 describe-vpc-endpoint-services` returns in each Region.

use super::Partition;
use super::global::{self, Global};
use crate::model::Role;

/// A service that a pull, a task's start or the probe itself asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// The API of ECR.
    EcrApi,
    /// The registry of ECR. Its host has an account id before it: see [`super::registry_host`].
    EcrDkr,
    /// S3, where ECR keeps layers.
    S3,
    /// The API of ECS.
    Ecs,
    /// AWS STS.
    Sts,
    /// CloudWatch Logs.
    Logs,
    /// CloudWatch's metrics.
    Monitoring,
    /// AWS Secrets Manager.
    SecretsManager,
    /// Systems Manager, of which Parameter Store is a part.
    Ssm,
    /// AWS KMS.
    Kms,
    /// The API of EC2, which is that of VPCs too.
    Ec2,
    /// IAM: one endpoint a partition.
    Iam,
    /// Route 53: one endpoint a partition.
    Route53,
    /// Route 53 Resolver.
    Route53Resolver,
    /// AWS Lambda.
    Lambda,
    /// The Resource Groups Tagging API, which finds resources by their tags.
    Tagging,
}

/// Which of a service's endpoints in a Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Variant {
    /// With cryptography validated by FIPS 140.
    pub fips: bool,
    /// With IPv4 and IPv6 addresses. The other endpoints have IPv4 only.
    pub dual_stack: bool,
}

/// Where ECR has FIPS endpoints (AWS General Reference, "Amazon ECR endpoints and quotas").
pub const ECR_FIPS_REGIONS: [&str; 6] =
    ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1"];

/// Whether ECR has this variant of its endpoints in a Region; `None` where that is not known.
pub fn ecr_has(region: &str, variant: Variant) -> Option<bool> {
    let partition = Partition::of_region(region);
    // AWS publishes no table of the isolated partitions, and none of dual-stack endpoints in the sovereign one.
    let is_published = matches!(partition.name, "aws" | "aws-cn" | "aws-us-gov") && partition.knows(region);
    match variant {
        Variant { fips: false, dual_stack: false } => partition.knows(region).then_some(true),
        Variant { fips: true, .. } => is_published.then(|| ECR_FIPS_REGIONS.contains(&region)),
        Variant { fips: false, dual_stack: true } => is_published.then_some(true),
    }
}

impl Service {
    /// The service that AWS runs in a role; `None` where it may be anybody's.
    pub fn of(role: Role) -> Option<Self> {
        match role {
            Role::EcrApi => Some(Service::EcrApi),
            Role::EcrDkr => Some(Service::EcrDkr),
            Role::S3 => Some(Service::S3),
            Role::Sts => Some(Service::Sts),
            Role::Logs => Some(Service::Logs),
            Role::SecretsManager => Some(Service::SecretsManager),
            Role::Ssm => Some(Service::Ssm),
            Role::Kms => Some(Service::Kms),
            Role::Registry | Role::Cdn => None,
        }
    }

    /// The service's label in its hosts.
    fn label(self, variant: Variant) -> &'static str {
        match (self, variant.dual_stack) {
            // In both names of its API with IPv4 only, `ecr.` and `api.ecr.`, it answers alike. Interface endpoints
            // serve `api.ecr.` alone, and clients ask that.
            (Service::EcrApi, false) if !variant.fips => "api.ecr",
            (Service::EcrApi, _) => "ecr",
            (Service::EcrDkr, false) => "dkr.ecr",
            (Service::EcrDkr, true) => "dkr-ecr",
            (Service::S3, _) => "s3",
            (Service::Ecs, _) => "ecs",
            (Service::Sts, _) => "sts",
            (Service::Logs, _) => "logs",
            (Service::Monitoring, _) => "monitoring",
            (Service::SecretsManager, _) => "secretsmanager",
            (Service::Ssm, _) => "ssm",
            (Service::Kms, _) => "kms",
            (Service::Ec2, _) => "ec2",
            (Service::Iam, _) => "iam",
            (Service::Route53, _) => "route53",
            (Service::Route53Resolver, _) => "route53resolver",
            (Service::Lambda, _) => "lambda",
            (Service::Tagging, _) => "tagging",
        }
    }

    /// The service's name in IAM actions.
    pub fn prefix(self) -> &'static str {
        match self {
            Service::EcrApi | Service::EcrDkr => "ecr",
            Service::Monitoring => "cloudwatch",
            // Service Authorization Reference, "Amazon Resource Group Tagging API".
            Service::Tagging => "tag",
            other => other.label(Variant::default()),
        }
    }

    /// The service's name in the scope of a signature (Signature Version 4).
    pub fn signing_name(self) -> &'static str {
        match self {
            Service::Tagging => "tagging",
            other => other.prefix(),
        }
    }

    /// The Region in the scope of a signature: that of the request, or the one where the partition's only endpoint is.
    pub fn signing_region(self, region: &str) -> &str {
        self.global().map_or(region, |service| global::signing_region(service, Partition::of_region(region)))
    }

    fn global(self) -> Option<Global> {
        match self {
            Service::Iam => Some(Global::Iam),
            Service::Route53 => Some(Global::Route53),
            _ => None,
        }
    }

    /// The service's host in a Region: `ecs.eu-west-1.amazonaws.com`, `ecr-fips.us-east-1.api.aws`.
    ///
    /// The FIPS endpoint of the ECR API has two names with IPv4, `ecr-fips.` in AWS's table and `api.ecr-fips.` in
    /// the SDKs' rules. This gives the former; [`super::is_ecr_api_host`] knows both.
    pub fn host(self, region: &str, variant: Variant) -> String {
        let partition = Partition::of_region(region);
        if let Some(service) = self.global() {
            return global::host(service, variant.fips, variant.dual_stack, partition);
        }
        let suffix = match (self, variant.dual_stack) {
            (_, false) => partition.dns_suffix,
            (Service::EcrDkr, true) => partition.registry_dual_stack_suffix,
            // S3 marks it by a label of its own, under the domain of the others.
            (Service::S3, true) => return self.s3_dual_stack(region, variant.fips, partition),
            (_, true) => partition.dual_stack_suffix,
        };
        let fips = variant.fips && !self.is_fips_without_saying_so(partition, variant);
        format!("{}{}.{region}.{suffix}", self.label(variant), if fips { "-fips" } else { "" })
    }

    /// In `aws-us-gov` some services have FIPS endpoints alone, under the common name.
    fn is_fips_without_saying_so(self, partition: &Partition, variant: Variant) -> bool {
        use Service::{Ec2, Logs, Route53Resolver, Ssm, Sts};
        partition.name == "aws-us-gov"
            && !variant.dual_stack
            && matches!(self, Ec2 | Logs | Route53Resolver | Ssm | Sts)
    }

    fn s3_dual_stack(self, region: &str, fips: bool, partition: &Partition) -> String {
        let fips = if fips { "-fips" } else { "" };
        format!("s3{fips}.dualstack.{region}.{}", partition.dns_suffix)
    }

    /// The name of the VPC endpoint service: `com.amazonaws.eu-west-1.ecr.api`.
    pub fn endpoint_service(self, region: &str) -> String {
        let partition = Partition::of_region(region);
        let prefix =
            if self.is_under_own_prefix(partition) { partition.endpoint_service_prefix } else { "com.amazonaws" };
        format!("{prefix}.{region}.{}", self.endpoint_label())
    }

    /// What the names of its endpoint services end with.
    pub(super) fn endpoint_label(self) -> &'static str {
        match self {
            Service::EcrApi => "ecr.api",
            Service::EcrDkr => "ecr.dkr",
            _ => self.label(Variant::default()),
        }
    }

    /// Outside of `aws` and `aws-us-gov` some of a Region's endpoint services begin with the partition's domain
    /// reversed, and the others as everywhere. Of S3 this is the gateway endpoint, which keeps the common name.
    fn is_under_own_prefix(self, partition: &Partition) -> bool {
        match self {
            Service::EcrApi | Service::EcrDkr => true,
            Service::Sts | Service::Monitoring => partition.name == "aws-cn",
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSIC: Variant = Variant { fips: false, dual_stack: false };
    const FIPS: Variant = Variant { fips: true, dual_stack: false };
    const DUAL: Variant = Variant { fips: false, dual_stack: true };
    const BOTH: Variant = Variant { fips: true, dual_stack: true };

    #[test]
    fn every_variant_has_its_host() {
        for (service, region, variant, host) in [
            (Service::EcrApi, "eu-west-1", CLASSIC, "api.ecr.eu-west-1.amazonaws.com"),
            (Service::EcrApi, "us-east-1", FIPS, "ecr-fips.us-east-1.amazonaws.com"),
            (Service::EcrApi, "eu-west-1", DUAL, "ecr.eu-west-1.api.aws"),
            (Service::EcrApi, "us-east-1", BOTH, "ecr-fips.us-east-1.api.aws"),
            (Service::EcrApi, "cn-north-1", CLASSIC, "api.ecr.cn-north-1.amazonaws.com.cn"),
            (Service::EcrApi, "cn-north-1", DUAL, "ecr.cn-north-1.api.amazonwebservices.com.cn"),
            (Service::EcrApi, "us-gov-west-1", FIPS, "ecr-fips.us-gov-west-1.amazonaws.com"),
            (Service::EcrApi, "eusc-de-east-1", CLASSIC, "api.ecr.eusc-de-east-1.amazonaws.eu"),
            (Service::EcrDkr, "eu-west-1", CLASSIC, "dkr.ecr.eu-west-1.amazonaws.com"),
            (Service::EcrDkr, "eu-west-1", DUAL, "dkr-ecr.eu-west-1.on.aws"),
            (Service::EcrDkr, "us-east-1", BOTH, "dkr-ecr-fips.us-east-1.on.aws"),
            (Service::Ecs, "us-east-1", FIPS, "ecs-fips.us-east-1.amazonaws.com"),
            (Service::Ecs, "us-east-1", BOTH, "ecs-fips.us-east-1.api.aws"),
            (Service::S3, "eu-west-1", CLASSIC, "s3.eu-west-1.amazonaws.com"),
            (Service::S3, "eu-west-1", DUAL, "s3.dualstack.eu-west-1.amazonaws.com"),
            (Service::S3, "us-east-1", BOTH, "s3-fips.dualstack.us-east-1.amazonaws.com"),
            (Service::Logs, "us-iso-east-1", CLASSIC, "logs.us-iso-east-1.c2s.ic.gov"),
            (Service::Logs, "us-gov-west-1", FIPS, "logs.us-gov-west-1.amazonaws.com"),
            (Service::Logs, "us-gov-west-1", BOTH, "logs-fips.us-gov-west-1.api.aws"),
            (Service::Ec2, "eu-west-1", CLASSIC, "ec2.eu-west-1.amazonaws.com"),
            (Service::Ec2, "us-gov-west-1", FIPS, "ec2.us-gov-west-1.amazonaws.com"),
            (Service::Ec2, "us-east-1", BOTH, "ec2-fips.us-east-1.api.aws"),
            (Service::Route53Resolver, "cn-north-1", CLASSIC, "route53resolver.cn-north-1.amazonaws.com.cn"),
        ] {
            assert_eq!(service.host(region, variant), host);
        }
    }

    #[test]
    fn fips_endpoints_are_in_the_united_states_alone() {
        for (region, fips, dual_stack) in [
            ("us-east-1", Some(true), Some(true)),
            ("us-gov-west-1", Some(true), Some(true)),
            ("eu-west-1", Some(false), Some(true)),
            ("ca-central-1", Some(false), Some(true)),
            ("cn-north-1", Some(false), Some(true)),
            ("us-iso-east-1", None, None),
            ("eusc-de-east-1", None, None),
            ("eu-east-9", None, None),
        ] {
            assert_eq!((ecr_has(region, FIPS), ecr_has(region, BOTH)), (fips, fips), "{region}");
            assert_eq!(ecr_has(region, DUAL), dual_stack, "{region}");
        }
        assert_eq!((ecr_has("us-iso-east-1", CLASSIC), ecr_has("eu-east-9", CLASSIC)), (Some(true), None));
    }

    #[test]
    fn endpoint_services_go_by_the_partition() {
        for (service, region, name) in [
            (Service::EcrApi, "eu-west-1", "com.amazonaws.eu-west-1.ecr.api"),
            (Service::EcrDkr, "us-gov-west-1", "com.amazonaws.us-gov-west-1.ecr.dkr"),
            (Service::EcrApi, "cn-north-1", "cn.com.amazonaws.cn-north-1.ecr.api"),
            (Service::Sts, "cn-north-1", "cn.com.amazonaws.cn-north-1.sts"),
            (Service::S3, "cn-north-1", "com.amazonaws.cn-north-1.s3"),
            (Service::Logs, "cn-north-1", "com.amazonaws.cn-north-1.logs"),
            (Service::EcrDkr, "eusc-de-east-1", "eu.amazonaws.eusc-de-east-1.ecr.dkr"),
            (Service::Sts, "eusc-de-east-1", "com.amazonaws.eusc-de-east-1.sts"),
            (Service::EcrApi, "us-iso-east-1", "gov.ic.c2s.us-iso-east-1.ecr.api"),
            (Service::EcrApi, "us-isob-east-1", "gov.sgov.sc2s.us-isob-east-1.ecr.api"),
            (Service::EcrApi, "us-isof-east-1", "gov.ic.hci.csp.us-isof-east-1.ecr.api"),
            (Service::EcrApi, "eu-isoe-west-1", "uk.adc-e.cloud.eu-isoe-west-1.ecr.api"),
            (Service::SecretsManager, "us-iso-east-1", "com.amazonaws.us-iso-east-1.secretsmanager"),
        ] {
            assert_eq!(service.endpoint_service(region), name);
        }
    }
}
