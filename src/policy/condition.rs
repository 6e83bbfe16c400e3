//! The `Condition` element: operators, keys and values, asked of a request.

use std::borrow::Cow;

use super::Truth;
use super::compare::{self, Value};
use super::operator::{Operator, Set, Test};
use super::pattern::Pattern;
use super::request::{Key, Request};
use super::text::{Resolved, Syntax, Text};

/// One line of a condition block: an operator, a key, and the values of which one must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// As the policy has it, such as `ForAnyValue:StringLike`.
    pub operator: String,
    /// As the policy has it, such as `aws:SourceVpce`.
    pub key: String,
    /// In lower case.
    pub(super) name: String,
    /// What the operator is; `None` where IAM has none of that name.
    pub(super) known: Option<Operator>,
    pub(super) values: Vec<Text>,
}

/// What a condition comes to in a request.
pub(super) struct Held {
    pub(super) truth: Truth,
    /// What is to be known for more than this, where it is unknown.
    pub(super) missing: Option<Lack>,
}

/// What is to be known of a request or a statement for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lack {
    /// A key of the request.
    Key(String),
    /// Another part of either, in a few words.
    Part(String),
}

impl Condition {
    /// A line of a block. Variables are read where the document's version and the operator have them.
    pub(super) fn new(operator: &str, key: &str, values: &[String], variables: bool) -> Self {
        let known = Operator::named(operator);
        let variables = variables && known.is_some_and(Operator::has_variables);
        let syntax = Syntax { variables, wildcards: known.is_some_and(Operator::has_wildcards) };
        let values = values.iter().map(|value| Text::read(value, syntax)).collect();
        Condition { operator: operator.to_owned(), key: key.to_owned(), name: key.to_lowercase(), known, values }
    }

    /// What the key is compared with, as the policy has it.
    pub fn wanted(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(Text::as_written)
    }

    /// Whether it holds.
    pub(super) fn holds(&self, request: &Request) -> Held {
        let Some(operator) = self.known else {
            return Held {
                truth: Truth::Unknown,
                missing: Some(Lack::Part(format!("the operator {}", self.operator))),
            };
        };
        let mut unresolved = None;
        let wanted: Vec<Wanted<'_>> = self
            .values
            .iter()
            .map(|text| match text.resolve(request) {
                Resolved::To(pattern) => Wanted::Is(pattern),
                // What a negated operator makes of a variable without a value is not documented.
                Resolved::Nothing if operator.negated => Wanted::Unknown,
                Resolved::Nothing => Wanted::Nothing,
                Resolved::Unknown(key) => {
                    unresolved.get_or_insert(key);
                    Wanted::Unknown
                }
            })
            .collect();
        let truth = Asked { operator, wanted: &wanted }.of(request.look(&self.name));
        let key = || Lack::Key(unresolved.map_or_else(|| self.key.clone(), str::to_owned));
        let missing = (truth == Truth::Unknown).then(key);
        Held { truth, missing }
    }
}

/// A value of a policy, resolved for a request.
enum Wanted<'a> {
    Is(Cow<'a, Pattern>),
    Nothing,
    Unknown,
}

/// An operator with its values.
struct Asked<'a> {
    operator: Operator,
    wanted: &'a [Wanted<'a>],
}

impl Asked<'_> {
    fn of(&self, key: &Key) -> Truth {
        if self.operator.test == Test::Null {
            return self.null(key);
        }
        let form = |form: &str, not| [Value::Like(Pattern::glob(form), not)];
        match key {
            Key::Is(values) => {
                let values: Vec<Value<'_>> = values.iter().map(|value| Value::Exactly(value)).collect();
                self.present(&values)
            }
            Key::Absent => self.absent(),
            Key::Like { form: shape, not, or_absent: false } => self.present(&form(shape, not)),
            Key::Like { form: shape, not, or_absent: true } => self.present(&form(shape, not)).either(self.absent()),
            Key::Unknown => self.present(&form("*", &[])).either(self.absent()),
        }
    }

    /// "true": the key is absent; "false": it is there.
    fn null(&self, key: &Key) -> Truth {
        let is_absent = match key {
            Key::Is(_) | Key::Like { or_absent: false, .. } => Truth::False,
            Key::Absent => Truth::True,
            Key::Unknown | Key::Like { or_absent: true, .. } => Truth::Unknown,
        };
        Truth::any(self.wanted.iter().map(|wanted| match wanted {
            Wanted::Is(pattern) => match pattern.lower().literal().as_deref() {
                Some("true") => is_absent,
                Some("false") => !is_absent,
                _ => Truth::False,
            },
            Wanted::Nothing => Truth::False,
            Wanted::Unknown => Truth::Unknown,
        }))
    }

    /// "If the key is not present, the condition is false; if the operator is negated, true."
    fn absent(&self) -> Truth {
        let operator = self.operator;
        match operator.set {
            // ForAnyValue is false on an absent key, IfExists true: which of them wins is not documented.
            Some(Set::Any) if operator.if_exists => Truth::Unknown,
            _ if operator.if_exists => Truth::True,
            Some(Set::All) => Truth::True,
            Some(Set::Any) => Truth::False,
            None => operator.negated.into(),
        }
    }

    fn present(&self, values: &[Value<'_>]) -> Truth {
        let mut each = values.iter().map(|value| self.one(value));
        match self.operator.set {
            // "… or if the context key value resolves to a null dataset, such as an empty string": then it is true.
            Some(Set::All) if matches!(values, [Value::Exactly("")]) => Truth::all(each).either(Truth::True),
            Some(Set::All) => Truth::all(each),
            Some(Set::Any) => Truth::any(each),
            // Several values take a set operator; what another makes of them is not documented.
            None if values.len() > 1 => Truth::Unknown,
            None => each.next().unwrap_or(Truth::Unknown),
        }
    }

    /// One value against all that the policy wants: one must do, or none where the operator is negated.
    fn one(&self, value: &Value<'_>) -> Truth {
        let found = Truth::any(self.wanted.iter().map(|wanted| match wanted {
            Wanted::Is(pattern) => compare::test(self.operator.test, value, pattern),
            Wanted::Nothing => Truth::False,
            Wanted::Unknown => Truth::Unknown,
        }));
        if self.operator.negated { !found } else { found }
    }
}

#[cfg(test)]
#[path = "tests/condition.rs"]
mod tests;
