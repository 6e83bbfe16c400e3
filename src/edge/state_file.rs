//! The file through which a watch and the container health check speak.

use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::whole_file::{self, NotWritten};
use crate::model::Timestamp;
use crate::watch::{State, StateError};

/// A state is a few hundred bytes; what is larger is none.
const LARGEST: u64 = 64 * 1024;

/// Leaves the state.
///
/// # Errors
///
/// The file cannot be written.
pub fn write(path: &Path, state: &State) -> Result<(), NotWritten> {
    whole_file::replace(path, &serde_json::to_vec(state).map_err(io::Error::from)?)
}

/// Why no state was read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// There is no such file.
    #[error("no watch has written a state yet")]
    Absent,
    /// A folder, a pipe or a device has the name.
    #[error("not a regular file")]
    NotAFile,
    /// Larger than any state.
    #[error("too large for a state")]
    TooLarge,
    /// Bytes that are no state.
    #[error(transparent)]
    Content(#[from] StateError),
    /// What the system says.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for NotRead {
    fn from(error: io::Error) -> Self {
        if error.kind() == ErrorKind::NotFound { NotRead::Absent } else { NotRead::Io(error) }
    }
}

/// Reads the state.
///
/// # Errors
///
/// There is no file, or nothing in it that is a state.
pub fn read(path: &Path) -> Result<State, NotRead> {
    // Opening a pipe waits for its writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(NotRead::NotAFile);
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(NotRead::TooLarge);
    }
    Ok(State::read(&bytes)?)
}

/// The time by the system's clock.
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp(since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)))
}
