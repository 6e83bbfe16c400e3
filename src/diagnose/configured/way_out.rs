//! What of the VPC leads out: NAT gateways that work, and the internet gateway.

use super::configuration::Configuration;
use crate::path::Blocker;

/// What a default route of the tasks' subnets can lead to: a NAT gateway of the VPC that works, else for tasks with public
/// addresses the internet gateway.
pub fn way_out(configuration: &Configuration<'_>) -> Option<String> {
    let public = configuration.placement.assign_public_ip;
    working_nat(configuration).or_else(|| attached_gateway(configuration).filter(|_| public))
}

/// A NAT gateway of the VPC that other walks pass by, or that nothing speaks against.
pub fn working_nat(configuration: &Configuration<'_>) -> Option<String> {
    let stopped: Vec<&str> = configuration
        .walks
        .iter()
        .flat_map(|walk| walk.walked.stopped_by())
        .filter_map(|fault| match &fault.blocker {
            Blocker::NatNotAvailable { nat, .. }
            | Blocker::NatPrivate { nat }
            | Blocker::NatHasNoWayOut { nat, .. } => Some(nat.as_str()),
            _ => None,
        })
        .collect();
    let vpc = configuration.vpc()?;
    let mut gateways = configuration.account.nat_gateways().filter(|(_, it)| {
        it.vpc_id == vpc && it.state == "available" && it.public && !stopped.contains(&it.id.as_str())
    });
    gateways.next().map(|(_, gateway)| gateway.id.clone())
}

/// The internet gateway of the VPC.
pub fn attached_gateway(configuration: &Configuration<'_>) -> Option<String> {
    let vpc = configuration.vpc()?;
    let mut gateways = configuration.account.internet_gateways();
    gateways
        .find(|(_, it)| it.vpcs.iter().any(|own| own == vpc) && it.id.starts_with("igw-"))
        .map(|(_, it)| it.id.clone())
}
