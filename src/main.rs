//! The `ecr-probe` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ecr_probe::entry::main(std::env::args_os())
}
