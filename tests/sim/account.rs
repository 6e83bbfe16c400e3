//! The simulated account: a world's configuration as facts, and what a reader is told of it.
//!
//! Each file makes the facts of one subject of the keys that a world has, so that what the packets meet and what the
//! configuration says are one. [`UNSEEN`] are the keys that no configuration shows.

mod ids;
mod image;
mod names;
mod network;
mod permissions;
mod reader;
mod security;
mod task;
mod unseen;

use std::cell::Cell;

use ecr_probe::model::facts;

use super::World;
use super::world::AccountKeys;

pub use ids::*;
pub use unseen::UNSEEN;

/// The configuration of an account.
#[derive(Debug, Clone, Default)]
pub struct Account {
    pub keys: AccountKeys,
    pub region: String,
    pub services: Vec<facts::Service>,
    pub task_definitions: Vec<facts::TaskDefinition>,
    pub tasks: Vec<facts::StoppedTask>,
    pub container_instances: Vec<facts::ContainerInstance>,
    pub instances: Vec<facts::Instance>,
    pub instance_profiles: Vec<facts::InstanceProfile>,

    pub vpcs: Vec<facts::Vpc>,
    pub vpc_dns: facts::VpcDns,
    pub dhcp_options: Vec<facts::DhcpOptions>,
    pub subnets: Vec<facts::Subnet>,
    pub route_tables: Vec<facts::RouteTable>,
    pub nat_gateways: Vec<facts::NatGateway>,
    pub internet_gateways: Vec<facts::InternetGateway>,
    pub transit_attachments: Vec<facts::TransitAttachment>,
    pub network_acls: Vec<facts::NetworkAcl>,
    pub security_groups: Vec<facts::SecurityGroup>,
    pub prefix_lists: Vec<facts::PrefixList>,
    pub endpoints: Vec<facts::Endpoint>,
    pub interfaces: Vec<facts::Interface>,
    pub hosted_zones: Vec<facts::HostedZone>,
    pub resolver_rules: Vec<facts::ResolverRule>,
    pub firewall_rules: Vec<facts::FirewallRule>,

    pub roles: Vec<facts::IamRole>,
    /// Managed, inline and boundary, each with its role.
    pub policies: Vec<facts::Policy>,
    pub repositories: Vec<facts::Repository>,
    /// By the repository's ARN.
    pub repository_policies: Vec<(String, facts::RepositoryPolicy)>,
    /// By the repository's ARN and what stands behind it: `:v1`, `@sha256:…`.
    pub images: Vec<(String, facts::ImageFact)>,
    /// By `ACCOUNT REGION`.
    pub cache_rules: Vec<(String, facts::CacheRules)>,
    /// By `REGION NAME`.
    pub log_groups: Vec<(String, facts::LogGroup)>,
    pub secrets: Vec<facts::Secret>,
    pub parameters: Vec<(String, facts::Parameter)>,
    pub kms_keys: Vec<facts::KmsKey>,

    /// Milliseconds since the begin of the run.
    pub clock: Cell<f64>,
}

impl Account {
    /// The account in which a world's task runs.
    pub fn of(world: &World) -> Account {
        let mut account =
            Account { keys: world.account.clone(), region: world.region().to_owned(), ..Account::default() };
        network::add(&mut account, world);
        security::add(&mut account, world);
        names::add(&mut account, world);
        permissions::add(&mut account, world);
        image::add(&mut account, world);
        task::add(&mut account, world);
        account
    }
}
