//! Ctrl-C and SIGTERM: the tasks that were started are stopped, and what is known is told.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::aws::{asked, aws, command, ended, json_body, letter, ok, place, task_arn};
use crate::responder::{Answer, Responder};

/// Tasks that run for ever, but for that of subnet a, which has ended.
fn running(more: fn(&str) -> Option<Answer>) -> Responder {
    aws(move |operation, request| match (operation, letter(request)) {
        ("DescribeTasks", 'b' | 'c') => {
            let task = json!({ "taskArn": task_arn(letter(request)), "lastStatus": "RUNNING", "containers": [] });
            Some(ok(&json!({ "tasks": [task], "failures": [] })))
        }
        _ => more(operation),
    })
}

fn signal(pid: u32, signal: &str) {
    let killed = std::process::Command::new("kill").args([signal, &pid.to_string()]).status();
    assert!(killed.is_ok_and(|status| status.success()), "{signal}");
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(20), "{what} did not come about");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_signal_stops_the_tasks_and_tells_what_is_known() {
    for name in ["-INT", "-TERM", "-HUP"] {
        let aws = running(|_| None);
        let began = Instant::now();
        let child = command(&aws, &["--via", "run-task", "--output", "json"]).spawn().expect("the probe starts");
        wait_until("a look at each task", || {
            asked(&aws, "DescribeTasks").len() >= 5 && asked(&aws, "GetLogEvents").len() >= 2
        });
        let signalled = Instant::now();
        signal(child.id(), name);
        let swept = ended(child, began);
        assert!(signalled.elapsed() < Duration::from_secs(5), "{:?}", signalled.elapsed());
        let told = swept.json();
        assert_eq!((swept.exit, &told["verdict"]), (3, &json!("inconclusive")), "{name}: {}", swept.all());
        assert!(told["cut_short"].is_string(), "{told:#}");
        assert_eq!(place(&told, 'a')["verdict"], "healthy", "{}", swept.all());
        for letter in ['b', 'c'] {
            assert_eq!(place(&told, letter)["obstacle"]["kind"], "interrupted", "{}", swept.all());
        }
        let mut stops: Vec<String> =
            asked(&aws, "StopTask").iter().map(|it| json_body(it)["task"].to_string()).collect();
        stops.sort();
        assert_eq!(stops, ['b', 'c'].map(|letter| json!(task_arn(letter)).to_string()));
    }
}

/// The request for a task is under way: the task that it makes must not be left behind.
#[test]
fn a_task_whose_request_is_under_way_is_stopped_too() {
    let aws = running(|operation| {
        if operation == "RunTask" {
            std::thread::sleep(Duration::from_millis(1_500));
        }
        None
    });
    let began = Instant::now();
    let child = command(&aws, &["--via", "run-task"]).spawn().expect("the probe starts");
    wait_until("a request", || asked(&aws, "RunTask").len() == 3);
    signal(child.id(), "-TERM");
    let swept = ended(child, began);
    assert_eq!(swept.exit, 3, "{}", swept.all());
    assert_eq!(asked(&aws, "StopTask").len(), 3);
    assert!(swept.stdout.contains("interrupted"), "{}", swept.stdout);
}

#[test]
fn a_second_signal_ends_at_once() {
    let aws = running(|operation| (operation == "StopTask").then_some(Answer::Silence));
    let began = Instant::now();
    let child = command(&aws, &["--via", "run-task"]).spawn().expect("the probe starts");
    wait_until("a look at a task", || asked(&aws, "DescribeTasks").len() >= 3);
    signal(child.id(), "-INT");
    wait_until("the request to stop", || !asked(&aws, "StopTask").is_empty());
    let signalled = Instant::now();
    signal(child.id(), "-INT");
    let swept = ended(child, began);
    assert!(signalled.elapsed() < Duration::from_secs(2), "{:?}", signalled.elapsed());
    assert_eq!((swept.exit, swept.stdout.as_str()), (2, ""), "{}", swept.all());
    assert!(swept.stderr.contains("before the probe's tasks were stopped"), "{}", swept.stderr);
}
