//! What a rule makes of a text.

use crate::model::{Stage, Strength};
use crate::reason::parsed::Parsed;

/// Whether the text is of a pull, and how much it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Diagnosed,
    NotAPull,
    Unrecognised,
}

/// A cause, with why it is where it is in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub code: &'static str,
    pub strength: Strength,
    pub why: String,
}

/// The judgement, before it is worded for a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub kind: Kind,
    pub stage: Option<Stage>,
    /// What the text means, in one sentence: lower case, fact first.
    pub means: String,
    /// In the order of likelihood.
    pub causes: Vec<Cause>,
}

impl Answer {
    /// A pull or a start that failed at this step.
    pub fn at(stage: Stage, means: impl Into<String>) -> Self {
        Answer { kind: Kind::Diagnosed, stage: Some(stage), means: means.into(), causes: Vec::new() }
    }

    /// A failure that no pull and no start caused.
    pub fn no_pull(means: impl Into<String>) -> Self {
        Answer { kind: Kind::NotAPull, stage: None, means: means.into(), causes: Vec::new() }
    }

    /// No reason that is known; `stage` is the nearest step.
    pub fn unrecognised(stage: Option<Stage>, means: impl Into<String>) -> Self {
        Answer { kind: Kind::Unrecognised, stage, means: means.into(), causes: Vec::new() }
    }

    /// The same, and nothing blamed.
    pub fn without_causes(self) -> Self {
        Answer { causes: Vec::new(), ..self }
    }

    /// The same without some of the causes.
    pub fn without(mut self, is_ruled_out: impl Fn(&str) -> bool) -> Self {
        self.causes.retain(|cause| !is_ruled_out(cause.code));
        self
    }

    /// The same without some of the causes after the first.
    pub fn without_later(mut self, is_ruled_out: impl Fn(&str) -> bool) -> Self {
        let mut is_first = true;
        self.causes.retain(|cause| std::mem::take(&mut is_first) || !is_ruled_out(cause.code));
        self
    }

    /// The same, and nothing claimed: what is possible at this step, of a text that does not tell.
    pub fn hedged(mut self) -> Self {
        for cause in &mut self.causes {
            cause.strength = Strength::Possible;
        }
        if self.kind == Kind::Diagnosed {
            self.kind = Kind::Unrecognised;
        }
        self
    }

    /// The same, [hedged](Self::hedged) where the text goes on with words that nothing here knows: they tell the cause.
    pub fn unless_unread(self, parsed: &Parsed) -> Self {
        if parsed.goes_on() { self.hedged() } else { self }
    }

    /// The text admits no other cause.
    pub fn proven(self, code: &'static str, why: impl Into<String>) -> Self {
        self.cause(code, Strength::Proven, why)
    }

    /// Whether it has a cause that the text proves.
    pub fn is_proven(&self) -> bool {
        self.causes.iter().any(|cause| cause.strength == Strength::Proven)
    }

    /// The same, and nothing proven.
    pub fn at_most_likely(mut self) -> Self {
        for cause in &mut self.causes {
            cause.strength = cause.strength.min(Strength::Likely);
        }
        self
    }

    /// The likeliest of those that look alike in a text.
    pub fn likely(self, code: &'static str, why: impl Into<String>) -> Self {
        self.cause(code, Strength::Likely, why)
    }

    /// One of several causes, and not the likeliest.
    pub fn possible(self, code: &'static str, why: impl Into<String>) -> Self {
        self.cause(code, Strength::Possible, why)
    }

    /// Several that are possible, each with its reason.
    pub fn or(self, causes: &[(&'static str, &str)]) -> Self {
        causes.iter().fold(self, |answer, (code, why)| answer.possible(code, *why))
    }

    fn cause(mut self, code: &'static str, strength: Strength, why: impl Into<String>) -> Self {
        if !self.causes.iter().any(|known| known.code == code) {
            self.causes.push(Cause { code, strength, why: why.into() });
        }
        self
    }
}
