//! Every page of `docs/codes` is a test: its broken world yields its code and the report it shows,
//! its fixed world is healthy.
//!
//! `BLESS=1 cargo test --test codes` writes the reports anew; the diff is what a reviewer reads.

#[path = "codes/audits.rs"]
mod audits;
mod sim;
mod support;

use std::path::{Path, PathBuf};

use ecr_probe::diagnose::{Need, rules};
use ecr_probe::model::{Code, Report, Severity, Verdict};
use ecr_probe::render::short::{self, Screen};
use ecr_probe::render::{self, Style};

use sim::Page;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes")
}

fn pages() -> Vec<Page> {
    Page::all(&folder()).unwrap_or_else(|why| panic!("{why}"))
}

fn codes(report: &Report) -> Vec<String> {
    report.diagnoses.iter().map(|finding| format!("{}[{}]", finding.severity.name(), finding.code)).collect()
}

/// Whether a check can come to the fault of the page: another page has no world.
fn is_of_a_check(page: &Page) -> bool {
    rules::of(&page.code).is_none_or(|rule| rule.need.is_of_a_check())
}

#[test]
fn the_broken_world_yields_the_code_first() {
    let mut wrong = Vec::new();
    for page in pages() {
        let Some(world) = page.world().unwrap_or_else(|why| panic!("{why}")) else {
            wrong.extend(is_of_a_check(&page).then(|| format!("{}: no broken world", page.code)));
            continue;
        };
        let report = support::check(world);
        let Some(first) = report.diagnoses.first() else {
            wrong.push(format!("{}: no diagnosis, unexplained {:?}", page.code, report.unexplained));
            continue;
        };
        // What the evidence cannot tell apart is an honest alternative, and the page says of which code.
        let outside = rules::of(&page.code).is_some_and(|rule| rule.need == Need::Configuration);
        // It is listed, or the page of what is listed leads on to it.
        let listed = || first.alternatives.iter().chain([&first.code]);
        let leads_on = |code: &Code| rules::of(code.id()).is_some_and(|rule| rule.page.contains(&page.code));
        let alternative = listed().any(|code| code.id() == page.code || leads_on(code))
            && page.text.contains(&format!("seen from inside as {}", first.code));
        let named = first.code.id() == page.code || outside && alternative;
        if !named || !report.unexplained.is_empty() {
            wrong.push(format!("{}: {:?}, unexplained {:?}", page.code, codes(&report), report.unexplained));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_page_shows_the_report_of_its_world() {
    let mut wrong = Vec::new();
    for page in pages() {
        let Some(world) = page.world().unwrap_or_else(|why| panic!("{why}")) else { continue };
        let text = render::text(&support::check(world), Style::Plain);
        if page.report.as_deref().map(str::trim_end) == Some(text.trim_end()) {
            continue;
        }
        if std::env::var_os("BLESS").is_some() {
            let path = folder().join(format!("{}.md", page.code));
            std::fs::write(&path, page.with_report(&text)).expect("the page can be written");
        } else {
            wrong.push(format!("{}: the page shows another report than\n{text}", page.code));
        }
    }
    assert!(wrong.is_empty(), "\n{}\nBLESS=1 cargo test --test codes writes them anew", wrong.join("\n"));
}

/// The README begins with what a fault looks like, and shows what an audit says of another.
#[test]
fn the_readme_shows_reports() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let before = std::fs::read_to_string(&path).expect("there is a README");
    let world = |code: &str| pages().into_iter().find(|page| page.code == code).expect("it has a page");
    let checked = support::check(world("RTE-03").world().expect("it is read").expect("it has a world"));
    let audited = audits::audited_page("RTE-04");
    let mut after = before.clone();
    for (report, command) in
        [(checked, ""), (audited, "ecr-probe audit --cluster batch --service scheduled-file-writer\n```\n\n")]
    {
        let (above, rest) = after.split_once(&format!("{command}```\nerror[")).expect("a report is shown");
        let (_, below) = rest.split_once("\n```\n").expect("the block ends");
        after = format!("{above}{command}```\n{}```\n{below}", short::report(&report, Screen::PLAIN));
    }
    if after != before && std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &after).expect("the README can be written");
        return;
    }
    assert!(before == after, "README.md shows other reports: BLESS=1 cargo test --test codes\n{after}");
}

