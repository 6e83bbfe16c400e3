//! What differs, over networks that chance puts together.

use ecr_probe::account::Account;
use ecr_probe::model::facts::{
    AclEntry, Endpoint, Fact, Hidden, Interface, Listing, NetworkAcl, Route, RouteState, RouteTable, Subnet, Why,
};
use ecr_probe::model::{Act, Check, Code, Evidence, Observation};
use ecr_probe::sweep::{Difference, DifferenceKind, Place, differ};
use proptest::prelude::*;

/// A subnet: its route table, its ACL, its zone, and whether it works.
type Standing = (u8, u8, u8, Option<bool>);

fn subnet(nth: usize) -> String {
    format!("subnet-{nth}")
}

fn observation(id: usize, subject: String, act: Act) -> Observation {
    Observation {
        id: u32::try_from(id).expect("few") + 1,
        target: None,
        address: None,
        subject: Some(subject),
        image: None,
        region: None,
        began_ms: 0.0,
        took_ms: 0.0,
        act,
    }
}

/// The default route of table `n` leads to `{target}-n`.
fn evidence(target: &str, standings: &[Standing]) -> Evidence {
    let mut facts: Vec<(String, Act)> = Vec::new();
    let using = |of: fn(&Standing) -> u8, value: u8| -> Vec<String> {
        standings.iter().enumerate().filter(|(_, it)| of(it) == value).map(|(nth, _)| subnet(nth)).collect()
    };
    for (nth, (_, _, zone, _)) in standings.iter().enumerate() {
        let known = Subnet {
            id: subnet(nth),
            vpc_id: "vpc-1".into(),
            az: format!("eu-west-1{zone}"),
            az_id: format!("euw1-az{zone}"),
            ..Subnet::default()
        };
        facts.push((subnet(nth), Act::Subnet(Fact::Known(known))));
    }
    let listed = |of: Check| (format!("vpc-1 {of}"), Act::List(Fact::Known(Listing::default())));
    facts.extend([listed(Check::RouteTable), listed(Check::NetworkAcl)]);
    for number in 0..4_u8 {
        let route = Route {
            destination: "0.0.0.0/0".into(),
            target: format!("{target}-{number}"),
            state: RouteState::Active,
            propagated: false,
        };
        // The last is the main one: its subnets are associated with none.
        let subnets = if number == 3 { Vec::new() } else { using(|it| it.0, number) };
        let table = RouteTable {
            id: format!("rtb-{number}"),
            vpc_id: "vpc-1".into(),
            main: number == 3,
            subnets,
            routes: vec![route],
        };
        facts.push((table.id.clone(), Act::RouteTable(Fact::Known(table))));
        let entry = AclEntry {
            number: 100,
            egress: true,
            allow: number != 2,
            protocol: "-1".into(),
            cidr: format!("10.{number}.0.0/16"),
            ports: None,
        };
        let acl = NetworkAcl {
            entries: vec![entry],
            id: format!("acl-{number}"),
            vpc_id: "vpc-1".into(),
            subnets: using(|it| it.1, number),
        };
        facts.push((acl.id.clone(), Act::NetworkAcl(Fact::Known(acl))));
    }
    let endpoint = Endpoint {
        id: "vpce-1".into(),
        vpc_id: "vpc-1".into(),
        service: "ecr.dkr".into(),
        interfaces: vec!["eni-1".into()],
        ..Endpoint::default()
    };
    facts.push(("vpce-1".into(), Act::Endpoint(Fact::Known(endpoint))));
    let interface = Interface {
        id: "eni-1".into(),
        az: "eu-west-11".into(),
        addresses: vec!["10.0.1.10".parse().expect("an address")],
        ..Interface::default()
    };
    facts.push(("eni-1".into(), Act::Interface(Fact::Known(interface))));
    let observations = facts.into_iter().enumerate().map(|(id, (subject, act))| observation(id, subject, act));
    Evidence { observations: observations.collect() }
}

fn place(nth: usize, standing: &Standing) -> Place {
    let (_, _, zone, works) = standing;
    let place = Place {
        az: Some(format!("eu-west-1{zone}")),
        az_id: Some(format!("euw1-az{zone}")),
        ..Place::new(&subnet(nth))
    };
    match works {
        Some(true) => place.exited(0),
        Some(false) => place.exited(1),
        None => place,
    }
}

