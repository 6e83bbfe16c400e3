//! A request as IAM meets it: who asks, for what, on what, with which keys.

use std::collections::BTreeMap;

use super::keys;
use crate::aws::Arn;

/// What is known of a condition key of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// It is there with these values: one, or several where the key takes several.
    Is(Vec<String>),
    /// The request does not carry it.
    Absent,
    /// Whether the request carries it, and with which values, is not known.
    Unknown,
    /// It has one value of which only this is known.
    Like {
        /// The value's form, with `*` and `?`.
        form: String,
        /// What it is not, in any case: the accounts, organizations and roles that are known to be others.
        not: Vec<String>,
        /// Whether it may be absent instead.
        or_absent: bool,
    },
}

impl Key {
    /// A key with one value.
    pub fn is(value: impl Into<String>) -> Self {
        Key::Is(vec![value.into()])
    }

    /// A key with one value of this form, other than these.
    pub fn like(form: impl Into<String>, not: &[&str]) -> Self {
        let not = not.iter().map(|value| (*value).to_owned()).collect();
        Key::Like { form: form.into(), not, or_absent: false }
    }

    /// The same, or absent.
    pub fn or_absent(self) -> Self {
        match self {
            Key::Like { form, not, .. } => Key::Like { form, not, or_absent: true },
            other => other,
        }
    }
}

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A session of a role, as a task has it.
    Role(Role),
    /// A service by its service principal, such as `ecs-tasks.amazonaws.com`.
    Service(String),
    /// A role of AWS's own in an account that is none of the customer's, such as ECR's when a layer is fetched.
    AwsRole {
        /// Such as `aws`.
        partition: String,
        /// Accounts that it does not belong to.
        not_accounts: Vec<String>,
    },
}

/// A role and the session that acts by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The ARN of the role, with its path.
    pub arn: String,
    /// The role's unique id (`AROA…`), where it is known: a policy that was saved before the role was made anew
    /// names the old one's.
    pub id: Option<String>,
    /// The session's name, where it is known. For a task it is the task's id.
    pub session: Option<String>,
}

impl Role {
    /// A role by its ARN.
    pub fn of(arn: impl Into<String>) -> Self {
        Role { arn: arn.into(), id: None, session: None }
    }

    /// The account of the role; empty where the ARN is none.
    pub fn account(&self) -> &str {
        Arn::parse(&self.arn).map_or("", |arn| arn.account)
    }

    /// The ARN of its sessions as far as it is known, with `*` for a session without a name:
    /// `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`. The role's path is no part of it.
    pub fn session_arn(&self) -> Option<String> {
        let arn = Arn::parse(&self.arn)?;
        let name = arn.resource.rsplit('/').next()?;
        let resource = format!("assumed-role/{name}/{}", self.session.as_deref().unwrap_or("*"));
        Some(Arn { service: "sts", resource: &resource, ..arn }.to_string())
    }
}

/// A request.
///
/// A key that was not set is unknown, because nobody can list all that a service puts into a request. A builder that
/// knows which service is asked closes the world of keys with [`Request::closed`]: then what cannot be in a request
/// to that service is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub who: Who,
    /// Such as `ecr:BatchGetImage`.
    pub action: String,
    /// An ARN, or `*` where the action takes no resource.
    pub resource: String,
    /// Where the resource's ARN is known by its form alone: the forms that it may have, with `*` and `?` for what is
    /// not known, which has no colons. Empty where `resource` is it.
    pub forms: Vec<String>,
    /// The account that the resource belongs to.
    pub owner: Owner,
    /// Whether it comes through a gateway endpoint: their policies read some principals otherwise.
    pub by_gateway: bool,
    keys: BTreeMap<String, Key>,
    families: Vec<(String, Key)>,
    closed: bool,
}

/// Whose a resource is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// The caller's own account.
    Same,
    /// Another account.
    Other,
}

