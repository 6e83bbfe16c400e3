//! What repairs that which stops packets: one call on one resource where there is one, every id filled in.

use super::Configuration;
use super::blame::{self, Concerned};
use super::way_out::{attached_gateway, way_out, working_nat};
use crate::aws::Service;
use crate::model::facts::EndpointKind;
use crate::model::{Command, Fix};
use crate::path::{Blocker, Direction, Far, Side};
use crate::repair::{Peer, Repair, free_number};

const HTTPS: u16 = 443;
/// The ports that replies go to: from Linux, from NAT gateways and from Windows (VPC User Guide, "Ephemeral ports").
const EPHEMERAL: (u16, u16) = (1024, 65535);
const EVERYWHERE: &str = "0.0.0.0/0";
const NAT64: &str = "64:ff9b::/96";

/// The likeliest first: what one call repairs for several route tables is one, and the others are each a call.
pub fn repairs(configuration: &Configuration<'_>, blockers: &[&Blocker], concerned: &Concerned) -> Vec<Fix> {
    let of = Repairs { configuration, concerned };
    let tables = blame::tables(blockers);
    let mut fixes: Vec<Fix> = Vec::new();
    for blocker in blockers {
        for fix in of.repairs(blocker, &tables) {
            if !fixes.contains(&fix) {
                fixes.push(fix);
            }
        }
    }
    // All calls of one purpose before the next purpose.
    let purposes: Vec<_> = fixes.iter().map(|fix| fix.does.clone()).collect();
    fixes.sort_by_key(|fix| purposes.iter().position(|does| *does == fix.does));
    fixes
}

struct Repairs<'c, 'e> {
    configuration: &'c Configuration<'e>,
    concerned: &'c Concerned,
}

