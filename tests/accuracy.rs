//! How often the probe is right, counted over every world that the other tests make.
//!
//! `BLESS=1 cargo test --test accuracy` writes `docs/accuracy.md` anew; the diff is what a reviewer reads.

mod sim;
mod support;

#[path = "healthy/faults.rs"]
mod faults;
#[path = "healthy/layouts.rs"]
mod layouts;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ecr_probe::diagnose::{Need, rules};
use ecr_probe::model::{Report, Severity};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use faults::{Fault, faults, merged, names, seen};
use layouts::{LAYOUTS, healthy_worlds};
use sim::world::Mode;
use sim::{Page, World};
use support::configuration::audit;

/// Random mixtures of healthy keys, always the same ones.
const MIXTURES: usize = 400;

/// What a check that verifies every layer may take, in milliseconds.
const BUDGET_MS: f64 = 300_000.0;

const INTRODUCTION: &str = "# Accuracy

Every world below was run by `BLESS=1 cargo test --test accuracy`, which wrote this table; without
`BLESS` the test asserts that it still holds. The probe walks each world from plan to report in the
simulated AWS of `tests/sim`, in memory and in virtual time. So the numbers say how well the rules
read evidence that the simulator knows how to make, and nothing of faults that it does not know.
";

const LEGEND: &str = "
- *Seen from a Lambda function*: with the task's security groups, in its subnet; not of worlds with
  IPv6 only, which Lambda has no function in. What keeps a function and no task is told as a warning
  (`tests/from_function.rs`).
- *Audits*: of the world's account, as `ecr-probe audit` reads it, without a packet.
- *First right*: the first diagnosis is the world's fault, or one of a pair's. Of a fault outside
  a task's sight, such as a route table, an alternative of the first counts.
- *Named anywhere*: the fault, and of a pair each that is seen, is a diagnosis, an alternative of
  one, or explained by one.
- *False alarms*: worlds where every pull works and a finding is more than information.
- *Unexplained*: worlds where something failed that no finding accounts for.
";

/// What one kind of worlds came to.
#[derive(Default)]
struct Row {
    what: &'static str,
    worlds: usize,
    /// `None` where nothing is wrong with the worlds.
    first: Option<usize>,
    named: Option<usize>,
    /// `None` where something is.
    alarms: Option<usize>,
    unexplained: usize,
    /// The worlds that did not come out as they should.
    misses: Vec<String>,
    /// The worlds whose check took longer than its budget.
    overrun: Vec<String>,
}

impl Row {
    fn broken(what: &'static str) -> Self {
        Row { what, first: Some(0), named: Some(0), ..Row::default() }
    }

    fn healthy(what: &'static str) -> Self {
        Row { what, alarms: Some(0), ..Row::default() }
    }

    fn count(&mut self, name: &str, report: &Report) {
        self.worlds += 1;
        if !report.unexplained.is_empty() {
            self.unexplained += 1;
            self.misses.push(format!("{name}: a failure that nothing accounts for, beside {}", codes(report)));
        }
        if report.duration_ms > BUDGET_MS {
            self.overrun.push(format!("{name}: {} ms", report.duration_ms));
        }
        if let Some(alarms) = &mut self.alarms
            && report.diagnoses.iter().any(|finding| finding.severity > Severity::Info)
        {
            *alarms += 1;
            self.misses.push(format!("{name}: false alarm, {}", codes(report)));
        }
    }

    /// What of the faults of a world is told, those that it is said to show.
    fn judge(&mut self, name: &str, report: &Report, faults: &[&str], shown: &[&str]) {
        self.count(name, report);
        let first = faults.iter().any(|code| is_first(report, code));
        *self.first.get_or_insert(0) += usize::from(first);
        let missing: Vec<&str> = shown.iter().copied().filter(|code| !names(report, code)).collect();
        *self.named.get_or_insert(0) += usize::from(missing.is_empty());
        // Of two faults, which comes first may be a third that both make.
        if !missing.is_empty() || !first && faults.len() == 1 {
            let what =
                if missing.is_empty() { "named, not first".to_owned() } else { format!("not {}", missing.join(", ")) };
            self.misses.push(format!("{name}: {what}, but {}", codes(report)));
        }
    }

    fn add(&mut self, part: Row) {
        self.worlds += part.worlds;
        self.first = self.first.zip(part.first).map(|(one, other)| one + other);
        self.named = self.named.zip(part.named).map(|(one, other)| one + other);
        self.unexplained += part.unexplained;
        self.misses.extend(part.misses);
        self.overrun.extend(part.overrun);
    }

