//! Patterns with `*` (any characters, or none) and `?` (one character), as IAM has them; never a regular expression.
//!
//! A pattern is matched with a text, and two patterns are compared with each other where a value is known by its form
//! alone. All take time in the product of the lengths, whatever the pattern.

use super::Truth;

/// One place of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Token {
    /// This character.
    Char(char),
    /// Any one character: `?`.
    One,
    /// Any characters, or none: `*`.
    Many,
    /// Any characters but colons, or none: what is not known within one component of an ARN. In no policy.
    Within,
}

/// A pattern, ready to be matched. One without wildcards is a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Pattern(pub(super) Vec<Token>);

impl Pattern {
    /// Reads `*` and `?` as wildcards.
    pub(super) fn glob(text: &str) -> Self {
        Pattern(text.chars().map(Token::wild).collect())
    }

    /// Reads every character as itself.
    pub(super) fn exactly(text: &str) -> Self {
        Pattern(text.chars().map(Token::Char).collect())
    }

    /// Reads what is known of an ARN: `*` and `?` stand for what is not, which has no colons.
    pub(super) fn arn_form(text: &str) -> Self {
        let token = |char| if char == '*' { Token::Within } else { Token::wild(char) };
        Pattern(text.chars().map(token).collect())
    }

    /// The same in lower case.
    pub(super) fn lower(&self) -> Self {
        let lower = |token: &Token| match token {
            Token::Char(char) => char.to_lowercase().map(Token::Char).collect(),
            other => vec![*other],
        };
        Pattern(self.0.iter().flat_map(lower).collect())
    }

    /// The text that is all it matches, where it has no wildcard.
    pub(super) fn literal(&self) -> Option<String> {
        let char = |token: &Token| match token {
            Token::Char(char) => Some(*char),
            _ => None,
        };
        self.0.iter().map(char).collect()
    }

    /// Whether the text has this form, from its first to its last character.
    pub(super) fn matches(&self, text: &str) -> bool {
        if self.0 == [Token::Many] {
            return true;
        }
        let text: Vec<char> = text.chars().collect();
        run(&self.0, &text, |token, char| match token {
            Token::Char(own) => own == char,
            _ => true,
        })
    }

    /// Whether it matches every text that `other` matches. `False` is not told from "not seen": the wildcards of
    /// `other` are taken for characters of their own.
    pub(super) fn covers(&self, other: &Pattern) -> bool {
        run(&self.0, &other.0, |token, other| match (token, other) {
            (Token::Char(own), Token::Char(other)) => own == other,
            (Token::Char(_), _) => false,
            (Token::One, Token::Many | Token::Within) => false,
            _ => true,
        })
    }

    /// Whether some text has both forms.
    pub(super) fn meets(&self, other: &Pattern) -> bool {
        let (own, other) = (&self.0, &other.0);
        // `row[j]`: what is left of `own` and the rest of `other` from `j` on have a text in common.
        let mut row = vec![false; other.len() + 1];
        for i in (0..=own.len()).rev() {
            let below = row;
            row = vec![false; other.len() + 1];
            for j in (0..=other.len()).rev() {
                row[j] = match (own.get(i), other.get(j)) {
                    (None, None) => true,
                    (Some(Token::Many), Some(_)) => below[j] || row[j + 1],
                    (Some(Token::Many), None) => below[j],
                    (Some(_), Some(Token::Many)) => row[j + 1] || below[j],
                    (Some(token), Some(Token::Within)) => row[j + 1] || (*token != Token::Char(':') && below[j]),
                    (None, Some(Token::Many | Token::Within)) => row[j + 1],
                    (Some(Token::Char(a)), Some(Token::Char(b))) => a == b && below[j + 1],
                    (Some(_), Some(_)) => below[j + 1],
                    _ => false,
                };
            }
        }
        row[0]
    }

    /// Whether a text that is known to have the form `form`, and no more, has this form too.
    pub(super) fn holds_for(&self, form: &Pattern) -> Truth {
        if self.covers(form) {
            Truth::True
        } else if self.meets(form) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    /// Cut at the first `limit - 1` colons, as an ARN is.
    pub(super) fn fields(&self, limit: usize) -> Vec<Pattern> {
        let fields = self.0.splitn(limit, |token| *token == Token::Char(':'));
        fields.map(|field| Pattern(field.to_vec())).collect()
    }
}

impl Token {
    /// A character of a pattern, as it is written.
    pub(super) fn wild(char: char) -> Token {
        match char {
            '*' => Token::Many,
            '?' => Token::One,
            char => Token::Char(char),
        }
    }
}

/// Matches a pattern with a sequence: on a mismatch, the last `*` takes one more.
fn run<T>(pattern: &[Token], sequence: &[T], fits: impl Fn(&Token, &T) -> bool) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < sequence.len() {
        match pattern.get(at) {
            Some(Token::Many) => {
                star = Some((at, seen));
                at += 1;
            }
            Some(token) if fits(token, &sequence[seen]) => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((many, from)) = star else { return false };
                star = Some((many, from + 1));
                at = many + 1;
                seen = from + 1;
            }
        }
    }
    pattern[at..].iter().all(|token| *token == Token::Many)
}

#[cfg(test)]
#[path = "tests/pattern.rs"]
mod tests;
