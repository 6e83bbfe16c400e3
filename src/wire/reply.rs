//! An HTTP reply as plain data, its body already bounded.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Status, headers and as much of the body as the probe reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
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
        Some(date.unix_timestamp() - now)
    }

    /// The media type without its parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase())
    }
}
