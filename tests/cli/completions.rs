//! The completion scripts in the shells that they are for. A shell that is not installed is skipped, and that is said.

use std::process::{Command, Output, Stdio};

use super::{fed, is_usage_error, probe, stderr, stdout};

/// What `shell` prints for `script` on stdin. `None` without the shell, which `ECR_PROBE_SKIP_NOTHING` forbids.
fn run(shell: &str, arguments: &[&str], script: &str) -> Option<Output> {
    if Command::new(shell).arg("-c").arg(":").stdin(Stdio::null()).status().is_err() {
        assert!(std::env::var_os("ECR_PROBE_SKIP_NOTHING").is_none(), "there is no {shell}");
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

/// Words on a command line, and what a shell must offer for the last of them: some of it, or exactly that.
const ASKED: [(&[&str], &[&str]); 6] = [
    (&["ecr-probe", "au"], &["audit"]),
    (&["ecr-probe", "audit", "--clu"], &["--cluster"]),
    (&["ecr-probe", "check", "--output", "j"], &["json", "junit"]),
    (&["ecr-probe", "check", "--pull", ""], &["none", "reach", "verify"]),
    (&["ecr-probe", "completions", ""], &["bash", "zsh", "fish"]),
    (&["ecr-probe", "judge", "/etc/passw"], &["/etc/passwd"]),
];

/// What bash offers for the last of some words.
fn of_bash(words: &[&str]) -> Option<Vec<String>> {
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
    // Where a script offers nothing, bash looks for files.
    assert!(script("bash").contains("-o default"));
    for &(words, wanted) in ASKED.iter().filter(|(words, _)| words[1] != "judge") {
        let Some(offered) = of_bash(words) else { return };
        for word in wanted {
            assert!(offered.iter().any(|it| it == word), "{words:?}: {offered:?}");
        }
    }
}

/// What fish offers, without the descriptions.
fn of_fish(words: &[&str]) -> Option<Vec<String>> {
    let ask = format!("{}\ncomplete -C '{}'\n", script("fish"), words.join(" "));
    let output = run("fish", &["--no-config"], &ask)?;
    assert_eq!(stderr(&output), "");
    Some(stdout(&output).lines().filter_map(|line| line.split('\t').next()).map(str::to_owned).collect())
}

#[test]
fn fish_completes_commands_options_and_values() {
    for (words, wanted) in ASKED {
        let Some(mut offered) = of_fish(words) else { return };
        if words[1] == "judge" {
            offered.retain(|it| wanted.contains(&it.as_str()));
        }
        offered.sort();
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        assert_eq!(offered, wanted, "{words:?}");
    }
    // No file is an image.
    assert_eq!(of_fish(&["ecr-probe", "check", "/etc/passw"]), Some(Vec::new()));
}

/// Presses the tabulator at a terminal of a zsh of its own, whose `compadd` writes down what matches. After each line,
/// control-X writes `=`; each is waited for, and no longer than ten seconds.
const AT_A_TERMINAL: &str = r##"
zmodload zsh/zpty zsh/zselect
zpty -b shell zsh -f -i
function offers { local -a ends; ends=(${(M)${(f)"$(<$FOLDER/offered)"}:#=}); (( $#ends >= $1 )) }
function await {
  for (( tries = 0; tries < 500; tries++ )); do
    while zpty -r -t shell text; do :; done
    [[ -e $FOLDER/offered ]] && offers $1 && return 0
    zselect -t 2
  done
  print -r -- "no answer for $1"; zpty -d shell; exit 1
}
zpty -w shell "PROMPT=; autoload -Uz compinit; compinit -u -D; source $FOLDER/script; bindkey '^I' complete-word"
zpty -w shell "compadd() { if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd \"\$@\"; return; fi; local -a hits; builtin compadd -A hits \"\$@\"; print -rl -- \$hits >> $FOLDER/offered; builtin compadd \"\$@\" }"
zpty -w shell "end-of-one() { print -r -- = >> $FOLDER/offered; BUFFER= }; zle -N end-of-one; bindkey '^X' end-of-one; print -r -- = > $FOLDER/offered"
await 1
nth=1
while IFS= read -r line; do zpty -w -n shell "$line"$'\t\x18'; await $(( ++nth )); done < $FOLDER/asked
zpty -d shell
"##;

#[test]
fn zsh_completes_commands_options_and_values() {
    let folder = tempfile::tempdir().expect("a folder");
    let asked: String = ASKED.iter().map(|(words, _)| words.join(" ") + "\n").collect();
    std::fs::write(folder.path().join("asked"), asked).expect("it is written");
    std::fs::write(folder.path().join("script"), script("zsh")).expect("it is written");
    let ask = format!("FOLDER='{}'\n{AT_A_TERMINAL}", folder.path().display());
    if run("zsh", &["-f", "-s"], &ask).is_none() {
        return;
    }
    let offered = std::fs::read_to_string(folder.path().join("offered")).expect("zsh has answered");
    let mut answers = offered.split("=\n").skip(1);
    for (words, wanted) in ASKED {
        let answer: Vec<&str> = answers.next().unwrap_or_default().lines().filter(|it| !it.is_empty()).collect();
        // Of a path, zsh offers the last part.
        let is_there = |word: &&str| answer.iter().any(|it| it == word || word.ends_with(&format!("/{it}")));
        assert!(wanted.iter().all(is_there), "{words:?}: {answer:?}");
        assert!(words[1] == "judge" || answer.len() == wanted.len(), "{words:?}: {answer:?}");
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
