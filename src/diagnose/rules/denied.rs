//! Policies that denied: the action tells the step, the layer tells whose policy it is.

mod action;
mod fixes;

use std::collections::BTreeSet;

use self::action::{LAYER_URL, MANIFEST, TOKEN, is, repository};
use super::image_failure;
use crate::diagnose::puller::{self, Whose};
use crate::diagnose::{Case, Draft, Need, Principal, addresses};
use crate::model::outcome::{
    Denial, LayerUrlOutcome, ManifestOutcome, PolicyLayer, RegistryOutcome, Rejection, TokenOutcome,
};
use crate::model::{Act, Mode, Observation, Stage, Strength};
use crate::wire::said;

rule!(IAM_01, "IAM-01", "token-denied-by-role", Need::TokenReply, |case| judge(case, "IAM-01"));
rule!(IAM_02, "IAM-02", "manifest-denied-by-role", Need::ManifestReply, |case| judge(case, "IAM-02"));
rule!(IAM_03, "IAM-03", "layer-url-denied-by-role", Need::LayerUrl, |case| judge(case, "IAM-03"));
rule!(IAM_04, "IAM-04", "denied-above-the-role", Need::TokenReply, |case| judge(case, "IAM-04"));
rule!(IAM_09, "IAM-09", "repository-policy-denies", Need::ManifestReply, |case| judge(case, "IAM-09"));
rule!(IAM_10, "IAM-10", "repository-policy-lacks-principal", Need::ManifestReply, |case| judge(case, "IAM-10"));
rule!(VPE_01, "VPE-01", "api-endpoint-policy-denies", Need::TokenReply, |case| judge(case, "VPE-01"));
rule!(VPE_02, "VPE-02", "dkr-endpoint-policy-denies", Need::ManifestReply, |case| judge(case, "VPE-02"));

/// How it is known what denied.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Basis {
    /// The answer says so.
    Told,
    /// The registry gives no reason; the API, asked the same, does.
    ToldByApi,
    /// The registry denies without a reason what the API grants.
    GrantedByApi,
    /// The registry denies without a reason, and the API's endpoint has a policy that denies as well.
    ApiEndpointDenies,
    /// Nobody says.
    Bare,
}

/// A request that was denied.
struct Denied<'e> {
    observation: &'e Observation,
    denial: Denial,
    stage: Stage,
    basis: Basis,
}

impl Denied<'_> {
    /// Whether it passed the `ecr.api` endpoint, and not `ecr.dkr`: each has a policy of its own.
    fn through_api(&self) -> bool {
        matches!(self.observation.act, Act::Token(_) | Act::ApiManifest(_) | Act::ApiLayerUrl(_))
    }

    /// A pull asks the registry for manifests and layers: the API's endpoint has no say in them.
    fn is_beside_the_pull(&self) -> bool {
        self.denial.layer == PolicyLayer::VpcEndpoint && self.through_api() && !is(&self.denial, TOKEN)
    }

    /// The code. An action that nothing allowed and no layer is named for is the role's own policy:
    /// that is where most are.
    fn code(&self) -> &'static str {
        use PolicyLayer::{Identity, Resource, RoleTrust, Unnamed, VpcEndpoint};
        let denial = &self.denial;
        match (denial.layer, denial.explicit) {
            (VpcEndpoint, _) if self.through_api() => "VPE-01",
            (VpcEndpoint, _) => "VPE-02",
            (Resource, true) => "IAM-09",
            (Resource, false) => "IAM-10",
            (Identity | Unnamed | RoleTrust, false) if is(denial, TOKEN) => "IAM-01",
            (Identity | Unnamed | RoleTrust, false) if is(denial, LAYER_URL) => "IAM-03",
            (Identity | Unnamed | RoleTrust, false) => "IAM-02",
            _ => "IAM-04",
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        let (one, two) = (&self.denial, &other.denial);
        one.layer == two.layer
            && one.explicit == two.explicit
            && one.resource == two.resource
            && one.policy_arn == two.policy_arn
            && self.is_beside_the_pull() == other.is_beside_the_pull()
    }
}

