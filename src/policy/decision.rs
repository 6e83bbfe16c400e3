//! What IAM decides, and why.

use super::condition::Condition;
use crate::model::outcome::PolicyLayer;

/// How a request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It is allowed.
    Allow,
    /// It is denied.
    Deny,
    /// It cannot be told: see [`Decision::missing`].
    Unknown,
}

/// What is decided about a request, and what decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// How the request ends.
    pub answer: Answer,
    /// Of a denial the layer that denies: the first with an explicit Deny, else the first in which nothing allows.
    /// Of an Allow the layer that grants. `None` where it is unknown.
    pub layer: Option<PolicyLayer>,
    /// Of a denial: a Deny statement matches. Otherwise nothing allows it.
    pub explicit: bool,
    /// The statement that decides: the Deny that matches, or the Allow that grants.
    pub by: Option<By>,
    /// What each layer says by itself, in the order in which AWS asks them. More than one may deny.
    pub layers: Vec<LayerDecision>,
    /// What is to be known where the answer is unknown; empty otherwise.
    pub missing: Vec<Missing>,
    /// What could not be seen and does not by itself make the answer unknown: the organization's policies, and the
    /// policy of a resource in the caller's account where the role's own policies allow.
    pub unseen: Vec<Missing>,
}

impl Decision {
    /// What a layer says by itself; `None` for a kind that is not asked, such as the trust policy of a role where
    /// nothing is assumed.
    pub fn told(&self, layer: PolicyLayer) -> Option<&LayerDecision> {
        self.layers.iter().find(|told| told.layer == layer)
    }
}

/// What one layer says by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerDecision {
    /// The kind of policy.
    pub layer: PolicyLayer,
    /// Whether it lets the request through: a Deny or the lack of an Allow where one is needed is [`Answer::Deny`].
    pub answer: Answer,
    /// Whether the request needs an Allow of this layer. A repository policy of the same account is not needed.
    pub needed: bool,
    /// A Deny statement matches.
    pub explicit: bool,
    /// The statement that decides, where one does.
    pub by: Option<By>,
    /// The conditions of the Deny that matches.
    pub matched: Vec<Matched>,
    /// Where nothing allows: the Allow that comes nearest.
    pub nearest: Option<Nearest>,
    /// The layer has documents, and no statement in them allows anything.
    pub only_denies: bool,
    /// The layer has no document at all.
    pub empty: bool,
    /// What is to be known where the answer is unknown.
    pub missing: Vec<Missing>,
}

/// A statement by its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct By {
    /// The policy's name or ARN, as [`super::Named`] has it.
    pub policy: String,
    /// Its place in the document, from 0.
    pub statement: usize,
    /// Its `Sid`, where it has one.
    pub sid: Option<String>,
}

/// The Allow that comes nearest to a request, and what it fails by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// The statement.
    pub by: By,
    /// The first element that does not fit, in the order action, resource, principal, condition.
    pub failed: Failed,
}

/// The element of a statement that does not fit a request. What comes before it in this list fits, or may fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// The action is not listed.
    Action,
    /// The resource is not listed.
    Resource,
    /// The principal is another.
    Principal,
    /// Action, resource and principal fit; this condition does not hold.
    Condition(Matched),
}

impl Failed {
    /// How far the statement fits: the more, the nearer.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Failed::Action => 0,
            Failed::Resource => 1,
            Failed::Principal => 2,
            Failed::Condition(_) => 3,
        }
    }
}

/// A condition, as the policy has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// Such as `StringNotEquals`.
    pub operator: String,
    /// Such as `aws:SourceVpce`.
    pub key: String,
    /// The values, of which one would do.
    pub wanted: Vec<String>,
}

impl Matched {
    /// A condition of a statement.
    pub(super) fn of(condition: &Condition) -> Self {
        let wanted = condition.wanted().map(str::to_owned).collect();
        Matched { operator: condition.operator.clone(), key: condition.key.clone(), wanted }
    }
}

/// What is to be known for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Missing {
    /// A condition key of the request.
    Key {
        /// The layer whose statement asks for it.
        layer: PolicyLayer,
        /// Its name as the policy has it, such as `aws:SourceVpce`.
        key: String,
        /// The statement.
        by: By,
    },
    /// Another part of the request or the statement that cannot be told, such as whom an account means in the policy
    /// of an interface endpoint.
    Part {
        /// The layer of the statement.
        layer: PolicyLayer,
        /// The part, in a few words.
        part: String,
        /// The statement.
        by: By,
    },
    /// A document that could not be read.
    Document {
        /// Its kind.
        layer: PolicyLayer,
        /// Its name, where one is known of.
        name: Option<String>,
        /// Why it could not be read.
        why: String,
    },
}
