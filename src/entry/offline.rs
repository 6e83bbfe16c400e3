//! The commands that send nothing: `judge`, `plan`.

use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::check::show;
use super::{Exit, Failure, lookup, print, runtime, say};
use crate::account;
use crate::config::{Environment, JudgeArguments, PlanArguments, Settings, UsageError, images, options};
use crate::model::SCHEMA;
use crate::plan::Plan;
use crate::render;
use crate::run::{Observed, discover, judge_for};
use crate::sweep;
use crate::wire::scrub;

/// The largest report that is read: layers by the thousand fit in.
const LARGEST_REPORT: u64 = 64 * 1024 * 1024;

/// What a saved report says of its own form.
#[derive(Deserialize)]
struct Form {
    schema: String,
}

/// `ecr-probe judge`
pub fn judge(arguments: &JudgeArguments) -> Result<Exit, Failure> {
    let file = arguments.file.display();
    let bytes = read(&arguments.file).map_err(|why| UsageError(format!("{file}: {why}")))?;
    // serde quotes what it finds, and the file may hold anything.
    let line = |why: &str| scrub(why).chars().take(300).collect::<String>();
    let wrong = |why: String| UsageError(format!("{file} is not a report of check or audit: {}", line(&why)));
    let form: Form = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    if form.schema != SCHEMA {
        return Err(wrong(format!("its schema is {:?}, and {SCHEMA} is read", form.schema)).into());
    }
    let observed = Observed::read(&bytes).map_err(|error| wrong(error.to_string()))?;
    let output = arguments.form.settled(&lookup)?;
    let report = judge_for(observed, options::FIX.settled(arguments.fix, &lookup)?);
    show(&report, output)?;
    Ok(Exit::of(&report, arguments.fail_on.is_some()))
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
