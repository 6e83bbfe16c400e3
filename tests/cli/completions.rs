//! The completion scripts in the shells that they are for. A shell that is not installed is skipped, and that is said.

use std::process::{Command, Output, Stdio};

use super::{fed, is_usage_error, probe, stderr, stdout};

/// What `shell` prints for `script` on stdin. `None` without the shell; with `ECR_PROBE_SKIP_NOTHING` bash is needed.
fn run(shell: &str, arguments: &[&str], script: &str) -> Option<Output> {
    if Command::new(shell).arg("-c").arg(":").stdin(Stdio::null()).status().is_err() {
        assert!(shell != "bash" || std::env::var_os("ECR_PROBE_SKIP_NOTHING").is_none(), "there is no {shell}");
        eprintln!("skipped: {shell} is not installed");
        return None;
    }
    let output = fed(Command::new(shell).args(arguments), script.as_bytes());
    assert!(output.status.success(), "{shell}: {}", stderr(&output));
    Some(output)
}

fn script(shell: &str) -> String {
    let output = probe(["completions", shell], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

/// What bash offers for the last of some words.
fn offered(words: &[&str]) -> Option<Vec<String>> {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let [.., before, last] = quoted.as_slice() else { panic!("a program and a word") };
    let ask = format!(
        "{}\nCOMP_WORDS=({}); COMP_CWORD={}; of=$(complete -p ecr-probe); of=${{of#* -F }}; ${{of%% *}} ecr-probe {last} {before}; printf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        script("bash"),
        quoted.join(" "),
        words.len() - 1,
    );
    Some(stdout(&run("bash", &["--norc", "-s"], &ask)?).lines().map(str::to_owned).collect())
}

#[test]
fn bash_completes_commands_options_and_values() {
    for (words, wanted) in [
        (&["ecr-probe", "au"][..], &["audit"][..]),
        (&["ecr-probe", "audit", "--clu"], &["--cluster"]),
        (&["ecr-probe", "check", "--output", "j"], &["json", "junit"]),
        (&["ecr-probe", "check", "--pull", ""], &["none", "reach", "verify"]),
        (&["ecr-probe", "completions", ""], &["bash", "zsh", "fish"]),
    ] {
        let Some(offered) = offered(words) else { return };
        for word in wanted {
            assert!(offered.iter().any(|it| it == word), "{words:?}: {offered:?}");
        }
    }
}

#[test]
fn each_script_is_one_of_its_shell() {
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let text = script(shell);
        assert!(text.contains("audit") && text.contains("metrics-by"), "{shell}");
        run(shell, &[check], &text);
    }
}

#[test]
fn another_shell_is_bad_usage() {
    is_usage_error(&["completions", "tcsh"], &[], "tcsh");
    is_usage_error(&["completions"], &[], "SHELL");
}