    fn line(&self) -> String {
        let cell = |count: Option<usize>| count.map_or("–".to_owned(), |count| count.to_string());
        let Row { what, worlds, first, named, alarms, unexplained, .. } = self;
        let cells = [cell(*first), cell(*named), cell(*alarms)].join(" | ");
        format!("| {what} | {worlds} | {cells} | {unexplained} |")
    }
}

fn codes(report: &Report) -> String {
    let codes: Vec<&str> = report.diagnoses.iter().map(|finding| finding.code.id()).collect();
    if codes.is_empty() { "no diagnosis".to_owned() } else { codes.join(" ") }
}

/// Whether the first diagnosis is that code, or cannot be told from it where only the configuration tells.
fn is_first(report: &Report, code: &str) -> bool {
    let outside = rules::of(code).is_some_and(|rule| rule.need == Need::Configuration);
    report.diagnoses.first().is_some_and(|first| {
        first.code.id() == code || outside && first.alternatives.iter().any(|other| other.id() == code)
    })
}

fn pages() -> Vec<Page> {
    Page::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes")).unwrap_or_else(|why| panic!("{why}"))
}

fn world(toml: &str) -> World {
    World::from_toml(toml).unwrap_or_else(|error| panic!("{toml}: {error}"))
}

/// Of the pages, those of faults that are within a task's sight, or the others.
fn broken(what: &'static str, in_sight: bool) -> Row {
    let mut row = Row::broken(what);
    for page in pages() {
        if (rules::of(&page.code).is_none_or(|rule| rule.need != Need::Configuration)) != in_sight {
            continue;
        }
        let Some(world) = page.world().unwrap_or_else(|why| panic!("{why}")) else { continue };
        row.judge(&page.code, &support::check(world), &[&page.code], &[&page.code]);
    }
    row
}

fn inside() -> Row {
    broken("broken worlds of the pages", true)
}

fn outside() -> Row {
    broken("the same, of faults outside a task's sight", false)
}

fn fixed() -> Row {
    let mut row = Row::healthy("fixed worlds of the pages");
    for page in pages() {
        let Some(world) = page.fixed_world().unwrap_or_else(|why| panic!("{why}")) else { continue };
        row.count(&page.code, &support::check(world));
    }
    row
}

fn healthy() -> Row {
    let mut row = Row::healthy("healthy layouts that tools like to blame");
    for (why, toml) in LAYOUTS {
        row.count(why, &support::check(world(toml)));
    }
    row
}

fn mixtures() -> Row {
    let mut row = Row::healthy("random mixtures of healthy keys");
    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, seed);
    let strategy = healthy_worlds();
    for number in 1..=MIXTURES {
        let toml = strategy.new_tree(&mut runner).expect("the strategy rejects nothing").current();
        row.count(&format!("mixture {number}"), &support::check(world(&toml)));
    }
    row
}

/// Each fault with each that can stand beside it.
fn pairs() -> Row {
    let faults = faults();
    let after = |index: usize| faults.iter().skip(index + 1);
    let both: Vec<(&Fault, &Fault)> =
        faults.iter().enumerate().flat_map(|(index, one)| after(index).map(move |other| (one, other))).collect();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let parts: Vec<_> =
            both.chunks(both.len().div_ceil(threads).max(1)).map(|part| scope.spawn(|| pairs_of(part))).collect();
        let mut all = Row::broken("two pages' faults at once");
        parts.into_iter().for_each(|part| all.add(part.join().expect("no world panics")));
        all
    })
}

fn pairs_of(part: &[(&Fault, &Fault)]) -> Row {
    let mut row = Row::broken("");
    for (one, other) in part {
        let Some(world) = merged(one, other).and_then(|toml| World::from_toml(&toml).ok()) else { continue };
        let report = support::check(world);
        let seen = seen(&report);
        let is_seen = |fault: &&Fault| fault.signs.iter().any(|sign| seen.contains(sign));
        let shown: Vec<&str> = [*one, *other].into_iter().filter(is_seen).map(|it| it.code.as_str()).collect();
        row.judge(&format!("{} and {}", one.code, other.code), &report, &[&one.code, &other.code], &shown);
    }
    row
}

/// Audits of the pages' worlds, where configuration shows the fault.
fn audits_of_faults() -> Row {
    let mut row = Row::broken("audits of the pages that configuration proves");
    for page in pages() {
        let Some((broken, _)) = page.audit_worlds().unwrap_or_else(|why| panic!("{why}")) else { continue };
        row.judge(&page.code, &audit(&broken), &[&page.code], &[&page.code]);
    }
    row
}

