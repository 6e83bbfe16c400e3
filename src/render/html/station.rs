//! The way from the task to a service, as stations on a line.

use crate::model::{Finding, Severity, Stage, Strength, Verdict};

/// A kind of station, in the order in which a pull meets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// Who turns the name into addresses.
    Resolver,
    /// Security groups, of the task and of the endpoint.
    SecurityGroups,
    /// Network ACLs, both ways.
    NetworkAcls,
    /// Route tables and what they name.
    Routes,
    /// An endpoint, a gateway, or the address itself.
    Endpoint,
    /// The handshake and the certificate.
    Tls,
    /// The service, and what it answers.
    Service,
}

impl Stop {
    /// As the head of its column.
    pub fn title(self) -> &'static str {
        match self {
            Stop::Resolver => "DNS",
            Stop::SecurityGroups => "Security groups",
            Stop::NetworkAcls => "Network ACLs",
            Stop::Routes => "Routes",
            Stop::Endpoint => "Endpoint",
            Stop::Tls => "TLS",
            Stop::Service => "Service",
        }
    }

    /// The station that a finding is about; `None` where that is the task itself.
    pub fn of(finding: &Finding) -> Option<Stop> {
        Some(match (finding.code.id().split('-').next().unwrap_or_default(), finding.stage) {
            (_, Stage::Reference | Stage::Unpack | Stage::TaskStart) => return None,
            (_, Stage::Dns) => Stop::Resolver,
            ("SG", _) => Stop::SecurityGroups,
            ("ACL", _) => Stop::NetworkAcls,
            ("VPE", _) => Stop::Endpoint,
            // Some of the addresses are dead.
            _ if finding.code.id() == "RTE-07" => Stop::Endpoint,
            ("RTE", Stage::Route | Stage::Tls) | (_, Stage::Route) => Stop::Routes,
            (_, Stage::Tls) => Stop::Tls,
            _ => Stop::Service,
        })
    }
}

/// What was seen of a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It lets the pull through.
    Passes,
    /// It does, and something is wrong with it.
    Strains,
    /// It stops the pull.
    Breaks,
    /// Nothing tells what it does.
    Unknown,
    /// The pull does not get there.
    Unreached,
}

impl From<Verdict> for State {
    /// The whole way, as one station.
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Healthy => State::Passes,
            Verdict::Degraded => State::Strains,
            Verdict::Unhealthy => State::Breaks,
            Verdict::Inconclusive => State::Unknown,
        }
    }
}

impl State {
    /// The class that gives it its colour.
    pub fn class(self) -> &'static str {
        match self {
            State::Passes => "good",
            State::Strains => "warn",
            State::Breaks => "bad",
            State::Unknown | State::Unreached => "dim",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            State::Passes => "passes",
            State::Strains => "passes, with a warning",
            State::Breaks => "stops the pull",
            State::Unknown => "not seen",
            State::Unreached => "not reached",
        }
    }
}

/// One station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// Which kind.
    pub stop: Stop,
    /// What was seen of it.
    pub state: State,
    /// What it is here: an address, an id; empty where that is not known or not needed.
    pub name: String,
    /// What it does, in a few words; empty where the state says it all.
    pub detail: String,
    /// The codes of what is wrong with it, with how sure they are.
    pub codes: Vec<String>,
}

impl Station {
    /// A station that nothing is wrong with.
    pub fn new(stop: Stop, state: State, name: impl Into<String>, detail: impl Into<String>) -> Self {
        Station { stop, state, name: name.into(), detail: detail.into(), codes: Vec::new() }
    }

    /// What it does, or else what was seen of it.
    pub fn told(&self) -> &str {
        if self.detail.is_empty() && self.name.is_empty() { self.state.words() } else { &self.detail }
    }

    /// How many lines it has beyond those of others: what stops the pull is told whole.
    pub fn more_lines(&self) -> usize {
        if self.state == State::Breaks { 3 } else { 0 }
    }

    /// The first code, and how many more there are.
    pub fn label(&self) -> Option<String> {
        let first = self.codes.first()?;
        Some(match self.codes.len() - 1 {
            0 => first.clone(),
            more => format!("{first} +{more}"),
        })
    }
}