/// What was turned down in a step that a policy can deny, and the action of that step.
fn turned_down(act: &Act) -> Option<(&Rejection, Stage, &'static str)> {
    match act {
        Act::Token(TokenOutcome::Rejected(it)) => Some((it, Stage::AuthToken, TOKEN)),
        Act::RegistryAuth(RegistryOutcome::Rejected(it)) => Some((it, Stage::RegistryAuth, MANIFEST)),
        Act::Manifest(ManifestOutcome::Rejected(it)) | Act::ApiManifest(ManifestOutcome::Rejected(it)) => {
            Some((it, Stage::Manifest, MANIFEST))
        }
        Act::LayerUrl(LayerUrlOutcome::Rejected(it)) | Act::ApiLayerUrl(LayerUrlOutcome::Rejected(it)) => {
            Some((it, Stage::LayerUrl, LAYER_URL))
        }
        _ => None,
    }
}

fn denials<'e>(case: &Case<'e>) -> Vec<Denied<'e>> {
    // No policy of AWS's applies to another registry's answers.
    let of_ecr = || case.evidence.iter().filter(|it| !it.is_elsewhere());
    let turned_down = || of_ecr().filter_map(|it| turned_down(&it.act).map(|found| (it, found)));
    let mut found: Vec<Denied<'_>> = turned_down()
        .filter_map(|(observation, (rejection, stage, _))| {
            let denial = rejection.denial.clone()?;
            Some(Denied { observation, denial, stage, basis: Basis::Told })
        })
        .collect();
    for (observation, (rejection, stage, action)) in turned_down() {
        let bare = rejection.denial.is_none() && is_bare_denial(rejection);
        if bare && !image_failure::is_named_by_api(case, observation) {
            let (denial, basis) = inferred(case, &found, observation, action);
            found.push(Denied { observation, denial, stage, basis });
        }
    }
    found.sort_by_key(|denied| denied.observation.id);
    found
}

/// A denial without a reason. ECR's registry says DENIED for a token that it does not take, too.
fn is_bare_denial(rejection: &Rejection) -> bool {
    let code = rejection.code.as_deref().unwrap_or_default();
    let denied = code == "AccessDeniedException" || code == "DENIED" && rejection.status == 403;
    denied && said::token_refusal(rejection).is_none()
}

/// What stands behind a denial without a reason, from how the API answers the same question.
fn inferred(case: &Case<'_>, told: &[Denied<'_>], observation: &Observation, action: &str) -> (Denial, Basis) {
    let unnamed = Denial {
        principal: None,
        action: action.to_owned(),
        resource: None,
        layer: PolicyLayer::Unnamed,
        explicit: false,
        policy_arn: None,
    };
    if matches!(observation.act, Act::Token(_) | Act::ApiManifest(_) | Act::ApiLayerUrl(_)) {
        return (unnamed, Basis::Bare);
    }
    let endpoint = Denial { layer: PolicyLayer::VpcEndpoint, ..unnamed.clone() };
    let by_api = told.iter().find(|it| it.through_api() && is(&it.denial, action));
    match by_api {
        Some(it) if it.denial.layer == PolicyLayer::VpcEndpoint => (endpoint, Basis::ApiEndpointDenies),
        Some(it) => (it.denial.clone(), Basis::ToldByApi),
        None if granted(case, observation).is_some() => (endpoint, Basis::GrantedByApi),
        None => (unnamed, Basis::Bare),
    }
}

/// The same question, asked of the API and granted.
fn granted<'e>(case: &Case<'e>, observation: &Observation) -> Option<&'e Observation> {
    case.evidence.iter().find(|it| {
        let same = it.subject == observation.subject || observation.subject.is_none();
        same && matches!(&it.act, Act::ApiManifest(outcome) if !outcome.is_symptom())
    })
}

/// One draft for each resource and policy that the code is about.
fn judge(case: &Case<'_>, code: &'static str) -> Vec<Draft> {
    let mut groups: Vec<Vec<Denied<'_>>> = Vec::new();
    for denied in denials(case).into_iter().filter(|it| it.code() == code) {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| first.is_like(&denied))) {
            Some(group) => group.push(denied),
            None => groups.push(vec![denied]),
        }
    }
    groups.iter().filter_map(|group| draft(case, code, group)).collect()
}

