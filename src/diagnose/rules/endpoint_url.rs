//! CFG-01: an endpoint URL whose host has an empty part.

use crate::diagnose::{Case, Draft, Host, Need, addresses};
use crate::model::{Fix, Role, Stage};

rule!(CFG_01, "CFG-01", "ecr-endpoint-url-invalid", Need::Nothing, judge);

fn judge(case: &Case<'_>) -> Vec<Draft> {
    case.hosts_of(Role::EcrApi).filter(|host| has_empty_part(host)).map(|host| invalid(case, host)).collect()
}

/// A template put in a variable that was empty. The host of an image is looked at before a check begins.
pub fn has_empty_part(host: &Host<'_>) -> bool {
    let name = &host.target.host;
    name.strip_suffix('.').unwrap_or(name).split('.').any(str::is_empty)
}

fn invalid(case: &Case<'_>, host: &Host<'_>) -> Draft {
    let name = &host.target.host;
    let region = addresses::region_of(case, host);
    let summary = format!("the endpoint URL for ECR names the host {name}, which has an empty part");
    Draft::error(Stage::Reference, name, summary)
        .proven("no DNS name has an empty part; a variable in the URL, such as the Region, was empty")
        .cite(host.resolves.iter().map(|(observation, _)| *observation))
        .fix(Fix::advice(
            "set the variable that the template puts into AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_ECR, here and where the pull gets it from",
        ))
        .fix(Fix::advice(format!(
            "or unset AWS_ENDPOINT_URL_ECR: the host is then that of the ECR API in {region}, which private DNS resolves to a VPC endpoint"
        )))
}