impl Repairs<'_, '_> {
    fn repairs(&self, blocker: &Blocker, tables: &[String]) -> Vec<Fix> {
        match blocker {
            Blocker::DnsSupportOff { vpc } => {
                vec![self.fix("turn on DNS for the VPC", &Repair::EnableDnsSupport { vpc: vpc.clone() })]
            }
            Blocker::DnsHostnamesOff { vpc, .. } => {
                vec![self.fix("turn on DNS hostnames for the VPC", &Repair::EnableDnsHostnames { vpc: vpc.clone() })]
            }
            Blocker::PrivateDnsOff { endpoint } => {
                let repair = Repair::EnablePrivateDns { endpoint: endpoint.clone() };
                vec![
                    self.fix(
                        "turn on private DNS of the endpoint; it then takes the traffic of the whole VPC",
                        &repair,
                    ),
                ]
            }
            Blocker::OnlyInboundResolver { table, .. } => self.gateway_endpoint(table.as_slice()),
            Blocker::StaleRecord { zone, .. } => vec![
                self.records(zone),
                Fix::advice(
                    "delete the record, and turn on private DNS of the endpoint; or make it an alias of the endpoint's own DNS name, and never of addresses",
                ),
            ],
            Blocker::NoRecord { zone, host, .. } => vec![
                self.records(zone),
                Fix::advice(format!(
                    "add a record of {host} that is an alias of the endpoint's own DNS name, or delete the zone and turn on private DNS of the endpoint"
                )),
            ],
            Blocker::DnsFirewall { host, .. } => vec![Fix::advice(format!(
                "add an ALLOW rule for {host} with a lower priority, to the rule group or to one before it"
            ))],
            Blocker::EndpointNotAvailable { endpoint, .. } => vec![
                self.look_at(endpoint),
                Fix::advice(
                    "accept the endpoint where it is pending acceptance; one that failed, was rejected or expired is to be deleted and created anew",
                ),
            ],
            Blocker::EndpointWithoutInterfaces { endpoint } => {
                let repair = Repair::AddEndpointSubnets { endpoint: endpoint.clone(), subnets: self.subnets_by_zone() };
                vec![self.fix("give the endpoint a subnet in each zone of the tasks", &repair)]
            }
            Blocker::EndpointMissing { service, sibling } => self.interface_endpoint(service, Some(sibling)),
            Blocker::EndpointInOtherVpc { .. } => vec![Fix::advice(
                "share the names with this VPC: a private hosted zone for each name, associated with it, or a Route 53 Profile; and for the layers an S3 gateway endpoint in this VPC",
            )],
            Blocker::EgressLacksEndpoint { groups, endpoint_groups, .. } => {
                let to = endpoint_groups.first().map(|group| Peer::Group(group.clone()));
                self.egress(groups, to, "let the task out to the endpoint on port 443")
            }
            Blocker::EgressLacksS3 { groups, prefix_list } => {
                let to = prefix_list.clone().map_or_else(|| Peer::Cidr(EVERYWHERE.to_owned()), Peer::PrefixList);
                self.egress(groups, Some(to), "let the task out to S3 on port 443: layers come from S3's public addresses, also through a gateway endpoint")
            }
            Blocker::EgressLacksPublic { groups } => self.egress(
                groups,
                Some(Peer::Cidr(EVERYWHERE.to_owned())),
                "let the task out to public addresses on port 443",
            ),
            Blocker::IngressLacksTask { groups, task_groups, .. }
            | Blocker::IngressOfDefaultGroup { groups, task_groups, .. }
            | Blocker::IngressListsOthers { groups, task_groups, .. } => self.ingress(groups, task_groups),
            Blocker::Acl { acl, side, direction, rule, .. } => self.acl(acl, *side, *direction, *rule),
            Blocker::NoRoute { far: Far::S3, .. } => self.gateway_endpoint(tables),
            Blocker::NoRoute { table, .. } => self.way_out(table),
            Blocker::GatewayNotOnTable { endpoint, .. } => {
                let repair = Repair::AddRouteTables { endpoint: endpoint.clone(), tables: tables.to_vec() };
                vec![self.fix("put the gateway endpoint on the route table (it costs nothing)", &repair)]
            }
            Blocker::OtherRegion { .. } => vec![Fix::advice(
                "replicate the repository to the Region of the tasks and name the image of that Region, or give the subnet a way out: a NAT gateway",
            )],
            Blocker::GatewayInOtherVpc { .. } => self.gateway_endpoint(tables),
            Blocker::MoreSpecificRoute { table, destination, .. } => {
                let repair = Repair::DeleteRoute { table: table.clone(), destination: destination.clone() };
                vec![self.fix("delete the more specific route, or limit it to addresses that are not S3's", &repair)]
            }
            Blocker::Blackhole { table, destination, .. } => self.replace_route(table, destination),
            Blocker::NoPublicAddress { .. } => self.public_address(),
            Blocker::GatewayNotAttached { gateway, .. } => self.attach(gateway),
            Blocker::NatNotAvailable { .. } | Blocker::NatPrivate { .. } => self.other_gateway(blocker),
            Blocker::NatHasNoWayOut { table, subnet, .. } => self.nat_way_out(table, subnet.as_deref()),
            Blocker::NoIpv6 { .. } => {
                vec![Fix::advice(
                    "give the subnet IPv4 addresses, or DNS64 and a route of 64:ff9b::/96 to a NAT gateway",
                )]
            }
            Blocker::NoNat64Route { table } => match self.working_nat() {
                Some(nat) => vec![self.fix(
                    "route translated addresses to a NAT gateway",
                    &Repair::CreateRoute { table: table.clone(), destination: NAT64.to_owned(), target: nat },
                )],
                None => vec![Fix::advice("route 64:ff9b::/96 to a NAT gateway in a public subnet")],
            },
        }
    }

    fn fix(&self, does: &str, repair: &Repair) -> Fix {
        Fix::repair(does.to_owned(), repair, self.configuration.form, &self.configuration.aim.region)
    }

