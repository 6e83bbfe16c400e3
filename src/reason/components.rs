//! Logs of several programs in one text: what another program says beside the runtime's words is not of the pull, unless it
//! tells of one.

use std::borrow::Cow;

use super::of_pull;

/// The programs that pull, or tell of pulls.
const RUNTIMES: [&str; 17] = [
    "kubelet",
    "containerd",
    "cri",
    "crio",
    "cri-o",
    "docker",
    "dockerd",
    "podman",
    "buildkitd",
    "buildkit",
    "ecs-agent",
    "amazon-ecs-agent",
    "ecs",
    "k0s",
    "k3s",
    "rke2",
    "nerdctl",
];

/// What a log puts in brackets besides the name of a program.
const LEVELS: [&str; 12] =
    ["error", "err", "warn", "warning", "info", "debug", "trace", "fatal", "critical", "notice", "stdout", "stderr"];

/// So many bytes of a line hold its time, its level and its program.
const LONGEST_HEAD: usize = 96;

/// The text without the lines of other programs that tell of no pull, where lines of a program that pulls stand among them.
/// What follows a line without a program's name is of the same program, up to an empty line or a prompt.
///
/// | text | without |
/// |---|---|
/// | `ERROR [app] i/o timeout⏎ERROR [kubelet] Failed to pull image …` | the first line |
/// | `ERROR [kubelet] Failed to pull image …⏎ERROR [app] Traceback…⏎OSError: …` | the last two lines |
/// | `dockerd[1]: API listen⏎cloud-init[2]: docker: Error response from daemon: …` | the same |
pub fn without_others(text: &str) -> Cow<'_, str> {
    let is_runtime = |line: &str| program(line).is_some_and(|it| RUNTIMES.contains(&it));
    if !text.trim_end().contains('\n') || !text.lines().any(is_runtime) {
        return Cow::Borrowed(text);
    }
    let mut is_of_other = false;
    let mut is_other = |line: &str| {
        is_of_other = match program(line) {
            Some(program) => !RUNTIMES.contains(&program),
            None => is_of_other && !line.trim().is_empty() && !of_pull::is_prompt(line),
        };
        // What goes on behind such a line is of the pull, too.
        is_of_other = is_of_other && !of_pull::is_told_in(line);
        is_of_other
    };
    Cow::Owned(text.split_inclusive('\n').filter(|line| !is_other(line)).collect())
}

/// The program that a line of a log names: `… ERROR [coredns] …`, or syslog's `… ip-10-0-1-5 kubelet[4242]: …`.
fn program(line: &str) -> Option<&str> {
    let head = &line[..line.floor_char_boundary(LONGEST_HEAD)];
    let is_of_name = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '_');
    for (at, _) in head.match_indices('[') {
        let inside = head[at + 1..].split(']').next().unwrap_or_default();
        let behind = head.get(at + 1 + inside.len()..)?;
        let is_pid = !inside.is_empty() && inside.bytes().all(|it| it.is_ascii_digit());
        if is_pid && behind.starts_with("]:") {
            let name = head[..at].rsplit(|it| !is_of_name(it)).next();
            return name.filter(|it| !it.is_empty());
        }
        let is_name = inside.starts_with(|it: char| it.is_ascii_lowercase()) && inside.chars().all(is_of_name);
        // A log's fields stand apart, and an expression's index does not.
        let stands_apart = behind.starts_with("] ") && head[..at].ends_with([' ', ']']);
        if is_name && stands_apart && !LEVELS.contains(&inside) {
            return Some(inside);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_of_a_line_is_known() {
        for (line, program_of) in [
            ("2026-04-08T10:19:49Z ERROR [coredns] plugin/errors: 2 a. A: i/o timeout", Some("coredns")),
            ("2026-04-08 [error] [media-api] dial tcp: i/o timeout", Some("media-api")),
            ("Apr  8 10:19:49 ip-10-0-1-5 kubelet[4242]: E0408 10:19:49 pod_workers.go:190] x", Some("kubelet")),
            ("E0408 10:19:49.1 4242 pod_workers.go:190] Error syncing pod", None),
            ("[ERROR] failed", None),
            ("time=\"x\" level=error msg=\"a[b] c\"", None),
            (" => ERROR [internal] load metadata for docker.io/library/node:20", Some("internal")),
        ] {
            assert_eq!(program(line), program_of, "{line}");
        }
    }

    #[test]
    fn what_another_program_says_is_left_out() {
        let pull = "t ERROR [kubelet] Back-off pulling image \"registry.example/a:1\"\n";
        let other = "t ERROR [app] OSError: [Errno 28] No space left on device: '/data'\n";
        assert_eq!(without_others(&format!("{other}{pull}")), pull);
        assert_eq!(without_others(&format!("{pull}{other}  at line 1\nSSLError: x\n")), pull);
        assert_eq!(without_others(&format!("{pull}{other}\nhelp\n")), format!("{pull}\nhelp\n"));
        assert_eq!(without_others(&format!("{pull}{other}$ date\n")), format!("{pull}$ date\n"));
        let goes_on = format!("{pull}  dial tcp 192.0.2.1:443: i/o timeout\n");
        assert_eq!(without_others(&format!("{other}{goes_on}")), goes_on);
        for (runtime, line) in [
            ("host dockerd[500]: API listen", "host web-start.sh[777]: docker: Error response from daemon: denied"),
            ("host kubelet[500]: started", "host sandbox-image[7]: failed to pull sandbox image: i/o timeout"),
            ("host containerd[500]: ready", "host cloud-init[7]: Head \"https://registry.example/v2/\": denied"),
            ("t [kubelet] ready", "t [flux] Failed to pull image \"a/b:1\": not found"),
            ("t [docker] ready", "t [deploy] CannotPullContainerError: x"),
        ] {
            let text = format!("{runtime}\n{line}\n");
            assert_eq!(without_others(&text), text);
        }
        let goes_on = "t [kubelet] ready\nt [web] Pull complete\nno space left on device\n";
        assert_eq!(without_others(goes_on), goes_on);
        let build = " => ERROR [internal] load metadata\n => CACHED [a 1/2] FROM b\n";
        assert_eq!(without_others(build), build);
    }
}