fn differences(standings: &[Standing]) -> Vec<Difference> {
    differences_with("tgw", standings)
}

fn differences_with(target: &str, standings: &[Standing]) -> Vec<Difference> {
    let evidence = evidence(target, standings);
    let places: Vec<Place> = standings.iter().enumerate().map(|(nth, it)| place(nth, it)).collect();
    differ(&places, &Account::arrange(&evidence))
}

fn kinds(standings: &[Standing]) -> Vec<DifferenceKind> {
    differences(standings).iter().map(|it| it.kind).collect()
}

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);

#[test]
fn the_object_that_no_working_subnet_has_is_named() {
    let found = differences(&[(0, 0, 0, YES), (1, 0, 1, NO), (0, 0, 2, YES)]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].kind, found[0].code), (DifferenceKind::RouteTable, None));
    assert_eq!((&found[0].fails[..], &found[0].works[..]), (&[subnet(1)][..], &[subnet(0), subnet(2)][..]));
    assert_eq!((&found[0].failing[..], &found[0].working[..]), (&["rtb-1".to_owned()][..], &["rtb-0".to_owned()][..]));
    assert_eq!(found[0].lines, ["only in rtb-1: 0.0.0.0/0 → tgw-1", "only in rtb-0: 0.0.0.0/0 → tgw-0"]);
    // The main table is that of subnets without one of their own.
    assert_eq!(differences(&[(0, 0, 0, YES), (3, 0, 0, NO)])[0].failing, ["rtb-3"]);
    assert_eq!(kinds(&[(0, 0, 0, YES), (0, 1, 0, NO)]), [DifferenceKind::NetworkAcl]);
    assert_eq!(kinds(&[(0, 0, 0, YES), (1, 1, 0, NO)]), [DifferenceKind::RouteTable, DifferenceKind::NetworkAcl]);
}

/// A NAT gateway a zone is what AWS recommends: that a table leads to the one of its zone is no difference.
#[test]
fn the_nat_gateway_of_the_zone_is_not_blamed() {
    let standings = [(0, 0, 0, YES), (1, 0, 1, NO), (2, 0, 2, YES)];
    let found = differences_with("nat", &standings);
    assert_eq!((found.len(), found[0].kind, found[0].code.map(Code::id)), (1, DifferenceKind::Zone, Some("RTE-07")));
    assert!(found[0].lines.iter().any(|line| line.contains("eni-1")), "{found:?}");
    assert_eq!(differences_with("igw", &standings)[0].kind, DifferenceKind::RouteTable);
}

#[test]
fn the_same_table_and_acl_leave_the_zone_and_then_the_moment() {
    let found = differences(&[(0, 0, 0, YES), (0, 0, 1, NO)]);
    assert_eq!((found[0].kind, found[0].code.map(Code::id)), (DifferenceKind::Zone, Some("RTE-07")));
    assert_eq!(
        (&found[0].failing[..], &found[0].working[..]),
        (&["euw1-az1".to_owned()][..], &["euw1-az0".to_owned()][..])
    );
    assert_eq!(found[0].lines, ["vpce-1 (ecr.dkr): eni-1 10.0.1.10"]);
    let other = differences(&[(0, 0, 0, YES), (0, 0, 2, NO)]);
    assert_eq!(other[0].lines, ["vpce-1 (ecr.dkr): no network interface in eu-west-12"]);
    let found = differences(&[(0, 0, 0, YES), (0, 0, 0, NO)]);
    assert_eq!((found[0].kind, found[0].code.map(Code::id)), (DifferenceKind::Nothing, Some("RTE-07")));
}

#[test]
fn nothing_differs_where_all_fare_alike_or_are_not_known() {
    for standings in [
        [(0, 0, 0, YES), (1, 1, 1, YES)],
        [(0, 0, 0, NO), (1, 1, 1, NO)],
        [(0, 0, 0, YES), (1, 1, 1, None)],
        [(0, 0, 0, None), (1, 1, 1, NO)],
    ] {
        assert_eq!(kinds(&standings), [], "{standings:?}");
    }
}

