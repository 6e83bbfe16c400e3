//! Policy documents, read as leniently as AWS takes them.

use thiserror::Error;

use super::condition::Condition;
use super::encoded;
use super::json::Json;
use super::principal::{Entry, Principals};
use super::statement::{Effect, Listed, Statement};
use super::text::{Syntax, Text};

/// The largest document that is read, in bytes. IAM's largest is 20,480 characters, of an endpoint and of a key 32 KiB.
const LARGEST: usize = 64 * 1024;
/// Percent-encoding makes three bytes of one.
const LARGEST_ENCODED: usize = 3 * LARGEST;
/// The most statements that are read. A document of 64 KiB has no room for more that could match.
const MOST_STATEMENTS: usize = 2000;

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its statements in their order: [`super::By::statement`] counts them from 0.
    pub statements: Vec<Statement>,
}

/// Why a text is no policy document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Malformed {
    /// It is larger than any policy of AWS's.
    #[error("the document has more than {LARGEST} bytes")]
    TooLarge,
    /// It has more statements than any policy of AWS's.
    #[error("the document has more than {MOST_STATEMENTS} statements")]
    TooMany,
    /// The percent-encoding is broken.
    #[error("the document is not percent-encoded UTF-8")]
    Encoding,
    /// It is not JSON.
    #[error("the document is not JSON: {0}")]
    Json(String),
    /// It is JSON, and an element is not what IAM takes there.
    #[error("{0} is not what IAM takes there")]
    Element(&'static str),
}

impl Document {
    /// Reads a document: strings for lists, one statement without a list, names of elements in any case, booleans and
    /// numbers as values. Without a version it is one of 2008-10-17, which knows no policy variables.
    ///
    /// # Errors
    ///
    /// What AWS would not keep: no JSON, a name that comes twice, an element of another kind, too much of it.
    pub fn parse(text: &str) -> Result<Document, Malformed> {
        if text.len() > LARGEST {
            return Err(Malformed::TooLarge);
        }
        let json = Json::parse(text).map_err(|error| Malformed::Json(error.to_string()))?;
        let mut elements = Elements::of(json, "the document")?;
        let variables = match elements.take("version") {
            None => false,
            Some(Json::Text(version)) if version == "2008-10-17" => false,
            Some(Json::Text(version)) if version == "2012-10-17" => true,
            Some(_) => return Err(Malformed::Element("Version")),
        };
        let statements = match elements.take("statement") {
            Some(Json::List(list)) => list,
            Some(one @ Json::Object(_)) => vec![one],
            _ => return Err(Malformed::Element("Statement")),
        };
        if statements.len() > MOST_STATEMENTS {
            return Err(Malformed::TooMany);
        }
        let statements = statements.into_iter().map(|json| statement(json, variables));
        Ok(Document { statements: statements.collect::<Result<_, _>>()? })
    }

    /// Reads a document as IAM's calls answer it: percent-encoded (RFC 3986).
    ///
    /// # Errors
    ///
    /// As [`Document::parse`], and where the encoding is broken.
    pub fn parse_encoded(text: &str) -> Result<Document, Malformed> {
        if text.len() > LARGEST_ENCODED {
            return Err(Malformed::TooLarge);
        }
        Document::parse(&encoded::decode(text).ok_or(Malformed::Encoding)?)
    }

    /// Whether nothing in it allows, as in a policy that somebody took for a list of exceptions.
    pub fn only_denies(&self) -> bool {
        self.statements.iter().all(|statement| statement.effect == Effect::Deny)
    }
}

/// The elements of an object by their names in lower case.
struct Elements(Vec<(String, Json)>);

impl Elements {
    fn of(json: Json, what: &'static str) -> Result<Self, Malformed> {
        let Json::Object(object) = json else { return Err(Malformed::Element(what)) };
        let elements: Vec<_> = object.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
        let mut names: Vec<&str> = elements.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        // The same name in two cases: which of them AWS would take is not known.
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Malformed::Element(what));
        }
        Ok(Elements(elements))
    }

    fn take(&mut self, name: &str) -> Option<Json> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// One of two elements of which there may be one: the second is the negated one.
    fn either(&mut self, plain: &str, negated: &str, name: &'static str) -> Result<Option<(bool, Json)>, Malformed> {
        match (self.take(plain), self.take(negated)) {
            (Some(_), Some(_)) => Err(Malformed::Element(name)),
            (Some(json), None) => Ok(Some((false, json))),
            (None, Some(json)) => Ok(Some((true, json))),
            (None, None) => Ok(None),
        }
    }
}

