//! What the step that a text names rules out is not claimed, whatever words stand behind it.

use std::fmt::Write;

use ecr_probe::model::Strength;
use ecr_probe::reason::{Verdict, explain};

use crate::corpus::context;
use crate::frames::Fill;
use crate::vocabulary::{Row, rows};

const RESOURCES: &str =
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:";

/// The steps of a task's start, by the row of the innermost, and what ECS prints before it.
const STEPS: [(&str, &str); 7] = [
    ("unable to retrieve secrets from ssm: %s", RESOURCES),
    ("unable to retrieve secret from asm: %s", RESOURCES),
    ("failed to create Cloudwatch log stream: %s", "ResourceInitializationError: failed to validate logger args:"),
    ("failed to download env files: %s", "ResourceInitializationError:"),
    ("unable to retrieve ecr registry auth: %s", RESOURCES),
    ("CannotStartContainerError: %s", ""),
    ("failed to invoke EFS utils commands to set up EFS volumes: %s", "ResourceInitializationError:"),
];

/// Rows that decide by themselves. A denial names the action, and with it the step; ECS's names of errors begin another
/// attempt.
fn decides(row: &Row) -> bool {
    let is_denial = row.template.contains("authorized to perform");
    let is_attempt = row.template.starts_with("CannotPull");
    ["cause", "status", "net", "tls", "silence"].contains(&row.kind) && !is_denial && !is_attempt
}

#[test]
fn what_the_step_rules_out_is_not_claimed() {
    let context = context();
    let rows = rows();
    // What begins with a blank has its cause there.
    let frames: Vec<&Row> = rows
        .iter()
        .filter(|row| row.kind == "frame" && !row.never.is_empty() && !row.template.starts_with('%'))
        .collect();
    let named = |template: &str| rows.iter().find(|row| row.template == template).expect("a row of the step");
    let (mut log, mut count, mut claimed) = (String::new(), 0, 0);
    for (nth, row) in rows.iter().filter(|row| decides(row)).enumerate() {
        let steps = STEPS.iter().map(|(template, before)| (named(template), *before));
        // Of all other frames a few each: a few hundred frames and a thousand rows make many.
        let others = (0..6).map(|it| (frames[(nth * 7 + it * 53) % frames.len()], "CannotPullContainerError:"));
        for (step, before) in steps.chain(others).filter(|(step, _)| row.first.iter().all(|code| step.rules_out(code)))
        {
            let mut fill = Fill::new(nth as u64);
            let inner = fill.template(row.template);
            let text = format!("{before} {}", fill.around(step.template, &inner));
            let explanation = explain(&text, &context);
            count += 1;
            let wrong: Vec<_> = explanation.diagnoses.iter().filter(|it| step.rules_out(it.code.id())).collect();
            if explanation.verdict == Verdict::Diagnosed && wrong.iter().any(|it| it.strength > Strength::Possible) {
                claimed += 1;
                writeln!(log, "{} behind {}: {}: {text}", row.place, step.place, wrong[0].code.id()).expect("a string");
            }
        }
    }
    println!("{count} messages behind a step that rules them out: {claimed} claimed");
    assert!(count > 1_500, "{count} messages");
    assert!(log.is_empty(), "{claimed} of {count}\n{log}");
}

/// What is asked of a service of AWS at a task's start, as ECS tells it and without its frame, and the codes of that.
const CALLS: [(&str, &str, &str, &[&str], &str); 4] = [
    (
        "ecr",
        "unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): ",
        "operation error ECR: GetAuthorizationToken",
        &["ECR-02", "CFG-01", "KMS-01"],
        "ECR-02",
    ),
    (
        "secrets",
        "unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 3 time(s): ",
        "operation error Secrets Manager: GetSecretValue",
        &["INIT-01", "INIT-03", "INIT-04", "INIT-12", "INIT-17"],
        "INIT-01",
    ),
    (
        "ssm",
        "unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 3 time(s): ",
        "operation error SSM: GetParameters",
        &["INIT-02", "INIT-03", "INIT-04", "INIT-12", "INIT-17"],
        "INIT-02",
    ),
    (
        "logs",
        "failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ",
        "operation error CloudWatch Logs: CreateLogStream",
        &["INIT-05", "INIT-06", "INIT-13", "INIT-14", "INIT-15", "INIT-16"],
        "INIT-16",
    ),
];

