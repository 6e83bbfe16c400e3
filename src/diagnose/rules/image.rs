//! The image itself: not there (IMG-01, IMG-02), not for this platform (IMG-04, IMG-05), no image at all
//! (IMG-06, IMG-10), not what its digest says (IMG-12).

use super::missing::{Missing, each, each_missing, given_by_api, manifests, subject_of};
use super::repository::{self, Repository};
use super::{not_public, pull_through};
use crate::diagnose::{Case, Draft, Need, addresses};
use crate::model::outcome::{ConfigOutcome, ManifestOutcome, Unfit};
use crate::model::{Act, Blank, Command, Fix, Observation, Stage};

rule!(IMG_01, "IMG-01", "repository-not-found", Need::ManifestReply, |case| {
    no_repository(case).into_iter().chain(not_public::by_whole_name(case)).collect()
});
rule!(IMG_02, "IMG-02", "image-not-found", Need::ManifestReply, no_image);
rule!(IMG_04, "IMG-04", "platform-missing", Need::Manifest, no_platform);
rule!(IMG_05, "IMG-05", "platform-is-a-lie", Need::Manifest, lying_platform);
rule!(IMG_06, "IMG-06", "attestation-in-place-of-image", Need::Manifest, attestation);
rule!(IMG_10, "IMG-10", "manifest-format-unsupported", Need::Manifest, unsupported);
rule!(IMG_12, "IMG-12", "manifest-digest-mismatch", Need::Manifest, tampered);

/// Missing in a repository that does not go by the name of a pull-through cache, which is another matter.
fn plainly<'e>(case: &Case<'e>, wanted: Missing) -> impl Fn(&'e Observation, Missing) -> Option<()> {
    move |observation, missing| {
        (missing == wanted && pull_through::uncached(case, observation, missing).is_none()).then_some(())
    }
}

fn no_repository(case: &Case<'_>) -> Vec<Draft> {
    each_missing(case, plainly(case, Missing::Repository), |observation, ()| {
        let name = repository::name(subject_of(observation));
        if observation.is_elsewhere() {
            return not_public::no_repository(observation, name);
        }
        let found = Repository::of(case, observation);
        let account = found.map(|it| it.account);
        let registry = match found {
            Some(Repository { account, region, .. }) => format!("the registry of account {account} in {region}"),
            None => "the registry".to_owned(),
        };
        let draft = Draft::error(Stage::Manifest, name, format!("{registry} has no repository {name}"))
            .proven("the registry took the token, and says that it knows no such repository")
            .or(through_cache(name, &["PTC-01"]));
        let draft = elsewhere(case, found).into_iter().fold(draft, Draft::fix);
        let own = case.vantage.account.as_deref() == account;
        let region = addresses::region_for(case, observation);
        let list = "aws ecr describe-repositories";
        let list = found.map_or_else(|| Command::of(list).region(region), |it| it.call(case, list));
        draft
            .fix(Fix::run(
                "see which repositories there are, and correct the account, the Region or the name in the image: all of the path belongs to the name",
                &list.query("repositories[].repositoryName"),
            ))
            .fix(Fix::run(
                if own { "or create it, and push the image" } else { "or create it as the account that owns the registry, and push the image" },
                &Command::of("aws ecr create-repository")
                    .region(found.map_or(region, |it| it.region))
                    .option("--repository-name", name),
            ))
    })
}

/// Whether the image lies in another account or Region than the task.
fn elsewhere(case: &Case<'_>, found: Option<Repository<'_>>) -> Option<Fix> {
    let image = found?;
    let (account, region) = (case.vantage.account.as_deref()?, case.vantage.region.as_deref()?);
    (account != image.account || region != image.region).then(|| {
        Fix::advice(format!(
            "see whether that is meant: the image names account {} in {}, and this is account {account} in {region}",
            image.account, image.region
        ))
    })
}

/// A pull-through cache keeps its images under a prefix.
fn through_cache(repository: &str, codes: &'static [&'static str]) -> &'static [&'static str] {
    if repository.contains('/') { codes } else { &[] }
}

