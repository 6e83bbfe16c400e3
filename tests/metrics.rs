//! The numbers of a check: which of them there are, their lines in the embedded metric format, and CloudWatch's answer.

mod sim;
mod support;

#[path = "support/apart.rs"]
mod apart;
#[path = "metrics/emf.rs"]
mod emf;
#[path = "metrics/gather.rs"]
mod gather;
#[path = "metrics/put.rs"]
mod put;
#[path = "metrics/reference.rs"]
mod reference;

use std::path::Path;

use ecr_probe::model::Report;

use sim::{Page, World};

/// A private subnet from which CloudWatch and its Logs are reached too.
const WITH_LOGS: &str = "[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'logs']\n";

fn world(toml: &str) -> World {
    World::from_toml(toml).unwrap_or_else(|error| panic!("{toml}: {error}"))
}

/// The report of every page's broken and fixed world, and of the healthy one.
fn reports() -> Vec<(String, Report)> {
    let pages =
        Page::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes")).unwrap_or_else(|why| panic!("{why}"));
    let mut reports = vec![("healthy".to_owned(), support::check(World::healthy()))];
    for page in pages {
        for world in [page.world(), page.fixed_world()] {
            if let Some(world) = world.unwrap_or_else(|why| panic!("{why}")) {
                reports.push((page.code.clone(), support::check(world)));
            }
        }
    }
    assert!(reports.len() > 100);
    reports
}
