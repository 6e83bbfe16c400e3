//! Observations as rows of a table, cited by number as rustc cites lines.

use super::outcome::outcome;
use super::style::Style;
use super::units::milliseconds;
use crate::model::{Act, Observation};

/// No column is padded further than this.
const WIDEST: usize = 72;

/// What an observation is about: the address for connects, else the subject or the host.
pub fn place(observation: &Observation) -> String {
    let port = observation.target.as_ref().map_or(443, |target| target.port);
    match (&observation.act, observation.address) {
        (
            Act::Connect(_)
            | Act::Handshake(_)
            | Act::ClampedHandshake(_)
            | Act::ConnectSamples(_)
            | Act::HandshakeSamples(_),
            Some(address),
        ) => {
            if address.is_ipv6() {
                format!("[{address}]:{port}")
            } else {
                format!("{address}:{port}")
            }
        }
        // Which service it was asked of says more than the repository that it is for.
        (Act::RegistryToken(_), _) => observation.target.as_ref().map(ToString::to_string).unwrap_or_default(),
        _ => match (&observation.subject, &observation.target) {
            (Some(subject), _) => short_digests(subject),
            (None, Some(target)) => target.to_string(),
            (None, None) => String::new(),
        },
    }
}

/// Cuts each `sha256:` digest to twelve digits: enough to find it, short enough to read.
pub fn short_digests(text: &str) -> String {
    let is_digest = |rest: &str| rest.get(..64).is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let (mut short, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("sha256:") {
        short.push_str(before);
        short.push_str("sha256:");
        rest = after;
        if is_digest(after) {
            short.push_str(&after[..12]);
            short.push('…');
            rest = &after[64..];
        }
    }
    short + rest
}

/// An observation as the cells of a row.
pub(super) struct Cells {
    /// Its number.
    pub id: String,
    /// The act.
    pub check: String,
    /// What it is about.
    pub place: String,
    /// How it ended.
    pub outcome: String,
    /// How long it took.
    pub took: String,
}

/// The cells of an observation.
pub(super) fn cells(observation: &Observation) -> Cells {
    Cells {
        id: observation.id.to_string(),
        check: observation.act.check().to_string(),
        place: place(observation),
        outcome: short_digests(&outcome(&observation.act)),
        took: milliseconds(observation.took_ms),
    }
}

/// The framed rows of `observations`.
pub fn table(observations: &[&Observation], style: Style) -> String {
    let rows: Vec<Cells> = observations.iter().map(|it| cells(it)).collect();
    let width = |of: fn(&Cells) -> &str| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0).min(WIDEST);
    let gutter = width(|it| &it.id).max(2);
    let (checks, places, outcomes) = (width(|it| &it.check), width(|it| &it.place), width(|it| &it.outcome));
    let bar = style.frame("|");
    let mut text = format!("{:gutter$} {bar}\n", "");
    for Cells { id, check, place, outcome, took } in &rows {
        let id = style.frame(&format!("{id:>gutter$}"));
        let line = format!("{id} {bar} {check:<checks$}   {place:<places$}   {outcome:<outcomes$}   {took:>8}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str(&format!("{:gutter$} {bar}\n", ""));
    text
}

#[cfg(test)]
mod tests {
    use super::short_digests;

    #[test]
    fn digests_are_cut_and_nothing_else_is() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        assert_eq!(
            short_digests(&format!("app@{digest} and {digest}")),
            "app@sha256:abababababab… and sha256:abababababab…"
        );
        for other in ["sha256:é".to_owned(), format!("sha256:{}", "é".repeat(64))] {
            assert_eq!(short_digests(&other), other);
        }
        // A message whose digest is left out already.
        let message = "extract layer sha256:…: write /var/lib/containerd/…: no space left on device: unknown";
        assert_eq!(short_digests(&format!("{message} {digest}")), format!("{message} sha256:abababababab…"));
    }
}
