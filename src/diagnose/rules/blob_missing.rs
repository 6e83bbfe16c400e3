//! A blob that the manifest names and nobody gives: it is not there (LYR-01), or its URL is too
//! old (LYR-02).

use super::redirect::is_back_at_registry;
use super::repository::{self, Repository};
use super::words;
use crate::diagnose::{Case, Draft, Need};
use crate::model::outcome::{LayerBytesOutcome, LayerUrlOutcome, Rejection};
use crate::model::{Act, Blank, Fix, Observation, Stage, Word};
use crate::wire::said;

rule!(LYR_01, "LYR-01", "layer-missing", Need::LayerUrl, missing);
rule!(LYR_02, "LYR-02", "layer-url-expired", Need::LayerReply, expired);

/// A URL that is this young, in milliseconds, cannot have run out by waiting.
const YOUNG_MS: f64 = 60_000.0;

/// `LayersNotFoundException` and `LayerInaccessibleException` of the API, `BLOB_UNKNOWN` of a registry,
/// `NoSuchKey` of S3.
fn is_missing(rejection: &Rejection) -> bool {
    let html = rejection.content_type.as_deref() == Some("text/html");
    let code = rejection.code.as_deref().unwrap_or_default();
    let named = ["BLOB_UNKNOWN", "LayersNotFoundException", "LayerInaccessibleException", "NoSuchKey"];
    !html && (rejection.status == 404 || named.contains(&code))
}

fn missing(case: &Case<'_>) -> Vec<Draft> {
    let found = case.acts(|act| match act {
        Act::LayerUrl(LayerUrlOutcome::Rejected(it))
        | Act::ApiLayerUrl(LayerUrlOutcome::Rejected(it))
        | Act::LayerBytes(LayerBytesOutcome::Rejected(it)) => Some(it).filter(|it| is_missing(it)),
        _ => None,
    });
    let found: Vec<_> = found.into_iter().filter(|(it, _)| !is_back_at_registry(case, it)).collect();
    let Some((first, rejection)) = found.first() else { return Vec::new() };
    let digests = words::list(found.iter().filter_map(|(it, _)| it.subject.as_deref()));
    let image = repository::manifest_of(case, first);
    let subject = image.and_then(|it| it.subject.as_deref()).unwrap_or("the image");
    let by_store = matches!(first.act, Act::LayerBytes(_));
    let who = if by_store { "the layer store" } else { "the registry" };
    let draft = Draft::error(
        if by_store { Stage::LayerBytes } else { Stage::LayerUrl },
        subject,
        format!("{who} does not hold what the manifest of {subject} names: {digests}"),
    )
    .cite(image)
    .cite(found.iter().map(|(observation, _)| *observation));
    let draft = match (by_store, rejection.code.as_deref()) {
        (true, _) => draft.likely("the registry gave a URL for it, and nothing lies there").fix(Fix::advice(
            if first.is_elsewhere() {
                "check again; if it stays, ask the operator of that registry: it and its store disagree"
            } else {
                "check again; if it stays, give AWS Support the request id: the registry and its store disagree"
            },
        )),
        (false, Some("LayerInaccessibleException")) => {
            draft.proven("the registry says that the layer belongs to no image any more")
        }
        (false, _) => draft.proven("the registry gave the manifest, and says that it has no such layer"),
    };
    let ask = Repository::of(case, first).map(|found| {
        let digest = first.subject.as_deref().map_or_else(|| Blank::LAYER_DIGEST.into(), Word::from);
        let call = found.call(case, "aws ecr batch-check-layer-availability").option("--repository-name", found.name);
        Fix::run("ask ECR whether it has the layer", &call.option("--layer-digests", digest))
    });
    vec![
        ask.into_iter().fold(draft, Draft::fix)
            .fix(Fix::advice("push the image again from where it was built, as a whole: a push uploads what the registry lacks"))
            .fix(Fix::advice("for Windows images: base layers that may not be distributed lie elsewhere; push them too (allow-nondistributable-artifacts)")),
    ]
}

fn expired(case: &Case<'_>) -> Vec<Draft> {
    let found = case.acts(|act| match act {
        Act::LayerBytes(LayerBytesOutcome::Rejected(it)) if said::url_has_expired(it) => Some(it),
        _ => None,
    });
    let Some((first, _)) = found.first() else { return Vec::new() };
    let store = words::list(found.iter().filter_map(|(it, _)| it.target.as_ref()).map(ToString::to_string));
    let issued = issue_of(case, first);
    let age = issued.map(|it| first.began_ms - it.began_ms - it.took_ms);
    let draft = Draft::error(
        Stage::LayerBytes,
        store.clone(),
        format!("{store} refuses the URL that the registry gave: it has expired"),
    )
    .cite(issued)
    .cite(found.iter().map(|(observation, _)| *observation));
    vec![match age {
        Some(age) if age < YOUNG_MS => draft
            .likely("the registry gave out the URL just before, and it had expired already: something between here and the registry caches redirects")
            .or(&["LYR-05"])
            .fix(Fix::advice("find the caching proxy or mirror that answers for the registry, and let it cache no redirect of /v2/…/blobs/…")),
        _ => draft
            .likely("the URL was used long after it was asked for: the layers before it took the time")
            .or(&["SLOW-01"])
            .fix(Fix::advice("find out why the layers come so slowly; a client that asks for a new URL for each try does not mind")),
    }]
}

/// Where the URL of these bytes was given out.
fn issue_of<'e>(case: &Case<'e>, bytes: &Observation) -> Option<&'e Observation> {
    let is_issue = |it: &&Observation| {
        matches!(it.act, Act::LayerUrl(_) | Act::ApiLayerUrl(_)) && it.subject == bytes.subject && it.id < bytes.id
    };
    case.evidence.iter().filter(is_issue).last()
}
