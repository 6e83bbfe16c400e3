//! Stopped tasks from the simulated ECS API: everything that it says, and everything that keeps it from saying it.

use std::process::Command;
use std::time::{Duration, Instant};

use ecr_probe::entry::stopped::Fetched;
use ecr_probe::reason::records;
use serde_json::json;

use crate::fetching::{Done, fetched};
use crate::sim::service::{CLUSTER, stopped_task_arn};
use crate::sim::{CANARIES, Loopback, World};

/// A laptop: everything public can be reached.
const LAPTOP: &str = "mode = 'host'\n[vpc]\nnat = true\ninterface_endpoints = []\ns3_gateway = false\n";

const REGION: &str = "eu-west-1";

struct Place {
    loopback: Loopback,
    timeout: &'static str,
    /// The bound of all calls together, where it is not the binary's.
    within: Option<Duration>,
}

impl Place {
    fn new(difference: &str) -> Place {
        let toml = format!("{LAPTOP}{difference}");
        let world = World::from_toml(&toml).unwrap_or_else(|error| panic!("{toml}: {error}"));
        Place { loopback: Loopback::start(world).unwrap(), timeout: "2s", within: None }
    }

    fn ask(&self, task: Option<&str>, cluster: Option<&str>, variables: &[(&str, &str)]) -> Done {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env_clear().envs(self.loopback.environment()).envs(variables.iter().copied());
        let own = self.loopback.arguments().into_iter().map(|argument| argument.into_string().unwrap());
        let arguments: Vec<String> = own.chain(["--timeout".to_owned(), self.timeout.to_owned()]).collect();
        let within_ms = self.within.map(|it| it.as_millis() as u64);
        let asked = json!({ "arguments": arguments, "task": task, "cluster": cluster, "within_ms": within_ms });
        let done = fetched(command, &asked);
        for canary in CANARIES {
            assert!(!done.output.contains(canary), "{canary}: {}", done.output);
        }
        assert_eq!(self.loopback.services().stray_credentials(), 0);
        done
    }

    /// What is said of the task, which is one line.
    fn told(&self, variables: &[(&str, &str)]) -> String {
        let error = self.ask(Some(&arn()), None, variables).result.unwrap_err();
        assert!(error.lines().count() == 1 && error.chars().count() < 400, "{error}");
        error
    }
}

fn arn() -> String {
    stopped_task_arn(REGION, 0)
}

fn count(fetched: &Fetched) -> usize {
    fetched.replies.iter().map(|reply| records(reply).len()).sum()
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in: {text}");
    }
}

#[test]
fn a_task_is_described() {
    let fetched = Place::new("").ask(Some(&arn()), None, &[]).result.unwrap();
    let found = records(&fetched.replies[0]);
    assert_eq!((fetched.replies.len(), found.len(), fetched.incomplete), (1, 1, None));
    assert_eq!(found[0].task_arn, Some(arn()));
    assert_eq!(found[0].stopped_at.as_deref(), Some("1795441800.123"));
    says(&found[0].text, &["CannotPullContainerError", "i/o timeout"]);
}

#[test]
fn a_cluster_is_listed_page_by_page() {
    for (ecs, replies, tasks, calls) in [
        ("stopped = 0", 0, 0, 1),
        ("stopped = 100", 1, 100, 2),
        ("stopped = 250", 3, 250, 6),
        ("stopped = 25\npage = 10", 3, 25, 6),
    ] {
        let place = Place::new(&format!("[ecs]\n{ecs}"));
        let fetched = place.ask(None, Some(CLUSTER), &[]).result.unwrap();
        assert_eq!((fetched.replies.len(), count(&fetched), &fetched.incomplete), (replies, tasks, &None), "{ecs}");
        assert_eq!(place.loopback.services().ecs_calls(), calls, "{ecs}");
    }
    let by_arn = format!("arn:aws:ecs:{REGION}:123456789012:cluster/{CLUSTER}");
    let fetched = Place::new("").ask(None, Some(&by_arn), &[("AWS_REGION", "us-east-1")]).result.unwrap();
    assert_eq!(count(&fetched), 1);
}

/// The signature covers the port and the path.
#[test]
fn an_endpoint_url_is_followed() {
    let place = Place::new("");
    let host = format!("https://ecs.{REGION}.amazonaws.com:{}", place.loopback.port());
    for url in [host.clone(), host.clone() + "/", host + "/behind/a/gateway"] {
        let fetched = place.ask(Some(&arn()), None, &[("AWS_ENDPOINT_URL_ECS", &url)]).result;
        assert_eq!(fetched.map(|it| count(&it)), Ok(1), "{url}");
    }
}

