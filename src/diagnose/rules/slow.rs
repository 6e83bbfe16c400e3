//! SLOW-01: everything works, and takes longer than a pull may: the probe's own, or the task's when it started.

use super::commands;
use crate::diagnose::{Case, Draft, Need, addresses, measure};
use crate::model::outcome::{ConnectOutcome, HandshakeOutcome, TaskPullOutcome, TcpInfo};
use crate::model::{Act, Fix, Mode, Observation, PULL_BUDGET_SECONDS, Pull, Role, Stage};

rule!(SLOW_01, "SLOW-01", "pull-slower-than-budget", Need::LayerBytes, judge);

/// A saved report may hold any number; ECS gives up on a pull long before a day is over.
const LONGEST_PULL_SECONDS: f64 = 86_400.0;

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let task = slow_task_pull(case);
    let draft = match (slow_estimate(case), task) {
        (None, None) => return Vec::new(),
        (Some((pull, estimate)), None) => of_probe(case, &pull, estimate),
        (Some((pull, estimate)), Some((observation, seconds))) => {
            let mut draft = of_probe(case, &pull, estimate).cite([observation]);
            draft.reason.push_str(&format!("; the task's own images took {seconds:.0} s when it started"));
            draft
        }
        (None, Some((observation, seconds))) => of_task(observation, seconds),
    };
    vec![
        draft
            .fix(Fix::advice("give the task more CPU and memory, and with them more network: small tasks get little"))
            .fix(Fix::run(
                "see whether the layers take the S3 gateway endpoint or a NAT gateway: one of the routes must lead to S3's prefix list (pl-…)",
                &commands::route_tables(addresses::own_region(case))
                    .query("RouteTables[].Routes[].[DestinationPrefixListId,DestinationCidrBlock,GatewayId,NatGatewayId,State]")
                    .table(),
            ))
            .fix(Fix::advice("make the image smaller: a slimmer base, fewer files, no build tools; or let SOCI start the container on Fargate before all of it is there")),
    ]
}

/// The probe's own measure, where the whole of the images would take too long.
fn slow_estimate(case: &Case<'_>) -> Option<(Pull, f64)> {
    let pull = measure(case.whole)?;
    let estimate = pull.estimated_full_seconds.filter(|_| pull.within_budget == Some(false))?;
    Some((pull, estimate))
}

/// What the task's own images took, where that is more than a pull may.
fn slow_task_pull<'e>(case: &Case<'e>) -> Option<(&'e Observation, f64)> {
    case.evidence.iter().find_map(|it| match &it.act {
        Act::TaskPull(TaskPullOutcome::Measured { seconds, .. }) => Some((it, *seconds))
            .filter(|(_, seconds)| *seconds > PULL_BUDGET_SECONDS && *seconds <= LONGEST_PULL_SECONDS),
        _ => None,
    })
}

/// It is over, and whatever made it slow may be too: yet the next task of the service starts alike.
fn of_task(observation: &Observation, seconds: f64) -> Draft {
    let summary = format!(
        "this task's own images took {seconds:.0} s to pull when it started; a pull has {PULL_BUDGET_SECONDS:.0} s"
    );
    Draft::warning(Stage::LayerBytes, "the pull at the task's start", summary)
        .proven("task metadata gives the moments at which the pull began and ended")
        .cite([observation])
}

fn of_probe(case: &Case<'_>, pull: &Pull, estimate: f64) -> Draft {
    let rate = pull.bytes_per_second.unwrap_or_default();
    let by = if case.vantage.mode == Mode::Lambda { " by this function" } else { "" };
    let summary =
        format!("the pull{by} works but takes {estimate:.0} s at {}; it has {:.0} s", speed(rate), pull.budget_seconds);
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
    Draft::warning(Stage::LayerBytes, "the path to the layer store", summary)
        .proven(format!("the bytes were timed as they came{path}"))
        .cite(bytes)
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
