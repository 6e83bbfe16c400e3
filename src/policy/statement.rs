//! Statements, and how one meets a request.

use super::Truth;
use super::condition::{Condition, Lack};
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
    /// Of a resource, or an RCP: with a principal. Without resources it means its own. `bounded` says whether the one
    /// who asks has a permissions boundary.
    Resource { bounded: Truth },
    /// Of a VPC endpoint: with a principal and resources.
    Endpoint { bounded: Truth },
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
    pub(super) missing: Vec<Lack>,
}

impl Met {
    /// Whether the statement as a whole matches.
    pub(super) fn matches(&self) -> Truth {
        self.but_principal().and(self.principal.any())
    }

    /// Whether it matches every principal.
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

    /// How it meets a request, whose action is given in lower case. What comes after an element that does not fit is
    /// not asked, and counts as fitting.
    pub(super) fn meets(&self, request: &Request, action: &str, grammar: Grammar) -> Met {
        let mut met = Met {
            action: self.action(action),
            resource: Truth::True,
            principal: Means::all(Truth::True),
            condition: Truth::True,
            failed: None,
            missing: Vec::new(),
        };
        if met.action == Truth::False {
            return met;
        }
        met.resource = match (&self.resources, grammar) {
            (Some(listed), _) => listed.resource(request, &mut met.missing),
            (None, Grammar::Resource { .. }) => Truth::True,
            (None, Grammar::Role | Grammar::Endpoint { .. }) => {
                met.missing.push(Lack::Part("the statement's resources".to_owned()));
                Truth::Unknown
            }
        };
        if met.resource == Truth::False {
            return met;
        }
        met.principal = self.principal(request, grammar);
        match met.principal.any() {
            Truth::True => {}
            Truth::False => return met,
            Truth::Unknown => met.missing.push(Lack::Part("whom the statement's principal means".to_owned())),
        }
        for (at, line) in self.conditions.iter().enumerate() {
            let held = line.holds(request);
            met.condition = met.condition.and(held.truth);
            met.missing.extend(held.missing);
            if held.truth == Truth::False && met.failed.is_none() {
                met.failed = Some(at);
            }
        }
        met
    }

    fn action(&self, action: &str) -> Truth {
        let mut listed = self.actions.of.iter().filter_map(Text::fixed);
        let is_listed = listed.any(|pattern| pattern.matches(action));
        (is_listed != self.actions.negated).into()
    }

    fn principal(&self, request: &Request, grammar: Grammar) -> Means {
        let (reading, bounded) = match grammar {
            Grammar::Resource { bounded } => (Reading::Resource, bounded),
            Grammar::Endpoint { bounded } => (Reading::Endpoint, bounded),
            // IAM takes no principal here: a document that has one is none that it keeps.
            Grammar::Role => return Means::all(if self.principals.is_none() { Truth::True } else { Truth::Unknown }),
        };
        match (&self.principals, self.effect) {
            (None, _) => Means::all(Truth::Unknown),
            (Some(principals), Effect::Allow) => principals.allow(request, reading),
            (Some(principals), Effect::Deny) => Means::all(principals.deny(request, reading, bounded)),
        }
    }
}

impl Listed {
    fn resource(&self, request: &Request, missing: &mut Vec<Lack>) -> Truth {
        let is_listed = Truth::any(self.of.iter().map(|text| match text.resolve(request) {
            _ if text.has_misplaced_variable() => Truth::Unknown,
            Resolved::To(pattern) => on(&pattern, request),
            Resolved::Nothing if self.negated => Truth::Unknown,
            Resolved::Nothing => Truth::False,
            Resolved::Unknown(key) => {
                missing.push(Lack::Key(key.to_owned()));
                Truth::Unknown
            }
        }));
        if is_listed == Truth::Unknown && missing.is_empty() {
            missing.push(Lack::Part("the whole ARN of the resource".to_owned()));
        }
        if self.negated { !is_listed } else { is_listed }
    }
}

/// Whether the request's resource fits: in each of the forms that it may have. `*` stands for an action that takes no
/// resource, and only `*` grants that.
fn on(pattern: &Pattern, request: &Request) -> Truth {
    let each = request.forms.iter().map(|form| pattern.holds_for(&Pattern::arn_form(form)));
    each.reduce(Truth::either).unwrap_or_else(|| pattern.matches(&request.resource).into())
}
