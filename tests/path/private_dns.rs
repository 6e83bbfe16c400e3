//! Which addresses a name has: endpoints and their private DNS, hand-made zones, other name servers.

use ecr_probe::model::facts::{HostedZone, ZoneRecord};
use ecr_probe::model::{HopKind, Passes};
use ecr_probe::path::Blocker;

use super::network::{API, DKR, Facts, S3, private, strings};
use super::rules::{nat, task, with};

#[test]
fn private_dns_needs_the_endpoint_and_both_attributes() {
    let code = |change: &dyn Fn(&mut Facts)| with(|facts| change(facts)).codes(&task(), API);
    assert_eq!(code(&|facts| facts.vpcs[0].1.support = false), ["DNS-01"]);
    assert_eq!(code(&|facts| facts.vpcs[0].1.hostnames = false), ["DNS-02"]);
    assert_eq!(code(&|facts| facts.endpoints[0].private_dns = false), ["DNS-03"]);
    assert_eq!(code(&|facts| facts.endpoints[0].state = "pendingacceptance".into()), ["VPE-07"]);
    assert_eq!(code(&|facts| drop(facts.endpoints.remove(0))), ["DNS-11"]);
    let bare = |facts: &mut Facts| {
        facts.endpoints[0].subnets.clear();
        facts.endpoints[0].interfaces.clear();
    };
    assert_eq!(code(&bare), ["VPE-07"]);
    assert_eq!(code(&|facts| facts.endpoints.clear()), ["RTE-01"]);
    let other_region = |facts: &mut Facts| facts.endpoints[0].service_region = Some("us-east-1".into());
    assert_eq!(code(&other_region), ["DNS-11"]);
    // With the fault in DNS, what waits behind it is told too.
    let both = |facts: &mut Facts| {
        facts.endpoints[0].private_dns = false;
        facts.groups[1].ingress.clear();
    };
    assert_eq!(code(&both), ["DNS-03", "SG-01"]);
    let mut open = nat();
    open.endpoints = private().endpoints;
    open.interfaces = private().interfaces;
    open.endpoints[0].private_dns = false;
    assert_eq!(open.walk(&task(), API).via.as_deref(), Some("nat-1"), "beside an open way it is no fault");
}

#[test]
fn another_resolver_is_only_noted() {
    for (servers, noted) in [
        (&["AmazonProvidedDNS"][..], false),
        (&["10.0.0.2"], false),
        (&["169.254.169.253"], false),
        (&["10.9.0.53", "AmazonProvidedDNS"], false),
        (&["10.9.0.53", "8.8.8.8"], true),
    ] {
        let facts = with(|facts| facts.dhcp[0].name_servers = strings(servers));
        let walked = facts.walk(&task(), API);
        assert_eq!(walked.passes, Passes::Yes);
        let notes = walked.hops.iter().filter(|hop| hop.kind == HopKind::DhcpOptions);
        assert_eq!(notes.count() == 1, noted, "{servers:?}");
    }
}

#[test]
fn s3s_private_dns_may_be_for_others_only() {
    let facts = |only: bool, gateway: bool| {
        with(|facts| {
            let mut s3 = super::network::endpoint("vpce-s3i", "s3", &["subnet-a"], &["sg-endpoint"]);
            s3.only_inbound_resolver = only;
            let made = super::network::interfaces(facts, &s3, 5);
            facts.interfaces.extend(made);
            facts.endpoints.push(s3);
            if !gateway {
                facts.endpoints.retain(|endpoint| endpoint.id != "vpce-s3");
                facts.tables.iter_mut().for_each(|table| table.routes.truncate(1));
            }
        })
    };
    let via = |facts: &Facts| facts.walk(&task(), S3).via;
    assert_eq!(via(&facts(false, true)).as_deref(), Some("vpce-s3i"));
    assert_eq!(via(&facts(true, true)).as_deref(), Some("vpce-s3"));
    let walked = facts(true, false).walk(&task(), S3);
    assert!(
        matches!(walked.stopped_by(), [it] if matches!(it.blocker, Blocker::OnlyInboundResolver { .. })),
        "{walked:#?}"
    );
}

fn zone(name: &str, record: &str, values: &[&str]) -> HostedZone {
    HostedZone {
        id: "Z1".into(),
        name: name.into(),
        owner_account: Some("123456789012".into()),
        owner_service: None,
        records: Some(vec![ZoneRecord { name: record.into(), kind: "A".into(), values: strings(values) }]),
    }
}

#[test]
fn a_hand_made_zone_shadows_the_name() {
    const NAME: &str = "dkr.ecr.eu-west-1.amazonaws.com";
    let walk = |zone: HostedZone| {
        let facts = with(|facts| {
            facts.endpoints[1].private_dns = false;
            facts.zones.push(zone);
            facts.empty_addresses = strings(&["10.0.7.7"]);
        });
        facts.walk(&task(), DKR)
    };
    let wild = format!("*.{NAME}");
    let alias = "vpce-dkr.ecr.dkr.eu-west-1.vpce.amazonaws.com";
    for values in [&[alias][..], &["10.0.1.11"], &["10.0.1.11", "10.0.2.11"]] {
        let walked = walk(zone(NAME, &wild, values));
        assert_eq!((walked.passes, walked.via.as_deref()), (Passes::Yes, Some("vpce-dkr")), "{values:?}: {walked:#?}");
    }
    let stale = walk(zone(NAME, &wild, &["10.0.7.7"]));
    assert_eq!(super::network::codes(&stale), ["DNS-08"]);
    assert!(walk(zone(NAME, &wild, &["10.0.7.7", "10.0.1.11"])).is_degraded());
    assert_eq!(super::network::codes(&walk(zone("ecr.eu-west-1.amazonaws.com", "other", &["10.0.7.7"]))), ["DNS-08"]);
    // What was not looked up, and what lies in another network, is nobody's fault.
    for value in ["10.0.7.8", "10.99.0.1", "elsewhere.example"] {
        assert_eq!(walk(zone(NAME, &wild, &[value])).passes, Passes::Unknown, "{value}");
    }
    // An endpoint's own zone is longer than a zone above it.
    let longer = with(|facts| facts.zones.push(zone("amazonaws.com", "x.amazonaws.com", &["10.0.7.7"])));
    healthy_ecr(&longer);
}

fn healthy_ecr(facts: &Facts) {
    for host in [API, DKR] {
        assert_eq!(facts.walk(&task(), host).passes, Passes::Yes, "{host}");
    }
}
