//! `scripts/compare-with-aws` tells what an AWS does otherwise than the simulator: against the simulator itself,
//! against moto and docker-registry, and against servers that mean ill.

#[path = "compare_with_aws/emulators.rs"]
mod emulators;
#[path = "compare_with_aws/hostile.rs"]
mod hostile;
#[path = "compare_with_aws/hostile_server.rs"]
mod hostile_server;
#[path = "peers/mod.rs"]
mod peers;
#[path = "compare_with_aws/script.rs"]
mod script;
mod sim;
#[path = "compare_with_aws/simulator.rs"]
mod simulator;
#[path = "compare_with_aws/usage.rs"]
mod usage;
