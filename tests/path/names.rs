//! Names that something decides other than an endpoint's private DNS; IPv6; and what another account or Region has.

use ecr_probe::model::facts::{Fact, FirewallRule, Hidden, InternetGateway, NatGateway, ResolverRule, Why};
use ecr_probe::model::{Act, Check, Evidence, Passes};
use ecr_probe::path::{Blocker, Extent, Lead, Place, Unseen};

use super::network::{API, DKR, Facts, S3, asked, codes, endpoint, entry, place, private, route, strings};

fn task() -> Place {
    place("subnet-a", &["sg-task"])
}

fn firewall(rules: &[(&str, i64, &str, Option<&[&str]>)]) -> Facts {
    let mut facts = private();
    facts.firewall = rules
        .iter()
        .map(|(name, priority, action, domains)| FirewallRule {
            group_id: "rslvr-frg-1".into(),
            name: (*name).into(),
            priority: (1, *priority),
            action: (*action).into(),
            domains: domains.map(strings),
        })
        .collect();
    facts
}

#[test]
fn dns_firewall_answers_in_place_of_a_name() {
    let blocked = firewall(&[("all", 2, "BLOCK", Some(&["*"])), ("ecr", 1, "ALLOW", Some(&["*.amazonaws.com"]))]);
    assert_eq!(blocked.walk(&task(), API).passes, Passes::Yes, "the lower priority comes first");
    let walls = firewall(&[
        ("all", 2, "BLOCK", Some(&["*."])),
        ("ecr", 1, "ALLOW", Some(&["api.ecr.eu-west-1.amazonaws.com"])),
    ]);
    assert_eq!((codes(&walls.walk(&task(), API)), codes(&walls.walk(&task(), DKR))), (vec![], vec!["DNS-09"]));
    // A wildcard does not hold the name that it begins at; what only warns, and what AWS does not show, blocks nothing.
    for rules in [
        [("x", 1, "BLOCK", Some(&["*.api.ecr.eu-west-1.amazonaws.com"][..]))],
        [("x", 1, "ALERT", Some(&["*"][..]))],
        [("x", 1, "BLOCK", None)],
    ] {
        assert_eq!(firewall(&rules).walk(&task(), API).passes, Passes::Yes, "{rules:?}");
    }
    // The layer host is an alias, which is looked at too; whether a rule trusts the chain does not show.
    let layers = ["prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"];
    let alias = firewall(&[("s3", 1, "ALLOW", Some(&layers)), ("all", 2, "BLOCK", Some(&["*"]))]);
    assert_eq!(alias.walk(&task(), S3).passes, Passes::Unknown);
}

#[test]
fn a_resolver_rule_leads_on() {
    let walk = |domain: &str, kind: &str, host: &str| {
        let mut facts = private();
        facts.rules.push(ResolverRule {
            id: "rslvr-rr-1".into(),
            domain: domain.into(),
            kind: kind.into(),
            targets: strings(&["10.9.0.53"]),
        });
        facts.walk(&task(), host)
    };
    // An endpoint's own zone is longer than the rule's domain, and a longer or equal rule comes before it.
    assert_eq!(walk("amazonaws.com", "FORWARD", API).passes, Passes::Yes);
    assert_eq!(walk("amazonaws.com", "FORWARD", S3).passes, Passes::Unknown);
    assert_eq!(walk(API, "FORWARD", API).passes, Passes::Unknown);
    assert_eq!(walk("", "RECURSIVE", S3).passes, Passes::Yes);
    assert_eq!(walk("amazonaws.com", "SYSTEM", S3).passes, Passes::Yes);
    assert_eq!(walk("example.com", "FORWARD", S3).passes, Passes::Yes);
}

/// The observations of a network, of which those of a subject are refused.
fn refused(facts: &Facts, subject: &str, why: &Why) -> Evidence {
    let mut observations = facts.observations();
    let mut found = 0;
    for it in observations.iter_mut().filter(|it| it.subject.as_deref() == Some(subject)) {
        it.act = Act::List(Fact::Hidden(Hidden { action: "ec2:DescribeVpcEndpoints".into(), why: why.clone() }));
        found += 1;
    }
    assert_eq!(found, 1, "{subject}");
    Evidence { observations }
}

