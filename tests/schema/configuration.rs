//! Every fact of the account's configuration, with every field that it can have.

use std::collections::BTreeMap;

use ecr_probe::model::facts::{
    AclEntry, CacheRule, CacheRules, ContainerFact, ContainerInstance, DhcpOptions, Endpoint, Fact, FirewallRule,
    GroupReference, Hidden, HostedZone, IamRole, ImageFact, Instance, InstanceProfile, Interface, InternetGateway,
    KmsKey, Listing, LogGroup, NatGateway, NetworkAcl, Parameter, Permission, Policy, PrefixList, Repository,
    RepositoryPolicy, ResolverRule, Route, RouteTable, Secret, SecretReference, SecurityGroup, Service,
    StoppedContainer, StoppedTask, Subnet, TaskDefinition, TransitAttachment, Vpc, VpcDns, Why, ZoneRecord,
};

use super::lists;
use super::variants::{each, no_answers};

/// A text, and a list of one text.
fn text(text: &str) -> String {
    text.to_owned()
}

fn some(it: &str) -> Option<String> {
    Some(text(it))
}

fn one(it: &str) -> Vec<String> {
    vec![text(it)]
}

/// Known in each of these forms, hidden, and absent.
pub fn told<T>(known: Vec<T>) -> Vec<Fact<T>> {
    known.into_iter().map(Fact::Known).chain([hidden(Why::NotAsked), Fact::Absent]).collect()
}

/// Hidden for each reason. What hides a fact has one form, whatever the fact.
pub fn hidden_facts<T>() -> Vec<Fact<T>> {
    reasons().into_iter().map(hidden).collect()
}

fn hidden<T>(why: Why) -> Fact<T> {
    Fact::Hidden(Hidden { action: "ec2:DescribeSubnets".into(), why })
}

fn reasons() -> Vec<Why> {
    let mut all = each! { Why:
        Refused { status: 403, code: "UnauthorizedOperation".into(), message: some("You are not authorized") },
        NoAnswer { how: ecr_probe::model::outcome::NoAnswer::TimedOut },
        OfAnotherAccount { owner: "210987654321".into() },
        NotAsked,
    };
    all.extend(no_answers().into_iter().map(|how| Why::NoAnswer { how }));
    all
}

pub fn lists() -> Vec<Listing> {
    vec![Listing { ids: one("vpce-0a1") }]
}

pub fn services() -> Vec<Service> {
    vec![Service {
        name: text("files"),
        arn: text("arn:aws:ecs:eu-west-1:123456789012:service/batch/files"),
        cluster: text("arn:aws:ecs:eu-west-1:123456789012:cluster/batch"),
        launch_type: some("FARGATE"),
        capacity_providers: one("FARGATE_SPOT"),
        task_definition: text("arn:aws:ecs:eu-west-1:123456789012:task-definition/files:7"),
        subnets: one("subnet-0a1"),
        groups: one("sg-0a1"),
        assign_public_ip: true,
        platform_version: some("1.4.0"),
        desired: 2,
        running: 1,
        events: one("(service files) was unable to place a task"),
    }]
}

pub fn task_definitions() -> Vec<TaskDefinition> {
    let options = ["awslogs-group", "awslogs-region", "awslogs-create-group", "awslogs-stream-prefix", "mode"];
    let log_options: BTreeMap<_, _> = options.into_iter().map(|name| (text(name), text("files"))).collect();
    let secret = SecretReference { name: text("PASSWORD"), value_from: text("/files/password") };
    let container = ContainerFact {
        name: text("app"),
        image: text("123456789012.dkr.ecr.eu-west-1.amazonaws.com/files:v1"),
        repository_credentials: some("arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-a1b2c3"),
        secrets: vec![secret],
        environment_files: one("arn:aws:s3:::files/app.env"),
        log_driver: some("awslogs"),
        log_options,
    };
    vec![TaskDefinition {
        arn: text("arn:aws:ecs:eu-west-1:123456789012:task-definition/files:7"),
        execution_role_arn: some("arn:aws:iam::123456789012:role/execution"),
        task_role_arn: some("arn:aws:iam::123456789012:role/task"),
        network_mode: some("awsvpc"),
        cpu_architecture: some("X86_64"),
        operating_system: some("LINUX"),
        compatibilities: one("FARGATE"),
        containers: vec![container],
    }]
}

pub fn stopped_tasks() -> Vec<StoppedTask> {
    vec![StoppedTask {
        arn: text("arn:aws:ecs:eu-west-1:123456789012:task/batch/9f3"),
        task_definition: text("arn:aws:ecs:eu-west-1:123456789012:task-definition/files:7"),
        group: some("service:files"),
        launch_type: some("FARGATE"),
        last_status: text("STOPPED"),
        stop_code: some("TaskFailedToStart"),
        reason: some("CannotPullContainerError: i/o timeout"),
        stopped_at: some("2026-10-12T08:00:00Z"),
        containers: vec![StoppedContainer { name: text("app"), reason: some("CannotPullContainerError") }],
        subnet_id: some("subnet-0a1"),
        interface_id: some("eni-0a1"),
        container_instance: some("arn:aws:ecs:eu-west-1:123456789012:container-instance/batch/1a2"),
    }]
}

