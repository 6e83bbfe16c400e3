//! What was denied: the action, and the repository that it was asked of.

use crate::model::outcome::Denial;

/// The action that gives an authorization token.
pub const TOKEN: &str = "ecr:GetAuthorizationToken";

/// The action that gives a manifest, through the API or the registry.
pub const MANIFEST: &str = "ecr:BatchGetImage";

/// The action that gives the URL of a layer.
pub const LAYER_URL: &str = "ecr:GetDownloadUrlForLayer";

/// What a pull does with a repository.
pub const PULL: [&str; 3] = [MANIFEST, LAYER_URL, "ecr:BatchCheckLayerAvailability"];

/// Whether it is this action that was denied. IAM's actions have no case.
pub fn is(denial: &Denial, action: &str) -> bool {
    denial.action.eq_ignore_ascii_case(action)
}

/// The repository of `arn:…:repository/NAME`.
pub fn repository(denial: &Denial) -> Option<&str> {
    denial.resource.as_deref()?.split_once(":repository/").map(|(_, name)| name).filter(|name| !name.is_empty())
}
