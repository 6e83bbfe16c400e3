//! The forms, read by programs that are not ours: python-hcl2 and Terraform, cfn-lint and PyYAML, botocore.

use std::path::Path;
use std::process::Command;

use ecr_probe::config::FixForm;
use serde_json::json;

use super::every::{Ids, every};
use super::{FORMS, printed, tools};

/// Texts that stand for what is whose in a foreign policy or name, and that can be shown.
const FOREIGN: [&str; 6] = [
    "\" }\nresource",
    "a ${file(\"/etc/passwd\")} %{ if x } $${y} \\",
    "\"\\u0041\" # x: {y} [z]",
    "日本 é 🐚",
    "'; : >pwned; '",
    "- x: !Sub y",
];

fn form_name(form: FixForm) -> &'static str {
    match form {
        FixForm::Cli => "cli",
        FixForm::Terraform => "terraform",
        FixForm::CloudFormation => "cloudformation",
    }
}

#[test]
fn other_programs_read_what_repairs_print() {
    let missing = tools::missing(&["jq", "python3"]);
    if !missing.is_empty() {
        return tools::skip(&missing.join(", "));
    }
    let mut cases = Vec::new();
    let kinds = std::iter::once(("plain", Ids::plain()));
    let kinds = kinds.chain(FOREIGN.map(|foreign| (foreign, Ids::all(foreign))));
    for (foreign, ids) in kinds {
        for (nth, (kind, repair)) in every(&ids).into_iter().enumerate() {
            for form in FORMS {
                let fix = printed(&repair, form);
                let Some(text) = fix.command() else { continue };
                let form = form_name(form);
                cases.push(json!({ "form": form, "kind": kind, "nth": nth, "foreign": foreign, "text": text }));
            }
        }
    }
    assert!(cases.len() > 300, "{}", cases.len());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("repairs.json");
    std::fs::write(&file, json!(cases).to_string()).expect("it is written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy/repairs.py");
    let ran = Command::new("python3").arg("-B").arg(script).arg(&file).output().expect("it runs");
    let said = String::from_utf8_lossy(&ran.stdout);
    print!("{said}");
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    for line in said.lines().filter_map(|line| line.strip_prefix("skipped: ")) {
        tools::skip(line);
    }
}