/// The same error at each of the calls, with and without ECS's frame.
fn called(error: &str) -> impl Iterator<Item = (usize, String)> {
    CALLS.iter().enumerate().flat_map(move |(at, (_, frame, operation, ..))| {
        let answer = format!("{operation}, https response error StatusCode: 400, RequestID: a, {error}");
        [frame, ""].map(|frame| (at, format!("ResourceInitializationError: {frame}{answer}")))
    })
}

#[test]
fn the_error_of_a_service_is_not_claimed_of_another() {
    let context = context();
    let (mut log, mut count) = (String::new(), 0);
    let rows = rows();
    for row in rows.iter().filter(|row| decides(row)) {
        let Some(service) = row.service else { continue };
        for (call, text) in called(&Fill::new(1).template(row.template)) {
            let (asked, _, _, codes, _) = CALLS[call];
            // Parameters may be secrets, and the two are told apart by the way to them alone.
            let is_same = asked == service || [asked, service].iter().all(|it| ["secrets", "ssm"].contains(it));
            let explanation = explain(&text, &context);
            let mut claims = explanation.diagnoses.iter().filter(|it| it.strength > Strength::Possible);
            let is_claimed = claims.any(|it| row.first.contains(&it.code.id()) && !codes.contains(&it.code.id()));
            count += 1;
            if asked != service && is_claimed || !is_same && explanation.means == row.means {
                writeln!(log, "{} at {asked}: {}: {text}", row.place, explanation.means).expect("a string");
            }
        }
    }
    assert!(count > 200, "{count} errors");
    assert!(log.is_empty(), "{log}");
}

/// What any service of AWS answers where it fails itself is of the one that was asked.
#[test]
fn a_common_error_is_of_the_service_that_was_asked() {
    let context = context();
    for error in ["ServiceUnavailableException", "ServiceUnavailableException: status code: 503, request id: x"] {
        let text = format!("CannotPullECRContainerError: {error}");
        assert_eq!(first(&text), ("ECR-02", Strength::Likely), "{text}");
    }
    for error in ["ServiceUnavailableException: x", "InternalServiceError", "ServerException: x", "InternalFailure"] {
        for (call, text) in called(error) {
            assert_eq!(first(&text), (CALLS[call].4, Strength::Likely), "{text}");
        }
    }
    for error in ["ResourceNotFoundException: x", "InvalidParameterException: x", "api error LimitExceededException: x"]
    {
        for (call, text) in called(error) {
            let (asked, _, _, codes, _) = CALLS[call];
            for claim in explain(&text, &context).diagnoses.iter().filter(|it| it.strength > Strength::Possible) {
                assert!(asked != "ecr" && codes.contains(&claim.code.id()), "{}: {text}", claim.code.id());
            }
        }
    }
    let stream = "InvalidParameterException: 1 validation error detected: Value at logStreamName failed";
    let text = format!(
        "ResourceInitializationError: failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, {stream}"
    );
    assert_eq!(first(&text).0, "INIT-14", "{text}");
}

fn first(text: &str) -> (&'static str, Strength) {
    let explanation = explain(text, &context());
    explanation.diagnoses.first().map_or(("", Strength::Possible), |it| (it.code.id(), it.strength))
}

