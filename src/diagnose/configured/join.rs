//! What packets showed and what the configuration says, made one: a likely finding and the fact that proves it are one
//! proven finding, and packets that are lost where every hop lets them pass are a finding of their own.

use std::collections::BTreeSet;

use super::Configuration;
use crate::diagnose::{Case, Draft, Rule, rules};
use crate::model::outcome::ConnectOutcome;
use crate::model::{Act, Command, EvidenceId, Fix, Passes, Role, Severity, Stage};

/// Codes of silence on a path, whose causes the configuration shows.
const SILENCE: [&str; 11] =
    ["SG-01", "SG-06", "RTE-01", "RTE-03", "RTE-10", "DNS-11", "DNS-12", "INIT-01", "INIT-02", "INIT-05", "RTE-07"];

/// Drafts of packets with those of the configuration.
pub fn join(
    case: &Case<'_>,
    packets: Vec<(&'static Rule, Draft)>,
    configuration: &Configuration<'_>,
) -> Vec<(&'static Rule, Draft)> {
    let mut facts = super::drafts(configuration);
    let (mut joined, mut shown) = (Vec::new(), BTreeSet::new());
    for (rule, draft) in packets {
        let roles = roles_of(case, &draft);
        let proof = facts.iter().position(|(fact, proof)| accounts_for((fact, proof), (rule, &draft), &roles));
        if let Some(place) = proof {
            let (_, proof) = &mut facts[place];
            if shown.insert(place) {
                proof.reason.push_str("; the packets of this check show the same");
            }
            take_over(proof, draft);
        } else if let Some(open) = open_yet_silent(case, configuration, rule, &draft, &roles) {
            joined.push(open);
        } else {
            joined.push((rule, draft));
        }
    }
    joined.extend(facts);
    joined
}

/// The hosts whose failed observations a draft accounts for.
fn roles_of(case: &Case<'_>, draft: &Draft) -> Vec<Role> {
    let mut roles = Vec::new();
    for observation in draft.covers.iter().filter_map(|id| case.whole.get(*id)) {
        let Some(role) = observation.target.as_ref().map(|target| target.role) else { continue };
        if observation.is_symptom() && !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}

fn accounts_for((fact, proof): (&Rule, &Draft), (rule, draft): (&Rule, &Draft), roles: &[Role]) -> bool {
    let is_named = fact.code == rule.code || draft.alternatives.contains(&fact.code);
    let of_the_way = |stage: Stage| matches!(stage, Stage::Dns | Stage::Route);
    let is_a_cause = is_named || SILENCE.contains(&rule.code.id()) && of_the_way(proof.stage);
    proof.severity == Severity::Error && is_a_cause && proof.roles.iter().any(|role| roles.contains(role))
}

fn take_over(proof: &mut Draft, draft: Draft) {
    let mut cites = draft.cites;
    cites.extend(proof.cites.iter().filter(|id| !cites.contains(id)).copied().collect::<Vec<_>>());
    proof.cites = cites;
    proof.covers.extend(draft.covers);
}

/// Nothing answers, and the configuration lets packets pass on every hop.
fn open_yet_silent(
    case: &Case<'_>,
    configuration: &Configuration<'_>,
    rule: &Rule,
    draft: &Draft,
    roles: &[Role],
) -> Option<(&'static Rule, Draft)> {
    let silent: Vec<_> = draft
        .covers
        .iter()
        .filter_map(|id| case.whole.get(*id))
        .filter(|it| matches!(it.act, Act::Connect(ConnectOutcome::TimedOut)))
        .collect();
    let own = case.vantage.subnet_id.as_deref();
    let walks: Vec<_> = configuration
        .walks
        .iter()
        .filter(|walk| roles.contains(&walk.needed.role) && own.is_none_or(|own| walk.site.subnet == own))
        .collect();
    let is_open =
        !walks.is_empty() && walks.iter().all(|walk| walk.walked.passes == Passes::Yes && !walk.walked.is_degraded());
    if !SILENCE.contains(&rule.code.id()) || silent.is_empty() || !is_open {
        return None;
    }
    let hosts: Vec<&str> = walks.iter().map(|walk| walk.needed.host.as_str()).collect();
    let addresses: Vec<String> = silent.iter().filter_map(|it| it.address).map(|address| address.to_string()).collect();
    let summary = format!(
        "packets to {} are lost, although the groups, ACLs, routes and endpoints on the way let them pass",
        super::words::list(&hosts)
    );
    let mut found = Draft::error(Stage::Route, hosts.join(", "), summary).likely(
        "no SYN was answered, and the configuration that was read has no rule that stops them: what stops them does not show in it",
    );
    found.cites.clone_from(&draft.cites);
    found.covers.clone_from(&draft.covers);
    let walked: Vec<EvidenceId> =
        walks.iter().flat_map(|walk| walk.walked.hops.iter().flat_map(|hop| hop.cites.clone())).collect();
    for id in walked {
        if !found.cites.contains(&id) && found.cites.len() < 12 {
            found.cites.push(id);
        }
    }
    let region = &configuration.aim.region;
    let found = found
        .or(&["DNS-08"])
        .fix(Fix::run(
            "see whether an interface has the address, and which",
            &Command::of("aws ec2 describe-network-interfaces")
                .region(region)
                .filters([("addresses.private-ip-address", crate::model::Values::any_of(addresses))])
                .query("NetworkInterfaces[].[NetworkInterfaceId,Status,Description,Groups[].GroupId]")
                .words("--output json"),
        ))
        .fix(Fix::advice(
            "look at what the configuration does not show: a firewall on the host or in an appliance, AWS Network Firewall, VPC Block Public Access; VPC Flow Logs of the interface say where the packets end",
        ))
        .blame(walks.iter().filter_map(|walk| walk.walked.via.clone()).collect(), None);
    Some((rules::of("RTE-18")?, found))
}
