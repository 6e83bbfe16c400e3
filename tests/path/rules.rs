//! Each rule by which AWS's network decides, by itself: a healthy network, one change, and what it does.

use ecr_probe::model::facts::{InternetGateway, NatGateway, Permission, Route, RouteState};
use ecr_probe::model::{Does, HopKind, Passes};
use ecr_probe::path::{Blocker, Direction, Extent, Place, Sender, Side, Unseen};

use super::network::{API, DKR, Facts, S3, entry, place, private, route, strings, to_cidr, to_group, to_list};

pub fn task() -> Place {
    place("subnet-a", &["sg-task"])
}

/// The network with a change.
pub fn with(change: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = private();
    change(&mut facts);
    facts
}

/// The same without endpoints, with a NAT gateway in a public subnet.
pub fn nat() -> Facts {
    with(|facts| {
        facts.endpoints.clear();
        facts.interfaces.clear();
        let mut public = facts.subnets[0].clone();
        (public.id, public.cidr) = ("subnet-public".into(), Some("10.0.9.0/24".into()));
        facts.subnets.push(public);
        let mut table = facts.tables[0].clone();
        (table.id, table.subnets) = ("rtb-public".into(), strings(&["subnet-public"]));
        table.routes = vec![route("10.0.0.0/16", "local"), route("0.0.0.0/0", "igw-1")];
        facts.tables.push(table);
        for table in &mut facts.tables[..2] {
            table.routes = vec![route("10.0.0.0/16", "local"), route("0.0.0.0/0", "nat-1")];
        }
        facts.acls[0].subnets.push("subnet-public".into());
        facts.groups[0].egress = vec![to_cidr("0.0.0.0/0")];
        facts.gateways.push(InternetGateway { id: "igw-1".into(), vpcs: strings(&["vpc-1"]) });
        facts.nats.push(NatGateway {
            id: "nat-1".into(),
            vpc_id: "vpc-1".into(),
            subnet_id: Some("subnet-public".into()),
            state: "available".into(),
            public: true,
            ..NatGateway::default()
        });
    })
}

/// The codes for each of the pull's hosts.
fn codes(facts: &Facts, place: &Place) -> [Vec<&'static str>; 3] {
    [API, DKR, S3].map(|host| facts.codes(place, host))
}

#[track_caller]
pub fn healthy(facts: &Facts, place: &Place) {
    for host in [API, DKR, S3] {
        let walked = facts.walk(place, host);
        assert!(walked.passes == Passes::Yes && !walked.is_degraded(), "{host}: {walked:#?}");
        assert!(walked.stopped_by().is_empty());
    }
}

#[test]
fn healthy_networks_pass() {
    healthy(&private(), &task());
    healthy(&private(), &place("subnet-b", &["sg-task"]));
    healthy(&nat(), &task());
    let via = |facts: &Facts, host: &str| facts.walk(&task(), host).via.expect("it leads somewhere");
    assert_eq!([API, DKR, S3].map(|host| via(&private(), host)), ["vpce-api", "vpce-dkr", "vpce-s3"]);
    assert_eq!([API, DKR, S3].map(|host| via(&nat(), host)), ["nat-1", "nat-1", "nat-1"]);
}

#[test]
fn a_public_subnet_needs_a_public_address() {
    let mut facts = nat();
    for table in &mut facts.tables[..2] {
        table.routes[1] = route("0.0.0.0/0", "igw-1");
    }
    assert_eq!(codes(&facts, &task()), [["RTE-02"], ["RTE-02"], ["RTE-02"]]);
    let public = Place { public_ip: true, ..task() };
    healthy(&facts, &public);
    facts.gateways[0].vpcs.clear();
    assert_eq!(facts.codes(&public, API), ["RTE-01"]);
}

