//! `explain` on real failure texts that people published, with the answers that are right, and what must hold of
//! any text.

#[path = "explain/addresses.rs"]
mod addresses;
#[path = "explain/apart.rs"]
mod apart;
#[path = "explain/builds.rs"]
mod builds;
#[path = "explain/catalogue.rs"]
mod catalogue;
#[path = "explain/change.rs"]
mod change;
#[path = "explain/corpus.rs"]
mod corpus;
#[path = "explain/credentials.rs"]
mod credentials;
#[path = "explain/events.rs"]
mod events;
#[path = "explain/foreign.rs"]
mod foreign;
#[path = "explain/frames.rs"]
mod frames;
#[path = "explain/hostile.rs"]
mod hostile;
#[path = "explain/invariance.rs"]
mod invariance;
#[path = "explain/lines.rs"]
mod lines;
#[path = "explain/log_servers.rs"]
mod log_servers;
#[path = "explain/next.rs"]
mod next;
#[path = "explain/not_pulls.rs"]
mod not_pulls;
#[path = "explain/pages.rs"]
mod pages;
#[path = "explain/steps.rs"]
mod steps;
#[path = "explain/strengths.rs"]
mod strengths;
#[path = "explain/vocabulary.rs"]
mod vocabulary;
