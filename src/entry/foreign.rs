//! Input that another command is for: what it is, and which one.

use serde_json::Value;

use crate::diagnose::rules;
use crate::reason::records;
use crate::wire::scrub;

/// The schemas of what this program prints, up to their number.
const OWN: [(&str, &str); 4] = [
    ("ecr-probe.report/", "a report of ecr-probe"),
    ("ecr-probe.sweep/", "what ecr-probe sweep prints"),
    ("ecr-probe.explain/", "what ecr-probe explain prints"),
    ("ecr-probe.explanations/", "what the Lambda function of ecr-probe prints of a stopped task"),
];

/// Replies of AWS, by the key that they have, and what to do with one that holds no reason.
const REPLIES: [(&str, &str, &str); 7] = [
    ("taskArns", "aws ecs list-tasks", READ_TASKS),
    ("tasks", "aws ecs describe-tasks", READ_TASKS),
    ("services", "aws ecs describe-services", READ_TASKS),
    ("serviceArns", "aws ecs list-services", "ecr-probe audit --cluster NAME reads the services of a cluster"),
    ("clusterArns", "aws ecs list-clusters", "ecr-probe audit --cluster NAME reads the services of one"),
    ("taskDefinition", "aws ecs describe-task-definition", "ecr-probe audit --cluster NAME --service NAME reads it"),
    ("Statement", "an IAM policy", "ecr-probe audit reads the policies of a service's role"),
];

const READ_TASKS: &str = "aws ecs describe-tasks --cluster CLUSTER --tasks TASK_ID has the reasons of a stopped task";

/// How many codes of a report are named.
const NAMED: usize = 10;

/// Why `explain` reads no such document; `None` where it may.
pub fn to_explain(document: &Value) -> Option<String> {
    if let Some((what, _)) = own(document) {
        let instead = if what == OWN[0].1 { "ecr-probe judge FILE" } else { "it is explained already" };
        return Some(format!("this is {what}: {instead}{}", findings(&codes_of(document))));
    }
    let (what, instead) = reply(document).filter(|_| records(document).is_empty())?;
    Some(format!("{what}, without a reason: {instead}"))
}

/// The same of a text: of a report that was copied from a terminal. A report's lines begin with a finding.
pub fn text_to_explain(text: &str) -> Option<String> {
    let mut codes: Vec<&str> = Vec::new();
    for line in text.lines() {
        let Some((severity, rest)) = line.trim_start().split_once('[') else { continue };
        let Some((code, _)) = rest.split_once("]: ").filter(|_| ["error", "warning"].contains(&severity)) else {
            continue;
        };
        if let Some(rule) = rules::of(code).filter(|rule| !codes.contains(&rule.code.id())) {
            codes.push(rule.code.id());
        }
    }
    (!codes.is_empty()).then(|| {
        format!("this is a report of ecr-probe: ecr-probe judge FILE reads one that --save wrote{}", findings(&codes))
    })
}

/// Why `judge` reads no such document, which is not a report.
pub fn to_judge(document: &Value, file: &str) -> String {
    let input = if file == "stdin" { "FILE" } else { file };
    if let Some((what, schema)) = own(document) {
        let version = document["schema"].as_str().unwrap_or_default().starts_with(OWN[0].0);
        let why = if version { "this version reads another schema" } else { "its verdicts are final" };
        let schema: String = scrub(schema).chars().take(100).collect();
        return format!("{file} is {what} ({schema}): {why}{}", findings(&codes_of(document)));
    }
    if !records(document).is_empty() {
        return format!("{file} is no report, and has messages of failures: ecr-probe explain - < {input}");
    }
    match (reply(document), document.get("schema").and_then(Value::as_str)) {
        (Some((what, instead)), _) => format!("{file} is no report: {what}; {instead}"),
        (None, Some(schema)) => {
            let schema: String = scrub(schema).chars().take(100).collect();
            format!("{file} is no report: its schema is {schema:?}; {TAKES}")
        }
        (None, None) => format!("{file} is no report: it has no field \"schema\"; {TAKES}"),
    }
}

/// What `judge` reads.
pub const TAKES: &str = "judge reads what check and audit write with --save or --output json";

fn own(document: &Value) -> Option<(&'static str, &str)> {
    let schema = document.get("schema")?.as_str()?;
    OWN.iter().find(|(start, _)| schema.starts_with(start)).map(|(_, what)| (*what, schema))
}

fn reply(document: &Value) -> Option<(String, &'static str)> {
    let (_, of, instead) = REPLIES.iter().find(|(key, ..)| document[*key].is_array() || document[*key].is_object())?;
    let what = if of.starts_with("aws") { format!("it is what {of} prints") } else { format!("it is {of}") };
    Some((what, instead))
}

/// Of the findings, as far as they are known here.
fn codes_of(document: &Value) -> Vec<&'static str> {
    let found =
        ["diagnoses", "configured", "explanations"].iter().filter_map(|key| document[*key].as_array()).flatten();
    let code = |it: &Value| it["code"].as_str().or_else(|| it["diagnoses"][0]["code"].as_str()).and_then(rules::of);
    let mut codes: Vec<&str> = found.filter_map(code).map(|rule| rule.code.id()).collect();
    codes.dedup();
    codes
}

fn findings(codes: &[&str]) -> String {
    let Some(first) = codes.first() else { return String::new() };
    let named = codes[..codes.len().min(NAMED)].join(", ");
    format!("; its findings are {named}: ecr-probe explain {first}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_report_is_sent_to_judge() {
        let report =
            json!({ "schema": "ecr-probe.report/1", "diagnoses": [{ "code": "IMG-01" }, { "code": "INIT-06" }] });
        assert_eq!(
            to_explain(&report).as_deref(),
            Some(
                "this is a report of ecr-probe: ecr-probe judge FILE; its findings are IMG-01, INIT-06: ecr-probe explain IMG-01"
            )
        );
        let text = "error[IMG-01]: x\n   = proven\n\nwarning[INIT-06]: y\n\nerror[E0433]: of a compiler\n";
        assert!(text_to_explain(text).is_some_and(|it| it.ends_with("IMG-01, INIT-06: ecr-probe explain IMG-01")));
        assert_eq!(text_to_explain("error[E0433]: failed to resolve\n"), None);
        assert_eq!(text_to_explain("CannotPullContainerError: x [IMG-01]: y"), None);
    }

    #[test]
    fn what_aws_prints_is_named() {
        let listed = to_explain(&json!({ "taskArns": [] }));
        assert!(listed.is_some_and(
            |it| it.starts_with("it is what aws ecs list-tasks prints") && it.contains("describe-tasks --cluster")
        ));
        assert_eq!(to_explain(&json!({ "tasks": [{ "stoppedReason": "no basic auth" }] })), None);
        assert_eq!(to_explain(&json!({ "note": "x" })), None);
        let stopped = json!({ "tasks": [{ "stoppedReason": "no basic auth" }] });
        assert!(to_judge(&stopped, "dt.json").ends_with("ecr-probe explain - < dt.json"));
        assert!(to_judge(&stopped, "stdin").ends_with("ecr-probe explain - < FILE"));
        assert!(to_judge(&json!({ "Statement": [] }), "policy.json").contains("it is an IAM policy"));
        assert!(to_judge(&json!({ "schema": "ecr-probe.report/2" }), "a").contains("ecr-probe.report/2"));
        assert!(to_judge(&json!({ "schema": "x" }), "a").contains("\"x\""));
    }
}
