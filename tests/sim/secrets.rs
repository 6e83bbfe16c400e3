//! The secrets of the simulated AWS, each with a string in it that nothing else has: a test
//! looks for them in everything that the probe writes.

use super::world::CredentialKind;

/// Access key id of the task role's session.
pub const ACCESS_KEY: &str = "ASIACANARYTASKROLE01";
/// One that AWS has forgotten.
pub const DELETED_ACCESS_KEY: &str = "AKIACANARYDELETED001";
/// One whose session is over.
pub const EXPIRED_ACCESS_KEY: &str = "ASIACANARYEXPIRED001";
pub const SECRET_KEY: &str = "canarySecretKey/9dKq2vXw7Zr4Lm1TnB8cYhUe";
pub const SESSION_TOKEN: &str = "canarySessionTokenIQoJb3JpZ2luX2VjEHEaCWV1LXdlc3QtMSJHMEUCIQ";
/// Password of the registry token, for the user `AWS`.
pub const REGISTRY_PASSWORD: &str = "canaryRegistryPasswordEyJwYXlsb2FkIjoiY3JlZGVudGlhbCJ9";
/// What every token begins with that a registry issues to anonymous clients.
pub const BEARER: &str = "canaryBearerTokenEyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9";
/// What ECR presigns layer URLs with.
pub const SIGNER_KEY: &str = "ASIACANARYECRSIGNER1";
pub const SIGNER_TOKEN: &str = "canarySignerTokenFwoGZXIvYXdzEJr";
/// What every presigned signature begins with.
pub const SIGNATURE: &str = "cafe51c9a7e0cafe51c9a7e0cafe51c9a7e0cafe";

/// Strings that must not appear in any output, plain or in base64 (in each of the three
/// alignments that a text can have within another, cut to what is the same in all contexts).
pub const CANARIES: &[&str] = &[
    ACCESS_KEY,
    DELETED_ACCESS_KEY,
    EXPIRED_ACCESS_KEY,
    "canarySecretKey",
    "canarySessionToken",
    "canaryRegistryPassword",
    "canaryBearerToken",
    SIGNER_KEY,
    "canarySignerToken",
    SIGNATURE,
    "Y2FuYXJ5UmVnaXN0cnlQYXNzd29y",
    "NhbmFyeVJlZ2lzdHJ5UGFzc3dvc",
    "jYW5hcnlSZWdpc3RyeVBhc3N3b3",
    "Y2FuYXJ5U2VjcmV0S2V5",
    "Y2FuYXJ5U2Vzc2lvblRva2Vu",
];

/// The access key id that the credential chain finds.
pub fn access_key(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Invalid => DELETED_ACCESS_KEY,
        CredentialKind::Expired => EXPIRED_ACCESS_KEY,
        _ => ACCESS_KEY,
    }
}

/// The `authorizationToken` of `GetAuthorizationToken`.
pub fn registry_token() -> String {
    base64(format!("AWS:{REGISTRY_PASSWORD}").as_bytes())
}

/// The token for one repository, granted at that second.
pub fn bearer(repository: &str, granted_at: i64) -> String {
    format!("{BEARER}.{}.{granted_at}", base64(repository.as_bytes()))
}

/// Base64 with padding (RFC 4648 section 4).
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place > group.len() { '=' } else { char::from(digit) });
        }
    }
    text
}
