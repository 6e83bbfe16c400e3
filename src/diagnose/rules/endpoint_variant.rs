//! CFG-06: a FIPS endpoint in a Region where ECR has none.

use super::{dns, words};
use crate::aws::{ECR_FIPS_REGIONS, EcrHost, Variant, ecr_has, registry_host};
use crate::diagnose::{Case, Draft, Host, Need};
use crate::model::outcome::ResolveOutcome;
use crate::model::{Fix, Stage};

rule!(CFG_06, "CFG-06", "ecr-endpoint-variant-missing", Need::Names, judge);

fn judge(case: &Case<'_>) -> Vec<Draft> {
    case.hosts.iter().filter_map(missing).collect()
}

/// AWS opens endpoints: the table alone convicts nobody, and only together with the name server's word.
fn missing(host: &Host<'_>) -> Option<Draft> {
    let (region, variant) = host.ecr_variant().filter(|(region, variant)| ecr_has(region, *variant) == Some(false))?;
    let (_, denied) = host.resolves.iter().find(|(_, outcome)| dns::is_denial(outcome))?;
    if host.answer().is_some() {
        return None;
    }
    let says = match denied {
        ResolveOutcome::NoData { .. } => "has no address",
        _ => "does not exist (NXDOMAIN)",
    };
    let name = &host.target.host;
    let draft = Draft::error(Stage::Reference, name, format!("ECR has no FIPS endpoint in {region}: {name} {says}"))
        .likely(format!(
            "AWS lists FIPS endpoints of ECR in {} only, and the name server knows none here either",
            words::list(ECR_FIPS_REGIONS)
        ))
        .cite(host.resolves.iter().map(|(observation, _)| *observation))
        .or(&["DNS-09"]);
    let draft = match EcrHost::parse(name) {
        Some(EcrHost { account, .. }) => {
            let classic = registry_host(&account, &region, Variant { fips: false, ..variant });
            draft
                .fix(Fix::advice(format!("name the image by {classic} in the task definition: it is the same registry")))
        }
        None => draft.fix(Fix::advice(
            "unset AWS_USE_FIPS_ENDPOINT and use_fips_endpoint here, or take the FIPS name out of AWS_ENDPOINT_URL_ECR; the ECS agent does not read the environment of a container",
        )),
    };
    Some(draft.fix(Fix::advice(
        "if FIPS endpoints are required, replicate the repository to a Region that has them, and run the task there",
    )))
}
