//! Repairs for Terraform's AWS provider, version 5 and later.

use serde_json::Value;

use super::call::{Peer, Repair};
use super::names::{TargetKind, is_ipv6, repository_of, role_name};
use super::policy;
use crate::model::{Declaration, Language, Resource, Setting};

/// The resources; `None` where there are none for what the repair names.
pub(super) fn declaration(repair: &Repair) -> Option<Declaration> {
    resources(repair).map(|resources| Declaration::of(Language::Terraform, resources))
}

fn resources(repair: &Repair) -> Option<Vec<Resource>> {
    let one = match repair {
        Repair::AuthorizeIngress { group, from, port } => {
            rule(Resource::of("aws_vpc_security_group_ingress_rule", "pull", group), group, from, *port)
        }
        Repair::AuthorizeEgress { group, to, port } => {
            rule(Resource::of("aws_vpc_security_group_egress_rule", "pull", group), group, to, *port)
        }
        Repair::EnablePrivateDns { endpoint } => {
            part("aws_vpc_endpoint", "endpoint", endpoint).set("private_dns_enabled", true)
        }
        Repair::EnableDnsSupport { vpc } => part("aws_vpc", "vpc", vpc).set("enable_dns_support", true),
        Repair::EnableDnsHostnames { vpc } => part("aws_vpc", "vpc", vpc).set("enable_dns_hostnames", true),
        Repair::AddRouteTables { endpoint, tables } => {
            let association = |table: &String| {
                Resource::of("aws_vpc_endpoint_route_table_association", "pull", table)
                    .set("vpc_endpoint_id", endpoint)
                    .set("route_table_id", table)
            };
            return Some(tables.iter().map(association).collect());
        }
        Repair::CreateGatewayEndpoint { vpc, service, tables } => Resource::of("aws_vpc_endpoint", "gateway", service)
            .set("vpc_id", vpc)
            .set("vpc_endpoint_type", "Gateway")
            .set("service_name", service)
            .set("route_table_ids", tables.as_slice()),
        Repair::CreateInterfaceEndpoint { vpc, service, subnets, groups } => {
            Resource::of("aws_vpc_endpoint", "interface", service)
                .set("vpc_id", vpc)
                .set("vpc_endpoint_type", "Interface")
                .set("service_name", service)
                .set("subnet_ids", subnets.as_slice())
                .set("security_group_ids", groups.as_slice())
                .set("private_dns_enabled", true)
        }
        Repair::AddEndpointSubnets { endpoint, subnets } => {
            let association = |subnet: &String| {
                Resource::of("aws_vpc_endpoint_subnet_association", "pull", &format!("{endpoint} {subnet}"))
                    .set("vpc_endpoint_id", endpoint)
                    .set("subnet_id", subnet)
            };
            return Some(subnets.iter().map(association).collect());
        }
        Repair::ChangeEndpointGroups { endpoint, add, remove } => {
            let resource = Resource::of("aws_vpc_endpoint", "endpoint", endpoint).note_of(
                "In the resource that declares",
                endpoint,
                ", add these to the security groups that stay.",
            );
            let resource =
                remove.iter().fold(resource, |resource, group| resource.note_of("Take out of them:", group, ""));
            resource.set("security_group_ids", add.as_slice())
        }
        Repair::CreateRoute { table, destination, target } => route(table, destination, target, false)?,
        Repair::ReplaceRoute { table, destination, target } => route(table, destination, target, true)?,
        Repair::DeleteRoute { .. } | Repair::DeleteAclEntry { .. } => return None,
        Repair::AllowAcl { acl, number, egress, ports: (first, last), cidr } => {
            let direction = if *egress { "out" } else { "in" };
            Resource::of("aws_network_acl_rule", "pull", &format!("{acl} {direction} {number}"))
                .set("network_acl_id", acl)
                .set("rule_number", *number)
                .set("egress", *egress)
                .set("protocol", "tcp")
                .set("rule_action", "allow")
                .set(if is_ipv6(cidr) { "ipv6_cidr_block" } else { "cidr_block" }, cidr)
                .set("from_port", *first)
                .set("to_port", *last)
        }
        Repair::PutRolePolicy { role, name, statements } => Resource::of("aws_iam_role_policy", "policy", name)
            .set("name", name)
            .set("role", role_name(role))
            .set("policy", policy::value_of(statements)?),
        Repair::AttachRolePolicy { role, arn } => {
            Resource::of("aws_iam_role_policy_attachment", "role", role_name(role))
                .set("role", role_name(role))
                .set("policy_arn", arn)
        }
        Repair::AddTrustStatement { role, statement } => more("aws_iam_role", "role", role_name(role))
            .set("assume_role_policy", policy::value_of(std::slice::from_ref(statement))?),
        Repair::AddRepositoryStatement { repository, statement } => {
            let (_, name) = repository_of(repository)?;
            more("aws_ecr_repository_policy", "repository", name)
                .set("repository", name)
                .set("policy", policy::value_of(std::slice::from_ref(statement))?)
        }
        Repair::AddEndpointStatement { endpoint, statement } => more("aws_vpc_endpoint_policy", "policy", endpoint)
            .set("vpc_endpoint_id", endpoint)
            .set("policy", policy::value_of(std::slice::from_ref(statement))?),
        Repair::PutTrustPolicy { role, document } => {
            part("aws_iam_role", "role", role_name(role)).set("assume_role_policy", document.clone())
        }
        Repair::PutRepositoryPolicy { repository, document } => {
            let (_, name) = repository_of(repository)?;
            Resource::of("aws_ecr_repository_policy", "repository", name)
                .note_of("With a provider for the Region and account of", repository, "")
                .set("repository", name)
                .set("policy", document.clone())
        }
        Repair::PutEndpointPolicy { endpoint, document } => endpoint_policy(endpoint, document),
        Repair::CreateLogGroup { region, name } => Resource::of("aws_cloudwatch_log_group", "logs", name)
            .note_of("With a provider for the Region", region, "")
            .set("name", name),
        Repair::AssignPublicIp { service, subnets, groups, .. } => {
            let network = vec![
                ("subnets", Setting::from(subnets.as_slice())),
                ("security_groups", Setting::from(groups.as_slice())),
                ("assign_public_ip", Setting::Flag(true)),
            ];
            part("aws_ecs_service", "service", service).set("network_configuration", Setting::Block(network))
        }
    };
    Some(vec![one])
}

