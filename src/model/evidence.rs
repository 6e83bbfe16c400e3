//! The numbered list of everything the probe did and saw.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Target;
use super::outcome::Act;

/// The number that findings cite. Counts from 1 within a report.
pub type EvidenceId = u32;

/// One thing done, to whom, when and how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Its number in the report, from 1.
    pub id: EvidenceId,
    /// `None` for what needs no host.
    pub target: Option<Target>,
    /// The address spoken to; for `resolve` the name server.
    pub address: Option<IpAddr>,
    /// What was asked for: an image, `repository@digest`, a layer digest.
    pub subject: Option<String>,
    /// The image that it was done for, as it was given; `None` where it serves several, or none.
    #[serde(default)]
    pub image: Option<String>,
    /// The AWS Region of the service that it was done to, where that is known.
    #[serde(default)]
    pub region: Option<String>,
    /// Milliseconds from the start of the check.
    pub began_ms: f64,
    /// Milliseconds that the act took.
    pub took_ms: f64,
    /// What was done, and how it ended.
    #[serde(flatten)]
    pub act: Act,
}

impl Observation {
    /// Whether it ended in a way that asks for an explanation.
    pub fn is_symptom(&self) -> bool {
        self.act.is_symptom()
    }

    /// Whether it is about a registry that is not private ECR, or its layers: ECR's API, policies and endpoints
    /// have no say there.
    pub fn is_elsewhere(&self) -> bool {
        self.target.as_ref().is_some_and(|target| !target.role.is_aws())
    }
}

/// All observations of a check, by number.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Evidence {
    /// In the order in which the acts began to be written down; numbers rise.
    pub observations: Vec<Observation>,
}

impl Evidence {
    /// In their order.
    pub fn iter(&self) -> impl Iterator<Item = &Observation> + Clone {
        self.observations.iter()
    }

    /// The one of that number.
    pub fn get(&self, id: EvidenceId) -> Option<&Observation> {
        self.observations.iter().find(|observation| observation.id == id)
    }
}
