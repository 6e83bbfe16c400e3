//! One subnet, and what came of the check there.

use serde::Serialize;

use super::obstacle::Obstacle;
use crate::diagnose::step_of;
use crate::model::{Code, Finding, Report, Severity, Stage, Verdict};
use crate::reason::{Explanation, Verdict as Told};

/// What carries out the check in a subnet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// A function that stands there.
    Lambda,
    /// A task that is run there once.
    RunTask,
}

/// Where the pull stopped.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stops {
    /// The step of the pull.
    pub stage: Stage,
    /// The fault, where one is known.
    pub code: Option<Code>,
    /// What it is about.
    pub subject: String,
}

/// One subnet of the service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// `subnet-…`
    pub subnet: String,
    /// Availability Zone, such as `eu-west-1a`; `None` where the subnet could not be read.
    pub az: Option<String>,
    /// Its id, `euw1-az1`: the same zone in every account.
    pub az_id: Option<String>,
    /// The one word for it.
    pub verdict: Verdict,
    /// What the check was done by.
    pub via: Option<Via>,
    /// The ARN of the function or the task.
    pub by: Option<String>,
    /// Milliseconds from the request to the report: the start of a function or a task is in it.
    pub took_ms: f64,
    /// Where the pull stopped, where it did.
    pub stops: Option<Stops>,
    /// Of the probe's container, where a task was run.
    pub exit_code: Option<i64>,
    /// Why there is no report; with an explanation, what the explanation is of.
    pub obstacle: Option<Obstacle>,
    /// What else is to be known, a line each.
    pub notes: Vec<String>,
    /// The report, judged here.
    pub report: Option<Report>,
    /// What ECS said of a task that did not start.
    pub explanation: Option<Explanation>,
}

impl Place {
    /// Nothing came of this subnet, yet.
    pub fn new(subnet: &str) -> Self {
        Place {
            subnet: subnet.to_owned(),
            az: None,
            az_id: None,
            verdict: Verdict::Inconclusive,
            via: None,
            by: None,
            took_ms: 0.0,
            stops: None,
            exit_code: None,
            obstacle: None,
            notes: Vec::new(),
            report: None,
            explanation: None,
        }
    }

    /// With a report from there, which decides.
    pub fn reported(mut self, report: Report) -> Self {
        self.verdict = report.verdict;
        self.stops = report.diagnoses.iter().find(|it| it.severity == Severity::Error).map(stops);
        if self.stops.is_none()
            && let Some(stage) = report.unexplained.first().and_then(|id| stage_of(&report, *id))
        {
            self.stops = Some(stage);
        }
        self.report = Some(report);
        self
    }

    /// With what ECS said of a probe's task that did not start there. The task pulls the probe's image by the probe's role:
    /// what is wrong with those is no fault of the service, and what is wrong with the way to ECR is.
    pub fn explained(mut self, explanation: Explanation) -> Self {
        let is_of_the_path = explanation.diagnoses.first().is_some_and(|it| it.stage.is_of_the_path());
        self.verdict = match explanation.verdict {
            Told::Diagnosed if is_of_the_path => Verdict::Unhealthy,
            Told::Diagnosed | Told::NotAPullProblem | Told::Unrecognised => Verdict::Inconclusive,
        };
        self.stops = explanation.diagnoses.first().filter(|_| is_of_the_path).map(stops);
        self.explanation = Some(explanation);
        self
    }

    /// With the exit code alone: it is the verdict, and says nothing of the cause (0 healthy or degraded, 1 a fault).
    pub fn exited(mut self, code: i64) -> Self {
        self.exit_code = Some(code);
        self.verdict = match code {
            0 => Verdict::Healthy,
            1 => Verdict::Unhealthy,
            _ => Verdict::Inconclusive,
        };
        self
    }

    /// Without a result.
    pub fn obstructed(mut self, obstacle: Obstacle) -> Self {
        self.obstacle = Some(obstacle);
        self
    }

    /// Every finding from there, root causes first. The diagnoses of an explanation exclude one another: the first counts.
    /// What a check with other security groups found is in its report, and says nothing of the service.
    pub fn findings(&self) -> &[Finding] {
        match (&self.report, &self.explanation) {
            _ if self.is_of_other_groups() => &[],
            (Some(report), _) => &report.diagnoses,
            (None, Some(explanation)) if self.fails() => explanation.diagnoses.get(..1).unwrap_or_default(),
            (None, _) => &[],
        }
    }

    /// Whether the check was carried out there, or ECS said why a task could not start.
    pub fn is_told(&self) -> bool {
        self.report.is_some() || self.explanation.is_some() || self.exit_code.is_some()
    }

    /// Whether the findings from there are known. An exit code alone shows none, and what is wrong with the probe's own
    /// task is none of the service's.
    pub fn shows_findings(&self) -> bool {
        !self.is_of_other_groups() && (self.report.is_some() || self.explanation.is_some() && self.fails())
    }

    /// Whether the check was made with other security groups than the service's, and so decides nothing.
    pub fn is_of_other_groups(&self) -> bool {
        matches!(self.obstacle, Some(Obstacle::OtherGroups { .. }))
    }

    /// Whether images can be pulled there, if slowly.
    pub fn works(&self) -> bool {
        self.is_told() && matches!(self.verdict, Verdict::Healthy | Verdict::Degraded)
    }

    /// Whether it is known that they cannot.
    pub fn fails(&self) -> bool {
        self.is_told() && self.verdict == Verdict::Unhealthy
    }
}

fn stops(finding: &Finding) -> Stops {
    Stops { stage: finding.stage, code: Some(finding.code), subject: finding.subject.clone() }
}

/// The step of an observation that failed and that nothing explains.
fn stage_of(report: &Report, id: u32) -> Option<Stops> {
    let observation = report.evidence.get(id)?;
    let stage = step_of(observation.act.check())?;
    let subject = observation.target.as_ref().map(ToString::to_string).or_else(|| observation.subject.clone());
    Some(Stops { stage, code: None, subject: subject.unwrap_or_default() })
}
