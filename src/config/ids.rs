//! Ids of EC2's resources: they become part of commands.

use super::UsageError;
use super::value::shown;

/// The ids of a list, each once: the prefix, then letters and digits. `name` is what the list is called where it was given.
///
/// # Errors
///
/// The first that is no such id.
pub fn ids<'t>(name: &str, prefix: &str, given: impl IntoIterator<Item = &'t str>) -> Result<Vec<String>, UsageError> {
    let mut ids: Vec<String> = Vec::new();
    for text in given.into_iter().flat_map(|text| text.split(',')).map(str::trim) {
        let is_id = text.strip_prefix(prefix).is_some_and(|rest| {
            (1..=40).contains(&rest.len())
                && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        if !is_id {
            return Err(UsageError(format!("{name} {}: write it as {prefix}0123456789abcdef0", shown(text))));
        }
        if !ids.iter().any(|id| id == text) {
            ids.push(text.to_owned());
        }
    }
    Ok(ids)
}
