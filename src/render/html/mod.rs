//! Pages for a browser: one file each, which loads nothing and runs nothing.

mod configured;
mod document;
mod evidence;
mod explanation;
mod finding;
mod heading;
mod lettering;
mod narrow;
mod page;
mod picture;
mod prose;
mod report;
mod seen;
mod services;
mod shapes;
mod station;
mod sweep;
mod wide;

pub use explanation::page as explanations;
pub use page::page as code;
pub use report::page as report;
pub use services::page as services;
pub use sweep::page as sweep;
