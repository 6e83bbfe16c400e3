//! Answers in XML: EC2's, IAM's and Route 53's. Elements that are not named are passed over; those that are missing are
//! empty.

use quick_xml::de::from_str;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};

use crate::model::outcome::NoAnswer;

/// Reads an answer.
///
/// # Errors
///
/// It is not UTF-8, not XML, or a number in it is none.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, NoAnswer> {
    let malformed = |reason: &str| NoAnswer::Malformed { reason: reason.to_owned() };
    let text = std::str::from_utf8(body).map_err(|_| malformed("it is not text"))?;
    from_str(text).map_err(|_| malformed("it is not the XML that the API answers with"))
}

/// EC2's lists: `<subnetSet><item>…</item></subnetSet>`.
pub fn items<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    struct Items<T> {
        #[serde(default = "Vec::new")]
        item: Vec<T>,
    }
    Items::deserialize(deserializer).map(|items| items.item)
}

/// IAM's lists: `<PolicyNames><member>…</member></PolicyNames>`.
pub fn members<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    struct Members<T> {
        #[serde(default = "Vec::new")]
        member: Vec<T>,
    }
    Members::deserialize(deserializer).map(|members| members.member)
}

/// `true` or `false`. An element that is there and says neither is an error, so that nothing is made of it.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match String::deserialize(deserializer)?.trim() {
        "true" | "True" => Ok(Some(true)),
        "false" | "False" => Ok(Some(false)),
        "" => Ok(None),
        _ => Err(D::Error::custom("neither true nor false")),
    }
}

/// A text; `None` where it is empty.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Some(String::deserialize(deserializer)?).filter(|text| !text.is_empty()))
}
