//! No credentials (IAM-08 in a task, IAM-13 elsewhere), or ones that AWS does not know (IAM-14).

use crate::diagnose::{Case, Draft, Need, Rule};
use crate::model::outcome::{CredentialsOutcome, ManifestOutcome, TokenOutcome};
use crate::model::{Act, Code, Fix, Mode, Observation, Stage};

pub static IAM_08: Rule = Rule {
    code: Code("IAM-08"),
    name: "task-role-missing",
    page: include_str!("../../../docs/codes/IAM-08.md"),
    need: Need::CredentialChain,
    judge: |case| if case.vantage.mode == Mode::Task { in_a_task(case) } else { Vec::new() },
};

pub static IAM_13: Rule = Rule {
    code: Code("IAM-13"),
    name: "aws-credentials-missing",
    page: include_str!("../../../docs/codes/IAM-13.md"),
    need: Need::CredentialChain,
    judge: |case| if case.vantage.mode == Mode::Task { Vec::new() } else { elsewhere(case) },
};

pub static IAM_14: Rule = Rule {
    code: Code("IAM-14"),
    name: "aws-credentials-invalid",
    page: include_str!("../../../docs/codes/IAM-14.md"),
    need: Need::TokenReply,
    judge: invalid,
};

/// Codes by which AWS says that it does not know the keys or the session.
const UNKNOWN_KEYS: [&str; 8] = [
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "ExpiredTokenException",
    "ExpiredToken",
    "InvalidToken",
    "IncompleteSignature",
    "MissingAuthenticationToken",
];

/// The chain's end, where it yielded nothing, and why.
fn lacking<'e>(case: &Case<'e>) -> Option<(&'e Observation, String)> {
    case.evidence.iter().find_map(|observation| match &observation.act {
        Act::Credentials(CredentialsOutcome::Missing) => {
            Some((observation, "no provider of the credential chain has any".to_owned()))
        }
        Act::Credentials(CredentialsOutcome::TimedOut) => {
            Some((observation, "the credential chain did not answer in time".to_owned()))
        }
        Act::Credentials(CredentialsOutcome::Failed { reason }) => {
            Some((observation, format!("a provider of the credential chain failed: {reason}")))
        }
        _ => None,
    })
}

fn in_a_task(case: &Case<'_>) -> Vec<Draft> {
    let Some((observation, why)) = lacking(case) else { return Vec::new() };
    let summary = "this task gives the probe no credentials, so only the network could be judged";
    let draft = Draft::warning(Stage::Credentials, "the task role (taskRoleArn)", summary)
        .likely(format!("{why}; the execution role, which pulls the image, is never visible to a container"))
        .cite([observation])
        .fix(Fix::fill_in(
            "run the probe with the execution role as its task role: then it asks as the very principal that pulls",
            "aws ecs run-task --cluster CLUSTER --task-definition PROBE_TASK_DEFINITION --launch-type FARGATE --network-configuration NETWORK --overrides '{\"taskRoleArn\":\"EXECUTION_ROLE_ARN\"}'",
        ))
        .fix(Fix::advice("or give the task definition a taskRoleArn with the policy that ecr-probe plan --policy prints"))
        .fix(Fix::advice("let the container reach 169.254.170.2, where ECS hands the credentials out"));
    vec![draft]
}

fn elsewhere(case: &Case<'_>) -> Vec<Draft> {
    let Some((observation, why)) = lacking(case) else { return Vec::new() };
    let summary = "there are no AWS credentials here, so only the network could be judged";
    vec![
        Draft::warning(Stage::Credentials, "the credential chain", summary)
            .likely(why)
            .cite([observation])
            .fix(Fix::ready("log in, or name a profile (AWS_PROFILE), then see who you are", "aws sts get-caller-identity"))
            .fix(Fix::advice("profiles with SSO or a credential process: export them first (aws configure export-credentials --format env)")),
    ]
}

fn invalid(case: &Case<'_>) -> Vec<Draft> {
    let refused: Vec<(&Observation, &str)> = case
        .evidence
        .iter()
        .filter_map(|observation| {
            let rejection = match &observation.act {
                Act::Token(TokenOutcome::Rejected(it)) | Act::ApiManifest(ManifestOutcome::Rejected(it)) => it,
                _ => return None,
            };
            let code = rejection.code.as_deref()?;
            let bad_signature = code.contains("InvalidSignature") || code == "SignatureDoesNotMatch";
            let about_time = rejection
                .message
                .as_deref()
                .is_some_and(|it| it.contains("Signature expired") || it.contains("not yet current"));
            (UNKNOWN_KEYS.contains(&code) || bad_signature && !about_time).then_some((observation, code))
        })
        .collect();
    let Some((_, code)) = refused.first() else { return Vec::new() };
    let source = case.evidence.iter().find_map(|observation| match &observation.act {
        Act::Credentials(CredentialsOutcome::Found { source }) => Some((observation, source)),
        _ => None,
    });
    let from = source.map(|(_, source)| format!(" from {source}")).unwrap_or_default();
    let expired = code.starts_with("Expired");
    let summary = match expired {
        true => format!("the AWS credentials{from} have expired"),
        false => format!("AWS does not accept the credentials{from}: {code}"),
    };
    vec![
        Draft::error(Stage::Credentials, format!("the credentials{from}"), summary)
            .proven("the API answered, so the network is sound, and it refused the keys before any policy")
            .cite(source.map(|(observation, _)| observation))
            .cite(refused.iter().map(|(observation, _)| *observation))
            .fix(Fix::ready("see whom AWS takes you for", "aws sts get-caller-identity"))
            .fix(Fix::advice("renew the session, or remove stale AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; check that the keys belong to this partition")),
    ]
}