fn no_image(case: &Case<'_>) -> Vec<Draft> {
    each_missing(case, plainly(case, Missing::Image), |observation, ()| {
        let subject = subject_of(observation);
        let name = repository::name(subject);
        let what = if subject.contains('@') { "digest" } else { "tag" };
        if observation.is_elsewhere() {
            return not_public::no_image(observation, subject, what);
        }
        let images = repository::call(case, observation, "aws ecr describe-images", "--repository-name");
        Draft::error(Stage::Manifest, subject, format!("{subject} is not in the registry: the repository exists, the {what} does not"))
            .proven(format!("the registry took the token, knows the repository, and says that it has no such {what}"))
            // The API gives no archived image either.
            .or(if given_by_api(case, observation).is_some() { &[] } else { &["IMG-13"] })
            .or(through_cache(name, &["PTC-02"]))
            .fix(Fix::run(
                "see whether it is archived: the registry answers the same for an image in the archival storage class",
                &images
                    .clone()
                    .words("--filter imageStatus=ANY")
                    .query("imageDetails[].[imageTags,imageDigest,imageStatus]")
                    .words("--output text"),
            ))
            .fix(Fix::run(
                "see which images there are, the newest first",
                &images.query("reverse(sort_by(imageDetails,&imagePushedAt))[:10].[imageTags,imagePushedAt,imageDigest]"),
            ))
            .fix(Fix::advice("push the image, or correct the tag in the task definition"))
            .fix(Fix::run(
                "if the tag is there and a service asks for a digest that is gone, deploy the service anew: it keeps the digest that the tag had at its last deployment",
                &Command::of("aws ecs update-service")
                    .region(addresses::own_region(case))
                    .option("--cluster", Blank::CLUSTER)
                    .option("--service", Blank::SERVICE_NAME)
                    .words("--force-new-deployment"),
            ))
    })
}

fn build_and_push(build: &'static str) -> Command {
    Command::of(build).words("--push").option("-t", Blank::IMAGE).words(".")
}

fn build_for(draft: Draft, wanted: &str) -> Draft {
    draft
        .fix(Fix::run(
            format!("build and push the image for {wanted} as well"),
            &build_and_push("docker buildx build --platform linux/amd64,linux/arm64"),
        ))
        .fix(Fix::advice("or set runtimePlatform.cpuArchitecture of the task definition (X86_64 or ARM64) to what the image is built for; the probe asks for the platform that it runs on itself, or for the one that --platform names"))
}

fn no_platform(case: &Case<'_>) -> Vec<Draft> {
    let lacking = |_: &Observation, outcome: &ManifestOutcome| match outcome {
        ManifestOutcome::NoPlatform { wanted, offered, .. } => Some((wanted.clone(), offered.join(", "))),
        _ => None,
    };
    let mut drafts = each(case, lacking, |observation, (wanted, offered)| {
        let subject = subject_of(observation);
        let offered = if offered.is_empty() { "nothing that is an image".to_owned() } else { offered };
        let draft =
            Draft::error(Stage::Manifest, subject, format!("{subject} has no image for {wanted}; it offers {offered}"))
                .proven("the index lists its platforms, and the one that is wanted is not among them");
        build_for(draft, &wanted)
    });
    drafts.extend(other_platforms(case).filter(|it| it.index.is_none()).map(|it| {
        let OtherPlatform { subject, wanted, found, .. } = it;
        let draft =
            Draft::error(Stage::Manifest, subject, format!("{subject} is built for {found}, and {wanted} is wanted"))
                .proven("the image is of one platform, and its own configuration names it");
        build_for(draft.cite(it.manifest).cite([it.config]), wanted)
    }));
    drafts
}

/// A runtime believes the index, unpacks, and fails at the start.
fn lying_platform(case: &Case<'_>) -> Vec<Draft> {
    let lies = other_platforms(case).filter_map(|it| Some((it.index?, it)));
    lies.map(|(index, it)| {
        let OtherPlatform { subject, wanted, found, .. } = it;
        let draft = Draft::error(
            Stage::Manifest,
            subject,
            format!("the index says that {subject} is for {wanted}, and its own configuration says {found}"),
        )
        .likely("the pull passes, and the start fails with an exec format error if the configuration tells the truth")
        .cite([index])
        .or(&["IMG-04"]);
        build_for(draft.cite(it.manifest).cite([it.config]), wanted)
    })
    .collect()
}

/// An image whose own configuration names another platform than the one that is wanted.
struct OtherPlatform<'e> {
    subject: &'e str,
    wanted: &'e str,
    found: &'e str,
    index: Option<&'e Observation>,
    manifest: Option<&'e Observation>,
    config: &'e Observation,
}

fn other_platforms<'e>(case: &Case<'e>) -> impl Iterator<Item = OtherPlatform<'e>> {
    let configs = case.acts(|act| match act {
        Act::Config(ConfigOutcome::OtherPlatform { wanted, found }) => Some((wanted, found)),
        _ => None,
    });
    configs.into_iter().map(|(config, (wanted, found))| {
        let manifest = repository::manifest_of(case, config);
        let index = manifest.and_then(|manifest| index_over(case, manifest));
        OtherPlatform { subject: subject_of(manifest.unwrap_or(config)), wanted, found, index, manifest, config }
    })
}

