//! Secrets that the probe must hold, and keeping them out of every text.

use std::borrow::Cow;
use std::fmt;

/// The value of the `Authorization` header for a registry: `Basic …` for ECR, `Bearer …` elsewhere.
#[derive(Clone, PartialEq, Eq)]
pub struct RegistryToken {
    header: String,
    /// Every form of it that a server could echo.
    forms: Vec<String>,
}

impl RegistryToken {
    /// `token` is the base64 of `AWS:<password>` that `GetAuthorizationToken` gives.
    pub fn basic(token: &str) -> Self {
        RegistryToken { header: format!("Basic {token}"), forms: vec![token.to_owned()] }
    }

    /// What a registry's token service grants. `None` for what is no credential of RFC 6750's making: a header
    /// takes neither blanks nor control characters.
    pub fn bearer(token: &str) -> Option<Self> {
        let fits = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| RegistryToken { header: format!("Bearer {token}"), forms: vec![token.to_owned()] })
    }

    /// Adds the password as it is inside the token.
    pub fn with_password(mut self, password: &str) -> Self {
        self.forms.push(password.to_owned());
        self
    }

    /// For the `Authorization` header and nothing else.
    pub fn header_value(&self) -> &str {
        &self.header
    }

    /// What must not be in any text.
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        self.forms.iter().map(String::as_str)
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
    /// Whether the scheme is `https`, and not `http`.
    pub https: bool,
    /// In lower case.
    pub host: String,
    /// 443, or 80 for `http`, where the URL has none.
    pub port: u16,
}

/// Why a text is no URL that may be followed. It never repeats the text, which may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LayerUrlError {
    /// No URL at all.
    #[error("the URL cannot be read")]
    Unreadable,
    /// Such as `file:`.
    #[error("the URL has a scheme that is neither https nor http")]
    Scheme,
    /// A path without scheme and host.
    #[error("the URL is relative")]
    Relative,
    /// A name or a password before an `@`.
    #[error("the URL holds user information")]
    UserInformation,
    /// A scheme and nothing after it.
    #[error("the URL has no host")]
    NoHost,
    /// Signs that neither names nor addresses have.
    #[error("the URL's host is neither a name nor an address")]
    Host,
    /// After the host's colon.
    #[error("the URL's port is no number up to 65535")]
    Port,
}

impl LayerUrl {
    /// An absolute `http` or `https` URL.
    ///
    /// # Errors
    ///
    /// What is wrong with the URL, without the URL.
    pub fn parse(url: &str) -> Result<Self, LayerUrlError> {
        let parsed: http::Uri = url.parse().map_err(|_| LayerUrlError::Unreadable)?;
        let https = match parsed.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) => return Err(LayerUrlError::Scheme),
            None => return Err(LayerUrlError::Relative),
        };
        if parsed.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(LayerUrlError::UserInformation);
        }
        let authority = parsed.authority().ok_or(LayerUrlError::NoHost)?;
        let host = authority.host().to_ascii_lowercase();
        if !is_host(&host) {
            return Err(LayerUrlError::Host);
        }
        let port = match authority.as_str().get(host.len()..).unwrap_or_default() {
            "" | ":" if https => 443,
            "" | ":" => 80,
            _ => authority.port_u16().ok_or(LayerUrlError::Port)?,
        };
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

    /// What must not be in any text: the query, and each of its values.
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        let query = self.query().unwrap_or_default();
        let values = query.split('&').filter_map(|pair| pair.split_once('=').map(|(_, value)| value));
        std::iter::once(query).chain(values)
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

/// A URL's host may hold quotes, blanks' escapes and what a shell takes for a command: a name holds none.
fn is_host(host: &str) -> bool {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let in_address = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    // The longest name (RFC 1035 section 2.3.4), less its final length byte and dot.
    (1..=253).contains(&host.len()) && address.map_or(host.bytes().all(in_name), |it| it.bytes().all(in_address))
}

/// Names of fields that hold a secret, or a signature's ingredients.
const SECRET_FIELDS: [&str; 9] = [
    "x-amz-signature",
    "x-amz-security-token",
    "x-amz-credential",
    "authorization",
    "authorizationtoken",
    "awsaccesskeyid",
    "stringtosign",
    "canonicalrequest",
    "sessiontoken",
];

/// Most words are shorter than any of them.
const SHORTEST_FIELD: usize = 12;

/// The longest text of a server's that is kept, in characters.
const LONGEST: usize = 1024;

/// Makes a text of the server's fit to print, since a hostile server may echo what it was sent:
/// URL queries and user information are cut, as is what follows the name of a secret field or `Basic` and
/// `Bearer`, control characters become blanks, and it ends after 1,024 characters.
pub fn scrub(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut length = 0;
    let mut after_name = false;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let word = without_user_information(word);
        // What comes after is beyond the end in any case.
        let word = &word[..word.floor_char_boundary(4 * LONGEST)];
        let scheme = is_scheme(word);
        let field = secret_field(word);
        let cut = after_name && !scheme && looks_secret(word);
        let shown = match field {
            _ if cut => "…".to_owned(),
            // The name alone tells nothing: `Your authorization token has expired`.
            Some(_) if is_bare_name(word) => word.to_owned(),
            Some(at) => format!("{}…", &word[..at]),
            None => without_query(word),
        };
        after_name = scheme || field.is_some();
        length += shown.chars().count() + 1;
        words.push(shown);
        if length > LONGEST {
            break;
        }
    }
    let clean = words.join(" ");
    match clean.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &clean[..at]),
        None => clean,
    }
}

/// `Basic` and `Bearer` stand before a credential (RFC 9110 section 11.4).
fn is_scheme(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    bare.eq_ignore_ascii_case("basic") || bare.eq_ignore_ascii_case("bearer")
}

