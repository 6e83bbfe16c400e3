//! A saved report judged again says what it said; a file that is no report is told so in a line.

use std::net::TcpListener;
use std::process::{Command, Output};

use ecr_probe::model::{Observation, Verdict};
use ecr_probe::render::short::{self, Screen};
use ecr_probe::render::{self, Style};
use ecr_probe::run::{Observed, judge};
use serde::Deserialize;
use serde_json::{Value, json};

use super::fed::fed;
use super::mutants::places;
use super::{complaints, full, json_of, lists, page_reports, survives, validator, variants};

/// Runs `judge`, with `input` as its stdin.
fn probe(arguments: &[&str], input: &[u8]) -> Output {
    run("judge", arguments, input)
}

/// Runs a command in an environment that holds nothing of the machine's.
fn run(command: &str, arguments: &[&str], input: &[u8]) -> Output {
    let mut probe = Command::new(env!("CARGO_BIN_EXE_ecr-probe"));
    fed(probe.arg(command).args(arguments).env_clear().env("AWS_EC2_METADATA_DISABLED", "true"), input)
}

fn exit_code(verdict: Verdict) -> i32 {
    match verdict {
        Verdict::Healthy | Verdict::Degraded => 0,
        Verdict::Unhealthy => 1,
        Verdict::Inconclusive => 3,
    }
}

#[test]
fn a_saved_report_is_judged_as_it_was() {
    for (name, report) in page_reports() {
        let observed: Observed =
            serde_json::from_str(&render::json(report)).unwrap_or_else(|why| panic!("{name}: {why}"));
        let again = judge(observed);
        assert_eq!(again.verdict, report.verdict, "{name}");
        assert_eq!(again.diagnoses, report.diagnoses, "{name}");
        assert_eq!(again.unexplained, report.unexplained, "{name}");
        assert_eq!(again.not_judged, report.not_judged, "{name}");
        assert_eq!(&again, report, "{name}");
    }
}

