//! What ECS said of the tasks that stopped, held against what the configuration shows.

use std::net::IpAddr;

use crate::diagnose::configured::Configuration;
use crate::model::facts::StoppedTask;
use crate::model::{Blame, Check, EvidenceId, Finding, Severity, Stage, Strength};
use crate::ranges::{Cidr, Ranges};
use crate::reason::{Context, Explanation, Verdict, address_in, explain_of_ecs};

/// What became of ECS's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said {
    /// Some tell of a failure that the configuration would show, and does not.
    pub is_unexplained: bool,
}

/// Families of codes that configuration shows, where it has them.
const SHOWN: [&str; 11] = ["DNS", "RTE", "SG", "ACL", "IAM", "VPE", "IMG", "INIT", "KMS", "PTC", "CFG"];

/// How many different messages become findings of their own.
const MOST: usize = 3;

/// Holds the words of each stopped task against the findings: one that accounts for them says so, and those that nothing
/// accounts for become findings of their own, at most likely.
pub fn hold(configuration: &Configuration<'_>, findings: &mut Vec<Finding>) -> Said {
    let context = Context { ranges: Ranges::embedded(), vpc: vpc_ranges(configuration) };
    let mut said = Said::default();
    let mut own: Vec<Finding> = Vec::new();
    for (id, text) in words(configuration) {
        let explanation = explain_of_ecs(&text, &context);
        match explanation.verdict {
            Verdict::Diagnosed => {}
            Verdict::NotAPullProblem => continue,
            Verdict::Unrecognised => {
                said.is_unexplained |= explanation.stage.is_some();
                continue;
            }
        }
        let line = format!("ECS: {}", explanation.said);
        match findings.iter_mut().find(|finding| accounts_for(finding, &explanation)) {
            Some(finding) => {
                if !finding.explains.contains(&line) && finding.explains.len() < MOST {
                    finding.explains.push(line);
                }
                push_new(&mut finding.cites, id);
            }
            None => stand(configuration, &explanation, (id, &text), &context, &mut own),
        }
    }
    said.is_unexplained |= own.iter().any(is_shown);
    findings.extend(own);
    said
}

/// Whether the configuration would show the fault: then words of it that nothing explains prove nothing.
fn is_shown(finding: &Finding) -> bool {
    let family = finding.code.id().split('-').next().unwrap_or_default();
    // An organization's policies do not show.
    SHOWN.contains(&family) && finding.code.id() != "IAM-04"
}

/// The texts of stopped tasks, each once, with the observation that has them.
fn words(configuration: &Configuration<'_>) -> Vec<(EvidenceId, String)> {
    let mut words: Vec<(EvidenceId, String)> = Vec::new();
    let own = configuration.placement.service.as_ref().map(|service| format!("service:{service}"));
    for (observation, task) in configuration.account.stopped_tasks() {
        // Others of the cluster are listed with them.
        if let (Some(own), Some(group)) = (&own, &task.group)
            && own != group
        {
            continue;
        }
        let text = text(task);
        if !text.is_empty() && !words.iter().any(|(_, known)| *known == text) {
            words.push((observation.id, text));
        }
    }
    words
}

fn text(task: &StoppedTask) -> String {
    let of_containers = task.containers.iter().filter_map(|container| container.reason.as_deref());
    let lines: Vec<&str> = task.reason.as_deref().into_iter().chain(of_containers).collect();
    lines.join("\n")
}

fn vpc_ranges(configuration: &Configuration<'_>) -> Vec<Cidr> {
    let cidrs = configuration.account.vpcs().flat_map(|(_, vpc)| vpc.cidrs.iter().chain(&vpc.ipv6_cidrs));
    cidrs.filter_map(|cidr| Cidr::parse(cidr).ok()).collect()
}

/// Whether a finding is one of the causes of a message, or keeps the pull at the same step by way of the network.
fn accounts_for(finding: &Finding, explanation: &Explanation) -> bool {
    let is_named = explanation.diagnoses.iter().any(|cause| cause.code == finding.code);
    let of_the_way = |stage: Stage| matches!(stage, Stage::Dns | Stage::Route);
    let is_silence = explanation.stage.is_some_and(of_the_way) && of_the_way(finding.stage);
    let is_of_the_step = explanation.stage == Some(finding.stage) && finding.stage != Stage::TaskStart;
    finding.severity == Severity::Error && (is_named || is_silence || is_of_the_step)
}

/// The finding that the words make by themselves: the first cause, or that of an address that nobody has.
fn stand(
    configuration: &Configuration<'_>,
    explanation: &Explanation,
    (id, text): (EvidenceId, &str),
    context: &Context,
    own: &mut Vec<Finding>,
) {
    let stale = stale(configuration, text, context);
    let of_nobody = stale.and_then(|_| explanation.diagnoses.iter().find(|cause| cause.code.id() == "DNS-08"));
    let Some(first) = of_nobody.or(explanation.diagnoses.first()) else { return };
    if let Some(known) = own.iter_mut().find(|known| known.code == first.code) {
        push_new(&mut known.cites, id);
        return;
    }
    if own.len() == MOST {
        return;
    }
    let why = match (stale, of_nobody) {
        (Some(address), Some(_)) => format!("no network interface of the VPC has {address}, which the message names"),
        _ => "the configuration that was read does not show why".to_owned(),
    };
    own.push(Finding {
        strength: first.strength.min(Strength::Likely),
        reason: format!("ECS said: {}; {why}", explanation.said),
        cites: vec![id],
        images: configuration.account.image_texts(&configuration.aim),
        blame: Some(Blame::default()),
        ..first.clone()
    });
}

/// The address of a message, where it was looked up and no interface has it.
fn stale(configuration: &Configuration<'_>, text: &str, context: &Context) -> Option<IpAddr> {
    let address = address_in(text, context)?.address;
    let holders = configuration.account.list(Check::Interface, &address.to_string()).known()?;
    holders.ids.is_empty().then_some(address)
}

fn push_new(ids: &mut Vec<EvidenceId>, id: EvidenceId) {
    if !ids.contains(&id) {
        ids.push(id);
    }
}
