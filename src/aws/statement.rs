//! Statements of IAM policies, as JSON.

use std::fmt;

use serde::Serialize;

/// One statement that allows something. Its text is JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'static str>,
    effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<Principal>,
    action: Actions,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
enum Principal {
    #[serde(rename = "*")]
    Anybody,
    /// An account, a role or a user.
    #[serde(rename = "AWS")]
    Aws(String),
    /// A service of AWS's, such as `ecs-tasks.amazonaws.com`.
    Service(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Actions {
    One(String),
    All(Vec<String>),
}

impl Statement {
    /// Allows actions, such as `ecr:BatchGetImage`.
    pub fn allow(actions: &[&str]) -> Self {
        let action = match actions {
            [one] => Actions::One((*one).to_owned()),
            all => Actions::All(all.iter().map(|action| (*action).to_owned()).collect()),
        };
        Statement { sid: None, effect: "Allow", principal: None, action, resource: None }
    }

    /// With a name (`Sid`) of letters and digits.
    pub fn named(self, sid: &'static str) -> Self {
        Statement { sid: Some(sid), ..self }
    }

    /// To every principal, as in the policy of an endpoint.
    pub fn to_anybody(self) -> Self {
        Statement { principal: Some(Principal::Anybody), ..self }
    }

    /// To the principal of this ARN.
    pub fn to(self, arn: impl Into<String>) -> Self {
        Statement { principal: Some(Principal::Aws(arn.into())), ..self }
    }

    /// To a service of AWS's, as in the trust policy of a role.
    pub fn to_service(self, principal: impl Into<String>) -> Self {
        Statement { principal: Some(Principal::Service(principal.into())), ..self }
    }

    /// On the resource of this ARN, or on `*`.
    pub fn on(self, resource: impl Into<String>) -> Self {
        Statement { resource: Some(resource.into()), ..self }
    }

    /// The policy that has this statement and no other.
    pub fn policy(self) -> Policy {
        Policy { version: "2012-10-17", statement: [self] }
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// A policy of one statement, in the form that all calls of IAM take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: &'static str,
    statement: [Statement; 1],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_json() {
        for (statement, json) in [
            (Statement::allow(&["a:B"]).on("*"), r#"{"Effect":"Allow","Action":"a:B","Resource":"*"}"#),
            (
                Statement::allow(&["a:B", "a:C"]).named("It").to_anybody().on("x\"y"),
                r#"{"Sid":"It","Effect":"Allow","Principal":"*","Action":["a:B","a:C"],"Resource":"x\"y"}"#,
            ),
            (
                Statement::allow(&["a:B"]).to("arn:aws:iam::111122223333:root"),
                r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"a:B"}"#,
            ),
        ] {
            assert_eq!(statement.to_string(), json);
        }
        let policy = serde_json::to_string(&Statement::allow(&["a:B"]).policy()).expect("it is JSON");
        assert_eq!(policy, r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:B"}]}"#);
    }
}
