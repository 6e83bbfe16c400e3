//! Images of which the registry or the API says something else than their manifest: a draft for each, and what of them
//! is not there.

use super::image_failure;
use crate::diagnose::{Case, Draft};
use crate::model::outcome::{ManifestOutcome, Rejection};
use crate::model::{Act, Observation, Target};

/// Every answer to a request for a manifest, of the registry and of the API.
pub(super) fn manifests<'e>(case: &Case<'e>) -> Vec<(&'e Observation, &'e ManifestOutcome)> {
    case.acts(|act| match act {
        Act::Manifest(outcome) | Act::ApiManifest(outcome) => Some(outcome),
        _ => None,
    })
}

/// What was asked for: `repository:tag` or `repository@digest`.
pub(super) fn subject_of(observation: &Observation) -> &str {
    observation.subject.as_deref().unwrap_or("the image")
}

/// One draft for each image that `pick` finds something wrong with.
pub(super) fn each<'e, T>(
    case: &Case<'e>,
    pick: impl Fn(&'e Observation, &'e ManifestOutcome) -> Option<T>,
    draft: impl Fn(&'e Observation, T) -> Draft,
) -> Vec<Draft> {
    // Two registries may have a repository of the same name.
    let registry_of = |it: &'e Observation| it.target.as_ref().filter(|_| it.is_elsewhere());
    let mut drafts: Vec<((&str, Option<&Target>), Draft)> = Vec::new();
    for (observation, outcome) in manifests(case) {
        let Some(found) = pick(observation, outcome) else { continue };
        if image_failure::is_named_by_api(case, observation) {
            continue;
        }
        let subject = (subject_of(observation), registry_of(observation));
        // The registry and the API tell the same of one image.
        match drafts.iter_mut().find(|(known, _)| *known == subject) {
            Some((_, known)) => *known = known.clone().cite([observation]),
            None => drafts.push((subject, doubted(case, observation, draft(observation, found)).cite([observation]))),
        }
    }
    drafts.into_iter().map(|(_, draft)| draft).collect()
}

/// What the registry or the API says is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Repository,
    Image,
}

impl Missing {
    fn of(outcome: &ManifestOutcome) -> Option<Missing> {
        match outcome {
            ManifestOutcome::Rejected(it) => match code_of(it) {
                "NAME_UNKNOWN" | "RepositoryNotFoundException" => Some(Missing::Repository),
                "MANIFEST_UNKNOWN" | "ImageNotFoundException" => Some(Missing::Image),
                _ => None,
            },
            ManifestOutcome::Failure { code, .. } => {
                ["ImageNotFound", "ImageTagDoesNotMatchDigest"].contains(&code.as_str()).then_some(Missing::Image)
            }
            _ => None,
        }
    }
}

/// One draft for each image that is missing, where `pick` takes it.
pub(super) fn each_missing<'e, T>(
    case: &Case<'e>,
    pick: impl Fn(&'e Observation, Missing) -> Option<T>,
    draft: impl Fn(&'e Observation, T) -> Draft,
) -> Vec<Draft> {
    each(case, |observation, outcome| pick(observation, Missing::of(outcome)?), draft)
}

/// The registry and the API are two ways to the same image. Where the API gives it, what answers as
/// the registry is something else.
fn doubted(case: &Case<'_>, observation: &Observation, draft: Draft) -> Draft {
    match given_by_api(case, observation) {
        None => draft,
        Some(api) => draft
            .likely("ECR's API gives this very image: something between here and the registry answers in its place")
            .cite([api])
            .or(&["PRX-02"]),
    }
}

/// Where the API gives what the registry does not.
pub(super) fn given_by_api<'e>(case: &Case<'e>, observation: &Observation) -> Option<&'e Observation> {
    let given = manifests(case).into_iter().find(|(it, outcome)| {
        !observation.is_elsewhere()
            && matches!(it.act, Act::ApiManifest(_))
            && !outcome.is_symptom()
            && it.subject == observation.subject
    });
    given.map(|(it, _)| it)
}

fn code_of(rejection: &Rejection) -> &str {
    rejection.code.as_deref().unwrap_or_default()
}
