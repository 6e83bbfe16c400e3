//! `ecr:BatchGetImage` answers 200 and lists a failure: the key (KMS-01), the upstream of a
//! pull-through cache (PTC-04), anything else (ECR-01).

use super::{commands, repository};
use crate::diagnose::{Case, Draft, Need, addresses};
use crate::model::outcome::{LayerBytesOutcome, LayerUrlOutcome, ManifestOutcome, Rejection};
use crate::model::{Act, Blank, Command, Fix, Observation, Stage, Word};

rule!(ECR_01, "ECR-01", "image-failure-in-answer", Need::ManifestReply, other);
rule!(KMS_01, "KMS-01", "repository-key-unusable", Need::ManifestReply, key);
rule!(PTC_04, "PTC-04", "upstream-registry-fails", Need::ManifestReply, upstream);

/// Codes of `failures[]` that IMG-02 speaks of.
const NOT_THERE: [&str; 2] = ["ImageNotFound", "ImageTagDoesNotMatchDigest"];

/// Whether the API names a cause for this very request that the registry's own answer leaves out:
/// a key or an upstream, behind what looks like a missing image or a failing service.
pub(super) fn is_named_by_api(case: &Case<'_>, observation: &Observation) -> bool {
    !observation.is_elsewhere()
        && failures(case)
            .iter()
            .any(|it| (is_key(it) || is_upstream(it)) && it.observation.subject == observation.subject)
}

/// What failed, in the service's own code, with its reason.
struct Failure<'e> {
    observation: &'e Observation,
    code: &'e str,
    reason: Option<&'e str>,
}

fn failures<'e>(case: &Case<'e>) -> Vec<Failure<'e>> {
    let of = |it: &'e Rejection| it.code.as_deref().map(|code| (code, it.message.as_deref()));
    let found = case.acts(|act| match act {
        Act::Manifest(ManifestOutcome::Failure { code, reason })
        | Act::ApiManifest(ManifestOutcome::Failure { code, reason })
        | Act::LayerUrl(LayerUrlOutcome::Failure { code, reason })
        | Act::ApiLayerUrl(LayerUrlOutcome::Failure { code, reason }) => Some((code.as_str(), reason.as_deref())),
        Act::Manifest(ManifestOutcome::Rejected(it)) | Act::ApiManifest(ManifestOutcome::Rejected(it)) => of(it),
        Act::LayerUrl(LayerUrlOutcome::Rejected(it)) | Act::ApiLayerUrl(LayerUrlOutcome::Rejected(it)) => of(it),
        Act::LayerBytes(LayerBytesOutcome::Rejected(it)) => of(it),
        _ => None,
    });
    let of_ecr = found.into_iter().filter(|(observation, _)| !observation.is_elsewhere());
    of_ecr.map(|(observation, (code, reason))| Failure { observation, code, reason }).collect()
}

/// The first failure of the kind, as a draft that accounts for what the registry said of the same image.
fn draft<'e>(
    case: &Case<'e>,
    found: &[&Failure<'e>],
    summary: impl Fn(&str, &str) -> String,
) -> Option<(Draft, &'e Observation)> {
    let first = found.first()?;
    let manifest = repository::manifest_of(case, first.observation);
    let subject = manifest.and_then(|it| it.subject.as_deref()).unwrap_or("the image");
    let refused = case.evidence.iter().filter(|it| {
        matches!(it.act, Act::Manifest(ManifestOutcome::Rejected(_))) && it.subject == first.observation.subject
    });
    let draft = Draft::error(stage(first.observation), subject, summary(subject, first.code))
        .cite(refused)
        .cite(found.iter().map(|it| it.observation));
    let said = first.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    let draft = draft.proven(format!("ECR names the failure itself, {}{said}", first.code));
    Some((draft, first.observation))
}

fn stage(observation: &Observation) -> Stage {
    match observation.act {
        Act::LayerUrl(_) | Act::ApiLayerUrl(_) => Stage::LayerUrl,
        Act::LayerBytes(_) => Stage::LayerBytes,
        _ => Stage::Manifest,
    }
}

fn is_key(failure: &Failure<'_>) -> bool {
    let denied = match &failure.observation.act {
        Act::LayerBytes(LayerBytesOutcome::Rejected(it)) => {
            it.denial.as_ref().is_some_and(|denial| denial.action.starts_with("kms:"))
        }
        _ => false,
    };
    // The API's `KmsError` and `KmsException`; S3's `KMS.DisabledException` and its like.
    denied || failure.code.starts_with("KMS.") || ["KmsError", "KmsException"].contains(&failure.code)
}

