//! A stand-in for AWS: a service in three subnets, functions and tasks that check, each answer of which a test may change.

use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use ecr_probe::model::Report;
use serde_json::{Value, json};

use crate::responder::{Answer, Request, Responder};
use crate::schema::in_schema;
use crate::sim::{Page, World};
use crate::support;

pub const ACCOUNT: &str = "123456789012";
pub const SUBNETS: [&str; 3] = ["subnet-0a", "subnet-0b", "subnet-0c"];
pub const IMAGE: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/scheduled-file-writer:v1";
/// It must not be printed, wherever it comes from.
pub const CANARY: &str = "wJalrXUtnFEMIcanary";

/// The operation, also of Lambda's REST.
pub fn operation(request: &Request) -> String {
    let line = request.head.lines().next().unwrap_or_default();
    if line.contains("/invocations") {
        return "Invoke".to_owned();
    }
    if line.contains("/configuration") {
        return "GetFunctionConfiguration".to_owned();
    }
    request.operation()
}

/// The letter of the subnet that a request is about: of the function's ARN, the task's or the subnet's id.
pub fn letter(request: &Request) -> char {
    let line = request.head.lines().next().unwrap_or_default();
    let text = if line.contains("/functions/") { line.to_owned() } else { request.body.clone() };
    let found = ['a', 'b', 'c'].into_iter().find(|letter| {
        [format!("probe-{letter}"), format!("subnet-0{letter}"), format!("00000000{letter}")]
            .iter()
            .any(|name| text.contains(name.as_str()))
    });
    found.unwrap_or('?')
}

pub fn json_body(request: &Request) -> Value {
    serde_json::from_str(&request.body).unwrap_or_default()
}

pub fn function_arn(letter: char) -> String {
    format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:function:probe-{letter}")
}

pub fn task_arn(letter: char) -> String {
    format!("arn:aws:ecs:eu-west-1:{ACCOUNT}:task/main/00000000000000000000000000000000000000{letter}")
}

/// The report of a check in a simulated world, as a function or a task in the place would make it.
pub fn report(world: &str, mode: &str, subnet: Option<&str>) -> Value {
    let report = checked(world);
    let mut report = serde_json::to_value(report).expect("a report is JSON");
    report["vantage"]["mode"] = mode.into();
    report["vantage"]["subnet_id"] = subnet.into();
    report
}

pub fn checked(world: &str) -> Report {
    support::check(World::from_toml(world).unwrap_or_else(|error| panic!("{world}: {error}")))
}

/// The broken world of a page.
pub fn broken(code: &str) -> String {
    let text = std::fs::read_to_string(format!("{}/docs/codes/{code}.md", env!("CARGO_MANIFEST_DIR"))).expect("a page");
    Page::parse(&text).expect("it is one").world.expect("it has a world")
}

/// Bodies that many tests want, made once.
pub struct Bodies {
    pub healthy: Value,
    pub broken: Value,
}

pub static LAMBDA: LazyLock<Bodies> = LazyLock::new(|| bodies("lambda"));
pub static TASK: LazyLock<Bodies> = LazyLock::new(|| bodies("task"));

/// Those of a mode.
pub fn bodies_for(mode: &str) -> &'static Bodies {
    if mode == "task" { &TASK } else { &LAMBDA }
}

fn bodies(mode: &str) -> Bodies {
    Bodies { healthy: report("", mode, None), broken: report(&broken("RTE-03"), mode, None) }
}

/// AWS, but for what `own` answers.
pub fn aws(own: impl Fn(&str, &Request) -> Option<Answer> + Send + Sync + 'static) -> Responder {
    Responder::start(move |request, _| {
        let operation = operation(request);
        own(&operation, request).unwrap_or_else(|| usual(&operation, request))
    })
}

pub fn ok(value: &Value) -> Answer {
    Answer::of(200, value.to_string())
}

/// The error of a JSON service, or of Lambda.
pub fn error(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({ "__type": code, "message": message }).to_string().into_bytes();
    Answer::Http { status, headers: format!("x-amzn-ErrorType: {code}\r\n"), body }
}

pub fn denied(operation: &str) -> Answer {
    let message = format!("User: arn:aws:iam::{ACCOUNT}:user/ada is not authorized to perform: {operation}");
    let lambda = matches!(operation, "Invoke" | "GetFunctionConfiguration");
    error(if lambda { 403 } else { 400 }, "AccessDeniedException", &message)
}

/// What AWS answers where all is well: every function and every task finds its subnet healthy.
pub fn usual(operation: &str, request: &Request) -> Answer {
    let letter = letter(request);
    match operation {
        "GetCallerIdentity" => Answer::of(200, identity()),
        "DescribeServices" => ok(&json!({ "services": [service()], "failures": [] })),
        "DescribeTaskDefinition" if json_body(request)["taskDefinition"] == "missing" => {
            error(400, "ClientException", "Unable to describe task definition.")
        }
        "DescribeTaskDefinition" => ok(&definition(&json_body(request))),
        "GetResources" => ok(&tagged()),
        "GetFunctionConfiguration" => ok(&configuration(letter)),
        "Invoke" => ok(&LAMBDA.healthy),
        "RunTask" => {
            ok(&json!({ "tasks": [{ "taskArn": task_arn(letter), "lastStatus": "PROVISIONING" }], "failures": [] }))
        }
        "DescribeTasks" => {
            ok(&stopped(letter, &json!({ "name": "ecr-probe", "exitCode": 0 }), "Essential container in task exited"))
        }
        "StopTask" => ok(&json!({ "task": { "taskArn": task_arn(letter) } })),
        "GetLogEvents" => ok(&events(&[&TASK.healthy.to_string()])),
        "ListTasks" => ok(&json!({ "taskArns": [] })),
        _ => refusal(request),
    }
}

