//! The sentences about what stops packets.

use super::blame::{Concerned, tables};
use crate::model::Role;
use crate::path::{Blocker, Direction, Extent, Far, Fault, Side};

/// What cannot be reached, as the subject or object of a sentence.
pub fn services(concerned: &Concerned) -> String {
    let title = |role: &Role| match role {
        Role::EcrApi => "the ECR API",
        Role::EcrDkr => "the ECR registry",
        Role::S3 => "the layer store (S3)",
        Role::Registry | Role::Cdn => "the registry",
        Role::Sts => "STS",
        Role::Logs => "CloudWatch Logs",
        Role::SecretsManager => "Secrets Manager",
        Role::Ssm => "Parameter Store",
        Role::Kms => "KMS",
    };
    list(concerned.roles.iter().map(title))
}

/// `a`, `a and b`, `a, b and c`.
pub fn list<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> String {
    let parts: Vec<S> = parts.into_iter().collect();
    match parts.split_last() {
        None => String::new(),
        Some((last, [])) => last.as_ref().to_owned(),
        Some((last, before)) => {
            let before: Vec<&str> = before.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", before.join(", "), last.as_ref())
        }
    }
}

/// `route table rtb-1`, `route tables rtb-1 and rtb-2`.
fn named(what: &str, ids: &[String]) -> String {
    let plural = if ids.len() == 1 { "" } else { "s" };
    format!("{what}{plural} {}", list(ids))
}

/// The verb of one thing, or of several.
fn verb(ids: &[String], one: &'static str, several: &'static str) -> &'static str {
    if ids.len() == 1 { one } else { several }
}

