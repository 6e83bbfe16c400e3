//! The image itself: not there (IMG-01, IMG-02), not for this platform (IMG-04), not pullable
//! (IMG-10), not what its digest says (IMG-12).

use crate::diagnose::{Case, Draft, Need, Rule};
use crate::model::outcome::{ConfigOutcome, ManifestOutcome, Rejection};
use crate::model::{Act, Code, Fix, Observation, Stage};

macro_rules! rule {
    ($id:ident, $code:literal, $name:literal, $need:ident, $judge:ident) => {
        pub static $id: Rule = Rule {
            code: Code($code),
            name: $name,
            page: include_str!(concat!("../../../docs/codes/", $code, ".md")),
            need: Need::$need,
            judge: $judge,
        };
    };
}

rule!(IMG_01, "IMG-01", "repository-not-found", ManifestReply, no_repository);
rule!(IMG_02, "IMG-02", "image-not-found", ManifestReply, no_image);
rule!(IMG_04, "IMG-04", "platform-missing", Manifest, no_platform);
rule!(IMG_10, "IMG-10", "manifest-format-unsupported", Manifest, unsupported);
rule!(IMG_12, "IMG-12", "manifest-digest-mismatch", Manifest, tampered);

fn manifests<'e>(case: &Case<'e>) -> Vec<(&'e Observation, &'e ManifestOutcome)> {
    case.acts(|act| match act {
        Act::Manifest(outcome) | Act::ApiManifest(outcome) => Some(outcome),
        _ => None,
    })
}

fn subject_of(observation: &Observation) -> &str {
    observation.subject.as_deref().unwrap_or("the image")
}

/// `repository` of `repository:tag` or `repository@digest`.
fn repository_of(observation: &Observation) -> &str {
    let subject = subject_of(observation);
    let end = subject.find('@').or_else(|| subject.rfind(':')).unwrap_or(subject.len());
    &subject[..end]
}

