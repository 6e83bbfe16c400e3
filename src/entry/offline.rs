//! The commands that send nothing: `judge`, `plan`.

use std::fmt::Display;
use std::io::Read;
use std::path::Path;

use serde_json::Value;

use super::check::show;
use super::{Exit, Failure, foreign, forms, lookup, print, runtime, say};
use crate::account;
use crate::config::{Environment, JudgeArguments, PlanArguments, Settings, UsageError, images, options};
use crate::model::{Report, SCHEMA};
use crate::plan::Plan;
use crate::render;
use crate::run::{Observed, discover, judge_for};
use crate::sweep;
use crate::wire::scrub;

/// The largest report that is read: layers by the thousand fit in.
const LARGEST_REPORT: u64 = 64 * 1024 * 1024;

/// `ecr-probe judge`
pub fn judge(arguments: &JudgeArguments) -> Result<Exit, Failure> {
    let file = match arguments.file.display().to_string() {
        stdin if stdin == "-" => "stdin".to_owned(),
        file => file,
    };
    let bytes = read(&arguments.file).map_err(|why| UsageError(format!("{file}: {why}")))?;
    let all = observed(&bytes, &file)?;
    let output = arguments.form.settled(&lookup)?;
    let form = options::FIX.settled(arguments.fix, &lookup)?;
    let reports: Vec<Report> = all.into_iter().map(|observed| judge_for(observed, form)).collect();
    match reports.as_slice() {
        [report] => show(report, output)?,
        reports => print(&forms::reports(reports, output))?,
    }
    let exits = reports.iter().map(|report| Exit::of(report, arguments.fail_on.is_some()));
    Ok(exits.fold(Exit::Healthy, Exit::worse))
}

/// The reports in a file: one, or one after another as the audit of a cluster and a watch write them.
fn observed(bytes: &[u8], file: &str) -> Result<Vec<Observed>, UsageError> {
    let mut found = Vec::new();
    let documents = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    for document in documents {
        let document = document.map_err(|why| UsageError(no_json(bytes, file, &why, found.len())))?;
        if document["schema"] != SCHEMA {
            return Err(UsageError(foreign::to_judge(&document, file)));
        }
        let which = if found.is_empty() { String::new() } else { format!(" number {}", found.len() + 1) };
        // serde quotes what it finds, and the file may hold anything.
        let why = |why: &str| scrub(why).chars().take(300).collect::<String>();
        let wrong = |error: &dyn Display| {
            UsageError(format!("{file}: report{which} has a field that cannot be read: {}", why(&error.to_string())))
        };
        found.push(Observed::of(document).map_err(|error| wrong(&error))?);
    }
    if found.is_empty() { Err(UsageError(format!("{file} is empty; {}", foreign::TAKES))) } else { Ok(found) }
}

/// What is in the place of JSON.
fn no_json(bytes: &[u8], file: &str, why: &serde_json::Error, read: usize) -> String {
    let starts = bytes.trim_ascii_start().first().is_some_and(|first| matches!(first, b'{' | b'['));
    match (starts, why.is_eof()) {
        (true, true) => {
            let after = if read > 0 {
                format!(", after {read} whole {}", if read == 1 { "report" } else { "reports" })
            } else {
                String::new()
            };
            format!("{file} ends in the middle of a report{after}: it has {} bytes; save it again", bytes.len())
        }
        (true, false) => format!("{file} is no JSON that can be read, from line {} on; {}", why.line(), foreign::TAKES),
        (false, _) => {
            let input = if file == "stdin" { "FILE" } else { file };
            format!("{file} is no JSON; {}; for an error message: ecr-probe explain - < {input}", foreign::TAKES)
        }
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let source: Box<dyn Read> =
        if path.as_os_str() == "-" { Box::new(std::io::stdin()) } else { Box::new(std::fs::File::open(path)?) };
    let mut bytes = Vec::new();
    source.take(LARGEST_REPORT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_REPORT {
        Err(std::io::Error::other(format!("it is larger than {LARGEST_REPORT} bytes")))
    } else {
        Ok(bytes)
    }
}

/// `ecr-probe plan`
pub fn plan(arguments: &PlanArguments) -> Result<Exit, Failure> {
    if arguments.audit {
        let text = if arguments.policy { pretty(&account::policy())? } else { render::plan_of_an_audit() };
        print(&text)?;
        return Ok(Exit::Healthy);
    }
    if arguments.sweep {
        let text = if arguments.policy { pretty(&sweep::policy())? } else { render::plan_of_a_sweep() };
        print(&text)?;
        return Ok(Exit::Healthy);
    }
    if let Some(file) = arguments.images.iter().find(|it| Path::new(it).is_file()) {
        let why = "is a file, and plan reads none: it takes images, and prints what the probe's own role needs for them. Whether a role may pull: ecr-probe audit";
        return Err(UsageError(format!("{file} {why}")).into());
    }
    let environment = Environment::read(&lookup)?;
    let mut named = images(&arguments.images, &lookup)?;
    if named.is_empty() {
        named = of_this_task()?;
    }
    let plan = Plan::new(&named, &environment);
    if !arguments.policy {
        print(&render::plan(&plan))?;
    } else {
        let metrics = options::METRICS.settled(arguments.metrics, &lookup)?;
        let Some(policy) = plan.policy(metrics) else {
            // stdout stays empty for a program that reads the policy.
            say("nothing to allow: no image is in private ECR, and no numbers are put to CloudWatch");
            return Ok(Exit::Healthy);
        };
        print(&pretty(&policy)?)?;
        say("this is for the role that the probe runs as; whether the execution role may pull: ecr-probe audit");
    }
    Ok(Exit::Healthy)
}

fn pretty(policy: &Value) -> Result<String, UsageError> {
    let text = serde_json::to_string_pretty(policy).map_err(|error| UsageError(error.to_string()))?;
    Ok(text + "\n")
}

/// The images of the task that the probe runs in; the one thing here that asks somebody.
fn of_this_task() -> Result<Vec<crate::image::Reference>, Failure> {
    let settings = Settings::for_check(&crate::config::CheckArguments::default(), &lookup)?;
    runtime()?.block_on(async { Ok(discover(&settings).await?.images) })
}
