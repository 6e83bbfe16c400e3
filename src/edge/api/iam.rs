//! IAM: query XML, with lists of `<member>`. Its documents are percent-encoded (IAM API Reference, "GetPolicyVersion").
//!
//! IAM tells of the caller's account alone, and takes names where we have ARNs: what is another account's is not asked
//! for, since a role of the same name would answer. Names of elements: botocore's service model `iam`.

use serde::Deserialize;

use super::asking::{Asking, Facts, Page, ids, of_another_account, one};
use super::call::Input;
use super::xml::{flag, members, text};
use crate::aws::{Arn, Service};
use crate::model::facts::{self, Hidden, PolicyKind, Why};
use crate::model::outcome::NoAnswer;
use crate::model::{Act, Check};
use crate::wire::policy_excerpt::{excerpt, whole};

const GONE: [&str; 2] = ["NoSuchEntity", "NoSuchEntityException"];

async fn call<T: serde::de::DeserializeOwned>(
    asking: &Asking<'_>,
    operation: &'static str,
    pairs: &[(&str, &str)],
) -> Result<T, Hidden> {
    asking.call(Service::Iam, asking.region, operation, Input::Parameters(parameters(pairs))).await
}

async fn all<P: Page>(asking: &Asking<'_>, operation: &'static str, role: &str) -> Result<Vec<P::Item>, Hidden> {
    let input = |marker: Option<&str>| {
        let marker = marker.map(|marker| ("Marker", marker));
        Input::Parameters(parameters(&[("RoleName", role)].into_iter().chain(marker).collect::<Vec<_>>()))
    };
    asking.all::<P>(Service::Iam, asking.region, operation, input).await
}

fn parameters(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The name at the end of an ARN's path, where it is of the caller's account.
fn own_name<'a>(asking: &Asking<'_>, action: &str, arn: &'a str) -> Result<&'a str, Hidden> {
    let account = Arn::parse(arn).map(|arn| arn.account).unwrap_or_default();
    if !account.is_empty() && asking.is_own(account) == Some(false) {
        return Err(of_another_account(action, account));
    }
    Ok(arn.rsplit('/').next().unwrap_or(arn))
}

/// Whether that there is no such thing may be believed: it was asked for in the account that it is of.
fn gone<'g>(asking: &Asking<'_>, arn: &str) -> &'g [&'g str] {
    let account = Arn::parse(arn).map(|arn| arn.account).unwrap_or_default();
    if account == "aws" || asking.is_own(account) == Some(true) { &GONE } else { &[] }
}

