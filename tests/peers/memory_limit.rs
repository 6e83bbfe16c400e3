//! A bound on the memory of a program and of all that the kernel keeps for it, as a Lambda function has one.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Where the controllers are mounted; a version 1 hierarchy has one for memory alone.
const V2: &str = "/sys/fs/cgroup";
const V1: &str = "/sys/fs/cgroup/memory";

/// A control group of its own, which is removed in the end.
pub struct MemoryLimit {
    folder: Option<PathBuf>,
    bytes: u64,
}

impl MemoryLimit {
    /// One of so many megabytes; of the address space alone where no control group can be made.
    pub fn new(megabytes: u64) -> MemoryLimit {
        let bytes = megabytes * 1024 * 1024;
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("ecr-probe-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let v2 = group(&Path::new(V2).join(&name), "memory.max", bytes);
        let folder = v2.or_else(|| group(&Path::new(V1).join(&name), "memory.limit_in_bytes", bytes));
        MemoryLimit { folder, bytes }
    }

    /// What a shell does before it becomes the program.
    pub fn enter(&self) -> String {
        match &self.folder {
            Some(folder) => format!("echo $$ > {}/cgroup.procs", folder.display()),
            // ulimit counts in KiB.
            None => format!("ulimit -v {}", self.bytes / 1024),
        }
    }

    /// What bounds it, for the reader of the test's output.
    pub fn kind(&self) -> &'static str {
        if self.folder.is_some() { "a control group" } else { "an address space (no control group can be made here)" }
    }

    /// The most memory that was used, in bytes, where the kernel tells.
    pub fn peak(&self) -> Option<u64> {
        let folder = self.folder.as_ref()?;
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
        read("memory.peak").or_else(|| read("memory.max_usage_in_bytes"))?.trim().parse().ok()
    }
}

/// Makes a group with that limit, or leaves nothing.
fn group(folder: &Path, limit: &str, bytes: u64) -> Option<PathBuf> {
    std::fs::create_dir(folder).ok()?;
    // Opened and not made: in a folder that is no control group there is no such file.
    let file = std::fs::OpenOptions::new().write(true).open(folder.join(limit));
    let set = file.and_then(|mut file| std::io::Write::write_all(&mut file, bytes.to_string().as_bytes()));
    if set.is_err() {
        let _ = std::fs::remove_dir(folder);
        return None;
    }
    Some(folder.to_owned())
}

impl Drop for MemoryLimit {
    fn drop(&mut self) {
        // The program in it may take a moment to be gone.
        for _ in 0..50 {
            let Some(folder) = &self.folder else { return };
            if std::fs::remove_dir(folder).is_ok() {
                return;
            }
            std::thread::sleep(super::process::PAUSE);
        }
    }
}
