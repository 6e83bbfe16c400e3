//! `ecr-probe audit`: what the account's configuration would do to a pull.

use std::pin::pin;

use super::check::deliver;
use super::services::services;
use super::{Exit, Failure, lookup, progress, runtime, signals};
use crate::account::{Account, Aim, Seen};
use crate::config::{AuditArguments, AuditSettings, UsageError, options};
use crate::edge::{Live, LiveAccount};
use crate::model::Timestamp;
use crate::model::facts::{Hidden, Why};
use crate::model::outcome::{CallerOutcome, CredentialsOutcome};
use crate::observe::Frugal;
use crate::run::audit::audit as read;
use crate::run::{Observed, judge_for};

/// How many requests the audit of a service or a task sends at most.
const REQUESTS: u32 = 60;

/// Who asks, and what of whom.
pub struct Asking {
    /// How the report is told, and in which form fixes are.
    pub settings: AuditSettings,
    /// What it is about, with Region and account.
    pub aim: Aim,
    /// The account that is read.
    pub account: LiveAccount,
    /// The caller, as STS names it.
    pub principal: Option<String>,
    /// By the clock here.
    pub started_at: Timestamp,
}

/// `ecr-probe audit`
pub fn audit(arguments: &AuditArguments) -> Result<Exit, Failure> {
    let settings = AuditSettings::new(arguments, &lookup)?;
    let runtime = runtime()?;
    let done = runtime.block_on(run(settings));
    // A thread may still wait, for the reader of stdout or in a library: nobody waits for it.
    runtime.shutdown_background();
    done
}

async fn run(settings: AuditSettings) -> Result<Exit, Failure> {
    let asking = tokio::select! {
        asking = begin(settings) => asking?,
        why = signals::stop() => return Err(Failure::Stopped { why, before: "anything was read" }),
    };
    if asking.settings.is_of_a_cluster() {
        return services(asking).await;
    }
    let observed = {
        let Asking { settings, aim, account, principal, started_at } = &asking;
        let frugal = Frugal::new(account, REQUESTS);
        let stop = pin!(signals::stop());
        let reading = read(&frugal, aim, principal.clone(), *started_at, settings.settings.budget, stop);
        tokio::select! {
            observed = reading => observed,
            () = progress::answers(|| frugal.answered()) => unreachable!("progress never ends by itself"),
        }
    };
    exists(&asking.aim, &observed)?;
    let report = judge_for(observed, asking.settings.form);
    let exit = Exit::of(&report, asking.settings.settings.fail_on_degraded);
    let settings = asking.settings.settings;
    tokio::select! {
        done = tokio::task::spawn_blocking(move || deliver(&report, "", &settings)) => {
            done.unwrap_or_else(|panic| Err(panic.into()))?;
        }
        // Nobody may be reading.
        why = signals::stop() => return Err(Failure::Stopped { why, before: "the report was read" }),
    }
    Ok(exit)
}

/// Finds the Region, credentials and who they are of.
async fn begin(settings: AuditSettings) -> Result<Asking, Failure> {
    settings.settings.environment.check_api_urls()?;
    let mut live = Live::new(&settings.settings)?;
    let mut aim = settings.aim.clone();
    if settings.is_of_the_own_task() {
        own_task(&settings, &mut live, &mut aim).await?;
    }
    if aim.region.is_empty() {
        let of_profile = Live::profile_region().await;
        let read = of_profile.map(|text| options::REGION.parse("region of the profile", &text)).transpose()?;
        aim.region = read.unwrap_or_default();
    }
    if aim.region.is_empty() {
        let why = "no Region to ask in: give --region, set AWS_REGION, or set one in the profile";
        return Err(UsageError(why.to_owned()).into());
    }
    let started_at = live.started_at();
    let account = live.account(&aim.region).await.map_err(|outcome| UsageError(no_credentials(&outcome)))?;
    let principal = match account.caller().await {
        CallerOutcome::Known { arn, account } => {
            aim.account = Some(account).filter(|account| !account.is_empty());
            Some(arn)
        }
        CallerOutcome::Rejected(rejection) if is_of_credentials(rejection.code.as_deref().unwrap_or_default()) => {
            let code = rejection.code.unwrap_or_default();
            return Err(UsageError(format!("AWS does not take these credentials ({code}): renew them")).into());
        }
        CallerOutcome::Rejected(_) | CallerOutcome::NoAnswer(_) => None,
    };
    Ok(Asking { settings, aim, account, principal, started_at })
}

