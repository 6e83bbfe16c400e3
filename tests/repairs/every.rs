//! A repair of every kind.

use ecr_probe::aws::{Arn, Statement};
use ecr_probe::repair::{Peer, Repair, add_statement, layer_statement};
use serde_json::{Value, json};

/// The ids that repairs name.
pub struct Ids {
    pub group: String,
    pub peer: String,
    pub list: String,
    pub endpoint: String,
    pub vpc: String,
    pub table: String,
    pub subnets: Vec<String>,
    pub acl: String,
    pub role: String,
    pub name: String,
    pub repository: String,
    pub cluster: String,
    pub cidr: String,
    /// In the documents.
    pub text: String,
}

impl Ids {
    pub fn plain() -> Self {
        Ids {
            group: "sg-0f11e0000000000a1".to_owned(),
            peer: "sg-0e0d00000000000a1".to_owned(),
            list: "pl-6da54004".to_owned(),
            endpoint: "vpce-0e0d00000000000a1".to_owned(),
            vpc: "vpc-0f11e0000000000a1".to_owned(),
            table: "rtb-0f11e0000000000a1".to_owned(),
            subnets: vec!["subnet-0f11e0000000000a1".to_owned(), "subnet-0f11e0000000000b2".to_owned()],
            acl: "acl-0f11e0000000000a1".to_owned(),
            role: "arn:aws:iam::123456789012:role/batch/fileWriterExecutionRole".to_owned(),
            name: "/ecs/scheduled-file-writer".to_owned(),
            repository: "team/scheduled-file-writer".to_owned(),
            cluster: "batch".to_owned(),
            cidr: "10.0.0.0/16".to_owned(),
            text: "arn:aws:iam::123456789012:root".to_owned(),
        }
    }

    pub fn all(text: &str) -> Self {
        let text = || text.to_owned();
        Ids {
            group: text(),
            peer: text(),
            list: text(),
            endpoint: text(),
            vpc: text(),
            table: text(),
            subnets: vec![text(), text()],
            acl: text(),
            role: text(),
            name: text(),
            repository: text(),
            cluster: text(),
            // A colon would make it one of IPv6.
            cidr: text().replace(':', ";"),
            text: text(),
        }
    }
}

/// A policy with whatever text in it, to which a statement is added.
fn policy(text: &str, statement: &Statement) -> Value {
    let before = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow",
        "Principal": { "AWS": text },
        "Action": ["ecr:*"],
        "Resource": "*",
        "Condition": { "StringLike": { "aws:PrincipalTag/team": ["${aws:PrincipalTag/team}", text] } },
    }});
    add_statement(&before.to_string(), statement).expect("it is a policy")
}

