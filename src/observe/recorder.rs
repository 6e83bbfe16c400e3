//! Numbers and times every act, and keeps what is done when the walk is cut short.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::edge::Edge;
use crate::model::outcome::LayerBytesOutcome;
use crate::model::{Act, Check, Evidence, ImageSummary, Observation, Target, to_thousandths};

/// Acts that no pull depends on, and that nothing waits for.
const OPTIONAL: [Check; 2] = [Check::Caller, Check::VpcResolve];

/// How long to wait before each further try, in milliseconds.
pub const RETRY_PAUSES_MS: [f64; 4] = [250.0, 750.0, 2_000.0, 2_000.0];

/// How often an act is tried, and one whose bytes began to come: that goes on where it ended. Container runtimes and the
/// ECS agent try five times.
const MOST_TRIES: usize = 4;
const MOST_TRIES_OF_A_FLOW: usize = 5;

/// How often an answer is waited for in vain. What all layers of an image wait for is waited for so often by a few of
/// them, and once by the others.
const MOST_WAITS: usize = 3;

fn most_tries(outcome: &Act) -> usize {
    match outcome {
        Act::LayerBytes(LayerBytesOutcome::Broken { .. } | LayerBytesOutcome::RangeRefused { .. }) => {
            MOST_TRIES_OF_A_FLOW
        }
        _ => MOST_TRIES,
    }
}

/// What a further try knows of those before it.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// How many of them timed out.
    pub timed_out: usize,
}

/// What an act is about, before it has an outcome.
#[derive(Debug, Clone)]
pub struct Step {
    check: Check,
    target: Option<Target>,
    address: Option<IpAddr>,
    subject: Option<String>,
    image: Option<String>,
    region: Option<String>,
}

impl Step {
    /// An act without a host of the plan.
    pub fn local(check: Check) -> Self {
        Step { check, target: None, address: None, subject: None, image: None, region: None }
    }

    /// An act on a host of the plan, at an address where that is known.
    pub fn on(check: Check, target: &Target, address: impl Into<Option<IpAddr>>) -> Self {
        Step { target: Some(target.clone()), address: address.into(), ..Step::local(check) }
    }

    /// What it asks for.
    pub fn about(mut self, subject: &(impl ToString + ?Sized)) -> Self {
        self.subject = Some(subject.to_string());
        self
    }

    /// The image that it is done for, as it was given.
    pub fn for_image(mut self, image: &str) -> Self {
        self.image = Some(image.to_owned());
        self
    }

    /// The Region of the service, where the host alone does not tell.
    pub fn in_region(mut self, region: &str) -> Self {
        self.region = Some(region.to_owned());
        self
    }
}

/// A place in the list, taken when the act begins, filled when it ends.
#[derive(Debug)]
struct Slot {
    step: Step,
    began_ms: f64,
    ended: Option<(f64, Act)>,
}

/// Collects observations in the order in which their acts began.
#[derive(Debug)]
pub struct Recorder<'e, E> {
    /// The world that is acted on.
    pub edge: &'e E,
    slots: RefCell<Vec<Slot>>,
    /// What was waited for in vain, by check and host.
    silent: RefCell<Vec<(Check, Target)>>,
    images: RefCell<Vec<(String, ImageSummary)>>,
    /// The Region that each host serves; `None` for one that serves several, as an emulator may.
    regions: RefCell<BTreeMap<Target, Option<String>>>,
}

impl<'e, E: Edge> Recorder<'e, E> {
    /// An empty record of acts on this world.
    pub fn new(edge: &'e E) -> Self {
        Recorder {
            edge,
            slots: RefCell::default(),
            silent: RefCell::default(),
            images: RefCell::default(),
            regions: RefCell::default(),
        }
    }

    /// Learns which Region a host serves.
    pub fn serves(&self, target: &Target, region: &str) {
        let mut regions = self.regions.borrow_mut();
        let known = regions.entry(target.clone()).or_insert_with(|| Some(region.to_owned()));
        if known.as_deref() != Some(region) {
            *known = None;
        }
    }

    /// Times `act` and records its outcome; returns what else it yields.
    pub async fn act<T>(&self, step: Step, act: impl Future<Output = (Act, T)>) -> T {
        let index = self.begin(step);
        let (outcome, value) = act.await;
        self.end(index, outcome);
        value
    }

    /// The same, tried again after a pause while it fails in a way that may pass. Every try is an observation.
    pub async fn persist<T>(&self, step: Step, act: impl AsyncFn() -> (Act, T)) -> T {
        self.persist_in_turns(step, async |_| act().await).await
    }

