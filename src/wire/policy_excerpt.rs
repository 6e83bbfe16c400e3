//! The part of an IAM policy that can decide about a pull or a task's start.
//!
//! A policy of an administrator or an endpoint is about hundreds of actions. What is kept are the statements that may
//! match one of [`ACTIONS`], each as it stands; the others cannot change what those come to (IAM User Guide, "Policy
//! evaluation logic"). The grammar is that of the IAM User Guide, "Grammar of the IAM JSON policy language".

use serde_json::{Map, Value};

/// What a pull and a task's start ask for, and what a trust policy allows. `*` stands for every action of that form.
pub const ACTIONS: [&str; 12] = [
    "ecr:*",
    "ecr-public:*",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetBucketLocation",
    "logs:Create*",
    "logs:Put*",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameters",
    "kms:Decrypt",
    "sts:AssumeRole",
    "sts:GetServiceBearerToken",
];

/// The most that is kept of a text that is no policy, in characters; AWS's longest policies have 32,768.
const UNREADABLE: usize = 32_768;

/// The policy without the statements that match none of [`ACTIONS`], as JSON. A text that is no policy is kept as it is,
/// up to a bound, so that it stays unreadable.
pub fn excerpt(document: &str) -> String {
    match serde_json::from_str(document) {
        Ok(Value::Object(policy)) => excerpt_of(policy).to_string(),
        _ => match document.char_indices().nth(UNREADABLE) {
            // The beginning by itself could be a policy.
            Some((end, _)) => format!("{}…", &document[..end]),
            None => document.to_owned(),
        },
    }
}

/// The whole policy, as JSON without blanks: what a repair adds a statement to. A text that is no policy is bounded as an
/// excerpt is.
pub fn whole(document: &str) -> String {
    match serde_json::from_str::<Value>(document) {
        Ok(policy @ Value::Object(_)) => policy.to_string(),
        _ => excerpt(document),
    }
}

fn excerpt_of(mut policy: Map<String, Value>) -> Value {
    if let Some(statements) = policy.get_mut("Statement") {
        match statements {
            Value::Array(all) => all.retain(may_match),
            one if !may_match(one) => *one = Value::Array(Vec::new()),
            _ => {}
        }
    }
    Value::Object(policy)
}

/// Whether a statement may match one of [`ACTIONS`]. One that cannot be read may.
fn may_match(statement: &Value) -> bool {
    let Value::Object(statement) = statement else { return true };
    match (patterns(statement.get("Action")), patterns(statement.get("NotAction"))) {
        (Some(named), None) => named.iter().any(|pattern| ACTIONS.iter().any(|action| meet(pattern, action))),
        (None, Some(left_out)) => ACTIONS.iter().any(|action| !left_out.iter().any(|pattern| covers(pattern, action))),
        _ => true,
    }
}

/// One pattern or several; `None` where it is neither, or not there.
fn patterns(value: Option<&Value>) -> Option<Vec<&str>> {
    match value? {
        Value::String(one) => Some(vec![one]),
        Value::Array(all) => all.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// Whether some action fits both patterns. `*` stands for any characters and `?` for one; case does not count (IAM User
/// Guide, "IAM JSON policy elements: Action").
fn meet(one: &str, other: &str) -> bool {
    let (one, other) = (lower(one), lower(other));
    // Of the row of so many signs of `one`: which beginnings of `other` have an action in common with it.
    let mut row: Vec<bool> = (0..=other.len()).map(|end| other[..end].iter().all(|sign| *sign == b'*')).collect();
    for &sign in &one {
        let mut next = vec![sign == b'*' && row[0]];
        for (at, &theirs) in other.iter().enumerate() {
            let (left, above, diagonal) = (next[at], row[at + 1], row[at]);
            next.push(match (sign, theirs) {
                // A star stands for nothing, or for one more of what the other has.
                (b'*', _) | (_, b'*') => left || above,
                (b'?', _) | (_, b'?') => diagonal,
                _ => diagonal && sign == theirs,
            });
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Whether a pattern fits every action of a form. A star in the form is met by a star alone.
fn covers(pattern: &str, form: &str) -> bool {
    let (pattern, form) = (lower(pattern), lower(form));
    let mut reach = vec![false; form.len() + 1];
    reach[0] = true;
    for &sign in &pattern {
        let before = reach.clone();
        let mut any = false;
        for (at, slot) in reach.iter_mut().enumerate() {
            let last = at.checked_sub(1);
            let previous = last.is_some_and(|last| before[last]);
            any |= before[at];
            *slot = match (sign, last.map(|last| form[last])) {
                (b'*', _) => any,
                (_, None | Some(b'*')) => false,
                (b'?', Some(_)) => previous,
                (sign, Some(theirs)) => previous && sign == theirs,
            };
        }
    }
    reach.last().copied().unwrap_or_default()
}

fn lower(pattern: &str) -> Vec<u8> {
    pattern.bytes().map(|byte| byte.to_ascii_lowercase()).collect()
}

#[cfg(test)]
#[path = "tests/policy_excerpt.rs"]
mod tests;
