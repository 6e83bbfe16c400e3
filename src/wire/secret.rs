//! Secrets that the probe must hold, and keeping them out of every text.

use std::fmt;

/// The value of the `Authorization` header for the registry: `Basic …`.
#[derive(Clone, PartialEq, Eq)]
pub struct RegistryToken(String);

impl RegistryToken {
    /// `token` is the base64 of `AWS:<password>` that `GetAuthorizationToken` gives.
    pub fn basic(token: &str) -> Self {
        RegistryToken(format!("Basic {token}"))
    }

    /// For the `Authorization` header and nothing else.
    pub fn header_value(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RegistryToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegistryToken(…)")
    }
}

/// A presigned URL. Whoever has its query can fetch the layer.
#[derive(Clone, PartialEq, Eq)]
pub struct LayerUrl {
    url: String,
    pub https: bool,
    pub host: String,
    pub port: u16,
}

impl LayerUrl {
    /// An absolute `http` or `https` URL.
    ///
    /// # Errors
    ///
    /// A reason without the URL in it.
    pub fn parse(url: &str) -> Result<Self, &'static str> {
        let parsed: http::Uri = url.parse().map_err(|_| "the URL cannot be read")?;
        let https = match parsed.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) => return Err("the URL has a scheme that is neither https nor http"),
            None => return Err("the URL is relative"),
        };
        if parsed.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err("the URL holds user information");
        }
        let host = parsed.host().ok_or("the URL has no host")?.to_ascii_lowercase();
        let port = parsed.port_u16().unwrap_or(if https { 443 } else { 80 });
        Ok(LayerUrl { url: url.to_owned(), https, host, port })
    }

    /// The whole URL, for the request and nothing else.
    pub fn for_request(&self) -> &str {
        &self.url
    }

    /// The query, which is the secret part.
    pub fn query(&self) -> Option<&str> {
        self.url.split_once('?').map(|(_, query)| query)
    }

    /// Whether the query holds a SigV4 or SigV2 signature, or CloudFront's.
    pub fn signed(&self) -> bool {
        self.query().is_some_and(|query| query.contains("Signature="))
    }
}

impl fmt::Debug for LayerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LayerUrl({}:{}/…)", self.host, self.port)
    }
}

/// Makes a text of the server's fit to print: URL queries are cut, anything that follows
/// `Basic`, `Bearer` or a credential's name is cut, control characters become blanks, and it
/// is cut at 1,024 characters. A hostile server may echo what it was sent.
pub fn scrub(text: &str) -> String {
    const LIMIT: usize = 1024;
    const NAMES: [&str; 8] = [
        "x-amz-signature",
        "x-amz-security-token",
        "x-amz-credential",
        "authorization",
        "awsaccesskeyid",
        "stringtosign",
        "canonicalrequest",
        "sessiontoken",
    ];
    let mut clean = String::with_capacity(text.len().min(LIMIT));
    let mut cut_next = false;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if clean.len() >= LIMIT {
            break;
        }
        if !clean.is_empty() {
            clean.push(' ');
        }
        let lower = word.to_ascii_lowercase();
        let bare = lower.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        if cut_next {
            clean.push('…');
            cut_next = matches!(bare, "basic" | "bearer");
        } else if matches!(bare, "basic" | "bearer") {
            clean.push_str(word);
            cut_next = true;
        } else if let Some(at) = NAMES.iter().filter_map(|name| lower.find(name)).min() {
            // `lower` and `word` have the same length: ASCII lower-casing moves no byte.
            clean.push_str(&word[..at]);
            clean.push('…');
            cut_next = matches!(bare, "authorization");
        } else if let Some((before, _)) = word.split_once('?').filter(|(_, query)| query.contains('=')) {
            clean.push_str(before);
            clean.push_str("?…");
        } else {
            clean.push_str(word);
        }
    }
    match clean.char_indices().nth(LIMIT) {
        Some((at, _)) => format!("{}…", &clean[..at]),
        None => clean,
    }
}
