//! A watch of a healthy service in ordinary weather, and of one that breaks in it.

use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use ecr_probe::config::{MetricsBy, PullDepth};
use ecr_probe::metrics::{Datum, gather};
use ecr_probe::model::Verdict;
use ecr_probe::observe::KeptTokens;
use ecr_probe::watch::{History, Kind, Schedule, Standing};

use super::alarms::Alarm;
use super::layouts::LAYOUTS;
use super::sim::memory::Weather;
use super::sim::{MemoryEdge, Page, World};
use super::{ONE_IN, first_seed, on_every_core, round_to, rounds, support};

const MINUTE: Duration = Duration::from_secs(60);
const ROUNDS_A_DAY: u64 = 1_440;
const VERIFY_EVERY: Duration = Duration::from_secs(6 * 3_600);

fn is_bad(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Unhealthy | Verdict::Inconclusive)
}

fn depth(kind: Kind) -> PullDepth {
    match kind {
        Kind::Plain => PullDepth::Reach,
        Kind::Verify => PullDepth::Verify,
    }
}

/// What a watch told in a day.
#[derive(Default)]
struct Day {
    standings: Vec<Standing>,
    data: Vec<Datum>,
    bad_rounds: usize,
}

/// A watch as the command runs it: what was told of the task's own start is not told again.
fn day(world: &World, seed: u64, count: u64) -> Day {
    let mut schedule = Schedule::new(MINUTE, Some(VERIFY_EVERY), 0.1);
    let mut history = History::default();
    let tokens: Rc<KeptTokens> = Rc::default();
    let mut day = Day::default();
    for number in 0..count {
        let now = MINUTE * number as u32;
        let kind = schedule.begin(now);
        tokens.begin_round(now, kind == Kind::Verify, 0.5);
        let edge = MemoryEdge::new(world.clone()).in_weather(Weather::of_seed(seed + number, ONE_IN));
        let mut report = support::check_edge_with(&edge, depth(kind), Some(tokens.clone()));
        report.started_at.0 += now.as_secs() as i64;
        let (_, standing) = history.take(&report, kind == Kind::Verify);
        if kind == Kind::Verify {
            schedule.verified(is_bad(report.verdict), now);
        }
        day.bad_rounds += usize::from(is_bad(report.verdict));
        day.data.extend(gather(&report, standing.verdict, None, MetricsBy::Service));
        day.standings.push(standing);
    }
    day
}

/// A month has 43,200 rounds: `ECR_PROBE_WEATHER=43200`.
#[test]
fn weather_makes_no_healthy_service_unhealthy_and_rings_no_alarm() {
    let worlds: Vec<World> = LAYOUTS.iter().map(|(_, toml)| World::from_toml(toml).expect("it is a world")).collect();
    let (rounds, first) = (rounds(), first_seed() + 3_000_000);
    let days = rounds.div_ceil(ROUNDS_A_DAY);
    let alarms = Alarm::all();
    let began = Instant::now();
    let seen = on_every_core(days, |number| {
        let count = ROUNDS_A_DAY.min(rounds - number * ROUNDS_A_DAY);
        let day = day(&worlds[number as usize % worlds.len()], first + number * ROUNDS_A_DAY, count);
        let unhealthy: Vec<bool> = day.standings.iter().map(|it| is_bad(it.verdict)).collect();
        let longest = unhealthy.split(|bad| !bad).map(<[bool]>::len).max().unwrap_or_default();
        let ringing: Vec<&str> = alarms.iter().filter(|it| it.rings(&day.data)).map(|it| it.resource).collect();
        (number, day.bad_rounds, longest, ringing)
    });
    let bad: usize = seen.iter().map(|(_, bad, ..)| bad).sum();
    println!("{days} days, {rounds} rounds in {:.1} s: {bad} bad rounds", began.elapsed().as_secs_f64());
    let wrong: Vec<_> = seen.iter().filter(|(.., longest, ringing)| *longest > 1 || !ringing.is_empty()).collect();
    assert!(wrong.is_empty(), "day, bad rounds, most unhealthy rounds in a row, alarms: {wrong:?}");
}

#[test]
fn a_fault_is_unhealthy_within_two_rounds_whatever_the_weather() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let pages = Page::all(&folder).unwrap_or_else(|why| panic!("{why}"));
    let sound = support::check(World::from_toml("").expect("it is a world"));
    // By the kind of round that sees it where there is no weather; after a full round that was bad comes another.
    let seen_by = |world: &World| {
        [Kind::Plain, Kind::Verify].into_iter().find(|kind| {
            let edge = MemoryEdge::new(world.clone());
            support::check_edge_to(&edge, depth(*kind)).verdict == Verdict::Unhealthy
        })
    };
    let faults: Vec<(String, World, Kind)> = pages
        .iter()
        .filter_map(|page| {
            let world = page.world().unwrap_or_else(|why| panic!("{why}"))?;
            let kind = seen_by(&world)?;
            Some((page.code.clone(), world, kind))
        })
        .collect();
    let each = (rounds() / 2_000).max(1);
    let first = first_seed() + 5_000_000;
    let missed = on_every_core(faults.len() as u64 * each, |index| {
        let (page, world, kind) = &faults[(index / each) as usize];
        let seed = first + 2 * index;
        let mut history = History::default();
        history.take(&sound, true);
        let told = (seed..seed + 2).any(|seed| {
            let report = round_to(world, seed, depth(*kind));
            is_bad(history.take(&report, *kind == Kind::Verify).1.verdict)
        });
        (!told).then(|| format!("{page} from seed {seed}"))
    });
    let tried = missed.len();
    let missed: Vec<String> = missed.into_iter().flatten().collect();
    println!("{} of {tried} faults of {} pages were told within two rounds", tried - missed.len(), faults.len());
    assert!(missed.len() * 100 <= tried, "\n{}", missed.join("\n"));
}
