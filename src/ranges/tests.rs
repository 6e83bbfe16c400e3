//! Addresses of everybody.

use proptest::prelude::*;

use super::*;

fn class(address: &str) -> (AddressClass, Option<String>) {
    let known = Ranges::embedded().classify(address.parse().unwrap(), &[]);
    (known.class, known.s3_region)
}

#[test]
fn addresses_of_real_failures_are_known() {
    for (address, expected, region) in [
        // Layer downloads that timed out, blamed on DNS by those who took them for ECR's.
        ("52.219.199.138", AddressClass::S3, Some("ap-northeast-1")),
        ("52.217.233.242", AddressClass::S3, Some("us-east-1")),
        ("16.15.178.247", AddressClass::S3, Some("us-east-1")),
        // The public side of the ECR API.
        ("52.94.184.143", AddressClass::Aws, None),
        ("52.46.145.142", AddressClass::Aws, None),
        // Endpoints, in VPCs that do not keep to RFC 1918.
        ("172.40.1.94", AddressClass::Elsewhere, None),
        ("20.10.1.141", AddressClass::Elsewhere, None),
        ("10.0.3.17", AddressClass::Elsewhere, None),
        ("100.64.0.1", AddressClass::Elsewhere, None),
        ("169.254.169.253", AddressClass::Elsewhere, None),
        ("198.51.100.1", AddressClass::Elsewhere, None),
        ("2406:da61:8000::1", AddressClass::S3, Some("ap-southeast-1")),
        ("2001:db8::1", AddressClass::Elsewhere, None),
        ("0.0.0.0", AddressClass::Elsewhere, None),
        ("255.255.255.255", AddressClass::Elsewhere, None),
        ("::", AddressClass::Elsewhere, None),
        ("::ffff:52.217.233.242", AddressClass::S3, Some("us-east-1")),
        // EC2's ranges: a VPC's, or a service's.
        ("2600:1f18::1", AddressClass::AwsOrVpc, None),
        ("2a05:d018:8000::10", AddressClass::AwsOrVpc, None),
        ("2600:9000:5300::1", AddressClass::Aws, None),
        // The IPv4 address counts that DNS64 has put into it.
        ("64:ff9b::345e:b88f", AddressClass::Aws, None),
        ("64:ff9b::34d9:e9f2", AddressClass::S3, Some("us-east-1")),
        ("64:ff9b::a00:311", AddressClass::Elsewhere, None),
        ("64:ff9b:1::a00:311", AddressClass::Elsewhere, None),
        // Filed under GLOBAL, which is no Region.
        ("13.248.224.1", AddressClass::S3, None),
    ] {
        assert_eq!(class(address), (expected, region.map(str::to_owned)), "{address}");
    }
}

#[test]
fn the_own_subnet_comes_before_all() {
    let subnets = [Cidr::parse("52.217.0.0/16").unwrap(), Cidr::parse("2001:db8::/64").unwrap()];
    let class = |address: &str| Ranges::embedded().classify(address.parse().unwrap(), &subnets).class;
    assert_eq!(class("52.217.233.242"), AddressClass::Vpc);
    assert_eq!(class("::ffff:52.217.233.242"), AddressClass::Vpc);
    assert_eq!(class("2001:db8::5"), AddressClass::Vpc);
    assert_eq!(class("52.94.184.143"), AddressClass::Aws);
}

#[test]
fn what_is_beside_an_own_ipv6_subnet_is_no_public_address() {
    let class = |address: &str, subnet: &str| {
        Ranges::embedded().classify(address.parse().unwrap(), &[Cidr::parse(subnet).unwrap()]).class
    };
    let own = "2a05:d018:1:1200::/64";
    for (address, expected) in [
        ("2a05:d018:1:1200::5", AddressClass::Vpc),
        ("2a05:d018:1:12ff::5", AddressClass::Elsewhere),
        ("2a05:d018:1:1300::5", AddressClass::AwsOrVpc),
        ("2a05:d018:8000::10", AddressClass::AwsOrVpc),
        ("52.94.184.143", AddressClass::Aws),
    ] {
        assert_eq!(class(address, own), expected, "{address}");
    }
    // What is as large as that tells nothing of its neighbours.
    assert_eq!(class("2a05:d018:1:1200::5", "2a05:d018:2::/48"), AddressClass::AwsOrVpc);
    assert_eq!(class("64:ff9b::a00:105", "10.0.1.0/24"), AddressClass::Vpc);
}

#[test]
fn every_region_of_the_table_is_in_a_partition() {
    for line in include_str!("../../data/aws-ranges.txt").lines() {
        let Some(region) = line.strip_prefix("s3 ").filter(|region| *region != "GLOBAL") else { continue };
        assert!(crate::aws::Partition::of_region(region).knows(region), "{region}");
    }
}

