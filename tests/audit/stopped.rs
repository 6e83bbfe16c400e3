//! Ctrl-C and SIGTERM while a read hangs.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::moto::Moto;
use crate::responder::Answer;

#[test]
fn a_signal_ends_an_audit_whose_read_hangs() {
    let Some(mut moto) = Moto::start() else { return };
    moto.world(&[]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let saved = folder.path().join("report.json");
    let one = ["audit", "--cluster", "main", "--service", "scheduled-file-writer"];
    for (signal, name) in [(libc::SIGINT, "interrupted"), (libc::SIGTERM, "asked to terminate")] {
        for (arguments, hangs) in [
            (&one[..], "DescribeSubnets"),
            (&["audit", "--cluster", "main"], "DescribeSubnets"),
            (&one, "GetCallerIdentity"),
        ] {
            let front = moto.front(move |request| (request.operation() == hangs).then_some(Answer::Silence));
            let mut command = moto.command_behind(&front, arguments);
            command.arg("--save").arg(&saved).stdout(Stdio::piped()).stderr(Stdio::piped());
            let child = command.spawn().expect("the probe starts");
            let until = Instant::now() + Duration::from_secs(20);
            while !front.seen().iter().any(|request| request.operation() == hangs) {
                assert!(Instant::now() < until, "{hangs} was never asked");
                std::thread::sleep(Duration::from_millis(5));
            }
            let began = Instant::now();
            let pid = libc::pid_t::try_from(child.id()).expect("a process's number");
            #[expect(unsafe_code, reason = "the standard library sends no signals")]
            // SAFETY: the process is a child that was not waited for, so that the number is its own.
            let sent = unsafe { libc::kill(pid, signal) };
            assert_eq!(sent, 0);
            let output = child.wait_with_output().expect("it ends");
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(began.elapsed() < Duration::from_secs(2), "{:?} after {name}", began.elapsed());
            // What was read until then is judged; where nothing can be, a line says so.
            let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
            if hangs == "DescribeSubnets" && arguments == one {
                assert_eq!((output.status.code(), stderr.as_str()), (Some(3), ""), "{stdout}");
                assert!(stdout.contains(&format!("cut short: {name}")), "{stdout}");
                let kept = std::fs::read_to_string(&saved).expect("it is saved");
                assert!(kept.contains("task-definition/scheduled-file-writer:1"), "{kept}");
                std::fs::remove_file(&saved).expect("it is ours");
            } else {
                assert_eq!((output.status.code(), stdout.as_str()), (Some(2), ""), "{stderr}");
                assert!(stderr.starts_with(&format!("ecr-probe: {name} ")) && stderr.lines().count() == 1, "{stderr}");
            }
            assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is left behind");
        }
    }
}
