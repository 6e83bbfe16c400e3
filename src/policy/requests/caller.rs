//! The role that pulls, and the keys that come with it.

use std::collections::BTreeMap;

use super::super::request::{Key, Request, Role, Who};
use crate::aws::Arn;
use crate::model::Timestamp;

/// The role that makes the requests, with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The role and its session.
    pub role: Role,
    /// The organization of its account.
    pub org: Org,
    /// The role's tags; `None` where they could not be read.
    pub tags: Option<BTreeMap<String, String>>,
    /// The time of the request, where it is known.
    pub now: Option<Timestamp>,
}

/// The organization of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Org {
    /// This one.
    Known {
        /// Such as `o-a1b2c3d4e5`.
        id: String,
        /// The account's place in it, such as `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`, where it is known.
        path: Option<String>,
    },
    /// The account is in none.
    Outside,
    /// It may not be read.
    Unknown,
}

/// The form of an organization's id, and of a path in it (Organizations API Reference).
pub(super) const ORG_FORM: &str = "o-*";
const PATH_FORM: &str = "o-*/r-*/*";

impl Org {
    /// The key that holds its id.
    pub(super) fn id(&self) -> Key {
        match self {
            Org::Known { id, .. } => Key::is(id),
            Org::Outside => Key::Absent,
            Org::Unknown => Key::like(ORG_FORM, &[]).or_absent(),
        }
    }

    /// The key that holds the account's path in it.
    pub(super) fn paths(&self) -> Key {
        match self {
            Org::Known { path: Some(path), .. } => Key::is(path),
            Org::Known { id, path: None } => Key::like(format!("{id}/r-*/*"), &[]),
            Org::Outside => Key::Absent,
            Org::Unknown => Key::like(PATH_FORM, &[]).or_absent(),
        }
    }
}

impl Caller {
    /// A role of which nothing but its ARN is known.
    pub fn of(role_arn: impl Into<String>) -> Self {
        Caller { role: Role::of(role_arn), org: Org::Unknown, tags: None, now: None }
    }

    /// The account of the role.
    pub fn account(&self) -> &str {
        self.role.account()
    }

    /// A request that the role's session makes itself, over TLS, with what comes with the session.
    pub(super) fn request(&self, action: &str, resource: &str, region: &str) -> Request {
        let request = Request::new(Who::Role(self.role.clone()), action, resource);
        let request = self.tags(self.principal(request));
        // A role's session without a federated user has no name of its own, and none of what MFA, federation or a
        // service's call leaves in a context. ECS passes no tags, no policy and no source identity.
        let absent = [
            "aws:username",
            "aws:FederatedProvider",
            "aws:MultiFactorAuthAge",
            "aws:SourceIdentity",
            "aws:AssumedRoot",
            "aws:ChatbotSourceArn",
            "aws:SignInSessionArn",
            "aws:PrincipalServiceName",
            "aws:PrincipalServiceNamesList",
            "aws:SourceAccount",
            "aws:SourceArn",
            "aws:SourceOwner",
            "aws:SourceOrgID",
            "aws:SourceOrgPaths",
            "aws:TagKeys",
        ];
        let request = absent.iter().fold(request, |request, name| request.with(name, Key::Absent));
        let request = request
            .with_family("aws:RequestTag/", Key::Absent)
            // Absent or "false", according to how the session came about.
            .with("aws:MultiFactorAuthPresent", Key::like("false", &[]).or_absent())
            .with("aws:TokenIssueTime", Key::like("*", &[]))
            .with("aws:SecureTransport", Key::is("true"))
            .with("aws:RequestedRegion", Key::is(region))
            .with("aws:ViaAWSService", Key::is("false"))
            .with("aws:CalledVia", Key::Absent)
            .with("aws:CalledViaFirst", Key::Absent)
            .with("aws:CalledViaLast", Key::Absent);
        self.owner(timed(request, self.now), resource).closed()
    }

    fn principal(&self, request: Request) -> Request {
        let id = self.role.id.as_deref().unwrap_or("AROA*");
        let session = self.role.session.as_deref().unwrap_or("*");
        request
            .with("aws:PrincipalArn", Key::is(&self.role.arn))
            .with("aws:PrincipalAccount", Key::is(self.account()))
            .with("aws:PrincipalType", Key::is("AssumedRole"))
            .with("aws:PrincipalIsAWSService", Key::is("false"))
            .with("aws:PrincipalOrgID", self.org.id())
            .with("aws:PrincipalOrgPaths", self.org.paths())
            .with("aws:userid", Key::like(format!("{id}:{session}"), &[]))
    }

    fn tags(&self, request: Request) -> Request {
        let Some(tags) = &self.tags else { return request };
        let each = |request: Request, (name, value): (&String, &String)| {
            request.with(&format!("aws:PrincipalTag/{name}"), Key::is(value))
        };
        tags.iter().fold(request, each).with_family("aws:PrincipalTag/", Key::Absent)
    }

    /// The keys of the resource's account. The organization of another account is not known.
    fn owner(&self, request: Request, resource: &str) -> Request {
        let account = Arn::parse(resource).map_or("", |arn| arn.account);
        if account.is_empty() {
            return request;
        }
        let org = if account == self.account() { &self.org } else { &Org::Unknown };
        request
            .with("aws:ResourceAccount", Key::is(account))
            .with("aws:ResourceOrgID", org.id())
            .with("aws:ResourceOrgPaths", org.paths())
    }
}

/// With the keys of the time, where it is known.
pub(super) fn timed(request: Request, now: Option<Timestamp>) -> Request {
    let present = || Key::like("*", &[]);
    let (date, epoch) = match now {
        Some(now) => (Key::is(now.to_string()), Key::is(now.0.to_string())),
        None => (present(), present()),
    };
    request.with("aws:CurrentTime", date).with("aws:EpochTime", epoch)
}
