//! Repairs as resources of a CloudFormation template.

use super::call::{Peer, Repair};
use super::names::{TargetKind, is_ipv6, repository_of, role_name};
use super::policy;
use crate::model::{Declaration, Language, Resource, Setting};

/// The number of TCP (IANA, "Protocol Numbers").
const TCP: u16 = 6;

/// The resources; `None` where there are none for what the repair names.
pub(super) fn declaration(repair: &Repair) -> Option<Declaration> {
    resource(repair).map(|resource| Declaration::of(Language::CloudFormation, [resource]))
}

fn resource(repair: &Repair) -> Option<Resource> {
    Some(match repair {
        Repair::AuthorizeIngress { group, from, port } => {
            let names = ["SourceSecurityGroupId", "SourcePrefixListId"];
            rule(Resource::of("AWS::EC2::SecurityGroupIngress", "pull", group), group, from, *port, names)
        }
        Repair::AuthorizeEgress { group, to, port } => {
            let names = ["DestinationSecurityGroupId", "DestinationPrefixListId"];
            rule(Resource::of("AWS::EC2::SecurityGroupEgress", "pull", group), group, to, *port, names)
        }
        Repair::EnablePrivateDns { endpoint } => part(ENDPOINT, "endpoint", endpoint).set("PrivateDnsEnabled", true),
        Repair::EnableDnsSupport { vpc } => part("AWS::EC2::VPC", "vpc", vpc).set("EnableDnsSupport", true),
        Repair::EnableDnsHostnames { vpc } => part("AWS::EC2::VPC", "vpc", vpc).set("EnableDnsHostnames", true),
        Repair::AddRouteTables { endpoint, tables } => more(endpoint).set("RouteTableIds", tables.as_slice()),
        Repair::CreateGatewayEndpoint { vpc, service, tables } => Resource::of(ENDPOINT, "gateway", service)
            .set("VpcId", vpc)
            .set("VpcEndpointType", "Gateway")
            .set("ServiceName", service)
            .set("RouteTableIds", tables.as_slice()),
        Repair::CreateInterfaceEndpoint { vpc, service, subnets, groups } => {
            Resource::of(ENDPOINT, "interface", service)
                .set("VpcId", vpc)
                .set("VpcEndpointType", "Interface")
                .set("ServiceName", service)
                .set("SubnetIds", subnets.as_slice())
                .set("SecurityGroupIds", groups.as_slice())
                .set("PrivateDnsEnabled", true)
        }
        Repair::AddEndpointSubnets { endpoint, subnets } => more(endpoint).set("SubnetIds", subnets.as_slice()),
        Repair::ChangeEndpointGroups { endpoint, add, remove } => remove
            .iter()
            .fold(more(endpoint), |resource, group| resource.note_of("Take out of it:", group, ""))
            .set("SecurityGroupIds", add.as_slice()),
        Repair::CreateRoute { table, destination, target } => route(table, destination, target, false)?,
        Repair::ReplaceRoute { table, destination, target } => route(table, destination, target, true)?,
        Repair::DeleteRoute { .. } | Repair::DeleteAclEntry { .. } => return None,
        Repair::AllowAcl { acl, number, egress, ports: (first, last), cidr } => {
            let direction = if *egress { "out" } else { "in" };
            let ports = vec![("From", Setting::from(*first)), ("To", Setting::from(*last))];
            Resource::of("AWS::EC2::NetworkAclEntry", "pull", &format!("{acl} {direction} {number}"))
                .set("NetworkAclId", acl)
                .set("RuleNumber", *number)
                .set("Egress", *egress)
                .set("Protocol", TCP)
                .set("RuleAction", "allow")
                .set(if is_ipv6(cidr) { "Ipv6CidrBlock" } else { "CidrBlock" }, cidr)
                .set("PortRange", Setting::Block(ports))
        }
        Repair::PutRolePolicy { role, name, statements } => Resource::of("AWS::IAM::RolePolicy", "policy", name)
            .set("RoleName", role_name(role))
            .set("PolicyName", name)
            .set("PolicyDocument", policy::value_of(statements)?),
        Repair::AttachRolePolicy { role, arn } => Resource::of("AWS::IAM::Role", "role", role_name(role))
            .note_of("In the resource that declares", role_name(role), ", add this to the list.")
            .set("ManagedPolicyArns", Setting::List(vec![arn.into()])),
        Repair::AddTrustStatement { role, statement } => statement_of("AWS::IAM::Role", "role", role_name(role))
            .set("AssumeRolePolicyDocument", policy::value_of(std::slice::from_ref(statement))?),
        Repair::AddRepositoryStatement { repository, statement } => {
            let (_, name) = repository_of(repository)?;
            statement_of("AWS::ECR::Repository", "repository", name)
                .set("RepositoryPolicyText", policy::value_of(std::slice::from_ref(statement))?)
        }
        Repair::AddEndpointStatement { endpoint, statement } => statement_of(ENDPOINT, "endpoint", endpoint)
            .set("PolicyDocument", policy::value_of(std::slice::from_ref(statement))?),
        Repair::PutTrustPolicy { role, document } => {
            part("AWS::IAM::Role", "role", role_name(role)).set("AssumeRolePolicyDocument", document.clone())
        }
        Repair::PutRepositoryPolicy { repository, document } => {
            let (_, name) = repository_of(repository)?;
            part("AWS::ECR::Repository", "repository", name).set("RepositoryPolicyText", document.clone())
        }
        Repair::PutEndpointPolicy { endpoint, document } => {
            part(ENDPOINT, "endpoint", endpoint).set("PolicyDocument", document.clone())
        }
        Repair::CreateLogGroup { region, name } => Resource::of("AWS::Logs::LogGroup", "logs", name)
            .note_of("In a stack of the Region", region, "")
            .set("LogGroupName", name),
        Repair::AssignPublicIp { service, subnets, groups, .. } => {
            let network = vec![
                ("AssignPublicIp", Setting::from("ENABLED")),
                ("Subnets", Setting::from(subnets.as_slice())),
                ("SecurityGroups", Setting::from(groups.as_slice())),
            ];
            let network = vec![("AwsvpcConfiguration", Setting::Block(network))];
            part("AWS::ECS::Service", "service", service).set("NetworkConfiguration", Setting::Block(network))
        }
    })
}

