//! AWS's partitions: their domains and Regions.
//!
//! The names, domains and Regions are those of botocore 1.43 (`partitions.json`), and the Regions for which AWS
//! publishes S3 ranges (`ip-ranges.json` of 2026-08-22), which runs ahead of the SDKs.

/// A group of Regions with its own domains, accounts and ARNs.
#[derive(Debug, PartialEq, Eq)]
pub struct Partition {
    /// The second field of every ARN in it.
    pub name: &'static str,
    /// The domain of the services' IPv4 names: `api.ecr.REGION.amazonaws.com`.
    pub dns_suffix: &'static str,
    /// The domain of the services' dual-stack names: `ecr.REGION.api.aws`.
    pub dual_stack_suffix: &'static str,
    /// The domain of dual-stack registries: `ACCOUNT.dkr-ecr.REGION.on.aws`. In `aws` and `aws-cn` it is the one that
    /// Amazon's credential helper knows; in the others it is inferred from those two.
    pub registry_dual_stack_suffix: &'static str,
    /// What the names of its ECR endpoint services begin with: see [`super::Service::endpoint_service`].
    pub(super) endpoint_service_prefix: &'static str,
    /// Whether its endpoints have certificates of public authorities. The isolated partitions have authorities of
    /// their own. Those of `aws-eusc` are Amazon Trust Services' too, by roots of its own that the others cross-sign
    /// (amazontrust.com, "Repository").
    pub public_certificates: bool,
    /// Whether AWS documents the name of the layer store's bucket for it.
    pub layer_store_known: bool,
    /// Its Regions as far as they are known, such as `eu-west-1`.
    pub regions: &'static [&'static str],
    /// What its Region names begin with.
    region_prefix: &'static str,
}

impl Partition {
    /// The partition of a Region: by its name, or by its prefix where it is a new one.
    pub fn of_region(region: &str) -> &'static Partition {
        let named = PARTITIONS.iter().find(|partition| partition.knows(region));
        // `aws` comes last: its prefix is empty.
        let prefixed = || PARTITIONS.iter().find(|partition| region.starts_with(partition.region_prefix));
        named.or_else(prefixed).copied().unwrap_or(&AWS)
    }

    /// Whether the Region was known when this was written.
    pub fn knows(&self, region: &str) -> bool {
        self.regions.contains(&region)
    }
}

/// Whether any partition has the Region.
pub fn is_known_region(region: &str) -> bool {
    PARTITIONS.iter().any(|partition| partition.knows(region))
}

static AWS: Partition = Partition {
    name: "aws",
    dns_suffix: "amazonaws.com",
    dual_stack_suffix: "api.aws",
    registry_dual_stack_suffix: "on.aws",
    endpoint_service_prefix: "com.amazonaws",
    public_certificates: true,
    layer_store_known: true,
    regions: &[
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-central-1",
        "ca-west-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "me-west-1",
        "mx-central-1",
        "sa-east-1",
        "sa-west-1",
        "us-east-1",
        "us-east-2",
        "us-south-1",
        "us-west-1",
        "us-west-2",
    ],
    region_prefix: "",
};

/// Every partition, `aws` last.
pub(super) static PARTITIONS: [&Partition; 8] = [
    &Partition {
        name: "aws-cn",
        dns_suffix: "amazonaws.com.cn",
        dual_stack_suffix: "api.amazonwebservices.com.cn",
        registry_dual_stack_suffix: "on.amazonwebservices.com.cn",
        endpoint_service_prefix: "cn.com.amazonaws",
        public_certificates: true,
        layer_store_known: false,
        regions: &["cn-north-1", "cn-northwest-1"],
        region_prefix: "cn-",
    },
    &Partition {
        name: "aws-us-gov",
        dns_suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        registry_dual_stack_suffix: "on.aws",
        endpoint_service_prefix: "com.amazonaws",
        public_certificates: true,
        layer_store_known: true,
        regions: &["us-gov-east-1", "us-gov-west-1"],
        region_prefix: "us-gov-",
    },
    &Partition {
        name: "aws-iso",
        dns_suffix: "c2s.ic.gov",
        dual_stack_suffix: "api.aws.ic.gov",
        registry_dual_stack_suffix: "on.aws.ic.gov",
        endpoint_service_prefix: "gov.ic.c2s",
        public_certificates: false,
        layer_store_known: false,
        regions: &["us-iso-east-1", "us-iso-west-1"],
        region_prefix: "us-iso-",
    },
    &Partition {
        name: "aws-iso-b",
        dns_suffix: "sc2s.sgov.gov",
        dual_stack_suffix: "api.aws.scloud",
        registry_dual_stack_suffix: "on.aws.scloud",
        endpoint_service_prefix: "gov.sgov.sc2s",
        public_certificates: false,
        layer_store_known: false,
        regions: &["us-isob-east-1", "us-isob-west-1"],
        region_prefix: "us-isob-",
    },
    &Partition {
        name: "aws-iso-e",
        dns_suffix: "cloud.adc-e.uk",
        dual_stack_suffix: "api.cloud-aws.adc-e.uk",
        registry_dual_stack_suffix: "on.cloud-aws.adc-e.uk",
        endpoint_service_prefix: "uk.adc-e.cloud",
        public_certificates: false,
        layer_store_known: false,
        regions: &["eu-isoe-west-1"],
        region_prefix: "eu-isoe-",
    },
    &Partition {
        name: "aws-iso-f",
        dns_suffix: "csp.hci.ic.gov",
        dual_stack_suffix: "api.aws.hci.ic.gov",
        registry_dual_stack_suffix: "on.aws.hci.ic.gov",
        endpoint_service_prefix: "gov.ic.hci.csp",
        public_certificates: false,
        layer_store_known: false,
        regions: &["us-isof-east-1", "us-isof-south-1"],
        region_prefix: "us-isof-",
    },
    &Partition {
        name: "aws-eusc",
        dns_suffix: "amazonaws.eu",
        dual_stack_suffix: "api.amazonwebservices.eu",
        registry_dual_stack_suffix: "on.amazonwebservices.eu",
        endpoint_service_prefix: "eu.amazonaws",
        public_certificates: true,
        layer_store_known: false,
        regions: &["eusc-de-east-1"],
        region_prefix: "eusc-",
    },
    &AWS,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_leads_to_its_partition() {
        for partition in PARTITIONS {
            for region in partition.regions {
                assert_eq!(Partition::of_region(region).name, partition.name);
                assert!(region.starts_with(partition.region_prefix));
                assert!(is_known_region(region));
            }
        }
    }

    #[test]
    fn a_new_region_is_placed_by_its_prefix() {
        for (region, name) in [
            ("eu-east-9", "aws"),
            ("us-gov-north-1", "aws-us-gov"),
            ("cn-south-1", "aws-cn"),
            ("us-isob-north-1", "aws-iso-b"),
            ("us-iso-north-1", "aws-iso"),
            ("eusc-fr-west-1", "aws-eusc"),
            ("", "aws"),
        ] {
            assert_eq!(Partition::of_region(region).name, name);
            assert!(!is_known_region(region));
        }
    }

    #[test]
    fn the_suffixes_of_dual_stack_names_are_siblings() {
        for partition in PARTITIONS {
            let domain = partition.dual_stack_suffix.strip_prefix("api.");
            assert_eq!(domain, partition.registry_dual_stack_suffix.strip_prefix("on."));
        }
    }
}
