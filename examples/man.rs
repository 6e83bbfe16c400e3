//! The man pages, made from the command line:
//!
//! ```text
//! cargo run --example man > ecr-probe.1          # the page of the program
//! cargo run --example man -- DIRECTORY           # the same, and one of each command
//! ```

use std::io::{Error, Write};
use std::path::Path;

use clap::CommandFactory;
use clap_mangen::Man;
use ecr_probe::config::Arguments;

fn main() -> Result<(), Error> {
    let all = Arguments::command();
    match std::env::args_os().nth(1) {
        Some(directory) => clap_mangen::generate_to(all, Path::new(&directory)),
        None => {
            let mut page = Vec::new();
            Man::new(all).render(&mut page)?;
            std::io::stdout().write_all(&page)
        }
    }
}
