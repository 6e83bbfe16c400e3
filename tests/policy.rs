//! The evaluation of policies: real policies with their answers, properties over random ones, and foreign evaluators.

#[path = "policy/corpus.rs"]
mod corpus;
