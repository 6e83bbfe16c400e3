//! What IAM denies, made findings: a code by the request and by the layer that decides.

use super::denied::Denied;
use super::permission_repair::repairs;
use super::permission_words as words;
use super::{Asked, Configuration, Request};
use crate::aws::{Arn, Partition, layer_bucket};
use crate::diagnose::{Draft, Rule, rules};
use crate::model::outcome::PolicyLayer;
use crate::model::{EvidenceId, Role, Stage};
use crate::policy::{Answer, Failed, LayerDecision};

/// A finding for each layer that denies.
pub fn drafts(configuration: &Configuration<'_>) -> Vec<(&'static Rule, Draft)> {
    let denied = denied(configuration);
    denied.iter().filter_map(|it| Some((rules::of(it.code)?, draft(configuration, it)))).collect()
}

/// Every layer that denies; more than one may deny a request, and all have to be changed.
fn denied<'c>(configuration: &'c Configuration<'_>) -> Vec<Denied<'c>> {
    let mut denied: Vec<Denied<'c>> = Vec::new();
    for asked in configuration.requests.iter().filter(|it| it.decision.answer == Answer::Deny) {
        for layer in asked.decision.layers.iter().filter(|it| denies(it)) {
            let code = code(configuration, asked, layer);
            let same = |it: &&mut Denied<'c>| {
                it.code == code
                    && it.layer.layer == layer.layer
                    && it
                        .asked
                        .iter()
                        .all(|known| known.endpoint == asked.endpoint || layer.layer != PolicyLayer::VpcEndpoint)
            };
            match denied.iter_mut().find(same) {
                Some(known) => known.asked.push(asked),
                None => denied.push(Denied { code, layer, asked: vec![asked] }),
            }
        }
    }
    without_consequences(denied)
}

fn denies(layer: &LayerDecision) -> bool {
    layer.answer == Answer::Deny && (layer.needed || layer.explicit)
}

