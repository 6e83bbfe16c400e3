//! Repairs as calls of the AWS CLI.

use serde_json::json;

use super::call::{Peer, Repair};
use super::names::{TargetKind, is_ipv6, repository_of, role_name};
use super::policy;
use crate::aws::Statement;
use crate::model::{Command, Word};

/// The call; `None` where there is none for what the repair names.
pub(super) fn command(repair: &Repair, region: &str) -> Option<Command> {
    let ec2 = |call: &'static str| Command::of("aws ec2").words(call).region(region);
    let endpoint = |id: &String| ec2("modify-vpc-endpoint").option("--vpc-endpoint-id", text(id));
    let iam =
        |call: &'static str, role: &str| Command::of("aws iam").words(call).option("--role-name", role_name(role));
    Some(match repair {
        Repair::AuthorizeIngress { group, from, port } => {
            rule(ec2("authorize-security-group-ingress"), group, from, *port)
        }
        Repair::AuthorizeEgress { group, to, port } => rule(ec2("authorize-security-group-egress"), group, to, *port),
        Repair::EnablePrivateDns { endpoint: id } => endpoint(id).words("--private-dns-enabled"),
        Repair::EnableDnsSupport { vpc } => {
            ec2("modify-vpc-attribute").option("--vpc-id", text(vpc)).option("--enable-dns-support", VALUE_TRUE)
        }
        Repair::EnableDnsHostnames { vpc } => {
            ec2("modify-vpc-attribute").option("--vpc-id", text(vpc)).option("--enable-dns-hostnames", VALUE_TRUE)
        }
        Repair::AddRouteTables { endpoint: id, tables } => endpoint(id).options("--add-route-table-ids", all(tables)),
        Repair::CreateGatewayEndpoint { vpc, service, tables } => ec2("create-vpc-endpoint")
            .option("--vpc-id", text(vpc))
            .words("--vpc-endpoint-type Gateway")
            .option("--service-name", text(service))
            .options("--route-table-ids", all(tables)),
        Repair::CreateInterfaceEndpoint { vpc, service, subnets, groups } => ec2("create-vpc-endpoint")
            .option("--vpc-id", text(vpc))
            .words("--vpc-endpoint-type Interface")
            .option("--service-name", text(service))
            .options("--subnet-ids", all(subnets))
            .options("--security-group-ids", all(groups))
            .words("--private-dns-enabled"),
        Repair::AddEndpointSubnets { endpoint: id, subnets } => endpoint(id).options("--add-subnet-ids", all(subnets)),
        Repair::ChangeEndpointGroups { endpoint: id, add, remove } => {
            let some = |command: Command, name: &'static str, ids: &[String]| {
                if ids.is_empty() { command } else { command.options(name, all(ids)) }
            };
            some(some(endpoint(id), "--add-security-group-ids", add), "--remove-security-group-ids", remove)
        }
        Repair::CreateRoute { table, destination, target } => route(ec2("create-route"), table, destination, target)?,
        Repair::ReplaceRoute { table, destination, target } => route(ec2("replace-route"), table, destination, target)?,
        Repair::DeleteRoute { table, destination } => to(ec2("delete-route"), table, destination),
        Repair::AllowAcl { acl, number, egress, ports: (first, last), cidr } => {
            entry(ec2("create-network-acl-entry"), acl, *number, *egress)
                .words("--protocol tcp")
                .option("--port-range", format!("From={first},To={last}"))
                .words("--rule-action allow")
                .option(if is_ipv6(cidr) { "--ipv6-cidr-block" } else { "--cidr-block" }, text(cidr))
        }
        Repair::DeleteAclEntry { acl, number, egress } => entry(ec2("delete-network-acl-entry"), acl, *number, *egress),
        Repair::PutRolePolicy { role, name, statements } => iam("put-role-policy", role)
            .option("--policy-name", text(name))
            .option("--policy-document", Word::json(&policy::policy_of(statements), &[])),
        Repair::AttachRolePolicy { role, arn } => iam("attach-role-policy", role).option("--policy-arn", text(arn)),
        Repair::AddTrustStatement { role, statement } => added(
            iam("get-role", role).query("Role.AssumeRolePolicyDocument").words("--output json"),
            statement,
            iam("update-assume-role-policy", role),
            "--policy-document",
        ),
        Repair::AddRepositoryStatement { repository, statement } => {
            let (arn, name) = repository_of(repository)?;
            let of_repository = |call: &'static str| {
                let call = Command::of("aws ecr").words(call).region(arn.region);
                call.option("--registry-id", arn.account).option("--repository-name", name)
            };
            let get = of_repository("get-repository-policy").query("policyText").text();
            added(get, statement, of_repository("set-repository-policy"), "--policy-text")
        }
        Repair::AddEndpointStatement { endpoint: id, statement } => {
            let get = ec2("describe-vpc-endpoints").option("--vpc-endpoint-ids", text(id));
            added(get.query("VpcEndpoints[0].PolicyDocument").text(), statement, endpoint(id), "--policy-document")
        }
        Repair::PutTrustPolicy { role, document } => {
            iam("update-assume-role-policy", role).option("--policy-document", Word::json(document, &[]))
        }
        Repair::PutRepositoryPolicy { repository, document } => {
            let (arn, name) = repository_of(repository)?;
            Command::of("aws ecr set-repository-policy")
                .region(arn.region)
                .option("--registry-id", arn.account)
                .option("--repository-name", name)
                .option("--policy-text", Word::json(document, &[]))
        }
        Repair::PutEndpointPolicy { endpoint: id, document } => {
            endpoint(id).option("--policy-document", Word::json(document, &[]))
        }
        Repair::CreateLogGroup { region, name } => {
            Command::of("aws logs create-log-group").region(region).option("--log-group-name", text(name))
        }
        Repair::AssignPublicIp { cluster, service, subnets, groups } => {
            let network = json!({ "awsvpcConfiguration": {
                "subnets": subnets, "securityGroups": groups, "assignPublicIp": "ENABLED",
            }});
            Command::of("aws ecs update-service")
                .region(region)
                .option("--cluster", text(cluster))
                .option("--service", text(service))
                .option("--network-configuration", Word::json(&network, &[]))
        }
    })
}

