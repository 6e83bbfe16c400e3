//! What AWS says in words only: one code stands for several things, and the message tells which.

use crate::model::outcome::Rejection;

/// Why ECR does not take a token that it could read as a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRefusal {
    /// 403 `Your authorization token has expired. Reauthenticate and try again.`
    Expired,
    /// 400 `Your Authorization Token is invalid.`: it was mangled, or is one of another Region or registry.
    Invalid,
}

/// What a refusal says of the token. Its code, `DENIED`, is that of a policy too (ECR User Guide, "Troubleshooting
/// errors with Docker commands"), and neither answer has a challenge.
pub fn token_refusal(rejection: &Rejection) -> Option<TokenRefusal> {
    if says(rejection, "token has expired") {
        Some(TokenRefusal::Expired)
    } else {
        says(rejection, "authorization token is invalid").then_some(TokenRefusal::Invalid)
    }
}

/// Whether S3 refuses a presigned URL for its age: `AccessDenied` with `Request has expired`, or
/// `ExpiredToken` where it is the signer's session that is over.
pub fn url_has_expired(rejection: &Rejection) -> bool {
    rejection.code.as_deref() == Some("ExpiredToken")
        || rejection.code.as_deref() == Some("AccessDenied") && says(rejection, "request has expired")
}

/// Whether a signature is refused for its time: `Signature expired: …`, `Signature not yet current: …`.
/// The code is that of a wrong key too (IAM User Guide, "Troubleshoot Signature Version 4 signing").
pub fn signature_is_of_another_time(rejection: &Rejection) -> bool {
    let code = rejection.code.as_deref().unwrap_or_default();
    let signature = code.contains("InvalidSignature") || code == "SignatureDoesNotMatch";
    signature && (says(rejection, "signature expired") || says(rejection, "signature not yet current"))
}

/// Whether ECS says that there is no such task definition: `ClientException` with `Unable to describe task definition.`
/// The code is that of every wrong request.
pub fn is_unknown_task_definition(code: &str, message: &str) -> bool {
    code == "ClientException" && message.to_ascii_lowercase().contains("unable to describe task definition")
}

/// Whether an event of a service tells of a failure, and not of tasks that came, went or are steady (Amazon ECS Developer
/// Guide, "Amazon ECS service event messages").
pub fn service_event_tells_of_a_failure(event: &str) -> bool {
    const FAILURES: [&str; 9] = [
        "unable",
        "unhealthy",
        "fail",
        "error",
        "cannot",
        "could not",
        "not authorized",
        "impaired",
        "circuit breaker",
    ];
    let event = event.to_ascii_lowercase();
    FAILURES.iter().any(|word| event.contains(word))
}

/// Without regard to case; `words` are in lower case.
fn says(rejection: &Rejection, words: &str) -> bool {
    rejection.message.as_deref().is_some_and(|message| message.to_ascii_lowercase().contains(words))
}

/// Whether the SDK found no session of single sign-on, or one that is over.
pub fn is_of_single_sign_on(reason: &str) -> bool {
    reason.contains("SSO token") || reason.contains("/sso/cache/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(code: &str, message: &str) -> Rejection {
        Rejection { code: Some(code.into()), message: Some(message.into()), status: 403, ..Rejection::default() }
    }

    #[test]
    fn case_does_not_count() {
        for message in ["Your Authorization Token is invalid.", "your authorization token IS INVALID"] {
            assert_eq!(token_refusal(&rejection("DENIED", message)), Some(TokenRefusal::Invalid), "{message}");
        }
        // What an AWS API says of keys is no word of the registry's.
        let keys = rejection("UnrecognizedClientException", "The security token included in the request is invalid.");
        assert_eq!(token_refusal(&keys), None);
    }

    #[test]
    fn an_event_of_a_service_is_a_failure_or_none() {
        for event in [
            "(service web) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section.",
            "(service web) was unable to place a task. Reason: CannotPullContainerError.",
            "(service web) deployment ecs-svc/1 deployment failed: tasks failed to start.",
            "(service web) (instance i-1) (port 80) is unhealthy in (target-group x)",
        ] {
            assert!(service_event_tells_of_a_failure(event), "{event}");
        }
        for event in [
            "(service web) has reached a steady state.",
            "(service web) has started 2 tasks: (task 1) (task 2).",
            "(service web) has stopped 1 running tasks: (task 1).",
            "(service web) (deployment ecs-svc/1) deployment completed.",
            "(service web) registered 1 targets in (target-group x)",
        ] {
            assert!(!service_event_tells_of_a_failure(event), "{event}");
        }
    }

    #[test]
    fn a_task_definition_is_unknown_by_words() {
        assert!(is_unknown_task_definition("ClientException", "Unable to describe task definition."));
        assert!(!is_unknown_task_definition("ClientException", "Invalid revision number."));
        assert!(!is_unknown_task_definition("AccessDeniedException", "Unable to describe task definition."));
    }

    #[test]
    fn age_is_told_from_policy() {
        let expired = "Your authorization token has expired. Reauthenticate and try again.";
        assert_eq!(token_refusal(&rejection("DENIED", expired)), Some(TokenRefusal::Expired));
        let policy = "User: x is not authorized to perform: ecr:BatchGetImage";
        assert_eq!(token_refusal(&rejection("DENIED", policy)), None);
        assert!(url_has_expired(&rejection("AccessDenied", "Request has expired")));
        assert!(url_has_expired(&rejection("ExpiredToken", "The provided token has expired.")));
        assert!(!url_has_expired(&rejection("AccessDenied", "Access Denied")));
        assert!(!url_has_expired(&Rejection::default()));
        let early =
            "Signature not yet current: 20261123T1430Z is still later than 20261123T1405Z (20261123T1400Z + 5 min.)";
        assert!(signature_is_of_another_time(&rejection("InvalidSignatureException", early)));
        assert!(!signature_is_of_another_time(&rejection(
            "InvalidSignatureException",
            "The request signature we calculated does not match"
        )));
    }
}