    fn command(&self, words: &'static str) -> Command {
        Command::of(words).region(&self.configuration.aim.region)
    }

    fn egress(&self, groups: &[String], to: Option<Peer>, does: &str) -> Vec<Fix> {
        let (Some(group), Some(to)) = (groups.first(), to) else { return vec![Fix::advice(does.to_owned())] };
        vec![self.fix(does, &Repair::AuthorizeEgress { group: group.clone(), to, port: HTTPS })]
    }

    /// The task's group where it has one; else its subnets' addresses.
    fn ingress(&self, groups: &[String], task_groups: &[String]) -> Vec<Fix> {
        let does = "let the task in at the endpoint on port 443";
        let Some(group) = groups.first() else { return vec![Fix::advice(does)] };
        let cidr = || {
            let subnet = self.concerned.subnets.first()?;
            self.configuration.account.subnet(subnet).known()?.cidr.clone()
        };
        match task_groups.first().map(|own| Peer::Group(own.clone())).or_else(|| cidr().map(Peer::Cidr)) {
            Some(from) => vec![self.fix(does, &Repair::AuthorizeIngress { group: group.clone(), from, port: HTTPS })],
            None => vec![Fix::advice(does)],
        }
    }

    fn acl(&self, acl: &str, side: Side, direction: Direction, rule: u32) -> Vec<Fix> {
        // At a NAT gateway requests and replies go both ways.
        let (egress, is_request) = match (side, direction) {
            (Side::Task, Direction::Outbound) => (true, true),
            (Side::Task, Direction::Inbound) => (false, false),
            (Side::Endpoint, Direction::Inbound) => (false, true),
            (Side::Endpoint, Direction::Outbound) => (true, false),
            (Side::NatGateway, _) => {
                return vec![Fix::advice(
                    "let the network ACL of the NAT gateway's subnet pass TCP 443 in from the task and out to 0.0.0.0/0, and TCP 1024-65535 in from 0.0.0.0/0 and out to the task",
                )];
            }
        };
        let does = if is_request {
            "allow HTTPS before the rule that denies it"
        } else {
            "allow the replies before the rule that denies them: a network ACL keeps no state"
        };
        let known = self.configuration.account.network_acl(acl).known();
        let number = known.and_then(|acl| free_number(acl, egress, rule));
        let (Some(number), cidr) = (number, self.acl_cidr(acl, direction)) else { return vec![Fix::advice(does)] };
        let ports = if is_request { (HTTPS, HTTPS) } else { EPHEMERAL };
        vec![self.fix(does, &Repair::AllowAcl { acl: acl.to_owned(), number, egress, ports, cidr })]
    }

    /// An endpoint is in the VPC; ACLs take no prefix list, so that S3 is everywhere (VPC User Guide, "Network ACL rules").
    /// What keeps from both is one rule: two findings must not give two rules one number.
    fn acl_cidr(&self, id: &str, towards: Direction) -> String {
        let is_public = self.configuration.walks.iter().flat_map(|walk| walk.walked.stopped_by()).any(|fault| {
            matches!(&fault.blocker, Blocker::Acl { acl, direction, far, .. }
                if acl == id && *direction == towards && *far != Far::Private)
        });
        let vpc = self.configuration.vpc().and_then(|id| self.configuration.account.vpc(id).known());
        match (is_public, vpc.and_then(|vpc| vpc.cidrs.first())) {
            (false, Some(cidr)) => cidr.clone(),
            _ => EVERYWHERE.to_owned(),
        }
    }

