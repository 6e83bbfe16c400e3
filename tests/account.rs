//! The account's configuration as AWS's APIs tell it: against moto, against AWS's own shapes of errors, and with every
//! kind of profile that credentials come from.

#[path = "account/asked.rs"]
mod asked;
#[path = "account/errors.rs"]
mod errors;
#[path = "account/pages.rs"]
mod pages;
#[path = "account/questions.rs"]
mod questions;
#[path = "account/responder.rs"]
mod responder;
