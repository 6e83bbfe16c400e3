//! What kept a subnet from being checked, in one line that ends with the way out.

use super::facts::why_hidden;
use crate::model::facts::{Hidden, Why};
use crate::sweep::{Obstacle, Place};

/// How much of a service's words is repeated, in characters.
const WORDS: usize = 160;

/// In one line.
pub fn obstacle(obstacle: &Obstacle, place: &Place) -> String {
    let by = place.by.as_deref().and_then(|arn| arn.rsplit(':').next()).unwrap_or("the function");
    match obstacle {
        Obstacle::NoFunction => format!(
            "no function here: deploy deploy/lambda.yaml for it, give the function the tag ecr-probe:subnet = {}, or sweep with --via run-task",
            place.subnet
        ),
        Obstacle::FunctionElsewhere { subnets } if subnets.is_empty() => {
            "the function with this subnet's tag is in no VPC: set its VpcConfig".to_owned()
        }
        Obstacle::FunctionElsewhere { subnets } => format!(
            "the function may send from {}: a function that probes must be in one subnet only",
            subnets.join(", ")
        ),
        Obstacle::FunctionNotReady { reason } => {
            format!("the function cannot be invoked{}: wait, or deploy it again", after(reason.as_deref()))
        }
        Obstacle::OtherGroups { groups, service } => format!(
            "the function has the security groups {}, and the service {}: its check does not prove anything for the service; give the function the service's groups",
            groups.join(", "),
            service.join(", ")
        ),
        Obstacle::FunctionFailed { error, message } => {
            format!("{by} failed: {}{}; its log says more", cut(error), after(message.as_deref()))
        }
        Obstacle::NotAllowed { hidden } => format!("{} is not allowed: {}", hidden.action, told(hidden)),
        Obstacle::Throttled { hidden } => {
            format!("{} was throttled again and again ({}): try again later", hidden.action, why_hidden(&hidden.why))
        }
        Obstacle::NoAnswer { hidden } => format!("{}: {}", hidden.action, told(hidden)),
        Obstacle::NotAReport { reason } => format!("what came back is no report: {}", cut(reason)),
        Obstacle::OtherSubnet { reported } => format!("the report is from {}, and not from here", cut(reported)),
        Obstacle::NotStarted => "ECS started no task".to_owned(),
        Obstacle::NeverRan => "the probe's task could not start".to_owned(),
        Obstacle::NeverStopped { status, waited_s } => {
            format!("the task had not ended after {waited_s:.0} s ({}): give it longer with --budget", cut(status))
        }
        Obstacle::Lost => "ECS does not know the task that it made".to_owned(),
        Obstacle::Interrupted => "interrupted".to_owned(),
        Obstacle::ProbeFailed { log: Some(hidden) } => {
            format!(
                "the probe made no report, and its log could not be read ({}: {})",
                hidden.action,
                why_hidden(&hidden.why)
            )
        }
        Obstacle::ProbeFailed { log: None } => "the probe made no report: see the log of its task".to_owned(),
    }
}

/// Why a request told nothing, with AWS's own words.
fn told(hidden: &Hidden) -> String {
    match &hidden.why {
        Why::Refused { message: Some(message), .. } => format!("{}: {}", why_hidden(&hidden.why), cut(message)),
        why => why_hidden(why),
    }
}

fn after(words: Option<&str>) -> String {
    words.map(|words| format!(" ({})", cut(words))).unwrap_or_default()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(WORDS) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}
