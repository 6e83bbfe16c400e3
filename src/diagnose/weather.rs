//! Weather: what failed and passed when it was tried again, as a container runtime does.
//!
//! Networks lose packets and services answer 503 now and then. The probe tries such an act again, and so a step of the
//! pull may have several tries in the evidence. This is the one place that decides which of them count:
//!
//! - a try before one that passed is no symptom, whatever it met: no rule sees it, and ECR-04 notes it;
//! - where no try passed, those that failed in the way most of them did are the symptom, and a try that met something
//!   else in between is not.

use std::collections::{BTreeMap, HashMap};
use std::mem::{Discriminant, discriminant};
use std::net::IpAddr;

use crate::model::outcome::{
    ConnectOutcome, HandshakeOutcome, LayerBytesOutcome, ManifestOutcome, NoAnswer, ResolveOutcome,
};
use crate::model::{Act, Check, Evidence, EvidenceId, Observation, Target};

/// The observations that rules see: all but the tries that do not count.
#[derive(Debug, Clone, Default)]
pub struct Counted<'e>(Vec<&'e Observation>);

impl<'e> Counted<'e> {
    /// In their order.
    pub fn iter(&self) -> impl Iterator<Item = &'e Observation> + Clone + '_ {
        self.0.iter().copied()
    }

    /// The one of that number, if it counts.
    pub fn get(&self, id: EvidenceId) -> Option<&'e Observation> {
        self.iter().find(|observation| observation.id == id)
    }
}

/// What the evidence holds of tries, told apart.
#[derive(Debug, Default)]
pub struct Tries<'e> {
    /// Those that count.
    pub counted: Counted<'e>,
    /// Failed tries of steps that passed later, in the order in which they began.
    pub passed: Vec<&'e Observation>,
}

impl<'e> Tries<'e> {
    /// Tells them apart.
    pub fn of(evidence: &'e Evidence) -> Self {
        let observations: Vec<&'e Observation> = evidence.iter().collect();
        let mut steps: BTreeMap<Step<'e>, Vec<usize>> = BTreeMap::new();
        for (index, observation) in observations.iter().enumerate() {
            steps.entry(Step::of(observation)).or_default().push(index);
        }
        let mut fates = vec![Fate::Counts; observations.len()];
        for tries in steps.values().filter(|tries| tries.len() > 1) {
            let (passed, failed) =
                tries.split_at(tries.iter().rposition(|&it| !observations[it].is_symptom()).map_or(0, |last| last + 1));
            for &it in passed.iter().filter(|&&it| observations[it].is_symptom()) {
                fates[it] = Fate::Passed;
            }
            let ways: Vec<Way<'_>> = failed.iter().map(|&it| Way::of(&observations[it].act)).collect();
            let mut counts: HashMap<&Way<'_>, usize> = HashMap::new();
            for way in &ways {
                *counts.entry(way).or_default() += 1;
            }
            // Of two ways that are as frequent, the later one: `max_by_key` takes the last.
            let usual = ways.iter().max_by_key(|way| counts[way]);
            for (&it, way) in failed.iter().zip(&ways) {
                if Some(way) != usual {
                    fates[it] = Fate::Other;
                }
            }
        }
        let having = |wanted| {
            let with_fate = observations.iter().zip(&fates);
            with_fate.filter(move |(_, fate)| **fate == wanted).map(|(it, _)| *it).collect()
        };
        Tries { counted: Counted(having(Fate::Counts)), passed: having(Fate::Passed) }
    }
}

/// What becomes of one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Counts,
    /// It failed, and the same step passed later.
    Passed,
    /// It failed in another way than the step did.
    Other,
}

/// What makes two observations tries of one thing: the same check of the same host for the same image and subject. What is
/// done at each address, or asked of each name server, is a step of its own there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step<'e> {
    check: Check,
    target: Option<&'e Target>,
    image: Option<&'e str>,
    region: Option<&'e str>,
    subject: Option<&'e str>,
    address: Option<IpAddr>,
}

impl<'e> Step<'e> {
    /// The step that an observation is a try of.
    pub fn of(observation: &'e Observation) -> Self {
        let at_each_address = observation.act.is_reach();
        Step {
            check: observation.act.check(),
            target: observation.target.as_ref(),
            image: observation.image.as_deref(),
            region: observation.region.as_deref(),
            subject: observation.subject.as_deref(),
            address: observation.address.filter(|_| at_each_address),
        }
    }
}

