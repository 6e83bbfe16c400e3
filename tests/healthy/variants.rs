//! Other partitions, other variants of endpoints and other families of addresses: what is blamed there, and what not.

use ecr_probe::model::Strength;

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

/// A lost address of the registry, whose name has no IPv4 address.
fn lost_ipv6(address: &str, more: &str) -> ecr_probe::model::Report {
    support::check(world(&format!("{more}\n[dns]\necr-dkr = ['{address}']\n[tcp]\necr-dkr = 'drop'")))
}

#[test]
fn an_ipv6_address_of_ec2s_ranges_is_of_either_side() {
    let report = lost_ipv6("2600:1f18::1", "[vpc]\nipv6_route = true\ndual_stack = true");
    let [found] = &report.diagnoses[..] else { panic!("{:?}", codes(&report)) };
    assert_eq!((found.code.id(), found.strength), ("RTE-01", Strength::Possible));
    let others: Vec<&str> = found.alternatives.iter().map(|code| code.id()).collect();
    assert!(others.contains(&"SG-01") && others.contains(&"DNS-12"), "{others:?}");
    assert!(found.summary.contains("cannot be told"), "{}", found.summary);
}

#[test]
fn an_ipv6_address_is_of_the_vpc_where_its_subnet_tells() {
    for address in ["2a05:d018:1:1::20", "2a05:d018:1:2::20", "2a05:d018:1:ff::20"] {
        let report = lost_ipv6(address, "[vpc]\nipv6_route = true\ndual_stack = true");
        assert_eq!(codes(&report), ["error[SG-01]"], "{address}");
    }
    // A service's public address outside EC2's ranges.
    let report = lost_ipv6("2600:9000:5300::1", "[vpc]\nipv6_route = true\ndual_stack = true");
    assert!(codes(&report)[0].contains("DNS-11") || codes(&report)[0].contains("RTE-01"), "{:?}", codes(&report));
}

#[test]
fn what_dns64_made_is_a_matter_of_the_nat64_route() {
    let only = "ipv6_only = true\nipv6_route = true\ndns64 = true\nname_servers = ['fd00:ec2::253']";
    for endpoints in ["", "interface_endpoints = []\n"] {
        let report = support::check(world(&format!("[vpc]\n{endpoints}{only}")));
        assert_eq!(codes(&report), ["error[RTE-16]"], "{endpoints}");
        let translated = support::check(world(&format!("[vpc]\n{endpoints}{only}\nnat64 = true")));
        assert_eq!(codes(&translated), [""; 0], "{endpoints}");
    }
}
