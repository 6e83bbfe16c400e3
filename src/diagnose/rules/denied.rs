//! Policies that denied: the action tells the step, the layer tells whose policy it is.

use crate::diagnose::{Case, Draft, Need, Rule};
use crate::model::outcome::{
    Denial, LayerUrlOutcome, ManifestOutcome, PolicyLayer, RegistryOutcome, Rejection, TokenOutcome,
};
use crate::model::{Act, Code, Fix, Observation, Stage};

macro_rules! rule {
    ($id:ident, $code:literal, $name:literal, $need:ident) => {
        pub static $id: Rule = Rule {
            code: Code($code),
            name: $name,
            page: include_str!(concat!("../../../docs/codes/", $code, ".md")),
            need: Need::$need,
            judge: |case| judge(case, $code),
        };
    };
}

rule!(IAM_01, "IAM-01", "token-denied-by-role", TokenReply);
rule!(IAM_02, "IAM-02", "manifest-denied-by-role", ManifestReply);
rule!(IAM_03, "IAM-03", "layer-url-denied-by-role", LayerUrl);
rule!(IAM_04, "IAM-04", "denied-above-the-role", TokenReply);
rule!(IAM_09, "IAM-09", "repository-policy-denies", ManifestReply);
rule!(IAM_10, "IAM-10", "repository-policy-lacks-principal", ManifestReply);
rule!(VPE_01, "VPE-01", "api-endpoint-policy-denies", TokenReply);
rule!(VPE_02, "VPE-02", "dkr-endpoint-policy-denies", ManifestReply);

/// The code for a denial. An action that no policy statement allowed and no layer is named for is
/// the role's own policy: that is where most are.
fn code_of(denial: &Denial) -> &'static str {
    use PolicyLayer::{Identity, Resource, RoleTrust, Unnamed, VpcEndpoint};
    let token = denial.action.eq_ignore_ascii_case("ecr:GetAuthorizationToken");
    let layer_url = denial.action.eq_ignore_ascii_case("ecr:GetDownloadUrlForLayer");
    match (denial.layer, denial.explicit) {
        (VpcEndpoint, _) if token => "VPE-01",
        (VpcEndpoint, _) => "VPE-02",
        (Resource, true) => "IAM-09",
        (Resource, false) => "IAM-10",
        (Identity, true) => "IAM-04",
        (Identity | Unnamed | RoleTrust, _) if token => "IAM-01",
        (Identity | Unnamed | RoleTrust, _) if layer_url => "IAM-03",
        (Identity | Unnamed | RoleTrust, _) => "IAM-02",
        _ => "IAM-04",
    }
}

/// A request that was denied: what AWS said, or where it said nothing, the action of the step.
struct Denied<'e> {
    observation: &'e Observation,
    denial: Denial,
    stage: Stage,
    told: bool,
}

fn denials<'e>(case: &Case<'e>) -> Vec<Denied<'e>> {
    let mut found = Vec::new();
    for observation in case.evidence.iter() {
        let (rejection, stage, action): (&Rejection, _, _) = match &observation.act {
            Act::Token(TokenOutcome::Rejected(it)) => (it, Stage::AuthToken, "ecr:GetAuthorizationToken"),
            Act::RegistryAuth(RegistryOutcome::Rejected(it)) => (it, Stage::RegistryAuth, "ecr:BatchGetImage"),
            Act::Manifest(ManifestOutcome::Rejected(it)) | Act::ApiManifest(ManifestOutcome::Rejected(it)) => {
                (it, Stage::Manifest, "ecr:BatchGetImage")
            }
            Act::LayerUrl(LayerUrlOutcome::Rejected(it)) | Act::ApiLayerUrl(LayerUrlOutcome::Rejected(it)) => {
                (it, Stage::LayerUrl, "ecr:GetDownloadUrlForLayer")
            }
            _ => continue,
        };
        match &rejection.denial {
            Some(denial) => found.push(Denied { observation, denial: denial.clone(), stage, told: true }),
            None if is_bare_denial(rejection) => {
                let denial = Denial {
                    principal: None,
                    action: action.to_owned(),
                    resource: None,
                    layer: PolicyLayer::Unnamed,
                    explicit: false,
                    policy_arn: None,
                };
                found.push(Denied { observation, denial, stage, told: false });
            }
            None => {}
        }
    }
    found
}

/// A denial without a reason. ECR's registry says DENIED for an expired token too.
fn is_bare_denial(rejection: &Rejection) -> bool {
    let code = rejection.code.as_deref().unwrap_or_default();
    let expired = rejection.message.as_deref().is_some_and(|it| it.contains("token has expired"));
    !expired && (code == "AccessDeniedException" || code == "DENIED" && rejection.status == 403)
}

fn judge(case: &Case<'_>, code: &'static str) -> Vec<Draft> {
    let mine: Vec<Denied<'_>> = denials(case).into_iter().filter(|it| code_of(&it.denial) == code).collect();
    let Some(first) = mine.first() else { return Vec::new() };
    let denial = &first.denial;
    let principal =
        denial.principal.as_deref().or(case.vantage.principal_arn.as_deref()).unwrap_or("the caller").to_owned();
    let resource = denial.resource.as_deref().unwrap_or("*");
    let summary = summary(code, denial, &principal);
    let mut draft = Draft::error(first.stage, subject(code, denial, &principal), summary)
        .cite(mine.iter().map(|it| it.observation));
    draft = match (first.told, denial.layer) {
        (true, PolicyLayer::Unnamed) => {
            draft.likely("AWS names the action and not the policy; the role's own is the likeliest").or(others(code))
        }
        (true, _) => draft.proven("AWS's answer names the action and the kind of policy"),
        (false, _) => draft.likely("the answer is a denial without a reason").or(others(code)),
    };
    for fix in fixes(case, code, denial, &principal, resource) {
        draft = draft.fix(fix);
    }
    vec![draft]
}

