//! `ecr-probe audit` as a user runs it, against moto in worlds that boto3 made: what is broken is named first and proven,
//! its command is carried out, and then nothing is wrong.

#[path = "audit/broken.rs"]
mod broken;
#[path = "audit/cluster.rs"]
mod cluster;
#[path = "audit/moto.rs"]
mod moto;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "peers/process.rs"]
mod process;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "peers/tools.rs"]
mod tools;
#[path = "audit/usage.rs"]
mod usage;
