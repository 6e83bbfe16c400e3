//! What a rule hands in.

use crate::model::{Blame, Code, EvidenceId, Fix, Observation, Role, Severity, Stage, Strength};

/// A finding before it is numbered, folded and ranked.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// How much it matters.
    pub severity: Severity,
    /// How sure the evidence makes it.
    pub strength: Strength,
    /// The step of the pull that fails.
    pub stage: Stage,
    /// What it is about: a host, an image, a principal.
    pub subject: String,
    /// The fact in one line, in lower case.
    pub summary: String,
    /// Why the evidence makes it so sure.
    pub reason: String,
    /// The observations that show it.
    pub cites: Vec<EvidenceId>,
    /// The failed observations that it accounts for; the cited ones among them.
    pub covers: Vec<EvidenceId>,
    /// Codes that the evidence cannot tell from this one.
    pub alternatives: Vec<Code>,
    /// What fixes it, the likeliest first.
    pub fixes: Vec<Fix>,
    /// The resources to blame and the subnets that it holds in, where the configuration shows them.
    pub blame: Option<Blame>,
    /// The hosts that it keeps the pull from, where the configuration shows it.
    pub roles: Vec<Role>,
    /// The images that it is about, where what it cites does not tell.
    pub images: Option<Vec<String>>,
}

impl Draft {
    /// An error that is likely; the methods below refine it.
    pub fn error(stage: Stage, subject: impl Into<String>, summary: impl Into<String>) -> Self {
        Draft {
            severity: Severity::Error,
            strength: Strength::Likely,
            stage,
            subject: subject.into(),
            summary: summary.into(),
            reason: String::new(),
            cites: Vec::new(),
            covers: Vec::new(),
            alternatives: Vec::new(),
            fixes: Vec::new(),
            blame: None,
            roles: Vec::new(),
            images: None,
        }
    }

    /// A warning that is likely.
    pub fn warning(stage: Stage, subject: impl Into<String>, summary: impl Into<String>) -> Self {
        Draft { severity: Severity::Warning, ..Draft::error(stage, subject, summary) }
    }

    /// A remark that is likely.
    pub fn info(stage: Stage, subject: impl Into<String>, summary: impl Into<String>) -> Self {
        Draft { severity: Severity::Info, ..Draft::error(stage, subject, summary) }
    }

    /// How sure it is, and why.
    pub fn strength(mut self, strength: Strength, reason: impl Into<String>) -> Self {
        self.strength = strength;
        self.reason = reason.into();
        self
    }

    /// The evidence admits no other cause, for this reason.
    pub fn proven(self, reason: impl Into<String>) -> Self {
        self.strength(Strength::Proven, reason)
    }

    /// It is the likeliest of several causes, for this reason.
    pub fn likely(self, reason: impl Into<String>) -> Self {
        self.strength(Strength::Likely, reason)
    }

    /// Cites observations; those that failed are accounted for.
    pub fn cite<'o>(mut self, observations: impl IntoIterator<Item = &'o Observation>) -> Self {
        for observation in observations {
            push_new(&mut self.cites, observation.id);
            push_new(&mut self.covers, observation.id);
        }
        self
    }

    /// Cites the first of each check and accounts for the others: every layer of an image fails alike.
    pub fn cite_samples<'o>(self, observations: impl IntoIterator<Item = &'o Observation>) -> Self {
        let mut checks = Vec::new();
        observations.into_iter().fold(self, |draft, observation| {
            let check = observation.act.check();
            if checks.contains(&check) {
                draft.cover([observation])
            } else {
                checks.push(check);
                draft.cite([observation])
            }
        })
    }

    /// Accounts for observations without showing them.
    pub fn cover<'o>(mut self, observations: impl IntoIterator<Item = &'o Observation>) -> Self {
        for observation in observations {
            push_new(&mut self.covers, observation.id);
        }
        self
    }

    /// Adds codes that the evidence cannot tell from this one.
    pub fn or(mut self, alternatives: &[&'static str]) -> Self {
        self.alternatives.extend(alternatives.iter().map(|&id| Code(id)));
        self
    }

    /// Blames these resources, in these subnets of the placement: `None` for all.
    pub fn blame(mut self, resources: Vec<String>, subnets: Option<Vec<String>>) -> Self {
        self.blame = Some(Blame { resources, subnets, hosts: Vec::new() });
        self
    }

    /// Names the hosts that what is to blame keeps packets from.
    pub fn keeps_from(mut self, hosts: Vec<String>) -> Self {
        if let Some(blame) = &mut self.blame {
            blame.hosts = hosts;
        }
        self
    }

    /// Adds a fix, after those before.
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }
}

fn push_new(ids: &mut Vec<EvidenceId>, id: EvidenceId) {
    if !ids.contains(&id) {
        ids.push(id);
    }
}