    fn gateway_endpoint(&self, tables: &[String]) -> Vec<Fix> {
        let does = "create an S3 gateway endpoint on the route table (it costs nothing)";
        let tables = tables.to_vec();
        match (self.configuration.vpc(), self.gateway_of_s3()) {
            (_, Some(endpoint)) => {
                let does = "put the S3 gateway endpoint on the route table (it costs nothing)";
                vec![self.fix(does, &Repair::AddRouteTables { endpoint, tables })]
            }
            (Some(vpc), None) => {
                let service = Service::S3.endpoint_service(&self.configuration.aim.region);
                vec![self.fix(does, &Repair::CreateGatewayEndpoint { vpc: vpc.to_owned(), service, tables })]
            }
            (None, None) => vec![Fix::advice(does)],
        }
    }

    fn gateway_of_s3(&self) -> Option<String> {
        let vpc = self.configuration.vpc()?;
        let service = Service::S3.endpoint_service(&self.configuration.aim.region);
        let mut gateways = self.configuration.account.endpoints().filter(|(_, it)| {
            it.kind == EndpointKind::Gateway && it.vpc_id == vpc && it.service == service && it.state == "available"
        });
        gateways.next().map(|(_, endpoint)| endpoint.id.clone())
    }

    /// An endpoint in the subnets of the tasks, with the groups of its sibling, which let the tasks in.
    fn interface_endpoint(&self, service: &str, sibling: Option<&str>) -> Vec<Fix> {
        let sibling = sibling.and_then(|id| self.configuration.account.endpoint(id).known());
        let groups =
            sibling.map_or_else(|| self.configuration.placement.security_groups.clone(), |it| it.groups.clone());
        let does = format!("create the endpoint of {service}");
        let Some(vpc) = self.configuration.vpc() else { return vec![Fix::advice(does)] };
        vec![self.fix(
            &does,
            &Repair::CreateInterfaceEndpoint {
                vpc: vpc.to_owned(),
                service: service.to_owned(),
                subnets: self.subnets_by_zone(),
                groups,
            },
        )]
    }

    /// An endpoint takes one subnet a zone.
    fn subnets_by_zone(&self) -> Vec<String> {
        let mut zones: Vec<&str> = Vec::new();
        let mut subnets = Vec::new();
        for id in &self.configuration.placement.subnets {
            let Some(subnet) = self.configuration.account.subnet(id).known() else { continue };
            if !zones.contains(&subnet.az.as_str()) {
                zones.push(&subnet.az);
                subnets.push(id.clone());
            }
        }
        subnets
    }

    /// A default route, where there is a gateway for it; else endpoints.
    fn way_out(&self, table: &str) -> Vec<Fix> {
        let has_default = self
            .configuration
            .account
            .route_table(table)
            .known()
            .is_some_and(|it| it.routes.iter().any(|route| route.destination == EVERYWHERE));
        if let Some(target) = way_out(self.configuration).filter(|_| !has_default) {
            let does = if target.starts_with("nat-") {
                "add a default route to the NAT gateway"
            } else {
                "add a default route to the internet gateway"
            };
            let (table, destination) = (table.to_owned(), EVERYWHERE.to_owned());
            return vec![self.fix(does, &Repair::CreateRoute { table, destination, target })];
        }
        let region = &self.configuration.aim.region;
        let services =
            self.concerned.roles.iter().filter_map(|role| Service::of(*role)).filter(|service| *service != Service::S3);
        let mut fixes: Vec<Fix> =
            services.flat_map(|service| self.interface_endpoint(&service.endpoint_service(region), None)).collect();
        if !fixes.is_empty() {
            fixes.push(Fix::advice("let the tasks in at the endpoints: their security group needs an inbound rule for TCP 443 from the tasks' group"));
        }
        fixes.push(Fix::advice(
            "or give the subnet a way out: a NAT gateway in a public subnet, and a default route to it",
        ));
        fixes
    }

    fn replace_route(&self, table: &str, destination: &str) -> Vec<Fix> {
        let target = if destination == EVERYWHERE && self.configuration.placement.assign_public_ip {
            self.attached_gateway().or_else(|| self.working_nat())
        } else {
            self.working_nat()
        };
        let does = "give the route a target that exists";
        match target {
            Some(target) => vec![self.fix(
                does,
                &Repair::ReplaceRoute { table: table.to_owned(), destination: destination.to_owned(), target },
            )],
            None => vec![Fix::advice("create a NAT gateway in a public subnet, and replace the route's target by it")],
        }
    }

