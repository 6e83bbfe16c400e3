//! Handshakes that get no certificate: cut (TLS-02), without common ground (TLS-07), not TLS (CFG-03).

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::{mtu, words};
use crate::diagnose::{Case, Draft, Host, Need, addresses};
use crate::model::outcome::HandshakeOutcome;
use crate::model::{Act, Command, Fix, Observation, Role, Severity, Stage, Target};

rule!(TLS_02, "TLS-02", "handshake-cut", Need::Handshakes, cut);
rule!(TLS_07, "TLS-07", "tls-parameters-mismatch", Need::Handshakes, no_common_ground);
rule!(CFG_03, "CFG-03", "wrong-scheme-or-port", Need::Handshakes, not_tls);

/// A handshake with one address of a host.
#[derive(Clone, Copy)]
pub(super) struct Handshake<'e> {
    pub observation: &'e Observation,
    pub target: &'e Target,
    pub outcome: &'e HandshakeOutcome,
}

/// The handshakes that `fits` takes.
pub(super) fn handshakes<'e>(case: &Case<'e>, fits: impl Fn(&Target, &HandshakeOutcome) -> bool) -> Vec<Handshake<'e>> {
    let all = case.acts(|act| match act {
        Act::Handshake(outcome) => Some(outcome),
        _ => None,
    });
    all.into_iter()
        .filter_map(|(observation, outcome)| {
            let target = observation.target.as_ref()?;
            fits(target, outcome).then_some(Handshake { observation, target, outcome })
        })
        .collect()
}

/// Handshakes that failed for one reason, and are told of together.
pub(super) struct Failed<'e> {
    pub handshakes: Vec<Handshake<'e>>,
    /// Another address of the same host works.
    pub partly: bool,
}

impl<'e> Failed<'e> {
    /// The hosts.
    pub fn hosts(&self) -> String {
        words::list(self.handshakes.iter().map(|handshake| handshake.target.to_string()))
    }

    /// Where the handshakes were tried, each address once.
    pub fn addresses(&self) -> String {
        words::list(self.handshakes.iter().filter_map(|it| it.observation.address).map(|address| address.to_string()))
    }

    /// `one` or `many`, after the addresses.
    pub fn verb<'w>(&self, one: &'w str, many: &'w str) -> &'w str {
        let addresses: BTreeSet<_> = self.handshakes.iter().filter_map(|it| it.observation.address).collect();
        words::verb(addresses.len(), one, many)
    }

    /// The answers of the name servers that led there.
    pub fn answers(&self, case: &Case<'e>) -> Vec<&'e Observation> {
        let is_failed = |target: &Target| self.handshakes.iter().any(|handshake| handshake.target == target);
        let hosts = case.hosts.iter().filter(|host| is_failed(host.target));
        hosts.filter_map(Host::answer).map(|(observation, _)| observation).collect()
    }

    /// Whom it concerns: the hosts, or some of their addresses.
    pub fn who(&self) -> String {
        if self.partly { format!("{} of {}", self.addresses(), self.hosts()) } else { self.hosts() }
    }

    /// Shows one of each kind a host, and accounts for all of them: S3 has eight addresses.
    pub fn cited_by(&self, draft: Draft) -> Draft {
        let mut shown: Vec<Handshake<'e>> = Vec::new();
        for handshake in &self.handshakes {
            let is_known = |it: &Handshake<'_>| it.target == handshake.target && it.outcome == handshake.outcome;
            if self.partly || !shown.iter().any(is_known) {
                shown.push(*handshake);
            }
        }
        draft.cite(shown.iter().map(|it| it.observation)).cover(self.handshakes.iter().map(|it| it.observation))
    }

    /// How the handshakes ended.
    pub fn outcomes(&self) -> impl Iterator<Item = &'e HandshakeOutcome> {
        self.handshakes.iter().map(|handshake| handshake.outcome)
    }

    /// Where the first of them was tried.
    fn place(&self) -> Option<SocketAddr> {
        let first = self.handshakes.first()?;
        Some(SocketAddr::new(first.observation.address?, first.target.port))
    }

    /// The same handshake by openssl, with `options`, and what follows the pipe.
    pub fn by_openssl(&self, does: &'static str, options: &'static str, then: Option<Command>) -> Fix {
        let Some(first) = self.handshakes.first() else { return Fix::advice(does) };
        let host = first.target.host.as_str();
        let place = self.place().map_or_else(|| format!("{host}:{}", first.target.port), |place| place.to_string());
        let handshake = Command::of("openssl s_client").option("-connect", place).option("-servername", host);
        let handshake = handshake.words(options).without_input();
        Fix::run(does, &then.into_iter().fold(handshake, Command::pipe))
    }
}

/// One draft for the hosts at which no address works, and a warning for those at which another
/// address does: a client takes that one now and then.
pub(super) fn drafts<'e>(
    case: &Case<'e>,
    failed: Vec<Handshake<'e>>,
    draft: impl Fn(&Failed<'e>) -> Draft,
) -> Vec<Draft> {
    let works = |target: &Target| case.hosts.iter().any(|host| host.target == target && host.works());
    let (some, all): (Vec<_>, Vec<_>) = failed.into_iter().partition(|handshake| works(handshake.target));
    let mut drafts = Vec::new();
    if !all.is_empty() {
        let failed = Failed { handshakes: all, partly: false };
        drafts.push(failed.cited_by(draft(&failed)));
    }
    if !some.is_empty() {
        let failed = Failed { handshakes: some, partly: true };
        let mut warning = failed.cited_by(draft(&failed));
        warning.severity = Severity::Warning;
        warning.reason.push_str("; another address of the same name works, so pulls fail only now and then");
        drafts.push(warning.fix(Fix::advice(
            "compare the route, the firewall endpoint and the record of that address with those of one that works",
        )));
    }
    drafts
}