/// One of each kind, with its name.
pub fn every(ids: &Ids) -> Vec<(&'static str, Repair)> {
    let Ids { group, peer, list, endpoint, vpc, table, subnets, acl, role, name, repository, cluster, cidr, text } =
        ids;
    let service = |label: &str| format!("com.amazonaws.eu-west-1.{label}");
    let groups = || vec![group.clone(), peer.clone()];
    let layers = layer_statement("eu-west-1").expect("the bucket is known");
    let peers = [
        ("group", Peer::Group(peer.clone())),
        ("cidr", Peer::Cidr(cidr.clone())),
        ("list", Peer::PrefixList(list.clone())),
    ];
    let mut every = vec![
        ("enable-private-dns", Repair::EnablePrivateDns { endpoint: endpoint.clone() }),
        ("enable-dns-support", Repair::EnableDnsSupport { vpc: vpc.clone() }),
        ("enable-dns-hostnames", Repair::EnableDnsHostnames { vpc: vpc.clone() }),
        ("add-route-tables", Repair::AddRouteTables { endpoint: endpoint.clone(), tables: vec![table.clone()] }),
        (
            "create-gateway-endpoint",
            Repair::CreateGatewayEndpoint { vpc: vpc.clone(), service: service("s3"), tables: vec![table.clone()] },
        ),
        (
            "create-interface-endpoint",
            Repair::CreateInterfaceEndpoint {
                vpc: vpc.clone(),
                service: service("ecr.api"),
                subnets: subnets.clone(),
                groups: groups(),
            },
        ),
        (
            "add-endpoint-subnets",
            Repair::AddEndpointSubnets { endpoint: endpoint.clone(), subnets: vec![subnets[0].clone()] },
        ),
        (
            "change-endpoint-groups",
            Repair::ChangeEndpointGroups {
                endpoint: endpoint.clone(),
                add: vec![peer.clone()],
                remove: vec![group.clone()],
            },
        ),
        ("delete-route", Repair::DeleteRoute { table: table.clone(), destination: cidr.clone() }),
        (
            "allow-acl",
            Repair::AllowAcl { acl: acl.clone(), number: 90, egress: true, ports: (443, 443), cidr: cidr.clone() },
        ),
        (
            "allow-acl-v6",
            Repair::AllowAcl {
                acl: acl.clone(),
                number: 91,
                egress: false,
                ports: (1024, 65535),
                cidr: if *cidr == Ids::plain().cidr { "::/0".to_owned() } else { format!("::{cidr}") },
            },
        ),
        ("delete-acl-entry", Repair::DeleteAclEntry { acl: acl.clone(), number: 90, egress: false }),
        (
            "put-role-policy",
            Repair::PutRolePolicy {
                role: role.clone(),
                name: "pull".to_owned(),
                statements: vec![Statement::allow(&["ecr:BatchGetImage"]).on(text.clone())],
            },
        ),
        (
            "attach-role-policy",
            Repair::AttachRolePolicy {
                role: role.clone(),
                arn: format!("arn:aws:iam::aws:policy/{}", if role.contains(':') { "ReadOnlyAccess" } else { role }),
            },
        ),
        (
            "put-trust-policy",
            Repair::PutTrustPolicy {
                role: role.clone(),
                document: json!({ "Version": "2012-10-17", "Statement": [
                    { "Effect": "Allow", "Principal": { "AWS": text }, "Action": "sts:AssumeRole" },
                ]}),
            },
        ),
        (
            "add-trust-statement",
            Repair::AddTrustStatement {
                role: role.clone(),
                statement: Statement::allow(&["sts:AssumeRole"]).to(text.clone()),
            },
        ),
        (
            "add-repository-statement",
            Repair::AddRepositoryStatement {
                repository: Arn::repository("us-east-1", "210987654321", repository),
                statement: Statement::allow(&["ecr:BatchGetImage"]).to(text.clone()),
            },
        ),
        (
            "add-endpoint-statement",
            Repair::AddEndpointStatement { endpoint: endpoint.clone(), statement: layers.clone() },
        ),
        (
            "put-repository-policy",
            Repair::PutRepositoryPolicy {
                repository: Arn::repository("us-east-1", "210987654321", repository),
                document: policy(text, &Statement::allow(&["ecr:BatchGetImage"]).to(text.clone())),
            },
        ),
        (
            "put-endpoint-policy",
            Repair::PutEndpointPolicy { endpoint: endpoint.clone(), document: policy(text, &layers) },
        ),
        ("create-log-group", Repair::CreateLogGroup { region: "eu-west-1".to_owned(), name: name.clone() }),
        (
            "assign-public-ip",
            Repair::AssignPublicIp {
                cluster: cluster.clone(),
                service: cluster.clone(),
                subnets: subnets.clone(),
                groups: groups(),
            },
        ),
    ];
    for (_, peer) in peers {
        every.push((
            "authorize-ingress",
            Repair::AuthorizeIngress { group: group.clone(), from: peer.clone(), port: 443 },
        ));
        every.push(("authorize-egress", Repair::AuthorizeEgress { group: group.clone(), to: peer, port: 443 }));
    }
    let v6 = Peer::Cidr("2a05:d018:1::/56".to_owned());
    every.push(("authorize-egress", Repair::AuthorizeEgress { group: group.clone(), to: v6, port: 443 }));
    for target in ["igw-1", "nat-1", "tgw-1", "pcx-1", "eni-1", "vpce-1", "lgw-1", "cagw-1", "arn:aws:x"] {
        let destination = "0.0.0.0/0".to_owned();
        every.push((
            "create-route",
            Repair::CreateRoute { table: table.clone(), destination, target: target.to_owned() },
        ));
    }
    for (destination, target) in [("::/0", "eigw-1"), ("pl-6da54004", "vpce-1"), ("0.0.0.0/0", "nat-1")] {
        let (destination, target) = (destination.to_owned(), target.to_owned());
        every.push(("replace-route", Repair::ReplaceRoute { table: table.clone(), destination, target }));
    }
    every
}
