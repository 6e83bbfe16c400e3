//! Calls to AWS through the SDK: one attempt each, on the probe's own connections.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::{TimeoutConfig, TimeoutConfigBuilder};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_ecr::error::SdkError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use tokio::time::timeout;

use super::connector::{Unanswered, client};
use super::http::ERROR_LIMIT;
use super::network::Network;
use crate::config::Environment;
use crate::model::outcome::{CredentialsOutcome, NoAnswer, Rejection};
use crate::wire::{RegistryToken, Reply, rejection, scrub};

/// The SDK's settings without credentials; the chain is walked once, by [`find`].
async fn base(network: &Arc<Network>, region: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .http_client(client(network.clone(), None))
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts(network).build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        // A corrected clock would hide that it is wrong.
        .disable_clock_skew_correction(true)
        .load()
        .await
}

/// Ours in place of the SDK's own, which give a connection 3.1 seconds.
fn timeouts(network: &Network) -> TimeoutConfigBuilder {
    TimeoutConfig::builder().connect_timeout(network.timeout).read_timeout(network.timeout)
}

/// How many times `--timeout` the walk of the credential chain may take: a `credential_process` asks others in its turn,
/// and single sign-on may renew its token first. Each request of the walk has the bound of every request.
const WALK: u32 = 3;

/// Walks the credential chain once.
pub async fn find(network: &Arc<Network>, region: &str) -> (CredentialsOutcome, Option<Credentials>) {
    let walk = async {
        let config = base(network, region).await;
        match config.credentials_provider() {
            Some(provider) => provider.provide_credentials().await,
            None => Err(CredentialsError::not_loaded_no_source()),
        }
    };
    match timeout(network.timeout * WALK, walk).await {
        Ok(Ok(credentials)) => (CredentialsOutcome::Found { source: source(&credentials) }, Some(credentials)),
        Ok(Err(CredentialsError::CredentialsNotLoaded(_))) => (CredentialsOutcome::Missing, None),
        Ok(Err(CredentialsError::ProviderTimedOut(_))) | Err(_) => (CredentialsOutcome::TimedOut, None),
        Ok(Err(error)) if Unanswered::within(&error).is_some_and(|it| it.late) => (CredentialsOutcome::TimedOut, None),
        Ok(Err(error)) => (CredentialsOutcome::Failed { reason: reason(&error) }, None),
    }
}

/// The Region of the profile that `AWS_PROFILE` names, from the files of AWS's command line.
pub async fn profile_region() -> Option<String> {
    ProfileFileRegionProvider::new().region().await.map(|region| region.to_string())
}

/// Where credentials came from, in the words of the AWS SDKs guide.
fn source(credentials: &Credentials) -> String {
    let features = credentials.get_property::<Vec<AwsCredentialFeature>>().map(Vec::as_slice).unwrap_or_default();
    let name = match features.first() {
        Some(AwsCredentialFeature::CredentialsEnvVars) => "environment variables",
        Some(AwsCredentialFeature::CredentialsHttp) => "container credentials",
        Some(AwsCredentialFeature::CredentialsImds) => "instance metadata",
        Some(AwsCredentialFeature::CredentialsEnvVarsStsWebIdToken) => "web identity",
        Some(_) => "profile",
        None => "credential chain",
    };
    name.to_owned()
}

/// The innermost texts of an error chain, scrubbed.
fn reason(error: &CredentialsError) -> String {
    let mut texts = vec![error.to_string()];
    let mut next = error.source();
    while let Some(inner) = next {
        texts.push(inner.to_string());
        next = inner.source();
    }
    texts.dedup();
    scrub(&texts.join(": "))
}

/// An ECR client that talks to `url` at `via`.
pub fn ecr(
    network: &Arc<Network>,
    credentials: &Credentials,
    region: &str,
    url: &str,
    via: SocketAddr,
) -> aws_sdk_ecr::Client {
    let config = calls(network, credentials, region, Some(via));
    let config = aws_sdk_ecr::config::Builder::from(&config).endpoint_url(url).build();
    aws_sdk_ecr::Client::from_conf(config)
}

