//! What a token service has granted.

use crate::wire::RegistryToken;

/// What a token service gave, and when.
pub struct Grant {
    pub token: Option<RegistryToken>,
    pub at_ms: f64,
}
