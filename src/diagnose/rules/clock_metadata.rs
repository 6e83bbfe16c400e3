//! CLK-01 by task metadata, which says whether the host keeps its clock in step. On its own that is no skew.

use crate::diagnose::clock::{SIGNATURE_TOLERANCE_S, is_right, span};
use crate::diagnose::{Case, Draft};
use crate::model::outcome::ClockOutcome;
use crate::model::{Act, Fix, Mode, Observation, Stage};

/// What metadata adds to a skew that shows in another way; `by_date` where nothing but `Date` headers does.
pub(super) fn beside(case: &Case<'_>, mut draft: Draft, by_date: bool) -> Draft {
    let Some((observation, outcome)) = reported(case) else { return draft };
    draft.reason.push_str(match (outcome, by_date) {
        (ClockOutcome::NotSynchronized { .. }, _) => "; task metadata agrees: the host's clock is not synchronized",
        (ClockOutcome::Synchronized { .. }, false) => "; task metadata still calls the host's clock synchronized",
        (ClockOutcome::Synchronized { .. }, true) => {
            "; task metadata calls the host's clock synchronized: that is out of date, or a proxy or cache that intercepts TLS serves cached Date headers"
        }
    });
    draft.cite([observation]).fix(start_elsewhere())
}

/// A clock that may be further off than a signature, by the host's own word.
pub(super) fn alone(case: &Case<'_>) -> Option<Draft> {
    let (observation, ClockOutcome::NotSynchronized { error_bound_ms: Some(bound) }) = reported(case)? else {
        return None;
    };
    let bound_s = bound / 1e3;
    // What may be off and is seen to be right is right.
    if bound_s <= SIGNATURE_TOLERANCE_S as f64 || is_right(case) {
        return None;
    }
    let summary = format!(
        "the clock here is not synchronized and may be {} off: AWS refuses signatures that are {} off",
        span(bound_s as u64),
        span(SIGNATURE_TOLERANCE_S),
    );
    Some(
        Draft::warning(Stage::Credentials, "the system clock", summary)
            .likely("task metadata says how far off the host's clock may be; no answer of AWS's tells its time")
            .cite([observation])
            .fix(start_elsewhere())
            .fix(keep_in_step(case)),
    )
}

fn reported<'e>(case: &Case<'e>) -> Option<(&'e Observation, &'e ClockOutcome)> {
    case.evidence.iter().find_map(|it| match &it.act {
        Act::Clock(outcome) => Some((it, outcome)),
        _ => None,
    })
}

fn start_elsewhere() -> Fix {
    Fix::advice("on Fargate the clock is AWS's: stop the task, so that it starts on another host")
}

/// How a host's clock is kept right.
pub(super) fn keep_in_step(case: &Case<'_>) -> Fix {
    Fix::advice(if case.vantage.mode == Mode::Lambda {
        "Lambda sets the clock of a function: invoke the function again, and ask AWS Support if the clock is still wrong"
    } else {
        "on an EC2 instance point chrony at 169.254.169.123, the Amazon Time Sync Service; on a host of your own at an NTP server that it reaches"
    })
}