#[test]
fn the_binary_prints_the_same_report_and_exits_as_check_would() {
    for (name, report) in page_reports() {
        let line = render::json(report) + "\n";
        let output = probe(&["-", "--output", "json"], line.as_bytes());
        assert_eq!(String::from_utf8_lossy(&output.stdout), line, "{name}");
        assert_eq!(output.status.code(), Some(exit_code(report.verdict)), "{name}");
        assert!(output.stderr.is_empty(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// What the shipped binary writes, with real sockets: a server that takes connections and says nothing.
#[test]
fn a_live_report_is_valid_and_judged_as_it_was() {
    let mute = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let connect_to = format!("::{}", mute.local_addr().expect("it is bound"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.json");
    let path = path.to_str().expect("a plain path");
    let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1";
    let common = ["--dns-server", "127.0.0.1:1", "--connect-to", &connect_to, "--output", "json", "--save", path];
    for bounds in [["--timeout", "200ms", "--budget", "10s"], ["--timeout", "10s", "--budget", "300ms"]] {
        let output = run("check", &[&common[..], &bounds, &[image]].concat(), b"");
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(std::fs::read(path).expect("it is saved"), output.stdout, "{error}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {error}"));
        assert_eq!(complaints(validator(), &report), [""; 0], "{report}");
        assert!(survives(&report), "{report}");
        let connected = |it: &Value| it["outcome"]["result"] == "connected";
        assert!(report["evidence"].as_array().expect("a list").iter().any(connected), "{report}");
        let again = probe(&[path, "--output", "json"], b"");
        assert_eq!(again.stdout, output.stdout, "{report}");
        assert_eq!(again.status.code(), output.status.code(), "{report}");
    }
}

#[test]
fn a_file_is_read_like_stdin_and_text_is_the_default() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.json");
    let path = path.to_str().expect("a plain path");
    for verdict in lists::verdicts() {
        let Some((name, report)) = page_reports().iter().find(|(_, report)| report.verdict == verdict) else {
            continue;
        };
        // Indented, as somebody's editor or `jq` leaves it.
        std::fs::write(path, serde_json::to_vec_pretty(report).expect("it is JSON")).expect("it can be written");
        let output = probe(&[path], b"");
        assert_eq!(String::from_utf8_lossy(&output.stdout), short::report(report, Screen::PLAIN), "{name}");
        let whole = probe(&[path, "--verbose"], b"");
        assert_eq!(String::from_utf8_lossy(&whole.stdout), render::text(report, Style::Plain), "{name}");
        assert_eq!(whole.stdout, probe(&["-v", "--output", "text", path], b"").stdout, "{name}");
        assert_eq!(output.status.code(), Some(exit_code(verdict)), "{name}");
        let strict = probe(&[path, "--fail-on", "degraded"], b"");
        let expected = if verdict == Verdict::Degraded { 1 } else { exit_code(verdict) };
        assert_eq!(strict.status.code(), Some(expected), "{name}");
    }
}

/// What the findings of a file say is not believed: only its evidence is read.
#[test]
fn findings_are_made_anew() {
    let mut report = json_of(&page_reports()[0].1);
    let genuine = report.to_string();
    report["verdict"] = json!("unhealthy");
    report["version"] = json!("99.0.0");
    report["diagnoses"] = json!([{ "code": "NO-99" }]);
    report["unexplained"] = json!([1]);
    let output = probe(&["-", "--output", "json"], report.to_string().as_bytes());
    let again: Value = serde_json::from_slice(&output.stdout).expect("it prints a report");
    assert_eq!(again.to_string(), genuine);
    assert_eq!(output.status.code(), Some(0));
}

/// Exit code 2, nothing on stdout, one line on stderr that holds `saying`.
fn is_refused(what: &str, input: &[u8], saying: &str) {
    let output = probe(&["-"], input);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{what}: {error}");
    assert!(output.stdout.is_empty(), "{what}");
    assert_eq!(error.lines().count(), 1, "{what}: {error}");
    assert!(error.starts_with("ecr-probe: stdin") && error.len() < 600, "{what}: {error}");
    assert!(error.contains(saying), "{what}: {error}");
    assert!(!error.trim_end().contains(char::is_control), "{what}: {error:?}");
}

#[test]
fn a_report_that_is_cut_is_refused() {
    let whole = render::json(&page_reports()[0].1);
    for part in 0..20 {
        let cut = whole.len() * part / 20;
        is_refused(
            &format!("{cut} bytes"),
            &whole.as_bytes()[..cut],
            if part == 0 { "is empty" } else { "ends in the middle" },
        );
    }
    is_refused("all but the last brace", &whole.as_bytes()[..whole.len() - 1], "ends in the middle");
    is_refused("a second that is cut", &format!("{whole}\n{}", &whole[..99]).into_bytes(), "after 1 whole report");
}

#[test]
fn what_is_no_report_is_refused() {
    let whole = render::json(&page_reports()[0].1);
    let with = |name: &str, value: &str| {
        let mut report: serde_json::Map<String, Value> = serde_json::from_str(&whole).expect("it is an object");
        report.insert(name.into(), json!("REPLACED"));
        serde_json::to_string(&report).expect("it is JSON").replace("\"REPLACED\"", value)
    };
    let observation = |inner: &str| {
        with("evidence", &format!(r#"[{{"id":1,"target":null,"address":null,"began_ms":1,"took_ms":1,{inner}}}]"#))
    };
    let huge = "9".repeat(400);
    let cases = [
        ("empty", String::new(), "stdin is empty"),
        ("blank", "\n\n".into(), "stdin is empty"),
        ("text", "error[SG-01]: not JSON".into(), "is no JSON"),
        ("null", "null".into(), "no field \"schema\""),
        ("a number", "1".into(), "no field \"schema\""),
        ("an empty object", "{}".into(), "no field \"schema\""),
        ("another object", r#"{"_aws":{"Timestamp":1}}"#.into(), "no field \"schema\""),
        ("a report and no other", format!("{whole}\n{{}}"), "no field \"schema\""),
        ("deep", "[".repeat(100_000), "line 1"),
        ("deep evidence", with("evidence", &"[".repeat(100_000)), "line 1"),
        ("another schema", with("schema", "\"ecr-probe.report/2\""), "ecr-probe.report/2"),
        ("explain's schema", with("schema", "\"ecr-probe.explain/1\""), "ecr-probe.explain/1"),
        ("escapes as schema", with("schema", r#""\u001b[31m\n\u0007""#), "schema"),
        ("a long schema", with("schema", &format!("\"{}\"", "x".repeat(100_000))), "xxx"),
        ("a vantage that is text", with("vantage", "\"task\""), "Vantage"),
        ("no date", with("started_at", "\"yesterday\""), "started_at: "),
        ("evidence that is an object", with("evidence", "{}"), "expected a sequence"),
        ("an infinite duration", with("duration_ms", "1e999"), "is no JSON that can be read"),
        ("a huge duration", with("duration_ms", &format!("{huge}.0")), "is no JSON that can be read"),
        ("an unknown check", observation(r#""check":"ping","outcome":{}"#), "ping"),
        ("escapes as check", observation(r#""check":"\u001b[2J\n","outcome":{}"#), "unknown variant"),
        ("an unknown result", observation(r#""check":"connect","outcome":{"result":"fine"}"#), "fine"),
        ("no outcome", observation(r#""check":"connect""#), "outcome"),
        ("an outcome of another check", observation(r#""check":"connect","outcome":{"result":"silent"}"#), "silent"),
        (
            "a negative size",
            observation(r#""check":"layer-bytes","outcome":{"result":"reached","bytes":-1,"first_byte_ms":1}"#),
            "-1",
        ),
        (
            "a size beyond 64 bits",
            observation(&format!(
                r#""check":"layer-bytes","outcome":{{"result":"reached","bytes":{huge},"first_byte_ms":1}}"#
            )),
            "is no JSON that can be read",
        ),
        (
            "a port beyond 16 bits",
            observation(
                r#""check":"layer-url","outcome":{"result":"redirected","host":"a","port":65536,"signed":true}"#,
            ),
            "65536",
        ),
        (
            "an offset beyond 64 bits",
            observation(
                r#""check":"registry-ping","outcome":{"result":"accepted","clock_offset_s":9223372036854775808}"#,
            ),
            "9223372036854775808",
        ),
    ];
    for (what, text, saying) in cases {
        is_refused(what, text.as_bytes(), saying);
    }
    is_refused("bytes that are no text", b"\xff\xfe\x00\x01", "is no JSON");
    is_refused("a compressed report", b"\x1f\x8b\x08\x00\x00\x00", "is no JSON");
    let position = whole.find("amazonaws").expect("it names a host");
    let mut broken = whole.clone().into_bytes();
    broken[position] = 0xff;
    is_refused("text that is not UTF-8", &broken, "is no JSON that can be read");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let large = folder.path().join("large.json");
    std::fs::File::create(&large).and_then(|file| file.set_len(1 << 32)).expect("a sparse file");
    let large = large.to_str().expect("a plain path");
    for (path, saying) in [
        ("/no/such/report.json", "No such file"),
        (folder.path().to_str().expect("a plain path"), "directory"),
        (large, "larger than"),
    ] {
        let output = probe(&[path], b"");
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{path}: {error}");
        assert!(output.stdout.is_empty(), "{path}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.contains(path) && error.contains(saying), "{error}");
    }
    let output = probe(&[], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("FILE"));
}

/// Any evidence at all can be judged and printed, and gives a valid report.
#[test]
fn any_single_observation_can_be_judged() {
    for observation in variants::observations() {
        let report = json_of(&full(vec![observation]));
        let again = judge(Observed::deserialize(&report).expect("it reads back"));
        let written = json_of(&again);
        assert_eq!(complaints(validator(), &written), [""; 0], "{written}");
        assert!(survives(&written), "{written}");
        assert!(render::text(&again, Style::Plain).lines().count() > 1);
    }
}

/// Judges and prints every report with `number` in place of each number of its evidence that may
/// be that large.
fn judge_with(number: &Value) {
    let everything = ("everything".to_owned(), full(variants::observations()));
    for (name, report) in page_reports().iter().chain([&everything]) {
        let mut mutant = json_of(report);
        replace_numbers(&mut mutant["evidence"], number);
        let observed = Observed::deserialize(&mutant).unwrap_or_else(|why| panic!("{name}: {why}"));
        let again = judge(observed);
        render::text(&again, Style::Plain);
        let mut written = json_of(&again);
        written["evidence"] = json!([]);
        assert_eq!(complaints(validator(), &written), [""; 0], "{name} with {number}");
    }
}

/// Every number that the model takes in its place; ids stay as they are.
fn replace_numbers(evidence: &mut Value, other: &Value) {
    for observation in evidence.as_array_mut().into_iter().flatten() {
        for place in places(observation).iter().filter(|place| *place != "/id") {
            let mut changed = observation.clone();
            let Some(number) = changed.pointer_mut(place).filter(|value| value.is_number()) else { continue };
            *number = other.clone();
            if Observation::deserialize(&changed).is_ok() {
                *observation = changed;
            }
        }
    }
}

#[test]
fn large_numbers_can_be_judged() {
    for number in [json!(0), json!(u16::MAX), json!(u32::MAX), json!(-1_000_000_000_000_i64), json!(1e12)] {
        judge_with(&number);
    }
}

#[test]
fn numbers_at_the_ends_of_their_types_can_be_judged() {
    for number in [json!(u64::MAX), json!(i64::MAX), json!(i64::MIN), json!(f64::MAX)] {
        judge_with(&number);
    }
}
