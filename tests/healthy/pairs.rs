//! Two faults at once, each from a page: what is seen of either is named.

use std::collections::BTreeMap;
use std::path::Path;

use ecr_probe::diagnose::Case;
use ecr_probe::model::{Act, Observation, Report, Target, Verdict};
use serde_json::{Value as Json, json};
use toml::{Table, Value};

use super::sim::{Page, World};
use super::support;

/// Pairs of which the second is seen and not named, each with the reason why that is right.
const EXCEPTIONS: [(&str, &str, &str); 7] = [
    ("DNS-09", "DNS-15", "a server that denies one name does answer, and the others are left unexplained"),
    ("RTE-13", "DNS-15", "a server that answers for one name is not down, and the others are left unexplained"),
    ("RTE-13", "DNS-01", "a server that answers for one name does not fail for all: what it refuses it withholds"),
    ("TLS-03", "DNS-15", "a server that answers for one name is not down, and the others are left unexplained"),
    ("TLS-03", "DNS-01", "a server that answers for one name does not fail for all: what it refuses it withholds"),
    ("SG-01", "RTE-07", "an address is dead beside living ones only where some live"),
    ("PTC-04", "IMG-02", "the registry says the same in both, and the API says that it was the upstream"),
];

struct Fault {
    code: String,
    keys: BTreeMap<String, String>,
    /// What its page's report cites.
    signs: Vec<Json>,
}

/// The world as dotted keys with their values, each of which is one statement of TOML.
fn flatten(table: &Table, above: &str, keys: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let path = format!("{above}{}{key:?}", if above.is_empty() { "" } else { "." });
        match value {
            Value::Table(below) => flatten(below, &path, keys),
            other => {
                // Strings, numbers and arrays of them are the same in JSON and TOML.
                keys.insert(path, serde_json::to_string(other).expect("the value is JSON"));
            }
        }
    }
}

fn text(keys: &BTreeMap<String, String>) -> String {
    keys.iter().map(|(path, value)| format!("{path} = {value}\n")).collect()
}

/// Both worlds in one, unless they say different things of the same key.
fn merged(one: &Fault, other: &Fault) -> Option<String> {
    let mut keys = one.keys.clone();
    for (path, value) in &other.keys {
        let nested = |own: &String| own.starts_with(&format!("{path}.")) || path.starts_with(&format!("{own}."));
        if keys.keys().any(nested) || keys.get(path).is_some_and(|own| own != value) {
            return None;
        }
        keys.insert(path.clone(), value.clone());
    }
    Some(text(&keys))
}

/// What was seen, without what differs from run to run.
fn sign(observation: &Observation) -> Json {
    let mut outcome = serde_json::to_value(&observation.act).expect("an act is JSON")["outcome"].clone();
    if let Some(fields) = outcome.as_object_mut() {
        fields.retain(|name, _| {
            ["result", "status", "code", "cause", "message", "rcode", "reason"].contains(&name.as_str())
        });
    }
    // A request goes to whichever address works; a name server and a connect are about the address itself.
    let address = match observation.act {
        Act::Resolve(_) | Act::Connect(_) | Act::Handshake(_) => observation.address,
        _ => None,
    };
    json!([observation.act.check(), observation.target, address, outcome])
}

/// All that counts: a layer store that was only supposed does not, once the registry has named another.
fn seen(report: &Report) -> Vec<Json> {
    let case = Case::new(&report.evidence, &report.vantage);
    let counts = |target: &Target| case.hosts.iter().any(|host| host.target == target);
    report.evidence.iter().filter(|it| it.target.as_ref().is_none_or(counts)).map(sign).collect()
}

/// The observations that a finding of `code` rests on: those that failed, or all where none did.
fn signs(report: &Report, code: &str) -> Vec<Json> {
    let cited = report.diagnoses.iter().filter(|it| it.code.id() == code).flat_map(|it| &it.cites);
    let cited: Vec<&Observation> = cited.filter_map(|id| report.evidence.get(*id)).collect();
    let failed: Vec<Json> = cited.iter().filter(|it| it.is_symptom()).map(|it| sign(it)).collect();
    match failed.is_empty() {
        true => cited.iter().map(|it| sign(it)).collect(),
        false => failed,
    }
}

fn faults() -> Vec<Fault> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let pages = Page::all(&folder).unwrap_or_else(|why| panic!("{why}"));
    let of_page = |page: Page| {
        let table: Table = page.world?.parse().expect("the page's world is TOML");
        let mut keys = BTreeMap::new();
        flatten(&table, "", &mut keys);
        let world = World::from_toml(&text(&keys)).unwrap_or_else(|why| panic!("{}: {why}", page.code));
        let signs = signs(&support::check(world), &page.code);
        Some(Fault { code: page.code, keys, signs })
    };
    pages.into_iter().filter_map(of_page).collect()
}

/// Whether the report speaks of the code: as a diagnosis, as one that explains it, or as an alternative.
fn names(report: &Report, code: &str) -> bool {
    report.diagnoses.iter().any(|it| {
        it.code.id() == code
            || it.alternatives.iter().any(|other| other.id() == code)
            || it.explains.iter().any(|symptom| symptom.split(':').next() == Some(code))
    })
}

#[test]
fn of_two_faults_each_that_is_seen_is_named() {
    let faults = faults();
    assert!(faults.len() > 12, "too few pages have a world");
    let (mut wrong, mut both, mut pairs, mut used) = (Vec::new(), 0, 0, Vec::new());
    for (index, one) in faults.iter().enumerate() {
        for other in &faults[index + 1..] {
            let Some(toml) = merged(one, other) else { continue };
            // The keys of the two may not go together: a layer that the other image does not have.
            let Ok(world) = World::from_toml(&toml) else { continue };
            let report = support::check(world);
            pairs += 1;
            let seen = seen(&report);
            let hidden = [one, other].into_iter().filter(|it| !names(&report, &it.code));
            let hidden: Vec<&Fault> = hidden.collect();
            both += usize::from(hidden.is_empty());
            if hidden.len() == 2 {
                wrong.push(format!(
                    "{} and {} hide each other: {}",
                    one.code,
                    other.code,
                    super::codes(&report).join(" ")
                ));
            }
            for fault in hidden {
                let by = if fault.code == one.code { &other.code } else { &one.code };
                let exception = EXCEPTIONS.iter().position(|(a, b, _)| a == by && *b == fault.code);
                used.extend(exception);
                if exception.is_none() && fault.signs.iter().any(|sign| seen.contains(sign)) {
                    let found = super::codes(&report).join(" ");
                    wrong.push(format!("{by} hides {}, which is seen: {found}", fault.code));
                }
            }
            if report.verdict == Verdict::Healthy {
                wrong.push(format!("{} and {} together are healthy", one.code, other.code));
            }
        }
    }
    let stale = EXCEPTIONS.iter().enumerate().filter(|(index, _)| !used.contains(index));
    wrong.extend(stale.map(|(_, (a, b, why))| format!("{a} does not hide {b} any more: {why}")));
    assert!(wrong.is_empty(), "{both} of {pairs} pairs name both\n{}", wrong.join("\n"));
}
