//! The policies that decide about a request, as far as they can be seen.

use super::document::Document;

/// Something that may be known, not be there, or not be visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen<T> {
    /// This is it.
    Known(T),
    /// There is none.
    Absent,
    /// Whether there is one, and what it says, could not be read: why.
    Hidden(String),
}

/// A policy with the name that a person finds it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its ARN, or its name where it has none.
    pub name: String,
    pub(super) content: Content,
}

/// A document, or why there is none to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Known(Document),
    Hidden(String),
}

impl Named {
    /// A policy that was read.
    pub fn new(name: impl Into<String>, document: Document) -> Self {
        Named { name: name.into(), content: Content::Known(document) }
    }

    /// A policy that is there and could not be read, or is none that this program understands: it may allow and deny
    /// anything.
    pub fn hidden(name: impl Into<String>, why: impl Into<String>) -> Self {
        Named { name: name.into(), content: Content::Hidden(why.into()) }
    }

    /// A policy's text; one that is malformed is hidden.
    pub fn read(name: impl Into<String>, text: &str) -> Self {
        match Document::parse(text) {
            Ok(document) => Named::new(name, document),
            Err(malformed) => Named::hidden(name, malformed.to_string()),
        }
    }

    /// The document, where it was read.
    pub fn document(&self) -> Option<&Document> {
        match &self.content {
            Content::Known(document) => Some(document),
            Content::Hidden(_) => None,
        }
    }
}

/// All policies that can decide about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies {
    /// The role's own: attached and inline. [`Seen::Absent`]: it has none.
    pub identity: Seen<Vec<Named>>,
    /// The role's permissions boundary.
    pub boundary: Seen<Named>,
    /// Passed when the role was assumed. ECS passes none.
    pub session: Seen<Named>,
    /// The policy of the repository, secret or key; of a role that is to be assumed its trust policy.
    pub resource: Seen<Named>,
    /// The service control policies of the caller's organization, by level from the root to the account.
    pub scps: Seen<Vec<Vec<Named>>>,
    /// The resource control policies of the resource's organization, by level.
    pub rcps: Seen<Vec<Vec<Named>>>,
    /// The policy of the VPC endpoint that the request goes through. [`Seen::Absent`]: no endpoint, or one without a
    /// policy, which lets all through (VPC User Guide, "Control access to VPC endpoints using endpoint policies").
    pub endpoint: Seen<Named>,
}

impl Policies {
    /// No policy at all: nothing is allowed.
    pub fn none() -> Self {
        Policies {
            identity: Seen::Absent,
            boundary: Seen::Absent,
            session: Seen::Absent,
            resource: Seen::Absent,
            scps: Seen::Absent,
            rcps: Seen::Absent,
            endpoint: Seen::Absent,
        }
    }

    /// The policy of an endpoint and no other: for a request that AWS's own role signs.
    pub fn of_endpoint(endpoint: Seen<Named>) -> Self {
        Policies { endpoint, ..Policies::none() }
    }

    /// The trust policy of a role and no other: for a service that assumes the role.
    pub fn of_trust(trust: Seen<Named>) -> Self {
        Policies { resource: trust, ..Policies::none() }
    }
}