/// What is not told: every other question about the account.
fn refusal(request: &Request) -> Answer {
    crate::moto_world::refusal(request)
}

fn identity() -> String {
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/ada</Arn><UserId>AIDA</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
}

pub fn service() -> Value {
    json!({
        "serviceName": "web", "serviceArn": format!("arn:aws:ecs:eu-west-1:{ACCOUNT}:service/main/web"), "status": "ACTIVE",
        "launchType": "FARGATE", "platformVersion": "1.4.0", "taskDefinition": format!("arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/web:3"),
        "networkConfiguration": { "awsvpcConfiguration": { "subnets": SUBNETS, "securityGroups": ["sg-0task"], "assignPublicIp": "DISABLED" } },
    })
}

pub fn definition(asked: &Value) -> Value {
    let name = asked["taskDefinition"].as_str().unwrap_or_default();
    let (container, image) = if name == "ecr-probe" { ("ecr-probe", "probe:v1") } else { ("app", IMAGE) };
    json!({ "taskDefinition": {
        "taskDefinitionArn": format!("arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/{name}:1"),
        "executionRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/execution"),
        "containerDefinitions": [{
            "name": container, "image": image,
            "environment": [{ "name": "PASSWORD", "value": CANARY }],
            "logConfiguration": { "logDriver": "awslogs", "options": {
                "awslogs-group": "/ecs/ecr-probe", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "check" } },
        }],
    }})
}

pub fn tagged() -> Value {
    let all = ['a', 'b', 'c'].map(|letter| {
        let tags = json!([{ "Key": "ecr-probe:subnet", "Value": format!("subnet-0{letter}") }]);
        json!({ "ResourceARN": function_arn(letter), "Tags": tags })
    });
    json!({ "PaginationToken": "", "ResourceTagMappingList": all })
}

pub fn configuration(letter: char) -> Value {
    json!({
        "FunctionName": format!("probe-{letter}"), "FunctionArn": function_arn(letter), "Timeout": 60, "State": "Active",
        "VpcConfig": { "SubnetIds": [format!("subnet-0{letter}")], "SecurityGroupIds": ["sg-0task"] },
    })
}

pub fn stopped(letter: char, container: &Value, reason: &str) -> Value {
    json!({ "tasks": [{
        "taskArn": task_arn(letter), "lastStatus": "STOPPED", "stoppedReason": reason, "containers": [container],
    }], "failures": [] })
}

pub fn events(messages: &[&str]) -> Value {
    let events: Vec<Value> = messages.iter().map(|message| json!({ "timestamp": 1, "message": message })).collect();
    json!({ "events": events, "nextForwardToken": "f/1", "nextBackwardToken": "b/1" })
}

/// What a sweep printed, and how it ended.
pub struct Swept {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

/// The command, not started yet.
pub fn command(aws: &Responder, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecr-probe"));
    command.env_clear().args(["sweep", "--cluster", "main", "--service", "web"]).args(arguments);
    command.env("AWS_ENDPOINT_URL", aws.url()).env("AWS_REGION", "eu-west-1");
    command.envs([("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", CANARY)]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub fn sweep(aws: &Responder, arguments: &[&str]) -> Swept {
    let began = Instant::now();
    ended(command(aws, arguments).spawn().expect("the probe starts"), began)
}

/// The same with JSON, which is held to the schema.
#[track_caller]
pub fn result(aws: &Responder, arguments: &[&str]) -> (Swept, Value) {
    let swept = sweep(aws, &[arguments, &["--output", "json"]].concat());
    let result = swept.json();
    (swept, result)
}

pub fn ended(child: Child, began: Instant) -> Swept {
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let swept = Swept {
        exit: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
        took: began.elapsed(),
    };
    for secret in [CANARY, "X-Amz-Signature=", "AKIAIOSFODNN7EXAMPLE"] {
        assert!(
            !swept.stdout.contains(secret) && !swept.stderr.contains(secret),
            "{secret} is printed: {}",
            swept.all()
        );
    }
    swept
}

impl Swept {
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "not one line: {}", self.all());
        let result: Value = serde_json::from_str(&self.stdout).unwrap_or_else(|why| panic!("{why}: {}", self.all()));
        in_schema(&result);
        assert_eq!(result["places"].as_array().map(Vec::len), Some(SUBNETS.len()), "a row is missing: {result:#}");
        result
    }

    pub fn all(&self) -> String {
        format!("exit {} in {:?}\n{}\n{}", self.exit, self.took, self.stdout, self.stderr)
    }
}

/// The place of a subnet.
#[track_caller]
pub fn place(result: &Value, letter: char) -> &Value {
    let places = result["places"].as_array().expect("a list");
    let subnet = format!("subnet-0{letter}");
    places.iter().find(|it| it["subnet"] == subnet.as_str()).unwrap_or_else(|| panic!("no {subnet}: {result:#}"))
}

/// How often an operation was asked.
pub fn asked(aws: &Responder, operation: &str) -> Vec<Request> {
    aws.seen().into_iter().filter(|it| self::operation(it) == operation).collect()
}