/// A resource that exists, with one argument of it.
fn part(kind: &'static str, name: &'static str, id: &str) -> Resource {
    let after = ", set this argument and leave the others as they are.";
    Resource::of(kind, name, id).note_of("In the resource that declares", id, after)
}

/// What has a policy that exists, with a statement that it lacks.
fn more(kind: &'static str, name: &'static str, id: &str) -> Resource {
    let after = ", add this statement and leave the others as they are.";
    Resource::of(kind, name, id).note_of("In the resource that declares the policy of", id, after)
}

fn endpoint_policy(endpoint: &str, document: &Value) -> Resource {
    Resource::of("aws_vpc_endpoint_policy", "policy", endpoint)
        .note("If the policy stands in an aws_vpc_endpoint, change it there.")
        .set("vpc_endpoint_id", endpoint)
        .set("policy", document.clone())
}

fn rule(resource: Resource, group: &str, peer: &Peer, port: u16) -> Resource {
    let (argument, value) = match peer {
        Peer::Group(id) => ("referenced_security_group_id", id),
        Peer::Cidr(cidr) if is_ipv6(cidr) => ("cidr_ipv6", cidr),
        Peer::Cidr(cidr) => ("cidr_ipv4", cidr),
        Peer::PrefixList(id) => ("prefix_list_id", id),
    };
    resource
        .set("security_group_id", group)
        .set(argument, value)
        .set("ip_protocol", "tcp")
        .set("from_port", port)
        .set("to_port", port)
}

fn route(table: &str, destination: &str, target: &str, exists: bool) -> Option<Resource> {
    let to = match destination {
        list if list.starts_with("pl-") => "destination_prefix_list_id",
        cidr if is_ipv6(cidr) => "destination_ipv6_cidr_block",
        _ => "destination_cidr_block",
    };
    let through = match TargetKind::of(target)? {
        TargetKind::Gateway => "gateway_id",
        TargetKind::NatGateway => "nat_gateway_id",
        TargetKind::TransitGateway => "transit_gateway_id",
        TargetKind::Peering => "vpc_peering_connection_id",
        TargetKind::Interface => "network_interface_id",
        TargetKind::Endpoint => "vpc_endpoint_id",
        TargetKind::EgressOnlyGateway => "egress_only_gateway_id",
        TargetKind::LocalGateway => "local_gateway_id",
        TargetKind::CarrierGateway => "carrier_gateway_id",
        TargetKind::CoreNetwork => "core_network_arn",
        // The provider has no argument for it since version 5.
        TargetKind::Instance => return None,
    };
    let resource = Resource::of("aws_route", "pull", table);
    let resource = if exists { resource.note("In place of the route that exists.") } else { resource };
    Some(resource.set("route_table_id", table).set(to, destination).set(through, target))
}
