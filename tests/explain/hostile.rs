//! Texts that somebody made to harm: no panic, no long wait, no secret repeated.

use std::time::{Duration, Instant};

use ecr_probe::reason::{LONGEST, explain};
use proptest::prelude::*;

use crate::change;
use crate::corpus::{context, records};

/// What might make a reader slow when it is repeated.
const UNITS: [&str; 43] = [
    "errors occurred: docker error: remote error: ",
    "│ a us- │\n",
    "certificate is valid for Harbor, not ",
    "dial tcp ",
    "dial tcp 10.0.0.1:443 ",
    "not authorized to perform",
    "is not authorized to perform: ecr:X ",
    "User: a is not authorized to perform: ecr:BatchGetImage on resource: * because no ",
    "User: ",
    "&#",
    "&#1234567;",
    "&amp;",
    "\\u",
    "\\u2019",
    "\\\\",
    "\\n",
    "\"",
    "403 forbidden ",
    "status code: 403 ",
    "a.b.c ",
    "a/b.c/",
    "://",
    "https://a.b/",
    "x.dkr.ecr.eu-west-1.amazonaws.com ",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.con ",
    "...",
    "<",
    "<html",
    "lookup ",
    "\u{e9}",
    "\u{2588}",
    "\u{1b}[31",
    "\n",
    "0123456789012345678901234567890123456789\n",
    "operation error ",
    "x-amz-signature=",
    "?a=b ",
    "Temporary failure in name resolution ://",
    "docker pull ",
    "trying next host host=a.b ",
    "[a].",
    "Put https://a/v2/a/manifests/1 ",
    "Internal Server Error http+docker://a/images/create? ",
];

fn took(text: &str) -> Duration {
    let context = context();
    let start = Instant::now();
    let explanation = explain(text, &context);
    let took = start.elapsed();
    assert!(explanation.said.chars().count() <= 301, "{} characters are shown", explanation.said.chars().count());
    took
}

/// Others use the machine as well: of a few attempts, one that was left in peace decides.
const ATTEMPTS: usize = 8;

#[test]
fn the_time_is_linear_in_the_text() {
    let is_linear = |unit: &str| {
        let [small, large] = [LONGEST / 32, LONGEST / 4].map(|size| unit.repeat(size / unit.len()));
        // Eight times the text, and as much again for caches and chance; the square would be sixty-four.
        (0..ATTEMPTS).any(|_| took(&large) < took(&small) * 16 + Duration::from_millis(2))
    };
    let slow: Vec<&str> = UNITS.into_iter().filter(|unit| !is_linear(unit)).collect();
    assert!(slow.is_empty(), "{slow:?}");
}

#[test]
fn what_is_beyond_the_longest_is_not_read() {
    let context = context();
    for unit in ["not authorized to perform ", "https://a.b/ "] {
        // Without optimization, beside other tests.
        assert!(took(&unit.repeat(3 * LONGEST / unit.len())) < Duration::from_secs(20), "{unit:?}");
    }
    let late = format!("{} no basic auth credentials", "x".repeat(LONGEST));
    assert!(explain(&late, &context).diagnoses.is_empty());
    let early = format!("no basic auth credentials {}", "x".repeat(LONGEST));
    assert!(!explain(&early, &context).diagnoses.is_empty());
    // The end falls within a character.
    explain(&format!("x{}", "\u{e9}".repeat(LONGEST)), &context);
}

#[test]
fn what_decides_is_found_behind_much_else() {
    let context = context();
    let noise =
        "2026-01-02T03:04:05Z 404 not found: connection refused by 123456789012.dkr.ecr.eu-west-1.amazonaws.com\n";
    let reason = "CannotPullContainerError: write /var/lib/docker/tmp/GetImageBlob1: no space left on device";
    let explanation = explain(&format!("{}{reason}", noise.repeat(5_000)), &context);
    assert!(explanation.diagnoses.iter().any(|it| it.code.id() == "DSK-01"), "{:?}", explanation.means);
}