/// A table a subnet is common: where their routes are the same, it is not the table that differs.
#[test]
fn tables_with_the_same_routes_are_alike() {
    let standings = [(0, 0, 0, YES), (1, 0, 1, NO)];
    let mut evidence = evidence("tgw", &standings);
    for it in &mut evidence.observations {
        if let Act::RouteTable(Fact::Known(table)) = &mut it.act {
            table.routes[0].target = "nat-0".into();
        }
    }
    let places: Vec<Place> = standings.iter().enumerate().map(|(nth, it)| place(nth, it)).collect();
    let found = differ(&places, &Account::arrange(&evidence));
    assert_eq!((found.len(), found[0].kind), (1, DifferenceKind::Zone), "{found:?}");
}

#[test]
fn what_was_not_read_is_named_with_its_action() {
    let standings = [(0, 0, 0, YES), (1, 0, 1, NO)];
    let mut evidence = evidence("tgw", &standings);
    let denied = || {
        let why = Why::Refused { status: 403, code: "UnauthorizedOperation".into(), message: None };
        Hidden { action: "ec2:DescribeRouteTables".into(), why }
    };
    evidence.observations.retain(|it| !matches!(it.act, Act::RouteTable(_)));
    for it in &mut evidence.observations {
        if it.subject.as_deref() == Some("vpc-1 route-table") {
            it.act = Act::List(Fact::Hidden(denied()));
        }
    }
    let places: Vec<Place> = standings.iter().enumerate().map(|(nth, it)| place(nth, it)).collect();
    let found = differ(&places, &Account::arrange(&evidence));
    assert_eq!((found.len(), found[0].kind), (1, DifferenceKind::Unknown));
    let actions: Vec<&str> = found[0].unread.iter().map(|it| it.action.as_str()).collect();
    assert_eq!(actions, ["ec2:DescribeRouteTables"]);
}

fn standings() -> impl Strategy<Value = Vec<Standing>> {
    proptest::collection::vec((0..4_u8, 0..3_u8, 0..3_u8, proptest::option::of(any::<bool>())), 1..9)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each subnet that fails beside one that works has a difference, and what it names is so.
    #[test]
    fn every_failing_subnet_has_a_difference(standings in standings()) {
        let found = differences(&standings);
        let nth = |subnet: &String| subnet.trim_start_matches("subnet-").parse::<usize>().expect("a number");
        let some_work = standings.iter().any(|it| it.3 == YES);
        for (number, standing) in standings.iter().enumerate() {
            let told = found.iter().filter(|it| it.fails.contains(&subnet(number))).count();
            prop_assert_eq!(told > 0, standing.3 == NO && some_work, "{:?}", standing);
        }
        for it in &found {
            let fails: Vec<&Standing> = it.fails.iter().map(|id| &standings[nth(id)]).collect();
            let works: Vec<&Standing> = it.works.iter().map(|id| &standings[nth(id)]).collect();
            prop_assert!(!works.is_empty() && works.iter().all(|it| it.3 == YES) && fails.iter().all(|it| it.3 == NO));
            let alike = |it: &Standing| (it.0, it.1, it.2) == (fails[0].0, fails[0].1, fails[0].2);
            prop_assert!(fails.iter().all(|it| alike(it)));
            let all_work: Vec<&Standing> = standings.iter().filter(|it| it.3 == YES).collect();
            match it.kind {
                DifferenceKind::Nothing => prop_assert!(works.iter().all(|it| alike(it))),
                DifferenceKind::Zone => {
                    prop_assert!(works.iter().all(|it| (it.0, it.1) == (fails[0].0, fails[0].1) && it.2 != fails[0].2));
                    prop_assert!(!all_work.iter().any(|it| alike(it)));
                }
                DifferenceKind::RouteTable | DifferenceKind::NetworkAcl => {
                    // No subnet that works has both.
                    prop_assert!(!all_work.iter().any(|it| (it.0, it.1) == (fails[0].0, fails[0].1)));
                }
                DifferenceKind::Unknown => prop_assert!(false, "all was read"),
            }
        }
    }
}
