//! What the account can be asked.

/// One question. What it comes to is one or several observations, whose subjects are said below; where nothing is told,
/// each subject that was asked for, or else the list, is [`super::Fact::Hidden`]. Each is one operation of AWS's API, with all its pages, and one IAM action.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Question {
    /// `ecs:DescribeServices`; at most ten names. Facts: `service`, by name.
    Services {
        /// Name or ARN.
        cluster: String,
        /// Names or ARNs.
        names: Vec<String>,
    },
    /// `ecs:ListServices`. Fact: `list`: `CLUSTER service`.
    ListServices {
        /// Name or ARN.
        cluster: String,
    },
    /// `ecs:DescribeTaskDefinition`. Fact: `task-definition`, by what was asked for.
    TaskDefinition {
        /// `FAMILY`, `FAMILY:REVISION` or ARN.
        name: String,
    },
    /// `ecs:ListTasks` with status STOPPED. Fact: `list`: `SERVICE stopped-task`.
    ListStoppedTasks {
        /// Name or ARN.
        cluster: String,
        /// The service's name.
        service: String,
    },
    /// The same for every service of the cluster. Fact: `list`: `CLUSTER stopped-task`.
    ListClusterStoppedTasks {
        /// Name or ARN.
        cluster: String,
    },
    /// `ecs:DescribeTasks`; at most a hundred. Facts: `stopped-task`, by ARN.
    Tasks {
        /// Name or ARN.
        cluster: String,
        /// ARNs.
        tasks: Vec<String>,
    },
    /// `ecs:ListContainerInstances`. Fact: `list`: `CLUSTER container-instance`.
    ListContainerInstances {
        /// Name or ARN.
        cluster: String,
    },
    /// `ecs:DescribeContainerInstances`; at most a hundred. Facts: `container-instance`, by ARN.
    ContainerInstances {
        /// Name or ARN.
        cluster: String,
        /// ARNs.
        instances: Vec<String>,
    },
    /// `ec2:DescribeInstances`. Facts: `instance`, by id.
    Instances {
        /// `i-…`
        ids: Vec<String>,
    },
    /// `ec2:DescribeSubnets`. Facts: `subnet`, by id.
    Subnets {
        /// `subnet-…`
        ids: Vec<String>,
    },
    /// `ec2:DescribeVpcs`. Fact: `vpc`, by id.
    Vpc {
        /// `vpc-…`
        id: String,
    },
    /// `ec2:DescribeVpcAttribute`, once an attribute. Fact: `vpc-dns`, by the VPC.
    VpcDns {
        /// `vpc-…`
        vpc: String,
    },
    /// `ec2:DescribeDhcpOptions`. Fact: `dhcp-options`, by id.
    DhcpOptions {
        /// `dopt-…`
        id: String,
    },
    /// `ec2:DescribeRouteTables`. Facts: `list`: `VPC route-table`, and each of them.
    RouteTables {
        /// `vpc-…`
        vpc: String,
    },
    /// `ec2:DescribeNetworkAcls`. Facts: `list`: `VPC network-acl`, and each of them.
    NetworkAcls {
        /// `vpc-…`
        vpc: String,
    },
    /// `ec2:DescribeSecurityGroups`. Facts: `security-group`, by id.
    SecurityGroups {
        /// `sg-…`
        ids: Vec<String>,
    },
    /// `ec2:DescribeVpcEndpoints`. Facts: `list`: `VPC endpoint`, and each of them.
    Endpoints {
        /// `vpc-…`
        vpc: String,
    },
    /// `ec2:DescribeVpcEndpoints` by service, in every VPC of the account. Facts: `list`: `other VPCs VPC endpoint`, and
    /// each of them.
    EndpointsElsewhere {
        /// `com.amazonaws.eu-west-1.ecr.api`
        services: Vec<String>,
    },
    /// `ec2:DescribeNetworkInterfaces` by id. Facts: `network-interface`, by id.
    Interfaces {
        /// `eni-…`
        ids: Vec<String>,
    },
    /// `ec2:DescribeNetworkInterfaces` by private address. Facts: `list`: `ADDRESS network-interface`, and
    /// each of them.
    InterfacesAt {
        /// `vpc-…`
        vpc: String,
        /// Private addresses.
        addresses: Vec<String>,
    },
    /// `ec2:DescribePrefixLists`: AWS's own, with their CIDRs. Facts: `list`: `NAME prefix-list`, and
    /// each of them.
    AwsPrefixList {
        /// `com.amazonaws.REGION.s3`
        name: String,
    },
    /// `ec2:GetManagedPrefixListEntries`. Fact: `prefix-list`, by id.
    PrefixList {
        /// `pl-…`
        id: String,
    },
    /// `ec2:DescribeNatGateways`. Facts: `nat-gateway`, by id.
    NatGateways {
        /// `nat-…`
        ids: Vec<String>,
    },
    /// `ec2:DescribeInternetGateways`. Facts: `list`: `VPC internet-gateway`, and each of them.
    InternetGateways {
        /// `vpc-…`
        vpc: String,
    },
    /// `ec2:DescribeTransitGatewayVpcAttachments`. Facts: `list`:
    /// `VPC transit-gateway-attachment`, and each of them.
    TransitAttachments {
        /// `vpc-…`
        vpc: String,
    },
    /// `route53:ListHostedZonesByVPC`. Facts: `list`: `VPC hosted-zone`, and each of them.
    HostedZones {
        /// `vpc-…`
        vpc: String,
        /// Of the VPC.
        region: String,
    },
    /// `route53:ListResourceRecordSets`. Fact: `hosted-zone`, by its id, with records.
    ZoneRecords {
        /// `Z…`
        zone: String,
        /// Its name, without the last dot.
        name: String,
    },
    /// `route53resolver:ListResolverRuleAssociations` and `ListResolverRules`. Facts: `list`:
    /// `VPC resolver-rule`, and each of them.
    ResolverRules {
        /// `vpc-…`
        vpc: String,
    },
    /// `route53resolver:ListFirewallRuleGroupAssociations`, `ListFirewallRules`, `ListFirewallDomains`. Facts: `list`:
    /// `VPC dns-firewall-rule`, and each of them.
    FirewallRules {
        /// `vpc-…`
        vpc: String,
    },
    /// `iam:GetRole`. Fact: `role`, by ARN.
    Role {
        /// Its ARN.
        arn: String,
    },
    /// `iam:ListAttachedRolePolicies`. Fact: `list`: `ROLE policy`.
    AttachedPolicies {
        /// The role's ARN.
        role: String,
    },
    /// `iam:ListRolePolicies`. Fact: `list`: `ROLE inline policy`.
    InlinePolicies {
        /// The role's ARN.
        role: String,
    },
    /// `iam:GetPolicy` and `iam:GetPolicyVersion`. Fact: `policy`, by the role's ARN, a blank and the policy's.
    ManagedPolicy {
        /// The role's ARN.
        role: String,
        /// The policy's ARN.
        arn: String,
        /// Whether it is the role's boundary.
        boundary: bool,
    },
    /// `iam:GetRolePolicy`. Fact: `policy`, by the role's ARN, a blank and the policy's name.
    InlinePolicy {
        /// The role's ARN.
        role: String,
        /// The policy's name.
        name: String,
    },
    /// `iam:GetInstanceProfile`. Fact: `instance-profile`, by ARN.
    InstanceProfile {
        /// Its ARN.
        arn: String,
    },
    /// `ecr:DescribeRepositories`. Fact: `repository`, by ARN.
    Repository {
        /// The repository's ARN.
        arn: String,
    },
    /// `ecr:GetRepositoryPolicy`. Fact: `repository-policy`, by the repository's ARN.
    RepositoryPolicy {
        /// The repository's ARN.
        arn: String,
    },
    /// `ecr:DescribeImages`, and `ecr:BatchGetImage` for the platforms. Fact: `image`, by the repository's ARN, then
    /// `:TAG` or `@DIGEST`.
    Image {
        /// The repository's ARN.
        repository: String,
        /// A tag, or a digest.
        reference: String,
    },
    /// `ecr:DescribePullThroughCacheRules`. Fact: `pull-through-cache-rules`, by `ACCOUNT REGION`.
    CacheRules {
        /// The registry's account.
        account: String,
        /// Its Region.
        region: String,
    },
    /// `logs:DescribeLogGroups`. Fact: `log-group`, by `REGION NAME`.
    LogGroup {
        /// Its Region.
        region: String,
        /// Its name.
        name: String,
    },
    /// `secretsmanager:DescribeSecret`. Fact: `secret`, by what was asked for.
    Secret {
        /// ARN without JSON key, version stage and version.
        id: String,
    },
    /// `ssm:DescribeParameters`. Facts: `parameter`, by what was asked for.
    Parameters {
        /// Where they all are.
        region: String,
        /// ARNs, or names of the own account, each with its leading slash where it has one.
        ids: Vec<String>,
    },
    /// `kms:DescribeKey`, and `kms:GetKeyPolicy` where a customer manages it. Fact: `kms-key`, by what was asked for.
    KmsKey {
        /// An id, an ARN, or an alias.
        id: String,
    },
}

