//! What holds in every network, without knowing what is right in it.

use ecr_probe::model::facts::{Fact, Hidden, Why};
use ecr_probe::model::{Act, Evidence, Observation, Passes};
use ecr_probe::path::{Place, Walked};

use super::network::{API, DKR, Facts, S3, asked, codes, entry, interfaces, place, private, route, strings, to_cidr};
use super::worlds::{Chance, World, world};

const WORLDS: u64 = 200;

fn worlds() -> impl Iterator<Item = (u64, World)> {
    (0..WORLDS).map(|seed| (seed, world(seed)))
}

/// What a reader must be able to rely on: the verdict and the causes.
fn told(walked: &Walked) -> (Passes, bool, Vec<&'static str>) {
    (walked.passes, walked.is_degraded(), codes(walked))
}

/// The same observation, refused.
fn hidden(act: &Act) -> Act {
    let hidden = || Hidden {
        action: "ec2:Describe".to_owned(),
        why: Why::Refused { status: 403, code: "UnauthorizedOperation".to_owned(), message: None },
    };
    match act {
        Act::List(_) => Act::List(Fact::Hidden(hidden())),
        Act::Subnet(_) => Act::Subnet(Fact::Hidden(hidden())),
        Act::Vpc(_) => Act::Vpc(Fact::Hidden(hidden())),
        Act::VpcDns(_) => Act::VpcDns(Fact::Hidden(hidden())),
        Act::DhcpOptions(_) => Act::DhcpOptions(Fact::Hidden(hidden())),
        Act::RouteTable(_) => Act::RouteTable(Fact::Hidden(hidden())),
        Act::NetworkAcl(_) => Act::NetworkAcl(Fact::Hidden(hidden())),
        Act::SecurityGroup(_) => Act::SecurityGroup(Fact::Hidden(hidden())),
        Act::Endpoint(_) => Act::Endpoint(Fact::Hidden(hidden())),
        Act::Interface(_) => Act::Interface(Fact::Hidden(hidden())),
        Act::PrefixList(_) => Act::PrefixList(Fact::Hidden(hidden())),
        Act::NatGateway(_) => Act::NatGateway(Fact::Hidden(hidden())),
        Act::InternetGateway(_) => Act::InternetGateway(Fact::Hidden(hidden())),
        other => panic!("no fact of the network: {other:?}"),
    }
}

fn walked(observations: &[Observation], place: &Place, host: &str) -> Walked {
    asked(&Evidence { observations: observations.to_vec() }, place, host).1
}

#[test]
fn what_is_hidden_makes_an_answer_unknown_and_never_another() {
    let mut became_unknown = 0;
    for (seed, world) in worlds() {
        let whole = world.facts.observations();
        let known = walked(&whole, &world.place, world.host);
        let mut chance = Chance(seed);
        for at in 0..whole.len() {
            // One, and then another one beside it.
            let mut less = whole.clone();
            for which in [at, chance.below(whole.len())] {
                less[which].act = hidden(&whole[which].act);
                let found = walked(&less, &world.place, world.host);
                became_unknown += u64::from(found.passes == Passes::Unknown && known.passes != Passes::Unknown);
                assert!(
                    found.passes == known.passes || found.passes == Passes::Unknown,
                    "seed {seed}: without {:?} and so on {:?} became {:?}\n{found:#?}",
                    less.iter().zip(&whole).filter(|(a, b)| a != b).map(|(_, it)| &it.subject).collect::<Vec<_>>(),
                    known.passes,
                    found.passes,
                );
                if found.passes == Passes::Unknown {
                    assert!(found.stopped_by().is_empty(), "seed {seed}: what is unknown is blamed");
                    assert!(found.unseen().next().is_some(), "seed {seed}: nothing is named as missing");
                }
            }
        }
    }
    assert!(became_unknown > 500, "{became_unknown}");
}

#[test]
fn the_order_of_lists_decides_nothing() {
    for (seed, world) in worlds() {
        let mut chance = Chance(seed ^ 0xffff);
        let mut other = world.clone();
        let facts = &mut other.facts;
        for table in &mut facts.tables {
            chance.shuffle(&mut table.routes);
            chance.shuffle(&mut table.subnets);
        }
        for acl in &mut facts.acls {
            chance.shuffle(&mut acl.entries);
        }
        for group in &mut facts.groups {
            chance.shuffle(&mut group.ingress);
            chance.shuffle(&mut group.egress);
        }
        for endpoint in &mut facts.endpoints {
            chance.shuffle(&mut endpoint.interfaces);
            chance.shuffle(&mut endpoint.groups);
        }
        chance.shuffle(&mut facts.tables);
        chance.shuffle(&mut facts.acls);
        chance.shuffle(&mut facts.groups);
        chance.shuffle(&mut facts.endpoints);
        chance.shuffle(&mut facts.interfaces);
        chance.shuffle(&mut facts.subnets);
        chance.shuffle(&mut facts.nats);
        chance.shuffle(&mut other.place.groups);
        let mut observations = other.facts.observations();
        chance.shuffle(&mut observations);
        let one = world.facts.walk(&world.place, world.host);
        assert_eq!(told(&walked(&observations, &other.place, other.host)), told(&one), "seed {seed}");
    }
}

