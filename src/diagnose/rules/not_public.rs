//! Images of registries that are not private ECR: denied to anonymous clients, or not there.
//!
//! Many registries do not tell an anonymous client whether there is such a repository: Docker Hub answers 401 for one that does
//! not exist and for one that is private. A task may have credentials for the latter (`repositoryCredentials`), which
//! nothing in its containers shows: then only a warning is fair.

use super::{repository, words};
use crate::diagnose::answers::is_html;
use crate::diagnose::{Case, Draft};
use crate::image::{Reference, names_host};
use crate::model::outcome::{ManifestOutcome, ReferenceOutcome, RegistryTokenOutcome};
use crate::model::{Act, Command, Fix, Observation, Stage};

/// An image that a registry did not give to an anonymous client.
pub(super) struct Denied<'e> {
    pub image: &'e str,
    pub on_docker_hub: bool,
    /// Docker Hub's own `library/` and public ECR have nothing that is.
    pub may_be_private: bool,
    /// What its token service and its manifest's registry answered.
    pub answers: Vec<&'e Observation>,
}

impl Denied<'_> {
    /// A draft of that severity.
    pub fn draft(&self, stage: Stage, summary: String) -> Draft {
        if self.may_be_private {
            Draft::warning(stage, self.image, summary)
        } else {
            Draft::error(stage, self.image, summary)
        }
    }
}

/// Each image that a registry other than private ECR turned down with 401 or 403.
pub(super) fn denied<'e>(case: &Case<'e>) -> Vec<Denied<'e>> {
    let refused: Vec<&Observation> =
        case.evidence.iter().filter(|it| it.is_elsewhere() && is_refusal(&it.act)).collect();
    if refused.is_empty() {
        return Vec::new();
    }
    let images = case.evidence.iter().filter_map(|it| match &it.act {
        Act::Reference(ReferenceOutcome::Ecr { .. }) => None,
        Act::Reference(outcome) => Some((outcome, it.subject.as_deref()?)),
        _ => None,
    });
    images
        .filter_map(|(outcome, image)| {
            let reference = Reference::parse(image).ok()?;
            let answers: Vec<_> = refused.iter().copied().filter(|it| is_about(it, &reference)).collect();
            let on_docker_hub = matches!(outcome, ReferenceOutcome::DockerHub);
            let of_docker = on_docker_hub && reference.repository.starts_with("library/");
            let may_be_private = !of_docker && !matches!(outcome, ReferenceOutcome::PublicEcr);
            (!answers.is_empty()).then_some(Denied { image, on_docker_hub, may_be_private, answers })
        })
        .collect()
}

fn is_refusal(act: &Act) -> bool {
    match act {
        Act::RegistryToken(RegistryTokenOutcome::Rejected(why)) | Act::Manifest(ManifestOutcome::Rejected(why)) => {
            matches!(why.status, 401 | 403) && !is_html(why)
        }
        _ => false,
    }
}

/// Whether the image's repository was asked for. The token may have been asked of another host.
fn is_about(observation: &Observation, reference: &Reference) -> bool {
    let of_token = matches!(observation.act, Act::RegistryToken(_));
    let host = observation.target.as_ref().map(|target| target.host.as_str());
    (of_token || host == Some(reference.contact_host()))
        && observation.subject.as_deref().is_some_and(|subject| repository::name(subject) == reference.repository)
}

/// IMG-01 for names that have a registry; the others may have been meant for ECR, which is IMG-03.
pub(super) fn by_whole_name(case: &Case<'_>) -> Vec<Draft> {
    let denied = denied(case);
    let whole = denied.iter().filter(|it| !it.on_docker_hub || names_host(it.image));
    whole.map(turned_down).collect()
}

fn turned_down(denied: &Denied<'_>) -> Draft {
    let image = denied.image;
    let by_token = denied.answers.iter().all(|it| matches!(it.act, Act::RegistryToken(_)));
    let stage = if by_token { Stage::AuthToken } else { Stage::Manifest };
    let who = words::list(denied.answers.iter().filter_map(|it| it.target.as_ref()).map(ToString::to_string));
    let inspect = Fix::run(
        "see whether it is there, as somebody who is logged in to that registry, and correct the name if it is not",
        &Command::of("docker buildx imagetools inspect").operand(image),
    );
    if !denied.may_be_private {
        return denied
            .draft(stage, format!("{who} answers that it has no {image}"))
            .likely("it answered, and whatever is there may be had by anybody")
            .cite(denied.answers.iter().copied())
            .fix(inspect);
    }
    denied
        .draft(
            stage,
            format!("{who} denies anonymous pulls of {image}: the repository does not exist, or it is private"),
        )
        .likely("it answered, and it does not tell an anonymous client which of the two it is; the task may have credentials")
        .cite(denied.answers.iter().copied())
        .fix(inspect)
        .fix(with_credentials())
        .fix(Fix::advice("or keep a copy in private ECR, which the execution role opens"))
}

/// How a task comes by an image that is not for everybody.
pub(super) fn with_credentials() -> Fix {
    Fix::advice(
        "if it is private, see that repositoryCredentials of the container definition names a secret with a user name and a token; the probe has none and cannot try them",
    )
}

/// IMG-01 where the registry says so.
pub(super) fn no_repository(observation: &Observation, name: &str) -> Draft {
    let host = host(observation);
    Draft::error(Stage::Manifest, name, format!("{host} has no repository {name}"))
        .proven("the registry answered, and says that it knows no such repository")
        .fix(Fix::advice("correct the name in the task definition: all of the path belongs to it"))
}

/// IMG-02 there.
pub(super) fn no_image(observation: &Observation, subject: &str, what: &str) -> Draft {
    let host = host(observation);
    Draft::error(
        Stage::Manifest,
        subject,
        format!("{host} has no {subject}: the repository exists, the {what} does not"),
    )
    .proven(format!("the registry knows the repository, and says that it has no such {what}"))
    .fix(Fix::advice(format!("correct the {what} in the task definition; its publisher may have removed it")))
    .fix(Fix::advice("and keep a copy in private ECR of what a task needs, so that nobody else can take it away"))
}

fn host(observation: &Observation) -> String {
    words::list(observation.target.iter().map(ToString::to_string))
}
