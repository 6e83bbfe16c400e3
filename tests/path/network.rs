//! A network as plain facts, and the evidence that a reader of it would have written.

use ecr_probe::account::Account;
use ecr_probe::model::facts::{
    AclEntry, DhcpOptions, Endpoint, EndpointKind, Fact, FirewallRule, GroupReference, HostedZone, Interface,
    InternetGateway, Listing, NatGateway, NetworkAcl, Permission, PrefixList, ResolverRule, Route, RouteState,
    RouteTable, SecurityGroup, Subnet, Vpc, VpcDns,
};
use ecr_probe::model::{Act, Check, Evidence, Observation};
use ecr_probe::path::{Destination, Network, Place, Sender, Walked};

pub const REGION: &str = "eu-west-1";
pub const API: &str = "api.ecr.eu-west-1.amazonaws.com";
pub const DKR: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
pub const S3: &str = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com";

/// All facts of an account's network.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub vpcs: Vec<(Vpc, VpcDns)>,
    pub subnets: Vec<Subnet>,
    pub dhcp: Vec<DhcpOptions>,
    pub tables: Vec<RouteTable>,
    pub acls: Vec<NetworkAcl>,
    pub groups: Vec<SecurityGroup>,
    pub endpoints: Vec<Endpoint>,
    pub interfaces: Vec<Interface>,
    pub lists: Vec<PrefixList>,
    pub nats: Vec<NatGateway>,
    pub gateways: Vec<InternetGateway>,
    pub zones: Vec<HostedZone>,
    pub rules: Vec<ResolverRule>,
    pub firewall: Vec<FirewallRule>,
    /// Addresses of the VPC that were looked up and belong to no interface.
    pub empty_addresses: Vec<String>,
}

impl Facts {
    pub fn observations(&self) -> Vec<Observation> {
        let mut all = Written::default();
        for (vpc, dns) in &self.vpcs {
            all.known(&vpc.id, Act::Vpc(Fact::Known(vpc.clone())));
            all.known(&vpc.id, Act::VpcDns(Fact::Known(*dns)));
            let of = |id: &String| *id == vpc.id;
            all.list(Check::RouteTable, &vpc.id, self.tables.iter().filter(|it| of(&it.vpc_id)).map(|it| &it.id));
            all.list(Check::NetworkAcl, &vpc.id, self.acls.iter().filter(|it| of(&it.vpc_id)).map(|it| &it.id));
            all.list(Check::Endpoint, &vpc.id, self.endpoints.iter().filter(|it| of(&it.vpc_id)).map(|it| &it.id));
            let gateways = self.gateways.iter().filter(|it| it.vpcs.contains(&vpc.id)).map(|it| &it.id);
            all.list(Check::InternetGateway, &vpc.id, gateways);
            all.list(Check::HostedZone, &vpc.id, self.zones.iter().map(|it| &it.id));
            all.list(Check::ResolverRule, &vpc.id, self.rules.iter().map(|it| &it.id));
            all.list(Check::FirewallRule, &vpc.id, self.firewall.iter().map(|it| &it.name));
        }
        for address in &self.empty_addresses {
            all.list(Check::Interface, address, std::iter::empty());
        }
        self.subnets.iter().for_each(|it| all.known(&it.id, Act::Subnet(Fact::Known(it.clone()))));
        self.dhcp.iter().for_each(|it| all.known(&it.id, Act::DhcpOptions(Fact::Known(it.clone()))));
        self.tables.iter().for_each(|it| all.known(&it.id, Act::RouteTable(Fact::Known(it.clone()))));
        self.acls.iter().for_each(|it| all.known(&it.id, Act::NetworkAcl(Fact::Known(it.clone()))));
        self.groups.iter().for_each(|it| all.known(&it.id, Act::SecurityGroup(Fact::Known(it.clone()))));
        self.endpoints.iter().for_each(|it| all.known(&it.id, Act::Endpoint(Fact::Known(it.clone()))));
        self.interfaces.iter().for_each(|it| all.known(&it.id, Act::Interface(Fact::Known(it.clone()))));
        self.lists.iter().for_each(|it| all.known(&it.id, Act::PrefixList(Fact::Known(it.clone()))));
        self.nats.iter().for_each(|it| all.known(&it.id, Act::NatGateway(Fact::Known(it.clone()))));
        self.gateways.iter().for_each(|it| all.known(&it.id, Act::InternetGateway(Fact::Known(it.clone()))));
        self.zones.iter().for_each(|it| all.known(&it.id, Act::HostedZone(Fact::Known(it.clone()))));
        self.rules.iter().for_each(|it| all.known(&it.id, Act::ResolverRule(Fact::Known(it.clone()))));
        self.firewall.iter().for_each(|it| all.known(&it.name, Act::FirewallRule(Fact::Known(it.clone()))));
        all.0
    }

