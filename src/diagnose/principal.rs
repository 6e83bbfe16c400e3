//! Who was denied, as an ARN names it; and whether that is the role that pulls.

use std::fmt;

use crate::aws::is_account;

/// The principal of a denial; ECS and people redact and cut its ARN.
#[derive(Debug)]
pub struct Principal<'a> {
    arn: Option<&'a str>,
}

impl<'a> Principal<'a> {
    /// The principal of an ARN, or one that is not known.
    pub fn of(arn: Option<&'a str>) -> Self {
        Principal { arn }
    }

    /// The ARN, or `the caller`.
    pub fn arn(&self) -> &'a str {
        self.arn.unwrap_or("the caller")
    }

    /// The account, where the ARN shows it.
    pub fn account(&self) -> Option<&'a str> {
        self.arn?.split(':').nth(4).filter(|account| is_account(account))
    }

    /// NAME of `arn:…:assumed-role/NAME/session` and of `arn:…:role/path/NAME`.
    pub fn role(&self) -> Option<&'a str> {
        let mut parts = self.path()?.split('/');
        let name = match parts.next()? {
            "assumed-role" => parts.next(),
            "role" => parts.next_back(),
            _ => None,
        };
        name.filter(|name| !name.is_empty())
    }

    /// NAME of `arn:…:user/path/NAME`.
    pub fn user(&self) -> Option<&'a str> {
        self.path()?.strip_prefix("user/")?.rsplit('/').next()
    }

    /// Whether it is this role, given by name or ARN; `None` where it is not known which role it is, or that it is one.
    pub fn is(&self, role: &str) -> Option<bool> {
        let own = self.role()?;
        let other = Principal::of(Some(role));
        let same_account = other.account().zip(self.account()).is_none_or(|(one, other)| one == other);
        Some(role.rsplit('/').next() == Some(own) && same_account)
    }

    fn path(&self) -> Option<&'a str> {
        self.arn?.splitn(6, ':').nth(5)
    }
}

impl fmt::Display for Principal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.role(), self.user()) {
            (Some(role), _) => write!(f, "the role {role}"),
            (None, Some(user)) => write!(f, "the user {user}"),
            (None, None) => f.write_str(self.arn()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Principal;

    #[test]
    fn a_role_is_known_by_its_name_and_its_account() {
        let app = Principal::of(Some("arn:aws:sts::111122223333:assumed-role/app/9f3"));
        for (role, expected) in [
            ("app", true),
            ("arn:aws:iam::111122223333:role/team/app", true),
            ("arn:aws:iam::444455556666:role/app", false),
            ("application", false),
            ("team", false),
        ] {
            assert_eq!(app.is(role), Some(expected), "{role}");
        }
        assert_eq!(Principal::of(Some("arn:aws:iam::111122223333:user/app")).is("app"), None);
    }

    #[test]
    fn names_are_taken_from_arns() {
        for (arn, role, user, shown) in [
            ("arn:aws:sts::111122223333:assumed-role/app/9f3", Some("app"), None, "the role app"),
            ("arn:aws-cn:iam::111122223333:role/team/app", Some("app"), None, "the role app"),
            ("arn:aws:iam::111122223333:user/ci/deployer", None, Some("deployer"), "the user deployer"),
            ("arn:aws:sts::***:assumed-role/app", Some("app"), None, "the role app"),
            ("arn:aws:sts::111122223333:assumed-role/", None, None, "arn:aws:sts::111122223333:assumed-role/"),
            ("the account's deployer", None, None, "the account's deployer"),
        ] {
            let principal = Principal::of(Some(arn));
            assert_eq!(
                (principal.role(), principal.user(), principal.to_string().as_str()),
                (role, user, shown),
                "{arn}"
            );
        }
        assert_eq!(Principal::of(None).to_string(), "the caller");
        assert_eq!(Principal::of(None).is("app"), None);
        assert_eq!(Principal::of(Some("arn:aws:sts::***:assumed-role/app/9f3")).account(), None);
    }
}
