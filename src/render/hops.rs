//! One line a hop: what worked and what did not, in the order of a pull.

use super::evidence::{place, short_digests};
use super::outcome::outcome;
use super::style::Style;
use super::units::{count, milliseconds};
use super::vantage::{another_role, puller, vantage};
use crate::diagnose::{Case, Host};
use crate::model::{Act, Check, Observation, Report};

/// One hop.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Whether the pull gets over it.
    pub works: bool,
    /// Whether it is a host that is reached, and not a request.
    pub is_host: bool,
    /// The step, or the part that a host plays.
    pub hop: String,
    /// The host, the image or the blob.
    pub place: String,
    /// How it ended.
    pub detail: String,
    /// The same in few words.
    pub brief: String,
    /// Milliseconds that its acts took.
    pub took_ms: f64,
}

impl Line {
    /// Hops that went well, as a list.
    pub fn listed(hop: String) -> Self {
        let (place, detail, brief) = (String::new(), String::new(), String::new());
        Line { works: true, is_host: false, hop, place, detail, brief, took_ms: 0.0 }
    }
}

/// The hops, in the order of a pull.
pub(super) fn lines(case: &Case<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = case.hosts.iter().filter(|host| !host.resolves.is_empty()).map(host).collect();
    // What failed at first and passed is told by a note.
    lines.extend(steps(case.evidence.iter()));
    lines
}

/// Who pulls, or as whom, where that is not the task itself.
pub(super) fn who(case: &Case<'_>) -> Option<String> {
    let role = another_role(case.vantage).filter(|_| case.has_ecr_image());
    puller(case.vantage).or(role)
}

/// The table of hops.
pub fn hops(report: &Report, style: Style) -> String {
    let case = Case::new(&report.evidence, &report.vantage);
    let lines = lines(&case);
    if lines.is_empty() {
        return String::new();
    }
    let width = |of: fn(&Line) -> &str| lines.iter().map(|line| of(line).chars().count()).max().unwrap_or(0).min(72);
    let (hop_width, place_width) = (width(|line| &line.hop), width(|line| &line.place));
    let mut text = format!("hops from {}\n", vantage(&report.vantage));
    text.extend(who(&case).map(|who| format!("  {who}\n")));
    for line in &lines {
        let mark = if line.works { style.good("  ok") } else { style.error("FAIL") };
        let row = format!("  {mark}  {:<hop_width$}  {:<place_width$}  {}", line.hop, line.place, line.detail);
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

fn host(host: &Host<'_>) -> Line {
    let took = |observation: &Observation| milliseconds(observation.took_ms);
    let mut parts = Vec::new();
    match host.answer().or_else(|| host.resolves.first().copied()) {
        Some((observation, resolved)) if resolved.is_symptom() => {
            parts.push(format!("resolve: {}", outcome(&observation.act)));
        }
        Some((observation, _)) => parts.push(format!("resolve {}", took(observation))),
        None => {}
    }
    let working: Vec<_> = host.contacts.iter().filter(|contact| contact.works()).collect();
    if let Some(contact) = working.first() {
        parts.push(format!("connect {}", took(contact.connect.0)));
        parts.extend(contact.handshake.map(|(observation, _)| format!("TLS {}", took(observation))));
    } else if let Some(contact) = host.contacts.iter().find(|contact| contact.connected()) {
        parts.extend(contact.handshake.map(|(observation, _)| format!("TLS: {}", outcome(&observation.act))));
    } else if let Some(contact) = host.contacts.first() {
        parts.push(format!("connect: {}", outcome(&contact.connect.0.act)));
    }
    if !host.contacts.is_empty() {
        parts.push(format!("{} of {}", working.len(), count(host.contacts.len(), "address")));
    }
    let brief = match working.first() {
        Some(contact) => {
            let acts = host.answer().map(|it| it.0).into_iter().chain([contact.connect.0]);
            let took: f64 = acts.chain(contact.handshake.map(|it| it.0)).map(|it| it.took_ms).sum();
            format!("{} of {} · {}", working.len(), count(host.contacts.len(), "address"), milliseconds(took))
        }
        // What worked has a time, and what did not has words.
        None => parts.iter().filter(|part| part.contains(": ")).cloned().collect::<Vec<_>>().join(" · "),
    };
    let acts = host.resolves.iter().map(|it| it.0).chain(host.contacts.iter().map(|it| it.connect.0));
    Line {
        works: host.works(),
        is_host: true,
        hop: host.role().title().to_owned(),
        place: host.target.to_string(),
        detail: short_digests(&parts.join(" · ")),
        brief: short_digests(&brief),
        took_ms: acts.chain(host.contacts.iter().filter_map(|it| Some(it.handshake?.0))).map(|it| it.took_ms).sum(),
    }
}

/// Steps that are one line: tries of one act, and layers that fail alike.
struct Alike<'e> {
    first: &'e Observation,
    hop: &'static str,
    detail: String,
    subjects: Vec<Option<&'e str>>,
    tries: usize,
}

/// The requests. What fails alike takes one line, with how many layers and how many tries it was.
fn steps<'e>(observations: impl Iterator<Item = &'e Observation>) -> Vec<Line> {
    let mut alike: Vec<Alike<'e>> = Vec::new();
    for observation in observations {
        let Some(hop) = title(observation) else { continue };
        let detail = cut(&short_digests(&outcome(&observation.act)));
        let subject = observation.subject.as_deref();
        let is_same = |it: &&mut Alike<'e>| {
            observation.is_symptom()
                && it.first.is_symptom()
                && (it.hop, &it.detail) == (hop, &detail)
                && (&it.first.target, it.first.address, &it.first.image)
                    == (&observation.target, observation.address, &observation.image)
        };
        match alike.iter_mut().find(is_same) {
            Some(it) => {
                it.tries += 1;
                if !it.subjects.contains(&subject) {
                    it.subjects.push(subject);
                }
            }
            None => alike.push(Alike { first: observation, hop, detail, subjects: vec![subject], tries: 1 }),
        }
    }
    alike.into_iter().map(Alike::line).collect()
}

