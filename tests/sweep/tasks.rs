//! By tasks: what may become of one, from the request to its log.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::aws::{
    IMAGE, TASK, asked, aws, definition, denied, error, events, json_body, letter, ok, place, result, service, stopped,
    sweep, task_arn,
};
use crate::responder::{Answer, Responder};

const BY_TASKS: [&str; 2] = ["--via", "run-task"];

fn in_b(of: &'static str, answer: impl Fn() -> Answer + Send + Sync + 'static) -> Responder {
    aws(move |operation, request| (operation == of && letter(request) == 'b').then(&answer))
}

#[track_caller]
fn told(aws: &Responder, more: &[&str]) -> (i32, Value) {
    let (swept, told) = result(aws, &[&BY_TASKS[..], more].concat());
    for other in ['a', 'c'] {
        assert_eq!(place(&told, other)["verdict"], "healthy", "{}", swept.all());
    }
    (swept.exit, told)
}

fn kind(told: &Value) -> &str {
    place(told, 'b')["obstacle"]["kind"].as_str().unwrap_or("none")
}

fn running(status: &str) -> Answer {
    ok(&json!({ "tasks": [{ "taskArn": task_arn('b'), "lastStatus": status, "containers": [] }], "failures": [] }))
}

#[test]
fn a_task_is_run_in_each_subnet_as_the_services_own_are() {
    let aws = aws(|_, _| None);
    let (exit, told) = told(&aws, &[]);
    assert_eq!((exit, &told["places"][0]["via"], &told["verdict"]), (0, &json!("run-task"), &json!("healthy")));
    let runs: Vec<Value> = asked(&aws, "RunTask").iter().map(json_body).collect();
    assert_eq!(runs.len(), 3);
    let mut subnets = Vec::new();
    for run in &runs {
        let network = &run["networkConfiguration"]["awsvpcConfiguration"];
        subnets.push(network["subnets"].as_array().expect("a list").clone());
        assert_eq!(
            (&network["securityGroups"], &network["assignPublicIp"]),
            (&json!(["sg-0task"]), &json!("DISABLED"))
        );
        assert_eq!((&run["launchType"], &run["platformVersion"]), (&json!("FARGATE"), &json!("1.4.0")));
        assert_eq!((&run["taskDefinition"], &run["count"]), (&json!("ecr-probe"), &json!(1)));
        assert!(run["startedBy"].as_str().is_some_and(|by| by.starts_with("ecr-probe-sweep-") && by.len() <= 128));
        assert!(run["clientToken"].as_str().is_some_and(|token| token.len() <= 64), "{run}");
        let container = &run["overrides"]["containerOverrides"][0];
        assert_eq!(container["name"], "ecr-probe");
        let environment = container["environment"].to_string();
        assert!(environment.contains(IMAGE) && environment.contains("ECR_PROBE_EXECUTION_ROLE"), "{environment}");
        assert!(run["overrides"].to_string().len() < 8_192 && run["overrides"].get("taskRoleArn").is_none());
    }
    subnets.sort_by_key(|it| it[0].to_string());
    assert_eq!(subnets, [[json!("subnet-0a")], [json!("subnet-0b")], [json!("subnet-0c")]]);
    let tokens: std::collections::BTreeSet<&str> = runs.iter().filter_map(|it| it["clientToken"].as_str()).collect();
    assert_eq!(tokens.len(), 3);
    let log = json_body(&asked(&aws, "GetLogEvents")[0]);
    assert_eq!(log["logGroupName"], "/ecs/ecr-probe");
    assert!(log["logStreamName"].as_str().is_some_and(|it| it.starts_with("check/ecr-probe/0000000000")), "{log}");
    assert!(asked(&aws, "StopTask").is_empty() && asked(&aws, "GetResources").is_empty());
}

