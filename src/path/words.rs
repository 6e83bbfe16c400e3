//! The words of a hop, and a path as the report shows it.

use super::{Allowance, Blocker, Destination, Direction, Extent, Far, Place, Reason, Side, Step, Unseen, Walked};
use crate::model::{Hop, Path, Role};

/// A path as the report shows it. `az` is the subnet's.
pub fn path(place: &Place, az: Option<String>, to: Role, destination: &Destination, walked: &Walked) -> Path {
    let hop = |step: &Step| Hop { kind: step.kind, id: step.id.clone(), does: step.does(), by: by(&step.reason) };
    Path {
        from: place.subnet.clone(),
        az,
        to,
        host: destination.host.clone(),
        via: walked.via.clone(),
        passes: walked.passes,
        hops: walked.hops.iter().map(hop).collect(),
    }
}

/// By which rule a hop does what it does, in words.
pub fn by(reason: &Reason) -> String {
    match reason {
        Reason::Allows(allowance) => allows(allowance),
        Reason::Blocks(blocker, extent) => format!("{}{}", blocks(blocker), part(*extent)),
        Reason::Unknown(unseen) => unknown(unseen),
    }
}

fn allows(by: &Allowance) -> String {
    match by {
        Allowance::PrivateDns { endpoint } => format!("private DNS of {endpoint} has the name"),
        Allowance::PublicName => "the name has its public addresses".to_owned(),
        Allowance::ZoneRecord { name, endpoint } => format!("record {name} leads to {endpoint}"),
        Allowance::OtherResolver { servers } => {
            format!("name servers {}, which are not Amazon's, are taken to ask Amazon's", servers.join(", "))
        }
        Allowance::GroupRule { direction: Direction::Outbound, peer } => format!("outbound rule to {peer}"),
        Allowance::GroupRule { direction: Direction::Inbound, peer } => format!("inbound rule from {peer}"),
        Allowance::AclRules { subnet, request, reply } => {
            format!("rule {request} allows the request and rule {reply} the reply at {subnet}")
        }
        Allowance::Route { destination, target } => format!("route {destination} to {target}"),
        Allowance::Available => "available".to_owned(),
        Allowance::WayOut { by } => format!("available, with a way out by {by}"),
        Allowance::Attached => "attached to the VPC".to_owned(),
    }
}

fn part(extent: Extent) -> String {
    let percent = |share: f64| (share * 100.0).clamp(1.0, 99.0).round();
    match extent {
        Extent::Whole => String::new(),
        Extent::Addresses { share } => format!(", for {} % of the addresses", percent(share)),
        Extent::Clients { share } => format!(", for {} % of the subnet's addresses", percent(share)),
        Extent::Ports { share } => format!(", for {} % of the client ports", percent(share)),
        Extent::Targets { stopped, of } => format!(", for {stopped} of {of} addresses of the endpoint"),
    }
}

