//! IMG-03: an image without a registry's host, which makes it Docker Hub's.

use crate::diagnose::{Case, Draft, Need};
use crate::model::outcome::ReferenceOutcome;
use crate::model::{Act, Fix, Observation, Stage};

rule!(IMG_03, "IMG-03", "image-names-no-registry", Need::Nothing, judge);

/// A part before the first slash that has no dot and no port is no host (distribution's reference grammar).
fn names_no_host(image: &str) -> bool {
    match image.split_once('/') {
        Some((first, _)) => !first.contains(['.', ':']) && first != "localhost",
        None => true,
    }
}

/// Also where Docker Hub is not reached (HUB-02): the cure may be the registry that is missing from the name.
fn judge(case: &Case<'_>) -> Vec<Draft> {
    let of_hub = |it: &&Observation| matches!(it.act, Act::Reference(ReferenceOutcome::DockerHub));
    let images = case.evidence.iter().filter(of_hub).filter_map(|it| Some((it, it.subject.as_deref()?)));
    images.filter(|(_, image)| names_no_host(image)).map(|(it, image)| bare(case, it, image)).collect()
}

fn bare(case: &Case<'_>, observation: &Observation, image: &str) -> Draft {
    let region = case.region();
    let summary = format!("{image} names no registry, so Docker Hub is asked for it, and not ECR");
    Draft::info(Stage::Reference, image, summary)
        .proven("a name without a host before its first slash is Docker Hub's to every container runtime")
        .cite([observation])
        .fix(Fix::fill_in(
            "if it is yours, write the whole name, with the account's registry before it; this prints it",
            format!("aws ecr describe-repositories --region {region} --repository-names REPOSITORY --query 'repositories[].repositoryUri' --output text"),
        ))
        .fix(Fix::advice("if it is Docker Hub's, write docker.io/ before it, so that a reader sees it"))
}