#[test]
fn capacity_providers_replace_a_launch_type() {
    let aws = aws(|operation, _| {
        let mut service = service();
        service["launchType"] = Value::Null;
        service["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] = json!("ENABLED");
        service["capacityProviderStrategy"] = json!([{ "capacityProvider": "FARGATE_SPOT", "weight": 4 }, { "capacityProvider": "FARGATE", "weight": 1 }]);
        (operation == "DescribeServices").then(|| ok(&json!({ "services": [service], "failures": [] })))
    });
    assert_eq!(told(&aws, &[]).0, 0);
    let run = json_body(&asked(&aws, "RunTask")[0]);
    assert_eq!(run["capacityProviderStrategy"], json!([{ "capacityProvider": "FARGATE", "weight": 1 }]));
    assert!(run.get("launchType").is_none());
    assert_eq!(run["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"], "ENABLED");
}

#[test]
fn a_task_takes_its_time() {
    let asks = AtomicUsize::new(0);
    let aws = in_b("DescribeTasks", move || match asks.fetch_add(1, Ordering::Relaxed) {
        // ECS does not know it yet.
        0 => ok(&json!({ "tasks": [], "failures": [{ "arn": task_arn('b'), "reason": "MISSING" }] })),
        1 => running("PENDING"),
        2 => error(400, "ServerException", "try again"),
        _ => ok(&stopped('b', &json!({ "name": "ecr-probe", "exitCode": 0 }), "Essential container in task exited")),
    });
    let (exit, told) = told(&aws, &[]);
    assert_eq!((exit, &place(&told, 'b')["verdict"]), (0, &json!("healthy")));
    assert!(asked(&aws, "StopTask").is_empty());
}

#[test]
fn the_report_is_in_the_log_and_decides() {
    // The probe writes the schema first.
    let broken = || TASK.broken.to_string().replacen('{', "{\"schema\":\"ecr-probe.report/1\",", 1);
    let exits = |code: i64| {
        stopped('b', &json!({ "name": "ecr-probe", "exitCode": code }), "Essential container in task exited")
    };
    let with_log = move |log: fn(String) -> Value| {
        aws(move |operation, request| match operation {
            "DescribeTasks" if letter(request) == 'b' => Some(ok(&exits(1))),
            "GetLogEvents" if letter(request) == 'b' => Some(ok(&log(broken()))),
            _ => None,
        })
    };
    let logs: [fn(String) -> Value; 2] = [
        |report| events(&["{\"_aws\": {}}", "a line", &report, "{\"_aws\": {}}"]),
        // Cut into pieces, as the log driver cuts long lines.
        |report| {
            let (one, rest) = report.split_at(9_000);
            let (two, three) = rest.split_at(4_000);
            events(&[one, two, three, "{\"_aws\": {}}"])
        },
    ];
    for log in logs {
        let aws = with_log(log);
        let (exit, told) = told(&aws, &[]);
        let place = place(&told, 'b');
        assert_eq!((exit, &place["verdict"], &place["exit_code"]), (1, &json!("unhealthy"), &json!(1)));
        assert_eq!(told["diagnoses"][0]["code"], "RTE-03");
        // It answers with the same token twice, which is the end.
        let reads = asked(&aws, "GetLogEvents").iter().filter(|it| letter(it) == 'b').count();
        assert_eq!(reads, 2);
    }
}

#[test]
fn without_a_log_the_exit_code_is_the_verdict() {
    for (code, exit, verdict) in
        [(0, 0, "healthy"), (1, 1, "unhealthy"), (2, 3, "inconclusive"), (3, 3, "inconclusive")]
    {
        let aws = aws(move |operation, request| match operation {
            "DescribeTasks" if letter(request) == 'b' => Some(ok(&stopped(
                'b',
                &json!({ "name": "ecr-probe", "exitCode": code }),
                "Essential container in task exited",
            ))),
            "GetLogEvents" if letter(request) == 'b' => Some(denied("logs:GetLogEvents")),
            _ => None,
        });
        let (swept, told) = (told(&aws, &[]), code);
        let place = place(&swept.1, 'b');
        assert_eq!((swept.0, &place["verdict"]), (exit, &json!(verdict)), "exit code {told}");
        assert!(place.to_string().contains("logs:GetLogEvents"), "{place:#}");
        assert_eq!(place["report"], Value::Null);
    }
}

/// An image that cannot be pulled: the start that fails is a result.
#[test]
fn a_task_that_could_not_start_is_explained() {
    let reason = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/ecr-probe:v1: failed to do request: Head \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/ecr-probe/manifests/v1\": dial tcp 10.0.1.10:443: i/o timeout";
    let aws = in_b("DescribeTasks", move || ok(&stopped('b', &json!({ "name": "ecr-probe" }), reason)));
    let (exit, told) = told(&aws, &[]);
    assert_eq!(exit, 1);
    let place = place(&told, 'b');
    assert_eq!((&place["verdict"], kind(&told)), (&json!("unhealthy"), "never-ran"));
    assert_eq!(place["explanation"]["diagnoses"][0]["code"], "SG-01", "{place:#}");
    assert_eq!(
        (&told["diagnoses"][0]["code"], &told["diagnoses"][0]["where"]),
        (&json!("SG-01"), &json!(["subnet-0b"]))
    );
    let text = sweep(&aws, &BY_TASKS).stdout;
    assert!(text.contains("in 1 of 3 subnets the probe's task could not start: subnet-0b\nerror[SG-01]: "), "{text}");
    assert!(asked(&aws, "GetLogEvents").iter().all(|it| letter(it) != 'b'));
}

/// What is wrong with the probe's own image, role or log group is no fault of the service.
#[test]
fn a_probe_that_could_not_start_says_nothing_of_the_service() {
    let image = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/ecr-probe:v1: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/ecr-probe:v1: not found";
    let group = "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.";
    for reason in [image, group] {
        let aws = in_b("DescribeTasks", move || ok(&stopped('b', &json!({ "name": "ecr-probe" }), reason)));
        let (exit, told) = told(&aws, &[]);
        assert_eq!((exit, &place(&told, 'b')["verdict"]), (3, &json!("inconclusive")), "{reason}");
        assert_eq!((&told["diagnoses"], &place(&told, 'b')["stops"]), (&json!([]), &Value::Null));
        assert!(place(&told, 'b')["notes"].to_string().contains("the probe's own task"), "{told:#}");
        let text = sweep(&aws, &BY_TASKS).stdout;
        assert!(text.contains("the probe's task could not start") && !text.contains("cannot be pulled"), "{text}");
    }
}

/// ECS made the task, its answer was lost, and the same request again is refused.
#[test]
fn a_task_is_found_whatever_its_second_request_comes_to() {
    let (runs, lists) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let aws = aws(move |operation, request| match operation {
        "RunTask" if letter(request) == 'b' => Some(match runs.fetch_add(1, Ordering::Relaxed) {
            0 => Answer::Reset,
            _ => ok(&json!({ "tasks": [], "failures": [{ "reason": "RESOURCE:ENI" }] })),
        }),
        // The list is a moment behind.
        "ListTasks" if json_body(request).get("startedBy").is_some() => {
            let arns = if lists.fetch_add(1, Ordering::Relaxed) == 0 { vec![] } else { vec![task_arn('b')] };
            Some(ok(&json!({ "taskArns": arns })))
        }
        _ => None,
    });
    let (exit, told) = told(&aws, &[]);
    assert_eq!((exit, &place(&told, 'b')["by"]), (0, &json!(task_arn('b'))), "{told:#}");
}

#[test]
fn the_platform_of_the_service_is_checked() {
    let of = |system: &'static str, architecture: &'static str| {
        aws(move |operation, request| {
            let is_own = operation == "DescribeTaskDefinition" && json_body(request)["taskDefinition"] != "ecr-probe";
            is_own.then(|| {
                let mut told = definition(&json_body(request));
                told["taskDefinition"]["runtimePlatform"] =
                    json!({ "operatingSystemFamily": system, "cpuArchitecture": architecture });
                ok(&told)
            })
        })
    };
    let variable = |aws: &Responder, name: &str| {
        let run = json_body(&asked(aws, "RunTask")[0]);
        let environment = run["overrides"]["containerOverrides"][0]["environment"].clone();
        environment.as_array().into_iter().flatten().find(|it| it["name"] == name).map(|it| it["value"].clone())
    };
    let arm = of("LINUX", "ARM64");
    assert_eq!(told(&arm, &[]).0, 0);
    assert_eq!(variable(&arm, "ECR_PROBE_PLATFORM"), Some(json!("linux/arm64")));
    let windows = of("WINDOWS_SERVER_2022_CORE", "X86_64");
    let told = told(&windows, &[]).1;
    assert_eq!(
        (variable(&windows, "ECR_PROBE_PLATFORM"), variable(&windows, "ECR_PROBE_PULL")),
        (None, Some(json!("reach")))
    );
    assert!(told["notes"].to_string().contains("for Windows"), "{}", told["notes"]);
}

/// Where instances pull, the tasks' subnets tell nothing.
#[test]
fn a_service_on_instances_is_not_swept() {
    for (launch_type, providers) in [(json!("EC2"), json!([])), (Value::Null, json!([{ "capacityProvider": "asg" }]))] {
        let aws = aws(move |operation, _| {
            let mut service = service();
            service["launchType"] = launch_type.clone();
            service["capacityProviderStrategy"] = providers.clone();
            (operation == "DescribeServices").then(|| ok(&json!({ "services": [service], "failures": [] })))
        });
        let swept = sweep(&aws, &[]);
        assert_eq!(swept.exit, 2, "{}", swept.all());
        assert!(swept.stderr.contains("service web runs on EC2: ") && swept.stderr.contains("ecr-probe audit"));
        assert!(asked(&aws, "Invoke").is_empty() && asked(&aws, "RunTask").is_empty());
    }
}

#[test]
fn no_capacity_is_no_fault_of_the_subnet() {
    let reason = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
    let aws = in_b("RunTask", move || ok(&json!({ "tasks": [], "failures": [{ "reason": reason }] })));
    let (exit, told) = told(&aws, &[]);
    assert_eq!((exit, kind(&told), &told["verdict"]), (3, "not-started", &json!("inconclusive")));
    let said = place(&told, 'b')["explanation"]["said"].as_str().unwrap_or_default();
    assert!(said.contains("Capacity is unavailable"), "{said}");
    let text = sweep(&aws, &BY_TASKS).stdout;
    assert!(text.contains("Capacity is unavailable") && text.contains("ECS started no task"), "{text}");
}

#[test]
fn a_task_that_never_stops_is_stopped() {
    let aws = in_b("DescribeTasks", || running("RUNNING"));
    let (exit, told) = told(&aws, &["--budget", "3s"]);
    assert_eq!((exit, kind(&told)), (3, "never-stopped"));
    assert_eq!(place(&told, 'b')["obstacle"]["status"], "RUNNING");
    let stops = asked(&aws, "StopTask");
    assert_eq!((stops.len(), json_body(&stops[0])["task"].clone()), (1, json!(task_arn('b'))));
    // One that may go on is said so.
    let still = crate::aws::aws(|operation, request| match operation {
        "DescribeTasks" if letter(request) == 'b' => Some(running("RUNNING")),
        "StopTask" => Some(denied("ecs:StopTask")),
        _ => None,
    });
    let text = sweep(&still, &["--via", "run-task", "--budget", "1s"]).stdout;
    let note = format!(
        "note: subnet-0b: the probe's task may still be running, since ecs:StopTask failed (AccessDeniedException); to stop it: aws ecs stop-task --region eu-west-1 --cluster main --task {}",
        task_arn('b')
    );
    assert!(text.contains(&note), "{text}");
}

#[test]
fn each_denial_names_its_action() {
    for (operation, action) in [("RunTask", "ecs:RunTask"), ("DescribeTasks", "ecs:DescribeTasks")] {
        let aws = in_b(operation, move || denied(action));
        let (exit, told) = told(&aws, &[]);
        assert_eq!((exit, kind(&told)), (3, "not-allowed"), "{operation}");
        assert_eq!(place(&told, 'b')["obstacle"]["hidden"]["action"], action);
        // A task that may not be watched is not left behind.
        let stops = asked(&aws, "StopTask").len();
        assert_eq!(stops, usize::from(operation == "DescribeTasks"));
    }
    // ECS names the role that may not be passed.
    let message = "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/execution";
    let aws = in_b("RunTask", move || error(400, "AccessDeniedException", message));
    assert!(sweep(&aws, &BY_TASKS).stdout.contains("iam:PassRole on resource"));
}

#[test]
fn throttling_is_tried_again() {
    let count = AtomicUsize::new(0);
    let aws = in_b("RunTask", move || match count.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => error(400, "ThrottlingException", "Rate exceeded"),
        _ => ok(&json!({ "tasks": [{ "taskArn": task_arn('b') }], "failures": [] })),
    });
    assert_eq!(told(&aws, &[]).0, 0);
}

