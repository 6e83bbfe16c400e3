//! `explain` on real failure texts that people published, with the answers that are right.

#[path = "explain/corpus.rs"]
mod corpus;
