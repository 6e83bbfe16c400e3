//! The facts of the evidence, arranged: what is known of each resource of the account, by its id.

mod actions;
mod aim;
mod needed;
mod of_subnet;
mod placed;
mod questions;
mod seen;

use std::collections::HashMap;

pub use actions::{ACTIONS, policy};
pub use aim::Aim;
pub use needed::{EcrImage, LogTarget, Needed, SecretHome, parameter_name, secret_id};
pub use placed::{Site, is_of_windows, launch_type_of, platform};
pub use seen::Seen;

use crate::model::facts::{self, Fact};
use crate::model::{Act, Check, Evidence, Observation};

/// What was read of the account's configuration.
#[derive(Debug, Clone)]
pub struct Account<'e> {
    by_subject: HashMap<(Check, &'e str), &'e Observation>,
    facts: Vec<&'e Observation>,
}

/// Makes a reader for each kind of fact: by one subject, and all that are known.
macro_rules! readers {
    ($($(#[$doc:meta])* $one:ident, $all:ident => $check:ident: $fact:ty;)+) => {
        impl<'e> Account<'e> {
            $(
                $(#[$doc])*
                pub fn $one(&self, subject: &str) -> Seen<'e, $fact> {
                    let Some(observation) = self.by_subject.get(&(Check::$check, subject)) else { return Seen::NotAsked };
                    match &observation.act {
                        Act::$check(fact) => Seen::of(observation, fact),
                        _ => Seen::NotAsked,
                    }
                }

                /// All of the kind that are known, in the order in which they were read.
                pub fn $all(&self) -> impl Iterator<Item = (&'e Observation, &'e $fact)> {
                    self.facts.iter().filter_map(|observation| match &observation.act {
                        Act::$check(Fact::Known(known)) => Some((*observation, known)),
                        _ => None,
                    })
                }
            )+
        }
    };
}

readers! {
    /// A list, by what has the resources, a blank, and the name of their check.
    listing, listings => List: facts::Listing;
    /// A service, by name.
    service, services => Service: facts::Service;
    /// A task definition, by what was asked for.
    task_definition, task_definitions => TaskDefinition: facts::TaskDefinition;
    /// A task, by ARN.
    stopped_task, stopped_tasks => StoppedTask: facts::StoppedTask;
    /// A container instance, by ARN.
    container_instance, container_instances => ContainerInstance: facts::ContainerInstance;
    /// An EC2 instance, by id.
    instance, instances => Instance: facts::Instance;
    /// A subnet, by id.
    subnet, subnets => Subnet: facts::Subnet;
    /// A VPC, by id.
    vpc, vpcs => Vpc: facts::Vpc;
    /// The DNS attributes of a VPC, by its id.
    vpc_dns, vpcs_dns => VpcDns: facts::VpcDns;
    /// A set of DHCP options, by id.
    dhcp_options, all_dhcp_options => DhcpOptions: facts::DhcpOptions;
    /// A route table, by id.
    route_table, route_tables => RouteTable: facts::RouteTable;
    /// A network ACL, by id.
    network_acl, network_acls => NetworkAcl: facts::NetworkAcl;
    /// A security group, by id.
    security_group, security_groups => SecurityGroup: facts::SecurityGroup;
    /// A VPC endpoint, by id.
    endpoint, endpoints => Endpoint: facts::Endpoint;
    /// A network interface, by id.
    interface, interfaces => Interface: facts::Interface;
    /// A prefix list, by id.
    prefix_list, prefix_lists => PrefixList: facts::PrefixList;
    /// A NAT gateway, by id.
    nat_gateway, nat_gateways => NatGateway: facts::NatGateway;
    /// An internet gateway, by id.
    internet_gateway, internet_gateways => InternetGateway: facts::InternetGateway;
    /// A transit gateway's attachment, by id.
    transit_attachment, transit_attachments => TransitAttachment: facts::TransitAttachment;
    /// A private hosted zone, by id.
    hosted_zone, hosted_zones => HostedZone: facts::HostedZone;
    /// A rule of Route 53 Resolver, by id.
    resolver_rule, resolver_rules => ResolverRule: facts::ResolverRule;
    /// A rule of DNS Firewall, by id.
    firewall_rule, firewall_rules => FirewallRule: facts::FirewallRule;
    /// A role, by ARN.
    role, roles => Role: facts::IamRole;
    /// A policy, by the role's ARN, a blank, and its ARN or name.
    policy, policies => Policy: facts::Policy;
    /// An instance profile, by ARN.
    instance_profile, instance_profiles => InstanceProfile: facts::InstanceProfile;
    /// A repository, by ARN.
    repository, repositories => Repository: facts::Repository;
    /// The policy of a repository, by the repository's ARN.
    repository_policy, repository_policies => RepositoryPolicy: facts::RepositoryPolicy;
    /// An image, by the repository's ARN, then `:TAG` or `@DIGEST`.
    image, images => Image: facts::ImageFact;
    /// The pull-through cache rules of a registry, by `ACCOUNT REGION`.
    cache_rules, all_cache_rules => CacheRules: facts::CacheRules;
    /// A log group, by `REGION NAME`.
    log_group, log_groups => LogGroup: facts::LogGroup;
    /// A secret, by what was asked for.
    secret, secrets => Secret: facts::Secret;
    /// A parameter, by what was asked for: the `valueFrom` of a task definition.
    parameter, parameters => Parameter: facts::Parameter;
    /// A KMS key, by what was asked for.
    kms_key, kms_keys => KmsKey: facts::KmsKey;
}

impl<'e> Account<'e> {
    /// Arranges the facts of the evidence; `None` where no configuration was read.
    pub fn of(evidence: &'e Evidence) -> Option<Self> {
        let account = Account::arrange(evidence);
        (!account.facts.is_empty()).then_some(account)
    }

    /// Arranges the facts of the evidence, of which there may be none.
    pub fn arrange(evidence: &'e Evidence) -> Self {
        let facts: Vec<&Observation> = evidence.iter().filter(|it| it.act.check().is_configuration()).collect();
        // What is told later knows more: a zone is read again for its records.
        let by_subject = facts.iter().filter_map(|it| Some(((it.act.check(), it.subject.as_deref()?), *it))).collect();
        Account { by_subject, facts }
    }

    /// The ids of all resources of a kind that a VPC, a role or a cluster has.
    pub fn list(&self, of: Check, owner: &str) -> Seen<'e, facts::Listing> {
        self.listing(&format!("{owner} {of}"))
    }

    /// Every fact, in the order in which they were read.
    pub fn facts(&self) -> impl Iterator<Item = &'e Observation> {
        self.facts.iter().copied()
    }
}
