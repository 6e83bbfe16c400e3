//! The check by a function.

use std::time::Duration;

use super::errand::{Came, End, Errand, Stop};
use crate::edge::Remote;
use crate::model::facts::{Fact, Hidden, Why};
use crate::sweep::{Function, FunctionState, Invoked, Obstacle, Via};

/// How much longer than the function's own time-out its answer is waited for: Lambda may have to start it first.
const SLACK: Duration = Duration::from_secs(15);

/// How long its network interfaces are waited for, once an invocation has brought them back. Lambda makes them within
/// 90 s as a rule (AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC").
const WAKING: Duration = Duration::from_secs(180);

/// The pause before its state is asked for again, in milliseconds: it doubles up to the longest.
const FIRST_PAUSE_MS: f64 = 1_000.0;
const LONGEST_PAUSE_MS: f64 = 8_000.0;

/// Invokes it, and waits for its report.
pub async fn ask<M: Remote>(remote: &M, function: &Function, subnet: &str, errand: &Errand, stop: Stop) -> Came {
    let asked = Asked { remote, function, errand, began_ms: remote.elapsed_ms() };
    let end = tokio::select! {
        biased;
        // The function runs to its end, and its answer is not read.
        _ = stop => End::Not(Obstacle::Interrupted),
        end = asked.checked() => end,
    };
    Came { by: Some(function.arn.clone()), ..Came::new(subnet, Some(Via::Lambda), end) }
}

/// A function that is asked.
struct Asked<'a, M> {
    remote: &'a M,
    function: &'a Function,
    errand: &'a Errand,
    began_ms: f64,
}

impl<M: Remote> Asked<'_, M> {
    /// An idle function fails the invocation that wakes it, and takes the one after.
    async fn checked(&self) -> End {
        if self.function.state == FunctionState::Pending
            && let Err(obstacle) = self.awake().await
        {
            return End::Not(obstacle);
        }
        let mut invoked = self.invoke().await;
        if is_not_ready(&invoked) {
            if let Err(obstacle) = self.awake().await {
                return End::Not(obstacle);
            }
            invoked = self.invoke().await;
        }
        match invoked {
            Invoked::Answered(answer) => End::Report(answer),
            Invoked::Failed { kind, error, message } => {
                End::Not(Obstacle::FunctionFailed { error: error.unwrap_or(kind), message })
            }
            Invoked::Not(hidden) => End::Not(Obstacle::of(hidden)),
        }
    }

    /// What is left of the budget.
    fn left(&self) -> Duration {
        let spent = Duration::from_secs_f64((self.remote.elapsed_ms() - self.began_ms).max(0.0) / 1e3);
        self.errand.budget.saturating_sub(spent)
    }

    /// With less time than the function itself may take, the check gets less, so that it ends with what it has found.
    async fn invoke(&self) -> Invoked {
        let (left, own) = (self.left(), Duration::from_secs(self.function.timeout_s.into()));
        let mut event = self.errand.event.clone();
        let budget = left.saturating_sub(SLACK).as_secs();
        if budget > 0 && budget < own.as_secs() {
            event.insert("budget".to_owned(), format!("{budget}s").into());
        }
        let event = serde_json::Value::Object(event).to_string();
        self.remote.invoke(self.function, &event, own.saturating_add(SLACK).min(left)).await
    }

    /// Waits until it can be invoked.
    async fn awake(&self) -> Result<(), Obstacle> {
        let within_ms = WAKING.min(self.left()).as_secs_f64() * 1e3;
        let (began_ms, mut pause_ms) = (self.remote.elapsed_ms(), FIRST_PAUSE_MS);
        loop {
            let left_ms = within_ms - (self.remote.elapsed_ms() - began_ms);
            if left_ms <= 0.0 {
                let reason = format!("it has no network interface after {:.0} s", within_ms / 1e3);
                return Err(Obstacle::FunctionNotReady { reason: Some(reason) });
            }
            self.remote.sleep(pause_ms.min(left_ms)).await;
            pause_ms = (pause_ms * 2.0).min(LONGEST_PAUSE_MS);
            match self.remote.function(&self.function.arn).await {
                Fact::Known(Function { state: FunctionState::Ready, .. }) => return Ok(()),
                Fact::Known(Function { state: FunctionState::Failed, state_reason, .. }) => {
                    return Err(Obstacle::FunctionNotReady { reason: state_reason });
                }
                Fact::Known(_) => {}
                Fact::Hidden(hidden) => return Err(Obstacle::of(hidden)),
                Fact::Absent => return Err(Obstacle::NoFunction),
            }
        }
    }
}

/// Lambda's codes for a function without its network interfaces, and for one that is being made (AWS Lambda API Reference,
/// "Invoke").
fn is_not_ready(invoked: &Invoked) -> bool {
    match invoked {
        Invoked::Not(Hidden { why: Why::Refused { code, .. }, .. }) => {
            matches!(code.as_str(), "ResourceNotReadyException" | "ResourceConflictException")
        }
        _ => false,
    }
}
