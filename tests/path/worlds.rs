//! Random networks, from a number: most of them nearly healthy, so that each part decides now and then.

use ecr_probe::model::facts::{
    AclEntry, EndpointKind, InternetGateway, NatGateway, NetworkAcl, Permission, Route, RouteState, RouteTable, Subnet,
    Vpc, VpcDns,
};
use ecr_probe::path::{Place, Sender};

use super::network::{
    API, DKR, Facts, REGION, S3, endpoint, entry, gateway_endpoint, interfaces, private, route, strings, to_cidr,
    to_group, to_list,
};

/// Numbers from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 33).expect("31 bits") % limit
    }

    /// Once in so many times.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            all.swap(at, self.below(at + 1));
        }
    }
}

/// A network with a place in it and a host that is asked for.
#[derive(Debug, Clone)]
pub struct World {
    pub facts: Facts,
    pub place: Place,
    pub host: &'static str,
    /// As the last words of its endpoint service.
    pub service: &'static str,
}

const SUBNETS: [&str; 4] = ["subnet-0", "subnet-1", "subnet-2", "subnet-3"];
const GROUPS: [&str; 4] = ["sg-0", "sg-1", "sg-2", "sg-3"];
const TABLES: [&str; 3] = ["rtb-0", "rtb-1", "rtb-2"];

/// Each is a union of the cells that the packets are sampled from.
const NEAR: [&str; 6] = ["10.0.0.0/16", "10.0.0.0/23", "10.0.0.0/24", "10.0.1.0/24", "10.0.0.0/25", "10.0.1.128/25"];
const FAR: [&str; 7] =
    ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "52.94.0.0/16", "52.218.0.0/17", "3.5.64.0/21", "3.5.64.0/22"];
const PORTS: [(u16, u16); 6] = [(443, 443), (1024, 65535), (32768, 60999), (32768, 45000), (45001, 65535), (0, 32767)];

pub fn world(seed: u64) -> World {
    let mut chance = Chance(seed);
    let mut facts = Facts { lists: private().lists, dhcp: private().dhcp, ..Facts::default() };
    facts.vpcs.push((
        Vpc {
            id: "vpc-1".into(),
            cidrs: strings(&["10.0.0.0/16"]),
            dhcp_options_id: "dopt-1".into(),
            ..Vpc::default()
        },
        VpcDns { support: !chance.one_in(30), hostnames: !chance.one_in(15) },
    ));
    for (nth, id) in SUBNETS.iter().enumerate() {
        facts.subnets.push(Subnet {
            id: (*id).into(),
            vpc_id: "vpc-1".into(),
            az: format!("{REGION}{}", ["a", "b"][nth % 2]),
            cidr: Some(format!("10.0.{nth}.0/24")),
            ..Subnet::default()
        });
    }
    nats_and_gateways(&mut chance, &mut facts);
    tables(&mut chance, &mut facts);
    for id in GROUPS {
        let (ingress, egress) = (rules(&mut chance, true), rules(&mut chance, false));
        let name = if chance.one_in(6) { "default" } else { id };
        facts.groups.push(ecr_probe::model::facts::SecurityGroup {
            id: id.into(),
            name: name.into(),
            vpc_id: "vpc-1".into(),
            owner: "123456789012".into(),
            ingress,
            egress,
        });
    }
    acls(&mut chance, &mut facts);
    endpoints(&mut chance, &mut facts);
    let groups = some(&mut chance, &GROUPS);
    let place =
        Place { subnet: SUBNETS[chance.below(2)].into(), groups, public_ip: chance.one_in(2), sender: Sender::Linux };
    let (host, service) = chance.of(&[(API, "ecr.api"), (DKR, "ecr.dkr"), (S3, "s3")]);
    World { facts, place, host, service }
}

/// One or two.
fn some(chance: &mut Chance, all: &[&str]) -> Vec<String> {
    let mut some = vec![chance.of(all).to_owned(), chance.of(all).to_owned()];
    some.sort();
    some.dedup();
    some
}

fn nats_and_gateways(chance: &mut Chance, facts: &mut Facts) {
    let vpcs = if chance.one_in(8) { Vec::new() } else { strings(&["vpc-1"]) };
    facts.gateways.push(InternetGateway { id: "igw-1".into(), vpcs });
    for id in ["nat-0", "nat-1"] {
        facts.nats.push(NatGateway {
            id: id.into(),
            vpc_id: "vpc-1".into(),
            subnet_id: Some(SUBNETS[if chance.one_in(5) { chance.below(2) } else { 3 }].into()),
            state: if chance.one_in(10) { "failed".into() } else { "available".into() },
            public: !chance.one_in(10),
            ..NatGateway::default()
        });
    }
}

