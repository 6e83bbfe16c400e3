//! What an audit begins with: the Region, credentials, and who they are of.

use super::Failure;
use crate::account::Aim;
use crate::config::{AuditSettings, UsageError, options};
use crate::edge::{Live, LiveAccount};
use crate::model::Timestamp;
use crate::model::facts::{Hidden, Why};
use crate::model::outcome::{CallerOutcome, CredentialsOutcome};

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

/// Whether ECS says that it has no such cluster.
pub fn is_no_cluster(hidden: &Hidden) -> bool {
    matches!(&hidden.why, Why::Refused { code, .. } if code == "ClusterNotFoundException")
}

/// The mistake.
pub fn no_cluster(cluster: &str, region: &str) -> UsageError {
    UsageError(format!("there is no cluster {cluster} in {region}"))
}