/// Lines of a terminal that nobody has made larger.
const SCREEN: usize = 24;

/// What a report with one finding is at first sight.
#[test]
fn the_report_of_a_fault_fits_on_a_screen() {
    let mut wrong = Vec::new();
    for page in pages() {
        let Some(world) = page.world().unwrap_or_else(|why| panic!("{why}")) else { continue };
        let report = support::check(world);
        let text = short::report(&report, Screen::PLAIN);
        let first = report.diagnoses.first().expect("it has a finding");
        let says = |what: &str| text.contains(what);
        if report.diagnoses.len() == 1 && text.lines().count() > SCREEN {
            wrong.push(format!("{}: {} lines\n{text}", page.code, text.lines().count()));
        }
        // Whatever is left out: the code, the cause, where to read on, and the verdict.
        if !says(&format!("[{}]", first.code))
            || !says(&first.reason)
            || !says(&format!("explain {}", first.code))
            || !says(report.verdict.name())
        {
            wrong.push(format!("{}: it lacks something\n{text}", page.code));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_fixed_world_is_healthy() {
    let mut wrong = Vec::new();
    for page in pages() {
        let Some(world) = page.fixed_world().unwrap_or_else(|why| panic!("{why}")) else {
            wrong.extend(is_of_a_check(&page).then(|| format!("{}: no fixed world", page.code)));
            continue;
        };
        let report = support::check(world);
        if report.verdict != Verdict::Healthy || report.diagnoses.iter().any(|it| it.severity > Severity::Info) {
            wrong.push(format!("{}: {:?} {:?}", page.code, report.verdict, codes(&report)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What a reader pastes is one whole text: it comes first, on one line, and cuts nothing out.
#[test]
fn a_page_of_words_begins_with_them() {
    for page in pages() {
        if rules::of(&page.code).is_none_or(|rule| rule.need != Need::OtherProgram) {
            continue;
        }
        let seen = page.text.split("## See it").nth(1).unwrap_or_default();
        let words = seen.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
        assert_eq!(words.lines().count(), 1, "{}: the first block is no message: {words}", page.code);
        assert!(!words.contains('…'), "{}: the message is cut: {words}", page.code);
    }
}

/// Nobody is to go and look for evidence that would not help.
#[test]
fn what_no_check_comes_to_is_not_listed_as_not_judged() {
    for page in pages() {
        let Some(world) = page.world().unwrap_or_else(|why| panic!("{why}")) else { continue };
        for skipped in support::check(world).not_judged {
            let rule = rules::of(skipped.code.id()).expect("it has a rule");
            assert!(rule.need.is_of_a_check(), "{}: {} is listed", page.code, skipped.code);
        }
    }
}

#[test]
fn every_code_has_one_page_and_one_rule() {
    let pages = pages();
    let of_pages: Vec<(&str, &str)> = pages.iter().map(|page| (page.code.as_str(), page.name.as_str())).collect();
    let mut of_rules: Vec<(&str, &str)> = rules::all().map(|rule| (rule.code.id(), rule.name)).collect();
    of_rules.sort_unstable();
    assert_eq!(of_pages, of_rules);
}

#[test]
fn a_page_says_what_a_reader_needs() {
    for page in pages() {
        for section in ["## See it", "## Fix it", "## Why", "## Limits"] {
            assert!(page.text.contains(section), "{}: no section {section}", page.code);
        }
        assert!(page.sentence.ends_with('.'), "{}: the first paragraph is no sentence", page.code);
    }
}