fn draft(case: &Case<'_>, code: &'static str, group: &[Denied<'_>]) -> Option<Draft> {
    let first = group.first()?;
    let denial = &first.denial;
    let principal = Principal::of(denial.principal.as_deref().or(case.vantage.principal_arn.as_deref()));
    let actions: BTreeSet<&str> = group.iter().map(|it| it.denial.action.as_str()).collect();
    let actions = super::words::list(actions);
    let summary = summary(code, denial, &actions, &principal);
    let subject = subject(code, denial, &principal);
    let about: Vec<&Observation> = group.iter().map(|it| it.observation).collect();
    let whose = puller::whose(case, &about, &principal);
    let draft = match whose {
        _ if first.is_beside_the_pull() => Draft::info(first.stage, subject, summary),
        Whose::Puller => Draft::error(first.stage, subject, summary),
        Whose::Container => {
            Draft::warning(first.stage, subject, format!("{summary}; the pull asks as {}", execution_role(case)))
        }
        Whose::Function => {
            let role = execution_role(case);
            Draft::warning(
                first.stage,
                subject,
                format!("{summary}. This is the function's role; {role} may be allowed it"),
            )
        }
    };
    let observations = about.into_iter();
    let draft = match first.basis {
        // The API says the same in the same words.
        Basis::Told => draft.cite([first.observation]).cover(observations),
        Basis::GrantedByApi => draft.cite_samples(observations.chain(granted(case, first.observation))),
        _ => draft.cite_samples(observations),
    };
    let draft = strength(case, code, first, draft);
    let draft = if whose == Whose::Function { of_a_function(draft) } else { draft };
    let region = addresses::region_for(case, first.observation);
    Some(fixes::fixes(case, region, code, denial, &principal, whose).into_iter().fold(draft, Draft::fix))
}

/// The role that counts.
fn execution_role(case: &Case<'_>) -> String {
    match case.vantage.execution_role.as_deref() {
        Some(role) => format!("the execution role {role}"),
        None if case.vantage.mode == Mode::Lambda => "the task's execution role".to_owned(),
        None => "the execution role, which no container can see".to_owned(),
    }
}

/// The answer is certain for the function's role only.
fn of_a_function(draft: Draft) -> Draft {
    let reason =
        format!("{}; it is the function's role, and policies may decide otherwise for the task's", draft.reason);
    draft.strength(Strength::Possible, reason)
}

/// Whether something of the task's own images was denied to another role than the one that pulls, which did pull them when
/// the task started.
pub fn concern_another_role(case: &Case<'_>) -> bool {
    let concerns_another = |it: &Denied<'_>| {
        let principal = Principal::of(it.denial.principal.as_deref().or(case.vantage.principal_arn.as_deref()));
        let about = [it.observation];
        puller::are_of_the_task(case, &about) && puller::whose(case, &about, &principal) == Whose::Container
    };
    denials(case).iter().any(|it| !it.is_beside_the_pull() && concerns_another(it))
}

fn strength(case: &Case<'_>, code: &str, first: &Denied<'_>, draft: Draft) -> Draft {
    let denial = &first.denial;
    match (first.basis, denial.layer) {
        _ if first.is_beside_the_pull() => draft.proven(
            "AWS's answer says so; a pull asks the registry and not the API, so this only kept the check from the layers",
        ),
        (Basis::Bare, _) => draft.likely("the answer is a denial without a reason").or(others(code)),
        (Basis::GrantedByApi, _) => draft
            .likely("the API grants this very principal what the registry denies it: the way differs, and with it the endpoint")
            .or(&["IAM-09", "IAM-04", "PRX-02"]),
        (Basis::ApiEndpointDenies, _) => draft
            .likely("the registry gives no reason; the ecr.api endpoint has a policy that denies the same")
            .or(&["IAM-02", "IAM-09", "IAM-10", "IAM-04"]),
        (_, PolicyLayer::Unnamed) => {
            draft.likely("AWS names the action and not the policy; the likeliest is named").or(others(code))
        }
        (Basis::ToldByApi, _) => draft.proven("the registry gives no reason; the API, asked the same, names the kind of policy"),
        (Basis::Told, _) if code == "IAM-04" => {
            draft.proven("AWS's answer names the action and the kind of policy, and only one of several that may deny")
        }
        (Basis::Told, _) => {
            let own = code.starts_with("IAM-0") && case.vantage.mode == Mode::Task && denial.layer == PolicyLayer::Identity;
            let reason = if own { "AWS's answer names the action and the kind of policy, for the role that this container has" } else { "AWS's answer names the action and the kind of policy" };
            draft.proven(reason).or(narrower(code, denial))
        }
    }
}

