//! Customer managed KMS keys that cannot decrypt.

use crate::model::facts::KmsKey;
use crate::model::{Command, Fix};

/// Whether no service can decrypt with it (KMS Developer Guide, "Key states of AWS KMS keys"). A multi-Region key works
/// on while it is `Updating`, and of a state that is not known here nothing is said.
pub fn is_out_of_use(key: &KmsKey) -> bool {
    const STATES: [&str; 5] = ["Disabled", "PendingDeletion", "PendingReplicaDeletion", "PendingImport", "Unavailable"];
    STATES.contains(&key.state.as_str())
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