/// A role without any permission to pull is one fault, and not three.
fn without_consequences(mut denied: Vec<Denied<'_>>) -> Vec<Denied<'_>> {
    let of_identity = |it: &Denied<'_>| it.layer.layer == PolicyLayer::Identity && !it.layer.explicit;
    let order = ["IAM-01", "IAM-02", "IAM-03"];
    let first = order.into_iter().find(|code| denied.iter().any(|it| it.code == *code && of_identity(it)));
    let Some(first) = first else { return denied };
    let mut more: Vec<&Asked> = Vec::new();
    denied.retain(|it| {
        let follows = of_identity(it) && order.contains(&it.code) && it.code != first;
        if follows {
            more.extend(&it.asked);
        }
        !follows
    });
    if let Some(head) = denied.iter_mut().find(|it| it.code == first && of_identity(it)) {
        head.asked.extend(more);
    }
    denied
}

/// The catalogue's code.
fn code(configuration: &Configuration<'_>, asked: &Asked, layer: &LayerDecision) -> &'static str {
    use PolicyLayer as L;
    let of_start = match asked.request {
        Request::Assume => return "IAM-06",
        Request::Login => Some("IAM-12"),
        Request::Secret | Request::Parameter | Request::Decrypt => Some("INIT-03"),
        Request::LogGroup | Request::LogStream | Request::LogEvents => Some("INIT-13"),
        Request::Token | Request::Manifest | Request::LayerUrl | Request::Layer => None,
    };
    match (of_start, layer.layer) {
        (Some(code), _) => code,
        (None, L::VpcEndpoint) => of_endpoint(configuration, asked, layer),
        (None, L::Identity) if !layer.explicit => of_role(configuration, asked),
        (None, L::Resource) if layer.explicit => "IAM-09",
        (None, L::Resource) => "IAM-10",
        (None, _) => "IAM-04",
    }
}

fn of_role(configuration: &Configuration<'_>, asked: &Asked) -> &'static str {
    if configuration.task_role_would_do() {
        return "IAM-07";
    }
    match asked.request {
        Request::Token => "IAM-01",
        Request::LayerUrl => "IAM-03",
        _ => "IAM-02",
    }
}

fn of_endpoint(configuration: &Configuration<'_>, asked: &Asked, layer: &LayerDecision) -> &'static str {
    if layer.only_denies {
        return "VPE-03";
    }
    match asked.request {
        Request::Token => "VPE-01",
        Request::Layer if layer.explicit => "VPE-06",
        Request::Layer => match layer.nearest.as_ref().map(|nearest| &nearest.failed) {
            Some(Failed::Condition(_) | Failed::Principal) => "VPE-05",
            Some(Failed::Resource) if names_another_layer_store(configuration, asked) => "VPE-08",
            _ => "VPE-04",
        },
        _ => "VPE-02",
    }
}

/// Whether the endpoint's policy lists the layer store of another Region or partition: it was copied from there.
fn names_another_layer_store(configuration: &Configuration<'_>, asked: &Asked) -> bool {
    let endpoint = asked.endpoint.as_deref().and_then(|id| configuration.account.endpoint(id).known());
    let Some(policy) = endpoint.and_then(|endpoint| endpoint.policy.as_deref()) else { return false };
    let partition = Partition::of_region(&asked.region).name;
    let own =
        Arn { partition, service: "s3", region: "", account: "", resource: &layer_bucket(&asked.region) }.to_string();
    policy.contains("starport-layer-bucket") && !policy.contains(&own)
}

fn draft(configuration: &Configuration<'_>, denied: &Denied<'_>) -> Draft {
    let Denied { code, layer, asked } = denied;
    let first = asked[0];
    let resource = words::resource(configuration, layer.layer, first);
    let summary = words::summary(configuration, denied);
    let stage = stage(first.request);
    let mut draft = Draft::error(stage, resource.clone(), summary).proven(words::reason(denied));
    draft.cites = cites(configuration, layer.layer, first);
    draft.roles = asked.iter().map(|it| role(it.request)).collect();
    draft.roles.dedup();
    let mut images: Vec<String> = Vec::new();
    let mut subnets: Vec<String> = Vec::new();
    for it in asked {
        images.extend(it.images.iter().filter(|image| !images.contains(image)).cloned().collect::<Vec<_>>());
        subnets.extend(it.subnets.iter().filter(|subnet| !subnets.contains(subnet)).cloned().collect::<Vec<_>>());
    }
    draft.images = Some(images);
    let places = if layer.layer == PolicyLayer::VpcEndpoint { configuration.places(&subnets) } else { None };
    let mut draft = draft.blame(vec![resource], places);
    for fix in repairs(configuration, denied, code) {
        draft = draft.fix(fix);
    }
    draft
}

/// The observations of the layer that decides.
fn cites(configuration: &Configuration<'_>, layer: PolicyLayer, asked: &Asked) -> Vec<EvidenceId> {
    let account = &configuration.account;
    let of_endpoint = || asked.endpoint.as_deref().and_then(|id| account.endpoint(id).id());
    let own: Vec<EvidenceId> = match layer {
        PolicyLayer::VpcEndpoint => of_endpoint().into_iter().collect(),
        PolicyLayer::Resource if matches!(asked.request, Request::Manifest | Request::LayerUrl) => {
            account.repository_policy(&asked.resource).id().into_iter().collect()
        }
        PolicyLayer::RoleTrust => account.role(&asked.resource).id().into_iter().collect(),
        _ => asked.cites.iter().copied().filter(|id| Some(*id) != of_endpoint()).collect(),
    };
    if own.is_empty() { asked.cites.clone() } else { own }
}

fn stage(request: Request) -> Stage {
    match request {
        Request::Assume => Stage::Credentials,
        Request::Token => Stage::AuthToken,
        Request::Manifest => Stage::Manifest,
        Request::LayerUrl => Stage::LayerUrl,
        Request::Layer => Stage::LayerBytes,
        _ => Stage::TaskStart,
    }
}

fn role(request: Request) -> Role {
    match request {
        Request::Assume => Role::Sts,
        Request::Token => Role::EcrApi,
        Request::Manifest | Request::LayerUrl => Role::EcrDkr,
        Request::Layer => Role::S3,
        Request::Secret | Request::Login => Role::SecretsManager,
        Request::Parameter => Role::Ssm,
        Request::Decrypt => Role::Kms,
        Request::LogGroup | Request::LogStream | Request::LogEvents => Role::Logs,
    }
}
