//! What AWS says in words only: one code stands for several things, and the message tells which.

use crate::model::outcome::Rejection;

/// Whether ECR refuses a token for its age. Its code, `DENIED`, is that of a policy too
/// (ECR User Guide, "Troubleshooting errors with Docker commands").
pub fn token_has_expired(rejection: &Rejection) -> bool {
    says(rejection, "token has expired")
}

/// Whether S3 refuses a presigned URL for its age: `AccessDenied` with `Request has expired`, or
/// `ExpiredToken` where it is the signer's session that is over.
pub fn url_has_expired(rejection: &Rejection) -> bool {
    rejection.code.as_deref() == Some("ExpiredToken")
        || rejection.code.as_deref() == Some("AccessDenied") && says(rejection, "Request has expired")
}

/// Whether a signature is refused for its time: `Signature expired: …`, `Signature not yet current: …`.
/// The code is that of a wrong key too (IAM User Guide, "Troubleshoot Signature Version 4 signing").
pub fn signature_is_of_another_time(rejection: &Rejection) -> bool {
    let code = rejection.code.as_deref().unwrap_or_default();
    let signature = code.contains("InvalidSignature") || code == "SignatureDoesNotMatch";
    signature && (says(rejection, "Signature expired") || says(rejection, "Signature not yet current"))
}

fn says(rejection: &Rejection, words: &str) -> bool {
    rejection.message.as_deref().is_some_and(|message| message.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(code: &str, message: &str) -> Rejection {
        Rejection { code: Some(code.into()), message: Some(message.into()), status: 403, ..Rejection::default() }
    }

    #[test]
    fn age_is_told_from_policy() {
        let expired = "Your authorization token has expired. Reauthenticate and try again.";
        assert!(token_has_expired(&rejection("DENIED", expired)));
        assert!(!token_has_expired(&rejection("DENIED", "User: x is not authorized to perform: ecr:BatchGetImage")));
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
