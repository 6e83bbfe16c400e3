//! Whether a text that names no host may be of ECR.

use crate::reason::parsed::Parsed;
use crate::reason::product::names_aws;
use crate::reason::sign::Sign;

/// Whether the text speaks of ECR, of ECS or of AWS, or has words that other registries do not say.
pub fn speaks_of_ecr(parsed: &Parsed) -> bool {
    const SIGNS: [Sign; 6] = [
        Sign::NoBasicAuth,
        Sign::CannotPull,
        Sign::ResourceInit,
        Sign::RegistryAuth,
        Sign::EcrLogin,
        Sign::HelperFailed,
    ];
    parsed.any(&SIGNS) || names_aws(&parsed.plain.line)
}
