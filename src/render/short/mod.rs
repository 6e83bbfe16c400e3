//! What fits on one screen: the root cause with what shows it and the first fix, everything else in a line each, and the
//! verdict last. What is left out here is in the whole text.

mod audit;
mod finding;
mod fit;
mod hops;
mod report;
mod screen;
mod sweep;
mod told;

pub use report::report;
pub use screen::Screen;
pub use sweep::sweep;
pub use told::{explanation, explanations_by_cause};
