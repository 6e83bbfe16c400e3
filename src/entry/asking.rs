//! What an audit begins with: the Region, credentials, and who they are of.

use super::Failure;
use super::credentials::none_found;
use crate::account::Aim;
use crate::aws::{Service, is_known_region};
use crate::config::{AuditSettings, UsageError, options};
use crate::edge::{Live, LiveAccount};
use crate::model::facts::{Hidden, Why};
use crate::model::outcome::{CallerOutcome, NoAnswer};
use crate::model::{Command, Timestamp};
use crate::render;

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

/// Finds the Region, credentials and who they are of.
pub async fn begin(settings: AuditSettings) -> Result<Asking, Failure> {
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
    let account = live.account(&aim.region).await.map_err(|outcome| UsageError(none_found(&outcome)))?;
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

/// Whether ECS says that it has no such cluster.
pub fn is_no_cluster(hidden: &Hidden) -> bool {
    matches!(&hidden.why, Why::Refused { code, .. } if code == "ClusterNotFoundException")
}

/// The mistake.
pub fn no_cluster(cluster: &str, region: &str) -> UsageError {
    let lists = Command::of("aws ecs list-clusters").region(region).shell().unwrap_or_default();
    UsageError(format!("there is no cluster {cluster} in {region}; `{lists}` lists those of the account"))
}

/// The other.
pub fn no_service(cluster: &str, service: &str, region: &str) -> UsageError {
    let lists = Command::of("aws ecs list-services").region(region).option("--cluster", cluster).shell();
    let lists = lists.unwrap_or_default();
    UsageError(format!("cluster {cluster} in {region} has no service {service}; `{lists}` lists those that it has"))
}

/// No API of the Region answered: how the first request ended, and what may be the reason.
pub fn unreached(asking: &Asking, action: &str, how: &NoAnswer) -> UsageError {
    let region = &asking.aim.region;
    let environment = &asking.settings.settings.environment;
    let service = [Service::Ecs, Service::Ec2].into_iter().find(|it| action.starts_with(&format!("{}:", it.prefix())));
    let host = service.and_then(|service| environment.endpoint(service, region).ok()).map(|it| it.host);
    let host = host.unwrap_or_else(|| format!("the API of {action} in {region}"));
    let mut said = match how {
        NoAnswer::Connect { reason } => format!("{host} cannot be reached: {reason}"),
        how => format!("{host}: {}", render::no_answer(how)),
    };
    if !is_known_region(region) {
        said.push_str(&format!("; {region} is no Region that is known: correct --region or AWS_REGION"));
    }
    if *how == NoAnswer::TimedOut {
        said.push_str("; give it more time with --timeout 20s");
    }
    if !environment.proxy_variables.is_empty() {
        let set = environment.proxy_variables.join(", ");
        said.push_str(&format!(
            "; {set} is set, and the probe uses no proxy: run audit where AWS is reached without one"
        ));
    }
    UsageError(format!("nothing of the account can be read: {said}"))
}
