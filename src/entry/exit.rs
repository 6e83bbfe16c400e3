//! How a run ends, as a number.

use std::process::ExitCode;

use crate::model::{Report, Verdict};

/// The exit codes, which are part of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Every image can be pulled.
    Healthy = 0,
    /// A fault was diagnosed.
    Diagnosed = 1,
    /// Bad usage or settings, or the probe itself broke.
    Usage = 2,
    /// Something failed that nothing explains, or nothing could be tested.
    Inconclusive = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

impl Exit {
    /// The code that a report ends with.
    pub(super) fn of(report: &Report, fail_on_degraded: bool) -> Self {
        Exit::of_verdict(report.verdict, fail_on_degraded)
    }

    /// That of the two which counts more: a fault more than what is not known.
    pub(super) fn worse(self, other: Self) -> Self {
        let rank = |exit: Exit| match exit {
            Exit::Healthy => 0,
            Exit::Inconclusive => 1,
            Exit::Usage | Exit::Diagnosed => 2,
        };
        if rank(other) > rank(self) { other } else { self }
    }

    /// The code that a verdict ends with.
    pub(super) fn of_verdict(verdict: Verdict, fail_on_degraded: bool) -> Self {
        match verdict {
            Verdict::Healthy => Exit::Healthy,
            Verdict::Degraded if fail_on_degraded => Exit::Diagnosed,
            Verdict::Degraded => Exit::Healthy,
            Verdict::Unhealthy => Exit::Diagnosed,
            Verdict::Inconclusive => Exit::Inconclusive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_counts_more_than_what_is_not_known() {
        assert_eq!(Exit::Healthy.worse(Exit::Inconclusive), Exit::Inconclusive);
        assert_eq!(Exit::Inconclusive.worse(Exit::Diagnosed), Exit::Diagnosed);
        assert_eq!(Exit::Diagnosed.worse(Exit::Inconclusive), Exit::Diagnosed);
    }
}