/// The fault in one sentence.
pub fn summary(blockers: &[&Blocker], worst: &Fault, concerned: &Concerned) -> String {
    use Blocker as B;
    let (blocker, extent) = (&worst.blocker, worst.extent);
    let of_tables = tables(blockers);
    let tables = list(&of_tables);
    let services = services(concerned);
    let time_out = if concerned.roles.len() > 1 { "time out" } else { "times out" };
    let resolves = if concerned.roles.len() > 1 { "resolve" } else { "resolves" };
    let has = if concerned.roles.len() > 1 { "have" } else { "has" };
    let is = if concerned.roles.len() > 1 { "are" } else { "is" };
    let part = match extent {
        Extent::Whole => String::new(),
        Extent::Addresses { share } => format!(" for {} of its addresses", percent(share)),
        Extent::Clients { share } => format!(" for {} of the subnet's addresses", percent(share)),
        Extent::Ports { share } => format!(" for {} of the connections", percent(share)),
        Extent::Targets { stopped, of } => format!(" at {stopped} of {of} addresses of the endpoint"),
    };
    match blocker {
        B::DnsSupportOff { vpc } => format!("DNS is off for {vpc} (enableDnsSupport): no name resolves"),
        B::DnsHostnamesOff { vpc, .. } => {
            format!(
                "enableDnsHostnames is off for {vpc}: private DNS of its endpoints does not work, and {services} {resolves} to public addresses"
            )
        }
        B::PrivateDnsOff { endpoint } => {
            format!(
                "private DNS of {endpoint} is off: {services} {resolves} to public addresses, and there is no way to them"
            )
        }
        B::OnlyInboundResolver { endpoint, .. } => format!(
            "private DNS of {endpoint} works for inbound resolver endpoints only, and no gateway endpoint routes {services} from this subnet"
        ),
        B::StaleRecord { zone, name, addresses } => {
            format!(
                "the private hosted zone {zone} answers {name} with {}, which no network interface has",
                list(addresses)
            )
        }
        B::NoRecord { zone, name, host } => {
            format!("the private hosted zone {zone} ({name}) answers for {host} and has no record of it: NXDOMAIN")
        }
        B::DnsFirewall { group, rule, host } => format!("the DNS Firewall rule {rule} of {group} blocks {host}"),
        B::EndpointNotAvailable { endpoint, state } => {
            format!("the endpoint {endpoint} of {services} is in the state {state}, not available")
        }
        B::EndpointWithoutInterfaces { endpoint } => {
            format!(
                "the endpoint {endpoint} of {services} {has} no subnet and no network interface, so no packet can reach it"
            )
        }
        B::EndpointMissing { service, sibling } => {
            format!("the VPC has {sibling} and no endpoint for {service}, and {services} {has} no other way")
        }
        B::EndpointInOtherVpc { endpoint, vpc } => format!(
            "{services} {has} the endpoint {endpoint} in {vpc} only, whose names do not resolve to it in the task's VPC"
        ),
        B::EgressLacksEndpoint { groups, endpoint_groups, .. } => format!(
            "the task's {} {} not let out TCP 443 to {} of the endpoint: {services} {time_out}{part}",
            named("security group", groups),
            verb(groups, "does", "do"),
            list(endpoint_groups)
        ),
        B::EgressLacksS3 { groups, .. } => {
            format!(
                "the task's {} {} not let out TCP 443 to S3: {services} {time_out}{part}",
                named("security group", groups),
                verb(groups, "does", "do")
            )
        }
        B::EgressLacksPublic { groups } => format!(
            "the task's {} {} not let out TCP 443 to public addresses: {services} {time_out}{part}",
            named("security group", groups),
            verb(groups, "does", "do")
        ),
        B::IngressLacksTask { groups, endpoint, task_groups, .. } => format!(
            "the {} of {endpoint} {} not let in TCP 443 from {}: {services} {time_out}{part}",
            named("security group", groups),
            verb(groups, "does", "do"),
            list(task_groups)
        ),
        B::IngressOfDefaultGroup { groups, endpoint, .. } => format!(
            "{endpoint} has the VPC's default security group {}, which lets in its own members only: {services} {time_out}{part}",
            list(groups)
        ),
        B::IngressListsOthers { groups, endpoint, task_groups, subnet } => format!(
            "the {} of {endpoint} {} others in on TCP 443, and not {} in {subnet}: {services} {time_out}{part}",
            named("security group", groups),
            verb(groups, "lets", "let"),
            list(task_groups)
        ),
        B::Acl { acl, side, direction, rule, .. } => format!(
            "the network ACL {acl} of {} denies {} by rule {}: {services} {time_out}{part}",
            at(*side),
            packets(*side, *direction),
            number(*rule)
        ),
        B::NoRoute { far, .. } => {
            format!(
                "the {} {} no route to {}: {services} {time_out}",
                named("route table", &of_tables),
                verb(&of_tables, "has", "have"),
                to(*far)
            )
        }
        B::GatewayNotOnTable { endpoint, .. } => {
            format!(
                "the S3 gateway endpoint {endpoint} is not on the {}: {services} {time_out}",
                named("route table", &of_tables)
            )
        }
        B::GatewayInOtherVpc { endpoint, vpc, .. } => format!(
            "the S3 gateway endpoint {endpoint} is in {vpc}, and a gateway endpoint serves its own VPC only: {services} {time_out}"
        ),
        B::MoreSpecificRoute { destination, target, .. } => format!(
            "the route {destination} to {target} in {tables} is more specific than that of the S3 gateway endpoint, and does not lead to S3{part}"
        ),
        B::Blackhole { destination, target, .. } => {
            format!(
                "the route {destination} in {tables} is a blackhole: {target} is gone, and {services} {time_out}{part}"
            )
        }
        B::NoPublicAddress { gateway, .. } => {
            format!(
                "the way out is the internet gateway {gateway}, and the task has no public IPv4 address: {services} {time_out}"
            )
        }
        B::GatewayNotAttached { gateway, .. } => {
            format!(
                "the internet gateway {gateway} that {tables} {} to is not attached to the VPC: {services} {time_out}",
                verb(&of_tables, "routes", "route")
            )
        }
        B::NatNotAvailable { nat, state } => {
            format!("the NAT gateway {nat} is in the state {state}: {services} {time_out}")
        }
        B::NatPrivate { nat } => {
            format!("{nat} is a private NAT gateway, which has no way to the internet: {services} {time_out}")
        }
        B::NatHasNoWayOut { nat, subnet, table } => {
            let place = subnet
                .as_ref()
                .map(|subnet| format!(" stands in {subnet}, whose route table {table}"))
                .unwrap_or_else(|| format!("'s route table {table}"));
            format!("the NAT gateway {nat}{place} has no route to an internet gateway: {services} {time_out}")
        }
        B::OtherRegion { region, .. } => format!(
            "{services} {is} in {region}, which no endpoint of the VPC serves, and the route table has no way out: {services} {time_out}"
        ),
        B::NoIpv6 { .. } => {
            let have = if concerned.subnets.len() > 1 { "have" } else { "has" };
            format!("{} {have} IPv6 only, and {services} {has} IPv4 addresses only", list(&concerned.subnets))
        }
        B::NoNat64Route { table } => {
            format!("the resolver translates names to 64:ff9b::/96, and {table} has no route for it to a NAT gateway")
        }
    }
}

