//! The seam to the account's configuration.

use crate::model::Act;
use crate::model::facts::Question;

/// What one question came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// Facts with their subjects; never none.
    pub facts: Vec<(String, Act)>,
    /// How many requests were sent, without further pages and further tries.
    pub calls: u32,
}

/// Tells the configuration of an account: AWS, or a simulated one. Never fails: what is not told is a fact
/// too ([`crate::model::facts::Fact::Hidden`]).
#[expect(async_fn_in_trait, reason = "one current-thread runtime: no future needs to be Send")]
pub trait Reader {
    /// Milliseconds since the begin of the run.
    fn elapsed_ms(&self) -> f64;

    /// Waits, on the same clock.
    async fn sleep(&self, milliseconds: f64);

    /// Asks one question.
    async fn ask(&self, question: &Question) -> Told;
}
