//! Answers in XML: EC2's, IAM's and Route 53's. Elements that are not named are passed over; those that are missing are
//! empty.
//!
//! quick-xml's own deserializer would be generated for each of their 60 types, at some 400 kB of the binary.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::value::{Error as Wrong, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::model::outcome::NoAnswer;
use crate::wire::xml::Element;

/// Reads an answer.
///
/// # Errors
///
/// It is not UTF-8, not XML, or a number in it is none.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, NoAnswer> {
    let malformed = |reason: &str| NoAnswer::Malformed { reason: reason.to_owned() };
    let text = std::str::from_utf8(body).map_err(|_| malformed("it is not text"))?;
    let not_it = || malformed("it is not the XML that the API answers with");
    let root = Element::parse(text).ok_or_else(not_it)?;
    T::deserialize(Siblings(vec![&root])).map_err(|_| not_it())
}

/// The elements of one name within another. They are a list where a list belongs, and one otherwise.
struct Siblings<'a>(Vec<&'a Element>);

impl<'a> Siblings<'a> {
    fn only(&self) -> Result<&'a Element, Wrong> {
        match self.0[..] {
            [only] => Ok(only),
            _ => Err(Wrong::custom("more than one element where one belongs")),
        }
    }

    fn text(&self) -> Result<&'a str, Wrong> {
        let only = self.only()?;
        if only.elements.is_empty() { Ok(&only.text) } else { Err(Wrong::custom("elements where a text belongs")) }
    }
}

impl<'de> IntoDeserializer<'de, Wrong> for Siblings<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Numbers are text.
macro_rules! numbers {
    ($($deserialize:ident $visit:ident)*) => {
        $(fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            visitor.$visit(self.text()?.parse().map_err(Wrong::custom)?)
        })*
    };
}

impl<'de> Deserializer<'de> for Siblings<'de> {
    type Error = Wrong;

    numbers!(deserialize_u32 visit_u32 deserialize_u64 visit_u64 deserialize_i64 visit_i64);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_seq(SeqDeserializer::new(self.0.into_iter().map(|it| Siblings(vec![it]))))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let mut by_name: BTreeMap<&str, Vec<&Element>> = BTreeMap::new();
        for element in &self.only()?.elements {
            by_name.entry(&element.name).or_default().push(element);
        }
        visitor.visit_map(MapDeserializer::new(by_name.into_iter().map(|(name, them)| (name, Siblings(them)))))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct tuple
        tuple_struct map enum identifier
    }
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
    match String::deserialize(deserializer)?.as_str() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq, Eq)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        #[serde(deserialize_with = "items")]
        group_set: Vec<Group>,
        #[serde(default)]
        zone: Vec<String>,
        from_port: Option<i64>,
        #[serde(default, deserialize_with = "flag")]
        egress: Option<bool>,
        #[serde(default, deserialize_with = "text")]
        owner: Option<String>,
    }

    #[derive(Debug, Deserialize, PartialEq, Eq)]
    #[serde(rename_all = "camelCase")]
    struct Group {
        group_id: String,
    }

    fn answer(inner: &str) -> Result<Answer, NoAnswer> {
        read(format!("<R xmlns=\"x\"><requestId>1</requestId>{inner}</R>").as_bytes())
    }

    #[test]
    fn lists_numbers_and_flags_are_read() {
        let said = "<groupSet>\n <item><groupId>sg-1</groupId><a><b/></a></item><item><groupId>sg-2</groupId></item></groupSet>\
            <zone>a</zone><fromPort>-1</fromPort><zone>b</zone><egress>true</egress><owner/>";
        let group_set = ["sg-1", "sg-2"].map(|id| Group { group_id: id.to_owned() }).into();
        let zone = vec!["a".to_owned(), "b".to_owned()];
        let expected = Answer { group_set, zone, from_port: Some(-1), egress: Some(true), owner: None };
        assert_eq!(answer(said), Ok(expected));
        let empty = Answer { group_set: vec![], zone: vec![], from_port: None, egress: None, owner: None };
        assert_eq!(answer("<groupSet/>"), Ok(empty));
    }

    #[test]
    fn what_the_api_does_not_answer_is_an_error() {
        for said in [
            "",
            "<groupSet><item/></groupSet>",
            "<groupSet/><groupSet/>",
            "<groupSet/><fromPort>x</fromPort>",
            "<groupSet/><fromPort/>",
            "<groupSet/><egress>maybe</egress>",
            "<groupSet/><owner><id>1</id></owner>",
            "<groupSet/><owner>a</owner><owner>b</owner>",
        ] {
            assert!(answer(said).is_err(), "{said}");
        }
        for body in [&b"<R>"[..], b"", b"{}", b"<R>\xff</R>"] {
            assert!(read::<Answer>(body).is_err());
        }
    }
}