fn key(case: &Case<'_>) -> Vec<Draft> {
    let failures = failures(case);
    let found: Vec<_> = failures.iter().filter(|it| is_key(it)).collect();
    let summary = |subject: &str, _: &str| format!("ECR cannot use the KMS key that {subject} is encrypted with");
    let Some((draft, first)) = draft(case, &found, summary) else { return Vec::new() };
    let repositories = repository::call(case, first, "aws ecr describe-repositories", "--repository-names");
    let of_key = |call| Command::of(call).region(addresses::region_for(case, first)).option("--key-id", Blank::KEY_ARN);
    vec![
        draft
            .fix(Fix::run("see which key it is", &repositories.query("repositories[].encryptionConfiguration")))
            .fix(Fix::run(
                "see whether it is disabled or about to be deleted",
                &of_key("aws kms describe-key").query("KeyMetadata.KeyState"),
            ))
            .fix(Fix::run(
                "enable it again (of a key that is about to be deleted, cancel the deletion first)",
                &of_key("aws kms enable-key"),
            ))
            .fix(Fix::advice("if the key is enabled, ECR's grant on it was retired or revoked (aws kms list-grants), and nobody can make ECR's grants by hand: create a new repository and push the images there")),
    ]
}

fn is_upstream(failure: &Failure<'_>) -> bool {
    failure.code.starts_with("Upstream") || failure.code.starts_with("UnableToGetUpstream")
}

fn upstream(case: &Case<'_>) -> Vec<Draft> {
    let failures = failures(case);
    let found: Vec<_> = failures.iter().filter(|it| is_upstream(it)).collect();
    let summary = |subject: &str, code: &str| match code {
        "UpstreamAccessDenied" => format!("the upstream registry denies ECR's pull-through cache {subject}"),
        "UpstreamTooManyRequests" => format!("the upstream registry throttles ECR's pull-through cache for {subject}"),
        _ => format!("ECR's pull-through cache does not get {subject} from its upstream registry"),
    };
    let Some((draft, first)) = draft(case, &found, summary) else { return Vec::new() };
    let region = addresses::region_for(case, first);
    vec![
        draft
            .fix(Fix::run("see the cache rules, their upstreams and their secrets", &commands::cache_rules(region)))
            .fix(Fix::run(
                "let ECR try the rule's credentials",
                &Command::of("aws ecr validate-pull-through-cache-rule")
                    .region(region)
                    .option("--ecr-repository-prefix", Blank::CACHE_PREFIX),
            ))
            .fix(Fix::advice("renew the secret (its name begins with ecr-pullthroughcache/), or wait where the upstream limits the rate")),
    ]
}

fn other(case: &Case<'_>) -> Vec<Draft> {
    let failures = failures(case);
    let listed = |failure: &&Failure<'_>| {
        let act = &failure.observation.act;
        let listed = matches!(
            act,
            Act::Manifest(ManifestOutcome::Failure { .. })
                | Act::ApiManifest(ManifestOutcome::Failure { .. })
                | Act::LayerUrl(LayerUrlOutcome::Failure { .. })
                | Act::ApiLayerUrl(LayerUrlOutcome::Failure { .. })
        );
        listed && !NOT_THERE.contains(&failure.code) && !is_key(failure) && !is_upstream(failure)
    };
    let found: Vec<_> = failures.iter().filter(listed).collect();
    let summary = |subject: &str, code: &str| format!("ECR does not give {subject}: {code}");
    let Some((draft, first)) = draft(case, &found, summary) else { return Vec::new() };
    // Newer than the failures that are described, and as old as the archival storage class.
    let draft = if found.iter().any(|it| it.code == "ImageInaccessible") { draft.or(&["IMG-13"]) } else { draft };
    let image = match (draft.subject.split_once('@'), draft.subject.rsplit_once(':')) {
        (Some((_, digest)), _) => Word::field("imageDigest", digest),
        (None, Some((_, tag))) => Word::field("imageTag", tag),
        (None, None) => Word::field("imageTag", Blank::IMAGE_TAG),
    };
    let ask = repository::call(case, first, "aws ecr batch-get-image", "--repository-name");
    vec![
        draft
            .fix(Fix::run("ask the API for it yourself", &ask.option("--image-ids", image).words("--query failures")))
            .fix(Fix::advice(
                "correct the tag or the digest in the task definition if the failure names it; restore the image if it is archived (IMG-13); else push it again",
            )),
    ]
}