#[test]
fn the_table_knows_its_date() {
    let created = Ranges::embedded().created().unwrap();
    assert!(created.to_string().starts_with(&include_str!("../../data/aws-ranges.txt")[..10]));
}

#[test]
fn the_file_of_aws_is_read() {
    let json = br#"{ "syncToken": "1", "createDate": "2026-01-02-03-04-05", "prefixes": [
        { "ip_prefix": "198.51.100.0/24", "region": "eu-west-1", "service": "AMAZON", "network_border_group": "x" },
        { "ip_prefix": "198.51.100.128/25", "region": "eu-west-1", "service": "S3", "network_border_group": "x" },
        { "ip_prefix": "203.0.113.0/24", "region": "eu-west-1", "service": "EC2", "network_border_group": "x" }
      ], "ipv6_prefixes": [
        { "ipv6_prefix": "2001:db8::/32", "region": "eu-west-1", "service": "AMAZON", "network_border_group": "x" },
        { "ipv6_prefix": "2001:db8:2::/48", "region": "eu-west-1", "service": "AMAZON", "network_border_group": "x" },
        { "ipv6_prefix": "2001:db8:2::/48", "region": "eu-west-1", "service": "EC2", "network_border_group": "x" },
        { "ipv6_prefix": "2001:db8:1::/48", "region": "eu-north-1", "service": "S3", "network_border_group": "x" }
      ] }"#;
    let ranges = Ranges::from_json(json).unwrap();
    assert_eq!(ranges.created().map(|at| at.to_string()).as_deref(), Some("2026-01-02T03:04:05Z"));
    for (address, expected, region) in [
        ("198.51.100.127", AddressClass::Aws, None),
        ("198.51.100.128", AddressClass::S3, Some("eu-west-1")),
        ("203.0.113.9", AddressClass::Elsewhere, None),
        ("2001:db8::1", AddressClass::Aws, None),
        ("2001:db8:1::1", AddressClass::S3, Some("eu-north-1")),
        ("2001:db8:2::1", AddressClass::AwsOrVpc, None),
        ("52.217.233.242", AddressClass::Elsewhere, None),
    ] {
        let known = ranges.classify(address.parse().unwrap(), &[]);
        assert_eq!((known.class, known.s3_region.as_deref()), (expected, region), "{address}");
    }
    for end in 0..json.len() {
        assert!(Ranges::from_json(&json[..end]).is_err(), "{end}");
    }
}

#[test]
fn another_file_is_refused_with_the_reason() {
    let document =
        |prefixes: &str| format!("{{\"createDate\":\"\",\"prefixes\":[{prefixes}],\"ipv6_prefixes\":[]}}").into_bytes();
    let prefix = |range: &str| format!("{{\"ip_prefix\":\"{range}\",\"region\":\"r\",\"service\":\"S3\"}}");
    let many = vec![prefix("10.0.0.0/8"); 100_001].join(",");
    for (bytes, expected) in [
        (Vec::new(), "ip-ranges.json"),
        (b"{}".to_vec(), "missing field"),
        (b"[1]".to_vec(), "ip-ranges.json"),
        (vec![0xff; 10], "ip-ranges.json"),
        (vec![b' '; 16 * 1024 * 1024 + 1], "16 MiB"),
        (document(""), "no prefix of service S3"),
        (document(&prefix("10.0.0.0")), "\"10.0.0.0\""),
        (document(&prefix("10.0.0.0/99")), "\"10.0.0.0/99\""),
        (document(&many), "100001 prefixes"),
    ] {
        let problem = Ranges::from_json(&bytes).err().unwrap();
        assert!(problem.to_string().contains(expected), "{problem}");
    }
}

proptest! {
    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Ranges::from_json(&bytes);
    }

    #[test]
    fn classifying_never_panics(address: u128, four: u32) {
        Ranges::embedded().classify(IpAddr::V6(address.into()), &[]);
        Ranges::embedded().classify(IpAddr::V4(four.into()), &[]);
    }
}

#[test]
fn a_run_of_addresses_has_aws_in_it_or_not() {
    let ranges = Ranges::embedded();
    let any = |first: &str, last: &str| ranges.has_any(first.parse().unwrap(), last.parse().unwrap());
    assert!(any("0.0.0.0", "255.255.255.255"));
    assert!(any("52.94.0.0", "52.94.255.255"));
    assert!(!any("203.0.113.0", "203.0.113.255"), "set aside for documents");
    assert!(any("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
    assert!(!any("2001:db8::", "2001:db8:ffff::"));
    assert!(!any("0.0.0.0", "ffff::"), "of two families");
}