/// What stands before the words of what pulls.
const PULLS: [&str; 4] = [
    "Failed to pull image \"123456789012.dkr.ecr.us-east-1.amazonaws.com/app:v1\": ",
    "Failed to pull image \"123456789012.dkr.ecr.us-east-1.amazonaws.com/app:v1\": rpc error: code = Unavailable desc = ",
    "CannotPullContainerError: Error response from daemon: ",
    "docker pull 123456789012.dkr.ecr.us-east-1.amazonaws.com/app:v1\n",
];

const ERRNOS: [&str; 6] = [
    "connection refused",
    "no such file or directory",
    "permission denied",
    "resource temporarily unavailable",
    "connection reset by peer",
    "operation not permitted",
];

/// A socket or a file of the host is no registry, and a pull that it stops is a pull that failed.
#[test]
fn the_hosts_own_sockets_and_files_are_no_registrys() {
    let context = context();
    let sockets = ["/run/containerd/containerd.sock", "/var/run/docker.sock", "@/run/x.sock"];
    let dials = ["", "connection error: desc = \"transport: Error while dialing ", "transport: Error while dialing: "];
    for (pull, errno) in PULLS.iter().flat_map(|pull| ERRNOS.iter().map(move |errno| (pull, errno))) {
        for (socket, dial) in sockets.iter().flat_map(|socket| dials.iter().map(move |dial| (socket, dial))) {
            let text = format!("{pull}{dial}dial unix {socket}: connect: {errno}");
            assert_eq!(first(&text), ("HOST-01", Strength::Likely), "{text}");
        }
        let paths = ["/run/containers/0/auth.json", "/etc/containers/registries.conf", "/var/lib/x/ingest/aa/ref"];
        for path in paths {
            let text = format!("{pull}failed to load: open {path}: {errno}");
            let explanation = explain(&text, &context);
            assert_ne!(explanation.verdict, Verdict::NotAPullProblem, "{}: {text}", explanation.means);
        }
    }
}

/// The Docker client's way to its daemon is not the daemon's way to the registry.
#[test]
fn the_way_to_the_daemon_is_not_the_way_to_the_registry() {
    let context = context();
    let posts = [
        "Post \"http://docker:2375/v1.24/images/create?fromImage=123456789012.dkr.ecr.us-east-1.amazonaws.com%2Fapp&tag=v1\": ",
        "Post \"https://docker:2376/v1.24/images/create?fromImage=x\": ",
        "Get http://172.17.0.2:2375/v1.40/version: ",
        "",
    ];
    let causes = [
        "dial tcp: lookup docker on 169.254.169.253:53: server misbehaving",
        "dial tcp: lookup docker on 169.254.169.253:53: no such host",
        "dial tcp 172.17.0.2:2375: i/o timeout",
        "dial tcp 172.17.0.2:2376: connect: connection refused",
        "dial tcp 172.17.0.2:2376: connect: no route to host",
        "x509: certificate is valid for localhost, not docker",
        "remote error: tls: bad certificate",
        "EOF",
        "context deadline exceeded",
    ];
    let is_way = |row: &&Row| ["net", "tls", "silence"].contains(&row.kind);
    let rows: Vec<String> = rows().iter().filter(is_way).map(|row| Fill::new(3).template(row.template)).collect();
    let causes = causes.map(str::to_owned).into_iter().chain(rows);
    for (nth, cause) in causes.enumerate() {
        let post = posts[nth % posts.len()];
        let text = format!(
            "docker pull 123456789012.dkr.ecr.us-east-1.amazonaws.com/app:v1\nerror during connect: {post}{cause}"
        );
        let explanation = explain(&text, &context);
        assert_eq!(explanation.diagnoses.first().map(|it| it.code.id()), Some("HOST-01"), "{text}");
        assert_eq!(explanation.verdict, Verdict::Diagnosed, "{text}");
        let others = explanation.diagnoses.iter().map(|it| it.code.id());
        let others: Vec<_> = others.filter(|it| ["DNS", "RTE", "SG-", "TLS"].contains(&&it[..3])).collect();
        assert!(others.is_empty(), "{others:?}: {text}");
    }
}
