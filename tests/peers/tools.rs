//! What a test needs of the machine, and what it does without.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Where an executable of that name is on the search path.
pub fn find(program: &str) -> Option<PathBuf> {
    // Debian keeps daemons in sbin, which a user's search path may lack.
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    path.split(':').map(|folder| PathBuf::from(folder).join(program)).find(|file| file.is_file())
}

/// The programs among these that are not installed.
pub fn missing(programs: &[&str]) -> Vec<String> {
    programs.iter().filter(|program| find(program).is_none()).map(|program| (*program).to_owned()).collect()
}

/// The Python interpreter that has moto, which is the one `moto_server` runs under.
pub fn python_with_moto() -> Option<PathBuf> {
    let python = find("python3")?;
    let mut command = Command::new(&python);
    command.args(["-c", "import moto.server"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().ok()?.success().then_some(python)
}

/// Whether this process may make network namespaces, by itself or in a user namespace.
pub fn namespaces_allowed() -> bool {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--net", "--mount", "true"]);
    if is_root() {
        command = Command::new("unshare");
        command.args(["--net", "--mount", "true"]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

pub fn is_root() -> bool {
    // The owner of this process's own entry is its effective user.
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|entry| entry.uid() == 0)
}

/// What a variable of the environment says; empty where it is not set.
pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Says that a test is skipped and why; fails it instead where nothing may be skipped.
pub fn skip(missing: &str) {
    assert!(
        std::env::var_os("ECR_PROBE_SKIP_NOTHING").is_none(),
        "nothing may be skipped, and this is missing: {missing}"
    );
    println!("skipped: {missing} (.ci/run installs it)");
}
