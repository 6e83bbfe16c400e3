//! RTE-15: connections to one address that work at one time and not at another, as samples show it,
//! or a request that met no connection where there had been one.

use super::{mixed_answers, words};
use crate::diagnose::{Case, Contact, Draft, Host, Need, addresses};
use crate::model::outcome::{NoAnswer, Samples};
use crate::model::{Act, Blank, Command, Fix, Observation, Role, Stage, Word};

rule!(RTE_15, "RTE-15", "connections-unstable", Need::Connections, judge);

/// One lost segment in twenty tries is the Internet; from here on it is a path to mend.
const MUCH_LOSS_PERCENT: u64 = 10;

/// What is unstable at one host.
#[derive(Default)]
struct Loss<'e> {
    cites: Vec<&'e Observation>,
    words: Vec<String>,
    /// Some tries failed, as against packets that were lost and sent again.
    fails: bool,
    /// How many requests met no connection.
    requests: usize,
    /// A request of the pull was among them, and no later try of it got through.
    stops_the_pull: bool,
}

fn judge(case: &Case<'_>) -> Vec<Draft> {
    case.hosts.iter().filter(|host| host.works()).filter_map(|host| unstable(case, host)).collect()
}

fn unstable(case: &Case<'_>, host: &Host<'_>) -> Option<Draft> {
    let loss = Loss::of(case, host);
    if loss.cites.is_empty() {
        return None;
    }
    let region = addresses::own_region(case);
    let summary = format!("the way to {} is unstable: {}", host.target, loss.words.join(", "));
    let is_lossy = |address| loss.cites.iter().any(|it| it.address == Some(address));
    let steady = host.contacts.iter().filter(|it| it.works() && !is_lossy(it.address)).map(|it| it.address.to_string());
    let elsewhere = match words::list(steady) {
        none if none.is_empty() => String::new(),
        steady => format!("; {steady} of the same name lost nothing"),
    };
    let reason = if loss.fails {
        "the same act at the same address works at one time and fails at another"
    } else {
        "the kernel had to send segments again, so packets are lost on the way"
    };
    let subject = host.target.to_string();
    let draft = if loss.stops_the_pull {
        Draft::error(Stage::Route, subject, summary)
    } else {
        Draft::warning(Stage::Route, subject, summary)
    };
    let draft = draft.proven(format!("{reason}{elsewhere}")).cite(loss.cites);
    // No endpoint leads to a registry that is not ECR, nor to where its layers are.
    let is_outside = |it: &Contact<'_>| match host.role() {
        Role::Registry | Role::Cdn => it.address.is_ipv6() || !mixed_answers::is_of_endpoint(it),
        _ => addresses::is_public(host, it),
    };
    let draft = if host.contacts.iter().any(is_outside) {
        draft.or(&["LYR-04"]).fix(Fix::run(
            "if a NAT gateway is on the way, see whether it is out of ports (the times are such as 2026-11-23T14:00:00Z)",
            &Command::of("aws cloudwatch get-metric-statistics")
                .region(region)
                .words("--namespace AWS/NATGateway --metric-name ErrorPortAllocation")
                .option("--dimensions", Word::from("Name=NatGatewayId,Value=").then(Blank::NAT_GATEWAY_ID))
                .option("--start-time", Blank::START_TIME)
                .option("--end-time", Blank::END_TIME)
                .words("--period 60 --statistics Sum"),
        ))
    } else {
        draft.or(&["RTE-08"])
    };
    let paths = "look for two paths that take turns, of which one is broken: appliances in several zones behind one route, a firewall whose flow table is full, a tunnel that flaps";
    Some(draft.fix(Fix::advice(paths)).fix(Fix::run(
        "find the packets that get no answer in the VPC's flow logs: REJECT names a group or an ACL; ACCEPT without a way back, the path beyond",
        &Command::of("aws logs filter-log-events")
            .region(region)
            .option("--log-group-name", Blank::FLOW_LOG_GROUP)
            .option("--filter-pattern", Blank::NETWORK_INTERFACE_ID),
    )))
}

impl<'e> Loss<'e> {
    fn of(case: &Case<'e>, host: &Host<'e>) -> Self {
        let mut loss = Loss::default();
        for observation in case.evidence.iter().filter(|it| it.target.as_ref() == Some(host.target)) {
            match &observation.act {
                Act::ConnectSamples(samples) => loss.sampled(observation, samples, "connections"),
                Act::HandshakeSamples(samples) => loss.sampled(observation, samples, "handshakes"),
                act => {
                    let no_connection =
                        matches!(act.no_answer(), Some(NoAnswer::Connect { .. } | NoAnswer::Handshake { .. }));
                    if no_connection {
                        loss.request(case, observation);
                    }
                }
            }
        }
        if loss.requests > 0 {
            let requests = words::verb(loss.requests, "request", "requests");
            loss.words.push(format!("{} {requests} met no connection where there had been one", loss.requests));
        }
        loss
    }

    fn sampled<Outcome>(&mut self, observation: &'e Observation, samples: &Samples<Outcome>, noun: &str) {
        let Samples { tries, failed, resent, .. } = samples;
        let percent = u64::from(*resent) * 100 / u64::from(*tries).max(1);
        let much = *resent > 1 && percent >= MUCH_LOSS_PERCENT;
        let words = if samples.is_symptom() {
            format!("{failed} of {tries} {noun} failed")
        } else if much && failed < tries {
            format!("{resent} of {tries} {noun} lost packets")
        } else {
            return;
        };
        let address = observation.address.map(|it| format!(" at {it}")).unwrap_or_default();
        self.words.push(format!("{words}{address}"));
        self.fails |= samples.is_symptom();
        self.cites.push(observation);
    }

    fn request(&mut self, case: &Case<'_>, observation: &'e Observation) {
        let check = observation.act.check();
        let made_up_for = case.evidence.iter().any(|later| {
            later.id > observation.id
                && later.act.check() == check
                && (&later.target, &later.subject) == (&observation.target, &observation.subject)
                && !later.is_symptom()
        });
        self.requests += 1;
        self.fails = true;
        self.stops_the_pull |= !made_up_for;
        self.cites.push(observation);
    }
}
