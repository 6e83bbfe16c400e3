//! HTML in a registry's place: a proxy, a captive portal, a load balancer.

use super::said::Said;

/// Whether the markup is HTML and not XML.
pub(super) fn is_html(body: &str) -> bool {
    let start: String = body.chars().take(1024).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.contains("<html") || start.contains("<head") || start.contains("<body")
}

/// The page's title; the rest is for people's eyes.
pub(super) fn read(body: &str) -> Said {
    Said { message: title(body), ..Said::default() }
}

fn title(body: &str) -> Option<String> {
    // ASCII lower-casing moves no byte, so that positions fit both.
    let lower = body.to_ascii_lowercase();
    let opened = lower.find("<title")?;
    let start = opened + lower.get(opened..)?.find('>')? + 1;
    let end = lower.get(start..)?.find('<').map_or(lower.len(), |length| start + length);
    let title: String = body.get(start..end)?.trim().chars().take(200).collect();
    (!title.is_empty()).then_some(title)
}
