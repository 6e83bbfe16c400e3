//! Audits of simulated accounts: their reports are valid, and judged again from what was saved they are the same.

use std::path::Path;

use ecr_probe::config::FixForm;
use ecr_probe::model::Report;
use ecr_probe::render::{self, Style};
use ecr_probe::run::{Observed, judge_for};
use proptest::prelude::*;

use super::support::configuration::audit;
use super::{complaints, json_of, layouts, survives, validator};
use crate::sim::{Page, World};

const FORMS: [FixForm; 3] = [FixForm::Cli, FixForm::Terraform, FixForm::CloudFormation];

/// What is wrong with a report that is saved and judged again.
fn wrong(report: &Report) -> Option<String> {
    let saved = json_of(report);
    let complaints = complaints(validator(), &saved);
    if !complaints.is_empty() {
        return Some(complaints.join("\n"));
    }
    if !survives(&saved) {
        return Some("it does not read back as it was".to_owned());
    }
    for form in FORMS {
        let observed = match Observed::read(render::json(report).as_bytes()) {
            Ok(observed) => observed,
            Err(why) => return Some(why.to_string()),
        };
        let again = judge_for(observed, form);
        if form == FixForm::Cli && again != *report {
            return Some(format!("{}\n{}", render::text(report, Style::Plain), render::text(&again, Style::Plain)));
        }
        let codes = |report: &Report| report.diagnoses.iter().map(|it| it.code).collect::<Vec<_>>();
        if codes(&again) != codes(report) || again.verdict != report.verdict {
            return Some(format!("{form:?}: {:?}", codes(&again)));
        }
    }
    None
}

/// The worlds of every page of a code.
fn worlds() -> Vec<(String, World)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let pages = Page::all(&folder).unwrap_or_else(|why| panic!("{why}"));
    let mut worlds = vec![("healthy".to_owned(), World::healthy())];
    for page in pages {
        for (which, world) in [("broken", page.world()), ("fixed", page.fixed_world())] {
            let world = world.unwrap_or_else(|why| panic!("{why}"));
            worlds.extend(world.map(|world| (format!("{} {which}", page.code), world)));
        }
    }
    worlds
}

#[test]
fn an_audit_of_every_page_is_valid_and_judged_as_it_was() {
    let (mut all, mut findings) = (Vec::new(), 0);
    for (name, world) in worlds() {
        let report = audit(&world);
        findings += usize::from(!report.diagnoses.is_empty());
        all.extend(wrong(&report).map(|why| format!("{name}: {why}")));
    }
    assert!(findings > 20, "{findings}");
    assert!(all.is_empty(), "{} of them\n{}", all.len(), all.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_audit_of_any_healthy_world_is_judged_as_it_was(toml in layouts::healthy_worlds()) {
        let report = audit(&World::from_toml(&toml).unwrap_or_else(|why| panic!("{why}\n{toml}")));
        prop_assert_eq!(wrong(&report), None, "{}", toml);
    }
}