/// A credential is longer than the words of a sentence such as "no basic auth credentials".
fn looks_secret(word: &str) -> bool {
    word.len() > 11
}

/// Whether the word is the name of a secret field and no more than punctuation.
fn is_bare_name(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    SECRET_FIELDS.iter().any(|name| name.eq_ignore_ascii_case(bare))
}

/// Where the name of a secret field begins in `word`, as a whole name and not as a part of one:
/// `ecr:GetAuthorizationToken` is an action.
fn secret_field(word: &str) -> Option<usize> {
    if word.len() < SHORTEST_FIELD {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let whole = |at: usize, name: &str| {
        // `%3F` is a question mark that was escaped, and no letter.
        let escaped = lower[..at].get(at.saturating_sub(3)..).is_some_and(|it| it.starts_with('%'));
        let before = lower[..at].chars().next_back().filter(|_| !escaped);
        let after = lower[at + name.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    };
    let first = |name: &&str| lower.match_indices(*name).map(|(at, _)| at).find(|&at| whole(at, name));
    SECRET_FIELDS.iter().filter_map(first).min()
}

/// The text without the names and passwords that its URLs have before an `@` (RFC 3986 section 3.2.1).
pub fn without_user_information(text: &str) -> Cow<'_, str> {
    const BEGINS: &str = "://";
    let is_in_authority = |it: char| !it.is_whitespace() && !['/', '?', '#', '"', '<', '>'].contains(&it);
    let mut clean = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(BEGINS) {
        let (before, after) = rest.split_at(at + BEGINS.len());
        let authority = &after[..after.find(|it| !is_in_authority(it)).unwrap_or(after.len())];
        let kept = authority.rfind('@').unwrap_or_default();
        clean.push_str(before);
        if kept > 0 {
            clean.push('…');
        }
        rest = &after[kept..];
    }
    if clean.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(clean + rest) }
}

fn without_query(word: &str) -> String {
    match word.split_once('?') {
        Some((before, query)) if query.contains('=') => format!("{before}?…"),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_cut() {
        let long = "QVdTOmNhbmFyeQ==".repeat(2);
        assert_eq!(scrub(&format!("got Authorization: Basic {long} from you")), "got Authorization: Basic … from you");
        assert_eq!(scrub(&format!("Bearer {long}")), "Bearer …");
        assert_eq!(
            scrub("GET https://s3.example/a?X-Amz-Signature=abc&b=1 failed"),
            "GET https://s3.example/a?… failed"
        );
        assert_eq!(scrub("x-amz-security-token:IQoJb3JpZ2luX2Vj rest"), "… rest");
        assert_eq!(scrub("a%3FX-Amz-Signature%3Dabc failed"), "a%3F… failed");
        assert_eq!(scrub("\"https://me:canary@x.example/y\" failed"), "\"https://…@x.example/y\" failed");
        assert_eq!(scrub(&format!("https://me:{}@x failed", "canary".repeat(2_000))), "https://…@x failed");
        assert!(SECRET_FIELDS.iter().all(|field| field.len() >= SHORTEST_FIELD));
        assert_eq!(scrub("<StringToSign>AWS4-HMAC-SHA256 <AWSAccessKeyId>AKIAEXAMPLE"), "<… …");
    }

    #[test]
    fn ordinary_words_stay() {
        for text in [
            "no basic auth credentials",
            "User: arn:aws:iam::1:role/x is not authorized to perform: ecr:GetAuthorizationToken on resource: *",
            "AuthorizationHeaderMalformed",
            "Your authorization token has expired. Reauthenticate and try again.",
            "Your Authorization Token is invalid.",
            "what? nothing=",
            "docker-pullable://123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:0123",
        ] {
            assert_eq!(scrub(text), text);
        }
    }

    #[test]
    fn user_information_of_every_url_is_cut() {
        for (text, clean) in [
            ("https://me:canary@x https://you:can@ary@y/z@1", "https://…@x https://…@y/z@1"),
            ("https://canary@x", "https://…@x"),
            ("postgres://me:canary@[::1]:80/x?a=b@c", "postgres://…@[::1]:80/x?a=b@c"),
            ("https://@x", "https://@x"),
            ("https://x/y@sha256:1", "https://x/y@sha256:1"),
            ("x/y@sha256:1", "x/y@sha256:1"),
            ("http://", "http://"),
        ] {
            assert_eq!(without_user_information(text), clean);
        }
    }

    #[test]
    fn it_is_one_bounded_line() {
        assert_eq!(scrub("a\n\tb\u{1b}[31mc"), "a b [31mc");
        assert!(scrub(&"é".repeat(5_000)).chars().count() <= LONGEST + 1);
        assert!(scrub(&"a ".repeat(5_000)).chars().count() <= LONGEST + 1);
    }

    #[test]
    fn a_url_shows_its_host_only() {
        let url = LayerUrl::parse("https://Bucket.s3.eu-west-1.amazonaws.com/a?X-Amz-Signature=canary").unwrap();
        assert_eq!((url.host.as_str(), url.port, url.signed()), ("bucket.s3.eu-west-1.amazonaws.com", 443, true));
        assert!(!format!("{url:?}").contains("canary"));
        assert!(!format!("{:?}", RegistryToken::basic("canary")).contains("canary"));
        assert!(!format!("{:?}", RegistryToken::bearer("canary")).contains("canary"));
        for bad in [
            "/relative",
            "ftp://a/b",
            "https://user:password@a/b",
            "https://",
            "not a url",
            "https://a:99999/b",
            "https://$(id)/b",
        ] {
            assert!(LayerUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