/// What a denial without a named policy may be as well.
fn others(code: &str) -> &'static [&'static str] {
    match code {
        "IAM-01" => &["VPE-01", "IAM-04", "IAM-05"],
        "IAM-03" => &["VPE-02", "IAM-09", "IAM-10", "IAM-04"],
        "IAM-04" => &["IAM-09", "VPE-01", "VPE-02"],
        _ => &["VPE-02", "IAM-09", "IAM-10", "IAM-04", "PTC-02"],
    }
}

/// Causes that the answer leaves open within the kind of policy that it names.
fn narrower(code: &str, denial: &Denial) -> &'static [&'static str] {
    match code {
        "IAM-01" => &["IAM-05"],
        "IAM-02" if is(denial, "ecr:BatchImportUpstreamImage") => &["PTC-02"],
        "IAM-02" if is(denial, "ecr:CreateRepository") => &["PTC-01"],
        "VPE-01" | "VPE-02" if !denial.explicit => &["VPE-03"],
        _ => &[],
    }
}

fn subject(code: &str, denial: &Denial, principal: &Principal<'_>) -> String {
    match code {
        "VPE-01" => "the policy of the ecr.api VPC endpoint".to_owned(),
        "VPE-02" => "the policy of the ecr.dkr VPC endpoint".to_owned(),
        "IAM-09" | "IAM-10" => {
            format!("the policy of the repository {}", denial.resource.as_deref().unwrap_or("that was asked"))
        }
        "IAM-04" => match &denial.policy_arn {
            Some(arn) => format!("{} {arn}", denial.layer.title()),
            None => format!("{} that applies to {}", denial.layer.title(), principal.arn()),
        },
        _ => principal.arn().to_owned(),
    }
}

fn summary(code: &str, denial: &Denial, actions: &str, principal: &Principal<'_>) -> String {
    let on = repository(denial).map(|name| format!(" on {name}")).unwrap_or_default();
    let layer = denial.layer.title();
    let verb = if denial.explicit { "explicitly denies" } else { "does not allow" };
    let account = denial.resource.as_deref().and_then(|arn| arn.split(':').nth(4));
    match code {
        "VPE-01" => format!("the policy of the ecr.api VPC endpoint {verb} {actions}{on} to {principal}"),
        "VPE-02" => format!("the policy of the ecr.dkr VPC endpoint {verb} {actions}{on} to {principal}"),
        "IAM-09" | "IAM-10" => {
            let whose = match (repository(denial), account) {
                (Some(name), Some(account)) => format!("the repository {name} of account {account}"),
                _ => "the repository".to_owned(),
            };
            format!("the policy of {whose} {verb} {actions} to {principal}")
        }
        "IAM-04" if denial.layer == PolicyLayer::Unnamed => {
            format!("an explicit deny keeps {principal} from {actions}{on}, in a policy that AWS does not name")
        }
        "IAM-04" if denial.explicit => {
            let article = if denial.layer == PolicyLayer::Identity { "an" } else { "a" };
            format!("{article} {layer} explicitly denies {actions}{on} to {principal}")
        }
        "IAM-04" => format!("no {layer} allows {actions}{on} to {principal}"),
        _ if denial.layer == PolicyLayer::Identity => {
            format!("{principal} may not call {actions}{on}: no identity-based policy allows it")
        }
        _ => format!("{principal} may not call {actions}{on}"),
    }
}
