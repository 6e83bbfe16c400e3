//! Running the script and reading what it says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::peers::process::{Ran, clean, run};
use crate::peers::tools;

/// An image of the account that AWS's documentation and moto have.
pub const IMAGE: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1";
/// No run may take longer, whatever the other end does.
const LIMIT: Duration = Duration::from_secs(120);

pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/compare-with-aws")
}

/// Whether there is a Python; says that the test is skipped where there is none.
pub fn can_run() -> bool {
    let found = tools::find("python3").is_some();
    if !found {
        tools::skip("python3");
    }
    found
}

/// The script in an environment of its own, whose home is the folder.
pub fn command(folder: &Path) -> Command {
    clean(path(), folder)
}

/// Writes a token's file.
pub fn token(folder: &Path, name: &str, password: &str) -> PathBuf {
    let file = folder.join(name);
    std::fs::write(&file, format!("{password}\n")).expect("the token can be written");
    file
}

/// What a run with `--json` said.
pub struct Said {
    pub ran: Ran,
    pub document: Value,
}

impl Said {
    pub fn by(mut command: Command) -> Said {
        command.arg("--json");
        let ran = run(command, LIMIT);
        let document = serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|error| panic!("no JSON: {error}\n{}\n{}", ran.stdout, ran.stderr));
        let said = Said { ran, document };
        assert_eq!(said.document["exit_code"], said.exit(), "{}", said.ran.stdout);
        said
    }

    pub fn exit(&self) -> i32 {
        self.ran.status.code().unwrap_or_else(|| panic!("the script died: {}\n{}", self.ran.status, self.ran.stderr))
    }

    pub fn row(&self, name: &str) -> &Value {
        let rows = self.document["rows"].as_array().expect("there are rows");
        rows.iter().find(|row| row["row"] == name).unwrap_or_else(|| panic!("no row {name}"))
    }

    /// Why a row was not compared.
    pub fn reason(&self, name: &str) -> &str {
        self.row(name)["reason"].as_str().unwrap_or_default()
    }

    /// The rows that differ, each with the facts in which it does.
    pub fn differing(&self) -> BTreeMap<&str, Vec<&str>> {
        let rows = self.document["rows"].as_array().expect("there are rows");
        let differing = rows.iter().filter(|row| row["result"] == "differs");
        differing
            .map(|row| {
                let facts = row["facts"].as_array().into_iter().flatten().filter(|fact| fact["same"] == false);
                (text(&row["row"]), facts.map(|fact| text(&fact["fact"])).collect())
            })
            .collect()
    }

    /// What differs and why the rest was not compared, a line each, for a failure's report.
    pub fn lines(&self) -> String {
        let mut lines = Vec::new();
        for row in self.document["rows"].as_array().expect("there are rows") {
            let facts = row["facts"].as_array().into_iter().flatten().filter(|fact| fact["same"] == false);
            let facts =
                facts.map(|fact| format!("\n    {} wanted {} came {}", fact["fact"], fact["expected"], fact["came"]));
            lines.push(format!("{} {} {}{}", row["result"], row["row"], row["reason"], facts.collect::<String>()));
        }
        lines.join("\n")
    }

    pub fn rows(&self, result: &str) -> Vec<&str> {
        let rows = self.document["rows"].as_array().expect("there are rows");
        rows.iter().filter(|row| row["result"] == result).map(|row| text(&row["row"])).collect()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("it is text")
}

/// Runs it for a reader, with and without the whole answers, and returns all that was printed, and the exit code.
pub fn printed(mut command: Command) -> (String, i32) {
    command.arg("--verbose");
    let ran = run(command, LIMIT);
    let exit = ran.status.code().unwrap_or_else(|| panic!("the script died: {}\n{}", ran.status, ran.stderr));
    (ran.stdout + &ran.stderr, exit)
}

/// Fails where one of the secrets is in the text, plain or in base64.
pub fn holds_none(text: &str, secrets: &[&str]) {
    for secret in secrets {
        let lower = text.to_lowercase();
        assert!(!lower.contains(&secret.to_lowercase()), "{secret} was printed:\n{text}");
    }
}
