//! One line a hop: what worked and what did not, in the order of a pull.

use super::evidence::{place, short_digests};
use super::outcome::outcome;
use super::style::Style;
use super::units::{count, milliseconds};
use super::vantage::vantage;
use crate::diagnose::{Case, Host};
use crate::model::{Act, Observation, Report};

struct Line {
    works: bool,
    hop: String,
    place: String,
    detail: String,
}

/// The table of hops.
pub fn hops(report: &Report, style: Style) -> String {
    let case = Case::new(&report.evidence, &report.vantage);
    let mut lines: Vec<Line> = case.hosts.iter().filter(|host| !host.resolves.is_empty()).map(host).collect();
    lines.extend(report.evidence.iter().filter(|it| !case.is_renewed(it)).filter_map(step));
    if lines.is_empty() {
        return String::new();
    }
    let width = |of: fn(&Line) -> &str| lines.iter().map(|line| of(line).chars().count()).max().unwrap_or(0).min(72);
    let (hop_width, place_width) = (width(|line| &line.hop), width(|line| &line.place));
    let mut text = format!("hops from {}\n", vantage(&report.vantage));
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
    Line {
        works: host.works(),
        hop: host.role().title().to_owned(),
        place: host.target.to_string(),
        detail: short_digests(&parts.join(" · ")),
    }
}

/// The requests, one line each; layers that came well are summed up below the table.
fn step(observation: &Observation) -> Option<Line> {
    let hop = match &observation.act {
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
    };
    Some(Line {
        works: !observation.is_symptom(),
        hop: hop.to_owned(),
        place: place(observation),
        detail: format!("{} · {}", cut(&short_digests(&outcome(&observation.act))), milliseconds(observation.took_ms)),
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
