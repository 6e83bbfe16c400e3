//! What an answer is, for every rule: a rejection, a web page, a throttle, one that another makes up for.

use super::Case;
use crate::model::outcome::{
    LayerBytesOutcome, LayerStoreOutcome, LayerUrlOutcome, ManifestOutcome, RegistryOutcome, RegistryTokenOutcome,
    Rejection, TokenOutcome,
};
use crate::model::{Act, Check, Observation, Stage};

/// What the registry or the API turned down; the layer store has codes of its own.
pub fn rejection(act: &Act) -> Option<&Rejection> {
    act.rejection().filter(|_| !matches!(act, Act::LayerBytes(_)))
}

/// The step of the pull that a check belongs to; `None` where it is none.
pub fn step_of(check: Check) -> Option<Stage> {
    Some(match check {
        Check::Reference => Stage::Reference,
        Check::Resolve | Check::VpcResolve | Check::ResolveSamples => Stage::Dns,
        Check::Connect | Check::ConnectSamples => Stage::Route,
        Check::Handshake | Check::ClampedHandshake | Check::HandshakeSamples => Stage::Tls,
        Check::Credentials => Stage::Credentials,
        Check::Token | Check::RegistryToken => Stage::AuthToken,
        Check::RegistryPing | Check::RegistryAuth => Stage::RegistryAuth,
        Check::Manifest | Check::ApiManifest => Stage::Manifest,
        Check::LayerUrl | Check::ApiLayerUrl => Stage::LayerUrl,
        Check::Config | Check::LayerStore | Check::LayerBytes | Check::ClampedBytes => Stage::LayerBytes,
        _ => return None,
    })
}

/// The step of the pull that a request belongs to.
pub fn stage_of(act: &Act) -> Stage {
    step_of(act.check()).unwrap_or(Stage::LayerBytes)
}

/// Whether the pull got what it asked for all the same, although no try of this step passed: the manifest after a base
/// endpoint that failed, other layers beside the one that did.
pub fn is_made_up_for(case: &Case<'_>, failed: &Observation) -> bool {
    let mut same_host = case.evidence.iter().filter(|it| it.target == failed.target);
    match failed.act {
        Act::RegistryPing(_) | Act::RegistryAuth(_) => {
            same_host.any(|it| matches!(it.act, Act::Manifest(ManifestOutcome::Image { .. })))
        }
        Act::LayerUrl(_) => same_host.any(|it| matches!(it.act, Act::LayerUrl(_)) && !it.is_symptom()),
        Act::LayerBytes(_) => same_host.any(|it| matches!(it.act, Act::LayerBytes(_)) && !it.is_symptom()),
        _ => false,
    }
}

/// A web page and no answer of a registry or an API.
pub fn is_html(rejection: &Rejection) -> bool {
    rejection.content_type.as_deref() == Some("text/html")
}

/// Whether the act got an HTTP answer, whatever it says.
pub fn has_answered(act: &Act) -> bool {
    match act {
        Act::Token(TokenOutcome::Issued { .. }) | Act::LayerStore(LayerStoreOutcome::Answered { .. }) => true,
        Act::RegistryPing(outcome) | Act::RegistryAuth(outcome) => !matches!(outcome, RegistryOutcome::NoAnswer(_)),
        Act::RegistryToken(outcome) => {
            matches!(outcome, RegistryTokenOutcome::Granted { .. } | RegistryTokenOutcome::Rejected(_))
        }
        Act::Manifest(outcome) => !matches!(outcome, ManifestOutcome::NoAnswer(_)),
        Act::LayerUrl(outcome) => !matches!(outcome, LayerUrlOutcome::NoAnswer(_)),
        Act::LayerBytes(outcome) => {
            matches!(outcome, LayerBytesOutcome::Verified { .. } | LayerBytesOutcome::Reached { .. })
        }
        _ => false,
    }
}

/// S3 throttles with 503 and not with 429 (S3 User Guide, "Error responses").
pub fn is_slow_down(rejection: &Rejection) -> bool {
    matches!(rejection.code.as_deref(), Some("SlowDown" | "ServiceUnavailable" | "RequestLimitExceeded"))
        || rejection.status == 429
}

/// How the API (`ThrottlingException`, `LimitExceededException`) and the registry (`TOOMANYREQUESTS`) put it.
pub fn is_throttle(rejection: &Rejection) -> bool {
    let code = rejection.code.as_deref().unwrap_or_default();
    let named = ["TOOMANYREQUESTS", "TooManyRequestsException", "RequestLimitExceeded", "LimitExceededException"];
    // A proxy's page of that status is the proxy's own.
    !is_html(rejection) && (rejection.status == 429 || code.contains("Throttling") || named.contains(&code))
}