    fn public_address(&self) -> Vec<Fix> {
        let placement = self.configuration.placement;
        let does = "give the tasks public addresses (or place them in private subnets with endpoints or a NAT gateway)";
        match (&placement.cluster, &placement.service) {
            (Some(cluster), Some(service)) => vec![self.fix(
                does,
                &Repair::AssignPublicIp {
                    cluster: cluster.clone(),
                    service: service.clone(),
                    subnets: placement.subnets.clone(),
                    groups: placement.security_groups.clone(),
                },
            )],
            _ => vec![Fix::advice(does)],
        }
    }

    fn attach(&self, gateway: &str) -> Vec<Fix> {
        let does = "attach the internet gateway to the VPC";
        let Some(vpc) = self.configuration.vpc() else { return vec![Fix::advice(does)] };
        let command = self.command("aws ec2 attach-internet-gateway");
        vec![Fix::run(does, &command.option("--internet-gateway-id", gateway).option("--vpc-id", vpc))]
    }

    /// The routes that lead to a NAT gateway which does not work lead to another.
    fn other_gateway(&self, blocker: &Blocker) -> Vec<Fix> {
        let (Blocker::NatNotAvailable { nat, .. } | Blocker::NatPrivate { nat }) = blocker else { return Vec::new() };
        let advice = "create a public NAT gateway in a public subnet, and replace the route's target by it";
        let Some(other) = self.working_nat() else { return vec![Fix::advice(advice)] };
        let mut fixes = Vec::new();
        for (_, table) in self.configuration.account.route_tables() {
            for route in table.routes.iter().filter(|route| route.target == *nat) {
                fixes.push(self.fix(
                    "route to a NAT gateway that works",
                    &Repair::ReplaceRoute {
                        table: table.id.clone(),
                        destination: route.destination.clone(),
                        target: other.clone(),
                    },
                ));
            }
        }
        if fixes.is_empty() { vec![Fix::advice(advice)] } else { fixes }
    }

    /// A table that private subnets use too must not get a route to the internet gateway.
    fn nat_way_out(&self, table: &str, subnet: Option<&str>) -> Vec<Fix> {
        let advice =
            "place the NAT gateway in a public subnet: one whose route table has 0.0.0.0/0 to an internet gateway";
        let known = self.configuration.account.route_table(table).known();
        let is_its_own = known.is_some_and(|it| {
            !it.routes.iter().any(|route| route.destination == EVERYWHERE)
                && subnet.is_none_or(|subnet| it.subnets == [subnet.to_owned()])
        });
        match self.attached_gateway().filter(|_| is_its_own) {
            Some(target) => vec![self.fix(
                "give the NAT gateway's subnet a default route to the internet gateway",
                &Repair::CreateRoute { table: table.to_owned(), destination: EVERYWHERE.to_owned(), target },
            )],
            None => vec![Fix::advice(advice)],
        }
    }

    fn working_nat(&self) -> Option<String> {
        working_nat(self.configuration)
    }

    fn attached_gateway(&self) -> Option<String> {
        attached_gateway(self.configuration)
    }

    fn look_at(&self, endpoint: &str) -> Fix {
        let command = self.command("aws ec2 describe-vpc-endpoints").option("--vpc-endpoint-ids", endpoint);
        Fix::run(
            "see what AWS says of it",
            &command.query("VpcEndpoints[].[State,LastError,FailureReason]").words("--output json"),
        )
    }

    fn records(&self, zone: &str) -> Fix {
        let command = Command::of("aws route53 list-resource-record-sets").option("--hosted-zone-id", zone);
        Fix::run("see the records of the zone", &command)
    }
}