    /// The same, where a try is another than the one before.
    pub async fn persist_in_turns<T>(&self, step: Step, mut act: impl AsyncFnMut(Turn) -> (Act, T)) -> T {
        let is_silent = self.is_silent(&step);
        let most_waits = if is_silent { 1 } else { MOST_WAITS };
        let mut turn = Turn { timed_out: usize::from(is_silent) };
        let (mut tries, mut waits) = (0, 0);
        loop {
            let once = async {
                let (outcome, value) = act(turn).await;
                let (passing, timed_out, most) = (outcome.may_pass(), outcome.timed_out(), most_tries(&outcome));
                (outcome, (passing, timed_out, most, value))
            };
            let (passing, timed_out, most, value) = self.act(step.clone(), once).await;
            tries += 1;
            waits += usize::from(timed_out);
            turn.timed_out += usize::from(timed_out);
            if timed_out && waits == most_waits {
                self.silent.borrow_mut().extend(step.target.clone().map(|target| (step.check, target)));
                return value;
            }
            match RETRY_PAUSES_MS.get(tries - 1).filter(|_| passing && tries < most) {
                Some(pause) => self.edge.sleep(*pause).await,
                None => return value,
            }
        }
    }

    /// Whether the same was waited for in vain of this host, as often as it is waited for.
    fn is_silent(&self, step: &Step) -> bool {
        let silent = self.silent.borrow();
        step.target.as_ref().is_some_and(|target| silent.iter().any(|(check, it)| *check == step.check && it == target))
    }

    /// Records what took no time.
    pub fn note(&self, step: Step, act: Act) {
        self.note_timed(step, 0.0, act);
    }

    /// Records what ends now and took so many milliseconds.
    pub fn note_timed(&self, step: Step, took_ms: f64, act: Act) {
        let index = self.begin(step);
        self.slots.borrow_mut()[index].began_ms -= took_ms;
        self.end(index, act);
    }

    fn begin(&self, mut step: Step) -> usize {
        if let (None, Some(target)) = (&step.region, &step.target) {
            step.region = self.regions.borrow().get(target).cloned().flatten();
        }
        let began_ms = self.edge.elapsed_ms();
        let mut slots = self.slots.borrow_mut();
        slots.push(Slot { step, began_ms, ended: None });
        slots.len() - 1
    }

    fn end(&self, index: usize, act: Act) {
        let ended_ms = self.edge.elapsed_ms();
        let mut slots = self.slots.borrow_mut();
        let slot = &mut slots[index];
        let took_ms = ended_ms - slot.began_ms;
        tracing::debug!(check = slot.step.check.name(), took_ms, ?act, "done");
        slot.ended = Some((took_ms, act));
    }

    /// Whether the credential chain yielded some.
    pub fn has_credentials(&self) -> bool {
        self.any(|_, act| matches!(act, Act::Credentials(outcome) if !outcome.is_symptom()))
    }

    /// Whether bytes were asked of this layer store.
    pub fn has_asked(&self, store: &Target) -> bool {
        self.any(|step, act| matches!(act, Act::LayerBytes(_)) && step.target.as_ref() == Some(store))
    }

    fn any(&self, matches: impl Fn(&Step, &Act) -> bool) -> bool {
        let slots = self.slots.borrow();
        slots.iter().any(|slot| slot.ended.as_ref().is_some_and(|(_, act)| matches(&slot.step, act)))
    }

    /// Changes what is known of an image, by its reference.
    pub fn summary(&self, image: &str, change: impl FnOnce(&mut ImageSummary)) {
        let mut images = self.images.borrow_mut();
        let index = images.iter().position(|(known, _)| known == image).unwrap_or_else(|| {
            images.push((image.to_owned(), ImageSummary::default()));
            images.len() - 1
        });
        change(&mut images[index].1);
    }

    /// The finished observations, numbered, the images, and the acts that were still under way.
    pub fn finish(self) -> (Evidence, Vec<ImageSummary>, Vec<String>) {
        let mut observations = Vec::new();
        let mut under_way = Vec::new();
        for slot in self.slots.into_inner() {
            let Step { check, target, address, subject, image, region } = slot.step;
            match slot.ended {
                Some((took_ms, act)) => observations.push(Observation {
                    id: observations.len() as u32 + 1,
                    target,
                    address,
                    subject,
                    image,
                    region,
                    began_ms: to_thousandths(slot.began_ms),
                    took_ms: to_thousandths(took_ms),
                    act,
                }),
                // What only adorns the report is given up when all else is done.
                None if OPTIONAL.contains(&check) => {}
                None => {
                    let place = target.map(|target| target.to_string()).or(subject).unwrap_or_default();
                    under_way.push(format!("{check} {place}").trim_end().to_owned());
                }
            }
        }
        let images = self.images.into_inner().into_iter().map(|(_, summary)| summary).collect();
        (Evidence { observations }, images, under_way)
    }
}
