//! Other partitions, other variants of endpoints and other families of addresses: what is blamed there, and what not.

use ecr_probe::model::Strength;

use super::layouts::IPV6_ONLY_BY_DUAL_STACK_NAME;
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
        assert!(!report.diagnoses[0].summary.contains("intercepted"), "{}", report.diagnoses[0].summary);
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

#[test]
fn a_fips_endpoint_that_no_region_has_is_a_setting_and_no_firewall() {
    let name = "123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com";
    let by_name = format!("[vpc]\nnat = true\n[image]\nreference = '{name}/scheduled-file-writer:v1'");
    for (toml, host, fix) in [
        ("fips = true", "ecr-fips.eu-west-1.amazonaws.com", "unset AWS_USE_FIPS_ENDPOINT"),
        (&*by_name, name, "name the image by 123456789012.dkr.ecr.eu-west-1.amazonaws.com"),
        ("fips = true\n[vpc]\nregion = 'cn-north-1'", "ecr-fips.cn-north-1.amazonaws.com.cn", "AWS_ENDPOINT_URL_ECR"),
    ] {
        let report = support::check(world(toml));
        assert_eq!(codes(&report), ["error[CFG-06]"], "{toml}");
        let found = &report.diagnoses[0];
        assert!(found.summary.contains(host) && found.fixes.iter().any(|it| it.does.contains(fix)), "{found:#?}");
    }
}

#[test]
fn a_variant_that_the_region_has_is_blocked_where_it_is_denied() {
    let nat = "interface_endpoints = []\ns3_gateway = false\nnat = true\n[dns]\necr-api = 'nxdomain'";
    for toml in [
        format!("fips = true\n[vpc]\nregion = 'us-gov-west-1'\n{nat}"),
        format!("dual_stack = true\n[vpc]\n{nat}"),
        format!("[vpc]\n{nat}"),
    ] {
        assert_eq!(codes(&support::check(world(&toml))), ["error[DNS-09]"], "{toml}");
    }
    // Nothing is known of dual-stack endpoints there.
    let unknown = support::check(world("dual_stack = true\n[vpc]\nregion = 'eusc-de-east-1'"));
    assert!(codes(&unknown).iter().all(|code| !code.contains("DNS-09") && !code.contains("CFG-06")), "{unknown:#?}");
}

/// The hosts of the API that the report speaks of.
fn apis(report: &ecr_probe::model::Report) -> Vec<&str> {
    let case = ecr_probe::diagnose::Case::new(&report.evidence, &report.vantage);
    case.hosts_of(ecr_probe::model::Role::EcrApi).map(|host| host.target.host.as_str()).collect()
}

#[test]
fn a_dual_stack_image_takes_the_api_as_the_place_has_addresses() {
    const CLASSIC: &str = "api.ecr.eu-west-1.amazonaws.com";
    const DUAL_STACK: &str = "ecr.eu-west-1.api.aws";
    let healthy = support::check(world(IPV6_ONLY_BY_DUAL_STACK_NAME));
    assert_eq!((codes(&healthy), apis(&healthy)), (vec![], vec![DUAL_STACK]));
    let lost = support::check(world(&format!("{IPV6_ONLY_BY_DUAL_STACK_NAME}\n[tcp]\necr-api = 'drop'")));
    assert_eq!(apis(&lost), [DUAL_STACK]);
    assert!(lost.diagnoses[0].summary.contains(DUAL_STACK), "{:?}", codes(&lost));
    // With an IPv4 address the ECS agent asks the API's IPv4 host, whatever the image is called.
    let ipv4 = "[image]\nreference = '123456789012.dkr-ecr.eu-west-1.on.aws/scheduled-file-writer:v1'\n\
                [vpc]\ninterface_endpoints = ['ecr.api']\nnat = true\n";
    let healthy = support::check(world(ipv4));
    assert_eq!((codes(&healthy), apis(&healthy)), (vec![], vec![CLASSIC]));
    let closed = support::check(world(&format!("{ipv4}endpoint_sg_allows_task = false")));
    assert_eq!((codes(&closed), apis(&closed)), (vec!["error[SG-01]".to_owned()], vec![CLASSIC]));
}

#[test]
fn ipv6_only_names_what_the_pull_needs_and_no_more() {
    let place = "ipv6_only = true\nipv6_route = true\nname_servers = ['fd00:ec2::253']";
    let report = support::check(world(&format!("[vpc]\n{place}")));
    let [found] = &report.diagnoses[..] else { panic!("{:?}", codes(&report)) };
    assert_eq!(found.code.id(), "DNS-13");
    for fix in &found.fixes {
        let first = fix.does.split(' ').next().unwrap_or_default();
        assert!(["name", "set", "turn", "route"].contains(&first), "no sentence in the imperative: {}", fix.does);
    }
    // By its dual-stack name the image needs none of the IPv4 hosts; the layer store here has IPv4 only.
    let store = "[layer]\nstore = 'another-layer-bucket.s3.eu-west-1.amazonaws.com'";
    let report = support::check(world(&format!("{IPV6_ONLY_BY_DUAL_STACK_NAME}\n{store}")));
    let [found] = &report.diagnoses[..] else { panic!("{:?}", codes(&report)) };
    assert!(found.summary.starts_with("another-layer-bucket.s3"), "{}", found.summary);
    assert!(!found.summary.contains("api.ecr") && !found.summary.contains(" and a"), "{}", found.summary);
}
