//! The file through which a watch and the container health check speak.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::model::Instant;
use crate::watch::State;

/// A state is a few hundred bytes; what is larger is none.
const LARGEST: u64 = 64 * 1024;

/// Leaves the state.
///
/// # Errors
///
/// In a few words, why it cannot be written.
pub fn write(path: &Path, state: &State) -> Result<(), String> {
    replace(path, &serde_json::to_vec(state).map_err(|error| error.to_string())?)
}

/// Writes beside the file and renames: whoever reads finds the old bytes or the new ones, whole.
///
/// # Errors
///
/// In a few words, why they cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), String> {
    use std::io::Write;
    // A pipe or a device would be gone, and who reads from it would wait for ever.
    if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return Err("it is no file".to_owned());
    }
    let beside = beside(path);
    // Left by a process that was killed, or laid by somebody else in a folder that all may write to: neither is opened.
    let _ = std::fs::remove_file(&beside);
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(&beside);
    let written = written.and_then(|mut file| file.write_all(bytes)).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        error.to_string()
    })
}

/// A name of the process's own: two watches on one file write whole states, if in turns.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    path.with_file_name(name)
}

/// Reads the state.
///
/// # Errors
///
/// In a few words, why there is none.
pub fn read(path: &Path) -> Result<State, String> {
    use std::io::Read;
    let none = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => "no watch has written a state yet".to_owned(),
        _ => error.to_string(),
    };
    // Whoever opens a pipe waits for its writer.
    if !std::fs::metadata(path).map_err(none)?.is_file() {
        return Err("it is no file".to_owned());
    }
    let file = std::fs::File::open(path).map_err(none)?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    match bytes.len() as u64 > LARGEST {
        true => Err("it is too large for a state".to_owned()),
        false => State::read(&bytes),
    }
}

/// The time by the system's clock.
pub fn now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Instant(since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)))
}
