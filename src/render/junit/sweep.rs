//! The suites of a sweep: one for the comparison, and one a subnet that was checked.

use super::report::{finding, suite, verdict};
use super::suite::{Case, End, Suite, document};
use crate::model::Verdict;
use crate::render::facts;
use crate::render::sentence::of_sweep;
use crate::render::sweep::{notes, row, unseen, where_it_holds};
use crate::sweep::{Place, Sweep};

/// The whole of it.
pub fn sweep(sweep: &Sweep) -> String {
    let mut cases = vec![verdict(sweep.verdict, &of_sweep(sweep).first)];
    cases.extend(sweep.places.iter().map(subnet));
    cases.extend(sweep.diagnoses.iter().map(|shared| {
        let case = finding(&shared.finding);
        Case { output: format!("{}\n{}", where_it_holds(shared, sweep.places.len()), case.output), ..case }
    }));
    let own = Suite {
        name: format!("sweep of {}", sweep.service),
        began: Some(sweep.started_at),
        took_ms: sweep.duration_ms as u64,
        cases,
        output: notes(sweep)
            .into_iter()
            .chain(unseen(sweep).iter().map(|it| format!("not seen: {}", facts::unseen(it))))
            .collect(),
    };
    // What fails under other security groups is no failure of the service.
    let deciding = sweep.places.iter().filter(|place| !place.is_of_other_groups());
    let of_places = deciding.filter_map(|place| Some(suite(place.report.as_ref()?, &place.subnet)));
    let suites: Vec<Suite> = [own].into_iter().chain(of_places).collect();
    document(&suites)
}

fn subnet(place: &Place) -> Case {
    let [subnet, zone, verdict, times, what] = row(place);
    let told = [verdict, what].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(": ");
    let end = match place.verdict {
        _ if !place.is_told() => End::Skipped(told.clone()),
        Verdict::Healthy | Verdict::Degraded => End::Passed,
        Verdict::Unhealthy => End::Failed(told.clone(), String::new()),
        Verdict::Inconclusive => End::Skipped(told.clone()),
    };
    let output = [told, times].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n");
    Case { took_ms: place.took_ms as u64, output, ..Case::new("subnet", format!("{subnet} {zone}"), end) }
}
