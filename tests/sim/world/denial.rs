//! Denials in AWS's own words (IAM User Guide, "Troubleshoot access denied error messages").

use std::collections::BTreeMap;

use ecr_probe::model::Role;
use serde::Deserialize;

/// An action of the pull, or of asking for stopped tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Action {
    #[serde(rename = "ecr:GetAuthorizationToken")]
    GetAuthorizationToken,
    #[serde(rename = "ecr:BatchGetImage")]
    BatchGetImage,
    #[serde(rename = "ecr:GetDownloadUrlForLayer")]
    GetDownloadUrlForLayer,
    #[serde(rename = "s3:GetObject")]
    GetObject,
    #[serde(rename = "sts:GetCallerIdentity")]
    GetCallerIdentity,
    #[serde(rename = "ecs:ListTasks")]
    ListTasks,
    #[serde(rename = "ecs:DescribeTasks")]
    DescribeTasks,
}

impl Action {
    pub fn name(self) -> &'static str {
        match self {
            Action::GetAuthorizationToken => "ecr:GetAuthorizationToken",
            Action::BatchGetImage => "ecr:BatchGetImage",
            Action::GetDownloadUrlForLayer => "ecr:GetDownloadUrlForLayer",
            Action::GetObject => "s3:GetObject",
            Action::GetCallerIdentity => "sts:GetCallerIdentity",
            Action::ListTasks => "ecs:ListTasks",
            Action::DescribeTasks => "ecs:DescribeTasks",
        }
    }
}

/// The kind of policy, `explicit-` where a Deny statement matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    Identity,
    ExplicitIdentity,
    Boundary,
    ExplicitBoundary,
    Session,
    ExplicitSession,
    Scp,
    ExplicitScp,
    /// A resource control policy only ever denies explicitly.
    Rcp,
    ExplicitRcp,
    VpcEndpoint,
    ExplicitVpcEndpoint,
    Resource,
    ExplicitResource,
    /// No reason given: S3's `Access Denied`, or the services' older texts.
    Bare,
}

/// A denied action: the kind of policy, with more where it matters.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Denial {
    By(Layer),
    Precisely(Precise),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Precise {
    by: Layer,
    /// Denied only there: each interface endpoint has a policy of its own.
    only_at: Option<Role>,
    /// Newer messages name the policy.
    policy_arn: Option<String>,
}

/// The denied actions.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Denials(BTreeMap<Action, Denial>);

impl Denials {
    /// The kind of policy that denies `action`, where `role` is asked.
    pub fn by(&self, action: Action, role: Role) -> Option<Layer> {
        match self.0.get(&action)? {
            Denial::By(by) => Some(*by),
            Denial::Precisely(Precise { only_at: Some(only), .. }) if *only != role => None,
            Denial::Precisely(precise) => Some(precise.by),
        }
    }

    /// The message of a denial, or `None` where `action` is allowed at `role`.
    pub fn message(&self, action: Action, role: Role, principal: &str, resource: &str) -> Option<String> {
        let (by, policy_arn) = match self.0.get(&action)? {
            Denial::By(by) => (*by, None),
            Denial::Precisely(Precise { only_at: Some(only), .. }) if *only != role => return None,
            Denial::Precisely(precise) => (precise.by, precise.policy_arn.as_deref()),
        };
        if by == Layer::Bare && action == Action::GetObject {
            return Some("Access Denied".into());
        }
        let name = action.name();
        let because = match phrase(by) {
            None => String::new(),
            Some((true, policy)) => format!(" with an explicit deny in {policy}"),
            Some((false, policy)) => format!(" because no {policy} allows the {name} action"),
        };
        let arn = policy_arn.map(|arn| format!(", with policy ARN: {arn}")).unwrap_or_default();
        Some(format!("User: {principal} is not authorized to perform: {name} on resource: {resource}{because}{arn}"))
    }
}

/// Whether it is explicit, and the policy as the message calls it.
fn phrase(layer: Layer) -> Option<(bool, &'static str)> {
    Some(match layer {
        Layer::Identity => (false, "identity-based policy"),
        Layer::ExplicitIdentity => (true, "an identity-based policy"),
        Layer::Boundary => (false, "permissions boundary"),
        Layer::ExplicitBoundary => (true, "a permissions boundary"),
        Layer::Session => (false, "session policy"),
        Layer::ExplicitSession => (true, "a session policy"),
        Layer::Scp => (false, "service control policy"),
        Layer::ExplicitScp => (true, "a service control policy"),
        Layer::Rcp | Layer::ExplicitRcp => (true, "a resource control policy"),
        Layer::VpcEndpoint => (false, "VPC endpoint policy"),
        Layer::ExplicitVpcEndpoint => (true, "a VPC endpoint policy"),
        Layer::Resource => (false, "resource-based policy"),
        Layer::ExplicitResource => (true, "a resource-based policy"),
        Layer::Bare => return None,
    })
}
