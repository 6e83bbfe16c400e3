//! What came of one subnet, judged. A report from there is foreign text, as a saved one is: it is read by the same reader and
//! judged here, and what it says of its own place is held against where it should be from.

use serde_json::Value;

use super::plan::Plan;
use crate::account::Account;
use crate::model::facts::{Hidden, Service};
use crate::model::{Command, Mode, Placement, Report, SCHEMA, Verdict};
use crate::observe::sweep::{Came, End, NoReport};
use crate::ranges::Cidr;
use crate::reason::{Context, explain_record, records};
use crate::render::why_hidden;
use crate::run::audit::append;
use crate::run::{Observed, judge, judge_for};
use crate::sweep::{Assigned, Assignment, Groups, Obstacle, Place, Via};
use crate::wire::scrub;

/// How much is repeated of what is no report, in characters.
const SHOWN: usize = 200;

/// What a place is judged with.
pub struct Placing<'p> {
    /// What is swept.
    pub plan: &'p Plan,
    /// The service.
    pub service: &'p Service,
    /// What was done about each subnet.
    pub assignments: &'p [Assignment],
    /// The configuration.
    pub account: &'p Account<'p>,
    /// The audit of the same service.
    pub audited: &'p Report,
}

impl Placing<'_> {
    /// The place, with its verdict.
    pub fn place(&self, came: Came) -> Place {
        let Came { subnet, via, by, took_ms, exit_code, end, not_stopped } = came;
        let known = self.account.subnet(&subnet).known();
        let zone =
            |of: fn(&crate::model::facts::Subnet) -> &String| known.map(of).filter(|zone| !zone.is_empty()).cloned();
        let place = Place {
            az: zone(|it| &it.az),
            az_id: zone(|it| &it.az_id),
            via,
            by: by.map(|arn| scrub(&arn)),
            took_ms,
            exit_code,
            ..Place::new(&subnet)
        };
        let mut place = match end {
            End::Report(bytes) => self.reported(place, &bytes),
            End::Exited { log } => exited(place, log),
            End::NotStarted(obstacle, told) => self.explained(place, &told).obstructed(obstacle),
            End::Not(obstacle) => place.obstructed(obstacle),
        };
        place.notes.extend(not_stopped.map(|hidden| self.left_running(&place, &hidden)));
        self.by_other_groups(place)
    }

    /// A task that may still run, with the command that stops it.
    fn left_running(&self, place: &Place, hidden: &Hidden) -> String {
        let (cluster, task) = (self.plan.aim.cluster.as_deref().unwrap_or_default(), place.by.as_deref());
        let command = Command::of("aws ecs stop-task")
            .region(&self.plan.aim.region)
            .option("--cluster", cluster)
            .option("--task", task.unwrap_or_default())
            .shell();
        let command = command.map(|command| format!("; to stop it: {command}")).unwrap_or_default();
        let (action, why) = (&hidden.action, why_hidden(&hidden.why));
        format!("the probe's task may still be running, since {action} failed ({why}){command}")
    }

    /// What a function's groups let through or stop is not what the service's do: its check decides nothing.
    fn by_other_groups(&self, mut place: Place) -> Place {
        let to = self.assignments.iter().find(|it| it.subnet == place.subnet).map(|it| &it.to);
        let (Some(Assigned::Function(function)), Some(_)) = (to, &place.report) else { return place };
        match function.groups_beside(&self.service.groups) {
            Groups::Same => place,
            Groups::Unknown => {
                let note = "Lambda does not tell the function's security groups: they may not be the service's";
                place.notes.push(note.to_owned());
                place
            }
            Groups::Other => {
                (place.verdict, place.stops) = (Verdict::Inconclusive, None);
                let (groups, service) = (function.groups.clone(), self.service.groups.clone());
                place.obstructed(Obstacle::OtherGroups { groups, service })
            }
        }
    }

    fn reported(&self, mut place: Place, bytes: &[u8]) -> Place {
        let observed = match read(bytes) {
            Ok(observed) => observed,
            Err(obstacle) => return unreadable(place, obstacle),
        };
        if let Some(reported) = observed.vantage.subnet_id.as_ref().filter(|it| **it != place.subnet) {
            let reported = reported.chars().take(SHOWN).collect();
            return unreadable(place, Obstacle::OtherSubnet { reported });
        }
        let expected = match place.via {
            Some(Via::RunTask) => Mode::Task,
            _ => Mode::Lambda,
        };
        if observed.vantage.mode != expected {
            let (mode, expected) = (observed.vantage.mode.name(), expected.name());
            place.notes.push(format!("the report says that it is of mode {mode}, and not {expected}"));
        }
        let report = self.judged(observed, &place.subnet);
        let exit = place.exit_code;
        place = place.reported(report);
        if exit == Some(2) {
            place.notes.push("the probe exited with code 2, which is an error of its own: see its log".to_owned());
        }
        place
    }

    /// With what the configuration says of this subnet, where the check failed: that makes likely causes proven ones.
    fn judged(&self, mut observed: Observed, subnet: &str) -> Report {
        observed.vantage.subnet_id = Some(subnet.to_owned());
        if let Some(known) = self.account.subnet(subnet).known().filter(|known| !known.az.is_empty()) {
            observed.vantage.az = Some(known.az.clone());
        }
        let placement = self.audited.configured.as_ref().map(|it| &it.placement);
        let here = placement.filter(|it| it.subnets.iter().any(|known| known == subnet));
        // On instances the tasks' subnets are not where images are pulled from.
        let here = here.filter(|it| it.launch_type.is_none_or(|kind| kind.host().is_none()));
        if let Some(placement) = here.filter(|_| observed.vantage.mode == Mode::Lambda) {
            observed.vantage.assign_public_ip = Some(placement.assign_public_ip);
        }
        let plain = judge(observed.clone());
        let Some(placement) = here.filter(|_| plain.verdict != Verdict::Healthy) else {
            return plain;
        };
        observed.placement = Some(Placement { subnets: vec![subnet.to_owned()], ..placement.clone() });
        append(&mut observed.evidence, self.audited.evidence.clone());
        judge_for(observed, self.plan.form)
    }

    fn explained(&self, place: Place, told: &Value) -> Place {
        let vpcs = self.account.vpcs().flat_map(|(_, vpc)| vpc.cidrs.iter().chain(&vpc.ipv6_cidrs));
        let vpc = vpcs.filter_map(|cidr| Cidr::parse(cidr).ok()).collect();
        let context = Context { ranges: self.plan.ranges.clone(), vpc };
        let Some(record) = records(told).first().cloned() else { return place };
        let mut place = place.explained(explain_record(&record, &context));
        if place.verdict == Verdict::Inconclusive {
            let name = &self.plan.task_definition;
            place.notes.push(format!(
                "this is about the probe's own task ({name}: its image, role and log group), and says nothing of the service's images"
            ));
        }
        place
    }
}

