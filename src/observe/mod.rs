//! Walks the plan and writes down what happens; judges nothing.
//!
//! Every hop is tried on its own, so that one run shows everything that is wrong: a host that
//! cannot be reached stops only what needs that host.

mod blobs;
mod pull;
mod reach;
mod recorder;

use futures_util::future::join_all;

pub use recorder::{Recorder, Step};

use crate::config::PullDepth;
use crate::edge::Edge;
use crate::model::outcome::EnvironmentOutcome;
use crate::model::{Act, ImageSummary};
use crate::plan::Plan;
use crate::wire::oci::Platform;

/// What the walk needs beside the plan.
#[derive(Debug, Clone)]
pub struct Walk {
    pub platform: Platform,
    pub depth: PullDepth,
    /// The Region to ask STS in; `None` leaves it out.
    pub caller_region: Option<String>,
    pub proxy_variables: Vec<String>,
}

/// Walks the whole plan. What was seen is in the recorder, also when this is dropped half-way.
pub async fn walk<E: Edge>(recorder: &Recorder<'_, E>, plan: &Plan, walk: &Walk) {
    reference(recorder, plan, walk).await;

    // Who we are and how far we get do not depend on one another.
    let identity = identity(recorder, plan, walk);
    let reach = reach::all(recorder, plan.targets());
    let ((), reached) = futures_util::future::join(identity, reach).await;

    let pull = pull::Pull::new(recorder, walk, reached);
    // The base endpoint of each registry first: it tells health from a refusal later on.
    pull.ping(plan).await;
    for image in &plan.images {
        pull.image(image).await;
    }
    pull.stores(plan).await;
}

async fn reference<E: Edge>(recorder: &Recorder<'_, E>, plan: &Plan, walk: &Walk) {
    if !walk.proxy_variables.is_empty() {
        let outcome = EnvironmentOutcome::ProxyVariables { names: walk.proxy_variables.clone() };
        recorder.note(Step::local("environment"), Act::Environment(outcome));
    }
    for image in &plan.images {
        let step = Step::local("reference").about(&image.reference.text);
        recorder.note(step, Act::Reference(image.reference.outcome()));
        recorder.summary(&image.reference.text, |summary| {
            *summary = ImageSummary {
                image: image.reference.text.clone(),
                registry: image.reference.host.clone(),
                repository: image.reference.repository.clone(),
                reference: image.reference.selector_text(),
                platform: walk.platform.to_string(),
                ..ImageSummary::default()
            };
        });
    }
}

/// Credentials are only looked for where a private registry wants them.
async fn identity<E: Edge>(recorder: &Recorder<'_, E>, plan: &Plan, walk: &Walk) {
    if plan.images.iter().all(|image| image.ecr.is_none()) {
        return;
    }
    let edge = recorder.edge;
    let found = recorder
        .act(Step::local("credentials"), async {
            let outcome = edge.credentials().await;
            let found = !outcome.is_symptom();
            (Act::Credentials(outcome), found)
        })
        .await;
    let Some(region) = walk.caller_region.as_deref().filter(|_| found) else { return };
    recorder.act(Step::local("caller"), async { (Act::Caller(edge.caller(region).await), ()) }).await;
}

/// All of them side by side.
async fn side_by_side<I: IntoIterator<Item = F>, F: Future>(acts: I) -> Vec<F::Output> {
    join_all(acts).await
}
