//! A check from settings to report: the one place that knows all stages.

pub mod audit;
mod fit;
mod observed;
pub mod sweep;

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::FusedFuture;

use crate::audit as judgement;
use crate::config::options::IMAGES;
use crate::config::{AuditBeside, FixForm, Settings, UsageError};
use crate::diagnose::configured::unseen;
use crate::diagnose::{Case, diagnose, measure, verdict};
use crate::edge::{Edge, Live, TaskMetadata};
use crate::image::{Reference, Registry};
use crate::model::outcome::{CallerOutcome, LayerBytesOutcome};
use crate::model::{
    Act, Configured, Evidence, Mode, Report, Role, SCHEMA, Timestamp, Vantage, Verdict, to_thousandths,
};
use crate::observe::{KeptTokens, Recorder, Sampling, Walk, facts, walk};
use crate::plan::Plan;

pub use self::fit::{TooLong, fit};
pub use self::observed::{NotAReport, Observed};

/// Where we stand and what to check there.
#[derive(Debug)]
pub struct Context {
    /// The world as it is seen from here.
    pub live: Live,
    /// Where the probe stands, as far as that is known before the first packet.
    pub vantage: Vantage,
    /// What to check.
    pub images: Vec<Reference>,
    /// Services that the task's own start needs.
    pub services: Vec<Role>,
    /// What task metadata says that is evidence.
    pub facts: Vec<Act>,
    /// Tokens that the checks before this one were given; `None` where each check asks.
    pub tokens: Option<Rc<KeptTokens>>,
}

impl Context {
    /// The Region that the probe stands in, or that of the first image in private ECR where that is not known.
    pub fn region(&self) -> Option<&str> {
        let of_images = self.images.iter().find_map(|image| match &image.registry {
            Registry::Ecr(host) => Some(host.region.as_str()),
            _ => None,
        });
        self.vantage.region.as_deref().or(of_images)
    }
}

/// The mistake of naming no image where no task's metadata has any.
pub fn no_image() -> String {
    format!("no image to check: name one, or set {IMAGES}")
}

/// Learns where the probe stands: task metadata gives the images where none were named.
///
/// # Errors
///
/// A file that cannot be read, no image to check, or a service to reach besides in no known Region.
pub async fn discover(settings: &Settings) -> Result<Context, UsageError> {
    let mut live = Live::new(settings)?;
    let asked = settings.region.as_ref().or(settings.environment.region.as_ref());
    let mut vantage = Vantage {
        mode: settings.mode(),
        region: asked.cloned(),
        execution_role: settings.execution_role.clone(),
        function: settings.environment.function.clone(),
        subnet_id: settings.environment.subnet_id.clone(),
        security_groups: settings.environment.security_groups.clone(),
        function_memory_mb: settings.environment.function_memory_mb,
        assign_public_ip: settings.environment.assign_public_ip,
        ..Vantage::default()
    };
    let mut images = settings.images.clone();
    let mut services = settings.also.clone();
    let mut facts = Vec::new();
    let mut why_none = no_image();
    if let Some(base) = &settings.environment.metadata_uri {
        // It is on this machine. Where it is silent, the better part of the budget is for the images.
        match live.task_metadata(base, settings.timeout.min(settings.budget / 2)).await {
            Ok(mut metadata) => {
                facts = std::mem::take(&mut metadata.facts);
                if images.is_empty() {
                    images = own_images(&metadata, &mut vantage.unknown);
                    if let Some(why) = vantage.unknown.first() {
                        why_none = format!("no image to check: {why}; name one");
                    }
                }
                if metadata.logs_in_own_region() {
                    services.push(Role::Logs);
                }
                describe(&mut vantage, &metadata, settings);
            }
            Err(why) => {
                why_none = format!("no image to check: task metadata gives none ({why}); name one");
                vantage.unknown.push(format!("task metadata: {why}"));
            }
        }
    }
    if images.is_empty() {
        return Err(UsageError(why_none));
    }
    vantage.unknown.extend(live.ranges_created().and_then(|created| stale(created, live.started_at())));
    if let Some(region) = &vantage.region {
        live.set_region(region);
    }
    vantage.dns_servers = live.name_servers();
    services.sort();
    services.dedup();
    let context = Context { live, vantage, images, services, facts, tokens: None };
    if let (Some(service), None) = (settings.also.first(), context.region()) {
        return Err(UsageError(format!(
            "--also {}: no Region is known whose endpoint that is; name it with --region or AWS_REGION",
            service.name()
        )));
    }
    Ok(context)
}

