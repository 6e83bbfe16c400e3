//! Statements, and how one meets a request.

use super::Truth;
use super::condition::Condition;
use super::pattern::Pattern;
use super::principal::{Means, Principals, Reading};
use super::request::Request;
use super::text::{Resolved, Text};

/// What a statement does where it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It grants.
    Allow,
    /// It forbids, whatever else grants.
    Deny,
}

/// A statement of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its `Sid`, where it has one that is not empty.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`; policies of roles have none.
    pub principals: Option<Principals>,
    /// Its conditions, all of which must hold.
    pub conditions: Vec<Condition>,
    pub(super) actions: Listed,
    /// `None` in a policy of a resource that means itself, as ECR's repository policies do.
    pub(super) resources: Option<Listed>,
}

/// An element with its opposite: `Action` and `NotAction`, `Resource` and `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// All but these.
    pub(super) negated: bool,
    pub(super) of: Vec<Text>,
}

/// Which statements a policy of a kind may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grammar {
    /// Of a role: identity policies, boundaries, session policies, SCPs. No principal.
    Role,
    /// Of a resource, or an RCP: with a principal. Without resources it means its own.
    Resource,
    /// Of a VPC endpoint: with a principal and resources.
    Endpoint,
}

/// How a statement meets a request, element by element.
pub(super) struct Met {
    pub(super) action: Truth,
    pub(super) resource: Truth,
    /// Of an Allow, by the ways it means the one who asks.
    pub(super) principal: Means,
    pub(super) condition: Truth,
    /// The first condition that does not hold.
    pub(super) failed: Option<usize>,
    /// What is to be known for more.
    pub(super) missing: Vec<String>,
}

impl Met {
    /// Whether the statement as a whole matches.
    pub(super) fn matches(&self) -> Truth {
        self.but_principal().and(self.principal.any())
    }

    /// Whether it matches, whoever asks.
    pub(super) fn but_principal(&self) -> Truth {
        self.action.and(self.resource).and(self.condition)
    }
}

impl Statement {
    /// The actions as the policy has them, `NotAction`'s too.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.actions.of.iter().map(Text::as_written)
    }

    /// The resources as the policy has them, `NotResource`'s too.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().flat_map(|listed| &listed.of).map(Text::as_written)
    }

    pub(super) fn meets(&self, request: &Request, grammar: Grammar) -> Met {
        let mut missing = Vec::new();
        let action = self.action(request);
        let resource = match (&self.resources, grammar) {
            (Some(listed), _) => listed.resource(request, &mut missing),
            (None, Grammar::Resource) => Truth::True,
            (None, Grammar::Role | Grammar::Endpoint) => {
                missing.push("the statement's resources".to_owned());
                Truth::Unknown
            }
        };
        let principal = self.principal(request, grammar);
        if principal.any() == Truth::Unknown {
            missing.push("whether the statement's principal is the caller".to_owned());
        }
        let mut condition = Truth::True;
        let mut failed = None;
        for (at, line) in self.conditions.iter().enumerate() {
            let held = line.holds(request);
            condition = condition.and(held.truth);
            missing.extend(held.missing);
            if held.truth == Truth::False && failed.is_none() {
                failed = Some(at);
            }
        }
        Met { action, resource, principal, condition, failed, missing }
    }

    fn action(&self, request: &Request) -> Truth {
        let action = request.action.to_lowercase();
        let is_listed = self.actions.of.iter().any(|text| match text.resolve(request, true) {
            Resolved::To(pattern) => pattern.lower().matches(&action),
            Resolved::Nothing | Resolved::Unknown(_) => false,
        });
        (is_listed != self.actions.negated).into()
    }

    fn principal(&self, request: &Request, grammar: Grammar) -> Means {
        let reading = match grammar {
            Grammar::Resource => Reading::Resource,
            Grammar::Endpoint => Reading::Endpoint,
            // IAM takes no principal here: a document that has one is none that it keeps.
            Grammar::Role => return Means::all(if self.principals.is_none() { Truth::True } else { Truth::Unknown }),
        };
        match (&self.principals, self.effect) {
            (None, _) => Means::all(Truth::Unknown),
            (Some(principals), Effect::Allow) => principals.allow(request, reading),
            (Some(principals), Effect::Deny) => Means::all(principals.deny(request, reading)),
        }
    }
}

impl Listed {
    fn resource(&self, request: &Request, missing: &mut Vec<String>) -> Truth {
        let is_listed = Truth::any(self.of.iter().map(|text| match text.resolve(request, true) {
            _ if text.has_misplaced_variable() => Truth::Unknown,
            Resolved::To(pattern) => on(&pattern, request),
            Resolved::Nothing if self.negated => Truth::Unknown,
            Resolved::Nothing => Truth::False,
            Resolved::Unknown(key) => {
                missing.push(key);
                Truth::Unknown
            }
        }));
        if is_listed == Truth::Unknown && missing.is_empty() {
            missing.push("the whole ARN of the resource".to_owned());
        }
        if self.negated { !is_listed } else { is_listed }
    }
}

/// Whether the request's resource fits: in each of the forms that it may have. `*` stands for an action that takes no
/// resource, and only `*` grants that.
fn on(pattern: &Pattern, request: &Request) -> Truth {
    let each = request.forms.iter().map(|form| pattern.holds_for(&Pattern::glob(form)));
    each.reduce(Truth::either).unwrap_or_else(|| pattern.matches(&request.resource).into())
}

#[cfg(test)]
#[path = "tests/statement.rs"]
mod tests;
