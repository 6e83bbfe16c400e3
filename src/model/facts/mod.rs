//! What the account's configuration says: the answers of AWS's Describe, Get and List calls, as plain data.
//!
//! Each type holds what a pull depends on and nothing else of the resource. Ids, CIDRs and states are as AWS writes
//! them. Members and their meaning: AWS's API references of EC2, IAM, ECS, ECR, CloudWatch Logs, Secrets Manager,
//! Systems Manager, KMS and Route 53.

mod dns;
mod ecs;
mod endpoint;
mod fact;
mod iam;
mod image;
mod network;
mod question;
mod security;
mod start;
mod unanswered;

pub use dns::{DhcpOptions, FirewallRule, HostedZone, ResolverRule, VpcDns, ZoneRecord};
pub use ecs::{
    ContainerFact, ContainerInstance, Instance, SecretReference, Service, StoppedContainer, StoppedTask, TaskDefinition,
};
pub use endpoint::{Endpoint, EndpointKind, Interface};
pub use fact::{Fact, Hidden, Listing, Why};
pub use iam::{InstanceProfile, Policy, PolicyKind, Role as IamRole};
pub use image::{CacheRule, CacheRules, ImageFact, ImageStatus, Repository, RepositoryPolicy};
pub use network::{
    InternetGateway, NatGateway, PrefixList, Route, RouteState, RouteTable, Subnet, TransitAttachment, Vpc,
};
pub use question::Question;
pub use security::{AclEntry, GroupReference, NetworkAcl, Permission, SecurityGroup};
pub use start::{KmsKey, LogGroup, Parameter, Secret};