/// An STS client, of the endpoint that the environment asks for.
pub fn sts(
    network: &Arc<Network>,
    credentials: &Credentials,
    region: &str,
    environment: &Environment,
) -> aws_sdk_sts::Client {
    let config = calls(network, credentials, region, None);
    let builder = aws_sdk_sts::config::Builder::from(&config);
    let builder = match &environment.sts_url {
        Some(service) => builder.endpoint_url(&service.url),
        // The SDK takes neither of them together with a URL.
        None => builder.use_fips(environment.fips).use_dual_stack(environment.dual_stack),
    };
    aws_sdk_sts::Client::from_conf(builder.build())
}

/// A CloudWatch client, of the endpoint that the environment asks for.
pub fn cloudwatch(
    network: &Arc<Network>,
    credentials: &Credentials,
    region: &str,
    environment: &Environment,
) -> aws_sdk_cloudwatch::Client {
    let config = calls(network, credentials, region, None);
    // Its limits count bytes before compression, and a round's data are few.
    let builder = aws_sdk_cloudwatch::config::Builder::from(&config).disable_request_compression(true);
    let builder = match &environment.cloudwatch_url {
        Some(service) => builder.endpoint_url(&service.url),
        None => builder.use_fips(environment.fips).use_dual_stack(environment.dual_stack),
    };
    aws_sdk_cloudwatch::Client::from_conf(builder.build())
}

/// Settings for calls with credentials that are already there: nothing is read or asked again.
fn calls(network: &Arc<Network>, credentials: &Credentials, region: &str, via: Option<SocketAddr>) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .http_client(client(network.clone(), via))
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts(network).operation_attempt_timeout(network.timeout * 3).build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .time_source(aws_smithy_async::time::SystemTimeSource::new())
        .credentials_provider(SharedCredentialsProvider::new(credentials.clone()))
        .build()
}

/// The SDK's error of a call.
pub type CallError<E> = SdkError<E, HttpResponse>;

/// How a call to AWS failed: turned down, or not answered.
#[derive(Debug)]
pub enum Failure {
    Rejected(Rejection),
    NoAnswer(NoAnswer),
}

/// The SDK's error as an outcome; what was sent of `credentials` is taken out of it.
/// `now` is our clock in seconds since the epoch.
pub fn failure<E>(error: &CallError<E>, credentials: Option<&Credentials>, now: i64) -> Failure
where
    E: Error + 'static,
{
    let Some(response) = error.raw_response() else { return Failure::NoAnswer(unanswered(error)) };
    let headers = response.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let body = response.body().bytes().unwrap_or_default();
    let body = body[..body.len().min(ERROR_LIMIT)].to_vec();
    let mut reply = Reply { status: response.status().as_u16(), headers, body };
    if let Some(credentials) = credentials {
        reply.forget([credentials.access_key_id(), credentials.secret_access_key()]);
        reply.forget(credentials.session_token());
    }
    Failure::Rejected(rejection(&reply, now))
}

/// The token of `GetAuthorizationToken`, with the password that is in it: `AWS:<password>`.
pub fn registry_token(token: &str) -> RegistryToken {
    let decoded = aws_smithy_types::base64::decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|text| text.split_once(':')) {
        Some((_, password)) => RegistryToken::basic(token).with_password(password),
        None => RegistryToken::basic(token),
    }
}

fn unanswered<E: Error + 'static>(error: &CallError<E>) -> NoAnswer {
    if let Some(unanswered) = Unanswered::within(error) {
        return unanswered.why.clone();
    }
    match error {
        SdkError::TimeoutError(_) => NoAnswer::TimedOut,
        SdkError::ConstructionFailure(_) => NoAnswer::NotSent { reason: "the request could not be made".into() },
        _ => NoAnswer::Malformed { reason: "the answer cannot be read".into() },
    }
}
