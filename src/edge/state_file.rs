//! The file through which a watch and the container health check speak.

use std::io::ErrorKind;
use std::path::Path;

use super::whole_file;
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
    whole_file::replace(path, &serde_json::to_vec(state).map_err(|error| error.to_string())?)
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
    if bytes.len() as u64 > LARGEST { Err("it is too large for a state".to_owned()) } else { State::read(&bytes) }
}

/// The time by the system's clock.
pub fn now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Instant(since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)))
}
