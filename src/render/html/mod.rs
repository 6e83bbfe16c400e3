//! Pages for a browser: one file each, which loads nothing and runs nothing.

mod configured;
mod document;
mod evidence;
mod finding;
mod narrow;
mod picture;
mod report;
mod seen;
mod shapes;
mod station;
mod wide;

pub use report::page as report;
