//! Files that a reader always finds complete.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    /// A folder, a pipe or a device has the name.
    #[error("not a regular file")]
    NotAFile,
    /// What the system says.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Writes beside the file and renames: a reader finds the old bytes or the new ones, complete.
///
/// # Errors
///
/// The file cannot be made or renamed, or its name is that of something else.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), NotWritten> {
    // A pipe or a device would be gone, and who reads from it would wait for ever.
    if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return Err(NotWritten::NotAFile);
    }
    let beside = beside(path);
    // Left by a process that was killed, or laid by somebody else in a folder that all may write to: neither is opened.
    let _ = fs::remove_file(&beside);
    let written = OpenOptions::new().write(true).create_new(true).open(&beside);
    let written = written.and_then(|mut file| file.write_all(bytes)).and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        NotWritten::Io(error)
    })
}

/// A name of the process's own: two watches on one file write whole states, if in turns.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    path.with_file_name(name)
}
