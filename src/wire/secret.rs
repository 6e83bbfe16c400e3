//! Secrets that the probe must hold.

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

/// A presigned URL. Its query is enough to fetch the layer.
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

#[cfg(test)]
mod tests {
    use super::*;

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