    /// What becomes of packets from a place to a host.
    pub fn walk(&self, place: &Place, host: &str) -> Walked {
        asked(&Evidence { observations: self.observations() }, place, host).1
    }

    /// The codes of what stops them, sorted.
    pub fn codes(&self, place: &Place, host: &str) -> Vec<&'static str> {
        codes(&self.walk(place, host))
    }
}

/// Where a host leads, and what becomes of the packets.
pub fn asked(evidence: &Evidence, place: &Place, host: &str) -> (Destination, Walked) {
    let account = Account::of(evidence).expect("facts are there");
    let network = Network::of(&account);
    let destination = network.destination(place, host, 443);
    let walked = network.walk(place, &destination);
    (destination, walked)
}

pub fn codes(walked: &Walked) -> Vec<&'static str> {
    let mut codes: Vec<&str> = walked.stopped_by().iter().map(|fault| fault.blocker.code().id()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[derive(Default)]
struct Written(Vec<Observation>);

impl Written {
    fn known(&mut self, subject: &str, act: Act) {
        self.0.push(Observation {
            id: u32::try_from(self.0.len()).expect("few facts") + 1,
            target: None,
            address: None,
            subject: Some(subject.to_owned()),
            image: None,
            region: None,
            began_ms: 0.0,
            took_ms: 0.0,
            act,
        });
    }

    fn list<'i>(&mut self, of: Check, owner: &str, ids: impl Iterator<Item = &'i String>) {
        let ids = ids.cloned().collect();
        self.known(&format!("{owner} {of}"), Act::List(Fact::Known(Listing { ids })));
    }
}

pub fn place(subnet: &str, groups: &[&str]) -> Place {
    Place {
        subnet: subnet.to_owned(),
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        public_ip: false,
        sender: Sender::Linux,
    }
}

pub fn strings(all: &[&str]) -> Vec<String> {
    all.iter().map(|it| (*it).to_owned()).collect()
}

pub fn route(destination: &str, target: &str) -> Route {
    Route {
        destination: destination.to_owned(),
        target: target.to_owned(),
        state: RouteState::Active,
        propagated: false,
    }
}

/// Allows TCP on port 443.
pub fn to_cidr(cidr: &str) -> Permission {
    Permission { protocol: "tcp".into(), ports: Some((443, 443)), cidrs: strings(&[cidr]), ..Permission::default() }
}

pub fn to_group(id: &str) -> Permission {
    let groups = vec![GroupReference { id: id.into(), owner: Some("123456789012".into()), peering_status: None }];
    Permission { protocol: "tcp".into(), ports: Some((443, 443)), groups, ..Permission::default() }
}

pub fn to_list(id: &str) -> Permission {
    let prefix_lists = strings(&[id]);
    Permission { protocol: "tcp".into(), ports: Some((443, 443)), prefix_lists, ..Permission::default() }
}

pub fn entry(number: u32, egress: bool, allow: bool, cidr: &str, ports: Option<(u16, u16)>) -> AclEntry {
    let protocol = if ports.is_some() { "6" } else { "-1" };
    AclEntry { number, egress, allow, protocol: protocol.into(), cidr: cidr.into(), ports }
}

pub fn open_acl(id: &str, vpc: &str, subnets: &[&str]) -> NetworkAcl {
    let both = [false, true];
    let allow = both.map(|egress| entry(100, egress, true, "0.0.0.0/0", None));
    let deny = both.map(|egress| entry(32767, egress, false, "0.0.0.0/0", None));
    let entries = allow.into_iter().chain(deny).collect();
    NetworkAcl { id: id.into(), vpc_id: vpc.into(), subnets: strings(subnets), entries }
}

pub fn endpoint(id: &str, service: &str, subnets: &[&str], groups: &[&str]) -> Endpoint {
    Endpoint {
        id: id.into(),
        vpc_id: "vpc-1".into(),
        kind: EndpointKind::Interface,
        service: format!("com.amazonaws.{REGION}.{service}"),
        state: "available".into(),
        private_dns: true,
        subnets: strings(subnets),
        groups: strings(groups),
        interfaces: subnets.iter().map(|subnet| format!("eni-{id}-{subnet}")).collect(),
        owner: "123456789012".into(),
        dns_names: vec![format!("{id}.{service}.{REGION}.vpce.amazonaws.com")],
        ..Endpoint::default()
    }
}

