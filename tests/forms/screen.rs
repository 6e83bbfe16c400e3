//! The first screen: every world fits its width, and nothing that decides is left out.

use ecr_probe::model::{Finding, Report, Severity, Verdict};
use ecr_probe::render::short::{self, Screen};
use ecr_probe::render::{self, Style};
use ecr_probe::sweep::Sweep;

use crate::worlds::{explanations, healthy, reports, sweeps};

const fn wide(width: usize) -> Screen {
    Screen { style: Style::Plain, width }
}

fn of(report: &Report, width: usize) -> String {
    short::report(report, wide(width))
}

/// Rows of a table: those of evidence have a number and a bar, those of hops a mark.
fn rows(text: &str) -> impl Iterator<Item = &str> {
    let is_row = |line: &&str| {
        let number = line.split_once(" | ").is_some_and(|(id, _)| id.trim().parse::<u32>().is_ok());
        let of_hop = ["    ok  ", "  FAIL  "].iter().any(|mark| line.starts_with(mark)) && line.contains(" · ");
        number || of_hop
    };
    text.lines().filter(is_row)
}

#[test]
fn rows_follow_the_width() {
    for (name, report) in reports() {
        if report.configured.is_some() {
            continue;
        }
        for width in [80, 120, 200] {
            for row in rows(&of(&report, width)) {
                assert!(row.chars().count() <= width, "{name} at {width}: {row}");
            }
        }
        assert!(
            !of(&report, 400)
                .lines()
                .filter(|line| line.starts_with("    ok"))
                .any(|line| line.contains('…') && !line.contains("sha256:")),
            "{name}"
        );
    }
}

#[test]
fn the_root_comes_whole_and_the_others_in_a_line_each() {
    for (name, report) in reports() {
        let text = of(&report, 80);
        let headline = |finding: &Finding| format!("{}[{}]: ", finding.severity.name(), finding.code);
        for finding in report.diagnoses.iter().take(7) {
            assert!(text.lines().any(|line| line.starts_with(&headline(finding))), "{name}\n{text}");
        }
        // Each of the others has a command, or says where one is.
        let is_fixed = |it: &&Finding| it.severity != Severity::Info && !it.fixes.is_empty();
        for finding in report.diagnoses.iter().skip(1).take(6).filter(is_fixed) {
            let page = format!("\n      fix: ecr-probe explain {}\n", finding.code);
            let command = finding.fixes[0].command().map(|command| format!("\n      {command}\n"));
            assert!(text.contains(&page) || command.is_some_and(|it| text.contains(&it)), "{name}\n{text}");
        }
        let Some(first) = report.diagnoses.first() else { continue };
        assert!(text.contains(&headline(first)) && text.contains(&first.reason), "{name}\n{text}");
        assert_eq!(text.matches("\nmore: ecr-probe explain").count(), 1, "{name}\n{text}");
        // The first command is whole, or the text says how to see it.
        if let Some(command) = first.fixes.first().and_then(|fix| fix.command()) {
            let whole = command.lines().all(|line| text.contains(line.trim()));
            assert!(whole || text.contains("lines: -v)"), "{name} lacks {command}\n{text}");
        }
        let last = |text: &str| text.lines().last().unwrap_or_default().to_owned();
        assert_eq!(last(&text), last(&render::text(&report, Style::Plain)), "{name}: the verdict is the same sentence");
    }
}

#[test]
fn a_healthy_report_names_every_hop() {
    let text = of(&healthy(), 80);
    for hop in ["ECR API", "ECR registry", "layer store (S3)", "credentials", "token", "registry login", "manifest"] {
        assert!(text.contains(hop), "{hop}\n{text}");
    }
    assert!(text.lines().count() <= 24 && !text.contains("-v"), "{text}");
}

/// Many notes do not hide why the check ended early.
#[test]
fn what_cut_a_check_short_is_never_left_out() {
    let mut report = healthy();
    report.vantage.unknown = (0..5).map(|nth| format!("fact {nth} is not known")).collect();
    report.cut_short = Some("the budget of 5s is spent".to_owned());
    let text = of(&report, 80);
    assert!(text.contains("cut short: the budget of 5s is spent\n") && text.contains("+3 more lines: -v\n"), "{text}");
}

#[test]
fn an_explanation_is_its_first_cause() {
    for it in explanations() {
        let text = short::explanation(&it, Screen::PLAIN);
        assert!(text.contains(&it.means) && text.lines().count() <= 24, "{text}");
        for finding in it.diagnoses.iter().take(7) {
            assert!(text.contains(finding.code.id()), "{} is not named\n{text}", finding.code);
        }
        assert!(text.lines().count() <= render::reason(&it, Style::Plain).lines().count(), "{text}");
    }
    let all = explanations();
    let text = short::explanations_by_cause(&all, Screen::PLAIN);
    assert_eq!(
        text.matches(" stopped tasks\n").count(),
        render::reasons_by_cause(&all, Style::Plain).matches(" stopped tasks\n").count()
    );
}

#[test]
fn a_sweep_has_a_row_for_each_subnet_and_every_finding() {
    for (name, swept) in sweeps() {
        let text = short::sweep(&swept, Screen::PLAIN);
        for place in &swept.places {
            assert!(text.contains(&place.subnet), "{name}: {}\n{text}", place.subnet);
        }
        for shared in told(&swept) {
            assert!(text.contains(&format!("[{}]: ", shared.code)), "{name}: {}\n{text}", shared.code);
        }
        let last = |text: &str| text.lines().last().unwrap_or_default().to_owned();
        assert_eq!(last(&text), last(&render::sweep(&swept, Style::Plain)), "{name}");
    }
}

/// What a sweep says of the service, where a report shows it.
fn told(sweep: &Sweep) -> impl Iterator<Item = &Finding> {
    let has_report = |subnet: &str| sweep.places.iter().any(|place| place.subnet == subnet && place.report.is_some());
    let shown = sweep.diagnoses.iter().filter(move |it| has_report(&it.shown_in)).map(|it| &it.finding);
    // Where all is well, nothing is worth knowing.
    shown.filter(|it| it.severity != Severity::Info || sweep.verdict != Verdict::Healthy)
}
