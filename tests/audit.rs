//! `ecr-probe audit` as a user runs it, against moto in worlds that boto3 made: what is broken is named first and proven,
//! its command is carried out, and then nothing is wrong.
#![allow(clippy::disallowed_methods, reason = "the lints are the probe's, and this is not the probe")]

#[path = "audit/broken.rs"]
mod broken;
#[path = "audit/cluster.rs"]
mod cluster;
#[path = "audit/moto.rs"]
mod moto;
#[path = "audit/placed.rs"]
mod placed;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "peers/process.rs"]
mod process;
#[path = "audit/refused.rs"]
mod refused;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "account/responder.rs"]
mod responder;
#[path = "audit/stopped.rs"]
mod stopped;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "peers/tools.rs"]
mod tools;
#[path = "audit/usage.rs"]
mod usage;
#[path = "audit/words.rs"]
mod words;
