//! `plan → observe → diagnose → report`.
pub mod config;
pub mod diagnose;
pub mod edge;
pub mod entry;
pub mod image;
pub mod model;
pub mod observe;
pub mod plan;
pub mod ranges;
pub mod render;
pub mod run;
pub mod wire;
