//! What stops packets, made findings: the same thing in several subnets and for several services is one finding.

use super::network_repair::repairs;
use super::words::{self, Concerned};
use super::{Configuration, Walk};
use crate::diagnose::{Draft, Rule, rules};
use crate::model::{EvidenceId, Role, Severity, Stage};
use crate::path::{Blocker, Extent, Fault};

/// One blocker, with all the walks that it stops.
struct Stopped<'c> {
    code: &'static str,
    fault: &'c Fault,
    walks: Vec<&'c Walk>,
    cites: Vec<EvidenceId>,
}

/// A finding for each thing that stops packets.
pub fn drafts(configuration: &Configuration<'_>) -> Vec<(&'static Rule, Draft)> {
    let mut stopped: Vec<Stopped<'_>> = Vec::new();
    for walk in &configuration.walks {
        for fault in walk.walked.stopped_by() {
            let code = code(configuration, &fault.blocker, walk);
            let same = |it: &&mut Stopped<'_>| {
                it.code == code
                    && words::is_same(&it.fault.blocker, &fault.blocker)
                    && it.fault.extent.is_degraded() == fault.extent.is_degraded()
            };
            match stopped.iter_mut().find(same) {
                Some(known) => {
                    known.walks.push(walk);
                    known
                        .cites
                        .extend(fault.cites.iter().filter(|id| !known.cites.contains(id)).copied().collect::<Vec<_>>());
                }
                None => stopped.push(Stopped { code, fault, walks: vec![walk], cites: fault.cites.clone() }),
            }
        }
    }
    let stopped = without_consequences(stopped);
    stopped.iter().filter_map(|it| Some((rules::of(it.code)?, draft(configuration, it)))).collect()
}

/// What keeps only the other requests of a start is told under their codes where what keeps the pull does not account for
/// it already.
fn without_consequences<'c>(stopped: Vec<Stopped<'c>>) -> Vec<Stopped<'c>> {
    let of_the_pull: Vec<&Blocker> = stopped
        .iter()
        .filter(|it| it.walks.iter().any(|walk| is_of_the_pull(walk)))
        .map(|it| &it.fault.blocker)
        .collect();
    let keep: Vec<bool> = stopped
        .iter()
        .map(|it| {
            it.walks.iter().any(|walk| is_of_the_pull(walk))
                || !of_the_pull.iter().any(|known| words::is_same(known, &it.fault.blocker))
        })
        .collect();
    let mut keep = keep.into_iter();
    stopped.into_iter().filter(|_| keep.next().unwrap_or(true)).collect()
}

fn is_of_the_pull(walk: &Walk) -> bool {
    matches!(walk.needed.role, Role::EcrApi | Role::EcrDkr | Role::S3 | Role::Registry)
        && !walk.needed.images.is_empty()
}

/// The code of a blocker on the way to a service.
fn code(configuration: &Configuration<'_>, blocker: &Blocker, walk: &Walk) -> &'static str {
    let own = blocker.code().id();
    let no_way_out = own.starts_with("RTE-");
    match walk.needed.role {
        Role::EcrApi | Role::EcrDkr | Role::S3 if walk.needed.images.is_empty() => "INIT-11",
        Role::EcrApi | Role::EcrDkr | Role::S3 => {
            let elsewhere = walk.needed.region.as_deref().is_some_and(|region| region != configuration.aim.region);
            if elsewhere && matches!(blocker, Blocker::NoRoute { .. }) { "RTE-10" } else { own }
        }
        Role::Registry if no_way_out => {
            if walk.needed.host.ends_with("docker.io") {
                "HUB-02"
            } else if walk.needed.host == "public.ecr.aws" {
                "PUB-01"
            } else {
                own
            }
        }
        Role::Logs => "INIT-05",
        Role::SecretsManager => "INIT-01",
        Role::Ssm => "INIT-02",
        Role::Kms => "SG-06",
        _ => own,
    }
}

fn draft(configuration: &Configuration<'_>, stopped: &Stopped<'_>) -> Draft {
    let Stopped { code, fault, walks, cites } = stopped;
    let concerned = Concerned::of(walks.iter().copied());
    let subject = words::subject(&fault.blocker);
    let summary = words::summary(&fault.blocker, fault.extent, &concerned);
    let stage = stage(code, &concerned);
    let draft = match fault.extent.is_degraded() {
        true => Draft::warning(stage, subject, summary),
        false => Draft::error(stage, subject, summary),
    };
    let mut draft = draft.proven(words::reason(&fault.blocker, fault.extent));
    draft.cites.clone_from(cites);
    draft.roles = concerned.roles.clone();
    draft.images = Some(concerned.images.clone());
    let mut draft = draft.blame(words::resources(&fault.blocker), configuration.places(&concerned.subnets));
    for fix in repairs(configuration, &fault.blocker, &concerned) {
        draft = draft.fix(fix);
    }
    if let Extent::Ports { .. } = fault.extent {
        draft.severity = Severity::Warning;
    }
    draft
}

/// The step that fails: by the code's family, or that of the service where only the start needs it.
fn stage(code: &str, concerned: &Concerned) -> Stage {
    if code.starts_with("DNS-") {
        Stage::Dns
    } else if concerned.is_of_the_start_alone() {
        Stage::TaskStart
    } else {
        Stage::Route
    }
}
