//! Every way in which each act can end.
//!
//! A variant says what happened, not what it means. The edge makes these from
//! library errors; the rules match on them and nothing else.

mod aws;
mod blob;
mod image;
mod local;
mod reach;
mod registry;
mod reply;
mod samples;
mod task;

pub use aws::{CallerOutcome, CredentialsOutcome, TokenOutcome};
pub use blob::{LayerBytesOutcome, LayerStoreOutcome, LayerUrlOutcome};
pub use image::{ConfigOutcome, ManifestOutcome, Unfit};
pub use local::{EnvironmentOutcome, ReferenceOutcome};
pub use reach::{
    Alias, Answer, AnsweredAddress, Certificate, ConnectOutcome, HandshakeOutcome, ResolveOutcome, TcpInfo, Transport,
};
pub use registry::{RegistryOutcome, RegistryTokenOutcome};
pub use reply::{Denial, NoAnswer, PolicyLayer, Rejection};
pub use samples::Samples;
pub use task::{ClockOutcome, DiskOutcome, TaskPullOutcome};
