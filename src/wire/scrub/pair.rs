//! Names and values in two fields of one object, in either order: `{"name": "DB_PASSWORD", "value": "…"}`.

use super::field_name::{Place, is_of_environment, kind};

/// The fields that hold a name: of ECS, Kubernetes and others, and of CloudFormation.
const NAMES: [&str; 3] = ["name", "key", "parameterkey"];
const VALUES: [&str; 4] = ["value", "default", "parametervalue", "stringvalue"];

/// How far an object is looked through for the name behind its value, in bytes.
const LONGEST: usize = 256;

/// The fields of a line so far.
#[derive(Default)]
pub struct Pairs {
    /// Behind the separator of the last name, where that is one of a secret.
    named: Option<usize>,
}

impl Pairs {
    /// Whether the field of this name is the value of a secret. `value` is behind its separator.
    pub fn is_value(&mut self, line: &str, name: &str, value: usize) -> bool {
        let is_one = |of: &[&str]| of.iter().any(|it| it.eq_ignore_ascii_case(name));
        let word = if is_one(&NAMES) { first_word(&line[value..]) } else { "" };
        // Behind `</Name>` there is none.
        if !word.is_empty() {
            self.named = Some(value).filter(|_| is_of_secret(word));
        }
        if !is_one(&VALUES) || line[value..].trim_start().starts_with('{') {
            return false;
        }
        let is_named = self.named.take().is_some_and(|at| within(&line[at..value]).len() == value - at);
        is_named || is_named_behind(within(&line[value..]))
    }
}

/// The text up to the end of the object, or up to the next entry of a list in YAML.
fn within(text: &str) -> &str {
    let near = &text[..text.floor_char_boundary(LONGEST)];
    let end = near.find('}').unwrap_or(near.len()).min(near.find(" - ").unwrap_or(near.len()));
    &near[..end]
}

/// Whether a field in the text has the name of a secret.
fn is_named_behind(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_field = |at: usize, length: usize| {
        let before = lower[..at].chars().next_back();
        let behind = lower[at + length..].trim_start_matches(['"', '\'', '\\', ' ']);
        let is_whole = !before.is_some_and(|it| it.is_alphanumeric() || it == '_');
        let rest = behind.strip_prefix([':', '=', '>'])?;
        is_whole.then(|| first_word(&text[text.len() - rest.len()..]))
    };
    let is_named =
        |name: &&str| lower.match_indices(*name).filter_map(|(at, it)| is_field(at, it.len())).any(is_of_secret);
    NAMES.iter().any(is_named)
}

/// Whether a name is one of a secret and of nothing else: a `token` may be any.
fn is_of_secret(name: &str) -> bool {
    match kind(name) {
        Some(Place::End | Place::Parts) => true,
        Some(Place::Assigned) => is_of_environment(name),
        _ => false,
    }
}

/// A word in quotes or not.
fn first_word(text: &str) -> &str {
    let text = text.trim_start_matches([' ', '"', '\'', '\\']).trim_start_matches("!!str ");
    text.split([' ', '"', '\'', '\\', ',', ';', '}', ')', '<', '&', '%']).next().unwrap_or_default()
}
