//! The packet walk, key by key.

use super::sim::packet::{Fate, fate};
use super::world;

const API: &str = "10.0.1.10";
const API_2: &str = "10.0.2.10";
const DKR: &str = "10.0.1.20";
const S3: &str = "52.218.36.24";
const PUBLIC: &str = "52.94.1.10";

fn fate_at(toml: &str, address: &str) -> Fate {
    fate(&world(toml), address.parse().unwrap(), 443)
}

#[test]
fn the_healthy_subnet_reaches_its_endpoints_and_s3_and_nothing_else() {
    for open in [API, API_2, DKR, S3] {
        assert_eq!(fate_at("", open), Fate::Open, "{open}");
    }
    for closed in [PUBLIC, "10.0.1.30", "10.0.7.7", "192.168.1.1", "52.217.233.242", "203.0.113.1"] {
        assert_eq!(fate_at("", closed), Fate::Dropped, "{closed}");
    }
    assert_eq!(fate_at("[vpc]\nnat = true", PUBLIC), Fate::Open);
    assert_eq!(fate_at("[vpc]\ninternet_gateway = true", PUBLIC), Fate::Dropped);
    assert_eq!(fate_at("[vpc]\ninternet_gateway = true\npublic_ip = true", PUBLIC), Fate::Open);
}

#[test]
fn each_key_of_the_vpc_closes_what_it_says() {
    let closes = |toml: &str, closed: &[&str]| {
        for address in [API, API_2, DKR, S3] {
            let expected = if closed.contains(&address) { Fate::Dropped } else { Fate::Open };
            assert_eq!(fate_at(&format!("[vpc]\n{toml}"), address), expected, "{toml}: {address}");
        }
    };
    closes("endpoint_sg_allows_task = false", &[API, API_2, DKR]);
    closes("endpoint_sg_allows_task = ['ecr.dkr']", &[API, API_2]);
    closes("task_sg_allows_endpoints = false", &[API, API_2, DKR]);
    closes("task_sg_allows_s3 = false", &[S3]);
    closes("s3_gateway = false", &[S3]);
    closes("s3_gateway_in_route_table = false", &[S3]);
    closes("s3_route_overridden = true", &[S3]);
    closes("acl_allows_return = false", &[API_2, S3]);
    closes("acl_allows_return = false\ntask_subnet = '10.0.11.0/24'", &[API, API_2, DKR, S3]);
    closes("acl_denies_return_first = true\ntask_subnet = '10.0.11.0/24'", &[API, API_2, DKR, S3]);
    closes("acl_allows_public = false", &[S3]);
    closes("endpoint_sg = 'default'", &[API, API_2, DKR]);
    closes("endpoint_sg = 'for-another-task'", &[API, API_2, DKR]);
    closes("dead_endpoint_addresses = ['ecr-api/2']", &[API_2]);
    closes("s3_gateway = false\nnat = true", &[]);
    closes("s3_gateway = false\nnat = true\nnat_blackhole = true", &[S3]);
    closes("interface_endpoints = ['ecr.api']", &[DKR]);
}

#[test]
fn endpoints_in_a_hub_take_a_way_back() {
    let hub = "[vpc]\nhub_network = '10.50.1'\n";
    assert_eq!(fate_at(hub, "10.50.1.10"), Fate::Open);
    assert_eq!(fate_at(hub, API), Fate::Dropped);
    assert_eq!(fate_at(&format!("{hub}hub_route_back = false"), "10.50.1.10"), Fate::Dropped);
}

#[test]
fn a_stated_fate_overrides_the_walk() {
    for (stated, expected) in [
        ("drop", Fate::Dropped),
        ("refuse", Fate::Refused),
        ("host-unreachable", Fate::HostUnreachable),
        ("net-unreachable", Fate::NetUnreachable),
    ] {
        assert_eq!(fate_at(&format!("[tcp]\ns3 = '{stated}'"), S3), expected);
        assert_eq!(fate_at(&format!("[tcp]\ns3 = '{stated}'"), API), Fate::Open);
        assert_eq!(fate_at(&format!("[tcp]\nall = '{stated}'"), API), expected);
    }
    assert_eq!(fate_at("[vpc]\nipv6_only = true", API), Fate::NetUnreachable);
    assert_eq!(fate_at("[vpc]\ndual_stack = true", "2a05:d018:1:1::a"), Fate::Open);
    assert_eq!(fate_at("[vpc]\ndual_stack = true", "2a05:d050:8000::30"), Fate::NetUnreachable);
}