impl Request {
    /// A request whose keys are all unknown. The owner is read from the resource's ARN: another account there makes
    /// it [`Owner::Other`].
    pub fn new(who: Who, action: impl Into<String>, resource: impl Into<String>) -> Self {
        let resource = resource.into();
        let own = match &who {
            Who::Role(role) => role.account(),
            Who::Service(_) | Who::AwsRole { .. } => "",
        };
        let account = Arn::parse(&resource).map_or("", |arn| arn.account);
        let is_other = !own.is_empty() && !account.is_empty() && account != own;
        let owner = if is_other { Owner::Other } else { Owner::Same };
        let action = action.into();
        let (keys, families, forms) = (BTreeMap::new(), Vec::new(), Vec::new());
        Request { who, action, resource, forms, owner, by_gateway: false, keys, families, closed: false }
    }

    /// Says that the resource is known by its forms alone, with `*` and `?` for what is not known of it.
    #[must_use]
    pub fn of_forms(self, forms: impl IntoIterator<Item = String>) -> Self {
        Request { forms: forms.into_iter().collect(), ..self }
    }

    /// Sets a key. Names ignore case. A key with no values is absent: IAM does not tell the two apart.
    #[must_use]
    pub fn with(mut self, name: &str, key: Key) -> Self {
        let key = if key == Key::Is(Vec::new()) { Key::Absent } else { key };
        self.keys.insert(name.to_lowercase(), key);
        self
    }

    /// Says what is known of all keys whose names begin so, such as `aws:PrincipalTag/`, but for those that are set.
    #[must_use]
    pub fn with_family(mut self, prefix: &str, key: Key) -> Self {
        self.families.push((prefix.to_lowercase(), key));
        self
    }

    /// Closes the world: a key that was not set and cannot be in a request to this service is absent. Those that can
    /// be there stay unknown.
    #[must_use]
    pub fn closed(mut self) -> Self {
        self.closed = true;
        self
    }

    /// What is known of a key.
    pub fn key(&self, name: &str) -> Key {
        self.look(&name.to_lowercase()).clone()
    }

    /// What is known of a key whose name is in lower case.
    pub(super) fn look(&self, name: &str) -> &Key {
        let family = || self.families.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, key)| key);
        match self.keys.get(name).or_else(family) {
            Some(key) => key,
            None if self.closed && !keys::may_be_in(name, &self.action) => &Key::Absent,
            None => &Key::Unknown,
        }
    }

    /// The keys that were set, by their names in lower case.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &Key)> {
        self.keys.iter().map(|(name, key)| (name.as_str(), key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_named_without_the_path_of_its_role() {
        let role = Role::of("arn:aws-cn:iam::111122223333:role/team/a/Pull");
        assert_eq!(role.account(), "111122223333");
        assert_eq!(role.session_arn().as_deref(), Some("arn:aws-cn:sts::111122223333:assumed-role/Pull/*"));
        let named = Role { session: Some("task".to_owned()), ..role };
        assert_eq!(named.session_arn().as_deref(), Some("arn:aws-cn:sts::111122223333:assumed-role/Pull/task"));
        assert_eq!(Role::of("Pull").session_arn(), None);
    }

    #[test]
    fn keys_ignore_case_and_what_is_not_set_is_unknown() {
        let who = Who::Role(Role::of("arn:aws:iam::111122223333:role/r"));
        let request = Request::new(who, "ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:444455556666:repository/a")
            .with("aws:SourceVpc", Key::is("vpc-1"))
            .with("aws:TagKeys", Key::Is(Vec::new()));
        assert_eq!(request.owner, Owner::Other);
        assert_eq!(request.key("AWS:sourcevpc"), Key::is("vpc-1"));
        assert_eq!(request.key("aws:TagKeys"), Key::Absent);
        assert_eq!(request.key("aws:SourceVpce"), Key::Unknown);
        assert_eq!(request.key("aws:NoSuchKey"), Key::Unknown);
        let request = request.closed();
        assert_eq!(request.key("aws:SourceVpce"), Key::Unknown);
        assert_eq!(request.key("aws:NoSuchKey"), Key::Absent);
        assert_eq!(request.key("s3:prefix"), Key::Absent);
    }
}
