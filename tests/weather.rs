//! Weather: of a hundred acts one fails, at each level of each request: DNS questions, connects, handshakes, requests,
//! streams. No weather convicts a network that is sound, and none hides a fault.
//!
//! `ECR_PROBE_WEATHER` says how many rounds, of one of which the report is shown; `ECR_PROBE_SEED` where the seeds begin.

mod sim;
mod support;

#[path = "weather/alarms.rs"]
mod alarms;
#[path = "healthy/layouts.rs"]
mod layouts;
#[path = "weather/watched.rs"]
mod watched;

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;
use std::time::Instant;

use ecr_probe::config::PullDepth;
use ecr_probe::model::{Report, Severity, Verdict};
use ecr_probe::render::{self, Style};

use layouts::LAYOUTS;
use sim::memory::Weather;
use sim::{MemoryEdge, Page, World};

/// Of so many acts one fails.
const ONE_IN: u64 = 100;

#[expect(clippy::disallowed_methods, reason = "the lint is the probe's, and this is not the probe")]
fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().map_or(otherwise, |text| text.parse().expect("it is a number"))
}

fn rounds() -> u64 {
    number("ECR_PROBE_WEATHER", 10_000)
}

fn first_seed() -> u64 {
    number("ECR_PROBE_SEED", 1)
}

/// One round in the weather of a seed.
fn round(world: &World, seed: u64) -> Report {
    round_to(world, seed, PullDepth::Verify)
}

fn round_to(world: &World, seed: u64, depth: PullDepth) -> Report {
    support::check_edge_to(&MemoryEdge::new(world.clone()).in_weather(Weather::of_seed(seed, ONE_IN)), depth)
}

/// What `each` makes of the numbers up to `count`, on every core.
fn on_every_core<T: Send>(count: u64, each: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let cores = thread::available_parallelism().map_or(1, usize::from) as u64;
    thread::scope(|scope| {
        let each = &each;
        let workers: Vec<_> = (0..cores)
            .map(|core| scope.spawn(move || (core..count).step_by(cores as usize).map(each).collect::<Vec<T>>()))
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("it does not panic")).collect()
    })
}

fn codes(report: &Report, severity: Severity) -> Vec<&'static str> {
    let found = report.diagnoses.iter().filter(|finding| finding.severity == severity);
    found.map(|finding| finding.code.id()).collect()
}

#[test]
fn no_weather_convicts_a_sound_network() {
    let worlds: Vec<World> = LAYOUTS.iter().map(|(_, toml)| World::from_toml(toml).expect("it is a world")).collect();
    let (rounds, first) = (rounds(), first_seed());
    let began = Instant::now();
    let seen = on_every_core(rounds, |index| {
        let seed = first + index;
        let report = round(&worlds[seed as usize % worlds.len()], seed);
        if rounds == 1 {
            println!("{}", render::text(&report, Style::Plain));
        }
        let note = report.diagnoses.iter().any(|finding| finding.code.id() == "ECR-04");
        (seed, report.verdict, note, codes(&report, Severity::Error), codes(&report, Severity::Warning))
    });
    let count = |verdict| seen.iter().filter(|(_, it, ..)| *it == verdict).count();
    let noted = seen.iter().filter(|(_, _, note, ..)| *note).count();
    println!(
        "{rounds} rounds from seed {first} in {:.1} s: {} healthy, {} degraded, {} inconclusive, {} unhealthy; {noted} noted what passed on a retry",
        began.elapsed().as_secs_f64(),
        count(Verdict::Healthy),
        count(Verdict::Degraded),
        count(Verdict::Inconclusive),
        count(Verdict::Unhealthy),
    );
    let mut warned: BTreeMap<&str, usize> = BTreeMap::new();
    for code in seen.iter().flat_map(|(.., warnings)| warnings) {
        *warned.entry(code).or_default() += 1;
    }
    println!("warnings: {warned:?}");
    let wrong: Vec<String> = seen
        .iter()
        .filter(|(_, verdict, _, errors, _)| {
            !errors.is_empty() || !matches!(verdict, Verdict::Healthy | Verdict::Degraded)
        })
        .map(|(seed, verdict, _, errors, _)| format!("seed {seed}: {} {errors:?}", verdict.name()))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    // There was weather, and a degraded verdict is as rare as three failures in a row.
    assert!(rounds == 1 || noted as u64 > rounds / 10, "{noted}");
    assert!(count(Verdict::Degraded) as u64 <= 1 + rounds / 1_000, "{warned:?}");
}

#[test]
fn no_weather_hides_a_fault() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let pages = Page::all(&folder).unwrap_or_else(|why| panic!("{why}"));
    // The code that comes first where there is no weather; of what takes random samples, chance is the subject.
    let faults: Vec<(String, World, &'static str)> = pages
        .iter()
        .filter_map(|page| {
            let world = page.world().unwrap_or_else(|why| panic!("{why}"))?;
            let report = support::check(world.clone());
            let first = report.diagnoses.iter().find(|finding| finding.severity > Severity::Info)?;
            Some((page.code.clone(), world, first.code.id()))
        })
        .collect();
    let each = (rounds() / 1_000).max(1);
    let first = first_seed();
    let missed: Vec<Option<String>> = on_every_core(faults.len() as u64 * each, |index| {
        let (page, world, code) = &faults[(index / each) as usize];
        let seed = first + 1_000_000 + 2 * index;
        let is_named = |report: &Report| report.diagnoses.iter().any(|finding| finding.code.id() == *code);
        let named = (seed..seed + 2).any(|seed| is_named(&round(world, seed)));
        (!named).then(|| format!("{page} ({code}) from seed {seed}"))
    });
    let tried = missed.len();
    let missed: Vec<String> = missed.into_iter().flatten().collect();
    println!("{} of {tried} faults of {} pages were named within two rounds", tried - missed.len(), faults.len());
    assert!(missed.len() * 100 <= tried, "\n{}", missed.join("\n"));
}
