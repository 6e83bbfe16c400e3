//! Two foreign evaluators asked about the same random policies: see README.md beside this file.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ecr_probe::policy::{Answer, Decision, decide};
use serde_json::Value;

use crate::draw::{self, Case, Range};

/// Where `.ci/run` installs what the tests talk to, unless `ECR_PROBE_ORACLES` names another folder: in it
/// `iam-simulate/node_modules` and `bin/python`.
fn folder() -> PathBuf {
    let named = std::env::var_os("ECR_PROBE_ORACLES").map(PathBuf::from);
    named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/ci"))
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy").join(name)
}

pub fn skip(what: &str) {
    let nothing = std::env::var_os("ECR_PROBE_SKIP_NOTHING").is_some();
    assert!(!nothing, "{what} is not installed, and nothing may be skipped");
    eprintln!("skipped: {what} is not installed");
}

pub fn iam_simulate() -> Option<Command> {
    let home = folder().join("iam-simulate");
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
    let is_there = home.join("node_modules/@cloud-copilot/iam-simulate").is_dir();
    if !is_there || !node.is_ok_and(|status| status.success()) {
        return None;
    }
    let mut command = Command::new("node");
    command.arg(script("iam_simulate.mjs")).arg(home);
    Some(command)
}

pub fn pmapper() -> Option<Command> {
    let python = folder().join("bin/python");
    let asks = Command::new(&python)
        .args(["-c", "import importlib.util as u, sys; sys.exit(not u.find_spec('principalmapper'))"])
        .status();
    if !asks.is_ok_and(|status| status.success()) {
        return None;
    }
    let mut command = Command::new(python);
    command.arg(script("pmapper.py"));
    Some(command)
}

/// What the evaluator says of each case.
pub fn ask(mut command: Command, cases: &[Case]) -> Vec<Value> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the evaluator starts");
    let mut input = child.stdin.take().expect("it has a stdin");
    let lines: String = cases.iter().map(|case| format!("{}\n", case.json)).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the writer ends").expect("it reads all cases");
    assert!(output.status.success(), "{}", output.status);
    let text = String::from_utf8(output.stdout).expect("it is text");
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers.len(), cases.len(), "an answer a case");
    answers
}

fn cases(from: u64, count: u64, range: Range) -> Vec<Case> {
    (from..from + count).map(|seed| draw::case(seed, range)).collect()
}

/// Fails where both know an answer and the answers differ; says how many were asked.
fn compare(name: &str, command: Option<Command>, cases: &[Case]) {
    let Some(command) = command else { return skip(name) };
    let (mut allowed, mut unknown, mut differ) = (0, 0, Vec::new());
    for (case, theirs) in cases.iter().zip(ask(command, cases)) {
        let decision = decide(&case.request(), &case.policies());
        let ours = match decision.answer {
            Answer::Allow => "allow",
            Answer::Deny => "deny",
            Answer::Unknown => {
                unknown += 1;
                eprintln!("{name}: {:?} in {}", decision.missing, case.json);
                continue;
            }
        };
        allowed += usize::from(ours == "allow");
        if theirs["answer"] != ours {
            differ.push(format!("{ours}, and {theirs}: {:#}\n{}", case.json, why(&decision)));
        }
    }
    let asked = cases.len();
    eprintln!("{name}: {asked} asked, {allowed} allowed, {unknown} unknown, {} differ", differ.len());
    let share = std::env::var_os("ECR_PROBE_DIFFERENCES").and_then(|it| it.to_str()?.parse().ok()).unwrap_or(3);
    let shown = differ.iter().take(share).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(differ.is_empty(), "{} of {asked} differ\n{shown}", differ.len());
    assert!(allowed > asked / 20 && unknown < asked / 20, "{allowed} allowed, {unknown} unknown: the cases say little");
}

fn why(decision: &Decision) -> String {
    let by = decision.by.as_ref().map(|by| format!("{} {}", by.policy, by.statement));
    format!("layer {:?} explicit {} by {by:?}", decision.layer, decision.explicit)
}

#[test]
fn iam_simulate_decides_the_same_of_endpoint_policies() {
    let range = Range { endpoint_only: true, all_layers: false, rare: true };
    compare("iam-simulate, endpoints", iam_simulate(), &cases(1, 4000, range));
}

#[test]
fn iam_simulate_decides_the_same_of_all_layers() {
    let range = Range { endpoint_only: false, all_layers: true, rare: true };
    compare("iam-simulate, all layers", iam_simulate(), &cases(100_000, 6000, range));
}

#[test]
fn pmapper_decides_the_same_of_endpoint_policies() {
    let range = Range { endpoint_only: true, all_layers: false, rare: false };
    compare("PMapper, endpoints", pmapper(), &cases(200_000, 4000, range));
}

#[test]
fn pmapper_decides_the_same_of_a_role_and_a_resource() {
    let range = Range { endpoint_only: false, all_layers: false, rare: false };
    compare("PMapper, role and resource", pmapper(), &cases(300_000, 6000, range));
}
