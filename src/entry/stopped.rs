//! Fetching stopped tasks for `explain`, and what is said when ECS gives none.

use std::time::Duration;

use serde_json::Value;

use super::credentials::none_found;
use crate::config::{Environment, Settings, UsageError, Wanted};
use crate::edge::{Cut, EcsAction, EcsFailure, Live};
use crate::model::outcome::{NoAnswer, PolicyLayer, Rejection};
use crate::reason::records;
use crate::wire::said::signature_is_of_another_time;
use crate::wire::scrub;

/// What ECS tells of the tasks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fetched {
    /// Replies to `DescribeTasks`, which `reason::records` reads; none where no task has stopped lately.
    pub replies: Vec<Value>,
    /// In one line, why there may be more tasks than these.
    pub incomplete: Option<String>,
}

/// How long somebody at a prompt waits at the most.
pub const LONGEST: Duration = Duration::from_secs(30);

/// Asks the ECS API, for so long at the most.
///
/// # Errors
///
/// A file of the settings that cannot be read, or why ECS tells nothing: the value and the way out.
pub async fn fetch(settings: &Settings, wanted: &Wanted, within: Duration) -> Result<Fetched, UsageError> {
    let live = Live::new(settings)?;
    let say = |failure: &EcsFailure| Saying { wanted, environment: &settings.environment }.failure(failure);
    let stopped = live.stopped(wanted, within).await.map_err(|failure| UsageError(say(&failure)))?;
    if let Some(task) = &wanted.task
        && stopped.replies.iter().all(|reply| records(reply).is_empty())
    {
        let status = stopped.replies.first().and_then(|reply| reply["tasks"][0]["lastStatus"].as_str());
        let status = scrub(status.unwrap_or("in no known state"));
        return Err(UsageError(format!("the task {task} is {status}: ECS gives a reason only for what has stopped")));
    }
    let incomplete = stopped.cut.map(|cut| match cut {
        Cut::After(count) => {
            format!("only {count} stopped tasks of cluster {} were read; there are more", wanted.cluster)
        }
        Cut::Failed(failure) => format!("not all stopped tasks were read: {}", say(&failure)),
    });
    Ok(Fetched { replies: stopped.replies, incomplete })
}

/// Where the way out lies when this machine cannot ask.
const ELSEWHERE: &str = "or pipe what `aws ecs describe-tasks` prints elsewhere into ecr-probe explain -";
const GET_CREDENTIALS: &str =
    "set AWS_PROFILE, or the variables that `aws configure export-credentials --format env` prints";

/// How much of ECS's own message is repeated, so that the way out is never cut off.
const SAID: usize = 120;

/// Words for what was asked.
struct Saying<'s> {
    wanted: &'s Wanted,
    environment: &'s Environment,
}