fn statement(json: Json, variables: bool) -> Result<Statement, Malformed> {
    let mut elements = Elements::of(json, "Statement")?;
    let sid = match elements.take("sid") {
        Some(Json::Text(sid)) => Some(sid).filter(|sid| !sid.is_empty()),
        None | Some(Json::Null) => None,
        Some(_) => return Err(Malformed::Element("Sid")),
    };
    let effect = match elements.take("effect") {
        Some(Json::Text(effect)) if effect.eq_ignore_ascii_case("allow") => Effect::Allow,
        Some(Json::Text(effect)) if effect.eq_ignore_ascii_case("deny") => Effect::Deny,
        _ => return Err(Malformed::Element("Effect")),
    };
    let principals = match elements.either("principal", "notprincipal", "Principal")? {
        Some((negated, json)) => Some(Principals { negated, entries: entries(json)? }),
        None => None,
    };
    let listed = |(negated, json), name, read: &dyn Fn(&str) -> Text| {
        let of = texts(json, name)?.iter().map(|text| read(text)).collect();
        Ok::<_, Malformed>(Listed { negated, of })
    };
    let actions = elements.either("action", "notaction", "Action")?.ok_or(Malformed::Element("Action"))?;
    // Variables are replaced in resources and conditions, never in actions.
    let actions = listed(actions, "Action", &Text::action)?;
    let resources = elements.either("resource", "notresource", "Resource")?;
    let syntax = Syntax { variables, wildcards: true };
    let resources = resources.map(|it| listed(it, "Resource", &|text| Text::read(text, syntax))).transpose()?;
    let conditions = match elements.take("condition") {
        None | Some(Json::Null) => Vec::new(),
        Some(json) => conditions(json, variables)?,
    };
    // An element that this program does not know might narrow the statement.
    if !elements.0.is_empty() {
        return Err(Malformed::Element("an element that IAM's grammar does not have"));
    }
    Ok(Statement { sid, effect, principals, conditions, actions, resources })
}

/// A string, or a list of strings.
fn texts(json: Json, name: &'static str) -> Result<Vec<String>, Malformed> {
    let text = |json| match json {
        Json::Text(text) => Ok(text),
        _ => Err(Malformed::Element(name)),
    };
    match json {
        Json::List(list) => list.into_iter().map(text).collect(),
        one => Ok(vec![text(one)?]),
    }
}

fn entries(json: Json) -> Result<Vec<Entry>, Malformed> {
    const NAME: &str = "Principal";
    let kinds = match json {
        Json::Text(text) if text == "*" => return Ok(vec![Entry::Anybody]),
        Json::Object(kinds) => kinds,
        _ => return Err(Malformed::Element(NAME)),
    };
    let mut entries = Vec::new();
    for (kind, json) in kinds {
        let entry = |name: String| match kind.to_lowercase().as_str() {
            "aws" if name == "*" => Entry::Anybody,
            "aws" => Entry::Aws(name),
            "service" => Entry::Service(name),
            "federated" => Entry::Federated,
            _ => Entry::Other(name),
        };
        entries.extend(texts(json, NAME)?.into_iter().map(entry));
    }
    Ok(entries)
}

fn conditions(json: Json, variables: bool) -> Result<Vec<Condition>, Malformed> {
    const NAME: &str = "Condition";
    let Json::Object(operators) = json else { return Err(Malformed::Element(NAME)) };
    let mut conditions = Vec::new();
    for (operator, json) in operators {
        let Json::Object(keys) = json else { return Err(Malformed::Element(NAME)) };
        for (key, json) in keys {
            conditions.push(Condition::new(&operator, &key, &texts(json, NAME)?, variables));
        }
    }
    Ok(conditions)
}

#[cfg(test)]
#[path = "tests/document.rs"]
mod tests;
