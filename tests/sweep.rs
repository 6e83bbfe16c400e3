//! `ecr-probe sweep`: the comparison by itself, and the command against functions and tasks that do what they may do.

#![expect(clippy::disallowed_methods, reason = "servers and programs beside the tests wait by themselves")]

mod sim;
mod support;

#[path = "sweep/aws.rs"]
mod aws;
#[path = "sweep/compared.rs"]
mod compared;
#[path = "sweep/differing.rs"]
mod differing;
#[path = "sweep/foreign.rs"]
mod foreign;
#[path = "sweep/functions.rs"]
mod functions;
#[path = "sweep/moto.rs"]
mod moto;
#[path = "audit/moto.rs"]
#[allow(dead_code, reason = "others use the rest of it")]
mod moto_world;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "peers/process.rs"]
mod process;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "account/responder.rs"]
mod responder;
#[path = "sweep/schema.rs"]
mod schema;
#[path = "sweep/shapes.rs"]
mod shapes;
#[path = "sweep/signals.rs"]
mod signals;
#[path = "sweep/tasks.rs"]
mod tasks;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "peers/tools.rs"]
mod tools;
#[path = "sweep/usage.rs"]
mod usage;