pub fn container_instances() -> Vec<ContainerInstance> {
    vec![ContainerInstance {
        arn: text("arn:aws:ecs:eu-west-1:123456789012:container-instance/batch/1a2"),
        instance_id: text("i-0a1"),
        agent_connected: true,
    }]
}

pub fn instances() -> Vec<Instance> {
    vec![Instance {
        id: text("i-0a1"),
        subnet_id: text("subnet-0a1"),
        vpc_id: text("vpc-0a1"),
        groups: one("sg-0a1"),
        public_ip: some("203.0.113.7"),
        profile_arn: some("arn:aws:iam::123456789012:instance-profile/host"),
    }]
}

pub fn subnets() -> Vec<Subnet> {
    vec![Subnet {
        id: text("subnet-0a1"),
        vpc_id: text("vpc-0a1"),
        az: text("eu-west-1a"),
        az_id: text("euw1-az1"),
        cidr: some("10.0.1.0/24"),
        ipv6_cidrs: one("2001:db8:1:1::/64"),
        owner: text("123456789012"),
        dns64: false,
    }]
}

pub fn vpcs() -> Vec<Vpc> {
    vec![Vpc {
        id: text("vpc-0a1"),
        cidrs: one("10.0.0.0/16"),
        ipv6_cidrs: one("2001:db8:1::/56"),
        dhcp_options_id: text("dopt-0a1"),
        owner: text("123456789012"),
    }]
}

pub fn vpc_dns() -> Vec<VpcDns> {
    vec![VpcDns { support: true, hostnames: false }]
}

pub fn dhcp_options() -> Vec<DhcpOptions> {
    vec![DhcpOptions { id: text("dopt-0a1"), name_servers: one("AmazonProvidedDNS") }]
}

pub fn route_tables() -> Vec<RouteTable> {
    let states = lists::route_states();
    let route = |state| Route { destination: text("pl-0a1"), target: text("vpce-0a1"), state, propagated: false };
    vec![RouteTable {
        id: text("rtb-0a1"),
        vpc_id: text("vpc-0a1"),
        main: true,
        subnets: one("subnet-0a1"),
        routes: states.into_iter().map(route).collect(),
    }]
}

pub fn network_acls() -> Vec<NetworkAcl> {
    let entry = |ports| AclEntry {
        number: 32_767,
        egress: true,
        allow: false,
        protocol: text("6"),
        cidr: text("0.0.0.0/0"),
        ports,
    };
    vec![NetworkAcl {
        id: text("acl-0a1"),
        vpc_id: text("vpc-0a1"),
        subnets: one("subnet-0a1"),
        entries: vec![entry(Some((443, 443))), entry(None)],
    }]
}

pub fn security_groups() -> Vec<SecurityGroup> {
    let reference = GroupReference { id: text("sg-0b1"), owner: some("123456789012"), peering_status: some("active") };
    let permission = |ports| Permission {
        protocol: text("tcp"),
        ports,
        cidrs: one("10.0.0.0/16"),
        prefix_lists: one("pl-0a1"),
        groups: vec![reference.clone()],
    };
    vec![SecurityGroup {
        id: text("sg-0a1"),
        name: text("default"),
        vpc_id: text("vpc-0a1"),
        owner: text("123456789012"),
        ingress: vec![permission(Some((443, 65_535)))],
        egress: vec![permission(None)],
    }]
}

pub fn endpoints() -> Vec<Endpoint> {
    let kinds = lists::endpoint_kinds();
    let endpoint = |kind| Endpoint {
        id: text("vpce-0a1"),
        vpc_id: text("vpc-0a1"),
        kind,
        service: text("com.amazonaws.eu-west-1.ecr.api"),
        service_region: some("eu-west-1"),
        state: text("available"),
        last_error: some("InternalError"),
        policy: some("{}"),
        private_dns: true,
        only_inbound_resolver: false,
        subnets: one("subnet-0a1"),
        groups: one("sg-0a1"),
        interfaces: one("eni-0a1"),
        route_tables: one("rtb-0a1"),
        owner: text("123456789012"),
        dns_names: one("vpce-0a1-x.api.ecr.eu-west-1.vpce.amazonaws.com"),
    };
    kinds.into_iter().map(endpoint).collect()
}

pub fn interfaces() -> Vec<Interface> {
    vec![Interface {
        id: text("eni-0a1"),
        vpc_id: text("vpc-0a1"),
        subnet_id: text("subnet-0a1"),
        az: text("eu-west-1a"),
        addresses: vec!["10.0.1.10".parse().unwrap(), "2001:db8:1:1::a".parse().unwrap()],
        groups: one("sg-0a1"),
        kind: text("vpc_endpoint"),
        status: text("in-use"),
        public_ip: some("203.0.113.7"),
        description: text("VPC Endpoint Interface vpce-0a1"),
    }]
}

