use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::config::FixForm;
use crate::model::Applicability;
use crate::model::facts::{AclEntry, NetworkAcl};

const FORMS: [FixForm; 3] = [FixForm::Cli, FixForm::Terraform, FixForm::CloudFormation];

/// One repair of each kind, with `id` in the place of every id and text that comes from elsewhere.
fn every(id: &str) -> Vec<Repair> {
    let text = || id.to_owned();
    let all = || vec![id.to_owned(), "subnet-0b".to_owned()];
    let statement = || Statement::allow(&["ecr:BatchGetImage"]).on(id);
    let document = || json!({ "Statement": [{ "Sid": id, id: { "Condition": [id, 1, true, null, {}, []] } }] });
    let peers = || [Peer::Group(text()), Peer::Cidr(text()), Peer::PrefixList(text())].into_iter();
    let routes = ["igw-1", "nat-1", "tgw-1", "pcx-1", "eni-1", "vpce-1", "eigw-1", "lgw-1", "cagw-1", "arn:x"];
    let ways = || routes.iter().map(|way| format!("{way}{id}"));
    let mut every: Vec<Repair> = vec![
        Repair::EnablePrivateDns { endpoint: text() },
        Repair::EnableDnsSupport { vpc: text() },
        Repair::EnableDnsHostnames { vpc: text() },
        Repair::AddRouteTables { endpoint: text(), tables: all() },
        Repair::CreateGatewayEndpoint { vpc: text(), service: text(), tables: all() },
        Repair::CreateInterfaceEndpoint { vpc: text(), service: text(), subnets: all(), groups: all() },
        Repair::AddEndpointSubnets { endpoint: text(), subnets: all() },
        Repair::ChangeEndpointGroups { endpoint: text(), add: all(), remove: all() },
        Repair::DeleteRoute { table: text(), destination: text() },
        Repair::AllowAcl { acl: text(), number: 90, egress: true, ports: (443, 443), cidr: text() },
        Repair::AllowAcl { acl: text(), number: 90, egress: false, ports: (1024, 65535), cidr: format!("::{id}") },
        Repair::DeleteAclEntry { acl: text(), number: 90, egress: false },
        Repair::PutRolePolicy { role: text(), name: text(), statements: vec![statement(), statement()] },
        Repair::AttachRolePolicy { role: format!("arn:aws:iam::1:role/path/{id}"), arn: text() },
        Repair::PutTrustPolicy { role: text(), document: document() },
        Repair::PutRepositoryPolicy {
            repository: Arn::repository("eu-west-1", "111122223333", id),
            document: document(),
        },
        Repair::PutEndpointPolicy { endpoint: text(), document: document() },
        Repair::CreateLogGroup { region: "eu-west-1".to_owned(), name: text() },
        Repair::AssignPublicIp { cluster: text(), service: text(), subnets: all(), groups: all() },
    ];
    every.extend(peers().map(|from| Repair::AuthorizeIngress { group: text(), from, port: 443 }));
    every.extend(peers().map(|to| Repair::AuthorizeEgress { group: text(), to, port: 443 }));
    every.extend(ways().map(|target| Repair::CreateRoute { table: text(), destination: text(), target }));
    every.push(Repair::ReplaceRoute { table: text(), destination: format!("pl-{id}"), target: format!("nat-{id}") });
    every
}
use crate::aws::Arn;

#[test]
fn show() {
    for form in FORMS {
        for repair in every("sg-0a1") {
            let fix = Fix::repair("do it", &repair, form, "eu-west-1");
            println!("{}\n", fix.command().unwrap_or(&fix.does));
        }
    }
}