fn blocks(blocker: &Blocker) -> String {
    match blocker {
        Blocker::DnsSupportOff { .. } => "enableDnsSupport is off: no name resolves".to_owned(),
        Blocker::DnsHostnamesOff { endpoint, .. } => {
            format!("enableDnsHostnames is off: private DNS of {endpoint} does not work")
        }
        Blocker::PrivateDnsOff { endpoint } => format!("private DNS of {endpoint} is off"),
        Blocker::OnlyInboundResolver { endpoint, .. } => {
            format!("private DNS of {endpoint} works for inbound resolver endpoints only")
        }
        Blocker::StaleRecord { name, addresses, .. } => {
            format!("record {name} has {}, which no network interface holds", addresses.join(", "))
        }
        Blocker::NoRecord { name, host, .. } => format!("zone {name} has no record for {host}: NXDOMAIN"),
        Blocker::DnsFirewall { rule, host, .. } => format!("rule {rule} blocks {host}"),
        Blocker::EndpointNotAvailable { state, .. } => format!("state {state}, not available"),
        Blocker::EndpointWithoutInterfaces { .. } => "no network interface in any subnet".to_owned(),
        Blocker::EndpointMissing { service, sibling } => {
            format!("no route to public addresses, and no endpoint of {service} beside {sibling}")
        }
        Blocker::EndpointInOtherVpc { endpoint, vpc } => {
            format!("no route to public addresses, and private DNS of {endpoint} works in {vpc} only")
        }
        Blocker::EgressLacksEndpoint { endpoint, .. } => format!("no outbound rule allows TCP to {endpoint}"),
        Blocker::EgressLacksS3 { prefix_list, .. } => {
            format!("no outbound rule allows TCP to S3 ({})", prefix_list.as_deref().unwrap_or("public addresses"))
        }
        Blocker::EgressLacksPublic { .. } => "no outbound rule allows TCP to public addresses".to_owned(),
        Blocker::IngressLacksTask { task_groups, subnet, .. } => {
            format!("no inbound rule allows TCP from {} or {subnet}", task_groups.join(", "))
        }
        Blocker::IngressOfDefaultGroup { task_groups, .. } => {
            format!("the default group lets in its own members only, not {}", task_groups.join(", "))
        }
        Blocker::IngressListsOthers { task_groups, subnet, .. } => {
            format!("inbound rules allow others, not {} or {subnet}", task_groups.join(", "))
        }
        Blocker::Acl { .. } => acl(blocker),
        Blocker::NoRoute { far, .. } => format!("no route to {}", far_words(*far)),
        Blocker::OtherRegion { region, own, .. } => {
            format!("no route to public addresses, and endpoints of {own} do not serve {region}")
        }
        Blocker::GatewayNotOnTable { endpoint, .. } => format!("no route to {endpoint}, S3's gateway endpoint"),
        Blocker::GatewayInOtherVpc { endpoint, vpc, .. } => {
            format!("no route to S3: gateway endpoint {endpoint} serves {vpc} only")
        }
        Blocker::MoreSpecificRoute { destination, target, endpoint, .. } => {
            format!("route {destination} to {target} is more specific than the route to {endpoint}")
        }
        Blocker::Blackhole { destination, target, .. } => {
            let target = if target.is_empty() { "its target" } else { target };
            format!("route {destination} is a blackhole: {target} is gone")
        }
        Blocker::NoPublicAddress { gateway, .. } => format!("no public IPv4 address behind {gateway}"),
        Blocker::GatewayNotAttached { .. } => "not attached to the VPC".to_owned(),
        Blocker::NatNotAvailable { state, .. } => format!("state {state}, not available"),
        Blocker::NatPrivate { .. } => "connectivity type private: it reaches no internet".to_owned(),
        Blocker::NatHasNoWayOut { table, .. } => {
            format!("its own route table {table} has no route to an attached internet gateway")
        }
        Blocker::NoIpv6 { host, .. } => format!("the subnet has IPv6 only, and {host} IPv4 only"),
        Blocker::NoNat64Route { .. } => "no route for 64:ff9b::/96 to a NAT gateway".to_owned(),
    }
}

fn acl(blocker: &Blocker) -> String {
    let Blocker::Acl { subnet, side, direction, ports, rule, allowed_later, far, .. } = blocker else {
        return String::new();
    };
    let (way, whose) = (
        if *direction == Direction::Outbound { "outbound" } else { "inbound" },
        match side {
            Side::Task => "the task's",
            Side::Endpoint => "the endpoint's",
            Side::NatGateway => "the NAT gateway's",
        },
    );
    let ports = if ports.0 == ports.1 { ports.0.to_string() } else { format!("{}-{}", ports.0, ports.1) };
    let later = allowed_later.map(|number| format!(", before rule {number} allows it")).unwrap_or_default();
    let far = far_words(*far);
    format!("rule {rule} denies {way} TCP {ports} at {whose} subnet {subnet} on the way to {far}{later}")
}

fn far_words(far: Far) -> &'static str {
    match far {
        Far::S3 => "S3's addresses",
        Far::Aws => "AWS's public addresses",
        Far::Internet => "the internet",
        Far::Private => "the endpoint",
    }
}

fn unknown(unseen: &Unseen) -> String {
    match unseen {
        Unseen::Read { check, subject, action } => format!("{check} {subject} was not read ({action})"),
        Unseen::Beyond { target, destination } => {
            format!("{target} leads on to what cannot be seen (route {destination})")
        }
        Unseen::Address { of } => format!("the address of {of} decides, and it is not known"),
        Unseen::DualStackName { endpoint } => {
            format!("whether private DNS of {endpoint} covers dual-stack names is not known")
        }
        Unseen::Resolver { id } => format!("{id} leads on to what cannot be seen"),
        Unseen::NoGroups => "no security group is named".to_owned(),
        Unseen::Malformed { subject } => format!("{subject} cannot be read"),
    }
}
