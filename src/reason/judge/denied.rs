//! Denials: the action tells the step, the layer tells whose policy it is.

use super::answer::Answer;
use super::hop::Hop;
use crate::aws::{APP_RUNNER_BUILD, ECS_TASKS, LAMBDA, SAGEMAKER};
use crate::model::Stage;
use crate::model::outcome::{Denial, PolicyLayer};
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// What is denied, by the step that needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Token,
    Manifest,
    LayerUrl,
    LayerBytes,
    Secret,
    Logs,
    Import,
    /// The role of the task is handed on, or assumed.
    Role,
    Volume,
}

impl Step {
    /// The step that takes this action; `None` where no pull and no task's start does.
    fn of(action: &str) -> Option<Step> {
        let (service, operation) = action.split_once(':')?;
        Some(match (service.to_ascii_lowercase().as_str(), operation) {
            ("ecr" | "ecr-public" | "sts", operation)
                if is(operation, &["GetAuthorizationToken", "GetServiceBearerToken"]) =>
            {
                Step::Token
            }
            ("ecr", operation) if is(operation, &["BatchGetImage", "BatchCheckLayerAvailability"]) => Step::Manifest,
            ("ecr", operation) if is(operation, &["GetDownloadUrlForLayer"]) => Step::LayerUrl,
            ("ecr", operation) if is(operation, &["BatchImportUpstreamImage", "CreateRepository"]) => Step::Import,
            ("s3", operation) if is(operation, &["GetObject"]) => Step::LayerBytes,
            ("secretsmanager", operation) if is(operation, &["GetSecretValue"]) => Step::Secret,
            ("ssm", operation) if is(operation, &["GetParameters", "GetParameter"]) => Step::Secret,
            ("kms", operation) if is(operation, &["Decrypt"]) => Step::Secret,
            ("iam" | "sts", operation) if is(operation, &["PassRole", "AssumeRole", "AssumeRoleWithWebIdentity"]) => {
                Step::Role
            }
            ("elasticfilesystem", operation) if is(operation, &["ClientMount", "ClientWrite", "ClientRootAccess"]) => {
                Step::Volume
            }
            ("logs", operation) if is(operation, &["CreateLogStream", "CreateLogGroup", "PutLogEvents"]) => Step::Logs,
            _ => return None,
        })
    }

    fn stage(self) -> Stage {
        match self {
            Step::Token => Stage::AuthToken,
            Step::Manifest | Step::Import => Stage::Manifest,
            Step::LayerUrl => Stage::LayerUrl,
            Step::LayerBytes => Stage::LayerBytes,
            Step::Role => Stage::Credentials,
            Step::Secret | Step::Logs | Step::Volume => Stage::TaskStart,
        }
    }
}

/// Whether the operation is one of these, if cut.
fn is(operation: &str, names: &[&str]) -> bool {
    operation.len() > 5
        && names.iter().any(|name| {
            name.len() >= operation.len()
                && name.get(..operation.len()).is_some_and(|start| start.eq_ignore_ascii_case(operation))
        })
}

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::CannotAssumeRole) {
        if parsed.plain.tight.contains("authenticationconfiguration") {
            let answer =
                Answer::at(Stage::Credentials, "App Runner is not allowed to assume the service's access role");
            return Some(answer.likely("IAM-06", format!("its trust policy does not name {APP_RUNNER_BUILD}")));
        }
        let answer =
            Answer::at(Stage::Credentials, "ECS is not allowed to assume the role that the task definition names");
        return Some(answer.proven(
            "IAM-06",
            format!("its trust policy does not name {ECS_TASKS}, it does not exist, or iam:PassRole is missing"),
        ));
    }
    if parsed.has(Sign::KmsDenied) && matches!(Hop::of(parsed, None), Some(Hop::SecretsManager | Hop::Ssm)) {
        let answer = Answer::at(Stage::TaskStart, "the execution role may not decrypt the secret with its key");
        return Some(
            answer
                .proven("INIT-03", "the secret is encrypted with a key of your own: kms:Decrypt on it is missing")
                .possible("IAM-07", "it may stand on the task role instead"),
        );
    }
    if parsed.has(Sign::EnvFiles) && (parsed.denial.is_some() || parsed.has(Sign::Denied)) {
        let answer = Answer::at(Stage::TaskStart, "the execution role may not read the environment file in S3");
        return Some(answer.likely("INIT-11", "it needs s3:GetObject and s3:GetBucketLocation on the bucket"));
    }
    if parsed.has(Sign::RepositoryDenied) {
        let answer = Answer::at(Stage::Manifest, "the service that is to run the image may not pull it");
        return Some(
            answer
                .likely(
                    "IAM-10",
                    format!("the repository's policy does not allow the service, such as {LAMBDA} or {SAGEMAKER}"),
                )
                .or(&[
                    ("IAM-02", "or the principal that creates the function or model may not pull it"),
                    ("IAM-09", "or the repository's policy denies it"),
                ]),
        );
    }
    let named = parsed.denial.as_ref().and_then(|denial| Some((denial, Step::of(&denial.action)?)));
    named.map(|(denial, step)| by_layer(denial, step))
}