#[test]
fn endpoints_of_another_account_do_not_show() {
    let mut facts = private();
    facts.endpoints.clear();
    let shared = Why::OfAnotherAccount { owner: "210987654321".into() };
    let subject = format!("vpc-1 {}", Check::Endpoint);
    let (to, walked) = asked(&refused(&facts, &subject, &shared), &task(), API);
    assert_eq!((walked.passes, walked.stopped_by()), (Passes::Unknown, &[][..]), "{to:#?}");
    assert!(walked.unseen().any(|it| matches!(
        it,
        Unseen::Read { check: Check::Endpoint, action, .. } if action == "ec2:DescribeVpcEndpoints"
    )));
}

/// Most VPCs have none of them, and many may not read them: the report says what was not seen.
#[test]
fn lists_that_nobody_asked_for_and_refused_ones_are_taken_to_be_empty() {
    let facts = private();
    let denied = Why::Refused { status: 403, code: "AccessDenied".into(), message: None };
    for check in [Check::HostedZone, Check::ResolverRule, Check::FirewallRule] {
        let subject = format!("vpc-1 {check}");
        assert_eq!(asked(&refused(&facts, &subject, &denied), &task(), API).1.passes, Passes::Yes, "{check}");
        let observations = facts.observations().into_iter().filter(|it| it.subject.as_deref() != Some(&subject));
        let evidence = Evidence { observations: observations.collect() };
        assert_eq!(asked(&evidence, &task(), API).1.passes, Passes::Yes, "{check}");
    }
}

#[test]
fn a_host_of_another_region_is_served_by_no_endpoint() {
    let host = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
    let walked = private().walk(&task(), host);
    let [fault] = walked.stopped_by() else { panic!("{walked:#?}") };
    assert!(
        matches!(&fault.blocker, Blocker::OtherRegion { region, own, .. } if region == "us-east-1" && own == "eu-west-1")
    );
    assert_eq!(
        codes(&private().walk(&task(), "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com")),
        ["RTE-10"]
    );
    let mut across = private();
    let mut made = endpoint("vpce-us", "ecr.dkr", &["subnet-a"], &["sg-endpoint"]);
    (made.service, made.service_region) = ("com.amazonaws.us-east-1.ecr.dkr".into(), Some("us-east-1".into()));
    let interfaces = super::network::interfaces(&across, &made, 7);
    across.interfaces.extend(interfaces);
    across.endpoints.push(made);
    assert_eq!(across.walk(&task(), host).via.as_deref(), Some("vpce-us"));
}

#[test]
fn a_hubs_endpoints_hold_in_the_hub_only() {
    let mut facts = private();
    let mut hub = facts.endpoints.clone();
    for endpoint in &mut hub {
        endpoint.vpc_id = "vpc-hub".into();
        endpoint.interfaces.clear();
    }
    (facts.endpoints, facts.interfaces) = (hub, Vec::new());
    for table in &mut facts.tables {
        table.routes = vec![route("10.0.0.0/16", "local"), route("10.9.0.0/16", "tgw-1")];
    }
    assert_eq!([API, DKR, S3].map(|host| facts.codes(&task(), host)), [["DNS-14"], ["DNS-14"], ["RTE-09"]]);
    // Without a way to it, an endpoint of another VPC has nothing to do with this one.
    facts.tables[0].routes.pop();
    assert_eq!([API, S3].map(|host| facts.codes(&task(), host)), [["RTE-01"], ["RTE-03"]]);
}

#[test]
fn dual_stack_names_beside_an_endpoint_are_not_judged() {
    let host = "123456789012.dkr-ecr.eu-west-1.on.aws";
    let mut facts = private();
    assert_eq!(facts.walk(&task(), host).passes, Passes::Unknown);
    facts.endpoints[1].dns_names.push("*.dkr-ecr.eu-west-1.on.aws".into());
    assert_eq!(facts.walk(&task(), host).via.as_deref(), Some("vpce-dkr"), "AWS lists the name");
}

