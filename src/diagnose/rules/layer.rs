//! The layer store's answers: a policy (VPE-04, VPE-06), wrong bytes (LYR-03), errors of its own (LYR-06).

use super::{commands, words};
use crate::aws::{Arn, Service, Statement, is_s3_host};
use crate::diagnose::answers::{is_html, is_made_up_for, is_slow_down};
use crate::diagnose::{Case, Draft, Need, addresses};
use crate::image::Reference;
use crate::model::outcome::{LayerBytesOutcome, PolicyLayer, ReferenceOutcome, Rejection};
use crate::model::{Act, Blank, Command, Fix, Observation, Stage, Strength, Word};
use crate::wire::said;

rule!(VPE_04, "VPE-04", "s3-endpoint-policy-denies", Need::LayerReply, |case| policy(case, false));
rule!(VPE_06, "VPE-06", "s3-endpoint-policy-denies-explicitly", Need::LayerReply, |case| policy(case, true));
rule!(LYR_03, "LYR-03", "layer-digest-mismatch", Need::LayerBytes, wrong_bytes);
rule!(LYR_06, "LYR-06", "layer-store-5xx", Need::LayerReply, store_error);

fn bytes<'e>(case: &Case<'e>) -> Vec<(&'e Observation, &'e LayerBytesOutcome)> {
    case.acts(|act| match act {
        Act::LayerBytes(outcome) => Some(outcome),
        _ => None,
    })
}

fn rejected<'e>(case: &Case<'e>, fits: impl Fn(&Rejection) -> bool) -> Vec<(&'e Observation, &'e Rejection)> {
    bytes(case)
        .into_iter()
        .filter_map(|(observation, outcome)| match outcome {
            LayerBytesOutcome::Rejected(it) if fits(it) => Some((observation, it)),
            _ => None,
        })
        .collect()
}

/// The hosts of the observations, each once, as a reader lists them.
pub(super) fn host(found: &[(&Observation, impl Sized)]) -> String {
    words::list(found.iter().filter_map(|(it, _)| it.target.as_ref()).map(ToString::to_string))
}

/// A policy on the way to S3. The presigned URL is signed by a role of ECR's own, in AWS's account:
/// whatever denies it, no policy of the task's roles applies. `deny` is for a Deny that S3 itself names.
fn policy(case: &Case<'_>, deny: bool) -> Vec<Draft> {
    let mut denied = rejected(case, |it| {
        let of_key = it.denial.as_ref().is_some_and(|denial| denial.action.starts_with("kms:"));
        it.status == 403 && it.code.as_deref() == Some("AccessDenied") && !of_key && !said::url_has_expired(it)
    });
    // No S3 endpoint leads to another store: PTC-03 speaks of those.
    denied.retain(|(it, _)| !it.is_elsewhere() && it.target.as_ref().is_some_and(|target| is_s3_host(&target.host)));
    let Some((observation, first)) = denied.first() else { return Vec::new() };
    let told = first.denial.as_ref().filter(|denial| denial.layer == PolicyLayer::VpcEndpoint);
    if told.is_some_and(|denial| denial.explicit) != deny {
        return Vec::new();
    }
    let bucket = observation.target.as_ref().and_then(|target| target.host.split('.').next()).unwrap_or("BUCKET");
    let (region, partition) = (addresses::region_for(case, observation), case.partition());
    let explicit = first.denial.as_ref().is_some_and(|denial| denial.explicit);
    let summary = if explicit {
        format!("a Deny in the S3 endpoint's policy keeps ECR's signer from the layer bucket {bucket}")
    } else {
        format!("the S3 endpoint's policy does not let ECR's signer read the layer bucket {bucket}")
    };
    let objects = Arn::objects(partition, bucket);
    let statement = Statement::allow(&["s3:GetObject"]).named("EcrLayers").to_anybody().on(objects.as_str());
    let repair = if explicit {
        format!(
            "take {objects} out of the Deny statement that matches (a NotResource with your own buckets, or a condition), and see that it is allowed: {statement}"
        )
    } else {
        format!(
            "add a separate statement for the layer bucket, without a condition, since ECR's own role signs the URL and not yours: {statement}"
        )
    };
    let draft = Draft::error(Stage::LayerBytes, "the policy of the S3 VPC endpoint", summary)
        .cite_samples(denied.iter().map(|(observation, _)| *observation))
        .fix(Fix::run("read the policy of the S3 endpoint", &commands::endpoint_policy(region, Service::S3)))
        .fix(Fix::advice(repair))
        .fix(Fix::run("put the corrected policy in place", &commands::put_endpoint_policy(region)));
    let some_came = denied.iter().all(|(it, _)| is_made_up_for(case, it));
    vec![match told {
        Some(denial) if denial.explicit => draft.proven("S3 says that a VPC endpoint policy explicitly denies it"),
        Some(_) => draft.proven("S3 says that no VPC endpoint policy allows it").or(&["VPE-05", "VPE-08"]),
        _ if some_came => draft
            .strength(
                Strength::Possible,
                "other layers come from the same bucket, so that a policy for all of it is unlikely",
            )
            .or(&["KMS-01", "VPE-05", "VPE-06"]),
        _ => draft
            .likely("the URL was just issued and signed by ECR, so the refusal comes from a policy on the way")
            .or(&["VPE-05", "VPE-06", "VPE-08", "KMS-01"]),
    }]
}

