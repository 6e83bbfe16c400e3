//! What stops packets, made findings: the same thing in several subnets and for several services is one finding.

use super::blame::{self, Concerned};
use super::network_repair::repairs;
use super::words;
use super::{Configuration, Walk};
use crate::diagnose::{Draft, Rule, rules};
use crate::model::{EvidenceId, Fix, Role, Stage};
use crate::path::{Blocker, Far, Fault};

/// Blockers that are one thing to fix, with all the walks that they stop.
struct Stopped<'c> {
    code: &'static str,
    /// Each once, as the walks met them.
    faults: Vec<&'c Fault>,
    walks: Vec<&'c Walk>,
    /// Walks that only other requests of a start need, and that it stops too.
    beside: Vec<&'c Walk>,
    cites: Vec<EvidenceId>,
}

impl<'c> Stopped<'c> {
    fn new(code: &'static str, fault: &'c Fault, walk: &'c Walk) -> Self {
        Stopped { code, faults: vec![fault], walks: vec![walk], beside: Vec::new(), cites: fault.cites.clone() }
    }

    fn add(&mut self, fault: &'c Fault, walk: &'c Walk) {
        self.walks.push(walk);
        if !self.faults.iter().any(|known| known.blocker == fault.blocker && known.extent == fault.extent) {
            self.faults.push(fault);
        }
        for id in &fault.cites {
            if !self.cites.contains(id) {
                self.cites.push(*id);
            }
        }
    }

    /// The one that stops most.
    fn worst(&self) -> &'c Fault {
        let whole = |fault: &&&'c Fault| !fault.extent.is_degraded();
        self.faults.iter().find(whole).or(self.faults.first()).copied().expect("there is one")
    }

    fn is(&self, blocker: &Blocker) -> bool {
        self.faults.iter().any(|known| blame::is_same(&known.blocker, blocker))
    }
}

/// A finding for each thing that stops packets.
pub fn drafts(configuration: &Configuration<'_>) -> Vec<(&'static Rule, Draft)> {
    let mut stopped: Vec<Stopped<'_>> = Vec::new();
    for walk in &configuration.walks {
        for fault in walk.walked.stopped_by() {
            let code = code(configuration, &fault.blocker, walk);
            match stopped.iter_mut().find(|it| it.code == code && it.is(&fault.blocker)) {
                Some(known) => known.add(fault, walk),
                None => stopped.push(Stopped::new(code, fault, walk)),
            }
        }
    }
    let stopped = without_consequences(stopped);
    stopped.iter().filter_map(|it| Some((rules::of(it.code)?, draft(configuration, it)))).collect()
}

/// What keeps only the other requests of a start is told under their codes where what keeps the pull does not account for
/// it already; else it is told with that.
fn without_consequences(stopped: Vec<Stopped<'_>>) -> Vec<Stopped<'_>> {
    let (mut of_the_pull, of_the_start): (Vec<_>, Vec<_>) =
        stopped.into_iter().partition(|it| it.walks.iter().any(|walk| is_of_the_pull(walk)));
    let mut rest = Vec::new();
    for it in of_the_start {
        if it.faults.iter().all(|fault| of_the_pull.iter().any(|known| known.is(&fault.blocker))) {
            // One network ACL may stop the way to endpoints and that to public addresses, by a code each.
            let is_own = |known: &Stopped<'_>| it.faults.iter().any(|fault| fault.blocker.code().id() == known.code);
            let own = of_the_pull.iter().position(|known| is_own(known) && known.is(&it.worst().blocker));
            let any = || of_the_pull.iter().position(|known| known.is(&it.worst().blocker));
            if let Some(at) = own.or_else(any) {
                of_the_pull[at].beside.extend(&it.walks);
            }
        } else {
            rest.push(it);
        }
    }
    of_the_pull.into_iter().chain(rest).collect()
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
            // A default route lets the layers out too.
            if matches!(blocker, Blocker::NoRoute { far: Far::S3, .. })
                && has_way_out(configuration)
                && stops_ecr(configuration, walk)
            {
                return "RTE-01";
            }
            own
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

/// Whether the VPC has a gateway that a default route can lead to.
fn has_way_out(configuration: &Configuration<'_>) -> bool {
    super::way_out::way_out(configuration).is_some()
}

/// Whether ECR has no route from there either.
fn stops_ecr(configuration: &Configuration<'_>, of: &Walk) -> bool {
    let is_ecr = |walk: &&Walk| {
        walk.site == of.site
            && matches!(walk.needed.role, Role::EcrApi | Role::EcrDkr)
            && !walk.needed.images.is_empty()
    };
    let has_none = |fault: &Fault| matches!(fault.blocker, Blocker::NoRoute { .. });
    configuration.walks.iter().filter(is_ecr).any(|walk| walk.walked.stopped_by().iter().any(has_none))
}

fn draft(configuration: &Configuration<'_>, stopped: &Stopped<'_>) -> Draft {
    let worst = stopped.worst();
    let blockers: Vec<&Blocker> = stopped.faults.iter().map(|fault| &fault.blocker).collect();
    let concerned = Concerned::of(stopped.walks.iter().copied());
    let resources = blame::all_resources(&blockers);
    let subject = resources.first().cloned().unwrap_or_default();
    let told = Concerned::of(stopped.walks.iter().chain(&stopped.beside).copied());
    let summary = words::summary(&blockers, worst, &told);
    let stage = stage(stopped.code, &concerned);
    let draft = if worst.extent.is_degraded() {
        Draft::warning(stage, subject, summary)
    } else {
        Draft::error(stage, subject, summary)
    };
    let gone = gone_groups(configuration, &worst.blocker);
    let mut draft = if gone.is_empty() {
        draft.proven(words::reason(&worst.blocker, worst.extent))
    } else {
        draft.likely(format!("EC2 says that {} does not exist, so that no task starts with it", words::list(&gone)))
    };
    draft.cites.clone_from(&stopped.cites);
    draft.roles.clone_from(&concerned.roles);
    draft.images = Some(concerned.images.clone());
    let draft = draft.blame(resources, configuration.places(&concerned.subnets)).keeps_from(told.hosts);
    if !gone.is_empty() {
        let does = format!("give the service or task a security group that exists in place of {}", words::list(&gone));
        return draft.fix(Fix::advice(does));
    }
    repairs(configuration, &blockers, &concerned).into_iter().fold(draft, Draft::fix)
}

/// Those of the task's groups that a group of an endpoint does not let in, and of which EC2 knows none: nothing is to be
/// allowed to them.
fn gone_groups(configuration: &Configuration<'_>, blocker: &Blocker) -> Vec<String> {
    use Blocker as B;
    match blocker {
        B::IngressLacksTask { task_groups, .. }
        | B::IngressOfDefaultGroup { task_groups, .. }
        | B::IngressListsOthers { task_groups, .. } => {
            task_groups.iter().filter(|group| configuration.account.is_no_group(group)).cloned().collect()
        }
        _ => Vec::new(),
    }
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
