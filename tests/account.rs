//! The account's configuration as AWS's APIs tell it: against moto, against AWS's own shapes of errors, and with every
//! kind of profile that credentials come from.

#![expect(
    clippy::disallowed_methods,
    reason = "servers and programs beside the tests wait and look around by themselves"
)]

#[path = "account/answers.rs"]
mod answers;
#[path = "support/apart.rs"]
mod apart;
#[path = "account/asked.rs"]
mod asked;
#[path = "account/errors.rs"]
mod errors;
#[path = "account/hostile.rs"]
mod hostile;
#[path = "account/large.rs"]
mod large;
#[path = "account/moto.rs"]
mod moto;
#[path = "account/moto_start.rs"]
mod moto_start;
#[path = "account/pages.rs"]
mod pages;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "peers/process.rs"]
mod process;
#[path = "account/profiles.rs"]
mod profiles;
#[path = "account/questions.rs"]
mod questions;
#[path = "account/responder.rs"]
mod responder;
#[path = "account/shapes.rs"]
mod shapes;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "peers/tools.rs"]
mod tools;
