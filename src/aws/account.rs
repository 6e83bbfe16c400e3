//! Account ids.

/// Whether a text is the id of an account: twelve digits (AWS Account Management Reference Guide, "AWS account identifiers").
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