impl Question {
    /// Whose endpoints [`Question::EndpointsElsewhere`] lists: those of no one VPC.
    pub const ELSEWHERE: &'static str = "other VPCs";

    /// The IAM actions that it needs, such as `ec2:DescribeSubnets`; the first is the one that a refusal names.
    pub fn actions(&self) -> &'static [&'static str] {
        match self {
            Question::Services { .. } => &["ecs:DescribeServices"],
            Question::ListServices { .. } => &["ecs:ListServices"],
            Question::TaskDefinition { .. } => &["ecs:DescribeTaskDefinition"],
            Question::ListStoppedTasks { .. } | Question::ListClusterStoppedTasks { .. } => &["ecs:ListTasks"],
            Question::Tasks { .. } => &["ecs:DescribeTasks"],
            Question::ListContainerInstances { .. } => &["ecs:ListContainerInstances"],
            Question::ContainerInstances { .. } => &["ecs:DescribeContainerInstances"],
            Question::Instances { .. } => &["ec2:DescribeInstances"],
            Question::Subnets { .. } => &["ec2:DescribeSubnets"],
            Question::Vpc { .. } => &["ec2:DescribeVpcs"],
            Question::VpcDns { .. } => &["ec2:DescribeVpcAttribute"],
            Question::DhcpOptions { .. } => &["ec2:DescribeDhcpOptions"],
            Question::RouteTables { .. } => &["ec2:DescribeRouteTables"],
            Question::NetworkAcls { .. } => &["ec2:DescribeNetworkAcls"],
            Question::SecurityGroups { .. } => &["ec2:DescribeSecurityGroups"],
            Question::Endpoints { .. } | Question::EndpointsElsewhere { .. } => &["ec2:DescribeVpcEndpoints"],
            Question::Interfaces { .. } | Question::InterfacesAt { .. } => &["ec2:DescribeNetworkInterfaces"],
            Question::AwsPrefixList { .. } => &["ec2:DescribePrefixLists"],
            Question::PrefixList { .. } => &["ec2:GetManagedPrefixListEntries"],
            Question::NatGateways { .. } => &["ec2:DescribeNatGateways"],
            Question::InternetGateways { .. } => &["ec2:DescribeInternetGateways"],
            Question::TransitAttachments { .. } => &["ec2:DescribeTransitGatewayVpcAttachments"],
            Question::HostedZones { .. } => &["route53:ListHostedZonesByVPC"],
            Question::ZoneRecords { .. } => &["route53:ListResourceRecordSets"],
            Question::ResolverRules { .. } => {
                &["route53resolver:ListResolverRuleAssociations", "route53resolver:ListResolverRules"]
            }
            Question::FirewallRules { .. } => &[
                "route53resolver:ListFirewallRuleGroupAssociations",
                "route53resolver:ListFirewallRules",
                "route53resolver:ListFirewallDomains",
            ],
            Question::Role { .. } => &["iam:GetRole"],
            Question::AttachedPolicies { .. } => &["iam:ListAttachedRolePolicies"],
            Question::InlinePolicies { .. } => &["iam:ListRolePolicies"],
            Question::ManagedPolicy { .. } => &["iam:GetPolicy", "iam:GetPolicyVersion"],
            Question::InlinePolicy { .. } => &["iam:GetRolePolicy"],
            Question::InstanceProfile { .. } => &["iam:GetInstanceProfile"],
            Question::Repository { .. } => &["ecr:DescribeRepositories"],
            Question::RepositoryPolicy { .. } => &["ecr:GetRepositoryPolicy"],
            Question::Image { .. } => &["ecr:DescribeImages", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            Question::CacheRules { .. } => &["ecr:DescribePullThroughCacheRules"],
            Question::LogGroup { .. } => &["logs:DescribeLogGroups"],
            Question::Secret { .. } => &["secretsmanager:DescribeSecret"],
            Question::Parameters { .. } => &["ssm:DescribeParameters"],
            Question::KmsKey { .. } => &["kms:DescribeKey", "kms:GetKeyPolicy"],
        }
    }

    /// How many requests it takes at the most, without further pages: what a bound of requests is reckoned by.
    pub fn calls(&self) -> u32 {
        match self {
            Question::Services { names, .. } => u32::try_from(names.len().div_ceil(10)).unwrap_or(u32::MAX),
            Question::VpcDns { .. }
            | Question::ResolverRules { .. }
            | Question::ManagedPolicy { .. }
            | Question::KmsKey { .. } => 2,
            Question::FirewallRules { .. } | Question::Image { .. } => 3,
            _ => 1,
        }
    }
}
