//! What a repair is: one call, with every id filled in.

use serde_json::Value;

use crate::aws::Statement;

/// The other side of a security group's rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// The interfaces that carry a group: `sg-…`.
    Group(String),
    /// IPv4 or IPv6 addresses.
    Cidr(String),
    /// The addresses of a prefix list: `pl-…`.
    PrefixList(String),
}

/// One call that repairs one resource. Ids are as AWS writes them; ports are TCP's.
#[derive(Debug, Clone, PartialEq)]
pub enum Repair {
    /// A security group lets in what comes from `from`.
    AuthorizeIngress {
        /// `sg-…`
        group: String,
        /// Where connections come from.
        from: Peer,
        /// Of the group's own side.
        port: u16,
    },
    /// A security group lets out what goes to `to`.
    AuthorizeEgress {
        /// `sg-…`
        group: String,
        /// Where connections go.
        to: Peer,
        /// Of the other side.
        port: u16,
    },
    /// The VPC's resolver answers a service's own names with the addresses of its interface endpoint.
    EnablePrivateDns {
        /// `vpce-…`
        endpoint: String,
    },
    /// The VPC has a resolver: `enableDnsSupport`.
    EnableDnsSupport {
        /// `vpc-…`
        vpc: String,
    },
    /// `enableDnsHostnames`, without which there is no private DNS.
    EnableDnsHostnames {
        /// `vpc-…`
        vpc: String,
    },
    /// A gateway endpoint gets a route in more route tables.
    AddRouteTables {
        /// `vpce-…` of a gateway endpoint.
        endpoint: String,
        /// `rtb-…`
        tables: Vec<String>,
    },
    /// A new gateway endpoint, with routes in these tables.
    CreateGatewayEndpoint {
        /// `vpc-…`
        vpc: String,
        /// Such as `com.amazonaws.eu-west-1.s3`.
        service: String,
        /// `rtb-…`
        tables: Vec<String>,
    },
    /// A new interface endpoint, with private DNS.
    CreateInterfaceEndpoint {
        /// `vpc-…`
        vpc: String,
        /// Such as `com.amazonaws.eu-west-1.ecr.api`.
        service: String,
        /// `subnet-…`, one a zone.
        subnets: Vec<String>,
        /// `sg-…` that let the tasks in.
        groups: Vec<String>,
    },
    /// An interface endpoint gets an interface in more subnets.
    AddEndpointSubnets {
        /// `vpce-…`
        endpoint: String,
        /// `subnet-…`, one a zone.
        subnets: Vec<String>,
    },
    /// An interface endpoint gets other security groups.
    ChangeEndpointGroups {
        /// `vpce-…`
        endpoint: String,
        /// `sg-…` to add.
        add: Vec<String>,
        /// `sg-…` to take away.
        remove: Vec<String>,
    },
    /// A new route.
    CreateRoute {
        /// `rtb-…`
        table: String,
        /// A CIDR or `pl-…`.
        destination: String,
        /// What it leads to: `igw-…`, `nat-…`, `tgw-…`, and so on.
        target: String,
    },
    /// A route leads elsewhere.
    ReplaceRoute {
        /// `rtb-…`
        table: String,
        /// A CIDR or `pl-…`, as the route has it.
        destination: String,
        /// What it leads to from now on.
        target: String,
    },
    /// A route goes away.
    DeleteRoute {
        /// `rtb-…`
        table: String,
        /// A CIDR or `pl-…`, as the route has it.
        destination: String,
    },
    /// A network ACL gets an entry that allows TCP.
    AllowAcl {
        /// `acl-…`
        acl: String,
        /// One that is free: see [`free_number`].
        number: u32,
        /// Whether it is about packets that leave the subnet.
        egress: bool,
        /// First and last port of where the packets go.
        ports: (u16, u16),
        /// IPv4 or IPv6.
        cidr: String,
    },
    /// An entry of a network ACL goes away.
    DeleteAclEntry {
        /// `acl-…`
        acl: String,
        /// The entry's.
        number: u32,
        /// Whether it is about packets that leave the subnet.
        egress: bool,
    },
    /// A role gets an inline policy.
    PutRolePolicy {
        /// Its ARN or name.
        role: String,
        /// The policy's name: a policy of that name is replaced.
        name: String,
        /// What it allows.
        statements: Vec<Statement>,
    },
    /// A managed policy is attached to a role.
    AttachRolePolicy {
        /// Its ARN or name.
        role: String,
        /// The policy's ARN.
        arn: String,
    },
    /// The trust policy of a role gets a statement beside those that it has.
    AddTrustStatement {
        /// Its ARN or name.
        role: String,
        /// Of a principal and `sts:AssumeRole`: see [`super::trust_statement`].
        statement: Statement,
    },
    /// The policy of a repository gets a statement beside those that it has.
    AddRepositoryStatement {
        /// Its ARN, which tells account and Region. It has a policy.
        repository: String,
        /// Of a principal and actions, without a resource.
        statement: Statement,
    },
    /// The policy of a VPC endpoint gets a statement beside those that it has.
    AddEndpointStatement {
        /// `vpce-…`. It has a policy.
        endpoint: String,
        /// Such as [`super::layer_statement`].
        statement: Statement,
    },
    /// A role trusts whom the document says.
    PutTrustPolicy {
        /// Its ARN or name.
        role: String,
        /// The whole policy, and no excerpt: what it lacks is taken away.
        document: Value,
    },
    /// A repository gets a policy in place of the one that it has.
    PutRepositoryPolicy {
        /// Its ARN, which tells account and Region.
        repository: String,
        /// The whole policy, and no excerpt: what it lacks is taken away.
        document: Value,
    },
    /// A VPC endpoint gets a policy in place of the one that it has.
    PutEndpointPolicy {
        /// `vpce-…`
        endpoint: String,
        /// The whole policy, and no excerpt: what it lacks is taken away.
        document: Value,
    },
    /// A new log group.
    CreateLogGroup {
        /// Where the log driver looks for it.
        region: String,
        /// Its name.
        name: String,
    },
    /// The tasks of a service on Fargate get a public IPv4 address.
    AssignPublicIp {
        /// Name or ARN.
        cluster: String,
        /// The service's name.
        service: String,
        /// Its subnets, as they are.
        subnets: Vec<String>,
        /// Its security groups, as they are.
        groups: Vec<String>,
    },
}

