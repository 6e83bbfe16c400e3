//! Times as HTTP and SigV4 write them.

use time::{Date, Month, OffsetDateTime, Time};

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).expect("a time of this millennium")
}

/// `Mon, 23 Nov 2026 14:00:00 GMT` (RFC 9110 section 5.6.7).
pub fn http_date(seconds: i64) -> String {
    let at = at(seconds);
    let (weekday, month) = (at.weekday().to_string(), at.month().to_string());
    let (hour, minute, second) = at.to_hms();
    let (weekday, month) = (&weekday[..3], &month[..3]);
    format!("{weekday}, {:02} {month} {} {hour:02}:{minute:02}:{second:02} GMT", at.day(), at.year())
}

/// `20261123T140000Z`
pub fn amz_date(seconds: i64) -> String {
    let at = at(seconds);
    let (hour, minute, second) = at.to_hms();
    format!("{:04}{:02}{:02}T{hour:02}{minute:02}{second:02}Z", at.year(), u8::from(at.month()), at.day())
}

/// `2026-11-23T14:00:00Z`
pub fn iso_date(seconds: i64) -> String {
    let at = at(seconds);
    let (hour, minute, second) = at.to_hms();
    format!("{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", at.year(), u8::from(at.month()), at.day())
}

pub fn read_amz_date(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u8>().ok();
    let month = Month::try_from(number(4..6)?).ok()?;
    let date = Date::from_calendar_date(text.get(0..4)?.parse().ok()?, month, number(6..8)?).ok()?;
    let time = Time::from_hms(number(9..11)?, number(11..13)?, number(13..15)?).ok()?;
    Some(date.with_time(time).assume_utc().unix_timestamp())
}

/// AWS refuses a signature that is five minutes off, in these words.
pub fn signature_age_problem(signed_at: &str, now: i64) -> Option<String> {
    const MOST: i64 = 300;
    let Some(signed) = read_amz_date(signed_at) else {
        return Some("Date must be in ISO-8601 'basic format'. Got ''.".into());
    };
    let now_text = amz_date(now);
    if signed < now - MOST {
        let bound = amz_date(now - MOST);
        return Some(format!("Signature expired: {signed_at} is now earlier than {bound} ({now_text} - 5 min.)"));
    }
    let bound = amz_date(now + MOST);
    (signed > now + MOST)
        .then(|| format!("Signature not yet current: {signed_at} is still later than {bound} ({now_text} + 5 min.)"))
}