/// In what way an act failed, as far as it tells one fault from another.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Way<'e> {
    Status(u16, Option<&'e str>),
    NoAnswer(Discriminant<NoAnswer>),
    /// A flow that stalled, or one that was ended.
    Broken {
        stalled: bool,
    },
    Resolve(Discriminant<ResolveOutcome>),
    Connect(Discriminant<ConnectOutcome>),
    Handshake(Discriminant<HandshakeOutcome>),
    Manifest(Discriminant<ManifestOutcome>),
    LayerBytes(Discriminant<LayerBytesOutcome>),
    Other,
}

impl<'e> Way<'e> {
    fn of(act: &'e Act) -> Self {
        if let Some(why) = act.rejection() {
            return Way::Status(why.status, why.code.as_deref());
        }
        if let Some(why) = act.no_answer() {
            return Way::NoAnswer(discriminant(why));
        }
        match act {
            Act::LayerBytes(LayerBytesOutcome::Broken { why, .. }) => {
                Way::Broken { stalled: *why == NoAnswer::TimedOut }
            }
            Act::LayerBytes(outcome) => Way::LayerBytes(discriminant(outcome)),
            Act::Resolve(outcome) => Way::Resolve(discriminant(outcome)),
            Act::Connect(outcome) => Way::Connect(discriminant(outcome)),
            Act::Handshake(outcome) => Way::Handshake(discriminant(outcome)),
            Act::Manifest(outcome) => Way::Manifest(discriminant(outcome)),
            _ => Way::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Role;
    use crate::model::outcome::{RegistryOutcome, Rejection};

    fn seen(id: EvidenceId, address: &str, act: Act) -> Observation {
        let target = Some(Target::new(Role::EcrDkr, "registry.example", 443));
        let address = Some(address.parse().unwrap());
        Observation {
            id,
            target,
            address,
            image: None,
            region: None,
            subject: None,
            began_ms: f64::from(id),
            took_ms: 1.0,
            act,
        }
    }

    fn status(status: u16) -> Act {
        Act::RegistryAuth(RegistryOutcome::Rejected(Rejection { status, ..Rejection::default() }))
    }

    fn accepted() -> Act {
        Act::RegistryAuth(RegistryOutcome::Accepted { clock_offset_s: None })
    }

    /// The ids that count, and those that passed.
    fn sorted(acts: Vec<(&str, Act)>) -> (Vec<EvidenceId>, Vec<EvidenceId>) {
        let observations = acts.into_iter().zip(1..).map(|((address, act), id)| seen(id, address, act)).collect();
        let evidence = Evidence { observations };
        let tries = Tries::of(&evidence);
        let counted = tries.counted.iter().map(|it| it.id).collect();
        (counted, tries.passed.iter().map(|it| it.id).collect())
    }

    const HERE: &str = "10.0.0.1";
    const THERE: &str = "10.0.0.2";

    #[test]
    fn what_passes_later_is_no_symptom_wherever_it_was_tried() {
        assert_eq!(sorted(vec![(HERE, status(503)), (THERE, status(429)), (HERE, accepted())]), (vec![3], vec![1, 2]));
        // What fails after it passed has not passed since.
        assert_eq!(sorted(vec![(HERE, accepted()), (HERE, status(503))]), (vec![1, 2], vec![]));
    }

    #[test]
    fn the_usual_way_to_fail_is_the_symptom() {
        let reset = || Act::RegistryAuth(RegistryOutcome::NoAnswer(NoAnswer::Reset));
        let tries = vec![(HERE, status(503)), (HERE, reset()), (HERE, status(503))];
        assert_eq!(sorted(tries), (vec![1, 3], vec![]));
        // As often as not: the later one.
        assert_eq!(sorted(vec![(HERE, status(503)), (HERE, reset())]), (vec![2], vec![]));
    }

    #[test]
    fn each_address_is_connected_to_for_itself() {
        let connect = |outcome| Act::Connect(outcome);
        let connected = || ConnectOutcome::Connected { tcp: None };
        let tries = vec![(HERE, connect(ConnectOutcome::TimedOut)), (THERE, connect(connected()))];
        assert_eq!(sorted(tries), (vec![1, 2], vec![]));
        let tries = vec![(HERE, connect(ConnectOutcome::TimedOut)), (HERE, connect(connected()))];
        assert_eq!(sorted(tries), (vec![2], vec![1]));
    }
}