#[derive(Deserialize)]
struct GetRole {
    #[serde(rename = "GetRoleResult")]
    result: GetRoleResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetRoleResult {
    role: Role,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Role {
    arn: String,
    assume_role_policy_document: String,
    permissions_boundary: Boundary,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Boundary {
    #[serde(deserialize_with = "text")]
    permissions_boundary_arn: Option<String>,
}

/// `iam:GetRole`.
pub async fn role(asking: &Asking<'_>, arn: &str) -> Facts {
    let found = async {
        let name = own_name(asking, "iam:GetRole", arn)?;
        let role = call::<GetRole>(asking, "GetRole", &[("RoleName", name)]).await?.result.role;
        is_of_the_account("iam:GetRole", arn, &role.arn)?;
        Ok(facts::IamRole {
            arn: role.arn,
            // A repair adds to it, so that it is kept whole.
            trust: document_of("iam:GetRole", &role.assume_role_policy_document, whole)?,
            boundary_arn: role.permissions_boundary.permissions_boundary_arn,
        })
    };
    vec![(arn.to_owned(), Act::Role(one(found.await, gone(asking, arn))))]
}

/// Whether what came is of the account of what was asked for: names alone are sent.
fn is_of_the_account(action: &str, asked: &str, came: &str) -> Result<(), Hidden> {
    match (Arn::parse(asked), Arn::parse(came)) {
        (Some(asked), Some(came)) if asked.account != came.account => Err(of_another_account(action, asked.account)),
        (_, None) => Err(unreadable(action, "it has no ARN")),
        _ => Ok(()),
    }
}

fn unreadable(action: &str, reason: &str) -> Hidden {
    let how = NoAnswer::Malformed { reason: reason.to_owned() };
    Hidden { action: action.to_owned(), why: Why::NoAnswer { how } }
}

#[derive(Deserialize)]
struct ListAttached {
    #[serde(rename = "ListAttachedRolePoliciesResult")]
    result: ListAttachedResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListAttachedResult {
    #[serde(deserialize_with = "members")]
    attached_policies: Vec<AttachedPolicy>,
    #[serde(default, deserialize_with = "flag")]
    is_truncated: Option<bool>,
    marker: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct AttachedPolicy {
    policy_arn: String,
}

impl Page for ListAttached {
    type Item = String;

    fn turned(self) -> (Vec<String>, Option<String>) {
        let ListAttachedResult { attached_policies, is_truncated, marker } = self.result;
        let arns = attached_policies.into_iter().map(|it| it.policy_arn).collect();
        (arns, marker.filter(|_| is_truncated == Some(true)))
    }
}

#[derive(Deserialize)]
struct ListInline {
    #[serde(rename = "ListRolePoliciesResult")]
    result: ListInlineResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInlineResult {
    #[serde(deserialize_with = "members")]
    policy_names: Vec<String>,
    #[serde(default, deserialize_with = "flag")]
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Page for ListInline {
    type Item = String;

    fn turned(self) -> (Vec<String>, Option<String>) {
        let ListInlineResult { policy_names, is_truncated, marker } = self.result;
        (policy_names, marker.filter(|_| is_truncated == Some(true)))
    }
}

/// `iam:ListAttachedRolePolicies`.
pub async fn attached_policies(asking: &Asking<'_>, role: &str) -> Facts {
    const OPERATION: &str = "ListAttachedRolePolicies";
    let found = match own_name(asking, &format!("iam:{OPERATION}"), role) {
        Ok(name) => all::<ListAttached>(asking, OPERATION, name).await,
        Err(hidden) => Err(hidden),
    };
    ids(format!("{role} {}", Check::Policy), found)
}

/// `iam:ListRolePolicies`.
pub async fn inline_policies(asking: &Asking<'_>, role: &str) -> Facts {
    const OPERATION: &str = "ListRolePolicies";
    let found = match own_name(asking, &format!("iam:{OPERATION}"), role) {
        Ok(name) => all::<ListInline>(asking, OPERATION, name).await,
        Err(hidden) => Err(hidden),
    };
    ids(format!("{role} inline policy"), found)
}

#[derive(Deserialize)]
struct GetPolicy {
    #[serde(rename = "GetPolicyResult")]
    result: GetPolicyResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetPolicyResult {
    policy: ManagedPolicy,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct ManagedPolicy {
    default_version_id: String,
}

#[derive(Deserialize)]
struct GetVersion {
    #[serde(rename = "GetPolicyVersionResult")]
    result: GetVersionResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetVersionResult {
    policy_version: Version,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Version {
    document: String,
}

/// `iam:GetPolicy`, then `iam:GetPolicyVersion` of the version that holds.
pub async fn managed_policy(asking: &Asking<'_>, role: &str, arn: &str, boundary: bool) -> Facts {
    let found = async {
        let policy: GetPolicy = call(asking, "GetPolicy", &[("PolicyArn", arn)]).await?;
        let version = policy.result.policy.default_version_id;
        if version.is_empty() {
            return Err(unreadable("iam:GetPolicy", "it has no version"));
        }
        let of_version = [("PolicyArn", arn), ("VersionId", &version)];
        let document =
            call::<GetVersion>(asking, "GetPolicyVersion", &of_version).await?.result.policy_version.document;
        document_of("iam:GetPolicyVersion", &document, excerpt).map(|document| facts::Policy {
            name: arn.to_owned(),
            role: role.to_owned(),
            kind: if boundary { PolicyKind::Boundary } else { PolicyKind::Attached },
            document,
        })
    };
    vec![(format!("{role} {arn}"), Act::Policy(one(found.await, gone(asking, arn))))]
}

#[derive(Deserialize)]
struct GetRolePolicy {
    #[serde(rename = "GetRolePolicyResult")]
    result: GetRolePolicyResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetRolePolicyResult {
    policy_document: String,
}

/// `iam:GetRolePolicy`.
pub async fn inline_policy(asking: &Asking<'_>, role: &str, name: &str) -> Facts {
    const ACTION: &str = "iam:GetRolePolicy";
    let found = async {
        let role_name = own_name(asking, ACTION, role)?;
        let of_role = [("RoleName", role_name), ("PolicyName", name)];
        let answer: GetRolePolicy = call(asking, "GetRolePolicy", &of_role).await?;
        document_of(ACTION, &answer.result.policy_document, excerpt).map(|document| facts::Policy {
            name: name.to_owned(),
            role: role.to_owned(),
            kind: PolicyKind::Inline,
            document,
        })
    };
    vec![(format!("{role} {name}"), Act::Policy(one(found.await, gone(asking, role))))]
}

#[derive(Deserialize)]
struct GetProfile {
    #[serde(rename = "GetInstanceProfileResult")]
    result: GetProfileResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetProfileResult {
    instance_profile: Profile,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Profile {
    arn: String,
    #[serde(deserialize_with = "members")]
    roles: Vec<ProfileRole>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct ProfileRole {
    arn: String,
}

/// `iam:GetInstanceProfile`.
pub async fn instance_profile(asking: &Asking<'_>, arn: &str) -> Facts {
    const ACTION: &str = "iam:GetInstanceProfile";
    let found = async {
        let name = own_name(asking, ACTION, arn)?;
        let answer: GetProfile = call(asking, "GetInstanceProfile", &[("InstanceProfileName", name)]).await?;
        let profile = answer.result.instance_profile;
        is_of_the_account(ACTION, arn, &profile.arn)?;
        Ok(facts::InstanceProfile { arn: profile.arn, roles: profile.roles.into_iter().map(|it| it.arn).collect() })
    };
    vec![(arn.to_owned(), Act::InstanceProfile(one(found.await, gone(asking, arn))))]
}

/// An answer without its document proves nothing, and must not pass for a policy that allows nothing.
fn document_of(action: &str, encoded: &str, kept: fn(&str) -> String) -> Result<String, Hidden> {
    match decoded(encoded) {
        document if document.trim().is_empty() => Err(unreadable(action, "it has no document")),
        document => Ok(kept(&document)),
    }
}

/// A document without percent-encoding (RFC 3986 section 2.1). A `+` stands for itself.
fn decoded(document: &str) -> String {
    let mut bytes = Vec::with_capacity(document.len());
    let mut rest = document.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_decoded() {
        for (encoded, plain) in [
            ("%7B%22a%22%3A%22%C3%BC%2B+%22%7D", "{\"a\":\"ü++\"}"),
            ("{\"a\": 1}", "{\"a\": 1}"),
            ("100%", "100%"),
            ("%zz%4", "%zz%4"),
        ] {
            assert_eq!(decoded(encoded), plain);
        }
    }
}
