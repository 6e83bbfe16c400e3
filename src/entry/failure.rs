//! Why a command did not come to its end.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::task::JoinError;

use crate::config::UsageError;
use crate::edge::NoRuntime;
use crate::edge::whole_file::NotWritten;

/// Prints as one line, and ends the process with exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Wrong arguments, settings or input.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// The function gets no more invocations.
    #[error(transparent)]
    NoRuntime(#[from] NoRuntime),
    /// The system gives no runtime.
    #[error("no runtime: {0}")]
    Runtime(#[source] io::Error),
    /// The input breaks off.
    #[error("stdin cannot be read: {0}")]
    Stdin(#[source] io::Error),
    /// Somebody reads, and the report cannot be written to them.
    #[error("stdout cannot be written: {0}")]
    Stdout(#[source] io::Error),
    /// The file of `--save` cannot be written.
    #[error("--save {}: {source}", path.display())]
    Save {
        /// As it was given.
        path: PathBuf,
        /// Why not.
        source: NotWritten,
    },
    /// The thread that writes the report panicked.
    #[error(transparent)]
    Writer(#[from] JoinError),
    /// A signal came.
    #[error("{why} before {before}")]
    Stopped {
        /// Which signal.
        why: String,
        /// What had not been done yet.
        before: &'static str,
    },
    /// A round of a watch went beyond its budget and some seconds more.
    #[error("the round did not end in {0:?}")]
    Overrun(Duration),
}
