//! A world for each code that configuration shows, and what shows it. A code's page may take its world from here.

use ecr_probe::model::facts::{Endpoint, EndpointKind, RouteState};

use super::account;
use super::sim::Account;
use super::sim::account::{
    DEFAULT_GROUP, ENDPOINT_GROUP, NAT_TABLE, OTHER_TASK_GROUP, S3_GATEWAY, S3_LIST, TASK_ACL, TASK_GROUP, TASK_TABLE,
    TRANSIT_GATEWAY, VPC,
};

type Shows = fn(&Account) -> bool;

fn endpoint<'a>(account: &'a Account, label: &str) -> Option<&'a Endpoint> {
    let is = |it: &&Endpoint| it.service.ends_with(&format!(".{label}")) && it.kind == EndpointKind::Interface;
    account.endpoints.iter().filter(|it| it.vpc_id == VPC).find(is)
}

fn s3_policy(account: &Account) -> &str {
    let gateway = account.endpoints.iter().find(|it| it.id == S3_GATEWAY);
    gateway.and_then(|it| it.policy.as_deref()).unwrap_or_default()
}

fn routes(account: &Account, table: &str, is: impl Fn(&str, &str, RouteState) -> bool) -> bool {
    let table = account.route_tables.iter().find(|it| it.id == table);
    table.is_some_and(|it| it.routes.iter().any(|it| is(&it.destination, &it.target, it.state)))
}

fn to_internet(account: &Account, table: &str) -> bool {
    routes(account, table, |to, by, state| to == "0.0.0.0/0" && by.starts_with("igw-") && state == RouteState::Active)
}

fn egress(account: &Account, is: impl Fn(&ecr_probe::model::facts::Permission) -> bool) -> bool {
    let group = account.security_groups.iter().find(|it| it.id == TASK_GROUP);
    group.is_some_and(|it| it.egress.iter().any(is))
}

fn acl(account: &Account, is: impl Fn(&ecr_probe::model::facts::AclEntry) -> bool) -> bool {
    let acl = account.network_acls.iter().find(|it| it.id == TASK_ACL);
    acl.is_some_and(|it| it.entries.iter().any(is))
}

/// The documents of the execution role's own policies.
fn identity(account: &Account) -> String {
    let role = account.task_definitions[0].execution_role_arn.clone().unwrap_or_default();
    let own = account.policies.iter().filter(|it| it.role == role);
    own.map(|it| it.document.as_str()).collect::<Vec<_>>().join("\n")
}

fn trust(account: &Account) -> &str {
    let role = account.task_definitions[0].execution_role_arn.as_deref();
    account.roles.iter().find(|it| Some(it.arn.as_str()) == role).map_or("", |it| &it.trust)
}

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c";