#[test]
fn what_is_not_read_is_said() {
    let fetched = Place::new("[ecs]\nstopped = 45\npage = 2").ask(None, Some(CLUSTER), &[]).result.unwrap();
    assert_eq!(count(&fetched), 40);
    says(&fetched.incomplete.unwrap(), &["only 40 stopped tasks", "there are more"]);
}

#[test]
fn what_ecs_does_not_know() {
    says(&Place::new("[ecs]\nstopped = 0").told(&[]), &[&arn(), "about an hour", "EventBridge rule"]);
    let other = arn().replace(CLUSTER, "other");
    let error = Place::new("").ask(Some(&other), None, &[]).result.unwrap_err();
    says(&error, &["no cluster other in eu-west-1", "ClusterNotFoundException", "aws ecs list-clusters"]);
    let runs = "[reply.describe-tasks]\nbody = '{\"tasks\":[{\"lastStatus\":\"RUNNING\"}]}'";
    says(&Place::new(runs).told(&[]), &[&arn(), "is RUNNING", "a reason only for what has stopped"]);
    let error = Place::new("").ask(Some("9f3c51a2"), None, &[]).result.unwrap_err();
    says(&error, &["--task \"9f3c51a2\"", "arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/ID"]);
}

#[test]
fn who_may_not_ask() {
    let denied = Place::new("[deny]\n'ecs:DescribeTasks' = 'identity'").told(&[]);
    says(&denied, &["denies ecs:DescribeTasks", &arn(), "to arn:aws:sts::", "allow it in the identity-based policy"]);
    let denied = Place::new("[deny]\n'ecs:DescribeTasks' = 'explicit-scp'").told(&[]);
    says(&denied, &["take the deny out of the service control policy"]);
    let denied = Place::new("[deny]\n'ecs:ListTasks' = 'bare'").ask(None, Some(CLUSTER), &[]).result.unwrap_err();
    says(&denied, &["denies ecs:ListTasks on * to ", "allow it in a policy"]);

    says(&Place::new("[credentials]\nkind = 'none'").told(&[]), &["no AWS credentials", "AWS_PROFILE"]);
    let expired = Place::new("[credentials]\nkind = 'expired'").told(&[]);
    says(&expired, &["does not take these credentials", "ExpiredTokenException", "export-credentials"]);
    says(&Place::new("[clock]\nskew_s = 900").told(&[]), &["the clock here is wrong by", "set it"]);
    says(&Place::new("").told(&[("AWS_SESSION_TOKEN", "cut\nin two")]), &["cannot be sent", "session token"]);
    let stale = Place::new("").told(&[("AWS_SECRET_ACCESS_KEY", "another secret key altogether")]);
    says(&stale, &["does not take these credentials (InvalidSignatureException)"]);
}

#[test]
fn not_now_is_asked_again_twice() {
    for (throttled, calls) in [(1, 2), (2, 3)] {
        let place = Place::new(&format!("[ecs]\nthrottled = {throttled}"));
        assert_eq!(count(&place.ask(Some(&arn()), None, &[]).result.unwrap()), 1);
        assert_eq!(place.loopback.services().ecs_calls(), calls);
    }
    let place = Place::new("[ecs]\nthrottled = 9");
    says(&place.told(&[]), &["ThrottlingException", "try again in a minute"]);
    assert_eq!(place.loopback.services().ecs_calls(), 3);
    says(&Place::new("[reply.describe-tasks]\nstatus = 503").told(&[]), &["DescribeTasks failed three times", "503"]);
}

#[test]
fn strange_answers_are_told() {
    let forced = |answer: &str| Place::new(&format!("[reply.describe-tasks]\n{answer}")).told(&[]);
    for body in ["", "{", "[]", "{\"tasks\": 7}", "<html>sign in</html>"] {
        says(&forced(&format!("body = '{body}'")), &["cannot be read", "ecs.eu-west-1.amazonaws.com"]);
    }
    says(&forced("fault = 'garbage'"), &["answers DescribeTasks with what cannot be read"]);
    says(&forced("fault = 'huge'"), &["more than 8 MiB"]);
    says(&forced("fault = 'reset'"), &["resets the connection"]);
    says(&forced("fault = 'close'"), &["ends the connection"]);
    let blocked = "status = 403\nbody = '<html><title>Blocked</title></html>'\ncontent_type = 'text/html'";
    says(&forced(blocked), &["with 403, and not in ECS's words: Blocked", "who answers under that name"]);
    let long = format!("status = 400\nmessage = '{}'\ncode = 'ServerException'", "very ".repeat(300));
    says(&forced(&long), &["refuses DescribeTasks", "very very"]);
    says(&forced("code = 'ServerException'\nmessage = 'oops'\nstatus = 500"), &["500 ServerException", "oops"]);
    let odd = "code = 'InvalidParameterException'\nmessage = 'Invalid identifier'";
    says(&forced(odd), &["refuses DescribeTasks", "InvalidParameterException", "Invalid identifier"]);
}

