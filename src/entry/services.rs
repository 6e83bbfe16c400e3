//! Every service of a cluster, a line each: what they share is read once.

use std::pin::pin;

use futures_util::StreamExt;
use futures_util::stream;

use super::asking::{Asking, is_no_cluster, no_cluster, unreached};
use super::{Exit, Failure, forms, print, progress, say, signals, style};
use crate::account::Aim;
use crate::config::{Output, UsageError};
use crate::edge::{LiveAccount, Reader, whole_file};
use crate::model::Act;
use crate::model::facts::{Fact, Hidden, Question, Why};
use crate::observe::Frugal;
use crate::render;
use crate::run::audit::audit as read;
use crate::run::judge_for;

/// How many requests the audit of a whole cluster sends at most.
const REQUESTS: u32 = 120;
/// How many services one call describes.
const A_CALL: usize = 10;
const AT_ONCE: usize = 8;

/// Audits one after another, and tells of each when it is done.
pub async fn services(asking: Asking) -> Result<Exit, Failure> {
    let frugal = Frugal::new(&asking.account, REQUESTS);
    let cluster = asking.aim.cluster.clone().unwrap_or_default();
    let names = names(&frugal, &cluster, &asking).await?;
    if names.is_empty() {
        say(&format!("cluster {cluster} in {} has no service: nothing to audit", asking.aim.region));
        return Ok(Exit::Healthy);
    }
    prepare(&frugal, &cluster, &names).await;
    let width = forms::width(names.iter().map(String::as_str));
    let mut worst = Exit::Healthy;
    let mut saved = String::new();
    let output = asking.settings.settings.output;
    // Of a document, which has an end.
    let mut reports = Vec::new();
    let mut stop = pin!(signals::stop());
    for name in &names {
        let aim = Aim { service: Some(name.clone()), with_others: true, ..asking.aim.clone() };
        let budget = asking.settings.settings.budget;
        let reading = read(&frugal, &aim, asking.principal.clone(), asking.started_at, budget, std::future::pending());
        let observed = tokio::select! {
            observed = reading => observed,
            () = progress::answers(|| frugal.answered()) => unreachable!("progress never ends by itself"),
            why = &mut stop => return Err(Failure::Stopped { why, before: "every service was read" }),
        };
        let report = judge_for(observed, asking.settings.form);
        worst = worst.worse(Exit::of(&report, asking.settings.settings.fail_on_degraded));
        if asking.settings.settings.save.is_some() {
            saved.push_str(&(render::json(&report) + "\n"));
        }
        match output {
            Output::Text(_) => print(&render::audit_line(&report, width, style()))?,
            Output::Json => print(&(render::json(&report) + "\n"))?,
            Output::Html | Output::Markdown | Output::Junit => reports.push(report),
        }
    }
    if let Some(document) = forms::services(&cluster, &reports, output) {
        print(&document)?;
    }
    if let Some(path) = &asking.settings.settings.save {
        whole_file::replace(path, saved.as_bytes()).map_err(|source| Failure::Save { path: path.clone(), source })?;
    }
    if matches!(output, Output::Text(_)) && worst != Exit::Healthy {
        print(&format!("\nmore: ecr-probe audit --cluster {cluster} --service NAME\n"))?;
    }
    Ok(worst)
}

/// The names of the services.
async fn names(frugal: &Frugal<'_, LiveAccount>, cluster: &str, asking: &Asking) -> Result<Vec<String>, Failure> {
    let region = &asking.aim.region;
    let told = frugal.ask(&Question::ListServices { cluster: cluster.to_owned() }).await;
    let mut names = Vec::new();
    for (_, act) in &told.facts {
        match act {
            Act::List(Fact::Known(list)) => names.extend(list.ids.iter().map(|id| last(id).to_owned())),
            Act::List(Fact::Absent) => return Err(no_cluster(cluster, region).into()),
            Act::List(Fact::Hidden(hidden)) if is_no_cluster(hidden) => return Err(no_cluster(cluster, region).into()),
            Act::List(Fact::Hidden(Hidden { action, why: Why::NoAnswer { how } })) => {
                return Err(unreached(asking, action, how).into());
            }
            Act::List(Fact::Hidden(hidden)) => {
                let why =
                    format!("the services of cluster {cluster} cannot be listed: {}", render::why_hidden(&hidden.why));
                return Err(UsageError(format!("{why}; allow {}, or name one with --service", hidden.action)).into());
            }
            _ => {}
        }
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// Asks side by side for what each service has of its own.
async fn prepare(frugal: &Frugal<'_, LiveAccount>, cluster: &str, names: &[String]) {
    let batches =
        names.chunks(A_CALL).map(|names| Question::Services { cluster: cluster.to_owned(), names: names.to_vec() });
    let described: Vec<_> = stream::iter(batches)
        .map(|question| async move { frugal.ask(&question).await })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let definition = |(_, act): &(String, Act)| match act {
        Act::Service(Fact::Known(service)) => Some(service.task_definition.clone()),
        _ => None,
    };
    let mut definitions: Vec<String> = described.iter().flat_map(|told| &told.facts).filter_map(definition).collect();
    definitions.sort();
    definitions.dedup();
    stream::iter(definitions)
        .map(|name| async move { frugal.ask(&Question::TaskDefinition { name }).await })
        .buffer_unordered(AT_ONCE)
        .for_each(|_| async {})
        .await;
}

fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