/// One draft for each image that `pick` finds something wrong with.
fn each<'e, T>(
    case: &Case<'e>,
    pick: impl Fn(&'e ManifestOutcome) -> Option<T>,
    draft: impl Fn(&'e Observation, T) -> Draft,
) -> Vec<Draft> {
    let mut drafts: Vec<(&str, Draft)> = Vec::new();
    for (observation, outcome) in manifests(case) {
        let Some(found) = pick(outcome) else { continue };
        let subject = subject_of(observation);
        // The registry and the API tell the same of one image.
        match drafts.iter_mut().find(|(known, _)| *known == subject) {
            Some((_, known)) => *known = known.clone().cite([observation]),
            None => drafts.push((subject, draft(observation, found).cite([observation]))),
        }
    }
    drafts.into_iter().map(|(_, draft)| draft).collect()
}

fn code_of(rejection: &Rejection) -> &str {
    rejection.code.as_deref().unwrap_or_default()
}

fn no_repository(case: &Case<'_>) -> Vec<Draft> {
    let missing = |outcome: &ManifestOutcome| match outcome {
        ManifestOutcome::Rejected(it) if matches!(code_of(it), "NAME_UNKNOWN" | "RepositoryNotFoundException") => {
            Some(())
        }
        _ => None,
    };
    each(case, missing, |observation, ()| {
        let repository = repository_of(observation);
        Draft::error(
            Stage::Manifest,
            repository,
            format!("the repository {repository} does not exist in this registry"),
        )
        .proven("the registry answered, took the token, and knows no such repository in this account and Region")
        .or(&["PTC-01"])
        .fix(Fix::ready(
            "see which repositories there are, and correct the account, the Region or the name in the image",
            format!("aws ecr describe-repositories --region {} --query 'repositories[].repositoryName'", case.region()),
        ))
        .fix(Fix::ready(
            "or create it, and push the image",
            format!("aws ecr create-repository --region {} --repository-name {repository}", case.region()),
        ))
    })
}

fn no_image(case: &Case<'_>) -> Vec<Draft> {
    let missing = |outcome: &ManifestOutcome| match outcome {
        ManifestOutcome::Rejected(it) if matches!(code_of(it), "MANIFEST_UNKNOWN" | "ImageNotFoundException") => {
            Some(())
        }
        ManifestOutcome::Failure { code, .. }
            if matches!(code.as_str(), "ImageNotFound" | "ImageTagDoesNotMatchDigest") =>
        {
            Some(())
        }
        _ => None,
    };
    each(case, missing, |observation, ()| {
        let subject = subject_of(observation);
        let repository = repository_of(observation);
        Draft::error(Stage::Manifest, subject, format!("{subject} is not in the registry: the repository exists, the tag or digest does not"))
            .proven("the registry answered, took the token, and knows no such manifest")
            .or(&["PTC-02"])
            .fix(Fix::ready(
                "see which images there are, the newest first",
                format!("aws ecr describe-images --region {} --repository-name {repository} --query 'reverse(sort_by(imageDetails,&imagePushedAt))[:10].[imageTags,imagePushedAt,imageDigest]'", case.region()),
            ))
            .fix(Fix::advice("push the image, correct the tag, or keep the lifecycle policy from expiring what is deployed; a service pins the digest of its first deployment"))
    })
}

fn no_platform(case: &Case<'_>) -> Vec<Draft> {
    let lacking = |outcome: &ManifestOutcome| match outcome {
        ManifestOutcome::NoPlatform { wanted, offered, .. } => Some((wanted.clone(), offered.join(", "))),
        _ => None,
    };
    let fixes = |draft: Draft, wanted: &str| {
        draft
            .fix(Fix::fill_in(
                format!("build and push the image for {wanted}"),
                "docker buildx build --platform linux/amd64,linux/arm64 --push -t IMAGE .".to_owned(),
            ))
            .fix(Fix::advice("or set runtimePlatform.cpuArchitecture of the task definition (X86_64 or ARM64) to what the image is built for; --platform says what the probe asks for"))
    };
    let mut drafts = each(case, lacking, |observation, (wanted, offered)| {
        let subject = subject_of(observation);
        let offered = if offered.is_empty() { "nothing".to_owned() } else { offered };
        let draft =
            Draft::error(Stage::Manifest, subject, format!("{subject} has no image for {wanted}; it offers {offered}"))
                .proven("the index lists its platforms, and the one that is wanted is not among them");
        fixes(draft, &wanted)
    });
    let configs = case.acts(|act| match act {
        Act::Config(ConfigOutcome::OtherPlatform { wanted, found }) => Some((wanted, found)),
        _ => None,
    });
    drafts.extend(configs.into_iter().map(|(observation, (wanted, found))| {
        let draft = Draft::error(
            Stage::Manifest,
            subject_of(observation),
            format!("the image is built for {found}, and {wanted} is wanted"),
        )
        .proven("the image's own configuration names its platform")
        .cite([observation]);
        fixes(draft, wanted)
    }));
    drafts
}

fn unsupported(case: &Case<'_>) -> Vec<Draft> {
    let unfit = |outcome: &ManifestOutcome| match outcome {
        ManifestOutcome::Unsupported { reason } => Some(reason.clone()),
        _ => None,
    };
    let mut drafts = each(case, unfit, |observation, reason| {
        let subject = subject_of(observation);
        Draft::error(Stage::Manifest, subject, format!("{subject} cannot be pulled as an image: {reason}"))
            .proven("the manifest arrived whole and is not one that a container runtime takes")
            .fix(Fix::advice("build and push it again as an OCI or Docker schema 2 image (docker buildx build --provenance=false --push)"))
    });
    let configs = case.acts(|act| match act {
        Act::Config(ConfigOutcome::Malformed { reason }) => Some(reason),
        _ => None,
    });
    drafts.extend(configs.into_iter().map(|(observation, reason)| {
        Draft::error(
            Stage::Manifest,
            subject_of(observation),
            format!("the image's configuration cannot be read: {reason}"),
        )
        .proven("its bytes match its digest, so it was pushed like that")
        .cite([observation])
        .fix(Fix::advice("build and push the image again"))
    }));
    drafts
}

fn tampered(case: &Case<'_>) -> Vec<Draft> {
    let mismatch = |outcome: &ManifestOutcome| match outcome {
        ManifestOutcome::DigestMismatch { expected, actual } => Some((expected.clone(), actual.clone())),
        _ => None,
    };
    each(case, mismatch, |observation, (expected, actual)| {
        let subject = subject_of(observation);
        Draft::error(Stage::Manifest, subject, format!("the manifest of {subject} is not what its digest says: {actual} in place of {expected}"))
            .proven("the bytes were hashed as they came")
            .fix(Fix::advice("find the mirror or proxy that rewrites registry answers, and take it out of the path; never use this image"))
    })
}
