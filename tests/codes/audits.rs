//! What `audit` says of a page's world, where configuration shows the fault.

use ecr_probe::diagnose::{Need, rules};
use ecr_probe::model::{Applicability, Report, Severity, Strength, Verdict};
use ecr_probe::render::{self, Style};

use super::sim::Page;
use super::support::configuration::audit;
use super::{codes, folder, pages};

/// Every code that configuration can prove.
const PROVABLE: [&str; 56] = [
    "ACL-01", "ACL-02", "ACL-04", "DNS-01", "DNS-02", "DNS-03", "DNS-08", "DNS-09", "DNS-11", "DNS-13", "DNS-14",
    "IAM-01", "IAM-02", "IAM-03", "IAM-04", "IAM-06", "IAM-07", "IAM-09", "IAM-10", "IAM-12", "IMG-01", "IMG-02",
    "IMG-04", "IMG-13", "INIT-01", "INIT-02", "INIT-03", "INIT-04", "INIT-05", "INIT-06", "INIT-13", "INIT-17",
    "KMS-01", "RTE-01", "RTE-02", "RTE-03", "RTE-04", "RTE-05", "RTE-06", "RTE-09", "RTE-10", "RTE-16", "RTE-17",
    "SG-01", "SG-02", "SG-03", "SG-04", "SG-05", "VPE-01", "VPE-02", "VPE-03", "VPE-04", "VPE-05", "VPE-06", "VPE-07",
    "VPE-08",
];

/// Codes whose repair is no one call on a resource of the account: something is to be made or chosen first, or it is not
/// for the account to change.
const ADVICE: [(&str, &str); 11] = [
    ("DNS-09", "where the rule that allows stands is the owner's to say"),
    ("DNS-13", "the subnet needs other addresses"),
    ("DNS-14", "names of another VPC are shared zone by zone"),
    ("IAM-04", "a boundary or a Deny is somebody's intention"),
    ("IAM-09", "a Deny is somebody's intention"),
    ("IMG-04", "an image has to be built"),
    ("INIT-04", "a secret's value is nobody's here"),
    ("RTE-06", "the VPC has no other gateway"),
    ("RTE-10", "the repository or the way is to be chosen"),
    ("RTE-16", "the VPC has no NAT gateway"),
    ("VPE-06", "a Deny is somebody's intention"),
];

/// Repaired worlds of which an audit does not see the end.
const NOT_SEEN: [(&str, &str); 3] = [
    ("DNS-13", "whether private DNS holds dual-stack names is told one way and the other"),
    ("DNS-14", "what is beyond a transit gateway does not show"),
    ("RTE-09", "what is beyond a transit gateway does not show"),
];

/// The pages with an audit, each with the reports of its two worlds.
fn audited() -> Vec<(Page, Report, Report)> {
    let worlds = |page: Page| {
        let (broken, fixed) = page.audit_worlds().unwrap_or_else(|why| panic!("{why}"))?;
        Some((page, audit(&broken), audit(&fixed)))
    };
    pages().into_iter().filter_map(worlds).collect()
}

/// The audit of one page's broken world.
pub fn audited_page(code: &str) -> Report {
    let (_, report, _) = audited().into_iter().find(|(page, ..)| page.code == code).expect("it has an audit");
    report
}

#[test]
fn the_pages_of_what_configuration_proves_have_an_audit() {
    let audited: Vec<String> = audited().into_iter().map(|(page, ..)| page.code).collect();
    assert_eq!(audited, PROVABLE);
}

