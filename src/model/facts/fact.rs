//! What became of a read: known, hidden, or not there.

use serde::{Deserialize, Serialize};

use crate::model::outcome::NoAnswer;

/// The answer to one question about one resource. An empty answer and a refused one are never the same thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum Fact<T> {
    /// AWS told it.
    Known(T),
    /// AWS did not tell it: nothing may be concluded.
    Hidden(Hidden),
    /// AWS says that there is no such thing.
    Absent,
}

impl<T> Fact<T> {
    /// What is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Fact::Known(known) => Some(known),
            Fact::Hidden(_) | Fact::Absent => None,
        }
    }

    /// Why it is not known.
    pub fn hidden(&self) -> Option<&Hidden> {
        match self {
            Fact::Hidden(hidden) => Some(hidden),
            Fact::Known(_) | Fact::Absent => None,
        }
    }
}

/// A read that told nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hidden {
    /// The IAM action that the read needs, such as `ec2:DescribeSubnets`.
    pub action: String,
    /// What stood in its way.
    pub why: Why,
}

/// Why a read told nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Why {
    /// The service answered with an error: a denial, or any other.
    Refused {
        /// Of the HTTP answer.
        status: u16,
        /// AWS's code, such as `UnauthorizedOperation`; empty where the answer has none.
        code: String,
        /// AWS's own words, scrubbed.
        message: Option<String>,
    },
    /// No answer came that could be read.
    NoAnswer {
        /// How the request ended.
        how: NoAnswer,
    },
    /// It is of another account, whose resources AWS leaves out of the answer: those of a shared VPC (Amazon VPC User
    /// Guide, "Share your VPC subnets with other accounts"), and parameters (Systems Manager API Reference,
    /// "DescribeParameters", Shared).
    OfAnotherAccount {
        /// The account that owns it.
        owner: String,
    },
    /// The time for the reads was over, or another read that it depends on told nothing.
    NotAsked,
}

/// The ids of all resources of a kind that a VPC, a role or a cluster has. The subject of its observation is what has
/// them, a blank, and the name of the check that each of them is an observation of: `vpc-… endpoint`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Ids, names or ARNs; each that matters is an observation of its own.
    pub ids: Vec<String>,
}