fn wrong_bytes(case: &Case<'_>) -> Vec<Draft> {
    let all = bytes(case);
    let wrong: Vec<_> = all
        .iter()
        .filter_map(|&(observation, outcome)| {
            let what = match outcome {
                LayerBytesOutcome::DigestMismatch { actual, .. } => format!("they hash to {actual}"),
                LayerBytesOutcome::LengthMismatch { expected, received } if received > expected => {
                    format!("more came than the {expected} bytes that the manifest says")
                }
                LayerBytesOutcome::LengthMismatch { expected, received } => {
                    format!("{received} bytes came where the manifest says {expected}")
                }
                _ => return None,
            };
            Some((observation, what))
        })
        .collect();
    let Some((first, what)) = wrong.first() else { return Vec::new() };
    let digest = first.subject.as_deref().unwrap_or("a layer");
    let more = match wrong.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    let is_short = |observation: &Observation| {
        matches!(observation.act, Act::LayerBytes(LayerBytesOutcome::LengthMismatch { .. }))
    };
    let others = all.iter().any(|(_, outcome)| matches!(outcome, LayerBytesOutcome::Verified { .. }));
    let others = if others { "; other blobs came whole" } else { "" };
    let store = host(&wrong);
    let draft = Draft::error(
        Stage::LayerBytes,
        format!("the path to {store}"),
        format!("the bytes of {digest}{more} are not those of the image: {what}"),
    )
    .cite(wrong.iter().map(|(observation, _)| *observation))
    .proven(format!("every byte was counted and hashed as it came{others}"));
    // A page in place of a layer has another length.
    let draft = if wrong.iter().any(|(observation, _)| is_short(observation)) { draft.or(&["PRX-02"]) } else { draft };
    // Through the API one can have a layer of ECR's only.
    if first.is_elsewhere() {
        return vec![
            draft
                .fix(Fix::advice(
                    "pull it from another subnet, and compare: what the registry has is the same everywhere",
                ))
                .fix(Fix::advice("take proxies, caches and inspectors out of the path to the layer store")),
        ];
    }
    let [account, repository] = one_repository(case);
    let fetch = Command::of("aws ecr get-download-url-for-layer")
        .region(addresses::region_for(case, first))
        .option("--registry-id", account)
        .option("--repository-name", repository)
        .option("--layer-digest", digest_of(first))
        .words("--query downloadUrl")
        .text()
        .pipe(Command::of("xargs curl -s"))
        .pipe(Command::of("sha256sum"));
    vec![
        draft
            .fix(Fix::run(
                "fetch it with another client, from here and from another subnet, and compare what it hashes to",
                &fetch,
            ))
            .fix(Fix::advice("take proxies, caches and inspectors out of the path to the layer store: an S3 gateway endpoint leads past them"))
            .fix(Fix::advice("if it is wrong by every way, what was pushed is wrong: build and push the image again")),
    ]
}

/// The account and the repository of the image, where there is only one.
pub(super) fn one_repository(case: &Case<'_>) -> [Word; 2] {
    let mut images = case.evidence.iter().filter_map(|it| match &it.act {
        Act::Reference(ReferenceOutcome::Ecr { account, .. }) => Some((it.subject.as_deref()?, account.as_str())),
        _ => None,
    });
    let only = images.next().filter(|_| images.next().is_none());
    match only.and_then(|(image, account)| Some((account, Reference::parse(image).ok()?.repository))) {
        Some((account, repository)) => [account.into(), repository.into()],
        None => [Blank::REGISTRY_ACCOUNT.into(), Blank::REPOSITORY.into()],
    }
}

/// The digest that the observation is about, as a word of a command.
pub(super) fn digest_of(observation: &Observation) -> Word {
    observation.subject.as_deref().map_or_else(|| Blank::LAYER_DIGEST.into(), Word::from)
}

fn store_error(case: &Case<'_>) -> Vec<Draft> {
    let errors = rejected(case, |it| it.status >= 500 && !is_slow_down(it));
    let Some((observation, first)) = errors.first() else { return Vec::new() };
    let store = host(&errors);
    let code = first.code.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
    let id = first.request_id.as_deref().map(|id| format!(" (request id {id})")).unwrap_or_default();
    let draft = Draft::error(
        Stage::LayerBytes,
        store.clone(),
        format!("{store} answers HTTP {}{code} for the layers{id}", first.status),
    )
    .cite_samples(errors.iter().map(|(observation, _)| *observation));
    let draft = if is_html(first) {
        let by = first.server.as_deref().map(|server| format!(" ({server})")).unwrap_or_default();
        draft
            .likely(format!("the answer is a web page{by}, and no layer: something in between may have made it"))
            .or(&["PRX-02"])
            .fix(Fix::advice("if a proxy or a gateway stands in between, look at its log first"))
    } else {
        draft.likely("the network and the presigned URL work, and the store itself answers 5xx")
    };
    vec![draft.fix(Fix::advice(if observation.is_elsewhere() { "wait and check again; if it stays, look at the status page of that registry" } else { "wait and check again; if it stays, look at the AWS Health Dashboard for S3 in this Region, and give AWS Support the request id" }))]
}
