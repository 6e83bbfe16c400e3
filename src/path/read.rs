//! A fact, or what stands in its way.

use super::Unseen;
use crate::account::{Account, Seen};
use crate::model::{Check, EvidenceId};

/// What a question about a resource came to, for a walk.
#[derive(Debug, Clone)]
pub(super) enum Told<'e, T> {
    /// It is there.
    There(&'e T, EvidenceId),
    /// AWS says that there is none.
    Gone(EvidenceId),
    /// Nobody can tell.
    Unseen(Unseen),
}

impl<'e, T> Told<'e, T> {
    /// What is there, or what stands in its way. A thing that AWS says is gone, though another one names it, is of
    /// another account as often (audit of shared VPCs): nothing may be concluded.
    pub fn there(self, check: Check, subject: &str) -> Result<(&'e T, EvidenceId), Unseen> {
        match self {
            Told::There(fact, id) => Ok((fact, id)),
            Told::Gone(_) => Err(not_read(check, subject)),
            Told::Unseen(unseen) => Err(unseen),
        }
    }
}

/// What is known of one resource.
pub(super) fn told<'e, T>(seen: Seen<'e, T>, check: Check, subject: &str) -> Told<'e, T> {
    match seen {
        Seen::Known(observation, fact) => Told::There(fact, observation.id),
        Seen::Absent(observation) => Told::Gone(observation.id),
        Seen::Hidden(_, hidden) => {
            Told::Unseen(Unseen::Read { check, subject: subject.to_owned(), action: hidden.action.clone() })
        }
        Seen::NotAsked => Told::Unseen(not_read(check, subject)),
    }
}

/// All resources of a kind that a VPC has, with the observation that lists them.
pub(super) fn listed<'e>(
    account: &Account<'e>,
    check: Check,
    vpc: &str,
    is_known: impl Fn(&str) -> bool,
) -> Result<(&'e [String], EvidenceId), Unseen> {
    let (listing, id) = told(account.list(check, vpc), check, vpc).there(check, vpc)?;
    match listing.ids.iter().find(|id| !is_known(id)) {
        Some(hidden) => Err(not_read(check, hidden)),
        None => Ok((&listing.ids, id)),
    }
}

/// The ids of a list that does not have to be read. Where nobody asked for it or AWS did not tell it, it is taken to be
/// empty: most VPCs have no zones, rules and firewalls of their own, and the report says that they were not seen.
pub(super) fn listed_if_asked<'e>(account: &Account<'e>, check: Check, vpc: &str) -> Result<&'e [String], Unseen> {
    match account.list(check, vpc) {
        Seen::Known(_, listing) => Ok(&listing.ids),
        Seen::Hidden(..) | Seen::Absent(_) | Seen::NotAsked => Ok(&[]),
    }
}

/// A fact that nobody asked for.
pub(super) fn not_read(check: Check, subject: &str) -> Unseen {
    Unseen::Read { check, subject: subject.to_owned(), action: action(check).to_owned() }
}

/// The IAM action that tells a fact of the network ([`crate::model::facts::Question::actions`] has them by question).
fn action(check: Check) -> &'static str {
    match check {
        Check::Subnet => "ec2:DescribeSubnets",
        Check::Vpc => "ec2:DescribeVpcs",
        Check::VpcDns => "ec2:DescribeVpcAttribute",
        Check::DhcpOptions => "ec2:DescribeDhcpOptions",
        Check::RouteTable => "ec2:DescribeRouteTables",
        Check::NetworkAcl => "ec2:DescribeNetworkAcls",
        Check::SecurityGroup => "ec2:DescribeSecurityGroups",
        Check::Endpoint => "ec2:DescribeVpcEndpoints",
        Check::Interface => "ec2:DescribeNetworkInterfaces",
        Check::PrefixList => "ec2:DescribePrefixLists",
        Check::NatGateway => "ec2:DescribeNatGateways",
        Check::InternetGateway => "ec2:DescribeInternetGateways",
        Check::HostedZone => "route53:ListHostedZonesByVPC",
        Check::ResolverRule => "route53resolver:ListResolverRuleAssociations",
        Check::FirewallRule => "route53resolver:ListFirewallRuleGroupAssociations",
        _ => "",
    }
}
