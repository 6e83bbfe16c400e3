//! Texts of a policy, with wildcards and policy variables.

use super::pattern::{Pattern, Token};
use super::request::{Key, Request};

/// A text as a policy has it: `arn:aws:s3:::home/${aws:username}/*`.
///
/// Variables exist since version 2012-10-17; before, they are text (IAM User Guide, "Policy elements: Variables and
/// tags").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    raw: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// A character; `*` and `?` are wildcards where the element or operator has them.
    Char(char),
    /// `${*}`, `${?}` or `${$}`: the character itself.
    Itself(char),
    /// `${KEY}` or `${KEY, 'DEFAULT'}`.
    Variable { key: String, default: Option<String> },
}

/// A text for one request.
pub(super) enum Resolved {
    /// What it comes to.
    To(Pattern),
    /// A variable has no value in the request and no default: it matches nothing.
    Nothing,
    /// The value of this key is not known.
    Unknown(String),
}

impl Text {
    /// Reads a text; `variables` says whether the document's version has them.
    pub(super) fn read(raw: &str, variables: bool) -> Self {
        let mut parts = Vec::new();
        let mut rest = raw;
        while let Some(char) = rest.chars().next() {
            if let Some((part, after)) = variables.then(|| variable(rest)).flatten() {
                parts.push(part);
                rest = after;
            } else {
                parts.push(Part::Char(char));
                rest = &rest[char.len_utf8()..];
            }
        }
        Text { raw: raw.to_owned(), parts }
    }

    /// As the policy has it.
    pub fn as_written(&self) -> &str {
        &self.raw
    }

    /// Whether a variable stands before the fifth colon, where an ARN takes none: "You can use policy variables in the
    /// Resource element, but only in the resource portion of the ARN."
    pub(super) fn has_misplaced_variable(&self) -> bool {
        let mut head = self.parts.iter().scan(0, |colons, part| {
            *colons += usize::from(*part == Part::Char(':'));
            (*colons < 5).then_some(part)
        });
        head.any(|part| matches!(part, Part::Variable { .. }))
    }

    /// What it comes to in a request; `wild` says whether `*` and `?` are wildcards here.
    pub(super) fn resolve(&self, request: &Request, wild: bool) -> Resolved {
        let mut tokens = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            match part {
                Part::Char(char) if wild => tokens.push(Token::wild(*char)),
                Part::Char(char) | Part::Itself(char) => tokens.push(Token::Char(*char)),
                Part::Variable { key, default } => match (request.key(key), default) {
                    (Key::Is(values), _) => match values.as_slice() {
                        // What a wildcard in a value comes to is not documented.
                        [one] if !wild || !one.contains(['*', '?']) => tokens.extend(one.chars().map(Token::Char)),
                        // "You cannot use a multivalued context key as a policy variable."
                        _ => return Resolved::Unknown(key.clone()),
                    },
                    (Key::Absent, Some(default)) => tokens.extend(default.chars().map(Token::Char)),
                    (Key::Absent, None) => return Resolved::Nothing,
                    (Key::Unknown | Key::Like { .. }, _) => return Resolved::Unknown(key.clone()),
                },
            }
        }
        Resolved::To(Pattern(tokens))
    }
}

/// A variable at the start of a text, and what comes after it.
fn variable(text: &str) -> Option<(Part, &str)> {
    let (inside, after) = text.strip_prefix("${")?.split_once('}')?;
    let part = match inside {
        "*" => Part::Itself('*'),
        "?" => Part::Itself('?'),
        "$" => Part::Itself('$'),
        _ => match inside.split_once(',') {
            Some((key, default)) => {
                let default = default.trim().strip_prefix('\'')?.strip_suffix('\'')?;
                Part::Variable { key: key.trim().to_lowercase(), default: Some(default.to_owned()) }
            }
            None => Part::Variable { key: inside.trim().to_lowercase(), default: None },
        },
    };
    Some((part, after))
}

#[cfg(test)]
#[path = "tests/text.rs"]
mod tests;
