//! One question of every kind.

use ecr_probe::model::facts::Question;

pub const ACCOUNT: &str = "123456789012";
pub const ROLE: &str = "arn:aws:iam::123456789012:role/team/exec";
pub const REPOSITORY: &str = "arn:aws:ecr:eu-west-1:123456789012:repository/team/app";

/// All of them, about things of the caller's own account.
pub fn every() -> Vec<Question> {
    let vpc = || "vpc-1".to_owned();
    let cluster = || "files".to_owned();
    let region = || "eu-west-1".to_owned();
    let role = || ROLE.to_owned();
    let repository = || REPOSITORY.to_owned();
    let two = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
    vec![
        Question::Services { cluster: cluster(), names: two("web", "worker") },
        Question::ListServices { cluster: cluster() },
        Question::TaskDefinition { name: "writer:1".to_owned() },
        Question::ListStoppedTasks { cluster: cluster(), service: "web".to_owned() },
        Question::Tasks {
            cluster: cluster(),
            tasks: two(
                "arn:aws:ecs:eu-west-1:123456789012:task/files/1",
                "arn:aws:ecs:eu-west-1:123456789012:task/files/2",
            ),
        },
        Question::ListContainerInstances { cluster: cluster() },
        Question::ContainerInstances { cluster: cluster(), instances: two("arn:1", "arn:2") },
        Question::Instances { ids: two("i-1", "i-2") },
        Question::Subnets { ids: two("subnet-1", "subnet-2") },
        Question::Vpc { id: vpc() },
        Question::VpcDns { vpc: vpc() },
        Question::DhcpOptions { id: "dopt-1".to_owned() },
        Question::RouteTables { vpc: vpc() },
        Question::NetworkAcls { vpc: vpc() },
        Question::SecurityGroups { ids: two("sg-1", "sg-2") },
        Question::Endpoints { vpc: vpc() },
        Question::EndpointsElsewhere { services: two("com.amazonaws.eu-west-1.s3", "com.amazonaws.eu-west-1.ecr.api") },
        Question::Interfaces { ids: two("eni-1", "eni-2") },
        Question::InterfacesAt { vpc: vpc(), addresses: two("10.0.0.1", "2001:db8::1") },
        Question::AwsPrefixList { name: "com.amazonaws.eu-west-1.s3".to_owned() },
        Question::PrefixList { id: "pl-1".to_owned() },
        Question::NatGateways { ids: two("nat-1", "nat-2") },
        Question::InternetGateways { vpc: vpc() },
        Question::TransitAttachments { vpc: vpc() },
        Question::HostedZones { vpc: vpc(), region: region() },
        Question::ZoneRecords { zone: "Z1".to_owned(), name: "ecr.example".to_owned() },
        Question::ResolverRules { vpc: vpc() },
        Question::FirewallRules { vpc: vpc() },
        Question::Role { arn: role() },
        Question::AttachedPolicies { role: role() },
        Question::InlinePolicies { role: role() },
        Question::ManagedPolicy { role: role(), arn: "arn:aws:iam::aws:policy/One".to_owned(), boundary: false },
        Question::InlinePolicy { role: role(), name: "in line".to_owned() },
        Question::InstanceProfile { arn: "arn:aws:iam::123456789012:instance-profile/box".to_owned() },
        Question::Repository { arn: repository() },
        Question::RepositoryPolicy { arn: repository() },
        Question::Image { repository: repository(), reference: "v1".to_owned() },
        Question::CacheRules { account: ACCOUNT.to_owned(), region: region() },
        Question::LogGroup { region: region(), name: "/ecs/writer".to_owned() },
        Question::Secret { id: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1".to_owned() },
        Question::Parameters { region: region(), ids: two("/db", "flat") },
        Question::KmsKey { id: "arn:aws:kms:eu-west-1:123456789012:key/1".to_owned() },
    ]
}