/// AWS adds ranges all the time: after a year an address may be AWS's and not be known as such.
fn stale(created: Timestamp, now: Timestamp) -> Option<String> {
    const YEAR_S: i64 = 365 * 86_400;
    let is_old = now.0.saturating_sub(created.0) > YEAR_S;
    is_old.then(|| {
        format!(
            "address ownership may be out of date: AWS's ip-ranges.json of {created} is used; give a newer one with --ip-ranges"
        )
    })
}

/// The images of the task's containers; those that cannot be read are named in `unknown`.
fn own_images(metadata: &TaskMetadata, unknown: &mut Vec<String>) -> Vec<Reference> {
    let mut images = Vec::new();
    for text in metadata.images() {
        match Reference::parse(text) {
            Ok(reference) => images.push(reference),
            Err(error) => unknown.push(format!("an image of this task: {error}")),
        }
    }
    images
}

fn describe(vantage: &mut Vantage, metadata: &TaskMetadata, settings: &Settings) {
    // AWS_REGION may have been set for what the application talks to; the task's ARN says where it is.
    let own = metadata.region().map(str::to_owned);
    vantage.region = settings.region.clone().or(own).or_else(|| vantage.region.take());
    metadata.describe(vantage);
}

/// How much of the budget is kept back to judge and print, so that a slow check still reports in time.
fn reserve(budget: Duration) -> Duration {
    (budget / 50).min(Duration::from_millis(250))
}

/// When layers must end for what came of them to be reported: one reserve before all else must.
pub fn layers_until_ms(budget: Duration) -> f64 {
    (budget - 2 * reserve(budget)).as_secs_f64() * 1e3
}

/// How long a host's names and again its addresses are sampled. Hosts go side by side, and a layer's host may be known
/// only during the pull: that makes four fifths at the most, and leaves one for the pull.
fn sampling_ms(budget: Duration) -> f64 {
    (budget / 5).as_secs_f64() * 1e3
}

/// Walks the plan within the budget, or until `stop` resolves with the reason.
pub async fn observe<E: Edge>(
    edge: &E,
    plan: &Plan,
    how: &Walk,
    vantage: Vantage,
    started_at: Timestamp,
    budget: Duration,
    stop: impl Future<Output = String>,
) -> Observed {
    let recorder = Recorder::new(edge);
    // Learning the place has taken some of it.
    let left_ms = (budget - reserve(budget)).as_secs_f64() * 1e3 - edge.elapsed_ms();
    let cut = tokio::select! {
        biased;
        () = walk(&recorder, plan, how) => None,
        why = stop => Some(why),
        () = edge.sleep(left_ms) => Some(format!("the budget of {budget:?} is spent")),
    };
    facts(&recorder, how);
    let duration_ms = to_thousandths(edge.elapsed_ms());
    let (evidence, images, under_way) = recorder.finish();
    let cut =
        cut.or_else(|| unfinished(&evidence).then(|| format!("the budget of {budget:?} ended before the layers did")));
    let cut_short =
        cut.map(|why| if under_way.is_empty() { why } else { format!("{why}; under way: {}", under_way.join(", ")) });
    let vantage = with_caller(vantage, &evidence);
    Observed {
        started_at,
        duration_ms,
        vantage,
        images,
        evidence,
        cut_short,
        trimmed: None,
        pull: None,
        placement: None,
    }
}

