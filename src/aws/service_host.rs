//! A host of a service of AWS's, read; and the VPC endpoint services that stand for it.

use super::domain::{aws_labels, ecr_api_variant, is_region, is_s3_host};
use super::{EcrHost, Partition, Service, Variant};

/// A host of a service, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceHost {
    /// Whose it is.
    pub service: Service,
    /// `None` where the name has none, as S3's oldest form.
    pub region: Option<String>,
    /// FIPS, and dual stack.
    pub variant: Variant,
    /// Whether the private DNS of an interface endpoint holds the name for certain (AWS General Reference, "Amazon ECR
    /// endpoints and quotas": of the API's names `api.ecr` alone; Amazon S3 User Guide, "AWS PrivateLink for Amazon S3").
    pub in_private_dns: bool,
}

/// The services whose hosts are `LABEL.REGION.DOMAIN`.
const PLAIN: [Service; 7] = [
    Service::Ecs,
    Service::Sts,
    Service::Logs,
    Service::Monitoring,
    Service::SecretsManager,
    Service::Ssm,
    Service::Kms,
];

impl ServiceHost {
    /// Reads a host in lower case; `None` where it is none of a service that is known here.
    pub fn parse(host: &str) -> Option<Self> {
        if let Some(registry) = EcrHost::parse(host) {
            let variant = Variant { fips: registry.fips, dual_stack: registry.dual_stack };
            return Some(ServiceHost::new(Service::EcrDkr, Some(registry.region), variant));
        }
        if let Some((region, variant)) = ecr_api_variant(host) {
            let mut found = ServiceHost::new(Service::EcrApi, Some(region.to_owned()), variant);
            found.in_private_dns = host == Service::EcrApi.host(region, Variant::default());
            return Some(found);
        }
        if is_s3_host(host) {
            return Some(s3(host));
        }
        let labels: Vec<&str> = host.split('.').collect();
        let [label, region] = *labels.get(..labels.len() - aws_labels(host)?)? else { return None };
        let all = PLAIN.iter().flat_map(|service| VARIANTS.map(|variant| (*service, variant)));
        let (service, variant) = all.into_iter().find(|(service, variant)| service.host(region, *variant) == host)?;
        (is_region(region) && !label.is_empty()).then(|| ServiceHost::new(service, Some(region.to_owned()), variant))
    }

    fn new(service: Service, region: Option<String>, variant: Variant) -> Self {
        ServiceHost { service, region, variant, in_private_dns: variant == Variant::default() }
    }

    /// A name that public DNS leads this one on to by CNAME, where that is known: DNS Firewall looks at both. Of a
    /// layer bucket it was seen in 2026.
    pub fn alias(&self) -> Option<String> {
        let region = self.region.as_deref().filter(|_| self.service == Service::S3 && self.in_private_dns)?;
        Some(format!("s3-r-w.{region}.{}", Partition::of_region(region).dns_suffix))
    }

    /// The zone of an endpoint's private DNS that holds the name: `dkr.ecr.eu-west-1.amazonaws.com`.
    pub fn private_zone(&self) -> Option<String> {
        self.region.as_deref().map(|region| self.service.host(region, self.variant))
    }
}

const VARIANTS: [Variant; 4] = [
    Variant { fips: false, dual_stack: false },
    Variant { fips: true, dual_stack: false },
    Variant { fips: false, dual_stack: true },
    Variant { fips: true, dual_stack: true },
];

fn s3(host: &str) -> ServiceHost {
    let labels: Vec<&str> = host.split('.').collect();
    // A bucket's name may be any text, a Region's too: of its labels the last that is one counts.
    let region = labels.iter().rev().find_map(|label| {
        let label = label.strip_prefix("s3-").unwrap_or(label);
        is_region(label).then_some(label)
    });
    let dual_stack = labels.contains(&"dualstack");
    let fips = labels.iter().any(|label| label.starts_with("s3-fips"));
    let mut found = ServiceHost::new(Service::S3, region.map(str::to_owned), Variant { fips, dual_stack });
    let regional = region.map(|region| Service::S3.host(region, Variant::default()));
    found.in_private_dns = regional.is_some_and(|regional| is_at_or_below(host, &regional));
    found
}