/// One subnet with IPv6 only.
fn ipv6_only(dns64: bool) -> Facts {
    let mut facts = private();
    facts.endpoints.clear();
    facts.interfaces.clear();
    let mut subnet = facts.subnets[0].clone();
    (subnet.id, subnet.cidr, subnet.dns64) = ("subnet-6".into(), None, dns64);
    subnet.ipv6_cidrs = strings(&["2a05:d018:1:1::/64"]);
    facts.subnets.push(subnet);
    let mut table = facts.tables[0].clone();
    (table.id, table.subnets) = ("rtb-6".into(), strings(&["subnet-6"]));
    table.routes = vec![route("2a05:d018:1::/56", "local"), route("::/0", "eigw-1")];
    facts.tables.push(table);
    facts.gateways.push(InternetGateway { id: "eigw-1".into(), vpcs: strings(&["vpc-1"]) });
    facts.gateways.push(InternetGateway { id: "igw-1".into(), vpcs: strings(&["vpc-1"]) });
    facts.acls[0].subnets.push("subnet-6".into());
    for egress in [false, true] {
        facts.acls[0].entries.push(entry(101, egress, true, "::/0", None));
    }
    facts.groups[0].egress[0].cidrs = strings(&["::/0"]);
    facts
}

#[test]
fn a_subnet_with_ipv6_only_needs_names_with_it() {
    let there = place("subnet-6", &["sg-task"]);
    let dual = "123456789012.dkr-ecr.eu-west-1.on.aws";
    let facts = ipv6_only(false);
    assert_eq!(facts.walk(&there, dual).via.as_deref(), Some("eigw-1"));
    assert_eq!(facts.walk(&there, dual).passes, Passes::Yes);
    assert_eq!(facts.codes(&there, API), ["DNS-13"]);
    let mut translated = ipv6_only(true);
    translated.tables[2].routes.pop();
    assert_eq!(translated.codes(&there, API), ["RTE-16"]);
    translated.tables[2].routes.push(route("64:ff9b::/96", "nat-1"));
    translated.nats.push(NatGateway {
        id: "nat-1".into(),
        vpc_id: "vpc-1".into(),
        subnet_id: Some("subnet-b".into()),
        state: "available".into(),
        public: true,
        ..NatGateway::default()
    });
    assert_eq!(translated.codes(&there, API), ["RTE-17"]);
    translated.tables[1].routes.push(route("0.0.0.0/0", "igw-1"));
    assert_eq!(translated.walk(&there, API).passes, Passes::Yes, "{:#?}", translated.walk(&there, API));
}

#[test]
fn ports_that_no_border_shares_are_shut() {
    let half = |subnet: &str, id: &str, egress: bool, ports: (u16, u16)| {
        let mut acl = private().acls[0].clone();
        (acl.id, acl.subnets) = (id.into(), strings(&[subnet]));
        acl.entries.retain(|entry| entry.egress != egress);
        acl.entries.push(entry(90, egress, true, "0.0.0.0/0", Some((443, 443))));
        acl.entries.push(entry(100, egress, true, "0.0.0.0/0", Some(ports)));
        acl
    };
    let walk = |of_task: (u16, u16), of_endpoint: (u16, u16)| {
        let mut facts = private();
        facts.acls = vec![half("subnet-a", "acl-a", false, of_task), half("subnet-b", "acl-b", true, of_endpoint)];
        for endpoint in &mut facts.endpoints {
            endpoint.interfaces.retain(|interface| interface.ends_with("subnet-b"));
        }
        facts.walk(&task(), API)
    };
    assert!(walk((32768, 50000), (45000, 60999)).is_degraded());
    let shut = walk((32768, 44999), (45000, 60999));
    assert_eq!(shut.passes, Passes::No, "{shut:#?}");
    assert!(shut.stopped_by().iter().all(|fault| fault.extent == Extent::Whole));
}

#[test]
fn a_name_that_leads_nowhere_is_told_apart() {
    let mut facts = private();
    facts.vpcs[0].1.support = false;
    let evidence = Evidence { observations: facts.observations() };
    assert!(matches!(asked(&evidence, &task(), API).0.lead, Lead::Nowhere));
    assert!(matches!(asked(&evidence, &place("subnet-x", &["sg-task"]), API).0.lead, Lead::Unknown));
    // Another name server answers without Amazon's: then public addresses are all there is.
    facts.dhcp[0].name_servers = strings(&["10.9.0.53"]);
    assert_eq!(facts.codes(&task(), API), ["DNS-01"]);
    assert_eq!(facts.walk(&task(), S3).passes, Passes::Yes);
}
