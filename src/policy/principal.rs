//! The `Principal` and `NotPrincipal` elements, and whom of a request they mean.

use super::Truth;
use super::pattern::Pattern;
use super::request::{Request, Role, Who};
use crate::aws::{Arn, is_account};

/// A `Principal` or `NotPrincipal` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principals {
    /// `NotPrincipal`: everybody but these.
    pub(super) negated: bool,
    pub(super) entries: Vec<Entry>,
}

/// One principal that a policy names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// `"*"` or `{"AWS": "*"}`.
    Anybody,
    /// Under `AWS`: an ARN, an account's id, or the unique id of a principal.
    Aws(String),
    /// Under `Service`.
    Service(String),
    /// Under `Federated`: an identity provider. No task comes through one.
    Federated,
    /// Under `CanonicalUser`, or a kind that this program does not know.
    Other(String),
}

/// How far a policy's principals mean the one who asks, by the way they name it: IAM grants differently by each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Means {
    /// Directly: by `*`, the session's ARN, or the service. Nothing implicit limits such a grant.
    pub(super) session: Truth,
    /// By the ARN of its role: boundary and session policy still limit it.
    pub(super) role: Truth,
    /// By its account: that lets the account's own policies decide.
    pub(super) account: Truth,
}

impl Means {
    const NOBODY: Means = Means { session: Truth::False, role: Truth::False, account: Truth::False };

    /// By any of the ways.
    pub(super) fn any(self) -> Truth {
        self.session.or(self.role).or(self.account)
    }

    /// Meant by one of two statements.
    pub(super) fn or(self, other: Means) -> Means {
        Means {
            session: self.session.or(other.session),
            role: self.role.or(other.role),
            account: self.account.or(other.account),
        }
    }

    /// Meant so, and this holds too.
    pub(super) fn with(self, truth: Truth) -> Means {
        Means { session: self.session.and(truth), role: self.role.and(truth), account: self.account.and(truth) }
    }

    /// All three ways come to this.
    pub(super) fn all(truth: Truth) -> Means {
        Means { session: truth, role: truth, account: truth }
    }
}

/// Where a policy is attached: endpoint policies read principals otherwise than the policies of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// The policy of a resource, a role's trust or an RCP.
    Resource,
    /// The policy of a VPC endpoint.
    Endpoint,
}

impl Principals {
    /// Whom a statement means that allows.
    pub(super) fn allow(&self, request: &Request, reading: Reading) -> Means {
        let named = self.named(request, reading);
        match (self.negated, named.any()) {
            (false, _) => named,
            (true, Truth::False) => Means { session: Truth::True, ..Means::NOBODY },
            // AWS advises against it and does not say whether a session counts as named when its role is.
            (true, _) => Means::all(Truth::Unknown),
        }
    }

    /// Whether a statement that denies means the one who asks.
    ///
    /// "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions boundary
    /// policy attached, regardless of the values specified."
    pub(super) fn deny(&self, request: &Request, reading: Reading, bounded: Truth) -> Truth {
        let named = self.named(request, reading);
        if !self.negated {
            return named.any();
        }
        let any = named.any();
        match &request.who {
            // "You must also specify the account ARN of the not-denied principal. Otherwise, the policy might deny
            // access": so it may be spared where some of its session, its role and its account are named.
            Who::Role(_) if any == Truth::True && !self.entries.contains(&Entry::Anybody) => {
                bounded.or((!named.session.and(named.role).and(named.account)).either(Truth::False))
            }
            Who::Role(_) => bounded.or(!any),
            Who::Service(_) | Who::AwsRole { .. } => !any,
        }
    }

    fn named(&self, request: &Request, reading: Reading) -> Means {
        let each = self.entries.iter().map(|entry| entry.means(request, reading));
        each.fold(Means::NOBODY, Means::or)
    }

    /// As the policy has them, for a person.
    pub fn as_written(&self) -> Vec<&str> {
        let each = self.entries.iter().map(|entry| match entry {
            Entry::Anybody => "*",
            Entry::Aws(name) | Entry::Service(name) | Entry::Other(name) => name.as_str(),
            Entry::Federated => "an identity provider",
        });
        each.collect()
    }
}

impl Entry {
    fn means(&self, request: &Request, reading: Reading) -> Means {
        let directly = |truth| Means { session: truth, ..Means::NOBODY };
        match (self, &request.who) {
            (Entry::Anybody, _) => directly(Truth::True),
            (Entry::Aws(name), Who::Role(role)) => of_role(name, role, request, reading),
            (Entry::Aws(name), Who::AwsRole { partition, not_accounts }) => {
                directly(of_aws_role(name, partition, not_accounts))
            }
            (Entry::Service(name), Who::Service(own)) => directly((name == "*" || name == own).into()),
            (Entry::Other(_), Who::Role(_) | Who::AwsRole { .. }) => directly(Truth::Unknown),
            _ => Means::NOBODY,
        }
    }
}

/// What an entry under `AWS` means to a session of a role.
fn of_role(name: &str, role: &Role, request: &Request, reading: Reading) -> Means {
    let account = |truth| Means { account: truth, ..Means::NOBODY };
    let own = role.account();
    if is_account(name) {
        return account(of_account(name == own, request, reading));
    }
    let Some(arn) = Arn::parse(name) else {
        // A unique id: what AWS makes of an ARN whose role or user has been deleted.
        let is_same = match &role.id {
            _ if !name.starts_with("AROA") => Truth::False,
            Some(id) => (id == name).into(),
            None => Truth::Unknown,
        };
        return Means { role: is_same, ..Means::NOBODY };
    };
    // Principals have no wildcards within an ARN: AWS refuses such a document, so that none should be met.
    if name.contains(['*', '?']) {
        return Means::all(Truth::Unknown);
    }
    match (arn.service, arn.resource) {
        ("iam", "root") => account(of_account(arn.account == own, request, reading)),
        ("iam", _) => Means { role: (name == role.arn).into(), ..Means::NOBODY },
        ("sts", _) => {
            let session = role.session_arn().unwrap_or_default();
            let named = match role.session {
                Some(_) => (name == session).into(),
                None if Pattern::glob(&session).matches(name) => Truth::Unknown,
                None => Truth::False,
            };
            Means { session: named, ..Means::NOBODY }
        }
        _ => Means::NOBODY,
    }
}

/// An account stands for all its principals in the policy of a resource; in that of a gateway endpoint for its root
/// user only (VPC User Guide, "Control access to VPC endpoints using endpoint policies"). Of interface endpoints AWS
/// does not say which.
fn of_account(is_own: bool, request: &Request, reading: Reading) -> Truth {
    match reading {
        Reading::Resource => is_own.into(),
        Reading::Endpoint if !is_own || request.by_gateway => Truth::False,
        Reading::Endpoint => Truth::Unknown,
    }
}

/// Whether an entry under `AWS` may mean a role of AWS's own.
fn of_aws_role(name: &str, partition: &str, not_accounts: &[String]) -> Truth {
    let is_other = |account: &str| not_accounts.iter().any(|not| not == account);
    if is_account(name) {
        return if is_other(name) { Truth::False } else { Truth::Unknown };
    }
    match Arn::parse(name) {
        Some(arn) if arn.partition != partition || is_other(arn.account) || arn.resource.starts_with("user/") => {
            Truth::False
        }
        _ => Truth::Unknown,
    }
}

#[cfg(test)]
#[path = "tests/principal.rs"]
mod tests;