fn who(denial: &Denial) -> String {
    // `assumed-role/ROLE/SESSION`; users and roles have their name at the end of a path.
    let short = |principal: &str| match principal.rsplit_once("assumed-role/") {
        Some((_, role)) => role.split('/').next().unwrap_or_default().to_owned(),
        None => principal.rsplit('/').next().unwrap_or_default().to_owned(),
    };
    let principal = denial.principal.as_deref().unwrap_or_default();
    let kind = if principal.contains(":user/") { "the user" } else { "the role" };
    match short(principal) {
        name if name.is_empty() => kind.to_owned(),
        name => format!("{kind} {name}"),
    }
}

fn by_layer(denial: &Denial, step: Step) -> Answer {
    let means = format!("{} was denied {}: {}", who(denial), denial.action, policy(denial));
    let answer = Answer::at(step.stage(), means);
    let told = "the message names the kind of policy";
    use PolicyLayer::{Identity, Resource, RoleTrust, Unnamed, VpcEndpoint};
    match (step, denial.layer, denial.explicit) {
        (Step::LayerBytes, VpcEndpoint, true) => {
            answer.proven("VPE-06", told).possible("VPE-05", "a condition made the Deny match")
        }
        (Step::LayerBytes, VpcEndpoint, false) => {
            answer.likely("VPE-04", "the S3 endpoint's policy allows nothing of ECR's layer bucket").or(&[
                ("VPE-05", "or it does, under a condition on the principal: the URL is signed by a role of ECR's own"),
                ("VPE-08", "or for another Region or partition"),
            ])
        }
        (Step::LayerBytes, _, _) => answer
            .likely("VPE-04", "the layers are ECR's own: what denies them is most often the S3 endpoint's policy")
            .or(&[
                ("VPE-05", "a condition on the principal never holds: the URL is signed by a role of ECR's own"),
                ("VPE-06", "or a Deny statement of it"),
            ]),
        (Step::Secret, _, _) => answer
            .proven("INIT-03", "the execution role lacks it, or the resource's own policy denies")
            .possible("IAM-07", "it may stand on the task role instead"),
        (Step::Logs, _, _) => answer
            .proven("INIT-13", "the execution role lacks it")
            .possible("IAM-07", "it may stand on the task role instead"),
        (Step::Import, _, _) if denial.action.contains("Import") => answer
            .likely("PTC-02", "the first pull through a cache imports the image, which is a permission of its own")
            .possible("PTC-01", "the repository that it makes may not be there either"),
        (Step::Import, _, _) => answer
            .likely("PTC-01", "the first pull through a cache makes the repository")
            .possible("PTC-02", "the import is a permission of its own"),
        (Step::Role, _, _) => answer
            .likely("IAM-06", "who starts the task may not hand the role on, or the role's trust does not admit it"),
        (Step::Volume, _, _) => {
            answer.likely("INIT-10", "the file system's policy or the role does not allow the mount")
        }
        (_, VpcEndpoint, _) if step == Step::Token => {
            answer.proven("VPE-01", told).possible("VPE-03", "a policy with Deny statements only allows nothing")
        }
        (_, VpcEndpoint, _) => answer.proven("VPE-02", told).or(&[
            ("VPE-01", "asked through the API: its endpoint has a policy of its own"),
            ("VPE-03", "a policy with Deny statements only allows nothing"),
        ]),
        (_, Resource, true) => answer.proven("IAM-09", told),
        (_, Resource, false) => {
            answer.proven("IAM-10", told).possible("IAM-02", "across accounts both sides must allow it")
        }
        (_, Identity | RoleTrust, false) => answer
            .proven(by_role(step), told)
            .or(&[("IAM-07", "it may stand on the task role instead")])
            .or(across(denial)),
        (_, Unnamed, false) => {
            let answer = answer
                .likely(by_role(step), "most often nothing allows it; the message does not name the kind of policy");
            let endpoint = if step == Step::Token { "VPE-01" } else { "VPE-02" };
            answer.or(&[("IAM-10", "the repository's policy, across accounts")][usize::from(step == Step::Token)..]).or(
                &[
                    (endpoint, "or an endpoint's policy"),
                    ("IAM-04", "or one above the role"),
                    ("IAM-07", "or it stands on the task role"),
                ],
            )
        }
        (_, Unnamed, true) => answer
            .likely("IAM-04", "a Deny statement matched, and the message does not say whose")
            .or(&[("IAM-05", "it may have a condition on the VPC or endpoint"), ("IAM-09", "or be the repository's")]),
        _ => answer.proven("IAM-04", told).possible("IAM-05", "a condition in it may never hold for this call"),
    }
}