/// What `get` prints, with one statement more, is what `put` sets. A `Statement` may be one object; without a policy to
/// add to, jq prints nothing and the call is refused.
fn added(get: Command, statement: &Statement, put: Command, option: &'static str) -> Command {
    let jq = Command::of("jq -c")
        .option("--argjson", "added")
        .operand(Word::json(statement, &[]))
        .word(".Statement |= ((if type == \"array\" then . else [.] end) + [$added])");
    get.pipe(jq).pipe(put.option(option, Word::file("/dev/stdin")))
}

const VALUE_TRUE: &str = r#"{"Value":true}"#;

fn text(id: &str) -> Word {
    Word::from(id)
}

fn all(ids: &[String]) -> Vec<Word> {
    ids.iter().map(|id| text(id)).collect()
}

/// A rule of a security group: with short options where the CLI has them.
fn rule(call: Command, group: &str, peer: &Peer, port: u16) -> Command {
    let call = call.option("--group-id", text(group));
    let short = |call: Command| call.words("--protocol tcp").option("--port", port.to_string());
    let range = match peer {
        Peer::Group(id) => return short(call).option("--source-group", text(id)),
        Peer::Cidr(cidr) if !is_ipv6(cidr) => return short(call).option("--cidr", text(cidr)),
        Peer::Cidr(cidr) => ("Ipv6Ranges", json!([{ "CidrIpv6": cidr }])),
        Peer::PrefixList(id) => ("PrefixListIds", json!([{ "PrefixListId": id }])),
    };
    let permission = json!([{ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, range.0: range.1 }]);
    call.option("--ip-permissions", Word::json(&permission, &[]))
}

fn to(call: Command, table: &str, destination: &str) -> Command {
    let option = match destination {
        list if list.starts_with("pl-") => "--destination-prefix-list-id",
        cidr if is_ipv6(cidr) => "--destination-ipv6-cidr-block",
        _ => "--destination-cidr-block",
    };
    call.option("--route-table-id", text(table)).option(option, text(destination))
}

fn route(call: Command, table: &str, destination: &str, target: &str) -> Option<Command> {
    let option = match TargetKind::of(target)? {
        TargetKind::Gateway => "--gateway-id",
        TargetKind::NatGateway => "--nat-gateway-id",
        TargetKind::TransitGateway => "--transit-gateway-id",
        TargetKind::Peering => "--vpc-peering-connection-id",
        TargetKind::Interface => "--network-interface-id",
        TargetKind::Endpoint => "--vpc-endpoint-id",
        TargetKind::EgressOnlyGateway => "--egress-only-internet-gateway-id",
        TargetKind::LocalGateway => "--local-gateway-id",
        TargetKind::CarrierGateway => "--carrier-gateway-id",
        TargetKind::Instance => "--instance-id",
        TargetKind::CoreNetwork => "--core-network-arn",
    };
    Some(to(call, table, destination).option(option, text(target)))
}

fn entry(call: Command, acl: &str, number: u32, egress: bool) -> Command {
    call.option("--network-acl-id", text(acl)).option("--rule-number", number.to_string()).words(if egress {
        "--egress"
    } else {
        "--ingress"
    })
}
