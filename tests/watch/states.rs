//! The state that a watch keeps, and what the health check makes of it or of whatever is there instead.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ecr_probe::watch::State;

use super::process::{Watch, health, said};
use super::{binary, healthy, lab, watch};

#[test]
fn who_reads_the_state_finds_it_whole_at_all_times() {
    let lab = healthy();
    let mut command = watch(&lab);
    command.args(["--interval", "1ms", "--pull", "none"]);
    let mut watch = Watch::start(command);
    watch.round(1);
    let (path, done, reads) = (watch.state(), AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let bytes = std::fs::read(&path).expect("there is always one");
                    State::read(&bytes).unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&bytes)));
                    reads.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for _ in 0..5 {
            assert_eq!(health(&path).0, 0);
        }
        watch.round(15);
        done.store(true, Ordering::Relaxed);
    });
    assert!(reads.load(Ordering::Relaxed) > 100);
    watch.stop();
    assert!(watch.litter().is_empty(), "{:?}", watch.litter());
    assert_eq!(watch.health().0, 0, "the state outlives the watch for a while");
}

#[test]
fn pulls_that_fail_are_no_health() {
    let lab = lab("[task]\nexecution_role = 'fileWriterTaskRole'\n[deny]\n'ecr:BatchGetImage' = 'identity'");
    let watch = Watch::start(watch(&lab));
    assert_eq!(watch.health().0, 1, "before the first round");
    let report = watch.round(1);
    let code = report["diagnoses"][0]["code"].as_str().expect("there is a fault");
    let (exit, line) = watch.health();
    assert_eq!((exit, line), (1, format!("unhealthy: {code}")));
}

/// The execution role pulled what runs there.
#[test]
fn a_task_role_that_may_not_pull_leaves_a_service_healthy() {
    let lab = lab("[deny]\n'ecr:GetAuthorizationToken' = 'identity'");
    let watch = Watch::start(watch(&lab));
    let report = watch.round(1);
    assert_eq!(report["diagnoses"][0]["code"], "IAM-01");
    let (exit, line) = watch.health();
    assert!(exit == 0 && line.starts_with("degraded"), "{exit} {line}");
}

/// With the state of a healthy round, and its parts.
#[test]
fn what_is_no_state_is_no_health() {
    let lab = healthy();
    let watch = Watch::start(watch(&lab));
    watch.round(1);
    let state = std::fs::read_to_string(watch.state()).expect("a state");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    let with = |text: &[u8]| {
        std::fs::write(at("state"), text).expect("it can be written");
        health(&at("state"))
    };
    assert_eq!(with(state.as_bytes()).0, 0);

    let is_1 = |what: &str, (exit, line): (i32, String)| {
        assert!(exit == 1 && !line.is_empty() && line.len() < 200, "{what}: {exit} {line}");
    };
    is_1("nothing", health(&at("nothing")));
    is_1("empty", with(b""));
    for length in [1, state.len() / 2, state.len() - 1] {
        is_1("torn", with(&state.as_bytes()[..length]));
    }
    is_1("garbage", with(&[0xff; 4096]));
    is_1("another version", with(state.replace("state/1", "state/9").as_bytes()));
    is_1("of the year 9999", with(state.replace("\"at\":\"2", "\"at\":\"9").as_bytes()));
    is_1("huge", with(&[state.as_bytes(), &vec![b' '; 1 << 20]].concat()));
    is_1("deep", with(&vec![b'['; 1 << 20]));
    is_1("a folder", health(folder.path()));
    is_1("below a file", health(&at("state").join("state")));
    std::os::unix::fs::symlink("loop", at("loop")).expect("a link can be made");
    is_1("a loop", health(&at("loop")));
    // Opens, and then gives an error for the first byte.
    is_1("unreadable", health(Path::new("/proc/self/mem")));
    is_1("without an end", health(Path::new("/dev/zero")));
    let made = Command::new("mkfifo").arg(at("pipe")).status();
    assert!(made.expect("mkfifo runs").success());
    is_1("a pipe that nobody writes to", health(&at("pipe")));
    forbidden(&at("state"), &state);
}

/// Somebody else's file; root may read them all.
fn forbidden(path: &Path, state: &str) {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65532;
    std::fs::write(path, state).expect("it can be written");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o000)).expect("it is ours");
    let mut command = Command::new(binary());
    command.env_clear().arg("health").arg("--state").arg(path);
    if std::fs::metadata("/proc/self").expect("there is /proc").uid() == 0 {
        command.uid(NOBODY);
    }
    // Nobody may not be able to run what lies in a home either.
    if let Ok(output) = command.output() {
        let (exit, line) = said(&output);
        assert!(exit == 1 && line.contains("denied"), "{exit} {line}");
    }
}

/// ECS runs it in the watch's environment, whatever that holds, and may not read what it says.
#[test]
fn health_says_nothing_on_stderr_and_needs_no_reader() {
    let lab = healthy();
    let watch = Watch::start(watch(&lab));
    watch.round(1);
    for log in ["trace", "no level", ""] {
        let mut command = Command::new(binary());
        command.arg("health").env_clear().env("ECR_PROBE_STATE", watch.state()).env("ECR_PROBE_LOG", log);
        assert_eq!(said(&command.output().expect("the binary starts")).0, 0, "{log}");
    }
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = Command::new(binary());
    command.env_clear().arg("health").arg("--state").arg(watch.state());
    command.stdout(writer.try_clone().expect("a pipe can be shared")).stderr(writer);
    assert_eq!(command.status().expect("the binary starts").code(), Some(0));
}

/// In a folder that all may write to, somebody else may lay a link or a pipe where the new state is about to be written.
#[test]
fn nothing_that_others_lay_beside_the_state_is_written_to() {
    let lab = healthy();
    let mut command = watch(&lab);
    command.args(["--interval", "50ms", "--pull", "none"]);
    let mut watch = Watch::start(command);
    watch.round(1);
    let beside = watch.state().with_file_name(format!("state.{}", watch.pid()));
    let other = watch.state().with_file_name("other");
    std::fs::write(&other, "of somebody else").expect("it can be written");
    for _ in 0..8 {
        // It may be there at this moment.
        let _ = std::os::unix::fs::symlink(&other, &beside);
        watch.next();
    }
    assert_eq!(std::fs::read_to_string(&other).expect("it is there"), "of somebody else");
    while !Command::new("mkfifo").arg(&beside).status().expect("mkfifo runs").success() {}
    watch.next();
    assert_eq!(watch.health().0, 0, "{}", watch.stderr.text());
    watch.stop();
}

/// What is no file is neither replaced nor waited for, and that is said once.
#[test]
fn a_report_is_saved_to_files_alone() {
    let lab = healthy();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    for (path, saved) in [(folder.path().join("report"), true), (pipe, false), (folder.path().to_owned(), false)] {
        let mut command = watch(&lab);
        command.args(["--interval", "50ms", "--pull", "none", "--save"]).arg(&path);
        let mut watch = Watch::start(command);
        watch.round(4);
        assert_eq!(watch.logged("cannot be saved").len(), usize::from(!saved));
        watch.stop();
        assert_eq!(path.is_file(), saved);
        if saved {
            super::report(std::fs::read_to_string(&path).expect("it is there").trim_end());
        }
    }
}
