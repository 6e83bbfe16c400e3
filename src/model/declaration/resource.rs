//! A resource: its type, its name in the text, and its arguments.

use serde_json::Value;

use crate::model::hidden::is_hidden;

/// The value of an argument.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// Text of anybody's.
    Text(String),
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Several values.
    List(Vec<Setting>),
    /// Arguments of their own. In Terraform a block, or several of one name when in a list.
    Block(Vec<(&'static str, Setting)>),
    /// A JSON document of anybody's, such as a policy: `jsonencode({…})` in Terraform.
    Document(Value),
}

/// A resource with the arguments that matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    pub(super) kind: &'static str,
    pub(super) label: String,
    pub(super) notes: Vec<String>,
    pub(super) arguments: Vec<(&'static str, Setting)>,
    /// Whether a comment has something in it that is no id.
    pub(super) is_unsafe: bool,
}

impl Resource {
    /// A resource of a type, such as `aws_route`. Its name in the text is `name`, followed by what is left of `id` without the
    /// signs that no name can have.
    pub fn of(kind: &'static str, name: &'static str, id: &str) -> Self {
        let label = format!("{name} {id}").chars().take(LABEL).collect();
        Resource { kind, label, notes: Vec::new(), arguments: Vec::new(), is_unsafe: false }
    }

    /// A line of comment above it.
    pub fn note(mut self, note: &'static str) -> Self {
        self.notes.push(note.to_owned());
        self
    }

    /// A line of comment with an id in it. Without the id the reader would not know what is meant, so that a resource
    /// whose id has other signs than those of ids has no text.
    pub fn note_of(mut self, before: &'static str, id: &str, after: &'static str) -> Self {
        let is_part = |it: char| it.is_ascii_alphanumeric() || "-_/:.,+=@".contains(it);
        self.is_unsafe |= id.is_empty() || id.len() > LONGEST_ID || !id.chars().all(is_part);
        self.notes.push(format!("{before} {id}{after}"));
        self
    }

    /// An argument.
    pub fn set(mut self, name: &'static str, setting: impl Into<Setting>) -> Self {
        self.arguments.push((name, setting.into()));
        self
    }

    /// An argument, if there is a value.
    pub fn set_some(self, name: &'static str, setting: Option<impl Into<Setting>>) -> Self {
        match setting {
            Some(setting) => self.set(name, setting),
            None => self,
        }
    }
}

impl Setting {
    /// Whether nothing in it is hidden from the reader.
    pub(super) fn can_be_shown(&self) -> bool {
        match self {
            Setting::Text(text) => is_shown(text),
            Setting::Number(_) | Setting::Flag(_) => true,
            Setting::List(settings) => settings.iter().all(Setting::can_be_shown),
            Setting::Block(arguments) => arguments.iter().all(|(_, setting)| setting.can_be_shown()),
            Setting::Document(document) => texts(document).into_iter().all(is_shown),
        }
    }
}

impl From<&str> for Setting {
    fn from(text: &str) -> Self {
        Setting::Text(text.to_owned())
    }
}

impl From<&String> for Setting {
    fn from(text: &String) -> Self {
        Setting::Text(text.clone())
    }
}

impl From<String> for Setting {
    fn from(text: String) -> Self {
        Setting::Text(text)
    }
}

impl From<u32> for Setting {
    fn from(number: u32) -> Self {
        Setting::Number(number.into())
    }
}

impl From<u16> for Setting {
    fn from(number: u16) -> Self {
        Setting::Number(number.into())
    }
}

impl From<bool> for Setting {
    fn from(flag: bool) -> Self {
        Setting::Flag(flag)
    }
}

impl From<&[String]> for Setting {
    fn from(texts: &[String]) -> Self {
        Setting::List(texts.iter().map(Setting::from).collect())
    }
}

impl From<Value> for Setting {
    fn from(document: Value) -> Self {
        Setting::Document(document)
    }
}

/// Characters of a resource's name.
const LABEL: usize = 100;
/// ARNs have up to 2048 characters; one of a resource that a pull meets has far less.
const LONGEST_ID: usize = 512;

fn is_shown(value: &str) -> bool {
    !value.contains(is_hidden)
}

/// Every text in a document, keys included.
pub(super) fn texts(document: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut left = vec![document];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) => found.push(text.as_str()),
            Value::Array(values) => left.extend(values),
            Value::Object(fields) => {
                found.extend(fields.keys().map(String::as_str));
                left.extend(fields.values());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    found
}

/// A text as all three languages read it back: in double quotes, and in ASCII.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for it in text.chars() {
        match it {
            '"' | '\\' => quoted.extend(['\\', it]),
            ' '..='~' => quoted.push(it),
            _ if u32::from(it) <= 0xffff => quoted.push_str(&format!("\\u{:04x}", u32::from(it))),
            _ => quoted.push_str(&format!("\\U{:08x}", u32::from(it))),
        }
    }
    quoted.push('"');
    quoted
}