fn by_role(step: Step) -> &'static str {
    match step {
        Step::Token => "IAM-01",
        Step::LayerUrl => "IAM-03",
        _ => "IAM-02",
    }
}

/// Another account's repository policy applies too.
fn across(denial: &Denial) -> &'static [(&'static str, &'static str)] {
    match denial.resource.as_deref() {
        Some(resource) if resource.contains(":repository/") && !is_of_own_account(denial, resource) => {
            &[("IAM-10", "in another account the repository's policy must allow it as well")]
        }
        _ => &[],
    }
}

/// Whether caller and repository are in one account, in which the repository's policy need not allow anything.
fn is_of_own_account(denial: &Denial, resource: &str) -> bool {
    let account = |arn: &str| arn.split(':').nth(4).filter(|it| !it.is_empty()).map(str::to_owned);
    let own = denial.principal.as_deref().and_then(account);
    own.is_some() && own == account(resource)
}

/// What decided, after "was denied ACTION".
fn policy(denial: &Denial) -> String {
    let kind = denial.layer.title();
    match (denial.layer, denial.explicit) {
        (PolicyLayer::Unnamed, true) => "an explicit deny; the message does not name the policy".to_owned(),
        (PolicyLayer::Unnamed, false) => "the message does not name the kind of policy".to_owned(),
        (_, true) => format!("explicit deny in {} {kind}", article(kind)),
        (_, false) => format!("no {kind} allows it (implicit deny)"),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['i', 'e', 'a', 'o']) { "an" } else { "a" }
}

/// A denial that is cut, masked, or worded without the action.
pub fn unnamed(parsed: &Parsed) -> Option<Answer> {
    const CODE: &str = "AccessDenied";
    let line = &parsed.plain.line;
    let is_code = |word: &str| word.trim_end_matches([':', '.', ',']) == CODE;
    let is_denied = parsed.has(Sign::Denied) || line.contains(CODE) && line.split(' ').any(is_code);
    if is_denied { denied_at(parsed).map(|it| it.unless_unread(parsed)) } else { None }
}

fn denied_at(parsed: &Parsed) -> Option<Answer> {
    let explicit = parsed.plain.tight.contains("explicitdeny");
    match Hop::of(parsed, None)? {
        Hop::Api if explicit => Some(
            Answer::at(Stage::AuthToken, "ecr:GetAuthorizationToken hit an explicit deny")
                .likely("IAM-04", "a Deny statement matched, and the message does not say whose")
                .or(&[
                    ("IAM-05", "it may have a condition on the VPC or endpoint"),
                    ("VPE-01", "or be the endpoint's"),
                ]),
        ),
        Hop::Api => Some(
            Answer::at(Stage::AuthToken, "ecr:GetAuthorizationToken was denied")
                .likely("IAM-01", "most often the role's own policy lacks it; what the message says of it is cut")
                .or(&[
                    ("VPE-01", "the endpoint's policy"),
                    ("IAM-04", "a policy above the role"),
                    ("IAM-07", "it stands on the task role"),
                ]),
        ),
        Hop::SecretsManager | Hop::Ssm => Some(
            Answer::at(Stage::TaskStart, "the execution role may not read the secret or parameter")
                .proven("INIT-03", "AccessDenied is named in the text")
                .possible("IAM-07", "it may stand on the task role instead"),
        ),
        Hop::Logs => Some(
            Answer::at(Stage::TaskStart, "the execution role may not write the log")
                .proven("INIT-13", "AccessDenied is named in the text"),
        ),
        Hop::Registry | Hop::Unnamed if parsed.has(Sign::Pull) => Some(
            Answer::at(Stage::Manifest, "the pull was denied")
                .likely("IAM-02", "most often the role's own policy lacks it; what the message says of it is cut")
                .or(&[
                    ("IAM-01", "or the token"),
                    ("IAM-10", "or the repository's policy"),
                    ("VPE-02", "or the endpoint's policy"),
                ]),
        ),
        _ => None,
    }
}
