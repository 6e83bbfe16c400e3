//! The forms for a browser, for tickets and for CI: every page's world in each of them, and hostile text in all.
//!
//! With `ECR_PROBE_FORMS=FOLDER` the pages are kept there: `tests/browser/check.mjs` looks at them in a browser.

#![expect(clippy::disallowed_methods, reason = "settings of the tests themselves")]

mod sim;
mod support;

#[path = "forms/hostile.rs"]
mod hostile;
#[path = "forms/pages.rs"]
mod pages;
#[path = "forms/read.rs"]
mod read;
#[path = "forms/screen.rs"]
mod screen;
#[path = "forms/secrets.rs"]
mod secrets;
#[allow(dead_code, reason = "others use the rest of it")]
#[path = "peers/tools.rs"]
mod tools;
#[path = "forms/worlds.rs"]
mod worlds;

use ecr_probe::diagnose::rules;
use ecr_probe::model::{Report, Severity, Verdict};
use ecr_probe::render::{html, junit, markdown};

use read::{Ends, cases, plain};
use worlds::{explanations, healthy, reports, sweeps};

/// Headline, codes and fixes of a report, as each form must have them.
fn facts(report: &Report) -> Vec<String> {
    let codes = report.diagnoses.iter().map(|finding| finding.code.to_string());
    let commands = report.diagnoses.iter().flat_map(|finding| &finding.fixes).filter_map(|fix| fix.command());
    let commands = commands.map(|command| command.split_whitespace().collect::<Vec<_>>().join(" "));
    [report.verdict.name().to_owned()].into_iter().chain(codes).chain(commands).collect()
}

