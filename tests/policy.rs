//! The evaluation of policies: real policies with their answers, properties over random ones, and foreign evaluators.

#[path = "policy/corpus.rs"]
mod corpus;
#[path = "policy/draw.rs"]
mod draw;
#[path = "policy/oracles.rs"]
mod oracles;
#[path = "policy/properties.rs"]
mod properties;
#[path = "policy/speed.rs"]
mod speed;
#[path = "policy/words.rs"]
mod words;