#[test]
fn groups_of_the_task_let_out() {
    let without_s3 = with(|facts| facts.groups[0].egress = vec![to_group("sg-endpoint")]);
    assert_eq!(codes(&without_s3, &task()), [vec![], vec![], vec!["SG-04"]]);
    let without_endpoint = with(|facts| facts.groups[0].egress = vec![to_list("pl-s3")]);
    assert_eq!(codes(&without_endpoint, &task()), [vec!["SG-03"], vec!["SG-03"], vec![]]);
    let sealed = with(|facts| facts.groups[0].egress.clear());
    assert_eq!(codes(&sealed, &task()), [["SG-03"], ["SG-03"], ["SG-04"]]);
    // Only the VPC's range: S3's addresses are public with a gateway endpoint.
    let vpc_only = with(|facts| facts.groups[0].egress = vec![to_cidr("10.0.0.0/16")]);
    assert_eq!(codes(&vpc_only, &task()), [vec![], vec![], vec!["SG-04"]]);
    let mut behind_nat = nat();
    behind_nat.groups[0].egress = vec![to_list("pl-s3")];
    assert_eq!(codes(&behind_nat, &task()), [vec!["SG-03"], vec!["SG-03"], vec![]]);
}

#[test]
fn rules_speak_of_protocols_ports_and_families() {
    let egress = |change: &dyn Fn(&mut Permission)| {
        let facts = with(|facts| {
            let mut rule = to_cidr("10.0.0.0/16");
            change(&mut rule);
            facts.groups[0].egress = vec![rule, to_list("pl-s3")];
        });
        facts.codes(&task(), API)
    };
    assert!(egress(&|rule| rule.protocol = "6".into()).is_empty());
    assert!(egress(&|rule| (rule.protocol, rule.ports) = ("-1".into(), None)).is_empty());
    assert!(egress(&|rule| (rule.protocol, rule.ports) = ("-1".into(), Some((80, 80)))).is_empty(), "-1 has all ports");
    assert!(egress(&|rule| rule.ports = Some((0, 65535))).is_empty());
    assert!(egress(&|rule| rule.ports = None).is_empty());
    assert_eq!(egress(&|rule| rule.protocol = "udp".into()), ["SG-03"]);
    assert_eq!(egress(&|rule| rule.ports = Some((80, 80))), ["SG-03"]);
    assert_eq!(egress(&|rule| rule.cidrs = strings(&["::/0"])), ["SG-03"]);
    assert!(egress(&|rule| rule.cidrs = strings(&["10.0.0.0/17", "10.0.128.0/17"])).is_empty());
}

#[test]
fn groups_of_the_endpoint_let_in() {
    let ingress = |rules: Vec<Permission>| {
        let facts = with(|facts| facts.groups[1].ingress = rules);
        facts.walk(&task(), API)
    };
    let code = |rules: Vec<Permission>| super::network::codes(&ingress(rules));
    assert_eq!(code(Vec::new()), ["SG-01"]);
    assert_eq!(code(vec![to_group("sg-other")]), ["SG-05"]);
    assert_eq!(code(vec![to_cidr("10.0.2.0/24")]), ["SG-05"]);
    assert!(code(vec![to_cidr("10.0.1.0/24")]).is_empty());
    // It admits only its own members: nobody else is listed.
    assert_eq!(code(vec![to_group("sg-endpoint")]), ["SG-01"]);
    let mut stale = to_group("sg-task");
    stale.groups[0].peering_status = Some("deleted".into());
    assert_eq!(code(vec![stale]), ["SG-05"]);
    let half = ingress(vec![to_cidr("10.0.1.0/25")]);
    assert!(matches!(half.stopped_by()[0].extent, Extent::Clients { share } if (share - 0.5).abs() < 0.01), "{half:?}");
    let default = with(|facts| {
        facts.groups[1].ingress = vec![to_group("sg-endpoint")];
        facts.groups[1].name = "default".into();
    });
    assert_eq!(default.codes(&task(), DKR), ["SG-02"]);
    // A group of the task's that is not listed does not matter beside one that is.
    let two = Place { groups: strings(&["sg-other", "sg-task"]), ..task() };
    let facts = with(|facts| {
        let mut other = facts.groups[0].clone();
        (other.id, other.egress) = ("sg-other".into(), Vec::new());
        facts.groups.push(other);
    });
    healthy(&facts, &two);
}

