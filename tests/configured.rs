//! Audits of simulated accounts in memory: healthy layouts and traps are not blamed, what is refused is not guessed, and
//! what people told of their accounts comes out as they found it.

mod sim;
mod support;

#[path = "configured/healthy.rs"]
mod healthy;
#[path = "healthy/layouts.rs"]
mod layouts;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "path/network.rs"]
mod network;
#[path = "configured/records.rs"]
mod records;
#[path = "configured/refused.rs"]
mod refused;
#[path = "configured/secrets.rs"]
mod secrets;
#[path = "path/stories.rs"]
mod stories;
#[path = "configured/told.rs"]
mod told;
#[path = "configured/traps.rs"]
mod traps;

use ecr_probe::model::Report;
use sim::World;

fn world(toml: &str) -> World {
    World::from_toml(toml).unwrap_or_else(|error| panic!("{toml}: {error}"))
}

fn codes(report: &Report) -> Vec<String> {
    report.diagnoses.iter().map(|finding| format!("{}[{}]", finding.severity.name(), finding.code)).collect()
}
