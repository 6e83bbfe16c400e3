//! IMG-03: an image without a registry's host, which makes it Docker Hub's. Where Docker Hub does not let it be had, that
//! is likely why the pull fails.

use super::not_public::{self, Denied};
use crate::diagnose::{Case, Draft, Need, addresses};
use crate::image::names_host;
use crate::model::outcome::ReferenceOutcome;
use crate::model::{Act, Blank, Command, Fix, Observation, Stage};

rule!(IMG_03, "IMG-03", "image-names-no-registry", Need::Nothing, judge);

/// Also where Docker Hub is not reached (HUB-02): the cure may be the registry that is missing from the name.
fn judge(case: &Case<'_>) -> Vec<Draft> {
    let of_hub = |it: &&Observation| matches!(it.act, Act::Reference(ReferenceOutcome::DockerHub));
    let images = case.evidence.iter().filter(of_hub).filter_map(|it| Some((it, it.subject.as_deref()?)));
    let denied = not_public::denied(case);
    let bare = images.filter(|(_, image)| !names_host(image));
    bare.map(|(it, image)| bare_name(case, it, image, denied.iter().find(|denied| denied.image == image))).collect()
}

fn bare_name(case: &Case<'_>, observation: &Observation, image: &str, denied: Option<&Denied<'_>>) -> Draft {
    let asked = format!("{image} names no registry, so the runtime asks Docker Hub, and not ECR");
    let draft = match denied {
        None => Draft::info(Stage::Reference, image, asked)
            .proven("a name without a host before its first slash is Docker Hub's to every container runtime"),
        Some(denied) => denied
            .draft(Stage::Reference, format!("{asked}; Docker Hub has no such public image"))
            .likely("Docker Hub does not tell a repository that is not there from one that is private, and ECR was not asked")
            .or(&["IMG-01"]),
    };
    let draft = draft
        .cite([observation])
        .cite(denied.iter().flat_map(|denied| &denied.answers).copied())
        .fix(Fix::run(
            "if it is yours, write the whole name, with the account's registry before it; this prints it",
            &Command::of("aws ecr describe-repositories")
                .region(addresses::own_region(case))
                .option("--repository-names", Blank::REPOSITORY)
                .query("repositories[].repositoryUri")
                .text(),
        ))
        .fix(Fix::advice("if it is Docker Hub's, write docker.io/ before it, so that a reader sees it"));
    match denied {
        Some(denied) if denied.may_be_private => draft.fix(not_public::with_credentials()),
        _ => draft,
    }
}