#[test]
fn acls_stand_at_borders_only() {
    let facts = with(|facts| {
        facts.acls[0].entries = vec![entry(32767, false, false, "0.0.0.0/0", None)];
        for endpoint in &mut facts.endpoints {
            endpoint.subnets.retain(|subnet| subnet == "subnet-a");
            endpoint.interfaces.retain(|interface| interface.ends_with("subnet-a"));
        }
        facts.interfaces.retain(|interface| interface.subnet_id == "subnet-a");
    });
    assert_eq!(codes(&facts, &task()), [vec![], vec![], vec!["ACL-02"]]);
    let other = facts.walk(&place("subnet-b", &["sg-task"]), API);
    assert_eq!(super::network::codes(&other), ["ACL-01"]);
    let sides: Vec<(Side, Direction)> = other
        .stopped_by()
        .iter()
        .filter_map(|fault| match &fault.blocker {
            Blocker::Acl { side, direction, .. } => Some((*side, *direction)),
            _ => None,
        })
        .collect();
    let both = [Direction::Outbound, Direction::Inbound];
    let expected: Vec<_> = both
        .map(|it| (Side::Task, it))
        .into_iter()
        .chain([(Side::Endpoint, Direction::Inbound), (Side::Endpoint, Direction::Outbound)])
        .collect();
    assert_eq!(sides, expected, "every one is named");
}

#[test]
fn the_lowest_number_decides() {
    let acl = |number: u32| {
        with(|facts| facts.acls[0].entries.push(entry(number, true, false, "52.218.0.0/17", Some((443, 443)))))
    };
    let denied = acl(90).walk(&task(), S3);
    assert_eq!(super::network::codes(&denied), ["ACL-04"]);
    let Blocker::Acl { rule: 90, allowed_later: Some(100), .. } = denied.stopped_by()[0].blocker else {
        panic!("{denied:?}")
    };
    healthy(&acl(110), &task());
}

#[test]
fn replies_need_the_client_ports() {
    let reply = |ports: (u16, u16), sender: Sender| {
        let facts = with(|facts| {
            facts.acls[0].entries.retain(|entry| entry.egress);
            facts.acls[0].entries.push(entry(100, false, true, "0.0.0.0/0", Some(ports)));
        });
        facts.walk(&Place { sender, ..task() }, S3)
    };
    assert_eq!(reply((1024, 65535), Sender::Linux).stopped_by(), []);
    assert_eq!(reply((32768, 60999), Sender::Linux).stopped_by(), []);
    assert_eq!(reply((443, 443), Sender::Linux).passes, Passes::No);
    let half = reply((32768, 46883), Sender::Linux);
    assert!(half.is_degraded() && half.passes == Passes::Yes, "{half:?}");
    assert!(matches!(half.stopped_by()[0].extent, Extent::Ports { share } if (share - 0.5).abs() < 0.01));
    assert!(reply((32768, 65535), Sender::Lambda).is_degraded(), "a function's connections begin at 1024");
    assert!(!reply((32768, 65535), Sender::Windows).is_degraded());
}

#[test]
fn a_nat_gateway_needs_its_own_ports_and_way() {
    let border = |entries: Vec<ecr_probe::model::facts::AclEntry>| {
        let mut facts = nat();
        facts.acls[0].subnets.pop();
        let mut own = facts.acls[0].clone();
        (own.id, own.subnets, own.entries) = ("acl-nat".into(), strings(&["subnet-public"]), entries);
        facts.acls.push(own);
        facts.walk(&task(), API)
    };
    let out = entry(100, true, true, "0.0.0.0/0", None);
    let both = |ports| vec![out.clone(), entry(100, false, true, "0.0.0.0/0", ports)];
    assert_eq!(border(both(None)).stopped_by(), []);
    assert!(border(both(Some((443, 443)))).passes == Passes::No);
    let some = border(vec![
        out.clone(),
        entry(100, false, true, "0.0.0.0/0", Some((443, 443))),
        entry(110, false, true, "0.0.0.0/0", Some((32768, 60999))),
    ]);
    assert!(some.is_degraded(), "a NAT gateway sends from 1024 on: {some:?}");
    let changed = |change: &dyn Fn(&mut Facts)| {
        let mut facts = nat();
        change(&mut facts);
        facts.walk(&task(), DKR)
    };
    let code = |change: &dyn Fn(&mut Facts)| super::network::codes(&changed(change));
    assert_eq!(code(&|facts| facts.nats[0].state = "failed".into()), ["RTE-17"]);
    assert_eq!(code(&|facts| facts.nats[0].public = false), ["RTE-17"]);
    assert_eq!(code(&|facts| facts.nats[0].subnet_id = Some("subnet-a".into())), ["RTE-17"]);
    assert_eq!(code(&|facts| facts.gateways[0].vpcs.clear()), ["RTE-17"]);
    let regional = |facts: &mut Facts| {
        (facts.nats[0].subnet_id, facts.nats[0].route_table_id) = (None, Some("rtb-public".into()));
    };
    assert!(code(&regional).is_empty());
    let onward = changed(&|facts| {
        facts.nats[0].public = false;
        facts.tables[2].routes[1] = route("0.0.0.0/0", "tgw-1");
    });
    assert_eq!(onward.passes, Passes::Unknown, "a private NAT gateway may lead on by a transit gateway");
}

