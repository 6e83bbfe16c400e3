//! What a process or its machine may run out of, so that nothing leaves it.

use serde::{Deserialize, Serialize};

/// What there is no more of. It says nothing of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scarce {
    /// Every local port that may be taken is in use (`net.ipv4.ip_local_port_range`).
    LocalPorts,
    /// This process may open no more files (EMFILE, `ulimit -n`).
    OpenFiles,
    /// The machine may open no more files (ENFILE, `fs.file-max`).
    SystemFiles,
}

impl Scarce {
    /// What is told of it.
    pub fn title(self) -> &'static str {
        match self {
            Scarce::LocalPorts => "no local port is free on this machine",
            Scarce::OpenFiles => "this process has too many open files",
            Scarce::SystemFiles => "this machine has too many open files",
        }
    }
}
