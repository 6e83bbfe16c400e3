//! Servers that mean ill: they get nothing that is not theirs, print nothing that is secret, and hold nobody up.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::hostile_server::{Answer, Asked, Server, manifest, silence, slowly, whole, without_end};
use crate::script::{self, IMAGE, Said, holds_none};
use crate::sim::secrets::base64;

/// Like a token of ECR's: longer than what any line shows, and in base64.
const PASSWORD: &str = "eyJwYXlsb2FkIjoiY2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3\
eHl6QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo9PSIsImRhdGFrZXkiOiJjYW5hcnlEYXRhS2V5KysrLy8vKysrLy8vIn0=";
const SIGNATURE: &str = "0cafe51c9a7e0cafe51c9a7e0cafe51c9a7e0cafe51c9a7e0cafe51c9a7e0caf";
const SIGNER_TOKEN: &str = "canarySignerTokenFwoGZXIvYXdzEJrtheRestOfIt";
const SIGNER: &str = "ASIACANARYECRSIGNER1";

/// The script at a registry, and at no other host.
fn at(server: &Server, folder: &Path) -> Command {
    let mut command = script::command(folder);
    command.args([IMAGE, "--timeout", "0.5", "--registry-url", &server.url()]);
    command.arg("--token-file").arg(script::token(folder, "token", PASSWORD));
    command
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn nobody_holds_it_up() {
    if !script::can_run() {
        return;
    }
    let head = "HTTP/1.1 200 OK\r\n";
    let cases: [(&str, i32, Answer); 9] = [
        ("a body without end", 1, Box::new(move |_, stream| without_end(stream, &format!("{head}\r\n"), "endless "))),
        (
            "a chunked body without end",
            1,
            Box::new(move |_, stream| {
                without_end(stream, &format!("{head}Transfer-Encoding: chunked\r\n\r\n"), "4\r\nabcd\r\n")
            }),
        ),
        (
            "a chunk's size without end",
            // A HEAD has no body.
            1,
            Box::new(move |_, stream| without_end(stream, &format!("{head}Transfer-Encoding: chunked\r\n\r\n"), "1")),
        ),
        ("headers without end", 3, Box::new(move |_, stream| without_end(stream, head, "X-Header: endless\r\n"))),
        ("a header without end", 3, Box::new(move |_, stream| without_end(stream, &format!("{head}X-Header: "), "a"))),
        (
            "interim answers without end",
            3,
            Box::new(|_, stream| without_end(stream, "", "HTTP/1.1 100 Continue\r\n\r\n")),
        ),
        ("a slow header", 3, Box::new(move |_, stream| slowly(stream, head, "X-Header: slow\r\n"))),
        (
            "a slow body",
            3,
            Box::new(move |_, stream| slowly(stream, &format!("{head}Content-Length: 9999\r\n\r\n"), "a")),
        ),
        ("silence", 3, Box::new(|_, stream| silence(stream))),
    ];
    for (name, exit, answer) in cases {
        let server = Server::start(answer);
        let folder = folder();
        let said = Said::by(at(&server, folder.path()));
        assert_eq!(said.exit(), exit, "{name}:\n{}", said.lines());
        assert!(said.ran.took < Duration::from_secs(30), "{name} took {:?}", said.ran.took);
        // Python by itself has 20 MB or so; a manifest of 4 MiB is held a few times.
        assert!(said.ran.peak_kib.is_none_or(|peak| peak < 150_000), "{name}: {:?} KiB", said.ran.peak_kib);
        holds_none(&(said.ran.stdout + &said.ran.stderr), &[PASSWORD, &base64(PASSWORD.as_bytes())]);
        println!("{name}: exit {exit} in {:.1} s, {:?} KiB", said.ran.took.as_secs_f64(), said.ran.peak_kib);
    }
}

/// Redirects are not followed, least of all with credentials; only the layer store is asked, without them.
#[test]
fn credentials_go_to_the_registry_alone() {
    if !script::can_run() {
        return;
    }
    let other = Server::start(Box::new(|asked, stream| whole(asked, stream, 200, "", "thank you")));
    let elsewhere = other.url();
    let server = Server::start(Box::new(move |asked, stream| {
        if asked.method() == "GET" && asked.path().ends_with("/manifests/v1") && asked.path().starts_with("/v2/app/") {
            return manifest(asked, stream);
        }
        let what = if asked.path().contains("/blobs/") { "layer" } else { "stolen" };
        let location = format!("Location: {elsewhere}/{what}?X-Amz-Signature={SIGNATURE}\r\n");
        whole(asked, stream, 307, &location, "")
    }));
    let folder = folder();
    let said = Said::by(at(&server, folder.path()));
    assert_eq!(said.exit(), 1, "{}", said.lines());
    assert!(server.asked().iter().all(|asked| ["GET", "HEAD"].contains(&asked.method())));
    let sent = server.asked().iter().filter(|asked| asked.header("authorization").is_some()).count();
    assert!(sent > 5, "the registry was sent credentials {sent} times");
    let asked = other.asked();
    assert_eq!(asked.len(), 5, "{asked:?}");
    for Asked { head } in asked {
        assert!(head.contains(" /layer"), "a redirect was followed: {head}");
        assert!(!head.to_lowercase().contains("authorization") && !head.contains(PASSWORD), "{head}");
    }
}

/// Where a redirect of the blob leads to no layer store, nothing is sent there.
#[test]
fn a_layer_is_not_fetched_from_anywhere() {
    if !script::can_run() {
        return;
    }
    for location in [
        "http://169.254.169.254/latest/meta-data/",
        "https://attacker.example/layer?X-Amz-Signature=0",
        "https://attacker.example\\@127.0.0.1/",
        "http://user:word@127.0.0.1:1/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "//127.0.0.1:1/",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1 /\u{1}",
        "",
    ] {
        let server = Server::start(Box::new(move |asked, stream| {
            if asked.path().contains("/blobs/") {
                whole(asked, stream, 307, &format!("Location: {location}\r\n"), "")
            } else {
                manifest(asked, stream)
            }
        }));
        let folder = folder();
        let said = Said::by(at(&server, folder.path()));
        for row in ["layer-whole", "layer-range", "layer-unsigned", "layer-tampered", "layer-url-head", "tls-layer"] {
            let reason = said.reason(row);
            assert!(reason.contains("registry redirects"), "{location:?}: {row}: {reason}\n{}", said.lines());
        }
        assert_eq!(said.exit(), 1, "{}", said.lines());
    }
}

/// What was sent comes back whole, in part and in other clothes, in headers and bodies, and none of it is printed.
#[test]
fn nothing_that_is_echoed_is_printed() {
    if !script::can_run() {
        return;
    }
    let server = Server::start(Box::new(|asked, stream| {
        if asked.path().starts_with("/layer") {
            return refused_layer(asked, stream);
        }
        if asked.path().ends_with("/manifests/v1") && asked.method() == "GET" && asked.path().starts_with("/v2/app/") {
            return manifest(asked, stream);
        }
        let presented = asked.header("authorization").unwrap_or("none").to_owned();
        let headers =
            format!("WWW-Authenticate: {presented}\r\nX-Part: {}\r\n", presented.get(20..70).unwrap_or("none"));
        if asked.path().contains("/blobs/") {
            let host = asked.header("host").unwrap_or_default();
            let location = format!("Location: http://{host}/layer?{}\r\n", query());
            return whole(asked, stream, 307, &(headers + &location), &asked.head);
        }
        let escaped: String = presented.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let body = format!(
            "{}\n{}\n{}\n{}\n{escaped}\n\u{1b}[2J\u{9b}",
            asked.head,
            base64(asked.head.as_bytes()),
            presented.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"),
            presented.to_uppercase(),
        );
        whole(asked, stream, 401, &headers, &body)
    }));
    let signer = base64(SIGNER_TOKEN.as_bytes());
    let basic = base64(format!("AWS:{PASSWORD}").as_bytes());
    // A part that is long enough to tell one secret from all others is as bad as the whole.
    let mut secrets = vec![SIGNER, SIGNER_TOKEN, &signer, &SIGNATURE[..20]];
    for text in [PASSWORD, &basic] {
        secrets.extend((0..text.len() - 20).step_by(10).map(|at| &text[at..at + 20]));
    }
    let folder = folder();
    let (printed, exit) = script::printed(at(&server, folder.path()));
    assert_eq!(exit, 1, "{printed}");
    assert!(printed.contains("[hidden]") && printed.contains("[account]"), "{printed}");
    assert!(!printed.contains('\u{1b}') && !printed.contains('\u{9b}'), "a terminal would obey this: {printed:?}");
    holds_none(&printed, &secrets);
    assert!(!printed.contains("123456789012"), "{printed}");

    let mut command = at(&server, folder.path());
    command.arg("--verbose");
    let said = Said::by(command);
    assert!(said.document["rows"][0]["answers"].as_array().is_some_and(|answers| !answers.is_empty()));
    holds_none(&said.ran.stdout, &secrets);

    let mut command = at(&server, folder.path());
    command.arg("--keep-account");
    let (printed, _) = script::printed(command);
    assert!(printed.contains("123456789012"), "{printed}");
    holds_none(&printed, &secrets);
}

fn query() -> String {
    format!(
        "X-Amz-Security-Token={SIGNER_TOKEN}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261123T140000Z\
         &X-Amz-SignedHeaders=host&X-Amz-Expires=3599&X-Amz-Credential={SIGNER}%2F20261123%2Feu-west-1%2Fs3%2Faws4_request\
         &X-Amz-Signature={SIGNATURE}"
    )
}

/// S3 says what it was sent when a signature does not fit.
fn refused_layer(asked: &Asked, stream: &mut std::net::TcpStream) -> std::io::Result<()> {
    let body = format!(
        "<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>{SIGNER}</AWSAccessKeyId><StringToSign>AWS4 {SIGNER}\
         \n{SIGNER_TOKEN}</StringToSign><SignatureProvided>{SIGNATURE}</SignatureProvided><CanonicalRequest>GET\n/layer\
         \n{}</CanonicalRequest><a href=\"/layer?{}\">",
        query(),
        query().replace('&', "&amp;")
    );
    whole(asked, stream, 403, "Content-Type: application/xml\r\n", &body)
}