/// Secrets, each with a text that holds it as programs write it.
fn secrets() -> Vec<(&'static str, String)> {
    let token = "IQoJb3JpZ2luX2VjEXAMPLESECURITYTOKEN0123456789";
    let signature = "f3a1c0ffee0123456789abcdef0123456789abcdef0123456789abcdef012345";
    let credential = "AKIAIOSFODNN7EXAMPLE";
    let basic = "QVdTOmV5SndZWGxzYjJGa0lqb2lSVk5RUVV4UFFVUT0=";
    let url = format!(
        "https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/1f-2/3?X-Amz-Security-Token={token}\
         &X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}%2F20260102%2Feu-west-1%2Fs3%2Faws4_request\
         &X-Amz-Signature={signature}"
    );
    let pull =
        |what: &str| format!("CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: {what}");
    let timed_out = "dial tcp 52.218.36.24:443: i/o timeout";
    vec![
        (token, pull(&format!("failed to do request: Get \"{url}\": {timed_out}"))),
        (signature, pull(&format!("unexpected status code {url}: 403 Forbidden"))),
        (credential, format!("error pulling image configuration: Get {url}: {timed_out}")),
        (basic, pull(&format!("sent Authorization: Basic {basic}: 401 Unauthorized"))),
        (basic, pull(&format!("sent authorization=\"Basic {basic}\", no basic auth credentials"))),
        (
            basic,
            format!("operation error ECR: GetAuthorizationToken, {{\"authorizationToken\":\"{basic}\"}} i/o timeout"),
        ),
        (token, format!("x-amz-security-token: {token} is not authorized to perform: ecr:BatchGetImage")),
        (
            token,
            format!("User: {token} x-amz-security-token:{token} is not authorized to perform: s3:GetObject")
                .replacen(token, "me", 1),
        ),
        (
            signature,
            format!("<Error><Code>SignatureDoesNotMatch</Code><StringToSign>{signature}</StringToSign></Error>"),
        ),
        (basic, format!("Bearer {basic} for https://public.ecr.aws/v2/: 403 Forbidden")),
        (token, format!("{{\"sessionToken\":\"{token}\",\"message\":\"no basic auth credentials\"}}")),
    ]
}

#[test]
fn no_secret_is_repeated() {
    let context = context();
    let mut leaks = Vec::new();
    for (secret, text) in secrets() {
        let mut forms = vec![
            text.clone(),
            change::html(&text),
            change::json(&text),
            change::json(&change::json(&text)),
            change::typographic(&text),
            change::html(&change::json(&text)),
            text.to_ascii_lowercase(),
            format!("(service X) was unable to place a task. Reason: {text}"),
            text.replace("X-Amz-", "X-AMZ-"),
            text.replace('&', "\\u0026"),
            text.replace('?', "%3F").replace('=', "%3D"),
        ];
        for width in [40, 72, 80, 100, 132] {
            forms.push(change::cut(&text, width));
            forms.push(change::cut(&change::json(&text), width));
            forms.push(change::cut(&text, width).replace('\n', "\r\n"));
        }
        for form in forms {
            let explanation = serde_json::to_string(&explain(&form, &context)).expect("JSON");
            let lower = explanation.to_ascii_lowercase();
            // A piece of it is one, too.
            let pieces = secret.as_bytes().windows(16).map(|it| String::from_utf8_lossy(it).to_ascii_lowercase());
            if let Some(piece) = pieces.into_iter().find(|piece| lower.contains(piece)) {
                leaks.push(format!("{piece} of {form:?}"));
            }
        }
    }
    assert!(leaks.is_empty(), "{}\n{}", leaks.len(), leaks.join("\n"));
}

/// A few pieces of real texts, one after the other.
fn splices() -> impl Strategy<Value = String> {
    let texts: Vec<String> = records().into_iter().map(|record| record.text).collect();
    let piece = (prop::sample::select(texts), any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let piece = piece.prop_map(|(text, one, other)| {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (one, other) = (one.index(ends.len()), other.index(ends.len()));
        text[ends[one.min(other)]..ends[one.max(other)]].to_owned()
    });
    prop::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        took(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_characters_are_read(text in "(\\PC|[\\x00-\\x7f]|[&\\\\#u\"<.:/0-9]){0,200}") {
        took(&text);
    }

    #[test]
    fn any_splice_of_real_texts_is_read(text in splices()) {
        let explanation = explain(&text, &context());
        let codes: Vec<&str> = explanation.diagnoses.iter().map(|it| it.code.id()).collect();
        let mut once = codes.clone();
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(once.len(), codes.len(), "{:?}", codes);
        prop_assert!(!explanation.means.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn megabytes_of_any_text_are_read(seed in prop::collection::vec(any::<u8>(), 1..5000), extra in 0..2_000_usize) {
        let unit = String::from_utf8_lossy(&seed);
        took(&unit.repeat((LONGEST + extra) / unit.len() + 1));
    }
}
