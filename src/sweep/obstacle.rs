//! Why there is no result from a subnet.

use serde::Serialize;

use crate::model::facts::{Hidden, Why};

/// Why a subnet was not checked. It proves no fault.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Obstacle {
    /// No function has the tag with this subnet's id, or none of those that were named stands there.
    NoFunction,
    /// The function stands elsewhere too, or elsewhere only, so that its report is no report from here.
    FunctionElsewhere {
        /// The subnets of its configuration.
        subnets: Vec<String>,
    },
    /// The function cannot be invoked.
    FunctionNotReady {
        /// AWS's words, scrubbed.
        reason: Option<String>,
    },
    /// The function has other security groups than the service, so that its check says nothing of the service's.
    OtherGroups {
        /// The function's.
        groups: Vec<String>,
        /// The service's.
        service: Vec<String>,
    },
    /// The function failed.
    FunctionFailed {
        /// Its own name for the error, or AWS's.
        error: String,
        /// Its words, scrubbed.
        message: Option<String>,
    },
    /// The caller may not do what it takes.
    NotAllowed {
        /// The action and AWS's answer.
        hidden: Hidden,
    },
    /// AWS says "not now", again and again.
    Throttled {
        /// The action and AWS's answer.
        hidden: Hidden,
    },
    /// AWS answered with another error, or not at all.
    NoAnswer {
        /// The action, and how it ended.
        hidden: Hidden,
    },
    /// What came back is no report.
    NotAReport {
        /// What is wrong with it.
        reason: String,
    },
    /// The report says that it is from another subnet.
    OtherSubnet {
        /// The one that it names.
        reported: String,
    },
    /// ECS made no task: no capacity, a quota.
    NotStarted,
    /// The task never ran.
    NeverRan,
    /// The task did not end in time.
    NeverStopped {
        /// Its last status.
        status: String,
        /// How long it was waited for, in seconds.
        waited_s: f64,
    },
    /// ECS does not know the task any more.
    Lost,
    /// The sweep was stopped.
    Interrupted,
    /// The probe itself did not come to a report: its exit code says so, and its log is not there.
    ProbeFailed {
        /// Why there is no report.
        log: Option<Hidden>,
    },
}

impl Obstacle {
    /// What an act that told nothing came to.
    pub fn of(hidden: Hidden) -> Self {
        let code = match &hidden.why {
            Why::Refused { code, .. } => code.as_str(),
            _ => "",
        };
        // AWS's codes: the JSON services' and Lambda's, EC2's, IAM's.
        if matches!(code, "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation") {
            Obstacle::NotAllowed { hidden }
        } else if code.contains("Throttl") || matches!(code, "TooManyRequestsException" | "RequestLimitExceeded") {
            Obstacle::Throttled { hidden }
        } else {
            Obstacle::NoAnswer { hidden }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::NoAnswer;

    fn refused(code: &str) -> Hidden {
        let why = Why::Refused { status: 400, code: code.to_owned(), message: None };
        Hidden { action: "lambda:InvokeFunction".to_owned(), why }
    }

    #[test]
    fn may_not_and_not_now_and_no_are_three_things() {
        let allowed = |code: &str| matches!(Obstacle::of(refused(code)), Obstacle::NotAllowed { .. });
        assert!(
            allowed("AccessDeniedException") && allowed("UnauthorizedOperation") && !allowed("ThrottlingException")
        );
        for code in ["ThrottlingException", "TooManyRequestsException", "Throttling"] {
            assert!(matches!(Obstacle::of(refused(code)), Obstacle::Throttled { .. }), "{code}");
        }
        let silent = Hidden { action: "ecs:RunTask".to_owned(), why: Why::NoAnswer { how: NoAnswer::TimedOut } };
        for hidden in [refused("ResourceNotFoundException"), refused(""), silent] {
            assert!(matches!(Obstacle::of(hidden), Obstacle::NoAnswer { .. }));
        }
    }
}