impl Alike<'_> {
    fn line(self) -> Line {
        let things = self.subjects.len();
        let tries = self.tries / things;
        let mut detail = format!("{} · {}", self.detail, milliseconds(self.first.took_ms));
        if tries > 1 {
            detail.push_str(&format!(" · {tries} tries{}", if things > 1 { " each" } else { "" }));
        }
        let is_layer = matches!(self.first.act.check(), Check::LayerUrl | Check::ApiLayerUrl | Check::LayerBytes);
        let place = match things {
            1 => place(self.first),
            _ if is_layer => count(things, "blob"),
            _ => format!("{}, {} more", place(self.first), things - 1),
        };
        let took_ms = self.first.took_ms;
        let (works, hop, brief) = (!self.first.is_symptom(), self.hop.to_owned(), detail.clone());
        Line { works, is_host: false, hop, place, detail, brief, took_ms }
    }
}

/// What the step is called; layers that came well are summed up below the table.
pub(super) fn title(observation: &Observation) -> Option<&'static str> {
    Some(match &observation.act {
        Act::Credentials(_) => "credentials",
        Act::ResolveSamples(_) => "look-ups",
        Act::ConnectSamples(_) => "connections",
        Act::HandshakeSamples(_) => "handshakes",
        Act::Token(_) => "token",
        Act::RegistryPing(_) => "registry",
        Act::RegistryToken(_) => "registry token",
        Act::RegistryAuth(_) => "registry login",
        Act::Manifest(_) => "manifest",
        Act::ApiManifest(_) => "manifest by API",
        Act::LayerStore(_) => "layer store",
        Act::Config(_) if observation.is_symptom() => "configuration",
        Act::LayerUrl(_) if observation.is_symptom() => "layer URL",
        Act::ApiLayerUrl(_) if observation.is_symptom() => "layer URL by API",
        Act::LayerBytes(_) if observation.is_symptom() => "layer",
        _ => return None,
    })
}

/// A hop takes a line: the whole message stands where a finding cites it, and in the JSON report.
fn cut(text: &str) -> String {
    const LONGEST: usize = 90;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}
