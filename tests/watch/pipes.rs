//! The watch's stdout is blocked, or nothing can be written: it goes on, and ends when told to.

use std::io::{PipeReader, PipeWriter, Write};
use std::os::unix::fs::MetadataExt;
use std::process::Stdio;

use super::process::{Stream, Watch, until};
use super::{healthy, watch};

/// A pipe that takes not one more byte: Linux gives it 64 KiB (pipe(7)).
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    for _ in 0..16 {
        writer.write_all(&[b'\n'; 4096]).expect("the pipe takes it");
    }
    (reader, writer)
}

/// Waits until the state was renewed so often: each one is a file of its own.
fn renewed(watch: &Watch, times: usize) {
    let of = || std::fs::metadata(watch.state()).ok().map(|it| (it.ino(), it.mtime(), it.mtime_nsec()));
    let (mut last, mut seen) = (None, 0);
    until("the state is renewed", || {
        let now = of();
        seen += usize::from(now != last);
        last = now;
        seen > times
    });
}

#[test]
fn full_pipes_stop_nothing() {
    let lab = healthy();
    let (_stdout, into_stdout) = full_pipe();
    let (_stderr, into_stderr) = full_pipe();
    let mut command = watch(&lab);
    // More events than wait, and far more reports.
    command.args(["--interval", "1ms", "--pull", "none"]).env("ECR_PROBE_LOG", "trace");
    command.stdout(into_stdout).stderr(into_stderr);
    let mut watch = Watch::start_into(command);
    renewed(&watch, 16);
    assert_eq!(watch.health().0, 0);
    watch.stop();
    assert!(watch.litter().is_empty());
}

#[test]
fn a_reader_that_comes_back_gets_whole_lines_and_hears_what_it_missed() {
    let lab = healthy();
    let (stdout, into_stdout) = full_pipe();
    let mut command = watch(&lab);
    command.args(["--interval", "1ms", "--pull", "none"]).stdout(into_stdout).stderr(Stdio::piped());
    let mut watch = Watch::start_into(command);
    renewed(&watch, 16);
    assert_eq!(watch.logged("stdout is blocked").len(), 1, "{}", watch.stderr.text());
    watch.stdout = Stream::of(stdout);
    watch.wait_logged("stdout is read again");
    watch.stop();
    let text = watch.stdout.whole();
    let reports: Vec<&str> = text.trim_start_matches('\n').lines().collect();
    assert!(reports.len() > 8 && text.ends_with('\n'), "{} reports", reports.len());
    for line in reports {
        super::report(line);
    }
}

#[test]
fn closed_pipes_stop_nothing() {
    let lab = healthy();
    let mut command = watch(&lab);
    command.args(["--interval", "1ms", "--pull", "none"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    command.stdout(writer.try_clone().expect("a pipe can be shared")).stderr(writer);
    let mut watch = Watch::start_into(command);
    renewed(&watch, 10);
    assert_eq!(watch.health().0, 0);
    watch.stop();
}

#[test]
fn a_state_that_cannot_be_written_is_told_once_and_so_is_its_end() {
    let lab = healthy();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let state = folder.path().join("not-there-yet/state");
    let mut command = watch(&lab);
    command.args(["--interval", "50ms", "--pull", "none"]).arg("--state").arg(&state);
    let mut watch = Watch::start(command);
    watch.round(5);
    assert_eq!(watch.logged("cannot be written").len(), 1, "{}", watch.stderr.text());
    assert_eq!(super::process::health(&state).0, 1);
    std::fs::create_dir(folder.path().join("not-there-yet")).expect("it can be made");
    watch.wait_logged("written again");
    assert_eq!(super::process::health(&state).0, 0);
    watch.next();
    watch.stop();
    assert_eq!(watch.logged("written again").len(), 1, "{}", watch.stderr.text());
    assert_eq!(watch.logged("cannot be written").len(), 1, "{}", watch.stderr.text());
}

/// A folder where the state should be: what is written beside it for the exchange goes again.
#[test]
fn a_state_that_cannot_be_exchanged_leaves_nothing() {
    let lab = healthy();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let state = folder.path().join("state");
    std::fs::create_dir(&state).expect("it can be made");
    let mut command = watch(&lab);
    command.args(["--interval", "50ms", "--pull", "none"]).arg("--state").arg(&state);
    let mut watch = Watch::start(command);
    watch.round(3);
    watch.stop();
    assert_eq!(watch.logged("cannot be written").len(), 1, "{}", watch.stderr.text());
    assert_eq!(std::fs::read_dir(folder.path()).expect("it can be read").count(), 1);
}
