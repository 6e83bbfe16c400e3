//! SLOW-01: everything works, and takes longer than a pull may.

use crate::diagnose::{Case, Draft, Need, measure};
use crate::model::outcome::{ConnectOutcome, HandshakeOutcome, TcpInfo};
use crate::model::{Act, Fix, Role, Stage};

rule!(SLOW_01, "SLOW-01", "pull-slower-than-budget", Need::LayerBytes, judge);

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let Some(pull) = measure(case.evidence) else { return Vec::new() };
    let (Some(estimate), Some(false)) = (pull.estimated_full_seconds, pull.within_budget) else { return Vec::new() };
    let rate = pull.bytes_per_second.unwrap_or_default();
    let summary =
        format!("the pull works but takes {estimate:.0} s at {}; it has {:.0} s", speed(rate), pull.budget_seconds);
    let bytes = case.evidence.iter().filter(|it| matches!(it.act, Act::LayerBytes(_)));
    let stores = case.hosts.iter().filter(|host| matches!(host.role(), Role::S3 | Role::Cdn));
    let path = stores.flat_map(|host| &host.contacts).filter_map(|contact| {
        let handshake = contact.handshake.and_then(|(_, outcome)| match outcome {
            HandshakeOutcome::Completed { tcp, .. } => tcp.as_ref(),
            _ => None,
        });
        match contact.connect.1 {
            ConnectOutcome::Connected { tcp } => handshake.or(tcp.as_ref()),
            _ => handshake,
        }
    });
    let path = path.max_by_key(|tcp| (tcp.retransmits, tcp.rtt_us)).map(of_path).unwrap_or_default();
    vec![
        Draft::warning(Stage::LayerBytes, "the path to the layer store", summary)
            .proven(format!("the bytes were timed as they came{path}"))
            .cite(bytes)
            .fix(Fix::advice("give the task more CPU and memory, and with them more network: small tasks get little"))
            .fix(Fix::fill_in(
                "see whether the layers take the S3 gateway endpoint or a NAT gateway: one of the routes must lead to S3's prefix list (pl-…)",
                format!("aws ec2 describe-route-tables --region {} --filters Name=association.subnet-id,Values=SUBNET_ID --query 'RouteTables[].Routes[].[DestinationPrefixListId,DestinationCidrBlock,GatewayId,NatGatewayId,State]' --output table", case.region()),
            ))
            .fix(Fix::advice("make the image smaller: a slimmer base, fewer files, no build tools; or let SOCI start the container on Fargate before all of it is there")),
    ]
}

/// What the kernel says of the worst connection: loss first, then distance.
fn of_path(tcp: &TcpInfo) -> String {
    let round_trip = f64::from(tcp.rtt_us) / 1e3;
    match tcp.retransmits {
        0 => format!("; the round trip to the layer store is {round_trip:.1} ms"),
        lost => format!(
            "; the round trip to the layer store is {round_trip:.1} ms, and {lost} segments had to be sent again"
        ),
    }
}

fn speed(bytes_per_second: f64) -> String {
    match bytes_per_second {
        rate if rate < 1e6 => format!("{:.1} kB/s", rate / 1e3),
        rate => format!("{:.1} MB/s", rate / 1e6),
    }
}
