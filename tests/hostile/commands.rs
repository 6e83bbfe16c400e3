//! Text of others in the commands that a report prints: whatever it is, a shell passes it as one argument, and no program
//! takes it for an option.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use ecr_probe::config::FixForm;
use ecr_probe::model::{Fix, Report, is_hidden};
use ecr_probe::ranges::Ranges;
use ecr_probe::reason::{self, Context};
use ecr_probe::render::{self, Style};
use ecr_probe::run::{Observed, judge, judge_for};
use serde_json::Value;

use super::input::Dice;
use super::sim::World;
use super::support;

/// A word of its own by the time it is out of its argument.
const MARK: &str = "pwned";

/// Each would run, redirect, expand or part into words if a shell read it, or be an option or a file's name.
const HOSTILE: [&str; 24] = [
    "x'$(: >pwned)",
    "$(: >pwned)",
    "`: >pwned`",
    "x; : >pwned",
    "x | : >pwned",
    "x && : >pwned",
    "x\n: >pwned\n",
    "x\r: >pwned",
    "<(: >pwned)",
    "~ pwned",
    "! pwned !!",
    "\" pwned \"",
    "' pwned '",
    "\\' pwned \\'",
    "* pwned ?",
    "{a, pwned }",
    "# pwned",
    "x\tpwned\ty",
    "\u{65e5}\u{672c} pwned \u{202e}",
    "a pwned b",
    "-pwned",
    "--pwned=1",
    // What stands behind its last slash is a word like any other.
    "file://a pwned b",
    "=pwned",
];

/// Every world of a code's page, so that every rule gives its commands.
fn worlds() -> Vec<World> {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let mut worlds = Vec::new();
    for page in std::fs::read_dir(pages).expect("there are pages") {
        let page = std::fs::read_to_string(page.expect("it can be read").path()).expect("it is text");
        let block = page.split_once("```toml world\n").and_then(|(_, rest)| rest.split_once("```"));
        worlds.extend(block.map(|(toml, _)| World::from_toml(toml).expect("it is a world")));
    }
    assert!(worlds.len() > 60, "{}", worlds.len());
    worlds
}

/// The texts of a saved report that come from elsewhere, each once.
fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.parse::<IpAddr>().is_err() => drop(found.insert(text.clone())),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

fn replace(value: &mut Value, with: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(other) = with.get(text) {
                *text = other.clone();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, with)),
        Value::Object(fields) => fields.values_mut().for_each(|value| replace(value, with)),
        _ => {}
    }
}

/// The report with other texts.
fn changed(report: &Value, with: &BTreeMap<String, String>) -> Value {
    let mut report = report.clone();
    for part in ["evidence", "vantage", "images", "placement"] {
        report.get_mut(part).into_iter().for_each(|part| replace(part, with));
    }
    report
}

/// `hostile` in the place of all, or of a part that has a meaning of its own: a role, a repository, a label.
fn spoil(text: &str, hostile: &str, dice: &mut Dice) -> String {
    let signs: Vec<usize> = text.match_indices(['/', ':', '.', '@']).map(|(at, _)| at).collect();
    match dice.below(4) {
        0 => hostile.to_owned(),
        1 => format!("{text}{hostile}"),
        _ => {
            let from = if signs.is_empty() { 0 } else { signs[dice.below(signs.len())] + 1 };
            let to = signs.iter().find(|at| **at >= from).copied().unwrap_or(text.len());
            format!("{}{hostile}{}", &text[..from], &text[to..])
        }
    }
}

/// What is wrong with a printed command by its words alone.
fn complaint(command: &str) -> Option<String> {
    let Some(words) = shlex::split(command) else { return Some(format!("cannot be split: {command}")) };
    let is_out = |word: &str| word == MARK || word.ends_with(">pwned");
    let calls = words.split(|word| ["|", "&&"].contains(&word.as_str()) || word.ends_with(';'));
    let of_aws = calls.filter(|call| call.first().is_some_and(|program| program == "aws"));
    let read = of_aws.flatten().find(|word| word.starts_with("file://a"));
    // An argument may well end so; then it begins with what was put in, or with what that was put after.
    let out = words.iter().find(|word| is_out(word) && !word.contains([' ', '\'', '(', '`', ';', '|', '&']));
    let option = words.windows(2).find(|pair| {
        let [before, word] = pair else { return false };
        before != "--" && (word.starts_with("-pwned") || word.starts_with("--pwned"))
    });
    let shown = command.chars().all(|it| !it.is_control() && it != '\u{202e}');
    let is_wrong = out.is_some() || option.is_some() || read.is_some() || !shown;
    is_wrong.then(|| format!("{out:?} {option:?} {read:?}: {command:?}"))
}