fn blanks_as_one(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_world_is_told_in_every_form() {
    for (name, report) in reports() {
        let page = html::report(&report);
        let text = blanks_as_one(&plain(&page));
        let ticket = markdown::report(&report);
        let words = blanks_as_one(&read::markdown(&ticket, &name));
        for fact in facts(&report) {
            assert!(text.contains(&fact), "{name}: the page lacks {fact}");
            assert!(words.contains(&fact), "{name}: the Markdown lacks {fact}\n{words}");
        }
        assert_eq!(
            page.matches("<svg class=\"wide\"").count(),
            page.matches("<svg class=\"narrow\"").count(),
            "{name}"
        );
        // An audit that reads no path draws none.
        let is_drawn = page.contains("<svg class=\"wide\"");
        let has_hosts = report.evidence.iter().any(|it| it.target.is_some());
        assert!(is_drawn || !has_hosts, "{name} is not drawn");
        pages::keep(&format!("{name}.html"), &page);
    }
}

/// The marks of the drawing agree with the verdict: what stops the pull is red on a page that says so.
#[test]
fn what_stops_the_pull_is_drawn_and_named() {
    for (name, report) in reports() {
        let page = html::report(&report);
        let drawing = page.split("<figure").nth(1).and_then(|rest| rest.split("</figure>").next()).unwrap_or_default();
        let error = report.diagnoses.iter().find(|it| it.severity == Severity::Error);
        let is_red = drawing.contains("solid bad") || drawing.contains("box bad");
        if report.verdict == Verdict::Healthy {
            assert!(!is_red, "{name}: a healthy path is drawn broken");
        }
        // Where nothing was reached there is nothing to draw.
        if let Some(error) = error.filter(|_| !drawing.is_empty()) {
            assert!(is_red && page.contains(&format!(">{}", error.code)), "{name}: {} is not drawn", error.code);
        }
    }
}

#[test]
fn the_cases_for_ci_agree_with_the_verdict() {
    for (name, report) in reports() {
        let Ends { passed, failed, unknown, skipped } = cases(&junit::report(&report));
        let expected = match report.verdict {
            Verdict::Healthy | Verdict::Degraded => failed == 0 && unknown == 0,
            Verdict::Unhealthy => failed > 1,
            Verdict::Inconclusive => unknown == 1,
        };
        assert!(expected, "{name}: {:?} with {failed} failed and {unknown} unknown", report.verdict);
        assert!(passed + skipped > 0 || !report.images.is_empty(), "{name}");
        let errors = report.diagnoses.iter().filter(|it| it.severity == Severity::Error).count();
        assert!(failed >= errors, "{name}: {failed} failures of {errors} errors");
    }
}

/// A case a hop and a finding; what was not judged is no case, and is told all the same.
#[test]
fn what_is_skipped_for_ci_comes_after_a_failure() {
    for (name, report) in reports() {
        let document = junit::report(&report);
        let skipped: Vec<&str> =
            document.match_indices("<skipped message=\"").map(|(at, it)| &document[at + it.len()..]).collect();
        let is_told = |it: &&str| it.starts_with("not tried") || report.configured.is_some();
        assert!(skipped.iter().all(is_told) && skipped.len() <= 8, "{name}: {} skipped\n{document}", skipped.len());
        if report.verdict == Verdict::Healthy {
            assert!(skipped.is_empty(), "{name}\n{document}");
            continue;
        }
        let (_, output) = document.rsplit_once("</testcase>").expect("there is a case");
        for it in &report.not_judged {
            assert!(output.contains(it.code.id()), "{name}: {} is not told to be not judged\n{document}", it.code);
        }
        let told = document.split("<system-out>").skip(1).collect::<String>();
        assert!(!report.configured.iter().flat_map(|it| &it.unseen).any(|it| !told.contains(&it.action)), "{name}");
    }
    // Nothing is known of the layers before the manifest.
    let dead = junit::report(&worlds::report("RTE-01"));
    for step in ["token", "registry", "registry login", "layers"] {
        let case = dead.split("<testcase ").find(|case| case.contains(&format!("name=\"{step}\"")));
        assert!(
            case.is_some_and(|it| it.contains("<skipped message=\"not tried because of RTE-01\"")),
            "{step}: {dead}"
        );
    }
    let whole = junit::report(&healthy());
    assert!(whole.contains("name=\"layers\"") && whole.contains("3 of 3 layers verified"), "{whole}");
}

/// Two codes about one network ACL: each is on the lanes that it stops.
#[test]
fn a_lane_has_the_code_of_what_stops_it() {
    let page = html::report(&worlds::report("ACL-01-audit"));
    let drawing =
        page.split("<svg class=\"narrow\"").nth(1).and_then(|it| it.split("</svg>").next()).expect("it is drawn");
    let codes: Vec<&str> =
        drawing.split("<text class=\"label\"").skip(1).filter_map(|it| it.split(['>', '<']).nth(1)).collect();
    assert_eq!(codes, ["ACL-01", "ACL-01", "ACL-02", "ACL-01"], "{drawing}");
}

#[test]
fn sweeps_and_clusters_are_told_in_every_form() {
    for (name, sweep) in sweeps() {
        let page = html::sweep(&sweep);
        pages::keep(&format!("{name}.html"), &page);
        let words = read::markdown(&markdown::sweep(&sweep), &name);
        let ends = cases(&junit::sweep(&sweep));
        for place in &sweep.places {
            assert!(page.contains(&place.subnet) && words.contains(&place.subnet), "{name}: {}", place.subnet);
        }
        assert_eq!(ends.failed + ends.unknown > 0, !matches!(sweep.verdict, Verdict::Healthy | Verdict::Degraded));
    }
    let audits: Vec<Report> =
        reports().into_iter().filter(|(name, _)| name.ends_with("-audit")).map(|it| it.1).take(6).collect();
    let page = html::services("main", &audits);
    pages::keep("cluster.html", &page);
    assert_eq!(page.matches("<section class=\"service\"").count(), 6);
    assert_eq!(page.matches("href=\"#service").count(), 6);
    assert!(cases(&junit::services(&audits)).failed >= 6);
    read::markdown(&markdown::services(&audits), "cluster");
}

#[test]
fn explanations_and_codes_are_told_in_every_form() {
    let all = explanations();
    for (name, some) in [("explained", &all[..]), ("explained-one", &all[..1]), ("explained-none", &[])] {
        pages::keep(&format!("{name}.html"), &html::explanations(some, false));
        read::markdown(&markdown::explanations(some, false), name);
        let ends = cases(&junit::explanations(some));
        assert_eq!(ends.passed + ends.failed + ends.unknown + ends.skipped, some.len());
    }
    pages::keep("explained-by-cause.html", &html::explanations(&all, true));
    for rule in rules::all() {
        let page = html::code(rule);
        let text = plain(&page);
        assert!(text.contains(rule.name) && text.contains("Fix it"), "{}", rule.code);
        assert!(!text.contains("```") && !text.contains("**"), "{}: Markdown is left in the page", rule.code);
        pages::keep(&format!("page-{}.html", rule.code), &page);
        assert!(markdown::code(rule).contains("## Fix it"));
    }
}

/// Of a healthy pull the first screen says so, and nothing on the page is red.
#[test]
fn a_healthy_pull_is_calm() {
    let page = html::report(&healthy());
    let body = page.split("<body>").nth(1).unwrap_or_default();
    let drawn = body.split("<ul class=\"key\"").next().unwrap_or_default();
    assert!(drawn.contains("healthy") && !drawn.contains("bad"), "{drawn}");
    assert!(page.len() < 60_000, "{} bytes", page.len());
}