fn others(code: &str) -> &'static [&'static str] {
    match code {
        "IAM-01" => &["VPE-01", "IAM-04"],
        _ => &["VPE-02", "IAM-09", "IAM-10", "IAM-04"],
    }
}

fn subject(code: &str, denial: &Denial, principal: &str) -> String {
    match code {
        "VPE-01" => "the policy of the ecr.api VPC endpoint".to_owned(),
        "VPE-02" => "the policy of the ecr.dkr VPC endpoint".to_owned(),
        "IAM-09" | "IAM-10" => {
            format!("the repository policy of {}", denial.resource.as_deref().unwrap_or("the repository"))
        }
        "IAM-04" => match &denial.policy_arn {
            Some(arn) => format!("{} {arn}", denial.layer.title()),
            None => format!("{} that applies to {principal}", denial.layer.title()),
        },
        _ => principal.to_owned(),
    }
}

fn summary(code: &str, denial: &Denial, principal: &str) -> String {
    let action = &denial.action;
    let resource = denial.resource.as_deref().filter(|it| *it != "*");
    let on = resource.map(|it| format!(" on {it}")).unwrap_or_default();
    let layer = denial.layer.title();
    match code {
        "VPE-01" | "VPE-02" => format!("the VPC endpoint's policy does not let {principal} call {action}{on}"),
        "IAM-09" => format!("the repository policy explicitly denies {action} to {principal}{on}"),
        "IAM-10" => format!("the repository policy does not allow {action} to {principal}{on}"),
        "IAM-04" if denial.explicit => format!("a {layer} explicitly denies {action} to {principal}{on}"),
        "IAM-04" => format!("no {layer} allows {action} to {principal}{on}"),
        _ => format!("{principal} may not call {action}{on}: no identity-based policy allows it"),
    }
}

/// The role's name in `arn:…:assumed-role/NAME/session` or `arn:…:role/path/NAME`.
fn role_name(principal: &str) -> &str {
    let resource = principal.rsplit(':').next().unwrap_or_default();
    let mut parts = resource.split('/');
    match parts.next() {
        Some("assumed-role") => parts.next().unwrap_or("ROLE_NAME"),
        Some("role") => parts.next_back().unwrap_or("ROLE_NAME"),
        _ => "ROLE_NAME",
    }
}

fn fixes(case: &Case<'_>, code: &str, denial: &Denial, principal: &str, resource: &str) -> Vec<Fix> {
    let (region, partition) = (case.region(), case.partition());
    match code {
        "IAM-01" | "IAM-02" | "IAM-03" => {
            let role = role_name(principal);
            let command = format!(
                "aws iam attach-role-policy --role-name {role} --policy-arn arn:{partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
            );
            let does = "attach AWS's policy for task execution to the role that pulls (ecr:GetAuthorizationToken needs Resource \"*\")";
            vec![
                match role {
                    "ROLE_NAME" => Fix::fill_in(does, command),
                    _ => Fix::ready(does, command),
                },
                Fix::advice(
                    "the execution role pulls the image, not the task role: when the probe runs as the task role, look at whose policy this is",
                ),
            ]
        }
        "VPE-01" | "VPE-02" => {
            let service = if code == "VPE-01" { "ecr.api" } else { "ecr.dkr" };
            let statement = match code {
                "VPE-01" => "{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"ecr:GetAuthorizationToken\",\"Resource\":\"*\"}".to_owned(),
                _ => "{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":[\"ecr:BatchGetImage\",\"ecr:GetDownloadUrlForLayer\",\"ecr:BatchCheckLayerAvailability\"],\"Resource\":\"*\"}".to_owned(),
            };
            vec![
                Fix::fill_in(
                    format!("read the policy of the {service} endpoint"),
                    format!(
                        "aws ec2 describe-vpc-endpoints --region {region} --filters Name=vpc-id,Values=VPC_ID Name=service-name,Values=com.amazonaws.{region}.{service} --query 'VpcEndpoints[].[VpcEndpointId,PolicyDocument]' --output text"
                    ),
                ),
                Fix::advice(format!(
                    "add this statement to it, and look at the other ECR endpoint's policy too: {statement}"
                )),
            ]
        }
        "IAM-09" | "IAM-10" => vec![
            Fix::fill_in(
                "read the repository's policy, as its owner",
                format!(
                    "aws ecr get-repository-policy --region {region} --repository-name {}",
                    resource.rsplit_once("repository/").map_or("REPOSITORY", |(_, name)| name)
                ),
            ),
            Fix::advice(match code {
                "IAM-09" => {
                    "narrow the Deny statement that matches; through an endpoint aws:SourceIp never matches, aws:SourceVpce does"
                }
                _ => {
                    "allow ecr:BatchGetImage, ecr:GetDownloadUrlForLayer and ecr:BatchCheckLayerAvailability to this principal or its account"
                }
            }),
        ],
        _ => {
            let place = match denial.layer {
                PolicyLayer::ServiceControl | PolicyLayer::ResourceControl => {
                    "in AWS Organizations, with whoever owns the organisation's policies"
                }
                PolicyLayer::PermissionsBoundary => "in the role's permissions boundary",
                PolicyLayer::Session => "in the session policy of whoever assumes the role",
                _ => "in the role's own policies: a Deny statement wins over every Allow",
            };
            vec![
                Fix::advice(format!("mend it {place}: {} must be allowed on {resource}", denial.action)),
                Fix::advice("check again afterwards: AWS names only one of several policies that deny"),
            ]
        }
    }
}
