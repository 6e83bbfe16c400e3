//! The steps of a walk, as they are gone.

use super::verdict::Verdict;
use super::{Allowance, Blocker, Extent, Fault, Reason, Step, Unseen};
use crate::model::{EvidenceId, HopKind, Passes};

/// The steps of a walk, as they are gone.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Trail {
    pub steps: Vec<Step>,
    pub faults: Vec<Fault>,
    pub via: Option<String>,
    /// The client's ports that one border leaves open, and another one.
    pub open: Vec<Vec<(u16, u16)>>,
}

impl Trail {
    fn push(&mut self, kind: HopKind, id: &str, reason: Reason, cites: &[EvidenceId]) {
        let step = Step { kind, id: id.to_owned(), reason, cites: cites.to_vec() };
        if !self.steps.contains(&step) {
            self.steps.push(step);
        }
    }

    /// A hop that lets packets through.
    pub fn allows(&mut self, kind: HopKind, id: &str, by: Allowance, cites: &[EvidenceId]) {
        self.push(kind, id, Reason::Allows(by), cites);
    }

    /// A hop that stops packets, which is a fault.
    pub fn blocks(&mut self, kind: HopKind, id: &str, blocker: Blocker, extent: Extent, cites: &[EvidenceId]) {
        self.push(kind, id, Reason::Blocks(blocker.clone(), extent), cites);
        self.fault(blocker, extent, cites);
    }

    /// A fault, once; further observations of it are added.
    pub fn fault(&mut self, blocker: Blocker, extent: Extent, cites: &[EvidenceId]) {
        match self.faults.iter_mut().find(|fault| fault.blocker == blocker) {
            Some(fault) => {
                fault.cites.extend(cites);
                fault.cites.sort_unstable();
                fault.cites.dedup();
            }
            None => self.faults.push(Fault { blocker, extent, cites: cites.to_vec() }),
        }
    }

    /// A hop of which nobody can tell.
    pub fn unknown(&mut self, kind: HopKind, id: &str, unseen: Unseen, cites: &[EvidenceId]) {
        self.push(kind, id, Reason::Unknown(unseen), cites);
    }

    /// Writes down a verdict.
    pub fn add(
        &mut self,
        (kind, id): (HopKind, &str),
        verdict: Verdict,
        allowed: impl FnOnce() -> Allowance,
        blocked: impl FnOnce() -> Blocker,
        cites: &[EvidenceId],
    ) {
        match verdict {
            Verdict::Allows => self.allows(kind, id, allowed(), cites),
            Verdict::Blocks(extent) => self.blocks(kind, id, blocked(), extent, cites),
            Verdict::Unknown(unseen) => self.unknown(kind, id, unseen, cites),
        }
    }

    /// Goes on with another one's steps.
    pub fn follow(&mut self, other: Trail) {
        for step in other.steps {
            if !self.steps.contains(&step) {
                self.steps.push(step);
            }
        }
        for fault in other.faults {
            self.fault(fault.blocker, fault.extent, &fault.cites);
        }
        self.via = self.via.take().or(other.via);
        self.open.extend(other.open);
    }

    /// Where no client port is open at all borders, connections fail whatever port they begin at.
    pub fn settle_ports(&mut self) {
        let both = |one: Vec<(u16, u16)>, other: &Vec<(u16, u16)>| -> Vec<(u16, u16)> {
            let of_all = one.iter().flat_map(|a| other.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))));
            of_all.filter(|(first, last)| first <= last).collect()
        };
        let open = std::mem::take(&mut self.open);
        let Some((first, others)) = open.split_first() else { return };
        if !others.iter().fold(first.clone(), both).is_empty() {
            return;
        }
        let whole = |extent: &mut Extent| {
            if matches!(extent, Extent::Ports { .. }) {
                *extent = Extent::Whole;
            }
        };
        self.faults.iter_mut().for_each(|fault| whole(&mut fault.extent));
        for step in &mut self.steps {
            if let Reason::Blocks(_, extent) = &mut step.reason {
                whole(extent);
            }
        }
    }

    /// What the steps come to: one that stops packets for good decides, then one that is unknown.
    pub fn passes(&self) -> Passes {
        let stops = |step: &Step| matches!(&step.reason, Reason::Blocks(_, extent) if !extent.is_degraded());
        if self.steps.iter().any(stops) {
            Passes::No
        } else if self.steps.iter().any(|step| matches!(step.reason, Reason::Unknown(_))) {
            Passes::Unknown
        } else {
            Passes::Yes
        }
    }
}