pub fn prefix_lists() -> Vec<PrefixList> {
    vec![PrefixList { id: text("pl-0a1"), name: text("com.amazonaws.eu-west-1.s3"), cidrs: one("52.218.0.0/17") }]
}

pub fn nat_gateways() -> Vec<NatGateway> {
    vec![NatGateway {
        id: text("nat-0a1"),
        vpc_id: text("vpc-0a1"),
        subnet_id: some("subnet-0a1"),
        route_table_id: some("rtb-0a1"),
        state: text("available"),
        public: true,
        public_ips: one("203.0.113.7"),
    }]
}

pub fn internet_gateways() -> Vec<InternetGateway> {
    vec![InternetGateway { id: text("igw-0a1"), vpcs: one("vpc-0a1") }]
}

pub fn transit_attachments() -> Vec<TransitAttachment> {
    vec![TransitAttachment {
        id: text("tgw-attach-0a1"),
        transit_gateway_id: text("tgw-0a1"),
        state: text("available"),
        subnets: one("subnet-0a1"),
    }]
}

pub fn hosted_zones() -> Vec<HostedZone> {
    let record = ZoneRecord { name: text("*"), kind: text("A"), values: one("10.0.1.10") };
    vec![HostedZone {
        id: text("Z0A1"),
        name: text("amazonaws.com"),
        owner_account: some("123456789012"),
        owner_service: some("vpce.amazonaws.com"),
        records: Some(vec![record]),
    }]
}

pub fn resolver_rules() -> Vec<ResolverRule> {
    vec![ResolverRule {
        id: text("rslvr-rr-0a1"),
        domain: text("amazonaws.com"),
        kind: text("FORWARD"),
        targets: one("10.0.9.9"),
    }]
}

pub fn firewall_rules() -> Vec<FirewallRule> {
    vec![FirewallRule {
        group_id: text("rslvr-frg-0a1"),
        name: text("allow-listed"),
        priority: (101, 10),
        action: text("BLOCK"),
        domains: Some(one("*.amazonaws.com")),
    }]
}

pub fn iam_roles() -> Vec<IamRole> {
    vec![IamRole {
        arn: text("arn:aws:iam::123456789012:role/execution"),
        trust: text("{}"),
        boundary_arn: some("arn:aws:iam::123456789012:policy/boundary"),
    }]
}

pub fn policies() -> Vec<Policy> {
    let kinds = lists::policy_kinds();
    let role = "arn:aws:iam::123456789012:role/execution";
    let policy = |kind| Policy { name: text("pull"), role: text(role), kind, document: text("{}") };
    kinds.into_iter().map(policy).collect()
}

pub fn instance_profiles() -> Vec<InstanceProfile> {
    vec![InstanceProfile {
        arn: text("arn:aws:iam::123456789012:instance-profile/host"),
        roles: one("arn:aws:iam::123456789012:role/host"),
    }]
}

pub fn repositories() -> Vec<Repository> {
    let arn = "arn:aws:ecr:eu-west-1:123456789012:repository/files";
    vec![Repository { arn: text(arn), kms_key: some("arn:aws:kms:eu-west-1:123456789012:key/1a2") }]
}

pub fn repository_policies() -> Vec<RepositoryPolicy> {
    vec![RepositoryPolicy { document: some("{}") }]
}

pub fn images() -> Vec<ImageFact> {
    let statuses = lists::image_statuses();
    let image = |status| ImageFact {
        digest: format!("sha256:{}", "a".repeat(64)),
        status,
        bytes: Some(10_240),
        media_type: some("application/vnd.oci.image.index.v1+json"),
        platforms: Some(one("linux/arm64/v8")),
    };
    statuses.into_iter().map(image).collect()
}

pub fn cache_rules() -> Vec<CacheRules> {
    let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ecr-pullthroughcache/hub-a1b2c3";
    let rule = CacheRule { prefix: text("hub"), upstream: text("registry-1.docker.io"), credential_arn: some(secret) };
    vec![CacheRules { rules: vec![rule] }]
}

pub fn log_groups() -> Vec<LogGroup> {
    vec![LogGroup { name: text("/ecs/files") }]
}

pub fn secrets() -> Vec<Secret> {
    vec![Secret {
        arn: text("arn:aws:secretsmanager:eu-west-1:123456789012:secret:files-a1b2c3"),
        kms_key: some("alias/files"),
        deleted: false,
    }]
}

pub fn parameters() -> Vec<Parameter> {
    vec![Parameter { name: text("/files/password"), kind: text("SecureString"), kms_key: some("alias/aws/ssm") }]
}

pub fn kms_keys() -> Vec<KmsKey> {
    vec![KmsKey {
        arn: text("arn:aws:kms:eu-west-1:123456789012:key/1a2"),
        state: text("Enabled"),
        aws_managed: false,
        policy: some("{}"),
    }]
}
