//! The names behind which a secret stands.

/// Names of fields that hold a secret, or a signature's ingredients: what follows them in any notation is cut.
pub const SECRET_FIELDS: [&str; 9] = [
    "x-amz-signature",
    "x-amz-security-token",
    "x-amz-credential",
    "authorization",
    "authorizationtoken",
    "awsaccesskeyid",
    "stringtosign",
    "canonicalrequest",
    "sessiontoken",
];

/// They stand before a credential (RFC 9110 section 11.4).
pub const SCHEMES: [&str; 2] = ["basic", "bearer"];

/// Words that a password may follow in a sentence.
pub const PASSWORDS: [&str; 3] = ["password", "passwd", "passphrase"];

/// The names of a secret access key, in any case.
pub const ACCESS_KEYS: [&str; 8] = [
    "secret access key",
    "secret-access-key",
    "secretaccesskey",
    "secret_access_key",
    "secret key",
    "secret-key",
    "secret_key",
    "secretkey",
];

/// How the id of an access key begins, which the key stands beside (IAM User Guide, "Unique identifiers").
pub const IDS: [&str; 2] = ["AKIA", "ASIA"];
