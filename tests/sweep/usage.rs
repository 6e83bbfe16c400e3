//! Mistakes of the caller: one line on stderr, nothing on stdout, exit code 2, and nothing run.

use serde_json::{Value, json};

use crate::aws::{asked, aws, configuration, error, ok, service, sweep};
use crate::responder::Responder;

#[track_caller]
fn refused(aws: &Responder, arguments: &[&str], words: &[&str]) {
    let swept = sweep(aws, arguments);
    assert_eq!((swept.exit, swept.stdout.as_str()), (2, ""), "{}", swept.all());
    assert_eq!(swept.stderr.lines().count(), 1, "{}", swept.stderr);
    for word in words {
        assert!(swept.stderr.contains(word), "no {word:?} in {}", swept.stderr);
    }
    assert!(asked(aws, "RunTask").is_empty() && asked(aws, "Invoke").is_empty());
}

fn with_service(change: fn(&mut Value)) -> Responder {
    aws(move |operation, _| {
        (operation == "DescribeServices").then(|| {
            let mut service = service();
            change(&mut service);
            ok(&json!({ "services": [service], "failures": [] }))
        })
    })
}

#[test]
fn options_are_read_before_anything_is_asked() {
    let aws = aws(|_, _| None);
    refused(&aws, &["--via", "ssh"], &["--via \"ssh\": take lambda or run-task"]);
    refused(&aws, &["--function", "a b"], &["--function \"a b\"", "name or the ARN"]);
    refused(&aws, &["--task-definition", "a b"], &["--task-definition \"a b\"", "FAMILY"]);
    refused(&aws, &["--budget", "soon"], &["--budget \"soon\""]);
    refused(&aws, &["--via", "run-task", "--function", "x"], &["--function is for --via lambda"]);
    assert!(aws.seen().is_empty());
}

#[test]
fn what_is_not_there_is_named() {
    let missing = json!({ "services": [], "failures": [{ "arn": "arn:aws:ecs:eu-west-1:123456789012:service/main/web", "reason": "MISSING" }] });
    let nobody = aws(move |operation, _| (operation == "DescribeServices").then(|| ok(&missing)));
    refused(&nobody, &[], &["cluster main in eu-west-1 has no service web"]);

    let no_function = aws(|operation, _| {
        (operation == "GetFunctionConfiguration")
            .then(|| error(404, "ResourceNotFoundException", "Function not found: arn:aws:lambda"))
    });
    refused(&no_function, &["--function", "probe-a"], &["--function probe-a: there is none in eu-west-1"]);

    let elsewhere = aws(|operation, _| {
        (operation == "GetFunctionConfiguration").then(|| {
            let mut configuration = configuration('a');
            configuration["VpcConfig"]["SubnetIds"] = json!(["subnet-0x"]);
            ok(&configuration)
        })
    });
    refused(&elsewhere, &["--function", "probe-a"], &["it is in subnet-0x", "subnet-0a, subnet-0b, subnet-0c"]);

    let no_definition = aws(|operation, request| {
        (operation == "DescribeTaskDefinition" && request.body.contains("\"ecr-probe\""))
            .then(|| error(400, "ClientException", "Unable to describe task definition."))
    });
    refused(
        &no_definition,
        &["--via", "run-task"],
        &["no task definition ecr-probe", "deploy/probe-task-definition.json"],
    );
}

#[test]
fn a_service_without_subnets_is_led_to_the_audit() {
    let bridge = with_service(|service| service["networkConfiguration"] = Value::Null);
    refused(&bridge, &[], &["no subnets of its own", "ecr-probe audit --cluster main --service web"]);
}
