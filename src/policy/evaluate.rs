//! The documents of one layer against a request: what they allow, what they deny, and what they cannot be asked.

use super::Truth;
use super::condition::Lack;
use super::decision::{By, Failed, Matched, Missing, Nearest};
use super::policies::{Content, Named};
use super::principal::Means;
use super::request::Request;
use super::statement::{Effect, Grammar, Met, Statement};
use crate::model::outcome::PolicyLayer;

/// What a group of documents comes to: any of them may allow, any may deny.
pub(super) struct Judged {
    /// Whether a statement allows, by the ways it may mean the one who asks.
    pub(super) allows: Means,
    /// Whether a statement denies.
    pub(super) denies: Truth,
    /// The first statement that surely allows.
    pub(super) allowed_by: Option<By>,
    /// The first statement that surely denies, with its conditions.
    pub(super) denied_by: Option<(By, Vec<Matched>)>,
    /// The Allow that comes nearest.
    pub(super) nearest: Option<Nearest>,
    /// Nothing in the documents allows anything.
    pub(super) only_denies: bool,
    /// What is to be known where it is unknown whether a statement allows.
    pub(super) allow_missing: Vec<Missing>,
    /// What is to be known where it is unknown whether a statement denies.
    pub(super) deny_missing: Vec<Missing>,
}

/// Asks all documents of a group.
pub(super) fn judge(documents: &[Named], layer: PolicyLayer, grammar: Grammar, request: &Request) -> Judged {
    let mut judged = Judged {
        allows: Means::all(Truth::False),
        denies: Truth::False,
        allowed_by: None,
        denied_by: None,
        nearest: None,
        only_denies: !documents.is_empty(),
        allow_missing: Vec::new(),
        deny_missing: Vec::new(),
    };
    let action = request.action.to_lowercase();
    for named in documents {
        match &named.content {
            Content::Hidden(why) => judged.add_hidden(named, layer, why),
            Content::Known(document) => {
                for (at, statement) in document.statements.iter().enumerate() {
                    let by = || By { policy: named.name.clone(), statement: at, sid: statement.sid.clone() };
                    judged.add(statement, &statement.meets(request, &action, grammar), layer, by);
                }
            }
        }
    }
    judged
}

impl Judged {
    fn add_hidden(&mut self, named: &Named, layer: PolicyLayer, why: &str) {
        self.allows = self.allows.or(Means::all(Truth::Unknown));
        self.denies = self.denies.or(Truth::Unknown);
        self.only_denies = false;
        let missing = Missing::Document { layer, name: Some(named.name.clone()), why: why.to_owned() };
        self.allow_missing.push(missing.clone());
        self.deny_missing.push(missing);
    }

    fn add(&mut self, statement: &Statement, met: &Met, layer: PolicyLayer, by: impl Fn() -> By) {
        let truth = met.matches();
        if truth == Truth::Unknown {
            let keys = met.missing.iter().map(|lack| match lack {
                Lack::Key(key) => Missing::Key { layer, key: key.clone(), by: by() },
                Lack::Part(part) => Missing::Part { layer, part: part.clone(), by: by() },
            });
            match statement.effect {
                Effect::Allow => self.allow_missing.extend(keys),
                Effect::Deny => self.deny_missing.extend(keys),
            }
        }
        match statement.effect {
            Effect::Deny => {
                self.denies = self.denies.or(truth);
                if truth == Truth::True && self.denied_by.is_none() {
                    let conditions = statement.conditions.iter();
                    self.denied_by = Some((by(), conditions.map(Matched::of).collect()));
                }
            }
            Effect::Allow => {
                self.only_denies = false;
                self.allows = self.allows.or(met.principal.with(met.but_principal()));
                if truth == Truth::True && self.allowed_by.is_none() {
                    self.allowed_by = Some(by());
                }
                let so_far = self.nearest.as_ref().map(|nearest| nearest.failed.rank());
                if truth == Truth::False && so_far.is_none_or(|nearest| nearest < rank(met)) {
                    self.nearest = failed(statement, met).map(|failed| Nearest { by: by(), failed });
                }
            }
        }
    }
}

/// How far an Allow fits that does not match, as [`Failed::rank`] counts it.
fn rank(met: &Met) -> u8 {
    match (met.action, met.resource, met.principal.any()) {
        (Truth::False, ..) => 0,
        (_, Truth::False, _) => 1,
        (.., Truth::False) => 2,
        _ => 3,
    }
}

/// What an Allow failed by, where it did: its conditions count only where all else fits.
fn failed(statement: &Statement, met: &Met) -> Option<Failed> {
    if met.action == Truth::False {
        return Some(Failed::Action);
    }
    if met.resource == Truth::False {
        return Some(Failed::Resource);
    }
    if met.principal.any() == Truth::False {
        return Some(Failed::Principal);
    }
    let condition = statement.conditions.get(met.failed?)?;
    Some(Failed::Condition(Matched::of(condition)))
}