fn cut(case: &Case<'_>) -> Vec<Draft> {
    use HandshakeOutcome::{Alert, Closed, Reset, TimedOut};
    let mut failed = handshakes(case, |_, outcome| matches!(outcome, Reset | Closed | TimedOut | Alert { .. }));
    // What small segments cure is the path's MTU (MTU-01).
    failed.retain(|handshake| mtu::cure(case, handshake.observation).is_none());
    drafts(case, failed, |failed| {
        let (who, hosts) = (failed.who(), failed.hosts());
        let silent = failed.outcomes().all(|outcome| matches!(outcome, TimedOut));
        // A filter by name lets other names pass on the same path; a hole for large packets does not.
        let is_failed = |target: &Target| failed.handshakes.iter().any(|handshake| handshake.target == target);
        let others_pass = case.hosts.iter().any(|host| host.works() && !is_failed(host.target));
        let reason = match (silent, others_pass) {
            _ if failed.partly => "an appliance on the way to this address, or what answers there, ends the handshake",
            (_, true) => {
                "the ClientHello is the first message that names the host, and other names pass: a firewall that filters by name (SNI) does that"
            }
            (false, false) => {
                "the ClientHello is the first message that names the host, and it is cut there: a firewall that filters by name (SNI) does that"
            }
            (true, false) => {
                "what follows the ClientHello does not arrive: a firewall that filters by name (SNI) drops it, or large packets get lost on the way"
            }
        };
        let draft = Draft::error(
            Stage::Tls,
            who.clone(),
            format!("the TLS handshake with {who} {}, although TCP connects", ending(failed)),
        )
        .likely(reason)
        .fix(Fix::advice(format!(
            "allow these server names (SNI) in AWS Network Firewall, or in the appliance on the path, each by its exact name: {hosts}"
        )))
        .fix(Fix::run(
            "see which rule groups AWS Network Firewall has in this Region",
            &Command::of("aws network-firewall list-rule-groups").region(addresses::own_region(case)),
        ));
        if silent {
            draft.or(&["MTU-01"]).fix(Fix::advice(
            "if the names are allowed, large packets are lost (MTU-01): clamp the MSS on the transit gateway, VPN or appliance, or let ICMP type 3 code 4 through",
        ))
        } else {
            draft
        }
    })
}

/// How those handshakes ended, where they all ended alike.
fn ending(failed: &Failed<'_>) -> String {
    let Some(first) = failed.outcomes().next() else { return String::new() };
    if failed.outcomes().any(|outcome| outcome != first) {
        return "is cut after the ClientHello".to_owned();
    }
    match first {
        HandshakeOutcome::TimedOut => "gets no answer to the ClientHello".to_owned(),
        HandshakeOutcome::Reset => "is reset after the ClientHello".to_owned(),
        HandshakeOutcome::Alert { alert } => format!("is refused with the alert {alert}"),
        _ => "is closed after the ClientHello".to_owned(),
    }
}

fn no_common_ground(case: &Case<'_>) -> Vec<Draft> {
    let failed = handshakes(case, |_, outcome| matches!(outcome, HandshakeOutcome::NoCommonParameters { .. }));
    drafts(case, failed, |failed| {
        let who = failed.who();
        let reason = if failed.handshakes.iter().all(|handshake| handshake.target.role.is_aws()) {
            "AWS's endpoints speak TLS 1.2 and 1.3, as the probe does: something old answers in their place"
        } else {
            "the probe speaks TLS 1.2 and 1.3, as container runtimes do: what answers is older, or wants other ciphers"
        };
        Draft::error(Stage::Tls, who.clone(), format!("{who} and the probe have no TLS version or cipher in common"))
            .likely(reason)
            .or(&["TLS-02"])
            .fix(Fix::advice(
                "update the proxy, mirror or inspector that answers there, so that it speaks TLS 1.2 or newer",
            ))
            .fix(failed.by_openssl("see which versions it speaks: once like this, once with -tls1_1", "-tls1_2", None))
            .fix(Fix::advice("or keep the traffic off it: exempt the ECR and S3 names, or use VPC endpoints"))
    })
}

fn not_tls(case: &Case<'_>) -> Vec<Draft> {
    let failed = handshakes(case, |_, outcome| matches!(outcome, HandshakeOutcome::NotTls));
    drafts(case, failed, |failed| {
        let (places, hosts) = (failed.addresses(), failed.hosts());
        let mut draft = Draft::error(
            Stage::Tls,
            format!("{places} ({hosts})"),
            format!("{places} {} for {hosts}, but not in TLS", failed.verb("answers", "answer")),
        )
        .proven("the answer to the ClientHello is not a TLS record")
        .cite(failed.answers(case))
        .or(&["DNS-08"]);
        let ported = |handshake: &&Handshake<'_>| {
            handshake.target.role == Role::EcrDkr && handshake.target.port != addresses::HTTPS
        };
        if let Some(handshake) = failed.handshakes.iter().find(ported) {
            draft = draft.fix(words::drop_port(handshake.target));
        }
        let place = failed.place().map_or_else(|| hosts.clone(), |place| place.to_string());
        draft
            .fix(Fix::run(
                "see what answers there in the clear",
                &Command::of("curl -sv -o /dev/null").operand(format!("http://{place}/")),
            ))
            .fix(Fix::advice(
                "correct what leads there: the record or hosted zone of the name, the port, or the proxy that takes port 443 for plain HTTP",
            ))
    })
}
