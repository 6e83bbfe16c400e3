//! STS: AWS Query, XML.

use ecr_probe::model::Role;
use ecr_probe::wire::Reply;

use super::super::aws::Host;
use super::super::world::{ACCOUNT, Action};
use super::{REQUEST_ID, Request, Services, principal, reply, signature_problem};

impl Services {
    pub(super) fn sts(&self, request: &Request, host: &Host, now: i64) -> Reply {
        if let Some((code, message)) = signature_problem(request, host, now) {
            return error(403, query_code(code), &message);
        }
        let principal = principal(&self.world);
        if let Some(message) = self.world.deny.message(Action::GetCallerIdentity, Role::Sts, &principal, "*") {
            return error(403, "AccessDenied", &message);
        }
        let body = format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><Arn>{principal}</Arn><UserId>AROAEXAMPLE:session</UserId>\
             <Account>{ACCOUNT}</Account></GetCallerIdentityResult>\
             <ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
        );
        reply(200, "text/xml", body)
    }
}

/// The Query protocol has other names for the same errors.
fn query_code(code: &str) -> &str {
    match code {
        "ExpiredTokenException" => "ExpiredToken",
        "UnrecognizedClientException" => "InvalidClientTokenId",
        "InvalidSignatureException" => "SignatureDoesNotMatch",
        _ => "MissingAuthenticationToken",
    }
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>{message}</Message></Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    );
    reply(status, "text/xml", body)
}
