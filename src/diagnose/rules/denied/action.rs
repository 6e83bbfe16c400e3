//! What was denied: the action, and the repository that it was asked of.

use crate::model::outcome::Denial;

pub const TOKEN: &str = "ecr:GetAuthorizationToken";

pub const MANIFEST: &str = "ecr:BatchGetImage";

pub const LAYER_URL: &str = "ecr:GetDownloadUrlForLayer";

pub fn is(denial: &Denial, action: &str) -> bool {
    denial.action.eq_ignore_ascii_case(action)
}

/// The repository of `arn:…:repository/NAME`.
pub fn repository(denial: &Denial) -> Option<&str> {
    denial.resource.as_deref()?.split_once(":repository/").map(|(_, name)| name).filter(|name| !name.is_empty())
}
