//! Layers whose bytes begin to come and do not come whole, however often the rest is asked for: a flow that is ended
//! (LYR-04), or that stalls (RTE-12).

use super::{commands, mixed_answers, words};
use crate::diagnose::{Case, Draft, Host, Need, Step};
use crate::model::outcome::{LayerBytesOutcome, NoAnswer};
use crate::model::{Act, Fix, Observation, Stage};

rule!(LYR_04, "LYR-04", "layer-flow-limited", Need::LayerBytes, |case| broken(case, Kind::Ended));
rule!(RTE_12, "RTE-12", "nat-gateway-exhausted", Need::LayerBytes, |case| broken(case, Kind::Stalled));

/// Which of the two codes speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ended,
    Stalled,
}

/// The tries of one layer that failed alike.
struct Layer<'e> {
    step: Step<'e>,
    tries: Vec<&'e Observation>,
    kind: Kind,
}

impl Layer<'_> {
    /// Bytes that were there after the last try.
    fn received(&self) -> u64 {
        let received = self.tries.iter().map(|it| match &it.act {
            Act::LayerBytes(LayerBytesOutcome::Broken { received, .. }) => *received,
            Act::LayerBytes(LayerBytesOutcome::RangeRefused { from, .. }) => *from,
            _ => 0,
        });
        received.max().unwrap_or_default()
    }
}

fn layers<'e>(case: &Case<'e>) -> Vec<Layer<'e>> {
    let mut layers: Vec<Layer<'e>> = Vec::new();
    for (observation, outcome) in case.acts(|act| match act {
        Act::LayerBytes(outcome) => Some(outcome),
        _ => None,
    }) {
        let stalled = match outcome {
            LayerBytesOutcome::Broken { why, .. } => *why == NoAnswer::TimedOut,
            LayerBytesOutcome::RangeRefused { .. } => false,
            _ => continue,
        };
        // The owner of an address tells whether a NAT gateway may be on the way to it.
        let host = case.hosts.iter().find(|host| Some(host.target) == observation.target.as_ref());
        let kind = if stalled && !host.is_some_and(is_inside) { Kind::Stalled } else { Kind::Ended };
        let step = Step::of(observation);
        match layers.iter_mut().find(|layer| layer.step == step) {
            Some(layer) => layer.tries.push(observation),
            None => layers.push(Layer { step, tries: vec![observation], kind }),
        }
    }
    layers
}

/// Whether all of the host's addresses are an endpoint's, to which no NAT gateway leads.
fn is_inside(host: &Host<'_>) -> bool {
    !host.contacts.is_empty() && host.contacts.iter().all(mixed_answers::is_of_endpoint)
}

fn broken(case: &Case<'_>, kind: Kind) -> Vec<Draft> {
    let mut layers = layers(case);
    layers.retain(|layer| layer.kind == kind);
    let Some(first) = layers.first() else { return Vec::new() };
    let stalled = |it: &Observation| it.act.timed_out();
    let observation = first.tries[0];
    let stores = layers.iter().flat_map(|layer| &layer.tries).filter_map(|it| it.target.as_ref());
    let store = words::list(stores.map(ToString::to_string));
    let digest = observation.subject.as_deref().unwrap_or("a layer");
    let more = match layers.len() {
        1 => String::new(),
        count => format!(" and of {} more", count - 1),
    };
    let verb = if stalled(observation) { "stops sending" } else { "cuts off" };
    let tries = words::times(first.tries.len());
    let summary =
        format!("{store} {verb} the bytes of {digest}{more}: {tries}, the last time after {} bytes", first.received());
    let draft = Draft::error(Stage::LayerBytes, format!("the path to {store}"), summary)
        .cite(first.tries.iter().copied())
        .cover(layers.iter().skip(1).flat_map(|layer| layer.tries.iter().copied()));
    let resumed = "each try asked for the rest (HTTP Range), as a container runtime does";
    let region = observation.region.as_deref().unwrap_or_else(|| case.region());
    let appliance = Fix::advice(
        "look for a proxy, firewall or NAT on the path that limits size, length, idle time or rate, and at its log",
    );
    let gateway = Fix::advice(
        "lead the layers past it: an S3 gateway endpoint on the route table of the task's subnet has no limit and costs nothing",
    );
    vec![match kind {
        Kind::Ended => {
            let draft = if stalled(observation) {
                draft
                    .likely(format!("the flow begins and then stops, and {resumed}: an appliance limits it, or large packets are lost"))
                    .or(&["MTU-01"])
            } else {
                draft
                    .likely(format!("the flow begins and is then ended, and {resumed}: an appliance limits its size, its length or its rate"))
                    .or(&["RTE-11", "PRX-02"])
            };
            draft.fix(appliance)
        }
        Kind::Stalled => draft
            .likely(format!(
                "the flow begins and then stops, and {resumed}: a NAT gateway that is out of ports or at its limit of bandwidth does that, or another appliance"
            ))
            .or(&["LYR-04", "MTU-01"])
            .fix(Fix::run(
                "if a NAT gateway is on the way, see whether it is out of ports (the times are such as 2026-11-23T14:00:00Z)",
                &commands::nat_ports(region),
            ))
            .fix(appliance),
    }]
    .into_iter()
    .map(|draft| if observation.is_elsewhere() { draft } else { draft.fix(gateway.clone()) })
    .collect()
}
