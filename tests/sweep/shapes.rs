//! That the answers which these tests make up are AWS's: botocore's models know each of their members, and its parsers read
//! the same in the errors.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::aws::{aws, operation, sweep, usual};
use crate::responder::{Answer, Request};
use crate::tools;

/// The service of an operation, as botocore calls it.
fn service(operation: &str) -> Option<&'static str> {
    Some(match operation {
        "GetResources" => "resourcegroupstaggingapi",
        "GetFunctionConfiguration" | "Invoke" => "lambda",
        "RunTask" | "DescribeTasks" | "StopTask" | "ListTasks" | "DescribeServices" | "DescribeTaskDefinition" => "ecs",
        "GetLogEvents" => "logs",
        _ => return None,
    })
}

/// The requests of a sweep by functions and of one by tasks, with the answers to them.
fn exchanges() -> Vec<Value> {
    let mut exchanges = Vec::new();
    let hanging = aws(|operation, _| {
        let task = json!({ "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/main/1", "lastStatus": "RUNNING", "containers": [] });
        (operation == "DescribeTasks").then(|| Answer::of(200, json!({ "tasks": [task], "failures": [] }).to_string()))
    });
    sweep(&hanging, &["--via", "run-task", "--budget", "1s"]);
    let well = aws(|_, _| None);
    sweep(&well, &[]);
    sweep(&well, &["--via", "run-task"]);
    let seen: Vec<Request> = hanging.seen().into_iter().chain(well.seen()).collect();
    for request in &seen {
        let operation = operation(request);
        let Some(service) = service(&operation) else { continue };
        let Answer::Http { body, .. } = usual(&operation, request) else { panic!("it is HTTP") };
        let line = request.head.lines().next().unwrap_or_default();
        let asked: Value = serde_json::from_str(&request.body).unwrap_or_default();
        exchanges.push(json!({
            "service": service, "operation": operation, "line": line, "asked": asked,
            "target": request.header("x-amz-target"), "answer": String::from_utf8(body).expect("UTF-8"),
        }));
    }
    exchanges
}

#[test]
fn botocore_knows_our_requests_and_answers() {
    let Some(python) = tools::python_with_moto() else { return tools::skip("botocore for python3") };
    let exchanges = exchanges();
    for operation in
        ["GetResources", "GetFunctionConfiguration", "Invoke", "RunTask", "DescribeTasks", "StopTask", "GetLogEvents"]
    {
        assert!(exchanges.iter().any(|it| it["operation"] == operation), "no {operation}");
    }
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sweep/read_by_aws.py");
    let mut child =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(Value::from(exchanges).to_string().as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let wrong: Vec<String> = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    assert!(output.status.success() && wrong.is_empty(), "\n{}", wrong.join("\n"));
}