fn unfinished(evidence: &Evidence) -> bool {
    evidence.iter().any(|it| matches!(it.act, Act::LayerBytes(LayerBytesOutcome::Unfinished { .. })))
}

fn with_caller(mut vantage: Vantage, evidence: &Evidence) -> Vantage {
    for observation in evidence.iter() {
        if let Act::Caller(CallerOutcome::Known { arn, account }) = &observation.act {
            vantage.principal_arn = Some(arn.clone());
            vantage.account.get_or_insert_with(|| account.clone());
        }
    }
    vantage
}

/// Judges what was observed. Pure: a saved report is judged again by the same function.
pub fn judge(observed: Observed) -> Report {
    judge_for(observed, FixForm::Cli)
}

/// The same, with fixes in this form where the configuration was read.
pub fn judge_for(observed: Observed, form: FixForm) -> Report {
    let case = Case::new(&observed.evidence, &observed.vantage).placed(observed.placement.as_ref(), form);
    let mut diagnosis = diagnose(&case);
    let complete = observed.cut_short.is_none();
    let (verdict, open) = match (&case.configuration, observed.vantage.mode) {
        (Some(configuration), Mode::Audit) => {
            let said = judgement::hold(configuration, &mut diagnosis.findings);
            judgement::verdict(configuration, &diagnosis, said, complete)
        }
        (None, Mode::Audit) => (Verdict::Inconclusive, Vec::new()),
        _ => (verdict(&case, &diagnosis, complete), Vec::new()),
    };
    let configured = case.configuration.as_ref().map(|it| Configured {
        placement: it.placement.clone(),
        paths: it.paths(),
        unseen: unseen(&it.account),
        open,
    });
    Report {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: observed.started_at,
        duration_ms: observed.duration_ms,
        verdict,
        cut_short: observed.cut_short,
        trimmed: observed.trimmed,
        diagnoses: diagnosis.findings,
        unexplained: diagnosis.unexplained,
        not_judged: diagnosis.not_judged,
        pull: if observed.trimmed.is_some() { observed.pull } else { measure(&observed.evidence) },
        configured,
        vantage: observed.vantage,
        images: observed.images,
        evidence: observed.evidence,
    }
}

/// The whole check.
///
/// # Errors
///
/// Settings that make a check impossible; nothing the network does.
pub async fn check(settings: &Settings, context: Context, stop: impl Future<Output = String>) -> Report {
    let plan = Plan::new(&context.images, &settings.environment);
    let region = context.region().map(str::to_owned);
    let plan = match &region {
        Some(region) => plan.with_services(&context.services, region),
        None => plan,
    };
    let how = Walk {
        platform: settings.platform.clone(),
        depth: settings.pull,
        sampling: Sampling { count: settings.samples, longest_ms: sampling_ms(settings.budget) },
        skip_other_registries: settings.skip_other_registries,
        caller_region: region,
        proxy_variables: settings.environment.proxy_variables.clone(),
        facts: context.facts,
        tokens: context.tokens,
        until_ms: layers_until_ms(settings.budget),
    };
    let started_at = context.live.started_at();
    let mut stop = pin!(stop.fuse());
    let observed = observe(&context.live, &plan, &how, context.vantage, started_at, settings.budget, &mut stop).await;
    let report = judge(observed.clone());
    if settings.audit == AuditBeside::Off || report.verdict == Verdict::Healthy || stop.is_terminated() {
        return report;
    }
    tokio::select! {
        biased;
        observed = audit::beside(&context.live, observed) => judge(observed),
        // The report is there already.
        _ = stop => report,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_stale_after_a_year() {
        let created = Timestamp(1_787_411_825);
        assert_eq!(stale(created, Timestamp(created.0 + 364 * 86_400)), None);
        let note = stale(created, Timestamp(created.0 + 366 * 86_400)).unwrap();
        assert!(note.contains("--ip-ranges") && note.contains(&created.to_string()), "{note}");
        // A clock that stands before the table was made says nothing of its age.
        assert_eq!(stale(created, Timestamp(0)), None);
    }
}
