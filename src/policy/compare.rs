//! One value of a request against one value of a policy, by the type of the operator.

use std::net::IpAddr;

use ipnet::IpNet;
use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, OffsetDateTime, PrimitiveDateTime};

use super::Truth;
use super::operator::{Order, Test};
use super::pattern::Pattern;

/// One value of a key, as far as it is known.
pub(super) enum Value<'a> {
    /// This text.
    Exactly(&'a str),
    /// A text of this form that is none of these.
    Like(Pattern, &'a [String]),
}

/// Whether the value passes the test with what the policy wants, wildcards and variables resolved. A number, date or
/// address that is none makes it unknown: AWS refuses such documents.
pub(super) fn test(test: Test, value: &Value<'_>, wanted: &Pattern) -> Truth {
    match (test, value) {
        (Test::StringEquals | Test::StringLike, Value::Exactly(text)) => wanted.matches(text).into(),
        (Test::StringEqualsIgnoreCase, Value::Exactly(text)) => wanted.lower().matches(&text.to_lowercase()).into(),
        (Test::StringEquals | Test::StringLike, Value::Like(form, not)) => known_by_form(wanted, form, not),
        (Test::StringEqualsIgnoreCase, Value::Like(form, not)) => known_by_form(&wanted.lower(), &form.lower(), not),
        (Test::Arn, Value::Exactly(text)) => arn(wanted, &Pattern::exactly(text)),
        (Test::Arn, Value::Like(form, not)) => match arn(wanted, form) {
            Truth::Unknown if is_excluded(wanted, not) => Truth::False,
            other => other,
        },
        (Test::Null, _) => Truth::Unknown,
        (_, Value::Exactly(text)) => match wanted.literal() {
            Some(wanted) => typed(test, text, &wanted),
            None => Truth::Unknown,
        },
        (_, Value::Like(form, _)) => match (form.literal(), wanted.literal()) {
            (Some(text), Some(wanted)) => typed(test, &text, &wanted),
            _ => Truth::Unknown,
        },
    }
}

fn known_by_form(wanted: &Pattern, form: &Pattern, not: &[String]) -> Truth {
    match wanted.holds_for(form) {
        Truth::Unknown if is_excluded(wanted, not) => Truth::False,
        other => other,
    }
}

fn is_excluded(wanted: &Pattern, not: &[String]) -> bool {
    wanted.literal().is_some_and(|wanted| not.iter().any(|value| value.eq_ignore_ascii_case(&wanted)))
}

/// "Each of the six colon-delimited components of the ARN is checked separately and each can include multi-character
/// match wildcards (*) or single-character match wildcards (?)."
fn arn(wanted: &Pattern, form: &Pattern) -> Truth {
    let (wanted_fields, form_fields) = (wanted.fields(6), form.fields(6));
    if wanted_fields.len() != 6 || form_fields.len() != 6 {
        // AWS does not say what a pattern of fewer components comes to; `*` alone is in wide use for all.
        return if *wanted == Pattern::glob("*") { Truth::True } else { Truth::Unknown };
    }
    Truth::all(wanted_fields.iter().zip(&form_fields).map(|(wanted, form)| wanted.holds_for(form)))
}

fn typed(test: Test, value: &str, wanted: &str) -> Truth {
    let holds = match test {
        Test::Numeric(order) => number(value).zip(number(wanted)).map(|(value, wanted)| compares(order, value, wanted)),
        Test::Date(order) => moment(value).zip(moment(wanted)).map(|(value, wanted)| compares(order, value, wanted)),
        Test::Bool => Some(value.eq_ignore_ascii_case(wanted)),
        Test::Binary => Some(value == wanted),
        Test::IpAddress => address(value).zip(range(wanted)).map(|(value, wanted)| wanted.contains(&value)),
        Test::StringEquals | Test::StringEqualsIgnoreCase | Test::StringLike | Test::Arn | Test::Null => None,
    };
    holds.map_or(Truth::Unknown, Truth::from)
}

fn compares<T: PartialOrd + Copy>(order: Order, value: T, wanted: T) -> bool {
    match order {
        Order::Equals => value == wanted,
        Order::LessThan => value < wanted,
        Order::LessThanEquals => value <= wanted,
        Order::GreaterThan => value > wanted,
        Order::GreaterThanEquals => value >= wanted,
    }
}

/// An integer or a decimal. Integers are compared as such: ids of seventeen digits differ in their last one.
fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    match text.parse::<i128>() {
        Ok(whole) => Some(Number::Whole(whole)),
        Err(_) if text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) => {
            text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Number::Decimal)
        }
        Err(_) => None,
    }
}

#[derive(Clone, Copy)]
enum Number {
    Whole(i128),
    Decimal(f64),
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(std::cmp::Ordering::Equal)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        let decimal = |number: &Number| match number {
            Number::Whole(whole) => *whole as f64,
            Number::Decimal(decimal) => *decimal,
        };
        match (self, other) {
            (Number::Whole(a), Number::Whole(b)) => a.partial_cmp(b),
            (a, b) => decimal(a).partial_cmp(&decimal(b)),
        }
    }
}

/// Seconds since the epoch of a date in one of W3C's forms of ISO 8601, or of a number of seconds.
fn moment(text: &str) -> Option<i128> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(i128::from(seconds) * 1_000_000_000);
    }
    let date = || Date::parse(text, &Iso8601::DATE).ok().map(|date| date.midnight().assume_utc());
    let minutes = || {
        let zoned = text.strip_suffix('Z')?;
        PrimitiveDateTime::parse(zoned, &Iso8601::DATE_TIME).ok().map(PrimitiveDateTime::assume_utc)
    };
    let at = OffsetDateTime::parse(text, &Rfc3339).ok();
    at.or_else(|| OffsetDateTime::parse(text, &Iso8601::DEFAULT).ok())
        .or_else(minutes)
        .or_else(date)
        .map(OffsetDateTime::unix_timestamp_nanos)
}

fn address(text: &str) -> Option<IpAddr> {
    text.trim().parse().ok()
}

/// A range in CIDR form, or one address.
fn range(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

#[cfg(test)]
#[path = "tests/compare.rs"]
mod tests;
