//! Other partitions, other variants of endpoints and other families of addresses: what is blamed there, and what not.

use super::{codes, support, world};

/// The Regions of other partitions that the simulated AWS has, with their registries' domain.
const ELSEWHERE: [(&str, &str); 3] =
    [("cn-north-1", "amazonaws.com.cn"), ("us-gov-west-1", "amazonaws.com"), ("eusc-de-east-1", "amazonaws.eu")];

#[test]
fn a_trusted_inspector_is_seen_in_every_partition() {
    for (region, domain) in ELSEWHERE {
        let way = "interface_endpoints = []\ns3_gateway = false\nnat = true";
        let report =
            support::check(world(&format!("[vpc]\nregion = '{region}'\n{way}\n[tls]\nall = 'intercepted-trusted'")));
        assert_eq!(codes(&report), ["warning[TLS-01]"], "{region}");
        let registry = format!("123456789012.dkr.ecr.{region}.{domain}");
        assert!(report.diagnoses[0].summary.contains(&registry), "{}", report.diagnoses[0].summary);
    }
}

#[test]
fn a_registry_of_ones_own_behind_awss_load_balancer_has_whatever_certificate() {
    for host in ["internal-registry-1.eu-west-1.elb.amazonaws.com", "ec2-203-0-113-9.eu-west-1.compute.amazonaws.com"] {
        let registry = format!("[image]\nreference = '{host}/team/app:v1'\n[elsewhere]\nhost = '{host}'\nopen = true");
        let trusted = format!("[vpc]\nnat = true\n{registry}\n[tls]\nregistry = 'intercepted-trusted'");
        assert_eq!(codes(&support::check(world(&trusted))), [""; 0], "{host}");
        let unknown = format!("[vpc]\nnat = true\n{registry}\n[tls]\nregistry = 'intercepted'");
        let report = support::check(world(&unknown));
        assert_eq!(codes(&report), ["error[TLS-01]"], "{host}");
        assert!(!report.diagnoses[0].summary.contains("opened on the way"), "{}", report.diagnoses[0].summary);
    }
}
