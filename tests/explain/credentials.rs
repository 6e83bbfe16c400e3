//! Calls for credentials, of which another call is: none of them is the reader's own aim.

use ecr_probe::reason::{Verdict, explain};

use crate::corpus::{codes, context};

/// What the credential chain of an SDK asks (STS, IAM Identity Center, the instance's metadata).
const CALLS: [&str; 9] = [
    "ec2imds: GetMetadata",
    "ec2imds: GetToken",
    "SSO: GetRoleCredentials",
    "SSO OIDC: CreateToken",
    "STS: AssumeRole",
    "STS: AssumeRoleWithWebIdentity",
    "STS: AssumeRoleWithSAML",
    "STS: GetSessionToken",
    "STS: GetCallerIdentity",
];

/// The calls of a pull and of a task's start that need them.
const AROUND: [&str; 3] = [
    "operation error ECR: GetAuthorizationToken, get identity: get credentials: failed to refresh cached credentials, ",
    "ecr: Failed to get authorization token: operation error ECR: GetAuthorizationToken, get identity: get credentials: ",
    "Error running credential provider plugin: operation error ECR: GetAuthorizationToken, get identity: get credentials: ",
];

#[test]
fn a_call_for_credentials_is_of_the_call_around_it() {
    let context = context();
    for call in CALLS {
        for around in AROUND {
            for why in [
                "https response error StatusCode: 403, AccessDenied: no",
                "request canceled, context deadline exceeded",
            ] {
                let text = format!("{around}operation error {call}, {why}");
                let explanation = explain(&text, &context);
                assert_ne!(explanation.verdict, Verdict::NotAPullProblem, "{text}");
                let wrong = |code: &&str| ["IMG", "TOK", "LYR"].contains(&&code[..3]);
                assert_eq!(codes(&explanation).iter().find(|code| wrong(code)), None, "{text}");
            }
        }
    }
    // Alone they are of any program.
    for call in CALLS {
        let text = format!("operation error {call}, https response error StatusCode: 403, AccessDenied: no");
        assert_ne!(explain(&text, &context).verdict, Verdict::Diagnosed, "{text}");
    }
}

/// What went wrong stands before what the empty password then makes Docker say.
#[test]
fn what_the_login_was_not_given_is_told_before_it() {
    let context = context();
    for (line, code) in [
        ("Error when retrieving token from sso: Token has expired and refresh failed", "IAM-14"),
        ("The source_profile \"a\" referenced in the profile \"b\" does not exist.", "IAM-13"),
        ("Error when retrieving credentials from custom-process: saml2aws: not found", "IAM-13"),
        ("Unable to construct an endpoint for ecr in region None", "CFG-01"),
        ("EOF when reading a line", "IAM-14"),
    ] {
        let text = format!("{line}\nError: Cannot perform an interactive login from a non TTY device");
        assert_eq!(codes(&explain(&text, &context)).first(), Some(&code), "{text}");
    }
}