pub fn gateway_endpoint(tables: &[&str]) -> Endpoint {
    Endpoint {
        kind: EndpointKind::Gateway,
        subnets: Vec::new(),
        groups: Vec::new(),
        interfaces: Vec::new(),
        private_dns: false,
        route_tables: strings(tables),
        ..endpoint("vpce-s3", "s3", &[], &[])
    }
}

/// The interfaces of an endpoint, at the tenth address of each subnet and above.
pub fn interfaces(facts: &Facts, endpoint: &Endpoint, nth: u32) -> Vec<Interface> {
    let subnet = |id: &String| facts.subnets.iter().find(|subnet| subnet.id == *id).expect("it is there");
    let made = endpoint.subnets.iter().zip(&endpoint.interfaces).map(|(id, interface)| {
        let cidr = subnet(id).cidr.clone().expect("it has IPv4");
        let net: ipnet::Ipv4Net = cidr.parse().expect("a CIDR");
        let address = std::net::Ipv4Addr::from_bits(net.network().to_bits() + 10 + nth);
        Interface {
            id: interface.clone(),
            vpc_id: endpoint.vpc_id.clone(),
            subnet_id: id.clone(),
            addresses: vec![address.into()],
            groups: endpoint.groups.clone(),
            kind: "vpc_endpoint".into(),
            status: "in-use".into(),
            ..Interface::default()
        }
    });
    made.collect()
}

/// Two private subnets, endpoints for ECR in both, S3's gateway endpoint, groups by reference: healthy.
pub fn private() -> Facts {
    let subnet = |id: &str, az: &str, cidr: &str| Subnet {
        id: id.into(),
        vpc_id: "vpc-1".into(),
        az: format!("{REGION}{az}"),
        cidr: Some(cidr.into()),
        owner: "123456789012".into(),
        ..Subnet::default()
    };
    let table = |id: &str, subnet: &str| RouteTable {
        id: id.into(),
        vpc_id: "vpc-1".into(),
        main: false,
        subnets: strings(&[subnet]),
        routes: vec![route("10.0.0.0/16", "local"), route("pl-s3", "vpce-s3")],
    };
    let group = |id: &str, ingress: Vec<Permission>, egress: Vec<Permission>| SecurityGroup {
        id: id.into(),
        name: id.into(),
        vpc_id: "vpc-1".into(),
        owner: "123456789012".into(),
        ingress,
        egress,
    };
    let mut facts = Facts {
        vpcs: vec![(
            Vpc {
                id: "vpc-1".into(),
                cidrs: strings(&["10.0.0.0/16"]),
                dhcp_options_id: "dopt-1".into(),
                owner: "123456789012".into(),
                ..Vpc::default()
            },
            VpcDns { support: true, hostnames: true },
        )],
        subnets: vec![subnet("subnet-a", "a", "10.0.1.0/24"), subnet("subnet-b", "b", "10.0.2.0/24")],
        dhcp: vec![DhcpOptions { id: "dopt-1".into(), name_servers: strings(&["AmazonProvidedDNS"]) }],
        tables: vec![table("rtb-a", "subnet-a"), table("rtb-b", "subnet-b")],
        acls: vec![open_acl("acl-1", "vpc-1", &["subnet-a", "subnet-b"])],
        groups: vec![
            group("sg-task", Vec::new(), vec![to_group("sg-endpoint"), to_list("pl-s3")]),
            group("sg-endpoint", vec![to_group("sg-task")], Vec::new()),
        ],
        endpoints: vec![
            endpoint("vpce-api", "ecr.api", &["subnet-a", "subnet-b"], &["sg-endpoint"]),
            endpoint("vpce-dkr", "ecr.dkr", &["subnet-a", "subnet-b"], &["sg-endpoint"]),
            gateway_endpoint(&["rtb-a", "rtb-b"]),
        ],
        lists: vec![PrefixList {
            id: "pl-s3".into(),
            name: format!("com.amazonaws.{REGION}.s3"),
            cidrs: strings(&["52.218.0.0/17", "3.5.64.0/21"]),
        }],
        ..Facts::default()
    };
    for nth in 0..2 {
        let made = interfaces(&facts, &facts.endpoints[nth as usize], nth);
        facts.interfaces.extend(made);
    }
    facts
}
