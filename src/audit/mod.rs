//! The judgement of an audit: findings of the configuration, ECS's own words held against them, and the one word for it
//! all. Pure.

mod said;
mod verdict;

pub use said::{Said, hold};
pub use verdict::verdict;
