//! Who the probe is, and as what it runs.

use ecr_probe::model;
use serde::Deserialize;

/// Where the probe stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    #[default]
    Task,
    Lambda,
    Host,
}

impl From<Mode> for model::Mode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Task => model::Mode::Task,
            Mode::Lambda => model::Mode::Lambda,
            Mode::Host => model::Mode::Host,
        }
    }
}

/// Every key of `[credentials]`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Credentials {
    pub kind: CredentialKind,
    pub token: TokenKind,
}

/// What the credential chain finds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// The task role's, from the container credentials endpoint.
    #[default]
    TaskRole,
    /// Keys in the environment.
    Keys,
    /// Nothing.
    None,
    /// Nothing, since the task definition names no task role: the variable is unset.
    NoTaskRole,
    /// The variable is set and the endpoint answers 404.
    EndpointNotFound,
    /// Keys that AWS does not know.
    Invalid,
    /// Keys whose session is over.
    Expired,
}

impl CredentialKind {
    /// Whether there are any keys to sign with.
    pub fn exist(self) -> bool {
        !matches!(self, CredentialKind::None | CredentialKind::NoTaskRole | CredentialKind::EndpointNotFound)
    }
}

/// What the registry makes of the authorization token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    #[default]
    Valid,
    /// It is more than twelve hours old.
    Expired,
    /// It was issued in another Region.
    OtherRegion,
    /// The registry does not take it: it was mangled on the way.
    Refused,
    /// It does not arrive: something on the way takes the header out.
    Stripped,
}
