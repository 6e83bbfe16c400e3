//! The facts of a question that told nothing: what was asked for is hidden, each by its subject.

use super::{Fact, Hidden, Question};
use crate::model::Act;

impl Question {
    /// For each subject that an answer would have been about, that it is hidden. A list is hidden as a whole.
    pub fn unanswered(&self, hidden: &Hidden) -> Vec<(String, Act)> {
        let hidden = || hidden.clone();
        let one = |subject: &str, act: Act| vec![(subject.to_owned(), act)];
        let each = |subjects: &[String], act: fn(Hidden) -> Act| -> Vec<(String, Act)> {
            subjects.iter().map(|subject| (subject.clone(), act(hidden()))).collect()
        };
        let list = |owner: &str, of: &str| one(&format!("{owner} {of}"), Act::List(Fact::Hidden(hidden())));
        match self {
            Question::Services { names, .. } => each(names, |it| Act::Service(Fact::Hidden(it))),
            Question::ListServices { cluster } => list(cluster, "service"),
            Question::TaskDefinition { name } => one(name, Act::TaskDefinition(Fact::Hidden(hidden()))),
            Question::ListStoppedTasks { service, .. } => list(service, "stopped-task"),
            Question::ListClusterStoppedTasks { cluster } => list(cluster, "stopped-task"),
            Question::Tasks { tasks, .. } => each(tasks, |it| Act::StoppedTask(Fact::Hidden(it))),
            Question::ListContainerInstances { cluster } => list(cluster, "container-instance"),
            Question::ContainerInstances { instances, .. } => {
                each(instances, |it| Act::ContainerInstance(Fact::Hidden(it)))
            }
            Question::Instances { ids } => each(ids, |it| Act::Instance(Fact::Hidden(it))),
            Question::Subnets { ids } => each(ids, |it| Act::Subnet(Fact::Hidden(it))),
            Question::Vpc { id } => one(id, Act::Vpc(Fact::Hidden(hidden()))),
            Question::VpcDns { vpc } => one(vpc, Act::VpcDns(Fact::Hidden(hidden()))),
            Question::DhcpOptions { id } => one(id, Act::DhcpOptions(Fact::Hidden(hidden()))),
            Question::RouteTables { vpc } => list(vpc, "route-table"),
            Question::NetworkAcls { vpc } => list(vpc, "network-acl"),
            Question::SecurityGroups { ids } => each(ids, |it| Act::SecurityGroup(Fact::Hidden(it))),
            Question::Endpoints { vpc } => list(vpc, "endpoint"),
            Question::EndpointsElsewhere { .. } => list(Question::ELSEWHERE, "endpoint"),
            Question::Interfaces { ids } => each(ids, |it| Act::Interface(Fact::Hidden(it))),
            Question::InterfacesAt { addresses, .. } => {
                addresses.iter().flat_map(|address| list(address, "network-interface")).collect()
            }
            Question::AwsPrefixList { name } => list(name, "prefix-list"),
            Question::PrefixList { id } => one(id, Act::PrefixList(Fact::Hidden(hidden()))),
            Question::NatGateways { ids } => each(ids, |it| Act::NatGateway(Fact::Hidden(it))),
            Question::InternetGateways { vpc } => list(vpc, "internet-gateway"),
            Question::TransitAttachments { vpc } => list(vpc, "transit-gateway-attachment"),
            Question::HostedZones { vpc, .. } => list(vpc, "hosted-zone"),
            Question::ZoneRecords { zone, .. } => one(zone, Act::HostedZone(Fact::Hidden(hidden()))),
            Question::ResolverRules { vpc } => list(vpc, "resolver-rule"),
            Question::FirewallRules { vpc } => list(vpc, "dns-firewall-rule"),
            Question::Role { arn } => one(arn, Act::Role(Fact::Hidden(hidden()))),
            Question::AttachedPolicies { role } => list(role, "policy"),
            Question::InlinePolicies { role } => list(role, "inline policy"),
            Question::ManagedPolicy { role, arn, .. } => {
                one(&format!("{role} {arn}"), Act::Policy(Fact::Hidden(hidden())))
            }
            Question::InlinePolicy { role, name } => {
                one(&format!("{role} {name}"), Act::Policy(Fact::Hidden(hidden())))
            }
            Question::InstanceProfile { arn } => one(arn, Act::InstanceProfile(Fact::Hidden(hidden()))),
            Question::Repository { arn } => one(arn, Act::Repository(Fact::Hidden(hidden()))),
            Question::RepositoryPolicy { arn } => one(arn, Act::RepositoryPolicy(Fact::Hidden(hidden()))),
            Question::Image { repository, reference } => {
                let mark = if reference.contains(':') { '@' } else { ':' };
                one(&format!("{repository}{mark}{reference}"), Act::Image(Fact::Hidden(hidden())))
            }
            Question::CacheRules { account, region } => {
                one(&format!("{account} {region}"), Act::CacheRules(Fact::Hidden(hidden())))
            }
            Question::LogGroup { region, name } => {
                one(&format!("{region} {name}"), Act::LogGroup(Fact::Hidden(hidden())))
            }
            Question::Secret { id } => one(id, Act::Secret(Fact::Hidden(hidden()))),
            Question::Parameters { ids, .. } => each(ids, |it| Act::Parameter(Fact::Hidden(it))),
            Question::KmsKey { id } => one(id, Act::KmsKey(Fact::Hidden(hidden()))),
        }
    }
}
