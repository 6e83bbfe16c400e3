//! Who the caller is: `sts:GetCallerIdentity`, which no pull depends on.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;

use super::aws::{self, Failure};
use super::network::Network;
use crate::config::Environment;
use crate::model::outcome::CallerOutcome;
use crate::wire::scrub;

/// Asks STS; resolves and connects by itself.
pub async fn caller(
    network: &Arc<Network>,
    credentials: &Credentials,
    region: &str,
    environment: &Environment,
) -> CallerOutcome {
    let client = aws::sts(network, credentials, region, environment);
    match client.get_caller_identity().send().await {
        Ok(output) => CallerOutcome::Known {
            arn: scrub(output.arn().unwrap_or_default()),
            account: scrub(output.account().unwrap_or_default()),
        },
        Err(error) => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let now = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
            match aws::failure(&error, Some(credentials), now) {
                Failure::Rejected(rejection) => CallerOutcome::Rejected(rejection),
                Failure::NoAnswer(why) => CallerOutcome::NoAnswer(why),
            }
        }
    }
}