/// A line with a character that does not show.
fn hidden(text: &str) -> Option<String> {
    text.lines().find(|line| line.contains(is_hidden)).map(|line| format!("{line:?}"))
}

/// A line of the text that somebody else began.
fn forged(text: &str) -> Option<String> {
    text.split(['\n', '\r']).find(|line| line.trim_start().starts_with(": >pwned")).map(str::to_owned)
}

/// What the programs were given: each of the commands is run by a real bash, among programs that only write that down.
fn run(commands: &BTreeSet<String>) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    let (programs, given, here) =
        (folder.path().join("programs"), folder.path().join("given"), folder.path().join("here"));
    for folder in [&programs, &given, &here] {
        std::fs::create_dir(folder).expect("a folder");
    }
    const PROGRAMS: [&str; 18] = [
        "aws",
        "chronyc",
        "curl",
        "cut",
        "date",
        "dig",
        "docker",
        "ecr-probe",
        "ethtool",
        "grep",
        "head",
        "jq",
        "openssl",
        "sha256sum",
        "sudo",
        "tee",
        "tracepath",
        "xargs",
    ];
    for program in PROGRAMS {
        let path = programs.join(program);
        let script = "#!/bin/bash\nprintf '%s\\0' \"${0##*/}\" \"$@\" >\"$GIVEN/$$\"\n";
        std::fs::write(&path, script).expect("it can be written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it can be set");
    }
    for command in commands {
        let done = Command::new("/bin/bash")
            .args(["--noprofile", "--norc", "-c", command])
            .env_clear()
            .env("PATH", &programs)
            .env("GIVEN", &given)
            .env("HOME", &here)
            .current_dir(&here)
            .stdin(Stdio::null())
            .output()
            .expect("bash starts");
        let error = String::from_utf8_lossy(&done.stderr);
        assert!(error.is_empty(), "{command}\n{error}");
        let left: Vec<_> = std::fs::read_dir(&here).expect("it is a folder").collect();
        assert!(left.is_empty(), "{command}\nleaves {left:?}");
    }
    let files = std::fs::read_dir(&given).expect("it is a folder").map(|it| it.expect("it can be read").path());
    let texts = files.map(|path| std::fs::read_to_string(path).expect("it is text"));
    texts.map(|text| text.split_terminator('\0').map(str::to_owned).collect()).collect()
}

fn check_with_bash(commands: &BTreeSet<String>) {
    let given = run(commands);
    assert!(given.len() >= commands.len(), "{} of {}", given.len(), commands.len());
    for words in given {
        assert!(words.iter().all(|word| word != MARK), "{words:?}");
        for pair in words.windows(2) {
            let option = pair[1].starts_with("-pwned") || pair[1].starts_with("--pwned");
            assert!(!option || pair[0] == "--", "{words:?}");
        }
    }
}

/// How many commands a shell runs for real.
const RUN: usize = 100;

/// What was printed for foreign text.
#[derive(Default)]
struct Printed {
    wrong: BTreeSet<String>,
    /// Those that hold some of it.
    commands: BTreeSet<String>,
}

impl Printed {
    fn add(&mut self, fixes: &[&Fix], text: &str) {
        let commands = || fixes.iter().filter_map(|fix| fix.command());
        self.wrong.extend(commands().filter_map(complaint));
        self.wrong.extend(forged(text));
        self.commands.extend(commands().filter(|it| it.contains(MARK)).map(str::to_owned));
    }

