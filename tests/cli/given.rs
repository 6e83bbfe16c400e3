//! What `judge` and `explain` are given: files, several of a kind, and what another command is for.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{NO_LOGIN, SILENT, explained, is_usage_error, probe, probe_with, stderr, stdout};

/// Two reports of a check that sends nothing.
fn reports() -> Vec<u8> {
    let image = "123456789012.dkr.ecr.eu-west-1.amazonawss.com/app:v1";
    let report = probe(["check", "--output", "json", image], &[]).stdout;
    [report.clone(), report].concat()
}

/// The same as the audit of a cluster saves it: a service a line.
fn services() -> String {
    let reports = String::from_utf8(reports()).expect("JSON");
    let named = reports.lines().zip(["writer", "mailer-of-a-long-name"]).map(|(line, name)| {
        let mut report: Value = serde_json::from_str(line).expect("a report");
        report["vantage"]["mode"] = json!("audit");
        report["vantage"]["service"] = json!(name);
        report["vantage"]["cluster"] = json!("batch");
        report.to_string() + "\n"
    });
    named.collect()
}

fn kept(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("it is written");
    path
}

#[test]
fn judge_reads_reports_line_by_line() {
    let reports = reports();
    let output = probe_with(&reports, &["judge", "--output", "json", "-"], &[]);
    assert_eq!(
        (output.status.code(), output.stdout),
        (Some(1), reports),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let services = services();
    let text = stdout(&probe_with(services.as_bytes(), &["judge", "-"], &[]));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].contains("  writer                 DNS-06"), "{text}");
    assert!(lines[1].contains("  mailer-of-a-long-name  DNS-06"), "{text}");
    assert!(text.ends_with("more: -v, or one of the lines alone\n"), "{text}");
    let whole = stdout(&probe_with(services.as_bytes(), &["judge", "-v", "-"], &[]));
    assert_eq!(whole.matches("error[DNS-06]").count(), 2, "{whole}");
    let page = stdout(&probe_with(services.as_bytes(), &["judge", "--output", "markdown", "-"], &[]));
    assert!(page.contains("writer") && page.contains("mailer-of-a-long-name"), "{page}");
    // Written over several lines, and one after another.
    let pretty: String =
        services.lines().map(|it| format!("{:#}\n", serde_json::from_str::<Value>(it).expect("JSON"))).collect();
    assert_eq!(stdout(&probe_with(pretty.as_bytes(), &["judge", "-"], &[])), text);
}

