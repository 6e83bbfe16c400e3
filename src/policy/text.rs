//! Texts of a policy, with wildcards and policy variables.

use std::borrow::Cow;

use super::pattern::{Pattern, Token};
use super::request::{Key, Request};

/// A text as a policy has it: `arn:aws:s3:::home/${aws:username}/*`.
///
/// Variables exist since version 2012-10-17; before, they are text (IAM User Guide, "Policy elements: Variables and
/// tags").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    raw: String,
    /// What it comes to in every request, where it has no variables.
    fixed: Option<Pattern>,
    parts: Vec<Part>,
    wild: bool,
}

/// Which characters of a text stand for more than themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syntax {
    /// `${…}` is a variable.
    pub(super) variables: bool,
    /// `*` and `?` are wildcards.
    pub(super) wildcards: bool,
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
pub(super) enum Resolved<'a> {
    /// What it comes to.
    To(Cow<'a, Pattern>),
    /// A variable has no value in the request and no default: it matches nothing.
    Nothing,
    /// The value of this key is not known.
    Unknown(&'a str),
}

impl Text {
    /// Reads a text.
    pub(super) fn read(raw: &str, syntax: Syntax) -> Self {
        let Syntax { variables, wildcards } = syntax;
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
        let fixed = parts.iter().map(|part| part.token(wildcards)).collect::<Option<_>>().map(Pattern);
        Text { raw: raw.to_owned(), fixed, parts, wild: wildcards }
    }

    /// Reads an action, which ignores case and has no variables.
    pub(super) fn action(raw: &str) -> Self {
        let syntax = Syntax { variables: false, wildcards: true };
        Text { raw: raw.to_owned(), ..Text::read(&raw.to_lowercase(), syntax) }
    }

    /// What it comes to in every request, where it has no variables.
    pub(super) fn fixed(&self) -> Option<&Pattern> {
        self.fixed.as_ref()
    }

    /// As the policy has it.
    pub fn as_written(&self) -> &str {
        &self.raw
    }

    /// Whether a variable stands before the fifth colon, where an ARN takes none: "You can use policy variables in the
    /// Resource element, but only in the resource portion of the ARN."
    pub(super) fn has_misplaced_variable(&self) -> bool {
        if self.fixed.is_some() {
            return false;
        }
        let mut head = self.parts.iter().scan(0, |colons, part| {
            *colons += usize::from(*part == Part::Char(':'));
            (*colons < 5).then_some(part)
        });
        head.any(|part| matches!(part, Part::Variable { .. }))
    }

    /// What it comes to in a request.
    pub(super) fn resolve(&self, request: &Request) -> Resolved<'_> {
        if let Some(fixed) = &self.fixed {
            return Resolved::To(Cow::Borrowed(fixed));
        }
        let mut tokens = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let Part::Variable { key, default } = part else {
                tokens.extend(part.token(self.wild));
                continue;
            };
            let value = match (request.look(key), default) {
                (Key::Is(values), _) => match values.as_slice() {
                    // What a wildcard in a value comes to is not documented.
                    [one] if !self.wild || !one.contains(['*', '?']) => one,
                    // "You cannot use a multivalued context key as a policy variable."
                    _ => return Resolved::Unknown(key),
                },
                (Key::Absent, Some(default)) => default,
                (Key::Absent, None) => return Resolved::Nothing,
                (Key::Unknown | Key::Like { .. }, _) => return Resolved::Unknown(key),
            };
            tokens.extend(value.chars().map(Token::Char));
        }
        Resolved::To(Cow::Owned(Pattern(tokens)))
    }
}

impl Part {
    /// What stands for it in a pattern; `None` for a variable.
    fn token(&self, wildcards: bool) -> Option<Token> {
        match self {
            Part::Char(char) if wildcards => Some(Token::wild(*char)),
            Part::Char(char) | Part::Itself(char) => Some(Token::Char(*char)),
            Part::Variable { .. } => None,
        }
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
