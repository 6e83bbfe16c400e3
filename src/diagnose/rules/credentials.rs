//! No credentials (IAM-08 in a task, IAM-13 elsewhere), or ones that AWS does not know (IAM-14).

use serde_json::json;

use crate::aws::ECS_TASKS;
use crate::diagnose::puller::{self, Whose};
use crate::diagnose::{Case, Draft, Need, Principal, addresses};
use crate::model::outcome::{CredentialsOutcome, ManifestOutcome, TokenOutcome};
use crate::model::{Act, Blank, Command, Fix, Mode, Observation, Stage, Word};
use crate::wire::said;

rule!(IAM_08, "IAM-08", "task-role-missing", Need::CredentialChain, |case| if case.vantage.mode == Mode::Task {
    in_a_task(case)
} else {
    Vec::new()
});

rule!(IAM_13, "IAM-13", "aws-credentials-missing", Need::CredentialChain, |case| match case.vantage.mode {
    Mode::Task => Vec::new(),
    Mode::Lambda => in_a_function(case).into_iter().collect(),
    Mode::Host | Mode::Audit => elsewhere(case),
});

rule!(IAM_14, "IAM-14", "aws-credentials-invalid", Need::TokenReply, invalid);

/// Where a function has its credentials from (AWS Lambda Developer Guide, "Defined runtime environment variables").
const OF_LAMBDA: &str = "Lambda sets AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN from the function's role: see that the role is still there, and that no layer or wrapper script (AWS_LAMBDA_EXEC_WRAPPER) takes them away or puts others in their place";

/// Codes by which AWS says that it does not know the keys or the session. JSON services end them in `Exception`.
const UNKNOWN_KEYS: [&str; 7] = [
    "UnrecognizedClient",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "ExpiredToken",
    "InvalidToken",
    "IncompleteSignature",
    "MissingAuthenticationToken",
];

/// The chain's end, where it yielded nothing.
fn lacking<'e>(case: &Case<'e>) -> Option<(&'e Observation, &'e CredentialsOutcome)> {
    case.evidence.iter().find_map(|observation| match &observation.act {
        Act::Credentials(outcome) if outcome.is_symptom() => Some((observation, outcome)),
        _ => None,
    })
}

/// Every try to find credentials that failed: they fail alike.
fn tries<'e>(case: &Case<'e>) -> impl Iterator<Item = &'e Observation> {
    case.evidence.iter().filter(|it| matches!(it.act, Act::Credentials(_)) && it.is_symptom())
}

fn in_a_task(case: &Case<'_>) -> Vec<Draft> {
    let Some((observation, outcome)) = lacking(case) else { return Vec::new() };
    let trusting = format!(
        "give the task definition a taskRoleArn whose trust policy names {ECS_TASKS}, with the policy that ecr-probe plan --policy prints"
    );
    let (why, repair) = match outcome {
        CredentialsOutcome::TimedOut => (
            "the credentials endpoint did not answer",
            "let the container reach 169.254.170.2 on port 80, where ECS hands the credentials out",
        ),
        CredentialsOutcome::Failed { .. } => ("the credentials endpoint has none for this task", trusting.as_str()),
        _ => (
            "nothing offers any: ECS sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI only where the task definition names a task role",
            "or give the task definition a taskRoleArn, with the policy that ecr-probe plan --policy prints",
        ),
    };
    let summary = "this task gives the probe no credentials, so only the network could be judged";
    let draft = Draft::warning(Stage::Credentials, "the task role (taskRoleArn)", summary)
        .likely(format!("{why}; the execution role, which pulls the image, is never visible to a container"))
        .cite([observation])
        .cover(tries(case));
    let network = Word::from("awsvpcConfiguration={subnets=[").then(Blank::SUBNET_ID);
    let network = network.then("],securityGroups=[").then(Blank::TASK_SECURITY_GROUP).then("]}");
    let role = json!({ "taskRoleArn": Blank::EXECUTION_ROLE_ARN.name() });
    let as_the_puller = Fix::run(
        "run the probe with the execution role as its task role: then it asks as the very principal that pulls",
        &Command::of("aws ecs run-task")
            .region(addresses::own_region(case))
            .option("--cluster", Blank::CLUSTER)
            .option("--task-definition", Blank::PROBE_TASK_DEFINITION)
            .words("--launch-type FARGATE")
            .option("--network-configuration", network)
            .option("--overrides", Word::json(&role, &[Blank::EXECUTION_ROLE_ARN])),
    );
    // Another role does not help where no credentials can be fetched at all.
    let repair = Fix::advice(repair.to_owned());
    vec![match outcome {
        CredentialsOutcome::TimedOut => draft.fix(repair).fix(as_the_puller),
        _ => draft.fix(as_the_puller).fix(repair),
    }]
}

