//! A large account: what its network takes of memory, and how many questions it answers in a second.

use std::time::Instant;

use ecr_probe::account::Account;
use ecr_probe::model::facts::{RouteTable, SecurityGroup, Subnet};
use ecr_probe::model::{Evidence, Passes};
use ecr_probe::path::{Network, Place, Sender};

use super::memory::most_during;
use super::network::{
    API, DKR, Facts, REGION, S3, endpoint, gateway_endpoint, interfaces, private, route, to_cidr, to_group, to_list,
};

const SUBNETS: usize = 100;
const GROUPS: usize = 1_000;
const RULES: usize = 100;
const MOST: usize = 64 * 1024 * 1024;

/// A thousand groups of a hundred rules, a hundred subnets with a table each, fifty endpoints.
fn large() -> Facts {
    let mut facts = Facts { vpcs: private().vpcs, dhcp: private().dhcp, lists: private().lists, ..Facts::default() };
    for nth in 0..SUBNETS {
        facts.subnets.push(Subnet {
            id: format!("subnet-{nth}"),
            vpc_id: "vpc-1".into(),
            az: format!("{REGION}a"),
            cidr: Some(format!("10.0.{nth}.0/24")),
            ..Subnet::default()
        });
        facts.tables.push(RouteTable {
            id: format!("rtb-{nth}"),
            vpc_id: "vpc-1".into(),
            main: nth == 0,
            subnets: vec![format!("subnet-{nth}")],
            routes: vec![route("10.0.0.0/16", "local"), route("pl-s3", "vpce-s3")],
        });
    }
    let subnets: Vec<String> = facts.subnets.iter().map(|subnet| subnet.id.clone()).collect();
    let mut acl = private().acls[0].clone();
    acl.subnets = subnets.clone();
    facts.acls.push(acl);
    for nth in 0..GROUPS {
        let cidrs = |third: usize| (0..RULES - 2).map(move |at| to_cidr(&format!("10.{third}.{at}.0/24")));
        let rules = cidrs(1 + nth % 200).chain([to_group("sg-1"), to_list("pl-s3")]).collect();
        facts.groups.push(SecurityGroup {
            id: format!("sg-{nth}"),
            name: format!("group {nth}"),
            vpc_id: "vpc-1".into(),
            owner: "123456789012".into(),
            ingress: vec![to_cidr("10.0.0.0/16")],
            egress: rules,
        });
    }
    let three: Vec<&str> = subnets.iter().take(3).map(String::as_str).collect();
    for nth in 0..50 {
        let service = match nth {
            0 => "ecr.api".to_owned(),
            1 => "ecr.dkr".to_owned(),
            _ => format!("service-{nth}"),
        };
        facts.endpoints.push(endpoint(&format!("vpce-{nth}"), &service, &three, &["sg-1"]));
    }
    facts.endpoints.push(gateway_endpoint(&[]));
    for nth in 0..50 {
        let made = interfaces(&facts, &facts.endpoints[nth], u32::try_from(nth).expect("few"));
        facts.interfaces.extend(made);
    }
    facts
}

fn place(nth: usize) -> Place {
    Place {
        subnet: format!("subnet-{}", nth % SUBNETS),
        groups: vec![format!("sg-{}", nth % GROUPS)],
        public_ip: false,
        sender: Sender::Linux,
    }
}

fn ask(network: &Network<'_>, nth: usize) -> Passes {
    let place = place(nth);
    let to = network.destination(&place, [API, DKR, S3][nth % 3], 443);
    network.walk(&place, &to).passes
}

#[test]
fn a_large_account_takes_little_memory() {
    let (passes, most) = most_during(|| {
        let evidence = Evidence { observations: large().observations() };
        let account = Account::of(&evidence).expect("facts are there");
        let network = Network::of(&account);
        (0..3_000).all(|nth| ask(&network, nth) == Passes::Yes)
    });
    assert!(passes);
    println!("{} KiB at most, the facts among them", most / 1024);
    assert!(most < MOST, "{most}");
}

/// `benches/paths.sh` runs it as it ships. A build without optimisation is held to a twentieth.
#[test]
fn many_questions_are_answered_in_a_second() {
    let evidence = Evidence { observations: large().observations() };
    let account = Account::of(&evidence).expect("facts are there");
    let network = Network::of(&account);
    let least = if cfg!(debug_assertions) { 500 } else { 10_000 };
    // The machine may be busy with other tests: the best of some runs counts.
    let mut best = 0.0_f64;
    for _ in 0..20 {
        let began = Instant::now();
        let passes = (0..300).filter(|nth| ask(&network, *nth) == Passes::Yes).count();
        assert_eq!(passes, 300);
        best = best.max(300.0 / began.elapsed().as_secs_f64());
    }
    println!("{best:.0} questions a second");
    assert!(best > f64::from(least), "{best:.0} questions a second");
}
