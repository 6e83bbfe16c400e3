//! What a word by itself may be.

/// A variable or a command of a shell, which stands for a secret and is none: `$TOKEN`, `${TOKEN}`, `$(…)`.
pub fn is_variable(word: &str) -> bool {
    let Some(name) = word.trim_start_matches(['"', '\'']).strip_prefix('$') else { return false };
    let is_of_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_{}:'\"".contains(&byte);
    name.starts_with(['(', '{']) || !name.is_empty() && name.bytes().all(is_of_name)
}

/// A credential is longer than the words of a sentence such as "no basic auth credentials".
pub fn looks_secret(word: &str) -> bool {
    word.len() > 11
}