impl Repair {
    /// Whether every id is filled in, and every list that a call needs has something in it.
    pub(super) fn is_complete(&self) -> bool {
        let is_full = |lists: &[&[String]]| lists.iter().all(|list| !list.is_empty());
        let lists = match self {
            Repair::AddRouteTables { tables, .. } | Repair::CreateGatewayEndpoint { tables, .. } => is_full(&[tables]),
            Repair::CreateInterfaceEndpoint { subnets, groups, .. }
            | Repair::AssignPublicIp { subnets, groups, .. } => is_full(&[subnets, groups]),
            Repair::AddEndpointSubnets { subnets, .. } => is_full(&[subnets]),
            Repair::ChangeEndpointGroups { add, remove, .. } => !add.is_empty() || !remove.is_empty(),
            Repair::PutRolePolicy { statements, .. } => !statements.is_empty(),
            _ => true,
        };
        lists && self.ids().iter().all(|id| !id.is_empty())
    }

    /// Every id and name in it.
    fn ids(&self) -> Vec<&str> {
        let (one, more): (Vec<&String>, Vec<&[String]>) = match self {
            Repair::AuthorizeIngress { group, from: peer, .. } | Repair::AuthorizeEgress { group, to: peer, .. } => {
                let (Peer::Group(peer) | Peer::Cidr(peer) | Peer::PrefixList(peer)) = peer;
                (vec![group, peer], vec![])
            }
            Repair::EnablePrivateDns { endpoint }
            | Repair::PutEndpointPolicy { endpoint, .. }
            | Repair::AddEndpointStatement { endpoint, .. } => (vec![endpoint], vec![]),
            Repair::EnableDnsSupport { vpc } | Repair::EnableDnsHostnames { vpc } => (vec![vpc], vec![]),
            Repair::AddRouteTables { endpoint, tables } => (vec![endpoint], vec![tables]),
            Repair::CreateGatewayEndpoint { vpc, service, tables } => (vec![vpc, service], vec![tables]),
            Repair::CreateInterfaceEndpoint { vpc, service, subnets, groups } => {
                (vec![vpc, service], vec![subnets, groups])
            }
            Repair::AddEndpointSubnets { endpoint, subnets } => (vec![endpoint], vec![subnets]),
            Repair::ChangeEndpointGroups { endpoint, add, remove } => (vec![endpoint], vec![add, remove]),
            Repair::CreateRoute { table, destination, target }
            | Repair::ReplaceRoute { table, destination, target } => (vec![table, destination, target], vec![]),
            Repair::DeleteRoute { table, destination } => (vec![table, destination], vec![]),
            Repair::AllowAcl { acl, cidr, .. } => (vec![acl, cidr], vec![]),
            Repair::DeleteAclEntry { acl, .. } => (vec![acl], vec![]),
            Repair::PutRolePolicy { role, name, .. } => (vec![role, name], vec![]),
            Repair::AttachRolePolicy { role, arn } => (vec![role, arn], vec![]),
            Repair::PutTrustPolicy { role, .. } | Repair::AddTrustStatement { role, .. } => (vec![role], vec![]),
            Repair::PutRepositoryPolicy { repository, .. } | Repair::AddRepositoryStatement { repository, .. } => {
                (vec![repository], vec![])
            }
            Repair::CreateLogGroup { region, name } => (vec![region, name], vec![]),
            Repair::AssignPublicIp { cluster, service, subnets, groups } => {
                (vec![cluster, service], vec![subnets, groups])
            }
        };
        one.into_iter().chain(more.into_iter().flatten()).map(String::as_str).collect()
    }
}
