//! What is written to stdout and stderr at once.

use std::io::{IsTerminal, Write};

use super::failure::Failure;
use super::process::lookup;
use crate::model::shown;
use crate::render::Style;
use crate::render::short::Screen;

/// A line on stderr; `eprintln` panics where stderr is a closed pipe.
pub fn say(line: &str) {
    let line: String = line.chars().map(|it| if it == '\n' { it } else { shown(it) }).collect();
    let _ = writeln!(std::io::stderr(), "ecr-probe: {line}");
}

/// Writes to stdout. A reader that has gone away is no error of ours.
pub fn print(text: &(impl AsRef<[u8]> + ?Sized)) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_ref()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::Stdout(error)),
        _ => Ok(()),
    }
}

/// Colour on a terminal, unless `NO_COLOR` is set (no-color.org).
pub fn style() -> Style {
    let is_colour = std::io::stdout().is_terminal() && takes_escapes() && lookup("NO_COLOR").is_none();
    if is_colour { Style::Colour } else { Style::Plain }
}

/// Whether a terminal understands escapes: an editor's shell, say, prints them.
pub fn takes_escapes() -> bool {
    lookup("TERM").is_none_or(|term| term != "dumb")
}

/// The terminal, or a page of the usual width where stdout is none.
pub fn screen() -> Screen {
    let width = terminal_size::terminal_size_of(std::io::stdout()).map(|(columns, _)| usize::from(columns.0));
    Screen { style: style(), width: width.filter(|width| *width > 0).unwrap_or(Screen::USUAL_WIDTH) }
}
