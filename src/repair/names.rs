//! What names, ARNs and ids in a repair say of themselves.

use crate::aws::Arn;

/// The name of a role, of which its ARN may be given, with a path or without.
pub(super) fn role_name(role: &str) -> &str {
    role.rsplit('/').next().unwrap_or(role)
}

/// A repository's ARN, taken apart, and its name.
pub(super) fn repository_of(arn: &str) -> Option<(Arn<'_>, &str)> {
    let arn = Arn::parse(arn)?;
    let name = arn.resource.strip_prefix("repository/").filter(|name| !name.is_empty())?;
    (!arn.region.is_empty() && !arn.account.is_empty()).then_some((arn, name))
}

/// Whether a CIDR is one of IPv6.
pub(super) fn is_ipv6(cidr: &str) -> bool {
    cidr.contains(':')
}

/// Which argument a value goes to, by its kind: the argument of each kind is the caller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TargetKind {
    Gateway,
    NatGateway,
    TransitGateway,
    Peering,
    Interface,
    Endpoint,
    EgressOnlyGateway,
    LocalGateway,
    CarrierGateway,
    Instance,
    CoreNetwork,
}

impl TargetKind {
    /// By the prefix of the id; `None` for what no route can lead to.
    pub(super) fn of(target: &str) -> Option<Self> {
        let (prefix, _) = target.split_once(['-', ':'])?;
        Some(match prefix {
            "igw" | "vgw" => TargetKind::Gateway,
            "nat" => TargetKind::NatGateway,
            "tgw" => TargetKind::TransitGateway,
            "pcx" => TargetKind::Peering,
            "eni" => TargetKind::Interface,
            "vpce" => TargetKind::Endpoint,
            "eigw" => TargetKind::EgressOnlyGateway,
            "lgw" => TargetKind::LocalGateway,
            "cagw" => TargetKind::CarrierGateway,
            "i" => TargetKind::Instance,
            "arn" => TargetKind::CoreNetwork,
            _ => return None,
        })
    }
}