/// Audits where every pull works. Of a world whose names have addresses that AWS's have not, the audit knows better.
fn audits_of_healthy_worlds() -> Row {
    let mut row = Row::healthy("audits of healthy layouts and of the pages' fixed worlds");
    for (why, toml) in LAYOUTS {
        let world = world(toml);
        if !(world.vpc.ipv6_only && world.vpc.dual_stack) {
            row.count(why, &audit(&world));
        }
    }
    for page in pages() {
        let Some((_, fixed)) = page.audit_worlds().unwrap_or_else(|why| panic!("{why}")) else { continue };
        row.count(&page.code, &audit(&fixed));
    }
    row
}

/// The world as a Lambda function sees it, which Lambda puts into no subnet that has IPv6 only.
fn as_function(world: World) -> Option<World> {
    (!world.vpc.ipv6_only).then_some(World { mode: Mode::Lambda, ..world })
}

/// Of the pages, the faults that are in a task's sight.
fn from_a_function() -> Row {
    let mut row = Row::broken("broken worlds of the pages, seen from a Lambda function");
    for page in pages() {
        let in_sight = rules::of(&page.code).is_none_or(|rule| rule.need != Need::Configuration);
        let world = page.world().unwrap_or_else(|why| panic!("{why}")).filter(|_| in_sight).and_then(as_function);
        if let Some(world) = world {
            let name = format!("{}, from a function", page.code);
            row.judge(&name, &support::check(world), &[&page.code], &[&page.code]);
        }
    }
    row
}

fn healthy_from_a_function() -> Row {
    let mut row = Row::healthy("healthy layouts, seen from a Lambda function");
    for (why, toml) in LAYOUTS {
        if let Some(world) = as_function(world(toml)) {
            row.count(&format!("{why}, from a function"), &support::check(world));
        }
    }
    row
}

/// All the worlds, run once for all the tests.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    std::thread::scope(|scope| {
        let rows = [
            inside,
            outside,
            fixed,
            healthy,
            mixtures,
            audits_of_faults,
            audits_of_healthy_worlds,
            pairs,
            from_a_function,
            healthy_from_a_function,
        ];
        let rows = rows.map(|row| scope.spawn(row));
        rows.into_iter().map(|row| row.join().expect("no world panics")).collect()
    })
});

fn document() -> String {
    let mut text = String::from(INTRODUCTION);
    text.push_str("\n| worlds | run | first right | named anywhere | false alarms | unexplained |\n");
    text.push_str("|---|---|---|---|---|---|\n");
    for row in ROWS.iter() {
        writeln!(text, "{}", row.line()).expect("a string takes it");
    }
    text.push_str(LEGEND);
    let misses: Vec<&String> = ROWS.iter().flat_map(|row| &row.misses).collect();
    if !misses.is_empty() {
        text.push_str("\n## What did not come out\n\nEach world, what is not named in it, and what is. Of faults outside a task's sight the page of\nwhat is named leads on to them.\n\n");
        for miss in misses {
            writeln!(text, "- {miss}").expect("a string takes it");
        }
    }
    text
}

#[test]
fn the_document_shows_what_was_counted() {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/accuracy.md");
    let document = document();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &document).expect("the document can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == document, "docs/accuracy.md is not up to date: BLESS=1 cargo test --test accuracy\n{document}");
}

#[test]
fn every_check_keeps_within_its_budget() {
    let overrun: Vec<&String> = ROWS.iter().flat_map(|row| &row.overrun).collect();
    assert!(overrun.is_empty(), "{overrun:#?}");
}

/// What a function does not come to, and the layout in which its tasks have what it has not.
#[test]
fn a_function_misses_a_task_s_disk_and_role_and_is_without_a_public_address() {
    let misses = |number: usize| ROWS[number].misses.iter().map(|miss| miss.split(',').next().unwrap_or_default());
    assert_eq!(misses(8).collect::<Vec<_>>(), ["DSK-01", "IAM-08"]);
    assert_eq!(misses(9).collect::<Vec<_>>(), ["a public subnet with a public address"]);
}

/// What a fault outside the task's sight is taken for, its page says; `tests/codes.rs` holds it to that.
#[test]
fn no_page_leaves_a_failure_unexplained_and_no_healthy_world_is_blamed() {
    for (number, row) in ROWS.iter().take(7).enumerate() {
        assert!(row.worlds > 20 && row.unexplained == 0, "{}: {} {}", row.what, row.worlds, row.unexplained);
        assert!(number == 1 || row.misses.is_empty(), "{}: {:#?}", row.what, row.misses);
    }
}
