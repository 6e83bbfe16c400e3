//! An HTTP reply as plain data, its body already bounded.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::echo;

/// Status, headers and as much of the body as the probe reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Names and values in the order they came.
    pub headers: Vec<(String, String)>,
    /// What was read of it; a bound may have cut it.
    pub body: Vec<u8>,
}

impl Reply {
    /// The first header of that name, without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The server's clock minus ours in seconds, from `Date` (RFC 9110 section 6.6.1).
    ///
    /// `now` is our clock in seconds since the epoch.
    pub fn clock_offset_s(&self, now: i64) -> Option<i64> {
        let date = OffsetDateTime::parse(self.header("date")?, &Rfc2822).ok()?;
        Some(date.unix_timestamp().saturating_sub(now))
    }

    /// Takes what we sent out of what came back, wherever a server echoes it, also where it escapes what it echoes.
    ///
    /// Values of fewer than sixteen bytes are no secrets: an expiry, a Region.
    pub fn forget<'s>(&mut self, secrets: impl IntoIterator<Item = &'s str>) {
        let secrets = secrets.into_iter().filter(|secret| secret.len() >= 16);
        for secret in secrets.flat_map(|secret| echo::forms(secret.as_bytes())) {
            for (_, value) in &mut self.headers {
                if let Some(clean) = echo::without(value.as_bytes(), &secret) {
                    *value = String::from_utf8_lossy(&clean).into_owned();
                }
            }
            if let Some(clean) = echo::without(&self.body, &secret) {
                self.body = clean;
            }
        }
    }

    /// The media type without its parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echoed_secret_is_forgotten() {
        let mut reply = Reply {
            status: 403,
            headers: vec![("x-echo".into(), "got a-very-long-secret".into())],
            body: b"a-very-long-secret and a-very-long-secret".to_vec(),
        };
        reply.forget(["a-very-long-secret", "403"]);
        assert_eq!(reply.header("X-Echo"), Some("got …"));
        assert_eq!(reply.body, "… and …".as_bytes());
    }

    #[test]
    fn the_offset_is_the_servers_clock_minus_ours() {
        let date = |text: &str| Reply { headers: vec![("Date".into(), text.into())], ..Reply::default() };
        assert_eq!(date("Sun, 06 Nov 1994 08:49:37 GMT").clock_offset_s(784_111_777), Some(0));
        assert_eq!(date("Sun, 06 Nov 1994 08:49:37 GMT").clock_offset_s(784_111_700), Some(77));
        assert_eq!(date("yesterday").clock_offset_s(0), None);
    }
}
