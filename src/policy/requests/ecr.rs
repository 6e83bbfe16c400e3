//! The requests to ECR.

use std::collections::BTreeMap;

use super::super::request::{Key, Request};
use super::caller::Caller;
use super::via::{Carries, Via};
use crate::aws::Arn;

/// A repository, with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Its ARN.
    pub arn: String,
    /// Its tags; `None` where they could not be read.
    pub tags: Option<BTreeMap<String, String>>,
}

/// `ecr:GetAuthorizationToken`. It takes no resource, so that only a statement on `*` grants it.
///
/// Whether it carries `aws:SourceVpce` and `aws:SourceVpc` is unknown: AWS says that the call of Fargate's agent does
/// not (ECS Developer Guide, "Task execution IAM role", optional condition keys), and others saw them.
pub fn get_authorization_token(caller: &Caller, via: &Via, region: &str) -> Request {
    let request = caller.request("ecr:GetAuthorizationToken", "*", region);
    via.put(request, Some(caller), Carries { source: false, owner: false, client: true })
}

/// `ecr:BatchGetImage`, as the registry makes it of a request for a manifest.
pub fn batch_get_image(caller: &Caller, via: &Via, repository: &Repository) -> Request {
    image("ecr:BatchGetImage", caller, via, repository)
}

/// `ecr:GetDownloadUrlForLayer`, as the registry makes it of a request for a layer.
pub fn get_download_url(caller: &Caller, via: &Via, repository: &Repository) -> Request {
    image("ecr:GetDownloadUrlForLayer", caller, via, repository)
}

fn image(action: &str, caller: &Caller, via: &Via, repository: &Repository) -> Request {
    let region = Arn::parse(&repository.arn).map_or("", |arn| arn.region);
    let request = tagged(caller.request(action, &repository.arn, region), repository);
    via.put(request, Some(caller), Carries { source: true, owner: true, client: false })
}

/// The repository's tags go by two names (Service Authorization Reference, "Amazon ECR").
fn tagged(request: Request, repository: &Repository) -> Request {
    let Some(tags) = &repository.tags else { return request };
    ["aws:ResourceTag/", "ecr:ResourceTag/"].iter().fold(request, |request, family| {
        let each = |request: Request, (name, value): (&String, &String)| {
            request.with(&format!("{family}{name}"), Key::is(value))
        };
        tags.iter().fold(request, each).with_family(family, Key::Absent)
    })
}
