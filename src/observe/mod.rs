//! Walks the plan and writes down what happens; judges nothing.
//!
//! Every hop is tried on its own, so that one run shows everything that is wrong: a host that
//! cannot be reached stops only what needs that host.

mod anonymous;
mod audit;
mod blobs;
mod frugal;
mod grant;
mod hedge;
mod inquiry;
mod kept;
mod noted;
mod pull;
mod reach;
mod reconcile;
mod recorder;
mod samples;
#[cfg(test)]
#[path = "tests/scripted.rs"]
mod scripted;
mod settings;
mod side_by_side;
pub mod sweep;

use std::pin::pin;

use futures_util::future::{self, Either};

pub use audit::{Readings, audit};
pub use frugal::Frugal;
use hedge::hedged;
pub use kept::{KeptTokens, Reusable};
use recorder::RETRY_PAUSES_MS;
pub use recorder::{Recorder, Step, Turn};
pub use samples::Sampling;
pub use settings::Walk;
use side_by_side::side_by_side;

use crate::edge::Edge;
use crate::model::outcome::{CredentialsOutcome, EnvironmentOutcome};
use crate::model::{Act, Check, ImageSummary};
use crate::plan::Plan;

/// How long the caller's name is waited for when all else is done, in milliseconds: it only adorns
/// the report, and many private subnets have no way to STS.
const CALLER_GRACE_MS: f64 = 200.0;

/// Walks the whole plan. What was seen is in the recorder, also when this is dropped half-way.
pub async fn walk<E: Edge>(recorder: &Recorder<'_, E>, plan: &Plan, walk: &Walk) {
    for (target, region) in plan.regions() {
        recorder.serves(target, region);
    }
    reference(recorder, plan, walk).await;

    // Whether there are credentials, which may take a second to find out, and how far we get
    // without them do not depend on one another.
    let arrival = async {
        let pull = pull::Pull::new(recorder, walk, reach::all(recorder, plan.targets(), walk.sampling).await);
        // The base endpoint of each registry first: it tells health from a refusal later on.
        pull.ping(plan).await;
        pull
    };
    let ((), pull) = future::join(credentials(recorder, plan), arrival).await;

    let pulling = async {
        for image in &plan.images {
            // Boxed: a future so deep is more than the compiler lays out in one piece.
            Box::pin(pull.image(image)).await;
        }
        pull.stores(plan).await;
    };
    match future::select(pin!(pulling), pin!(caller(recorder, walk))).await {
        Either::Left(((), caller)) => {
            future::select(caller, pin!(recorder.edge.sleep(CALLER_GRACE_MS))).await;
        }
        Either::Right(((), pulling)) => pulling.await,
    }
}

/// Writes down what was learnt on arrival. It comes last, when the walk is over or was cut short: it is no step of the
/// pull, and the steps have the same numbers whatever the place tells of itself.
pub fn facts<E: Edge>(recorder: &Recorder<'_, E>, walk: &Walk) {
    for fact in &walk.facts {
        recorder.note(Step::local(fact.check()), fact.clone());
    }
}

async fn reference<E: Edge>(recorder: &Recorder<'_, E>, plan: &Plan, walk: &Walk) {
    if !walk.proxy_variables.is_empty() {
        let outcome = EnvironmentOutcome::ProxyVariables { names: walk.proxy_variables.clone() };
        recorder.note(Step::local(Check::Environment), Act::Environment(outcome));
    }
    for image in &plan.images {
        let text = &image.reference.text;
        let step = Step::local(Check::Reference).about(text).for_image(text);
        recorder.note(step, Act::Reference(image.reference.outcome()));
        recorder.summary(&image.reference.text, |summary| {
            *summary = ImageSummary {
                image: image.reference.text.clone(),
                registry: image.reference.host.clone(),
                repository: image.reference.repository.clone(),
                reference: image.reference.selector_text(),
                platform: Some(walk.platform.to_string()),
                ..ImageSummary::default()
            };
        });
    }
}

/// Credentials are only looked for where a private registry wants them.
async fn credentials<E: Edge>(recorder: &Recorder<'_, E>, plan: &Plan) {
    if !plan.images.iter().any(|image| image.ecr.is_some()) {
        return;
    }
    let step = Step::local(Check::Credentials);
    let find = async || (recorder.edge.credentials().await, ());
    for pause in RETRY_PAUSES_MS.map(Some).into_iter().chain([None]) {
        let found = hedged(recorder, step.clone(), Act::Credentials, CredentialsOutcome::TimedOut, find).await;
        let act = Act::Credentials(found.outcome().clone());
        match pause.filter(|_| act.may_pass() && !act.timed_out()) {
            Some(pause) => recorder.edge.sleep(pause).await,
            None => return,
        }
    }
}

async fn caller<E: Edge>(recorder: &Recorder<'_, E>, walk: &Walk) {
    if let Some(region) = walk.caller_region.as_deref().filter(|_| recorder.has_credentials()) {
        let ask = async { (Act::Caller(recorder.edge.caller(region).await), ()) };
        recorder.act(Step::local(Check::Caller), ask).await;
    }
}
