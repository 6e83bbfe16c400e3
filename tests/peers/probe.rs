//! Running the shipped binary and reading its report.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use jsonschema::Validator;
use serde_json::Value;

use super::PASSWORD;
use super::process::run;

/// No run of the probe may take longer than this, whatever is broken.
const LIMIT: Duration = Duration::from_secs(90);

/// What must never be printed: the registry's password, plain and as it is sent, what makes
/// a presigned URL good, and the secret key.
const SECRETS: [&str; 4] = [PASSWORD, "QVdTOjEyMzQ1Njc4OTAxMi1hdXRoLXRva2Vu", "X-Amz-Signature=", SECRET_KEY];
const SECRET_KEY: &str = "wJalrXUtnFEMIEXAMPLEKEY";

/// The binary under test: the static one where CI gives it, else cargo's.
pub fn binary() -> PathBuf {
    std::env::var_os("ECR_PROBE_STATIC").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_ecr-probe")), PathBuf::from)
}

/// The credentials of AWS's documentation, which moto takes. The metadata of EC2 would be
/// asked for others, and there is none.
pub fn credentials() -> [(&'static str, &'static str); 2] {
    [("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", SECRET_KEY)]
}

/// One run of the probe.
pub struct Seen {
    pub exit: i32,
    pub took: Duration,
    pub stderr: String,
    /// The most memory that was resident, in KiB.
    pub peak_kib: Option<u64>,
    report: Value,
}

impl Seen {
    /// Runs the command, which must print one report and nothing else on stdout.
    pub fn by(command: Command) -> Seen {
        let ran = run(command, LIMIT);
        let exit = ran.status.code().unwrap_or_else(|| panic!("the probe died: {}\n{}", ran.status, ran.stderr));
        no_secret(&ran.stdout);
        no_secret(&ran.stderr);
        let lines: Vec<&str> = ran.stdout.lines().collect();
        assert_eq!(lines.len(), 1, "not one line on stdout (exit {exit}):\n{}\n{}", ran.stdout, ran.stderr);
        let report = serde_json::from_str(lines[0]).unwrap_or_else(|error| panic!("no JSON: {error}: {}", lines[0]));
        in_schema(&report);
        Seen { exit, took: ran.took, stderr: ran.stderr, peak_kib: ran.peak_kib, report }
    }

    pub fn verdict(&self) -> &str {
        self.report["verdict"].as_str().unwrap_or("none")
    }

    /// The codes in the report's order.
    pub fn codes(&self) -> Vec<&str> {
        self.diagnoses().filter_map(|diagnosis| diagnosis["code"].as_str()).collect()
    }

    /// The codes that are told apart from this one only by configuration facts.
    pub fn alternatives(&self, code: &str) -> Vec<&str> {
        let of_code = |diagnosis: &&Value| diagnosis["code"] == code;
        let found = self.diagnoses().find(of_code).and_then(|diagnosis| diagnosis["alternatives"].as_array());
        found.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// A value of the report by its JSON pointer (RFC 6901).
    pub fn at(&self, pointer: &str) -> &Value {
        self.report.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// How the acts of one kind ended, in the report's order.
    pub fn outcomes(&self, check: &str) -> Vec<&Value> {
        let evidence = self.report["evidence"].as_array();
        evidence.into_iter().flatten().filter(|seen| seen["check"] == check).map(|seen| &seen["outcome"]).collect()
    }

    /// Milliseconds from the start of the command to the first HTTPS reply: what came before
    /// the check began, and the check up to there.
    pub fn first_reply_ms(&self) -> Option<f64> {
        let replies = ["token", "registry-ping", "registry-auth", "manifest"];
        let evidence = self.report["evidence"].as_array()?;
        let first = evidence.iter().find(|seen| replies.iter().any(|check| seen["check"] == *check))?;
        let before = self.took.as_secs_f64() * 1000.0 - self.report["duration_ms"].as_f64()?;
        Some(before + first["began_ms"].as_f64()? + first["took_ms"].as_f64()?)
    }

    /// One line for the reader of the test's output.
    pub fn line(&self) -> String {
        let codes = self.codes().join(" ");
        format!("exit {} {} [{codes}] in {:.1} s", self.exit, self.verdict(), self.took.as_secs_f64())
    }

    /// All of it, for a failure's report.
    pub fn all(&self) -> String {
        format!("{}\n{:#}\n{}", self.line(), self.report, self.stderr)
    }

    fn diagnoses(&self) -> impl Iterator<Item = &Value> {
        self.report["diagnoses"].as_array().into_iter().flatten()
    }
}

/// Nothing that was printed holds what must never be.
pub fn no_secret(printed: &str) {
    for secret in SECRETS {
        assert!(!printed.contains(secret), "{secret} was printed: {printed}");
    }
}

/// Takes longer to read than most runs take.
static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(include_str!("../../docs/report.schema.json")).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is a JSON Schema")
});

/// Every report keeps to the published schema.
pub fn in_schema(report: &Value) {
    let wrong: Vec<String> =
        SCHEMA.iter_errors(report).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "not as docs/report.schema.json has it:\n{}\n{report:#}", wrong.join("\n"));
}

/// What every check in these worlds is given: their authority and their AWS ranges.
pub fn arguments(command: &mut Command, timeout: Duration, folder: &Path) {
    command.args(["--output", "json", "--timeout", &format!("{}ms", timeout.as_millis())]);
    command.arg("--ca-bundle").arg(folder.join("ca.pem"));
    command.arg("--ip-ranges").arg(folder.join("ip-ranges.json"));
}
