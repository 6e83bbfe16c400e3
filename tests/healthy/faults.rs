//! The faults of the pages, to be put together: what each changes, and by what it is seen.

use std::collections::BTreeMap;
use std::path::Path;

use ecr_probe::diagnose::{Case, Need, rules};
use ecr_probe::model::{Act, Observation, Report, Target};
use serde_json::{Value as Json, json};
use toml::{Table, Value};

use super::sim::{Page, World};
use super::support;

/// A page's fault.
pub struct Fault {
    pub code: String,
    /// The world's keys, dotted.
    pub keys: BTreeMap<String, String>,
    /// What its page's report cites.
    pub signs: Vec<Json>,
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
pub fn merged(one: &Fault, other: &Fault) -> Option<String> {
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
    json!([observation.act.check().name(), observation.target, address, outcome])
}

/// All that counts: a layer store that was only supposed does not, once the registry has named another.
pub fn seen(report: &Report) -> Vec<Json> {
    let case = Case::new(&report.evidence, &report.vantage);
    let counts = |target: &Target| case.hosts.iter().any(|host| host.target == target);
    report.evidence.iter().filter(|it| it.target.as_ref().is_none_or(counts)).map(sign).collect()
}

/// The observations that a finding of `code` rests on: those that failed, or all where none did.
fn signs(report: &Report, code: &str) -> Vec<Json> {
    let cited = report.diagnoses.iter().filter(|it| it.code.id() == code).flat_map(|it| &it.cites);
    // What the place tells of itself is there whatever fails.
    let is_act = |it: &&Observation| !matches!(it.act, Act::Disk(_) | Act::Clock(_) | Act::TaskPull(_));
    let cited: Vec<&Observation> = cited.filter_map(|id| report.evidence.get(*id)).filter(is_act).collect();
    let failed: Vec<Json> = cited.iter().filter(|it| it.is_symptom()).map(|it| sign(it)).collect();
    if failed.is_empty() { cited.iter().map(|it| sign(it)).collect() } else { failed }
}

pub fn faults() -> Vec<Fault> {
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
    // What is outside the task's sight is another code from inside, and that one's page is here.
    // What passes by itself is no fault, and in one world with another it would end that one too.
    let in_sight = |page: &Page| {
        page.code != "ECR-04" && rules::of(&page.code).is_none_or(|rule| rule.need != Need::Configuration)
    };
    pages.into_iter().filter(in_sight).filter_map(of_page).collect()
}

/// Whether the report speaks of the code: as a diagnosis, as one that explains it, or as an alternative.
pub fn names(report: &Report, code: &str) -> bool {
    report.diagnoses.iter().any(|it| {
        it.code.id() == code
            || it.alternatives.iter().any(|other| other.id() == code)
            || it.explains.iter().any(|symptom| symptom.split(':').next() == Some(code))
    })
}