#[test]
fn the_longest_prefix_takes_the_packets() {
    let extra = |extra: Route| {
        let facts = with(|facts| {
            facts.tables[0].routes.push(extra);
            facts.gateways.push(InternetGateway { id: "igw-1".into(), vpcs: strings(&["vpc-1"]) });
        });
        facts.walk(&task(), S3)
    };
    let part = extra(route("52.218.0.0/18", "igw-1"));
    assert_eq!(super::network::codes(&part), ["RTE-05"]);
    assert!(
        matches!(part.stopped_by()[0].extent, Extent::Addresses { share } if share > 0.4 && share < 0.6),
        "{part:?}"
    );
    assert_eq!(extra(route("52.0.0.0/8", "igw-1")).passes, Passes::Yes, "a shorter one takes none");
    let gone = Route { state: RouteState::Blackhole, ..route("52.218.0.0/17", "nat-9") };
    assert_eq!(super::network::codes(&extra(gone)), ["RTE-05"]);
    let propagated = Route { propagated: true, ..route("52.218.0.0/17", "vgw-1") };
    assert_eq!(extra(propagated).passes, Passes::Yes, "a propagated one comes after");
    for target in ["tgw-1", "pcx-1", "vgw-1", "eni-1", "i-1", "lgw-1"] {
        let walked = extra(route("52.218.0.0/18", target));
        assert_eq!((walked.passes, walked.stopped_by()), (Passes::Unknown, &[][..]), "{target}");
        assert!(walked.unseen().any(|it| matches!(it, Unseen::Beyond { target: named, .. } if named == target)));
    }
}

#[test]
fn a_gateway_endpoint_serves_its_tables() {
    let off = with(|facts| facts.tables[0].routes.truncate(1));
    assert_eq!(codes(&off, &task()), [vec![], vec![], vec!["RTE-04"]]);
    healthy(&off, &place("subnet-b", &["sg-task"]));
    let none = with(|facts| {
        facts.tables[0].routes.truncate(1);
        facts.endpoints.pop();
    });
    assert_eq!(none.codes(&task(), S3), ["RTE-03"]);
}

#[test]
fn a_subnet_without_a_table_uses_the_main_one() {
    let facts = with(|facts| {
        facts.tables[0].subnets.clear();
        facts.tables[0].main = true;
        facts.tables.swap(0, 1);
    });
    healthy(&facts, &task());
    let route_table = |facts: &Facts| {
        let walked = facts.walk(&task(), S3);
        walked.hops.iter().find(|hop| hop.kind == HopKind::RouteTable).expect("it is there").id.clone()
    };
    assert_eq!(route_table(&facts), "rtb-a");
}

#[test]
fn some_of_an_endpoints_addresses_may_fail() {
    let facts = with(|facts| {
        let mut own = facts.acls[0].clone();
        (own.id, own.subnets) = ("acl-b".into(), strings(&["subnet-b"]));
        own.entries.retain(|entry| !entry.allow);
        facts.acls[0].subnets.pop();
        facts.acls.push(own);
    });
    let walked = facts.walk(&task(), API);
    assert!(walked.is_degraded(), "{walked:#?}");
    assert!(walked.stopped_by().iter().all(|fault| fault.extent == Extent::Targets { stopped: 1, of: 2 }));
}

#[test]
fn each_step_cites_what_tells_it() {
    for facts in [private(), nat()] {
        let observations = facts.observations();
        for host in [API, DKR, S3] {
            for hop in facts.walk(&task(), host).hops.iter().filter(|hop| hop.does() != Does::Unknown) {
                assert!(!hop.cites.is_empty(), "{hop:?}");
                for id in &hop.cites {
                    assert!(observations.iter().any(|it| it.id == *id), "{hop:?}");
                }
            }
        }
    }
}
