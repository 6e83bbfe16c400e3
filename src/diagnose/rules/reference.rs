//! References that name no ECR registry: DNS-05 where the name cannot exist, DNS-06 where it is
//! somebody else's.

use super::other_registry;
use crate::aws::{REGISTRY_FORM, is_ecr_api_host};
use crate::diagnose::{Case, Draft, Host, Need, addresses};
use crate::model::outcome::{ReferenceOutcome, ResolveOutcome};
use crate::model::{Act, Blank, Command, Fix, Observation, Role, Stage, Word};

rule!(DNS_05, "DNS-05", "registry-host-does-not-exist", Need::Nothing, does_not_exist);
rule!(DNS_06, "DNS-06", "lookalike-registry-host", Need::Nothing, lookalike);

fn references<'e>(case: &Case<'e>) -> Vec<(&'e Observation, &'e ReferenceOutcome)> {
    case.acts(|act| match act {
        Act::Reference(outcome) => Some(outcome),
        _ => None,
    })
}

fn image_of(observation: &Observation) -> &str {
    observation.subject.as_deref().unwrap_or("the image")
}

/// The image as it was probably meant.
fn corrected(image: &str, nearest: &str) -> String {
    match image.split_once('/') {
        Some((_, rest)) => format!("{nearest}/{rest}"),
        None => nearest.to_owned(),
    }
}

fn correction(observation: &Observation, nearest: &str) -> Fix {
    let image = corrected(image_of(observation), nearest);
    let does = "correct the image in the task definition, and check it before you deploy";
    Fix::run(does, &Command::of("ecr-probe check").operand(Word::around(&image, Blank::REGION)))
}

fn does_not_exist(case: &Case<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (observation, outcome) in references(case) {
        let image = image_of(observation);
        match outcome {
            ReferenceOutcome::MalformedEcrHost { problem, nearest } => {
                let mut draft =
                    Draft::error(Stage::Reference, image, format!("{image} names no ECR registry: {problem}"))
                        .proven(format!("the host does not have the form {REGISTRY_FORM} or one of its variants"))
                        .cite([observation]);
                draft = match nearest {
                    Some(nearest) => draft.fix(correction(observation, nearest)),
                    None => {
                        draft.fix(Fix::advice(format!("write the host as {REGISTRY_FORM}, with a 12-digit account")))
                    }
                };
                drafts.push(draft);
            }
            ReferenceOutcome::Lookalike { nearest, registrable: false } => {
                let summary = format!("{image} is mistyped: its domain is not AWS's and cannot exist");
                let draft = Draft::error(Stage::Reference, image, summary)
                    .proven("the host has ECR's form under a top-level domain that does not exist")
                    .cite([observation])
                    .fix(correction(observation, nearest));
                drafts.push(draft);
            }
            _ => {}
        }
    }
    drafts.extend(case.hosts_of(Role::EcrDkr).filter_map(|host| unknown_region(case, host)));
    drafts.extend(case.hosts.iter().filter_map(no_such_name));
    drafts
}

/// Every well-formed ECR host of a real Region exists, so NXDOMAIN says that the Region is none.
fn unknown_region(case: &Case<'_>, host: &Host<'_>) -> Option<Draft> {
    let region = references(case).into_iter().find_map(|(_, outcome)| match outcome {
        ReferenceOutcome::Ecr { region, region_known: false, .. } if addresses::has_label(host, region) => Some(region),
        _ => None,
    })?;
    if !does_not_resolve(host) {
        return None;
    }
    // The API's name fails with it, for the same reason.
    let same_region = case.hosts.iter().filter(|other| addresses::has_label(other, region) && does_not_resolve(other));
    let summary = format!("{} does not exist: no Region is known here by the name of {region}", host.target.host);
    Some(
        Draft::error(Stage::Dns, host.target.to_string(), summary)
            .likely("the name server says that the name does not exist, and the Region is in no table of this version")
            .cite(host.resolves.iter().map(|(observation, _)| *observation))
            .cover(same_region.flat_map(|other| other.resolves.iter().map(|(observation, _)| *observation)))
            .or(&["DNS-09"])
            .fix(Fix::run(
                "correct the Region in the image's host; this lists the Regions that the account can use",
                &Command::of("aws account list-regions --region-opt-status-contains ENABLED ENABLED_BY_DEFAULT")
                    .query("Regions[].RegionName")
                    .text(),
            )),
    )
}

/// A name that is neither AWS's own nor one of the great registries: nothing says that it ever existed.
fn no_such_name(host: &Host<'_>) -> Option<Draft> {
    let (what, fix) = match host.role() {
        Role::Registry if !other_registry::is_well_known(host) => {
            ("registry", "correct the host in the image reference, or add its record if the registry is your own")
        }
        Role::EcrApi if !is_ecr_api_host(&host.target.host) => (
            "ECR API",
            "correct AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_ECR, or unset it: an endpoint's own name ends with the endpoint",
        ),
        _ => return None,
    };
    if !does_not_resolve(host) {
        return None;
    }
    Some(
        Draft::error(Stage::Dns, host.target.to_string(), format!("the {what} {} does not exist", host.target.host))
            .likely("the name server says that the name does not exist")
            .cite(host.resolves.iter().map(|(observation, _)| *observation))
            .or(&["DNS-09"])
            .fix(Fix::advice(fix)),
    )
}

fn does_not_resolve(host: &Host<'_>) -> bool {
    !host.resolves.is_empty()
        && host.answer().is_none()
        && host.resolves.iter().any(|(_, outcome)| matches!(outcome, ResolveOutcome::NxDomain { .. }))
}

fn lookalike(case: &Case<'_>) -> Vec<Draft> {
    let found = references(case).into_iter().filter_map(|(observation, outcome)| match outcome {
        ReferenceOutcome::Lookalike { nearest, registrable: true } => Some((observation, nearest)),
        _ => None,
    });
    found
        .map(|(observation, nearest)| {
            let image = image_of(observation);
            let summary =
                format!("{image} looks like ECR, but its domain is not AWS's: the owner of that domain would be asked");
            Draft::error(Stage::Reference, image, summary)
                .proven("the host has ECR's form under a domain that is none of AWS's; nothing was sent to it")
                .cite([observation])
                .fix(correction(observation, nearest))
        })
        .collect()
}
