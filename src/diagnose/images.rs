//! Which images of a check an observation is about: one broken image condemns no other.

use crate::image::{Reference, Registry};
use crate::model::outcome::ReferenceOutcome;
use crate::model::{Act, Evidence, EvidenceId, Observation, Role, Target};

/// The images that the cited observations are about, as they were given and in that order.
///
/// What serves several images, such as a host or a token, is about each of them; what belongs to no image, such as the
/// clock, is about all.
pub fn images_of<'e>(evidence: &'e Evidence, cites: &[EvidenceId]) -> Vec<&'e str> {
    let cited: Vec<&Observation> = cites.iter().filter_map(|id| evidence.get(*id)).collect();
    let of_image: Vec<&str> = cited.iter().filter_map(|it| it.image.as_deref()).collect();
    let all = given(evidence);
    // The step of an image says more than the hosts on its way.
    if !of_image.is_empty() {
        return all.map(|(image, _)| image).filter(|image| of_image.contains(image)).collect();
    }
    let concerns = |image: &str, kind: &ReferenceOutcome| cited.iter().any(|it| is_about(evidence, it, image, kind));
    all.filter(|(image, kind)| concerns(image, kind)).map(|(image, _)| image).collect()
}

/// The images of the check with what their references are.
fn given(evidence: &Evidence) -> impl Iterator<Item = (&str, &ReferenceOutcome)> {
    evidence.iter().filter_map(|it| match &it.act {
        Act::Reference(outcome) => Some((it.subject.as_deref()?, outcome)),
        _ => None,
    })
}

/// Whether an observation that is not of one image says something of this one.
fn is_about(evidence: &Evidence, observation: &Observation, image: &str, kind: &ReferenceOutcome) -> bool {
    let in_ecr = matches!(kind, ReferenceOutcome::Ecr { .. });
    match (&observation.act, &observation.target) {
        (Act::Credentials(_) | Act::Caller(_), _) => in_ecr,
        (_, None) => true,
        (_, Some(target)) => match target.role {
            Role::EcrApi | Role::EcrDkr | Role::S3 => {
                in_ecr && is_on_the_way(evidence, observation, target, image, kind)
            }
            Role::Registry if is_a_registry(evidence, target) => is_served_by(target, image),
            // A token service or a blob host: which registry led there, only the image's own steps tell.
            Role::Registry | Role::Cdn => !in_ecr,
            Role::Sts | Role::Logs | Role::SecretsManager | Role::Ssm | Role::Kms => true,
        },
    }
}

/// Whether the pull of an image in private ECR passes this host of ECR's or S3's.
fn is_on_the_way(
    evidence: &Evidence,
    observation: &Observation,
    target: &Target,
    image: &str,
    kind: &ReferenceOutcome,
) -> bool {
    let ReferenceOutcome::Ecr { region, .. } = kind else { return false };
    let same_region = observation.region.as_deref().is_none_or(|own| own == region);
    match target.role {
        Role::EcrDkr if is_a_registry(evidence, target) => is_served_by(target, image),
        _ => same_region,
    }
}

/// Whether any image of the check is served by this host.
fn is_a_registry(evidence: &Evidence, target: &Target) -> bool {
    given(evidence).any(|(image, _)| is_served_by(target, image))
}

fn is_served_by(target: &Target, image: &str) -> bool {
    Reference::parse(image).is_ok_and(|it| it.contact_host() == target.host && it.port == target.port)
}

/// Whether the layers of this image are expected in that store, before a redirect tells.
pub fn is_supposed_store(target: &Target, image: &str) -> bool {
    match Reference::parse(image).map(|it| it.registry) {
        Ok(Registry::Ecr(host)) => host.layer_store_host().as_deref() == Some(target.host.as_str()),
        _ => false,
    }
}