#[test]
fn what_is_wider_or_beside_breaks_nothing() {
    let mut open = 0;
    for (seed, world) in worlds() {
        if world.facts.walk(&world.place, world.host).passes != Passes::Yes {
            continue;
        }
        open += 1;
        let still = |what: &str, change: &dyn Fn(&mut Facts)| {
            let mut facts = world.facts.clone();
            change(&mut facts);
            let walked = facts.walk(&world.place, world.host);
            assert_eq!(walked.passes, Passes::Yes, "seed {seed}: {what}\n{walked:#?}");
        };
        still("wider rules of groups", &|facts| {
            for group in &mut facts.groups {
                group.ingress.push(to_cidr("0.0.0.0/0"));
                group.egress.push(to_cidr("0.0.0.0/0"));
            }
        });
        still("an ACL that begins with all", &|facts| {
            let all = [false, true].map(|egress| entry(0, egress, true, "0.0.0.0/0", None));
            facts.acls.iter_mut().for_each(|acl| acl.entries.extend(all.clone()));
        });
        still("a table of nobody's", &|facts| {
            let mut table = facts.tables[0].clone();
            (table.id, table.main, table.subnets) = ("rtb-9".into(), false, Vec::new());
            table.routes.push(route("0.0.0.0/1", "eni-9"));
            facts.tables.push(table);
        });
        still("a group of nobody's", &|facts| {
            let mut group = facts.groups[0].clone();
            (group.id, group.ingress, group.egress) = ("sg-9".into(), Vec::new(), Vec::new());
            facts.groups.push(group);
        });
        still("a further subnet of the endpoints", &|facts| {
            let mut subnet = facts.subnets[0].clone();
            (subnet.id, subnet.cidr) = ("subnet-9".into(), Some("10.0.9.0/24".into()));
            facts.subnets.push(subnet);
            let mut acl = facts.acls[0].clone();
            (acl.id, acl.subnets) = ("acl-9".into(), strings(&["subnet-9"]));
            facts.acls.push(acl);
            for nth in 0..facts.endpoints.len() {
                let endpoint = &mut facts.endpoints[nth];
                if endpoint.subnets.is_empty() {
                    continue;
                }
                let interface = format!("eni-{}-9", endpoint.id);
                let mut added = endpoint.clone();
                (added.subnets, added.interfaces) = (strings(&["subnet-9"]), vec![interface.clone()]);
                endpoint.subnets.push("subnet-9".into());
                endpoint.interfaces.push(interface);
                let made = interfaces(facts, &added, u32::try_from(nth).expect("few"));
                facts.interfaces.extend(made);
            }
        });
    }
    assert!(open > 30, "{open}");
}

#[test]
fn an_association_by_name_and_the_main_table_agree() {
    for (seed, world) in worlds() {
        let mut named = world.clone();
        let all: Vec<String> = named.facts.subnets.iter().map(|subnet| subnet.id.clone()).collect();
        let taken: Vec<String> = named.facts.tables.iter().flat_map(|table| table.subnets.clone()).collect();
        let main = named.facts.tables.iter_mut().find(|table| table.main).expect("there is one");
        main.subnets.extend(all.into_iter().filter(|subnet| !taken.contains(subnet)));
        let (one, other) = (world.facts.walk(&world.place, world.host), named.facts.walk(&world.place, world.host));
        assert_eq!(told(&one), told(&other), "seed {seed}");
    }
}

/// Takes one thing away from a healthy network: its id, and the network without it.
fn removals(facts: &Facts) -> Vec<(String, Facts)> {
    let mut all = Vec::new();
    let mut add = |id: &str, change: &dyn Fn(&mut Facts)| {
        let mut less = facts.clone();
        change(&mut less);
        all.push((id.to_owned(), less));
    };
    for (nth, group) in facts.groups.iter().enumerate() {
        for rule in 0..group.ingress.len() {
            add(&group.id, &|facts| drop(facts.groups[nth].ingress.remove(rule)));
        }
        for rule in 0..group.egress.len() {
            add(&group.id, &|facts| drop(facts.groups[nth].egress.remove(rule)));
        }
    }
    for (nth, table) in facts.tables.iter().enumerate() {
        for at in 1..table.routes.len() {
            add(&table.id, &|facts| drop(facts.tables[nth].routes.remove(at)));
        }
    }
    for (nth, acl) in facts.acls.iter().enumerate() {
        for at in (0..acl.entries.len()).filter(|at| acl.entries[*at].allow) {
            add(&acl.id, &|facts| drop(facts.acls[nth].entries.remove(at)));
        }
    }
    for (nth, endpoint) in facts.endpoints.iter().enumerate() {
        add(&endpoint.id, &|facts| facts.endpoints[nth].state = "failed".into());
        if endpoint.private_dns {
            add(&endpoint.id, &|facts| facts.endpoints[nth].private_dns = false);
        }
    }
    all
}

#[test]
fn what_is_taken_away_is_named() {
    let (facts, task) = (private(), place("subnet-a", &["sg-task"]));
    let mut named = 0;
    for (id, less) in removals(&facts) {
        let faults: Vec<String> = [API, DKR, S3]
            .iter()
            .map(|host| less.walk(&task, host))
            .filter(|walked| walked.passes == Passes::No)
            .map(|walked| format!("{:?}", walked.stopped_by()))
            .collect();
        if id == "rtb-b" {
            assert!(faults.is_empty(), "{faults:?}");
            continue;
        }
        assert!(!faults.is_empty(), "{id} is needed");
        assert!(faults.iter().all(|fault| fault.contains(&id)), "{id} is not named: {faults:?}");
        named += 1;
    }
    assert!(named >= 10, "{named}");
}
