//! By functions: what may become of an invocation, one thing at a time. The other subnets are told all the same.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::aws::{
    IMAGE, LAMBDA, asked, aws, configuration, denied, error, function_arn, json_body, letter, ok, place, result,
    service, sweep, tagged,
};
use crate::responder::{Answer, Request};

/// What only subnet b gets.
fn in_b(of: &'static str, answer: impl Fn() -> Answer + Send + Sync + 'static) -> crate::responder::Responder {
    aws(move |operation, request| (operation == of && letter(request) == 'b').then(&answer))
}

fn verdicts(result: &Value) -> Vec<&str> {
    ['a', 'b', 'c'].map(|letter| place(result, letter)["verdict"].as_str().unwrap_or_default()).to_vec()
}

fn kind(result: &Value) -> &str {
    place(result, 'b')["obstacle"]["kind"].as_str().unwrap_or("none")
}

#[test]
fn all_three_are_fine() {
    let aws = aws(|_, _| None);
    let (swept, told) = result(&aws, &[]);
    assert_eq!(swept.exit, 0, "{}", swept.all());
    assert_eq!((&told["verdict"], &told["places"][0]["via"]), (&json!("healthy"), &json!("lambda")));
    assert_eq!(told["differs"], json!([]));
    let invoked = asked(&aws, "Invoke");
    assert_eq!(invoked.len(), 3);
    let event = json_body(&invoked[0]);
    assert_eq!(event["images"], json!([IMAGE]), "{event}");
    assert!(event["execution_role"].as_str().is_some_and(|role| role.ends_with("role/execution")), "{event}");
    assert_eq!(event["assign_public_ip"], json!(false), "{event}");
    assert!(asked(&aws, "RunTask").is_empty(), "nothing is run where functions are found");
    // One look-up of the tags, one configuration a function.
    assert_eq!((asked(&aws, "GetResources").len(), asked(&aws, "GetFunctionConfiguration").len()), (1, 3));
    assert!(invoked[0].header("authorization").is_some_and(|it| it.contains("/eu-west-1/lambda/aws4_request")));
    assert!(asked(&aws, "GetResources")[0].header("authorization").is_some_and(|it| it.contains("/tagging/")));

    let text = sweep(&aws, &[]).stdout;
    let rows: Vec<&str> = text.lines().filter(|line| line.contains("subnet-0") && line.contains("  ok  ")).collect();
    assert_eq!(rows.len(), 3, "{text}");
    assert!(text.contains("by Lambda functions"), "{text}");
    let healthy = "healthy: the images of web can be pulled from all 3 subnets\n";
    assert!(text.ends_with(healthy) && !text.contains("what differs") && !text.contains("help:"), "{text}");
}

#[test]
fn one_of_three_is_broken() {
    let aws = in_b("Invoke", || ok(&LAMBDA.broken));
    let (swept, told) = result(&aws, &[]);
    assert_eq!(swept.exit, 1, "{}", swept.all());
    assert_eq!(verdicts(&told), ["healthy", "unhealthy", "healthy"]);
    let first = &told["diagnoses"][0];
    assert_eq!((&first["code"], &first["where"]), (&json!("RTE-03"), &json!(["subnet-0b"])), "{first:#}");
    assert_eq!((&first["subnets"], &first["of"]), (&json!(["subnet-0b"]), &json!(3)));
    assert_eq!(place(&told, 'b')["stops"]["code"], "RTE-03");
    // The account is not told here: what would tell is named.
    let differs = &told["differs"][0];
    assert_eq!((&differs["kind"], &differs["fails"]), (&json!("unknown"), &json!(["subnet-0b"])), "{differs:#}");
    assert_eq!(
        differs["unread"],
        json!([{ "what": "subnets", "action": "ec2:DescribeSubnets", "why": "UnauthorizedOperation" }])
    );

    let text = sweep(&aws, &[]).stdout;
    for words in [
        "in 1 of 3 subnets: subnet-0b\nerror[RTE-03]: ",
        "subnet-0b against subnet-0a, subnet-0c: not known: subnets: UnauthorizedOperation (ec2:DescribeSubnets)",
        "unhealthy: the images of web cannot be pulled from 1 of 3 subnets: RTE-03",
    ] {
        assert!(text.contains(words), "no {words:?} in\n{text}");
    }
}