/// First comes the code, with all that the report promises of what is proven.
#[test]
fn an_audit_of_the_broken_world_proves_the_code() {
    let mut wrong = Vec::new();
    for (page, report, _) in audited() {
        let Some(first) = report.diagnoses.first() else {
            wrong.push(format!("{}: {:?}, no diagnosis", page.code, report.verdict));
            continue;
        };
        let blamed = first.blame.as_ref().is_some_and(|blame| !blame.resources.is_empty());
        let proven = first.strength == Strength::Proven && blamed && !first.cites.is_empty();
        let is_it = first.code.id() == page.code && first.severity == Severity::Error;
        if !is_it || !proven || report.verdict != Verdict::Unhealthy || !report.unexplained.is_empty() {
            wrong.push(format!("{}: {:?} {:?}, {:?}", page.code, report.verdict, codes(&report), first.strength));
        }
        let is_ready = first.fixes.first().is_some_and(|fix| fix.applicability == Applicability::Ready);
        let may_advise = ADVICE.iter().any(|(code, _)| *code == page.code);
        if is_ready == may_advise {
            wrong.push(format!("{}: the first fix is ready: {is_ready}", page.code));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_audit_of_the_fixed_world_finds_nothing() {
    let mut wrong = Vec::new();
    for (page, _, report) in audited() {
        let expected =
            if NOT_SEEN.iter().any(|(code, _)| *code == page.code) { Verdict::Inconclusive } else { Verdict::Healthy };
        if report.verdict != expected || report.diagnoses.iter().any(|it| it.severity > Severity::Info) {
            wrong.push(format!("{}: {:?} {:?}", page.code, report.verdict, codes(&report)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_page_shows_the_audit_of_its_world() {
    let mut wrong = Vec::new();
    for (page, report, _) in audited() {
        let text = render::text(&report, Style::Plain);
        if page.audit.as_deref().map(str::trim_end) == Some(text.trim_end()) {
            continue;
        }
        if std::env::var_os("BLESS").is_some() {
            // The report of the check is written by another test.
            let path = folder().join(format!("{}.md", page.code));
            std::fs::write(&path, page.with_audit(&text)).expect("the page can be written");
        } else {
            wrong.push(format!("{}: the page shows another audit than\n{text}", page.code));
        }
    }
    assert!(wrong.is_empty(), "\n{}\nBLESS=1 cargo test --test codes writes them anew", wrong.join("\n"));
}

/// Where a check only comes near a fault, the page says what finds it.
#[test]
fn a_page_of_what_a_check_does_not_tell_names_the_audit() {
    for code in PROVABLE {
        let page = pages().into_iter().find(|page| page.code == code).expect("it has a page");
        let rule = rules::of(code).expect("it has a rule");
        if rule.need == Need::Configuration && page.text.contains("seen from inside as") {
            assert!(page.text.contains("`ecr-probe audit`") && page.text.contains("finds this cause"), "{code}");
        }
    }
}

/// Codes between quotes in the source that judges configuration.
fn codes_in_the_source() -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("src/path/blocker.rs"), root.join("src/observe/reconcile.rs")];
    for folder in ["src/diagnose/configured", "src/audit"] {
        let entries = std::fs::read_dir(root.join(folder)).expect("it is a folder");
        files.extend(entries.map(|entry| entry.expect("it can be read").path()));
    }
    let mut found = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let is_code = |word: &&str| {
            word.split_once('-').is_some_and(|(family, number)| {
                let is_number = number.len() == 2 && number.bytes().all(|it| it.is_ascii_digit());
                is_number && family.len() > 1 && family.bytes().all(|it| it.is_ascii_uppercase())
            })
        };
        let named = text.split('"').filter(is_code);
        found.extend(named.map(|code| (path.display().to_string(), code.to_owned())));
    }
    found
}

/// A finding of a code without a page is left out: what stops the pull would then go unsaid.
#[test]
fn every_code_that_an_audit_can_give_has_a_page() {
    let named = codes_in_the_source();
    assert!(named.len() > 80, "{}", named.len());
    let pages: Vec<String> = pages().into_iter().map(|page| page.code).collect();
    for (path, code) in &named {
        assert!(rules::of(code).is_some() && pages.contains(code), "{path} gives {code}, which has no page");
    }
    for code in PROVABLE {
        assert!(named.iter().any(|(_, named)| named == code), "nothing gives {code}");
    }
}
