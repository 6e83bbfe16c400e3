//! The page of a sweep: the subnets side by side, then what was found where, then each by itself.

use maud::{Markup, html};

use super::document::document;
use super::explanation::{explained, lane};
use super::finding::{capital, finding, fixes, head};
use super::heading::Level;
use super::picture::{drawing, key};
use super::prose::words;
use super::report::{body, footer, titles};
use super::seen;
use super::shapes::{class, icon, verdict};
use super::station::{Lane, Picture, State, Station};
use crate::model::{Finding, Severity};
use crate::render::facts;
use crate::render::sentence::of_sweep;
use crate::render::sweep::{
    self, audit_command, configured_line, difference, report_of, row, unseen, unstarted, where_it_holds, whose,
    worth_knowing,
};
use crate::render::units::{count, milliseconds};
use crate::sweep::{Place, Sweep};

/// The whole page.
pub fn page(sweep: &Sweep) -> String {
    let told = of_sweep(sweep);
    let picture = picture(sweep);
    let body = html! {
        header {
            p.brand { "ecr-probe sweep · " (sweep.started_at) " · " (milliseconds(sweep.duration_ms)) }
            h1.(class(sweep.verdict)) { (verdict(sweep.verdict)) (sweep.verdict.name()) }
            p.lead { (capital(&told.first)) }
            p.where { (words(&capital(&whose(sweep)))) }
        }
        main {
            section aria-labelledby="subnets" {
                h2 id="subnets" { "Subnets" }
                (drawing(&picture))
                (key())
                div.lines.places role="table" aria-label="Subnets" {
                    (titles(["Mark", "Verdict", "Subnet", "Outcome"]))
                    @for place in &sweep.places { (line(place)) }
                }
            }
            (findings(sweep))
            (differences(sweep))
            (not_started(sweep))
            (configured(sweep))
            (notes(sweep))
            (places(sweep))
        }
        (footer(&sweep.version))
    };
    document(&format!("{}: {}", sweep.verdict.name(), told.first), &body)
}

/// A lane a subnet: of each kind of station the worst that a service meets.
fn picture(sweep: &Sweep) -> Picture {
    let lanes = sweep.places.iter().filter(|place| !place.is_of_other_groups()).filter_map(|place| {
        let zone = place.az.clone().or_else(|| place.az_id.clone()).unwrap_or_default();
        let lane = match (&place.report, &place.explanation) {
            (Some(report), _) => {
                Lane { title: String::new(), host: String::new(), stations: merged(&seen::picture(report)) }
            }
            (None, Some(it)) => lane("", "", it.stage?, &it.diagnoses)?,
            (None, None) => return None,
        };
        Some(Lane { title: place.subnet.clone(), host: zone, ..lane })
    });
    let lanes: Vec<Lane> = lanes.collect();
    Picture { from: vec!["service".to_owned(), sweep.service.clone()], lanes, ..Picture::default() }
}

fn merged(picture: &Picture) -> Vec<Station> {
    let rank = |state: State| match state {
        State::Passes => 0,
        State::Unreached => 1,
        State::Unknown => 2,
        State::Strains => 3,
        State::Breaks => 4,
    };
    let mut merged: Vec<Station> = Vec::new();
    for (lane, station) in picture.lanes.iter().flat_map(|lane| lane.stations.iter().map(move |it| (lane, it))) {
        let is_wrong = matches!(station.state, State::Breaks | State::Strains);
        let detail = if is_wrong { lane.title.clone() } else { String::new() };
        let own = Station { name: String::new(), detail, ..station.clone() };
        match merged.iter_mut().find(|it| it.stop == own.stop) {
            Some(it) if rank(own.state) > rank(it.state) => *it = own,
            Some(it) => it.codes.extend(own.codes.into_iter().filter(|_| it.state == own.state).collect::<Vec<_>>()),
            None => merged.push(own),
        }
    }
    merged.sort_by_key(|it| it.stop);
    for station in &mut merged {
        station.codes.dedup();
    }
    merged
}

