//! What a watch knows beyond its last report: when to look again, what has changed, how to tell
//! others. Pure: clocks, files and chance are handed in.

mod change;
mod schedule;
mod state;

pub use change::{Change, History, Standing};
pub use schedule::{Kind, Schedule};
pub use state::{SCHEMA, State};