/// Why the configuration proves it.
pub fn reason(blocker: &Blocker, extent: Extent) -> String {
    use Blocker as B;
    let proof = match blocker {
        B::DnsSupportOff { .. } => "the VPC's resolver answers no query while enableDnsSupport is off",
        B::DnsHostnamesOff { .. } => "private DNS of an endpoint needs both DNS attributes of the VPC",
        B::PrivateDnsOff { .. } => "without private DNS the service's own name is that of the public endpoint",
        B::OnlyInboundResolver { .. } => "inside the VPC the name keeps S3's public addresses with this setting",
        B::StaleRecord { .. } => {
            "the resolver asks a private hosted zone before an endpoint's private DNS, by the longest name"
        }
        B::NoRecord { .. } => {
            "a private hosted zone answers for all names below it, and for those without a record with NXDOMAIN"
        }
        B::DnsFirewall { .. } => "the first DNS Firewall rule that matches a name decides",
        B::EndpointNotAvailable { .. } => "only an endpoint in the state available answers",
        B::EndpointWithoutInterfaces { .. } => "an interface endpoint answers by its network interfaces alone",
        B::EndpointMissing { .. } => "each of ECR's two services needs an endpoint of its own",
        B::EndpointInOtherVpc { .. } => "private DNS of an endpoint works in the endpoint's own VPC only",
        B::EgressLacksEndpoint { .. } | B::EgressLacksS3 { .. } | B::EgressLacksPublic { .. } => {
            "a security group drops what no rule of it allows, and no group of the task has such a rule"
        }
        B::IngressLacksTask { .. } | B::IngressOfDefaultGroup { .. } | B::IngressListsOthers { .. } => {
            "a security group drops what no rule of it allows, and no group of the endpoint has such a rule"
        }
        B::Acl { allowed_later: Some(later), .. } => {
            return format!(
                "rules of a network ACL are tried by number, and rule {later}, which would allow it, comes later"
            );
        }
        B::Acl { .. } => {
            "a network ACL is stateless and drops what its first matching rule denies, requests and replies alike"
        }
        B::NoRoute { .. } => "a packet without a route is dropped",
        B::GatewayNotOnTable { .. } => "a gateway endpoint works by a route, and only where its route is",
        B::GatewayInOtherVpc { .. } => "a gateway endpoint cannot be reached from another VPC",
        B::MoreSpecificRoute { .. } => "the route with the longest prefix decides",
        B::Blackhole { .. } => "a route whose target is gone still decides, and drops the packet",
        B::NoPublicAddress { .. } => "an internet gateway passes on what has a public address, and nothing else",
        B::GatewayNotAttached { .. } => "an internet gateway serves the VPC that it is attached to",
        B::NatNotAvailable { .. } => "only a NAT gateway in the state available passes packets on",
        B::NatPrivate { .. } => "a private NAT gateway has no public address",
        B::NatHasNoWayOut { .. } => "what a NAT gateway sends goes by the routes of its own subnet",
        B::OtherRegion { .. } => "VPC endpoints serve the names of their own Region only",
        B::NoIpv6 { .. } => "without an IPv4 address and without DNS64 and NAT64 nothing IPv4 can be reached",
        B::NoNat64Route { .. } => "translated addresses are reached by a NAT gateway alone",
    };
    match extent {
        Extent::Ports { share } => {
            format!("{proof}; it covers {} of the ports that connections begin at", percent(share))
        }
        _ => proof.to_owned(),
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", (share * 100.0).clamp(1.0, 99.0))
}

fn number(rule: u32) -> String {
    if rule >= 32767 { "* (the last)".to_owned() } else { rule.to_string() }
}

fn at(side: Side) -> &'static str {
    match side {
        Side::Task => "the task's subnet",
        Side::Endpoint => "the endpoint's subnet",
        Side::NatGateway => "the NAT gateway's subnet",
    }
}

fn packets(side: Side, direction: Direction) -> &'static str {
    match (side, direction) {
        (Side::Task, Direction::Outbound) => "outbound TCP 443",
        (Side::Task, Direction::Inbound) => "the inbound replies (TCP ports 32768-60999)",
        (Side::Endpoint, Direction::Inbound) => "inbound TCP 443",
        (Side::Endpoint, Direction::Outbound) => "the outbound replies (TCP ports 32768-60999)",
        (Side::NatGateway, Direction::Inbound) => "inbound packets",
        (Side::NatGateway, Direction::Outbound) => "outbound packets",
    }
}

fn to(far: Far) -> &'static str {
    match far {
        Far::S3 => "S3",
        Far::Aws | Far::Internet => "the internet (0.0.0.0/0)",
        Far::Private => "the endpoint",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_several_are_told_apart() {
        let one = ["rtb-1".to_owned()];
        let several = ["rtb-1", "rtb-2", "rtb-3"].map(str::to_owned);
        assert_eq!(named("route table", &one), "route table rtb-1");
        assert_eq!(named("route table", &several), "route tables rtb-1, rtb-2 and rtb-3");
        assert_eq!((verb(&one, "has", "have"), verb(&several, "has", "have")), ("has", "have"));
    }
}