const ENDPOINT: &str = "AWS::EC2::VPCEndpoint";

/// A resource that exists, with one property of it.
fn part(kind: &'static str, name: &'static str, id: &str) -> Resource {
    let after = ", set this property and leave the others as they are.";
    Resource::of(kind, name, id).note_of("In the resource that declares", id, after)
}

/// A resource that exists, with a statement that its policy lacks.
fn statement_of(kind: &'static str, name: &'static str, id: &str) -> Resource {
    let after = ", add this statement to the policy and leave the others as they are.";
    Resource::of(kind, name, id).note_of("In the resource that declares", id, after)
}

/// An endpoint that exists, with what a list of it lacks.
fn more(endpoint: &str) -> Resource {
    let after = ", add these to the list.";
    Resource::of(ENDPOINT, "endpoint", endpoint).note_of("In the resource that declares", endpoint, after)
}

fn rule(resource: Resource, group: &str, peer: &Peer, port: u16, [by_group, by_list]: [&'static str; 2]) -> Resource {
    let (property, value) = match peer {
        Peer::Group(id) => (by_group, id),
        Peer::Cidr(cidr) if is_ipv6(cidr) => ("CidrIpv6", cidr),
        Peer::Cidr(cidr) => ("CidrIp", cidr),
        Peer::PrefixList(id) => (by_list, id),
    };
    resource
        .set("GroupId", group)
        .set("IpProtocol", "tcp")
        .set("FromPort", port)
        .set("ToPort", port)
        .set(property, value)
}

fn route(table: &str, destination: &str, target: &str, exists: bool) -> Option<Resource> {
    let to = match destination {
        list if list.starts_with("pl-") => "DestinationPrefixListId",
        cidr if is_ipv6(cidr) => "DestinationIpv6CidrBlock",
        _ => "DestinationCidrBlock",
    };
    let through = match TargetKind::of(target)? {
        TargetKind::Gateway => "GatewayId",
        TargetKind::NatGateway => "NatGatewayId",
        TargetKind::TransitGateway => "TransitGatewayId",
        TargetKind::Peering => "VpcPeeringConnectionId",
        TargetKind::Interface => "NetworkInterfaceId",
        TargetKind::Endpoint => "VpcEndpointId",
        TargetKind::EgressOnlyGateway => "EgressOnlyInternetGatewayId",
        TargetKind::LocalGateway => "LocalGatewayId",
        TargetKind::CarrierGateway => "CarrierGatewayId",
        TargetKind::Instance => "InstanceId",
        TargetKind::CoreNetwork => "CoreNetworkArn",
    };
    let resource = Resource::of("AWS::EC2::Route", "pull", table);
    let resource = if exists { resource.note("In place of the route that exists.") } else { resource };
    Some(resource.set("RouteTableId", table).set(to, destination).set(through, target))
}
