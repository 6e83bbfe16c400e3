//! The forms for a browser, for tickets and for CI: every page's world in each of them.
//!
//! With `ECR_PROBE_FORMS=FOLDER` what is rendered is kept there, which `tests/browser/check.mjs` looks at.

mod sim;
mod support;

use std::path::{Path, PathBuf};

use ecr_probe::model::Report;
use ecr_probe::render::html;

use sim::{Page, World};
use support::configuration::audit;

fn pages() -> Vec<Page> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    Page::all(&folder).unwrap_or_else(|why| panic!("{why}"))
}

/// The reports of all worlds, by name.
fn reports() -> Vec<(String, Report)> {
    let mut reports = vec![("healthy".to_owned(), support::check(World::healthy()))];
    for page in pages() {
        if let Some(world) = page.world().unwrap_or_else(|why| panic!("{why}")) {
            reports.push((page.code.clone(), support::check(world)));
        }
        if let Some((broken, fixed)) = page.audit_worlds().unwrap_or_else(|why| panic!("{why}")) {
            reports.push((format!("{}-audit", page.code), audit(&broken)));
            reports.push((format!("{}-audit-fixed", page.code), audit(&fixed)));
        }
    }
    reports
}

/// Keeps what a browser is to look at, where that is asked for.
fn keep(name: &str, text: &str) {
    #[expect(clippy::disallowed_methods, reason = "a setting of the test itself")]
    let Ok(folder) = std::env::var("ECR_PROBE_FORMS") else { return };
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(folder.join(name), text).expect("the page can be kept");
}

#[test]
fn every_world_is_a_page() {
    for (name, report) in reports() {
        let page = html::report(&report);
        keep(&format!("{name}.html"), &page);
        assert!(page.starts_with("<!DOCTYPE html>"), "{name}");
    }
}