/// The way to one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// What a reader calls the service.
    pub title: String,
    /// Its host.
    pub host: String,
    /// In the order of [`Stop`], each at most once.
    pub stations: Vec<Station>,
}

impl Lane {
    /// Marks the station that a finding is about; one that is not there is added.
    pub fn blame(&mut self, finding: &Finding, stop: Stop) {
        let state = match finding.severity {
            Severity::Error => State::Breaks,
            Severity::Warning => State::Strains,
            Severity::Info => return,
        };
        let at = match self.stations.iter().position(|it| it.stop >= stop) {
            Some(at) if self.stations[at].stop == stop => at,
            at => {
                let at = at.unwrap_or(self.stations.len());
                self.stations.insert(at, Station::new(stop, State::Unknown, "", ""));
                at
            }
        };
        let station = &mut self.stations[at];
        if station.state != State::Breaks {
            station.state = state;
        }
        let code = sure(finding);
        if !station.codes.contains(&code) {
            station.codes.push(code);
        }
        if station.detail.is_empty() && station.name.is_empty() {
            station.detail = finding.name.replace('-', " ");
        }
    }

    /// What comes after the station that stops the pull is not reached, unless something was seen of it.
    pub fn end_at_the_break(&mut self) {
        let named = self.stations.iter().any(|it| it.state == State::Breaks && !it.codes.is_empty());
        let is_break = |it: &Station| it.state == State::Breaks && (!named || !it.codes.is_empty());
        let Some(at) = self.stations.iter().position(is_break) else { return };
        // One connection passes all of these: which of them did, does not show.
        let together = |it: Stop| matches!(it, Stop::SecurityGroups | Stop::NetworkAcls | Stop::Routes);
        let broken = self.stations[at].stop;
        for station in &mut self.stations {
            let is_after = station.stop > broken && !(together(broken) && together(station.stop));
            match station.state {
                State::Breaks if named && station.codes.is_empty() => station.state = State::Unreached,
                State::Unknown if is_after => station.state = State::Unreached,
                _ => {}
            }
        }
    }

    /// The station that stops the pull.
    pub fn broken(&self) -> Option<&Station> {
        self.stations.iter().find(|it| it.state == State::Breaks)
    }

    /// The lane in a sentence, for those who do not see the drawing.
    pub fn words(&self) -> String {
        let name = if self.host.is_empty() { self.title.clone() } else { format!("{} ({})", self.title, self.host) };
        let told = |it: &Station| {
            let codes = if it.codes.is_empty() { String::new() } else { format!(" ({})", it.codes.join(", ")) };
            format!("{} {}{codes}", it.stop.title(), it.state.words())
        };
        if self.stations.iter().all(|it| it.state == State::Passes) {
            return format!("{name}: every station lets the pull through.");
        }
        format!("{name}: {}.", self.stations.iter().map(told).collect::<Vec<_>>().join(", "))
    }
}

/// `RTE-03`, `RTE-03 likely`.
fn sure(finding: &Finding) -> String {
    match finding.strength {
        Strength::Proven => finding.code.to_string(),
        strength => format!("{} {}", finding.code, strength.name()),
    }
}

/// Where the lanes begin, and the lanes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    /// What the packets leave from: `task 9f3c51a2…`, a subnet.
    pub from: Vec<String>,
    /// What is wrong with the task itself, whatever the network does.
    pub codes: Vec<String>,
    /// One a host.
    pub lanes: Vec<Lane>,
}

impl Picture {
    /// Marks the task itself.
    pub fn blame_the_task(&mut self, finding: &Finding) {
        let code = sure(finding);
        if finding.severity == Severity::Error && !self.codes.contains(&code) {
            self.codes.push(code);
        }
    }

    /// The picture in sentences.
    pub fn words(&self) -> String {
        let task = (!self.codes.is_empty()).then(|| format!("The task itself: {}. ", self.codes.join(", ")));
        let lanes: Vec<String> = self.lanes.iter().map(Lane::words).collect();
        task.unwrap_or_default() + &lanes.join(" ")
    }
}