/// The task that the probe runs in, by its metadata.
async fn own_task(settings: &AuditSettings, live: &mut Live, aim: &mut Aim) -> Result<(), Failure> {
    let Some(base) = &settings.settings.environment.metadata_uri else {
        let why = "nothing to audit: give --cluster NAME --service NAME, --task ARN, or --subnet and --security-group (see ecr-probe audit --help)";
        return Err(UsageError(why.to_owned()).into());
    };
    let metadata = live.task_metadata(base, settings.timeout()).await;
    let metadata =
        metadata.map_err(|why| UsageError(format!("nothing to audit: task metadata gives no task ({why})")))?;
    let mut vantage = crate::model::Vantage::default();
    metadata.describe(&mut vantage);
    aim.region = metadata.region().map(str::to_owned).unwrap_or_else(|| std::mem::take(&mut aim.region));
    (aim.task, aim.cluster) = (vantage.task_arn, vantage.cluster);
    if aim.task.is_none() {
        return Err(UsageError("nothing to audit: task metadata names no task".to_owned()).into());
    }
    Ok(())
}

/// Codes of AWS for keys that are wrong, deleted, expired or of another partition.
fn is_of_credentials(code: &str) -> bool {
    const CODES: [&str; 9] = [
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "ExpiredToken",
        "ExpiredTokenException",
        "AuthFailure",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "InvalidAccessKeyId",
        "IncompleteSignature",
    ];
    CODES.contains(&code)
}

fn no_credentials(outcome: &CredentialsOutcome) -> String {
    let get = "log in (aws sso login, aws login), set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    match outcome {
        CredentialsOutcome::TimedOut => format!("no AWS credentials: the search for them timed out; {get}"),
        CredentialsOutcome::Failed { reason } => format!("no AWS credentials: {reason}; {get}"),
        CredentialsOutcome::Missing | CredentialsOutcome::Found { .. } => format!("no AWS credentials: {get}"),
    }
}

/// A cluster, a service or a task that does not exist is a mistake of the arguments, and no finding.
fn exists(aim: &Aim, observed: &Observed) -> Result<(), UsageError> {
    let account = Account::arrange(&observed.evidence);
    let cluster = aim.cluster.as_deref().unwrap_or("default");
    if let Some(service) = &aim.service {
        match account.service(service) {
            Seen::Absent(_) => {
                return Err(UsageError(format!("cluster {cluster} in {} has no service {service}", aim.region)));
            }
            Seen::Hidden(_, hidden) if is_no_cluster(hidden) => return Err(no_cluster(cluster, &aim.region)),
            _ => {}
        }
    }
    if let Some(task) = &aim.task {
        match account.stopped_task(task) {
            Seen::Absent(_) => {
                let why = "ECS does not know the task, or no longer: it remembers a stopped task for an hour";
                return Err(UsageError(format!("--task {task}: {why}")));
            }
            Seen::Hidden(_, hidden) if is_no_cluster(hidden) => return Err(no_cluster(cluster, &aim.region)),
            _ => {}
        }
    }
    if let Some(name) =
        aim.task_definition.as_deref().filter(|name| matches!(account.task_definition(name), Seen::Absent(_)))
    {
        return Err(UsageError(format!("there is no task definition {name} in {}", aim.region)));
    }
    Ok(())
}

/// Whether ECS says that it has no such cluster.
pub fn is_no_cluster(hidden: &Hidden) -> bool {
    matches!(&hidden.why, Why::Refused { code, .. } if code == "ClusterNotFoundException")
}

/// The mistake.
pub fn no_cluster(cluster: &str, region: &str) -> UsageError {
    UsageError(format!("there is no cluster {cluster} in {region}"))
}
