//! What to do where no credentials of AWS are found.

use super::lookup;
use crate::model::Command;
use crate::model::outcome::CredentialsOutcome;
use crate::wire::said::is_of_single_sign_on;

const GET: &str =
    "log in (aws sso login, aws login), set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

/// One line: what to do first, and what was found behind it.
pub fn none_found(outcome: &CredentialsOutcome) -> String {
    let profile = lookup("AWS_PROFILE");
    let reason = match outcome {
        CredentialsOutcome::TimedOut => Some("the search for them timed out"),
        CredentialsOutcome::Failed { reason } => Some(reason.as_str()),
        CredentialsOutcome::Missing | CredentialsOutcome::Found { .. } => None,
    };
    let behind = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
    match (reason, profile) {
        (Some(reason), profile) if is_of_single_sign_on(reason) => {
            let profile = profile.unwrap_or_else(|| "default".to_owned());
            let login = Command::of("aws sso login").option("--profile", profile.as_str()).shell().unwrap_or_default();
            format!("no AWS credentials: the single sign-on session of the profile {profile} is over: {login}{behind}")
        }
        (None, Some(profile)) => format!(
            "no AWS credentials: the profile {profile}, which AWS_PROFILE names, has none, or is in neither ~/.aws/config nor \
             ~/.aws/credentials (aws configure list-profiles)"
        ),
        _ => format!("no AWS credentials: {GET}{behind}"),
    }
}