fn tables(chance: &mut Chance, facts: &mut Facts) {
    const OUT: [&str; 6] = ["igw-1", "nat-0", "nat-1", "nat-0", "igw-1", "tgw-1"];
    for (nth, id) in TABLES.iter().enumerate() {
        let mut routes = vec![route("10.0.0.0/16", "local")];
        if !chance.one_in(4) {
            let target = if nth == 2 && !chance.one_in(6) { "igw-1" } else { chance.of(&OUT) };
            routes.push(Route { state: state(chance), ..route("0.0.0.0/0", target) });
        }
        if chance.one_in(2) {
            routes.push(route("pl-s3", "vpce-s3"));
        }
        if chance.one_in(4) {
            let destination = FAR[1 + chance.below(6)];
            let (target, propagated) = (chance.of(&OUT), chance.one_in(2));
            routes.push(Route { state: state(chance), propagated, ..route(destination, target) });
        }
        chance.shuffle(&mut routes);
        facts.tables.push(RouteTable {
            id: (*id).into(),
            vpc_id: "vpc-1".into(),
            main: nth == 0,
            subnets: if nth == 2 { strings(&["subnet-3"]) } else { Vec::new() },
            routes,
        });
    }
    for subnet in &SUBNETS[..3] {
        if chance.one_in(2) {
            let table = chance.below(2);
            facts.tables[table].subnets.push((*subnet).to_owned());
        }
    }
}

fn state(chance: &mut Chance) -> RouteState {
    if chance.one_in(10) { RouteState::Blackhole } else { RouteState::Active }
}

fn rules(chance: &mut Chance, inbound: bool) -> Vec<Permission> {
    let mut rules = Vec::new();
    for _ in 0..chance.below(4) {
        let mut rule = match chance.below(4) {
            0 => to_group(chance.of(&GROUPS)),
            1 if !inbound => to_list("pl-s3"),
            2 => to_cidr(chance.of(&NEAR)),
            _ => to_cidr(chance.of(&FAR[..5])),
        };
        if chance.one_in(3) {
            (rule.protocol, rule.ports) = ("-1".into(), None);
        } else if chance.one_in(6) {
            rule.ports = Some((80, 80));
        } else if chance.one_in(6) {
            rule.protocol = chance.of(&["udp", "6", "icmp"]).to_owned();
        }
        rules.push(rule);
    }
    if chance.one_in(2) {
        rules.push(to_cidr("0.0.0.0/0"));
    }
    rules
}

fn acls(chance: &mut Chance, facts: &mut Facts) {
    for (nth, subnet) in SUBNETS.iter().enumerate() {
        let mut entries: Vec<AclEntry> = Vec::new();
        if chance.one_in(3) {
            for number in 0..chance.below(4) {
                let cidr = if chance.one_in(2) { chance.of(&NEAR) } else { chance.of(&FAR) };
                // Ports of a rule for some addresses only would make a share that no sample shows.
                let ports = if cidr == "0.0.0.0/0" { Some(chance.of(&PORTS)) } else { None };
                let (egress, allow) = (chance.one_in(2), chance.one_in(2));
                entries.push(entry(u32::try_from(number).expect("few") * 10 + 1, egress, allow, cidr, ports));
            }
        }
        for egress in [false, true] {
            if !chance.one_in(10) {
                entries.push(entry(100, egress, true, "0.0.0.0/0", None));
            }
            entries.push(entry(32767, egress, false, "0.0.0.0/0", None));
        }
        chance.shuffle(&mut entries);
        let (id, subnets) = (format!("acl-{nth}"), strings(&[subnet]));
        facts.acls.push(NetworkAcl { id, vpc_id: "vpc-1".into(), subnets, entries });
    }
}

fn endpoints(chance: &mut Chance, facts: &mut Facts) {
    for (id, service) in [("vpce-api", "ecr.api"), ("vpce-dkr", "ecr.dkr"), ("vpce-s3i", "s3")] {
        if chance.one_in(3) {
            continue;
        }
        let mut subnets: Vec<&str> = SUBNETS.iter().copied().filter(|_| chance.one_in(2)).collect();
        if subnets.is_empty() && !chance.one_in(3) {
            subnets.push(SUBNETS[2]);
        }
        let groups = some(chance, &GROUPS);
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        let mut made = endpoint(id, service, &subnets, &groups);
        made.private_dns = !chance.one_in(5);
        made.only_inbound_resolver = service == "s3" && chance.one_in(2);
        if chance.one_in(10) {
            made.state = "pending".into();
        }
        facts.endpoints.push(made);
    }
    let mut gateway = gateway_endpoint(&[]);
    if chance.one_in(15) {
        gateway.state = "deleting".into();
    }
    facts.endpoints.push(gateway);
    for (nth, endpoint) in facts.endpoints.clone().iter().enumerate() {
        if endpoint.kind == EndpointKind::Interface {
            let made = interfaces(facts, endpoint, u32::try_from(nth).expect("few"));
            facts.interfaces.extend(made);
        }
    }
}
