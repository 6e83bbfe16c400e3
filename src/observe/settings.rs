//! What the walk is told.

use std::rc::Rc;

use super::{KeptTokens, Sampling};
use crate::config::PullDepth;
use crate::model::Act;
use crate::wire::oci::Platform;

/// What the walk needs beside the plan.
#[derive(Debug, Clone)]
pub struct Walk {
    /// Which manifest of an index is wanted.
    pub platform: Platform,
    /// How much of each layer is fetched.
    pub depth: PullDepth,
    /// How often names are asked for and addresses are connected to.
    pub sampling: Sampling,
    /// Leave out what registries other than ECR count as a pull.
    pub skip_other_registries: bool,
    /// The Region to ask STS in; `None` leaves it out.
    pub caller_region: Option<String>,
    /// Names of the proxy variables that are set.
    pub proxy_variables: Vec<String>,
    /// What task metadata said on arrival that is evidence.
    pub facts: Vec<Act>,
    /// Tokens that the checks before this one were given; `None` where each check asks.
    pub tokens: Option<Rc<KeptTokens>>,
    /// When the bytes of layers are no longer waited for, in milliseconds since the check began.
    pub until_ms: f64,
}
