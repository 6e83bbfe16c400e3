//! A simulated AWS as data: every key has the value of the healthy private subnet, so what
//! a page writes down is the fault and nothing else.
//!
//! The healthy subnet has interface endpoints for `ecr.api` and `ecr.dkr` with an address in
//! each of two zones, an S3 gateway endpoint, private DNS, no NAT, a task role, and the image
//! `scheduled-file-writer:v1` for two platforms.

mod account;
mod denial;
mod ecs;
mod elsewhere;
mod faults;
mod function;
mod identity;
mod image;
mod task;
mod vpc;

use std::net::IpAddr;

use ecr_probe::model::Role;
use serde::Deserialize;

use super::content::Content;

pub use account::{AccountKeys, Granted};
pub use denial::{Action, Denials, Layer};
pub use ecs::Ecs;
pub use elsewhere::Elsewhere;
pub use faults::{
    Call, DnsFault, DnsTrouble, Forced, ForcedFault, Forcings, LayerFault, PerRole, TcpFault, Times, TlsFault, strikes,
};
pub use function::Function;
pub use identity::{CredentialKind, Credentials, Mode, TokenKind};
pub use image::{Image, LayerSettings};
pub use task::{LaunchType, NetworkMode, Task};
pub use vpc::{EndpointGroup, Network, Service, Vpc, translated, untranslated};

/// The parts that hosts play.
pub const ROLES: [Role; 10] = [
    Role::EcrApi,
    Role::EcrDkr,
    Role::S3,
    Role::Sts,
    Role::Registry,
    Role::Cdn,
    Role::Logs,
    Role::SecretsManager,
    Role::Ssm,
    Role::Kms,
];

/// The true time of every simulated world: 2026-11-23 14:00:00 UTC.
pub const NOW: i64 = 1_795_442_400;

/// The account that the task runs in, and whose registry it pulls from.
pub const ACCOUNT: &str = "123456789012";

/// What the proxy variables name.
pub const PROXY: &str = "http://proxy.corp.example:3128";

/// One simulated AWS, with one task in it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct World {
    /// Where the probe stands: in a `task`, in a `lambda` function, or on some other `host`.
    pub mode: Mode,
    /// `AWS_ENDPOINT_URL_ECR` in the probe's environment.
    pub ecr_endpoint_url: Option<String>,
    /// `AWS_USE_FIPS_ENDPOINT` in it.
    pub fips: bool,
    /// `AWS_USE_DUALSTACK_ENDPOINT` in it.
    pub dual_stack: bool,
    /// Names of proxy variables in the probe's environment.
    pub proxy_variables: Vec<String>,
    /// What else the task's start needs, as `--also` takes it.
    pub also: Vec<Role>,
    /// How often the reach part is done, as `--samples` takes it.
    pub samples: Option<u32>,
    pub task: Task,
    pub function: Function,
    pub ecs: Ecs,
    pub clock: Clock,
    pub credentials: Credentials,
    pub image: Image,
    pub vpc: Vpc,
    /// What name servers say, by role, in place of what the VPC would make them say.
    pub dns: PerRole<DnsFault>,
    /// What becomes of a SYN, by role, in place of what the VPC would do with it.
    pub tcp: PerRole<TcpFault>,
    /// What goes wrong in the TLS handshake, by role.
    pub tls: PerRole<TlsFault>,
    /// How often the three above hold.
    pub times: Times,
    /// Goes wrong at these addresses only; at all of them where none is given.
    pub tls_at: Vec<IpAddr>,
    /// Which IAM action is denied, and by what kind of policy.
    pub deny: Denials,
    /// HTTP answers that are forced, by call.
    pub reply: Forcings,
    pub layer: LayerSettings,
    pub elsewhere: Elsewhere,
    /// What only `audit` reads.
    pub account: AccountKeys,
}

/// The probe's clock.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Clock {
    /// Our clock minus the true time, in seconds.
    pub skew_s: i64,
    /// What task metadata says of it, whatever it shows.
    pub synchronized: bool,
    pub error_bound_ms: f64,
}

impl Default for Clock {
    fn default() -> Self {
        Clock { skew_s: 0, synchronized: true, error_bound_ms: 0.5 }
    }
}

impl World {
    /// The private subnet where every pull works.
    pub fn healthy() -> World {
        World::default()
    }

    /// Reads a difference from the healthy world.
    ///
    /// # Errors
    ///
    /// An unknown key or value, with its line; a key that refers to nothing.
    pub fn from_toml(text: &str) -> Result<World, String> {
        let world: World = toml::from_str(text).map_err(|error| error.to_string())?;
        world.vpc.check()?;
        world.image.check()?;
        world.account.check()?;
        if world.mode == Mode::Lambda && world.vpc.ipv6_only {
            return Err("mode: Lambda takes no subnet that has IPv6 only".into());
        }
        let closed = Some(&DnsFault::Trouble(DnsTrouble::Closed));
        if ROLES.into_iter().any(|role| world.dns.of(role) == closed) && world.dns.for_all() != closed {
            return Err("dns: a server's port is closed to all or to none".into());
        }
        if world.layer.number == 0 || world.layer.number > world.image.layer_sizes.len() {
            return Err(format!("layer.number {} is none of the image's layers", world.layer.number));
        }
        Ok(world)
    }

    /// An environment variable of the probe, as far as a world without sockets has any.
    pub fn variable(&self, name: &str) -> Option<String> {
        match name {
            "AWS_REGION" => Some(self.region().to_owned()),
            "AWS_ENDPOINT_URL_ECR" => self.ecr_endpoint_url.clone(),
            "AWS_USE_FIPS_ENDPOINT" => self.fips.then(|| "true".into()),
            "AWS_USE_DUALSTACK_ENDPOINT" => self.dual_stack.then(|| "true".into()),
            "ECS_CONTAINER_METADATA_URI_V4" if self.mode == Mode::Task => Some("http://169.254.170.2/v4/task".into()),
            _ if self.proxy_variables.iter().any(|own| own == name) => Some(PROXY.into()),
            _ => None,
        }
    }

    /// What goes wrong in the handshake with a host of that role, at that address, before which there were `turn` others.
    pub fn tls_fault(&self, role: Role, address: IpAddr, turn: u32) -> Option<TlsFault> {
        let address = untranslated(address);
        let here = (self.tls_at.is_empty() || self.tls_at.contains(&address)) && strikes(self.times.tls, turn);
        let beyond = !self.vpc.cidr().holds(address) && self.vpc.endpoint_at(address).is_none();
        let black_hole = beyond && self.vpc.narrow_way_out && !self.vpc.acl_allows_icmp;
        self.tls.of(role).copied().filter(|_| here).or(black_hole.then_some(TlsFault::BlackHole))
    }

    /// The Region of the task.
    pub fn region(&self) -> &str {
        &self.vpc.region
    }

    /// All that `check` is asked for.
    pub fn references(&self) -> Vec<String> {
        std::iter::once(self.reference()).chain(self.image.sidecars.iter().cloned()).collect()
    }

    /// The image of the task's own container; `{digest}` stands for that of what the tag names.
    pub fn reference(&self) -> String {
        let reference = self.image.reference(&self.vpc.region);
        if reference.contains("{digest}") {
            reference.replace("{digest}", &Content::of(self).manifests[0].digest)
        } else {
            reference
        }
    }
}