/// Nobody knows whether a request without an answer made a task: the same one is sent again, and then ECS is asked.
#[test]
fn a_task_is_not_lost_with_the_answer_to_its_request() {
    let aws = aws(|operation, request| match operation {
        "RunTask" if letter(request) == 'b' => Some(Answer::Reset),
        "ListTasks" if json_body(request).get("startedBy").is_some() => {
            Some(ok(&json!({ "taskArns": [task_arn('b')] })))
        }
        _ => None,
    });
    let (exit, told) = told(&aws, &[]);
    assert_eq!((exit, &place(&told, 'b')["by"]), (0, &json!(task_arn('b'))));
    let tries: Vec<Value> = asked(&aws, "RunTask").iter().filter(|it| letter(it) == 'b').map(json_body).collect();
    assert_eq!(tries.len(), 2);
    assert_eq!(tries[0]["clientToken"], tries[1]["clientToken"]);
}

#[test]
fn ecs_words_for_a_wrong_order_are_told() {
    let message = "Task definition does not support launch_type EC2.";
    let aws = in_b("RunTask", move || error(400, "InvalidParameterException", message));
    let (exit, told) = told(&aws, &[]);
    assert_eq!((exit, kind(&told)), (3, "no-answer"));
    assert!(sweep(&aws, &BY_TASKS).stdout.contains("ecs:RunTask: InvalidParameterException: Task definition does not"));
}

#[test]
fn tasks_are_side_by_side() {
    let aws = aws(|operation, _| {
        (operation == "RunTask").then(|| {
            std::thread::sleep(Duration::from_secs(1));
        });
        None
    });
    let (swept, _) = result(&aws, &BY_TASKS);
    assert!(swept.took < Duration::from_millis(5_500), "{:?}", swept.took);
}