/// The index that led to this manifest.
fn index_over<'e>(case: &Case<'e>, manifest: &Observation) -> Option<&'e Observation> {
    let (Act::Manifest(ManifestOutcome::Image { digest, .. })
    | Act::ApiManifest(ManifestOutcome::Image { digest, .. })) = &manifest.act
    else {
        return None;
    };
    manifests(case).into_iter().find_map(|(observation, outcome)| match outcome {
        ManifestOutcome::Index { chosen, .. } if chosen == digest && observation.id < manifest.id => Some(observation),
        _ => None,
    })
}

fn attestation(case: &Case<'_>) -> Vec<Draft> {
    let found = |_: &Observation, outcome: &ManifestOutcome| match outcome {
        ManifestOutcome::Unsupported { reason: Unfit::Attestation } => Some(()),
        _ => None,
    };
    each(case, found, |observation, ()| {
        let subject = subject_of(observation);
        Draft::error(Stage::Manifest, subject, format!("{subject} is a build attestation (in-toto) and no image: no runtime can unpack it"))
            .proven("the manifest arrived whole, and its layers are attestations")
            .fix(Fix::run(
                "build and push again without attestations",
                &build_and_push("docker buildx build --provenance=false --sbom=false --platform linux/amd64"),
            ))
            .fix(Fix::advice("if the image was copied from another registry, copy the whole index, or the platform's manifest, and not the entry for unknown/unknown"))
    })
}

/// Whether the digest is what was asked for, and not what an index led to.
fn is_pinned(case: &Case<'_>, subject: &str) -> bool {
    let asked = |it: &Observation| {
        matches!(it.act, Act::Reference(_)) && it.subject.as_deref().is_some_and(|image| image.ends_with(subject))
    };
    subject.contains('@') && case.evidence.iter().any(asked)
}

fn unsupported(case: &Case<'_>) -> Vec<Draft> {
    let unfit = |_: &Observation, outcome: &ManifestOutcome| match outcome {
        ManifestOutcome::Unsupported { reason: Unfit::Other(reason) } => Some(reason.clone()),
        ManifestOutcome::TooDeep { indexes } => {
            Some(format!("an index leads to another index, {indexes} levels deep, and to no manifest"))
        }
        _ => None,
    };
    let mut drafts = each(case, unfit, |observation, reason| {
        let subject = subject_of(observation);
        Draft::error(Stage::Manifest, subject, format!("{subject} cannot be pulled as an image: {reason}"))
            .proven("the registry gave a manifest in a format that no container runtime pulls")
            .or(if is_pinned(case, subject) { &["IMG-07"] } else { &[] })
            .fix(Fix::run(
                "build and push it again as an OCI or Docker schema 2 image",
                &build_and_push("docker buildx build --platform linux/amd64"),
            ))
            .fix(Fix::advice("if it is an artifact, such as a chart, a signature or a software bill of materials, name the image in the task definition instead"))
    });
    let configs = case.acts(|act| match act {
        Act::Config(ConfigOutcome::Malformed { reason }) => Some(reason),
        _ => None,
    });
    drafts.extend(configs.into_iter().map(|(observation, reason)| {
        let manifest = repository::manifest_of(case, observation);
        let subject = subject_of(manifest.unwrap_or(observation));
        Draft::error(Stage::Manifest, subject, format!("the configuration of {subject} cannot be read: {reason}"))
            .proven("its bytes match its digest, so it was pushed like that")
            .cite([observation])
            .fix(Fix::advice("build and push the image again"))
    }));
    drafts
}

fn tampered(case: &Case<'_>) -> Vec<Draft> {
    let mismatch = |_: &Observation, outcome: &ManifestOutcome| match outcome {
        ManifestOutcome::DigestMismatch { expected, actual } => Some((expected.clone(), actual.clone())),
        _ => None,
    };
    each(case, mismatch, |observation, (expected, actual)| {
        let subject = subject_of(observation);
        Draft::error(Stage::Manifest, subject, format!("the manifest of {subject} is not what its digest says: {actual} in place of {expected}"))
            .proven("the bytes were hashed as they came")
            .fix(Fix::advice("find the mirror, proxy or cache that rewrites the registry's answers, and take it out of the path; never run this image"))
    })
}
