//! A server may echo what it was sent, anywhere and escaped as it likes: nothing of that is repeated.

use ecr_probe::model::outcome::Rejection;
use ecr_probe::wire::oci::Platform;
use ecr_probe::wire::{LayerUrl, RegistryToken, Reply, registry, rejection};
use proptest::prelude::*;

use super::READERS;

/// The ways in which a server writes what is no letter or digit.
const WAYS: usize = 5;

fn written(secret: &str, way: usize) -> String {
    let plain = |byte: u8| way == 0 || byte.is_ascii_alphanumeric();
    let escape = |byte: u8| match (way, byte) {
        (_, byte) if plain(byte) => char::from(byte).to_string(),
        (1, byte) => format!("\\{}", char::from(byte)),
        (2, byte) => format!("\\u{byte:04x}"),
        (3, byte) => format!("%{byte:02X}"),
        (_, byte) => format!("&#{byte};"),
    };
    secret.bytes().map(escape).collect()
}

fn reply(status: u16, header: &str, value: String, body: Vec<u8>) -> Reply {
    Reply { status, headers: vec![(header.to_owned(), value)], body }
}

/// All that is made of a reply.
fn shown(reply: &Reply) -> String {
    let platform = Platform::new("linux", "amd64", None);
    let rejection: Rejection = rejection(reply, 0);
    let others = (
        registry::base(reply, 0),
        registry::manifest(reply, None, &platform, 0),
        registry::redirect(reply, "https://registry.example.com/v2/a/blobs/b", 0),
    );
    format!("{rejection:?} {others:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_echoed_token_is_never_repeated(
        secret in "[A-Za-z0-9+/]{16,60}={0,2}",
        way in 0..WAYS,
        place in any::<prop::sample::Index>(),
        status in prop::sample::select(vec![200u16, 204, 307, 400, 401, 403, 404, 500, 503]),
    ) {
        let echo = written(&secret, way);
        let bodies = READERS.iter().filter(|reader| ["manifest", "rejection", "denial"].contains(&reader.name));
        for body in bodies.flat_map(|reader| reader.samples) {
            let mut bytes = body.as_bytes().to_vec();
            let at = place.index(bytes.len() + 1);
            bytes.splice(at..at, echo.bytes());
            let mut reply = reply(status, "content-type", "text/html".to_owned(), bytes);
            reply.forget(RegistryToken::basic(&secret).forms());
            prop_assert!(!shown(&reply).contains(&secret), "{}", shown(&reply));
        }
        for (header, value) in [
            ("www-authenticate", format!("Basic realm=\"{echo}\",service=\"{echo}\"")),
            ("www-authenticate", format!("{echo} realm=a")),
            ("location", format!("https://{echo}.example/")),
            ("location", format!("http://{echo}/{echo}")),
            ("docker-content-digest", format!("sha256:{echo}")),
            ("content-type", echo.clone()),
            ("server", format!("nginx {echo}")),
            ("x-amzn-requestid", echo.clone()),
            ("x-amzn-errortype", format!("ns#{echo}:x")),
        ] {
            let mut reply = reply(status, header, value, b"{}".to_vec());
            reply.forget(RegistryToken::basic(&secret).forms());
            prop_assert!(!shown(&reply).to_lowercase().contains(&secret.to_lowercase()), "{header}: {}", shown(&reply));
        }
    }

    #[test]
    fn an_echoed_query_is_never_repeated(
        token in "[A-Za-z0-9]{10,30}(%2F|%2B|%3D)[A-Za-z0-9]{8,30}",
        signature in "[0-9a-f]{64}",
        way in 0..WAYS,
        decoded in any::<bool>(),
    ) {
        let query = format!("X-Amz-Security-Token={token}&X-Amz-Signature={signature}");
        let url = LayerUrl::parse(&format!("https://a.example/b?{query}")).expect("it is a URL");
        let mut query = query.clone();
        let mut token = token.clone();
        if decoded {
            for (code, character) in [("%2F", "/"), ("%2B", "+"), ("%3D", "=")] {
                query = query.replace(code, character);
                token = token.replace(code, character);
            }
        }
        for body in [
            format!("<Error><Code>X</Code><Message>you sent {}</Message></Error>", written(&query, way)),
            format!("{{\"message\":\"{}\"}}", written(&token, way)),
            format!("<html><title>{}</title>", written(&signature, way)),
            format!("no {}", written(&query, way)),
        ] {
            let mut reply = reply(403, "server", body.clone(), body.clone().into_bytes());
            reply.forget(url.forms());
            let shown = shown(&reply);
            prop_assert!(!shown.contains(&token) && !shown.contains(&signature), "{body}: {shown}");
        }
    }

    #[test]
    fn all_else_of_a_reply_stays(body in "[a-z \\\\&%;#]{0,200}") {
        let mut reply = reply(403, "server", body.clone(), body.clone().into_bytes());
        reply.forget(["0123456789ABCDEF", "short"]);
        prop_assert_eq!(reply.body, body.as_bytes());
        prop_assert_eq!(reply.headers[0].1.as_str(), body.as_str());
    }
}

/// A body that is nothing but echoes, as long as a manifest may be.
#[test]
fn many_echoes_are_forgotten_in_one_pass() {
    let secret = "0123456789abcdef";
    for body in [secret.repeat(256 * 1024), secret[..15].repeat(256 * 1024), "0".repeat(4 * 1024 * 1024)] {
        let began = std::time::Instant::now();
        let mut reply = reply(500, "server", String::new(), body.into_bytes());
        reply.forget([secret]);
        assert!(began.elapsed() < super::MOST_TIME, "{:?}", began.elapsed());
        assert!(!String::from_utf8_lossy(&reply.body).contains(secret));
    }
}