/// Whether a name is that of a zone, or in it.
pub fn is_at_or_below(name: &str, zone: &str) -> bool {
    zone.is_empty() || name.strip_suffix(zone).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

impl Service {
    /// Whether a VPC endpoint service is this service's in a Region, under either of the prefixes in use there.
    pub fn is_endpoint_service(self, name: &str, region: &str) -> bool {
        // Asked of each endpoint of an account: nothing is allocated.
        let before = |name: &str, last: &str| -> Option<usize> {
            name.strip_suffix(last).and_then(|rest| rest.strip_suffix('.')).map(str::len)
        };
        let area = before(name, self.endpoint_label()).and_then(|end| name.get(..end));
        let prefix = area.and_then(|area| before(area, region).and_then(|end| area.get(..end)));
        let own = Partition::of_region(region).endpoint_service_prefix;
        prefix.is_some_and(|prefix| prefix == "com.amazonaws" || prefix == own)
    }
}

/// Whether a prefix list is one of AWS's own, by its name: `com.amazonaws.eu-west-1.s3`.
pub fn is_aws_prefix_list(name: &str) -> bool {
    name.starts_with("com.amazonaws.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read() {
        for (host, service, region, private) in [
            ("api.ecr.eu-west-1.amazonaws.com", Service::EcrApi, Some("eu-west-1"), true),
            ("ecr.eu-west-1.amazonaws.com", Service::EcrApi, Some("eu-west-1"), false),
            ("ecr.eu-west-1.api.aws", Service::EcrApi, Some("eu-west-1"), false),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", Service::EcrDkr, Some("cn-north-1"), true),
            ("123456789012.dkr-ecr.eu-west-1.on.aws", Service::EcrDkr, Some("eu-west-1"), false),
            ("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", Service::EcrDkr, Some("us-east-1"), false),
            ("prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com", Service::S3, Some("eu-west-1"), true),
            ("prod-us-east-1-starport-layer-bucket.s3.amazonaws.com", Service::S3, None, false),
            ("bucket.s3-us-west-2.amazonaws.com", Service::S3, Some("us-west-2"), false),
            ("bucket.s3.dualstack.eu-west-1.amazonaws.com", Service::S3, Some("eu-west-1"), false),
            ("logs.eu-west-1.amazonaws.com", Service::Logs, Some("eu-west-1"), true),
            ("kms.us-gov-west-1.amazonaws.com", Service::Kms, Some("us-gov-west-1"), true),
            ("secretsmanager-fips.us-east-1.amazonaws.com", Service::SecretsManager, Some("us-east-1"), false),
        ] {
            let found = ServiceHost::parse(host).unwrap_or_else(|| panic!("{host}"));
            let told = (found.service, found.region.as_deref(), found.in_private_dns);
            assert_eq!(told, (service, region, private), "{host}");
        }
        for host in ["registry-1.docker.io", "public.ecr.aws", "logs.amazonaws.com", "amazonaws.com", "", "."] {
            assert_eq!(ServiceHost::parse(host), None, "{host}");
        }
    }

    #[test]
    fn an_endpoint_service_is_of_its_service_and_region() {
        for (service, name, region, is_so) in [
            (Service::EcrApi, "com.amazonaws.eu-west-1.ecr.api", "eu-west-1", true),
            (Service::EcrApi, "com.amazonaws.eu-west-1.ecr.dkr", "eu-west-1", false),
            (Service::EcrApi, "com.amazonaws.us-east-1.ecr.api", "eu-west-1", false),
            (Service::EcrDkr, "cn.com.amazonaws.cn-north-1.ecr.dkr", "cn-north-1", true),
            (Service::EcrDkr, "com.amazonaws.cn-north-1.ecr.dkr", "cn-north-1", true),
            (Service::S3, "com.amazonaws.eu-west-1.s3", "eu-west-1", true),
            (Service::S3, "com.amazonaws.eu-west-1.s3-global.accesspoint", "eu-west-1", false),
        ] {
            assert_eq!(service.is_endpoint_service(name, region), is_so, "{name}");
        }
    }

    #[test]
    fn a_zone_holds_its_own_name_and_those_below() {
        for (name, zone, holds) in [
            ("api.ecr.eu-west-1.amazonaws.com", "ecr.eu-west-1.amazonaws.com", true),
            ("ecr.eu-west-1.amazonaws.com", "ecr.eu-west-1.amazonaws.com", true),
            ("xecr.eu-west-1.amazonaws.com", "ecr.eu-west-1.amazonaws.com", false),
            ("api.ecr.eu-west-1.amazonaws.com", "", true),
        ] {
            assert_eq!(is_at_or_below(name, zone), holds, "{name} {zone}");
        }
    }
}