fn in_a_function(case: &Case<'_>) -> Option<Draft> {
    let (observation, _) = lacking(case)?;
    let summary = "this function has no credentials of its role, so only the network could be judged";
    Some(
        Draft::warning(Stage::Credentials, "the function's role", summary)
            .likely("Lambda gives every function those of its role in environment variables, and none are there")
            .cite([observation])
            .cover(tries(case))
            .fix(Fix::advice(OF_LAMBDA)),
    )
}

fn elsewhere(case: &Case<'_>) -> Vec<Draft> {
    let Some((observation, outcome)) = lacking(case) else { return Vec::new() };
    let why = match outcome {
        CredentialsOutcome::TimedOut => "the credential chain did not answer in time",
        CredentialsOutcome::Failed { .. } => "a provider of the credential chain is configured, and failed",
        _ => {
            "no provider of the credential chain has any: no keys in the environment, no profile, no role of the machine"
        }
    };
    let check = Command::of("ecr-probe check").operand(Blank::IMAGE).with("AWS_PROFILE", Blank::PROFILE_NAME);
    let summary = "there are no AWS credentials here, so only the network could be judged";
    vec![
        Draft::warning(Stage::Credentials, "the credential chain", summary)
            .likely(why)
            .cite([observation])
            .cover(tries(case))
            .fix(Fix::run("see which source the credentials should come from", &Command::of("aws configure list")))
            .fix(Fix::run("name a profile that has keys, a role, a credential process or single sign-on", &check))
            .fix(Fix::run(
                "log in again, if its session of single sign-on is over",
                &Command::of("aws sso login").option("--profile", Blank::PROFILE_NAME),
            )),
    ]
}

fn invalid(case: &Case<'_>) -> Vec<Draft> {
    let refused: Vec<(&Observation, &str, Option<&str>)> = case
        .evidence
        .iter()
        .filter_map(|observation| {
            let rejection = match &observation.act {
                Act::Token(TokenOutcome::Rejected(it)) | Act::ApiManifest(ManifestOutcome::Rejected(it)) => it,
                _ => return None,
            };
            let code = rejection.code.as_deref()?;
            let unknown = UNKNOWN_KEYS.contains(&code.trim_end_matches("Exception"));
            let bad_signature = code.contains("InvalidSignature") || code == "SignatureDoesNotMatch";
            let about_time = said::signature_is_of_another_time(rejection);
            (unknown || bad_signature && !about_time).then_some((observation, code, rejection.message.as_deref()))
        })
        .collect();
    let Some((_, code, message)) = refused.first() else { return Vec::new() };
    let source = case.evidence.iter().find_map(|observation| match &observation.act {
        Act::Credentials(CredentialsOutcome::Found { source }) => Some((observation, source)),
        _ => None,
    });
    let from = source.map(|(_, source)| format!(" from {source}")).unwrap_or_default();
    let summary = if code.starts_with("Expired") {
        format!("the AWS credentials{from} have expired")
    } else {
        let said = message.map(|it| format!(": {}", it.trim_end_matches(['.', ' ']))).unwrap_or_default();
        format!("AWS does not accept the credentials{from}: {code}{said}")
    };
    let subject = format!("the credentials{from}");
    let refusals: Vec<&Observation> = refused.iter().map(|(observation, ..)| *observation).collect();
    let draft = match puller::whose(case, &refusals, &Principal::of(None)) {
        Whose::Puller => Draft::error(Stage::Credentials, subject, summary),
        // The images of a task are pulled with others.
        Whose::Container | Whose::Function => Draft::warning(Stage::Credentials, subject, summary),
    };
    let draft = draft
        .proven("the API answered, so the network is sound, and it refused the keys before any policy")
        .cite(source.map(|(observation, _)| observation))
        .cite(refusals)
        .fix(Fix::run(
            "see which identity AWS sees, and where the credentials come from",
            &Command::of("aws sts get-caller-identity").then(Command::of("aws configure list")),
        ));
    vec![match case.vantage.mode {
        Mode::Lambda => draft.fix(Fix::advice(OF_LAMBDA)),
        Mode::Task => draft
            .fix(Fix::advice(
                "if they come from the environment, take AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN out of the container: they win over the task role",
            ))
            .fix(Fix::run(
                "if they are the task role's, see that the role is still there, and start the task anew",
                &Command::of("aws iam get-role").option("--role-name", Blank::TASK_ROLE_NAME),
            )),
        _ => draft.fix(Fix::advice(
            "renew the session (aws sso login), or remove stale AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
        )),
    }
    .fix(Fix::advice(
        "check that the keys are of the partition and the endpoint (AWS_ENDPOINT_URL) that they are used at: aws, aws-cn and aws-us-gov know nothing of one another",
    ))]
}