/// Wherever it says that the answer is, and whatever it was sent.
#[test]
fn credentials_go_nowhere_else() {
    let away = "status = 307\nheaders = { Location = 'https://public.ecr.aws/x' }";
    let place = Place::new(&format!("[reply.describe-tasks]\n{away}"));
    says(&place.told(&[]), &["with 307"]);
    assert_eq!(place.loopback.services().ecs_calls(), 1);
    // The canaries are looked for in all that is written.
    let echo = "body = '{\"tasks\":[{\"stoppedReason\":\"{authorization} {token}\"}]}'";
    let fetched = Place::new(&format!("[reply.describe-tasks]\n{echo}")).ask(Some(&arn()), None, &[]).result.unwrap();
    assert_eq!(count(&fetched), 1);
    says(
        &Place::new("").told(&[("AWS_ENDPOINT_URL_ECS", "https://other.example")]),
        &["other.example cannot be reached"],
    );
}

#[test]
fn nothing_is_waited_for_in_vain() {
    for (difference, part) in [
        ("[reply.describe-tasks]\nfault = 'silent'", "does not answer DescribeTasks in time"),
        ("[tcp]\nregistry = 'drop'", "cannot be reached: timed out"),
        ("[tcp]\nregistry = 'refuse'", "cannot be reached: connection refused"),
        ("[dns]\nregistry = 'nxdomain'", "cannot be reached: the name does not resolve"),
        ("[tls]\nregistry = 'silent'", "no TLS with ecs.eu-west-1.amazonaws.com: timed out"),
        ("[tls]\nregistry = 'intercepted'", "no TLS with ecs.eu-west-1.amazonaws.com: unknown certificate issuer"),
    ] {
        let place = Place { timeout: "500ms", ..Place::new(difference) };
        let began = Instant::now();
        let done = place.ask(Some(&arn()), None, &[]);
        let took = began.elapsed();
        says(&done.result.unwrap_err(), &["ecs.eu-west-1.amazonaws.com", part]);
        assert!(took < Duration::from_secs(5), "{difference}: {took:?}");
    }
}

/// A reply that trickles is cut off, like every other.
#[test]
fn a_slow_reply_is_cut_off() {
    let place = Place { timeout: "500ms", ..Place::new("[ecs]\nstopped = 100\n[layer]\nbytes_per_second = 40000") };
    let began = Instant::now();
    let done = place.ask(None, Some(CLUSTER), &[]);
    let took = began.elapsed();
    says(&done.result.unwrap_err(), &["does not answer DescribeTasks in time", "--timeout"]);
    assert!(took < Duration::from_secs(5), "{took:?}");
}

/// However patient each call is, all of them together have a bound.
#[test]
fn all_of_it_has_an_end() {
    let slow = Place::new("[ecs]\nstopped = 100\n[layer]\nbytes_per_second = 40000");
    let place = Place { timeout: "30s", within: Some(Duration::from_secs(1)), ..slow };
    let began = Instant::now();
    let done = place.ask(None, Some(CLUSTER), &[]);
    let took = began.elapsed();
    says(&done.result.unwrap_err(), &["did not tell all within 1 s", "try again"]);
    assert!(took < Duration::from_secs(4), "{took:?}");
}

/// What was read before a failure counts, and the failure is told.
#[test]
fn a_failure_on_the_way_costs_only_the_rest() {
    let place = Place::new("[ecs]\nstopped = 9\npage = 3\nanswers = 5");
    let fetched = place.ask(None, Some(CLUSTER), &[]).result.unwrap();
    assert_eq!(count(&fetched), 6);
    says(&fetched.incomplete.unwrap(), &["not all stopped tasks were read", "DescribeTasks", "ThrottlingException"]);
}

/// A list without an end is left after twenty pages.
#[test]
fn a_list_without_an_end_is_left() {
    let list = "body = '{\"taskArns\":[\"x\"],\"nextToken\":\"y\"}'";
    let fetched = Place::new(&format!("[reply.list-tasks]\n{list}")).ask(None, Some(CLUSTER), &[]).result.unwrap();
    // Of each task ECS says that it does not know it.
    assert_eq!((fetched.replies.len(), count(&fetched)), (20, 20));
    says(&fetched.incomplete.unwrap(), &["only 20 stopped tasks"]);
}