    #[track_caller]
    fn commands_of_no_harm(self) -> BTreeSet<String> {
        let first: Vec<String> = self.wrong.iter().take(20).cloned().collect();
        assert!(self.wrong.is_empty(), "{} commands:\n{}", self.wrong.len(), first.join("\n"));
        self.commands
    }
}

#[test]
fn a_spoilt_report_prints_no_command_that_does_more() {
    let mut printed = Printed::default();
    let mut dice = Dice(0x5eed);
    let audits: Vec<Report> = worlds().iter().map(support::configuration::audit).collect();
    let checks = worlds().into_iter().map(support::check);
    for (number, report) in audits.into_iter().chain(checks).enumerate() {
        let report: Value = serde_json::from_str(&render::json(&report)).expect("a report is JSON");
        let mut found = BTreeSet::new();
        ["evidence", "vantage", "images", "placement"].iter().for_each(|part| texts(&report[part], &mut found));
        // Less what has a closed list of values.
        let is_open = |text: &String| {
            let changed = changed(&report, &BTreeMap::from([(text.clone(), "x".to_owned())]));
            serde_json::from_value::<Observed>(changed).is_ok()
        };
        let open: Vec<String> = found.into_iter().filter(is_open).collect();
        for hostile in HOSTILE.iter().skip(number % 3).step_by(3) {
            let mut with = BTreeMap::new();
            for text in &open {
                if dice.below(3) == 0 {
                    with.insert(text.clone(), spoil(text, hostile, &mut dice));
                }
            }
            let bytes = changed(&report, &with).to_string();
            let Ok(observed) = Observed::read(bytes.as_bytes()) else { continue };
            for form in [FixForm::Terraform, FixForm::CloudFormation] {
                let spoilt = judge_for(observed.clone(), form);
                printed.wrong.extend(hidden(&render::text(&spoilt, Style::Plain)));
            }
            let spoilt = judge(observed);
            let fixes: Vec<&Fix> = spoilt.diagnoses.iter().flat_map(|finding| &finding.fixes).collect();
            let text = render::text(&spoilt, Style::Plain);
            printed.wrong.extend(hidden(&text));
            printed.add(&fixes, &text);
        }
    }
    let commands = printed.commands_of_no_harm();
    assert!(commands.len() > RUN, "{}", commands.len());
    let step = commands.len() / RUN;
    check_with_bash(&commands.into_iter().step_by(step).collect());
}

/// Texts in which ECS, AWS or a runtime quotes a name of somebody's.
const TEXTS: [&str; 9] = [
    "User: arn:aws:sts::111122223333:assumed-role/@/s is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:111122223333:repository/a because no identity-based policy allows the ecr:BatchGetImage action",
    "User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:111122223333:repository/@ because no identity-based policy allows the ecr:BatchGetImage action",
    "User: arn:aws:iam::111122223333:user/@ is not authorized to perform: ecr:@ on resource: @ with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/@",
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/@:v1: not found",
    "CannotPullContainerError: Error response from daemon: manifest for docker.io/@ not found: manifest unknown",
    "CannotPullContainerError: failed to do request: Head \"https://123456789012.dkr.ecr.@.amazonaws.com/v2/a/manifests/v1\": dial tcp 10.0.0.1:443: i/o timeout",
    "CannotPullContainerError: dial tcp: lookup @.dkr.ecr.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host",
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:@:111122223333:secret:@ from secrets manager",
    "failed to pull docker.io/@/@:@: toomanyrequests: You have reached your pull rate limit",
];

#[test]
fn a_spoilt_text_is_explained_without_a_command_that_does_more() {
    let context = Context { ranges: Ranges::embedded(), vpc: Vec::new() };
    let mut printed = Printed::default();
    for text in TEXTS {
        for hostile in HOSTILE {
            let explanation = reason::explain(&text.replace('@', hostile), &context);
            let fixes: Vec<&Fix> =
                explanation.diagnoses.iter().flat_map(|it| &it.fixes).chain(&explanation.next).collect();
            printed.add(&fixes, &render::reason(&explanation, Style::Plain));
        }
    }
    let commands = printed.commands_of_no_harm();
    check_with_bash(&commands);
}