#[test]
fn judge_says_what_it_was_given() {
    let one = reports();
    let cut = &one[..3000];
    let stopped = json!({ "tasks": [{ "stoppedReason": NO_LOGIN }] }).to_string();
    let explanation = probe(["explain", "--output", "json", NO_LOGIN], &[]).stdout;
    let sweep = br#"{"schema":"ecr-probe.sweep/1","diagnoses":[{"code":"SG-01"}]}"#;
    let cases: [(&str, &[u8], &[&str]); 8] = [
        ("empty.json", b" \n", &["empty.json is empty; judge reads what check and audit write"]),
        ("cut.json", cut, &["cut.json ends in the middle of a report", "it has 3000 bytes"]),
        ("dt.json", stopped.as_bytes(), &["ecr-probe explain - < ", "dt.json"]),
        ("list.json", br#"{"taskArns":[]}"#, &["list.json is no report: it is what aws ecs list-tasks prints"]),
        ("app.log", b"error: no such host", &["app.log is no JSON", "ecr-probe explain - < "]),
        ("other.json", br#"{"a":1}"#, &["no field \"schema\""]),
        ("explained.json", &explanation, &["what ecr-probe explain prints", "ecr-probe explain TOK-03"]),
        ("sweep.json", sweep, &["what ecr-probe sweep prints", "its findings are SG-01: ecr-probe explain SG-01"]),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes, sayings) in cases {
        let path = kept(&folder, name, bytes);
        for saying in sayings {
            is_usage_error(&["judge", path.to_str().expect("a path")], &[], saying);
        }
        let error = stderr(&probe_with(bytes, &["judge", "-"], &[]));
        assert!(error.contains("stdin is ") || error.contains("stdin ends "), "{name}: {error}");
        for word in ["EOF", "missing field", "trailing", "expected", "column"] {
            assert!(!error.contains(word), "{name}: {error}");
        }
    }
}

#[test]
fn explain_sends_a_report_to_judge() {
    let report = reports();
    let text = probe(["check", "123456789012.dkr.ecr.eu-west-1.amazonawss.com/app:v1"], &[]).stdout;
    for (input, saying) in [
        (
            &report,
            "this is a report of ecr-probe: ecr-probe judge FILE; its findings are DNS-06: ecr-probe explain DNS-06",
        ),
        (
            &text,
            "this is a report of ecr-probe: ecr-probe judge FILE reads one that --save wrote; its findings are DNS-06",
        ),
    ] {
        for form in ["text", "json", "html"] {
            let output = probe_with(input, &["explain", "--output", form, "-"], &[]);
            assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""));
            let error = stderr(&output);
            assert!(error.contains(saying) && error.lines().count() == 1, "{error}");
        }
    }
    let listed = probe_with(br#"{"taskArns":[]}"#, &["explain", "-"], &[]);
    assert_eq!(listed.status.code(), Some(2));
    assert!(
        stderr(&listed).contains("aws ecs list-tasks prints") && stderr(&listed).contains("describe-tasks"),
        "{}",
        stderr(&listed)
    );
}

#[test]
fn equal_causes_stand_together_in_text() {
    let task = |nth: usize| json!({ "taskArn": format!("arn:aws:ecs:eu-west-1:123456789012:task/files/t{nth}"), "stoppedReason": NO_LOGIN });
    let many = json!({ "tasks": (0..100).map(task).collect::<Vec<_>>() }).to_string();
    let text = stdout(&probe_with(many.as_bytes(), &["explain", "-"], &[]));
    assert!(text.starts_with("100 of 100 stopped tasks\nerror[TOK-03]: "), "{text}");
    assert!(text.contains("also: task t1, t2") && text.contains("and 89 more: --output json has all"), "{text}");
    assert!(text.lines().count() < 20, "{text}");
    assert_eq!(explained(&probe_with(many.as_bytes(), &["explain", "--output", "json", "-"], &[])).len(), 100);
    // What differs stands by itself, without a count.
    let two = format!("{}\n{}\n", json!(NO_LOGIN), json!(SILENT));
    let text = stdout(&probe_with(two.as_bytes(), &["explain", "-"], &[]));
    assert!(
        text.starts_with("error[TOK-03]") && text.contains("\n\nerror[RTE-01]") && !text.contains(" of 2 "),
        "{text}"
    );
    // More than are kept at once.
    let endless = format!("{}\n", json!(NO_LOGIN)).repeat(2100);
    let text = stdout(&probe_with(endless.as_bytes(), &["explain", "-"], &[]));
    assert_eq!(text.matches("1000 of 1000 messages").count(), 2, "{text}");
    assert!(text.contains("100 of 100 messages"), "{text}");
}

#[test]
fn a_log_is_read_from_a_file_and_taken_apart() {
    let log = format!(
        "2026-11-27T20:59:58Z INFO start\n2026-11-27T21:00:32Z ERROR {NO_LOGIN}\n2026-11-27T21:00:33Z INFO again\n2026-11-27T21:01:33Z ERROR {SILENT}\n"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = kept(&folder, "app.log", log.as_bytes());
    let output = probe(["explain", path.to_str().expect("a path")], &[]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("error[TOK-03]") && text.contains("error[RTE-01]"), "{text}");
    assert!(text.contains("said: 2026-11-27T21:00:32Z ERROR Error response"), "{text}");
    assert_eq!(stdout(&probe_with(log.as_bytes(), &["explain", "-"], &[])), text);
    assert_eq!(stdout(&probe(["explain", &log], &[])), text);
}

#[test]
fn what_is_no_pull_problem_has_a_next_step() {
    for (text, step) in [
        ("Essential container in task exited", "exitCode"),
        ("OutOfMemoryError: Container killed due to memory usage", "exitCode"),
        (
            "Capacity is unavailable at this time. Please try again later or in a different availability zone",
            "describe-services",
        ),
    ] {
        let said = stdout(&probe(["explain", text], &[]));
        assert!(
            said.starts_with("not a pull problem") && said.contains("\nnext: read ") && said.contains(step),
            "{said}"
        );
    }
}
