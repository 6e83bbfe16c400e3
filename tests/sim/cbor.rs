//! CBOR (RFC 8949), as far as the SDK writes it: read to JSON, and the little that is answered.

use serde_json::{Map, Number, Value};

/// The first item of `bytes`; byte strings become text.
pub fn read(mut bytes: &[u8]) -> Option<Value> {
    item(&mut bytes)?
}

/// A map of texts.
pub fn map(pairs: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = vec![0xa0 | u8::try_from(pairs.len()).expect("a few pairs")];
    for text in pairs.iter().flat_map(|(key, value)| [key, value]) {
        bytes.push(0x79);
        bytes.extend(u16::try_from(text.len()).expect("a short text").to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

/// An item; `Some(None)` is the end of a list without a length.
fn item(rest: &mut &[u8]) -> Option<Option<Value>> {
    let head = take(rest, 1)?[0];
    let (kind, minor) = (head >> 5, head & 31);
    if kind == 7 {
        return simple(minor, rest);
    }
    let length = match minor {
        0..=23 => Some(u64::from(minor)),
        24..=27 => Some(number(take(rest, 1 << (minor - 24))?)),
        31 => None,
        _ => return None,
    };
    let value = match (kind, length) {
        (0, Some(number)) => number.into(),
        (1, Some(number)) => (-1 - i64::try_from(number).ok()?).into(),
        (2 | 3, Some(length)) => {
            String::from_utf8_lossy(take(rest, usize::try_from(length).ok()?)?).into_owned().into()
        }
        (2 | 3, None) => items(rest, None)?.iter().filter_map(Value::as_str).collect::<String>().into(),
        (4, length) => items(rest, length)?.into(),
        (5, length) => {
            let items = items(rest, length.map(|pairs| pairs.saturating_mul(2)))?;
            let pairs = items.chunks_exact(2).map(|pair| Some((pair[0].as_str()?.to_owned(), pair[1].clone())));
            pairs.collect::<Option<Map<_, _>>>()?.into()
        }
        // A tag says what the next item means: here only that a number is a time.
        (6, Some(_)) => item(rest)??,
        _ => return None,
    };
    Some(Some(value))
}

fn items(rest: &mut &[u8], length: Option<u64>) -> Option<Vec<Value>> {
    let mut items = Vec::new();
    while length.is_none_or(|length| (items.len() as u64) < length) {
        match item(rest)? {
            Some(value) => items.push(value),
            None => return length.is_none().then_some(items),
        }
    }
    Some(items)
}

fn simple(minor: u8, rest: &mut &[u8]) -> Option<Option<Value>> {
    let float = |value: f64| Number::from_f64(value).map(Value::Number);
    Some(match minor {
        20 => Some(false.into()),
        21 => Some(true.into()),
        22 | 23 => Some(Value::Null),
        26 => Some(float(f32::from_be_bytes(take(rest, 4)?.try_into().ok()?).into())?),
        27 => Some(float(f64::from_be_bytes(take(rest, 8)?.try_into().ok()?))?),
        31 => None,
        _ => return None,
    })
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn take<'b>(rest: &mut &'b [u8], count: usize) -> Option<&'b [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}
