//! What the tests against third-party programs share: starting and ending the programs,
//! network namespaces, certificates, an image, and running the shipped binary.
//!
//! Each test crate uses its own part of this, and a test's thread may wait and read the
//! environment, where the probe's may not.
#![allow(dead_code, reason = "two test crates share these modules and neither uses all of them")]
#![allow(clippy::disallowed_methods, reason = "the lints are the probe's, and this is not the probe")]

pub mod authority;
pub mod container;
pub mod function;
pub mod image;
pub mod loopback;
pub mod memory_limit;
pub mod namespace;
pub mod probe;
pub mod process;
pub mod services;
pub mod subnet;
pub mod tools;

use std::path::Path;

/// The account and Region of everything here; moto's account number is fixed.
pub const ACCOUNT: &str = "123456789012";
pub const REGION: &str = "eu-west-1";
/// The registry's password, which moto gives out in `GetAuthorizationToken`.
pub const PASSWORD: &str = "123456789012-auth-token";
pub const REGISTRY_HOST: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
pub const API_HOST: &str = "api.ecr.eu-west-1.amazonaws.com";
pub const LAYER_HOST: &str = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com";
pub const REPOSITORY: &str = "app/scheduled-file-writer";

/// Writes a configuration template with `@DIRECTORY@` and the like filled in.
pub fn fill_in(template: &str, values: &[(&str, &str)], to: &Path) {
    let mut text = template.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("@{name}@"), value);
    }
    std::fs::write(to, text).unwrap_or_else(|error| panic!("cannot write {}: {error}", to.display()));
}