/// The code, its world, and what is so there and not in the healthy subnet.
const FAULTS: &[(&str, &str, Shows)] = &[
    ("DNS-02", "[vpc]\ndns_hostnames = false", |it| !it.vpc_dns.hostnames),
    ("DNS-03", "[vpc]\nprivate_dns = ['ecr.dkr']", |it| endpoint(it, "ecr.api").is_some_and(|it| !it.private_dns)),
    ("DNS-08", "[dns]\necr-dkr = ['10.0.7.20']", |it| {
        let own = it.hosted_zones.iter().filter(|it| it.owner_account.is_some()).filter_map(|it| it.records.as_ref());
        own.flatten().any(|record| record.values == ["10.0.7.20"])
    }),
    ("DNS-14", "[vpc]\nhub_network = '10.50.1'\nhub_zone_shared = false", |it| {
        let is_own = |id: &str| it.vpcs.first().is_some_and(|vpc| vpc.id == id);
        let is_api = |endpoint: &&Endpoint| endpoint.service.ends_with(".ecr.api") && is_own(&endpoint.vpc_id);
        it.endpoints.iter().filter(is_api).count() == 0 && routes(it, TASK_TABLE, |_, by, _| by == TRANSIT_GATEWAY)
    }),
    ("RTE-02", "[vpc]\ninterface_endpoints = []\ns3_gateway = false\ninternet_gateway = true", |it| {
        to_internet(it, TASK_TABLE) && !it.services[0].assign_public_ip
    }),
    ("RTE-04", "[vpc]\ns3_gateway_in_route_table = false", |it| !routes(it, TASK_TABLE, |to, _, _| to == S3_LIST)),
    ("RTE-05", "[vpc]\ns3_route_overridden = true", |it| {
        routes(it, TASK_TABLE, |to, by, _| to.ends_with("/24") && by.starts_with("eni-"))
    }),
    ("RTE-06", "[vpc]\ninterface_endpoints = []\nnat = true\nnat_blackhole = true", |it| {
        routes(it, TASK_TABLE, |_, _, state| state == RouteState::Blackhole)
    }),
    ("RTE-08", "[vpc]\nhub_network = '10.50.1'\nhub_route_back = false", |it| {
        routes(it, TASK_TABLE, |_, by, _| by == TRANSIT_GATEWAY)
    }),
    ("RTE-09", "[vpc]\nhub_network = '10.50.1'\ns3_gateway = false", |it| {
        let mut own = it.endpoints.iter().filter(|it| it.vpc_id == VPC);
        own.all(|it| it.kind == EndpointKind::Interface) && !it.transit_attachments.is_empty()
    }),
    ("RTE-17", "[vpc]\ninterface_endpoints = []\nnat = true\nnat_way_out = false", |it| {
        !it.nat_gateways.is_empty() && !to_internet(it, NAT_TABLE)
    }),
    ("SG-02", "[vpc]\nendpoint_sg = 'default'", |it| {
        endpoint(it, "ecr.api").is_some_and(|it| it.groups == [DEFAULT_GROUP])
    }),
    ("SG-03", "[vpc]\ntask_sg_allows_endpoints = false", |it| {
        egress(it, |rule| rule.prefix_lists == [S3_LIST]) && !egress(it, |rule| !rule.groups.is_empty())
    }),
    ("SG-04", "[vpc]\ntask_sg_allows_s3 = false", |it| {
        egress(it, |rule| rule.groups.iter().any(|it| it.id == ENDPOINT_GROUP))
            && !egress(it, |rule| !rule.prefix_lists.is_empty())
    }),
    ("SG-05", "[vpc]\nendpoint_sg = 'for-another-task'", |it| {
        let own = it.security_groups.iter().filter(|it| it.id == ENDPOINT_GROUP).flat_map(|it| &it.ingress);
        own.flat_map(|rule| &rule.groups).all(|it| it.id == OTHER_TASK_GROUP)
    }),
    ("SG-05", "[vpc]\nendpoint_sg = 'first-subnet'", |it| {
        let own = it.security_groups.iter().filter(|it| it.id == ENDPOINT_GROUP).flat_map(|it| &it.ingress);
        own.flat_map(|rule| &rule.cidrs).any(|cidr| cidr == "10.0.1.0/24")
    }),
    ("ACL-01", "[vpc]\ntask_subnet = '10.0.11.0/24'\nacl_allows_return = false", |it| {
        acl(it, |it| it.ports == Some((443, 443))) && !acl(it, |it| it.allow && it.ports == Some((1024, 65535)))
    }),
    ("ACL-02", "[vpc]\nacl_allows_public = false", |it| !acl(it, |it| it.egress && it.allow && it.cidr == "0.0.0.0/0")),
    ("ACL-04", "[vpc]\ntask_subnet = '10.0.11.0/24'\nacl_denies_return_first = true", |it| {
        acl(it, |it| it.number == 90 && !it.allow) && acl(it, |it| it.number == 100 && it.allow)
    }),
    ("IAM-03", "[deny]\n'ecr:GetDownloadUrlForLayer' = 'identity'", |it| {
        let identity = identity(it);
        identity.contains("ecr:BatchGetImage") && !identity.contains("ecr:GetDownloadUrlForLayer")
    }),
    ("IAM-04", "[deny]\n'ecr:BatchGetImage' = 'explicit-boundary'", |it| {
        it.roles.iter().any(|it| it.boundary_arn.is_some()) && identity(it).contains("\"Deny\"")
    }),
    (
        "IAM-05",
        "[account]\ngranted_to = 'nowhere'\ninline_policy = '{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\
         \"Action\":[\"ecr:*\",\"logs:*\"],\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:SourceVpce\":\
         \"vpce-0e0d0000000000000\"}}}}'",
        |it| identity(it).contains("aws:SourceVpce"),
    ),
    (
        "IAM-06",
        "[account]\ntrust = '{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\
         \"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}}'",
        |it| !trust(it).contains("ecs-tasks"),
    ),
    ("IAM-06", "[account]\nexecution_role_exists = false", |it| trust(it).is_empty()),
    ("IAM-07", "[account]\ngranted_to = 'task-role'", |it| identity(it).is_empty() && !it.policies.is_empty()),
    (
        "IAM-12",
        "[vpc]\nnat = true\n[image]\nreference = 'registry.example.com/team/app:v1'\n\
         [elsewhere]\nhost = 'registry.example.com'",
        |it| it.task_definitions[0].containers[0].image.starts_with("registry.example.com/"),
    ),
    (
        "VPE-03",
        "[account.endpoint_policies]\n'ecr.dkr' = '{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\
         \"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"StringNotEquals\":{\"aws:SourceVpc\":\
         \"vpc-0f11e0000000000a1\"}}}}'",
        |it| endpoint(it, "ecr.dkr").and_then(|it| it.policy.as_deref()).is_some_and(|it| !it.contains("Allow")),
    ),
    ("VPE-04", "[deny]\n's3:GetObject' = 'vpc-endpoint'", |it| s3_policy(it).contains("scheduled-files")),
    (
        "VPE-05",
        "[account.endpoint_policies]\ns3 = '{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\
         \"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":\
         {\"aws:PrincipalAccount\":\"123456789012\"}}}}'",
        |it| s3_policy(it).contains("aws:PrincipalAccount"),
    ),
    (
        "VPE-08",
        "[account.endpoint_policies]\ns3 = '{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\
         \"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\
         \"arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*\"}}'",
        |it| s3_policy(it).contains("prod-us-east-1") && it.region == "eu-west-1",
    ),
    (
        "VPE-07",
        "[vpc]\ninterface_endpoints = ['ecr.dkr']\n[account.broken_endpoints]\n'ecr.api' = 'pendingacceptance'",
        |it| endpoint(it, "ecr.api").is_some_and(|it| it.state == "pendingacceptance"),
    ),
    (
        "VPE-07",
        "[vpc]\ninterface_endpoints = ['ecr.dkr']\n[account.broken_endpoints]\n'ecr.api' = 'no-interfaces'",
        |it| endpoint(it, "ecr.api").is_some_and(|it| it.state == "available" && it.interfaces.is_empty()),
    ),
    (
        "INIT-03",
        "[account]\nsecrets = ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c']\n\
         inline_policy = '{\"Version\":\"2012-10-17\",\"Statement\":[]}'",
        |it| it.secrets.iter().any(|it| it.arn == SECRET) && !identity(it).contains("GetSecretValue"),
    ),
    (
        "INIT-04",
        "[account]\nsecrets = ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c']\n\
         missing_secrets = ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c']",
        |it| it.secrets.is_empty() && !it.task_definitions[0].containers[0].secrets.is_empty(),
    ),
    (
        "INIT-17",
        "[account]\nsecrets = ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c']\n\
         deleted_secrets = ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c']",
        |it| it.secrets.iter().any(|it| it.deleted),
    ),
    ("INIT-06", "[account]\nlog_group_exists = false", |it| it.log_groups.is_empty()),
    (
        "INIT-13",
        "[account.endpoint_policies]\nlogs = '{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\
         \"Principal\":\"*\",\"Action\":\"logs:DescribeLogGroups\",\"Resource\":\"*\"}}'",
        |it| endpoint(it, "logs").and_then(|it| it.policy.as_deref()).is_some_and(|it| !it.contains("PutLogEvents")),
    ),
];

#[test]
fn every_fault_shows_in_the_facts() {
    let healthy = account("");
    for (code, toml, shows) in FAULTS {
        assert!(shows(&account(toml)), "{code} does not show in\n{toml}");
        assert!(!shows(&healthy), "{code} shows in the healthy subnet");
    }
}
