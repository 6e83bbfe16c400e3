//! Customer managed KMS keys that cannot decrypt.

use crate::model::facts::KmsKey;
use crate::model::{Command, Fix};

/// Whether a service can decrypt with it.
pub fn is_usable(key: &KmsKey) -> bool {
    key.state == "Enabled"
}

/// The fix of such a key; `or` is the alternative.
pub fn fix(key: &KmsKey, region: &str, or: &str) -> Fix {
    match key.state.as_str() {
        "Disabled" => {
            Fix::run("enable the key", &Command::of("aws kms enable-key").region(region).option("--key-id", &*key.arn))
        }
        "PendingDeletion" => Fix::run(
            "cancel the deletion of the key, then enable it",
            &Command::of("aws kms cancel-key-deletion").region(region).option("--key-id", &*key.arn),
        ),
        _ => Fix::advice(format!("bring the key into the state Enabled, or {or}")),
    }
}