impl Saying<'_> {
    fn failure(&self, failure: &EcsFailure) -> String {
        let region = &self.wanted.region;
        match failure {
            EcsFailure::Credentials(outcome) => none_found(outcome),
            EcsFailure::Forgotten => format!(
                "ECS in {region} does not know the task {}: it forgets a stopped task after about an hour; an \
                 EventBridge rule for \"ECS Task State Change\" keeps them, and its events can be explained",
                self.what()
            ),
            EcsFailure::Told { reason } => format!("ECS says {reason:?} of the task {}", self.what()),
            EcsFailure::Late(bound) => {
                format!("ECS in {region} did not tell all within {} s; try again, {ELSEWHERE}", bound.as_secs())
            }
            EcsFailure::NoAnswer(action, why) => self.no_answer(*action, why),
            EcsFailure::Rejected(action, rejection) => self.rejected(*action, rejection),
        }
    }

    /// The one task, or the cluster.
    fn what(&self) -> &str {
        self.wanted.task.as_deref().unwrap_or(&self.wanted.cluster)
    }

    fn host(&self) -> String {
        let endpoint = self.wanted.endpoint(self.environment);
        match endpoint.port {
            443 => endpoint.host,
            port => format!("{}:{port}", endpoint.host),
        }
    }

    fn no_answer(&self, action: EcsAction, why: &NoAnswer) -> String {
        let (host, action) = (self.host(), action.name());
        let private = "a private subnet takes a NAT gateway or the VPC endpoint of ecs for that";
        match why {
            NoAnswer::Connect { reason } => format!("{host} cannot be reached: {reason}; {private}, {ELSEWHERE}"),
            NoAnswer::Handshake { reason } => format!(
                "no TLS with {host}: {reason}; name the roots to trust with --ca-bundle where they are others, {ELSEWHERE}"
            ),
            NoAnswer::TimedOut => {
                format!("{host} does not answer {action} in time; give it more with --timeout 30s, {ELSEWHERE}")
            }
            NoAnswer::Reset => format!("{host} resets the connection at {action}; try again, {ELSEWHERE}"),
            NoAnswer::Closed => format!("{host} ends the connection at {action}; try again, {ELSEWHERE}"),
            NoAnswer::Malformed { reason } => format!(
                "{host} answers {action} with what cannot be read: {reason}; see who answers under that name, {ELSEWHERE}"
            ),
            NoAnswer::TooLarge { limit_bytes } => format!(
                "{host} answers {action} with more than {} MiB; see who answers under that name, {ELSEWHERE}",
                limit_bytes >> 20
            ),
            NoAnswer::NotSent { reason } => format!("{action} cannot be sent: {reason}; {GET_CREDENTIALS}"),
        }
    }

    fn rejected(&self, action: EcsAction, rejection: &Rejection) -> String {
        let region = &self.wanted.region;
        let code = rejection.code.as_deref().unwrap_or_default();
        let message: String =
            rejection.message.iter().flat_map(|message| ": ".chars().chain(message.chars())).take(SAID).collect();
        match code {
            "AccessDeniedException" | "AccessDenied" => self.denied(action, rejection),
            "ClusterNotFoundException" => format!(
                "no cluster {} in {region} ({code}); `aws ecs list-clusters --region {region}` lists those of the account",
                self.wanted.cluster
            ),
            _ if signature_is_of_another_time(rejection) => {
                let offset = rejection.clock_offset_s.map(|offset| format!(" by {} s", offset.abs()));
                format!(
                    "the clock here is wrong{}, and ECS takes no signature of it ({code}); set it",
                    offset.unwrap_or_default()
                )
            }
            "ExpiredTokenException"
            | "ExpiredToken"
            | "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "IncompleteSignature"
            | "MissingAuthenticationTokenException" => {
                format!("ECS in {region} does not take these credentials ({code}): renew them, or {GET_CREDENTIALS}")
            }
            _ if rejection.may_pass() => format!(
                "{} failed three times in {region} ({}){message}; try again in a minute",
                action.name(),
                format!("{} {code}", rejection.status).trim_end()
            ),
            "" => format!(
                "{} answers {} with {}, and not in ECS's words{message}; see who answers under that name, {ELSEWHERE}",
                self.host(),
                action.name(),
                rejection.status
            ),
            _ => format!("ECS in {region} refuses {} for {} ({code}){message}", action.name(), self.what()),
        }
    }

    /// The action and the resource as a policy has them: ECS's own words where it gives them.
    fn denied(&self, action: EcsAction, rejection: &Rejection) -> String {
        let denial = rejection.denial.as_ref();
        let name = format!("ecs:{}", action.name());
        let own = match (action, &self.wanted.task) {
            // It has no resource of its own (Service Authorization Reference, ECS).
            (EcsAction::ListTasks, _) => "*".to_owned(),
            (EcsAction::DescribeTasks, Some(task)) => task.clone(),
            (EcsAction::DescribeTasks, None) => format!("the tasks of cluster {}", self.wanted.cluster),
        };
        let resource = denial.and_then(|denial| denial.resource.clone()).unwrap_or(own);
        let principal =
            denial.and_then(|denial| denial.principal.clone()).unwrap_or_else(|| "this principal".to_owned());
        let way_out = match denial.map(|denial| (denial.explicit, denial.layer)) {
            Some((true, layer)) => format!("take the deny out of the {}", layer.title()),
            Some((false, layer)) if layer != PolicyLayer::Unnamed => format!("allow it in the {}", layer.title()),
            _ => "allow it in a policy".to_owned(),
        };
        format!("ECS denies {name} on {resource} to {principal}: {way_out}")
    }
}