/// The exit code is the verdict, and says nothing of the cause.
fn exited(place: Place, log: NoReport) -> Place {
    let code = place.exit_code.unwrap_or(2);
    let mut place = place.exited(code);
    if code == 0 || code == 1 {
        let why = match &log {
            NoReport::NotLogged => "its container does not log to CloudWatch (awslogs)".to_owned(),
            NoReport::NoStream => "it has no log stream".to_owned(),
            NoReport::NotInIt => "its log holds no report".to_owned(),
            NoReport::Hidden(hidden) => {
                format!("its log could not be read ({}: {})", hidden.action, why_hidden(&hidden.why))
            }
            NoReport::Interrupted => "the sweep was stopped before its log was read".to_owned(),
        };
        place.notes.push(format!("the exit code {code} is all that is known: {why}"));
        place
    } else {
        let log = if let NoReport::Hidden(hidden) = log { Some(hidden) } else { None };
        place.obstructed(Obstacle::ProbeFailed { log })
    }
}

/// What came is no report: of a task the exit code still tells.
fn unreadable(place: Place, obstacle: Obstacle) -> Place {
    match place.exit_code {
        Some(code) if !matches!(obstacle, Obstacle::OtherSubnet { .. }) => place.exited(code).obstructed(obstacle),
        _ => place.obstructed(obstacle),
    }
}

/// Reads a report that anybody may have made: bounded where it came from, scrubbed, and without any claim about the
/// account's configuration, which is read here.
fn read(bytes: &[u8]) -> Result<Observed, Obstacle> {
    let not = |reason: String| Obstacle::NotAReport { reason: scrub(&reason).chars().take(SHOWN).collect() };
    let mut report: Value = serde_json::from_slice(bytes).map_err(|error| not(error.to_string()))?;
    match report["schema"].as_str() {
        Some(SCHEMA) => {}
        Some(other) => return Err(not(format!("its schema is {other:?}, and {SCHEMA} is read"))),
        None => return Err(not(format!("it has no schema, and {SCHEMA} is read"))),
    }
    scrub_all(&mut report);
    let mut observed = Observed::read(report.to_string().as_bytes()).map_err(|error| not(error.to_string()))?;
    if observed.vantage.mode == Mode::Audit {
        return Err(not("it is the report of an audit".to_owned()));
    }
    observed.placement = None;
    observed.evidence.observations.retain(|it| !it.act.check().is_configuration());
    Ok(observed)
}

/// Nothing that is shorter is a secret.
const SHORTEST: usize = 12;

fn scrub_all(value: &mut Value) {
    match value {
        Value::String(text) if text.len() >= SHORTEST => *text = scrub(text),
        Value::Array(values) => values.iter_mut().for_each(scrub_all),
        Value::Object(fields) => fields.values_mut().for_each(scrub_all),
        _ => {}
    }
}