fn line(place: &Place) -> Markup {
    let [subnet, zone, verdict, times, what] = row(place);
    let what = [what, times].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · ");
    html! {
        div role="row" {
            span.mark role="cell" { (icon(place.verdict.into())) }
            span role="cell" { (verdict) }
            span role="cell" { (words(&format!("{subnet} {zone}"))) }
            span role="cell" { (words(&what)) }
        }
    }
}

fn findings(sweep: &Sweep) -> Markup {
    let faults = sweep.diagnoses.iter().filter(|it| it.finding.severity != Severity::Info);
    let faults: Vec<_> = faults.filter_map(|it| Some((it, report_of(sweep, it)?))).collect();
    let asides = worth_knowing(sweep);
    html! {
        @if !faults.is_empty() {
            section aria-labelledby="findings" {
                h2 id="findings" { "What is wrong" }
                @for (nth, (shared, report)) in faults.iter().enumerate() {
                    p { strong { (words(&capital(&where_it_holds(shared, sweep.places.len())))) } }
                    // Where it holds stands before it.
                    (finding(report, &Finding { blame: None, ..shared.finding.clone() }, &format!("finding{nth}"), Level::Third))
                }
            }
        }
        @if !asides.is_empty() {
            section.notes {
                h2 { "Worth knowing" }
                ul {
                    @for it in &asides {
                        li { (head(&it.finding)) (words(&it.finding.summary)) " (" (words(&where_it_holds(it, sweep.places.len()))) ")" }
                    }
                }
            }
        }
    }
}

fn differences(sweep: &Sweep) -> Markup {
    html! {
        @if !sweep.differs.is_empty() {
            section {
                h2 { "What differs" }
                ul.plain {
                    @for it in &sweep.differs {
                        @let text = difference(it);
                        @let mut lines = text.trim().lines();
                        li {
                            (words(lines.next().unwrap_or_default()))
                            @let rest: Vec<&str> = lines.map(str::trim).collect();
                            @if !rest.is_empty() { ul { @for line in &rest { li { code { (line) } } } } }
                        }
                    }
                }
            }
        }
    }
}

fn not_started(sweep: &Sweep) -> Markup {
    html! {
        @for (explanation, subnets) in unstarted(sweep) {
            section {
                h2 { "In " (subnets.len()) " of " (count(sweep.places.len(), "subnet")) " the probe's task could not start: " (explanation.means) }
                p.where { (words(&subnets.join(", "))) }
                (explained(explanation, false))
            }
        }
    }
}

fn configured(sweep: &Sweep) -> Markup {
    html! {
        @if !sweep.configured.is_empty() {
            section {
                h2 { "By the configuration alone" }
                ul.plain { @for it in &sweep.configured { li { (head(it)) (words(&capital(&configured_line(it)))) (fixes(it.fixes.get(..1).unwrap_or_default())) } } }
                p.more { "More: " code { (words(&audit_command(sweep))) } }
            }
        }
    }
}

fn notes(sweep: &Sweep) -> Markup {
    let cut = sweep.cut_short.iter().map(|why| format!("cut short: {why}"));
    let notes: Vec<String> = sweep::notes(sweep).into_iter().chain(cut).collect();
    html! {
        @if !unseen(sweep).is_empty() {
            section.notes { h2 { "Not seen" } ul { @for it in unseen(sweep) { li { (words(&facts::unseen(it))) } } } }
        }
        @if !notes.is_empty() { section.notes { h2 { "Notes" } ul { @for it in &notes { li { (words(it)) } } } } }
    }
}

/// The report of each subnet, folded.
fn places(sweep: &Sweep) -> Markup {
    html! {
        section {
            h2 { "Each subnet" }
            @for (nth, place) in sweep.places.iter().enumerate() {
                @if let Some(report) = &place.report {
                    details.subnet {
                        summary { (icon(place.verdict.into())) (place.subnet) ": " (place.verdict.name()) }
                        (body(report, &format!("place{nth}-"), Level::Third))
                    }
                }
            }
        }
    }
}