/// A task with a public address gets to S3 through an internet gateway, where a function does not.
#[test]
fn silence_of_the_internet_is_no_fault_where_tasks_have_public_addresses() {
    let aws = aws(|operation, request| match operation {
        "DescribeServices" => {
            let mut service = service();
            service["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] = json!("ENABLED");
            Some(ok(&json!({ "services": [service], "failures": [] })))
        }
        "Invoke" if letter(request) == 'b' => Some(ok(&LAMBDA.broken)),
        _ => None,
    });
    let (swept, told) = result(&aws, &[]);
    assert_eq!((swept.exit, verdicts(&told)), (3, vec!["healthy", "inconclusive", "healthy"]), "{}", swept.all());
    assert_eq!(json_body(&asked(&aws, "Invoke")[0])["assign_public_ip"], json!(true));
    let finding = &told["diagnoses"][0];
    assert_eq!((&finding["code"], &finding["severity"]), (&json!("RTE-03"), &json!("info")), "{finding:#}");
}

#[test]
fn what_holds_everywhere_is_said_so() {
    let aws = aws(|operation, _| (operation == "Invoke").then(|| ok(&LAMBDA.broken)));
    let (swept, told) = result(&aws, &[]);
    assert_eq!((swept.exit, &told["diagnoses"][0]["where"]), (1, &Value::Null), "{}", swept.all());
    assert_eq!(told["differs"], json!([]));
    assert!(sweep(&aws, &[]).stdout.contains("in all 3 subnets\nerror[RTE-03]"));
}

#[test]
fn a_function_that_fails_is_a_row() {
    let failed = |error: &str| {
        let body = json!({ "errorType": error, "errorMessage": "2026 Task timed out after 60.00 seconds" }).to_string();
        Answer::Http { status: 200, headers: "X-Amz-Function-Error: Unhandled\r\n".to_owned(), body: body.into_bytes() }
    };
    let aws = in_b("Invoke", move || failed("Sandbox.Timedout"));
    let (swept, told) = result(&aws, &[]);
    assert_eq!((swept.exit, &told["verdict"]), (3, &json!("inconclusive")), "{}", swept.all());
    assert_eq!(verdicts(&told), ["healthy", "inconclusive", "healthy"]);
    let obstacle = &place(&told, 'b')["obstacle"];
    assert_eq!((&obstacle["kind"], &obstacle["error"]), (&json!("function-failed"), &json!("Sandbox.Timedout")));
    assert!(sweep(&aws, &[]).stdout.contains("probe-b failed: Sandbox.Timedout (2026 Task timed out"));
}

#[test]
fn what_is_no_report_is_a_row() {
    for (name, body) in [
        ("nothing", Vec::new()),
        ("null", b"null".to_vec()),
        ("words", b"\"hello\"".to_vec()),
        ("garbage", vec![0xff, 0xfe, 0, 1, 2]),
        ("deep", "[".repeat(100_000).into_bytes()),
        ("an explanation", br#"{"schema":"ecr-probe.explanations/1","explanations":[]}"#.to_vec()),
        ("an error that nobody marked", br#"{"errorMessage":"no","errorType":"X"}"#.to_vec()),
        ("half a report", LAMBDA.healthy.to_string().into_bytes()[..5_000].to_vec()),
        ("a report without evidence", br#"{"schema":"ecr-probe.report/1"}"#.to_vec()),
    ] {
        let aws = in_b("Invoke", move || Answer::of(200, body.clone()));
        let (swept, told) = result(&aws, &[]);
        assert_eq!((swept.exit, kind(&told)), (3, "not-a-report"), "{name}: {}", swept.all());
        assert_eq!(verdicts(&told), ["healthy", "inconclusive", "healthy"], "{name}");
    }
}

#[test]
fn seven_megabytes_are_not_read() {
    let large = json!({ "schema": "ecr-probe.report/1", "filling": "x".repeat(7 << 20) }).to_string();
    let aws = in_b("Invoke", move || Answer::of(200, large.clone()));
    let (swept, told) = result(&aws, &[]);
    assert_eq!(swept.exit, 3, "{}", swept.stderr);
    let hidden = &place(&told, 'b')["obstacle"]["hidden"];
    assert_eq!(hidden["why"]["how"]["cause"], "too-large", "{hidden:#}");
}

#[test]
fn a_function_that_hangs_is_waited_for_no_longer_than_the_budget() {
    let aws = in_b("Invoke", || Answer::Silence);
    let (swept, told) = result(&aws, &["--budget", "2s"]);
    assert_eq!((swept.exit, kind(&told)), (3, "no-answer"), "{}", swept.all());
    assert_eq!(place(&told, 'b')["obstacle"]["hidden"]["why"]["how"]["cause"], "timed-out");
    assert!(swept.took < Duration::from_secs(6), "{:?}", swept.took);
}

#[test]
fn a_slow_function_is_waited_for_longer_than_an_act() {
    let aws = in_b("Invoke", || {
        std::thread::sleep(Duration::from_secs(3));
        ok(&LAMBDA.healthy)
    });
    let (swept, told) = result(&aws, &["--timeout", "1s"]);
    assert_eq!(swept.exit, 0, "{}", swept.all());
    assert!(place(&told, 'b')["took_ms"].as_f64().is_some_and(|took| took > 2_900.0), "{told:#}");
}

#[test]
fn throttling_is_tried_again_and_then_told() {
    let throttled = || error(429, "TooManyRequestsException", "Rate Exceeded.");
    let aws = in_b("Invoke", throttled);
    let (swept, told) = result(&aws, &[]);
    assert_eq!((swept.exit, kind(&told)), (3, "throttled"), "{}", swept.all());
    let tries = asked(&aws, "Invoke").iter().filter(|it| letter(it) == 'b').count();
    assert_eq!(tries, 4);

    // What passes is no matter.
    let count = std::sync::atomic::AtomicUsize::new(0);
    let passing = move || {
        let is_first = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 2;
        if is_first { throttled() } else { ok(&LAMBDA.healthy) }
    };
    assert_eq!(result(&in_b("Invoke", passing), &[]).0.exit, 0);
}

#[test]
fn each_denial_names_its_action() {
    for (operation, action) in
        [("Invoke", "lambda:InvokeFunction"), ("GetFunctionConfiguration", "lambda:GetFunctionConfiguration")]
    {
        let aws = in_b(operation, move || denied(operation));
        let (swept, told) = result(&aws, &[]);
        assert_eq!((swept.exit, kind(&told)), (3, "not-allowed"), "{operation}: {}", swept.all());
        assert_eq!(place(&told, 'b')["obstacle"]["hidden"]["action"], action);
        assert_eq!(place(&told, 'a')["verdict"], "healthy", "{operation}");
        assert!(sweep(&aws, &[]).stdout.contains(&format!("{action} is not allowed: AccessDeniedException")));
    }
    // Who may not look for functions, and wants no tasks: three rows.
    let no_tags = aws(|operation, _| (operation == "GetResources").then(|| denied("tag:GetResources")));
    let (swept, told) = result(&no_tags, &["--via", "lambda"]);
    assert_eq!((swept.exit, kind(&told)), (3, "not-allowed"), "{}", swept.all());
    assert!(asked(&no_tags, "RunTask").is_empty());
    // By itself it then runs tasks, and says so.
    let (swept, told) = result(&no_tags, &[]);
    assert_eq!((swept.exit, &told["places"][0]["via"]), (0, &json!("run-task")), "{}", swept.all());
    assert!(told["notes"][0].as_str().is_some_and(|note| note.contains("tag:GetResources")), "{}", told["notes"]);
    // The service itself.
    let no_service = aws(|operation, _| (operation == "DescribeServices").then(|| denied("ecs:DescribeServices")));
    let swept = sweep(&no_service, &[]);
    assert_eq!(swept.exit, 3, "{}", swept.all());
    assert!(swept.stdout.contains("allow ecs:DescribeServices"), "{}", swept.stdout);
}

#[test]
fn a_subnet_without_a_function_gets_a_task() {
    let two = || {
        let mut tagged = tagged();
        tagged["ResourceTagMappingList"].as_array_mut().expect("a list").remove(1);
        tagged
    };
    let aws = aws(move |operation, _| (operation == "GetResources").then(|| ok(&two())));
    let (swept, told) = result(&aws, &[]);
    assert_eq!((swept.exit, &place(&told, 'b')["via"]), (0, &json!("run-task")), "{}", swept.all());
    assert_eq!((asked(&aws, "Invoke").len(), asked(&aws, "RunTask").len()), (2, 1));
    assert!(sweep(&aws, &[]).stdout.contains(" · by Lambda functions and tasks\n"));
    // By functions alone, and where the probe has no task definition, it is a row.
    let (swept, told) = result(&aws, &["--via", "lambda"]);
    assert_eq!((swept.exit, kind(&told)), (3, "no-function"), "{}", swept.all());
    let (swept, told) = result(&aws, &["--task-definition", "missing"]);
    assert_eq!((swept.exit, kind(&told)), (3, "no-function"), "{}", swept.all());
    assert_eq!(asked(&aws, "RunTask").len(), 2);
    assert!(sweep(&aws, &["--via", "lambda"]).stdout.contains("no function here: deploy deploy/lambda.yaml"));
}

/// The tagging API tells deleted functions for a while.
#[test]
fn tags_of_deleted_functions_count_for_nothing() {
    let aws = aws(|operation, _| {
        (operation == "GetFunctionConfiguration").then(|| error(404, "ResourceNotFoundException", "Function not found"))
    });
    let (swept, told) = result(&aws, &[]);
    assert_eq!((swept.exit, &told["places"][0]["via"]), (0, &json!("run-task")), "{}", swept.all());
    assert!(told["notes"].to_string().contains("tasks are run"), "{}", told["notes"]);
}

/// An idle function fails the invocation that brings its network interfaces back.
#[test]
fn an_idle_function_is_woken() {
    let (asks, invocations) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let aws = aws(move |operation, request| match operation {
        "Invoke" if letter(request) == 'b' && invocations.fetch_add(1, Ordering::Relaxed) == 0 => {
            Some(error(502, "ResourceNotReadyException", "The function is inactive"))
        }
        "GetFunctionConfiguration" if letter(request) == 'b' => {
            let state = ["Inactive", "Pending"].get(asks.fetch_add(1, Ordering::Relaxed)).copied().unwrap_or("Active");
            let mut configuration = configuration('b');
            configuration["State"] = json!(state);
            Some(ok(&configuration))
        }
        _ => None,
    });
    let (swept, told) = result(&aws, &[]);
    assert_eq!((swept.exit, verdicts(&told)), (0, vec!["healthy"; 3]), "{}", swept.all());
    let invoked = asked(&aws, "Invoke").iter().filter(|it| letter(it) == 'b').count();
    assert!((2..=3).contains(&invoked), "{invoked} invocations");
}

#[test]
fn a_check_ends_within_the_budget_of_the_sweep() {
    let aws = aws(|_, _| None);
    assert_eq!(result(&aws, &["--budget", "40s"]).0.exit, 0);
    assert_eq!(json_body(&asked(&aws, "Invoke")[0])["budget"], json!("24s"));
}

#[test]
fn the_configuration_decides_where_a_function_stands() {
    let configured = |change: fn(&mut Value)| {
        in_b("GetFunctionConfiguration", move || {
            let mut configuration = configuration('b');
            change(&mut configuration);
            ok(&configuration)
        })
    };
    for (change, expected) in [
        (
            (|it: &mut Value| it["VpcConfig"]["SubnetIds"] = json!(["subnet-0b", "subnet-0c"])) as fn(&mut Value),
            "function-elsewhere",
        ),
        (|it| it["VpcConfig"]["SubnetIds"] = json!(["subnet-0x"]), "function-elsewhere"),
        (|it| it["VpcConfig"] = json!({ "SubnetIds": [], "SecurityGroupIds": [] }), "function-elsewhere"),
        (|it| it["VpcConfig"] = Value::Null, "function-elsewhere"),
        (|it| it["State"] = json!("Pending"), "function-not-ready"),
        (|it| it["LastUpdateStatus"] = json!("InProgress"), "function-not-ready"),
        (|it| it["State"] = json!("Failed"), "function-not-ready"),
    ] {
        let aws = configured(change);
        let (swept, told) = result(&aws, &["--via", "lambda", "--budget", "2s"]);
        assert_eq!((swept.exit, kind(&told)), (3, expected), "{}", swept.all());
        assert_eq!(asked(&aws, "Invoke").len(), 2, "it is not invoked");
    }
    // Other groups let other packets through.
    let other = configured(|it| it["VpcConfig"]["SecurityGroupIds"] = json!(["sg-0other"]));
    let (swept, told) = result(&other, &[]);
    assert_eq!((swept.exit, verdicts(&told)), (3, vec!["healthy", "inconclusive", "healthy"]), "{}", swept.all());
    let obstacle = &place(&told, 'b')["obstacle"];
    assert_eq!((&obstacle["kind"], &obstacle["groups"]), (&json!("other-groups"), &json!(["sg-0other"])));
    assert!(place(&told, 'b')["report"].is_object(), "its check is told all the same");
    let text = sweep(&other, &[]).stdout;
    assert!(text.contains("has the security groups sg-0other, and the service sg-0task"), "{text}");
    // What fails there is no finding about the service, in no form.
    let broken = aws(|operation, request| match operation {
        "GetFunctionConfiguration" if letter(request) == 'b' => {
            let mut configuration = configuration('b');
            configuration["VpcConfig"]["SecurityGroupIds"] = json!(["sg-0other"]);
            Some(ok(&configuration))
        }
        "Invoke" if letter(request) == 'b' => Some(ok(&LAMBDA.broken)),
        _ => None,
    });
    let (swept, told) = result(&broken, &[]);
    assert_eq!((swept.exit, verdicts(&told)), (3, vec!["healthy", "inconclusive", "healthy"]), "{}", swept.all());
    assert_eq!((&told["diagnoses"], &place(&told, 'b')["stops"]), (&json!([]), &Value::Null));
    assert_eq!(place(&told, 'b')["report"]["verdict"], "unhealthy", "its check is told all the same");
    for form in ["text", "markdown", "junit"] {
        let all = sweep(&broken, &["--output", form]).stdout;
        // Markdown has the report of each subnet too, folded.
        let text = all.split("<details>").next().unwrap_or_default();
        assert!(text.contains("sg-0other") && !text.contains("RTE-03") && !text.contains("<failure"), "{form}: {text}");
    }
}

/// Two services in the same subnets have a stack of functions each.
#[test]
fn of_two_functions_in_a_subnet_the_one_with_the_services_groups_is_asked() {
    let aws = aws(|operation, request| match operation {
        "GetResources" => {
            let mut all = tagged();
            let list = all["ResourceTagMappingList"].as_array_mut().expect("a list");
            let tags = json!([{ "Key": "ecr-probe:subnet", "Value": "subnet-0b" }]);
            let arn = "arn:aws:lambda:eu-west-1:123456789012:function:first";
            list.insert(0, json!({ "ResourceARN": arn, "Tags": tags }));
            Some(ok(&all))
        }
        "GetFunctionConfiguration" if request.head.contains("first") => {
            let mut configuration = configuration('b');
            configuration["FunctionName"] = json!("first");
            configuration["VpcConfig"]["SecurityGroupIds"] = json!(["sg-0other"]);
            Some(ok(&configuration))
        }
        _ => None,
    });
    let (swept, told) = result(&aws, &[]);
    assert_eq!((swept.exit, verdicts(&told)), (0, vec!["healthy"; 3]), "{}", swept.all());
    let invoked = asked(&aws, "Invoke");
    assert!(invoked.len() == 3 && !invoked.iter().any(|it| it.head.contains("first")), "{} invocations", invoked.len());
}

#[test]
fn named_functions_replace_tags() {
    let aws = aws(|_, _| None);
    let arguments = ["--function", "probe-a", "--function", "probe-c"];
    let (swept, told) = result(&aws, &arguments);
    assert_eq!((swept.exit, kind(&told)), (3, "no-function"), "{}", swept.all());
    assert!(asked(&aws, "GetResources").is_empty());
    assert_eq!(place(&told, 'c')["by"], function_arn('c').as_str());
    // By ARN too: its colons go escaped.
    let all: Vec<String> = ['a', 'b', 'c'].map(function_arn).to_vec();
    let arguments: Vec<&str> = all.iter().flat_map(|arn| ["--function", arn.as_str()]).collect();
    assert_eq!(result(&aws, &arguments).0.exit, 0);
    let asked = asked(&aws, "GetFunctionConfiguration");
    let line = |it: &Request| it.head.lines().next().unwrap_or_default().to_owned();
    assert!(
        asked.iter().any(|it| line(it).contains("arn%3Aaws%3Alambda")),
        "{:?}",
        asked.iter().map(line).collect::<Vec<_>>()
    );
}
