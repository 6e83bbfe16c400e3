//! Answers that are not the one asked for: what the service, or a proxy in its place, says.

mod html;
mod json;
mod said;
mod xml;

use self::said::Said;
use super::{Reply, denial, scrub};
use crate::model::outcome::Rejection;

/// How much of a body is read, in bytes. No service says more than this in an error.
const READ: usize = 64 * 1024;

/// Reads an error reply. `now` is our clock in seconds since the epoch.
///
/// The body is known by its first character and not by `Content-Type`: S3 behind a registry sends XML as
/// `application/octet-stream`, a proxy sends HTML as anything. All texts are scrubbed.
pub fn rejection(reply: &Reply, now: i64) -> Rejection {
    let body = String::from_utf8_lossy(reply.body.get(..READ).unwrap_or(&reply.body));
    let body = body.trim_start_matches('\u{feff}').trim();
    let said = read_body(body);
    Rejection {
        status: reply.status,
        code: said.code.or_else(|| code_in_headers(reply)).and_then(|code| short(&code, 128)),
        // The denial is read from the message as it came: scrubbing may cut an action that names a token.
        denial: said.message.as_deref().and_then(denial::parse),
        message: said.message.and_then(|message| short(&message, 1024)),
        request_id: request_id_in_headers(reply).or(said.request_id).and_then(|id| short(&id, 128)),
        content_type: reply.media_type().and_then(|media_type| short(&media_type, 100)),
        server: reply.header("server").and_then(|server| short(server, 100)),
        clock_offset_s: reply.clock_offset_s(now),
    }
}

fn read_body(body: &str) -> Said {
    match body.chars().next() {
        None => Said::default(),
        Some('<') if html::is_html(body) => html::read(body),
        Some('<') => xml::read(body),
        // JSON that is cut: enough of it for a denial with long names.
        Some('{') => json::read(body).unwrap_or_else(|| plain(body, 1024)),
        Some(_) => plain(body, 200),
    }
}

/// A body without a known form: its first characters.
fn plain(body: &str, limit: usize) -> Said {
    Said { message: Some(body.chars().take(limit).collect()), ..Said::default() }
}

/// AWS's JSON services repeat the code in `x-amzn-errortype`, as `Code:http://…`; those that once spoke the Query
/// protocol in `x-amzn-query-error`, as `Code;Sender`.
fn code_in_headers(reply: &Reply) -> Option<String> {
    let value = reply.header("x-amzn-errortype").or_else(|| reply.header("x-amzn-query-error"))?;
    let code = value.split([':', ';']).next().unwrap_or(value);
    Some(code.rsplit('#').next().unwrap_or(code).to_owned())
}

fn request_id_in_headers(reply: &Reply) -> Option<String> {
    ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"]
        .iter()
        .find_map(|name| reply.header(name))
        .map(str::to_owned)
}

/// Scrubbed, and at most so many characters; `None` where nothing is left.
fn short(text: &str, limit: usize) -> Option<String> {
    let clean: String = scrub(text).chars().take(limit).collect();
    (!clean.is_empty()).then_some(clean)
}

#[cfg(test)]
#[path = "../tests/rejection.rs"]
mod tests;
