//! A denial: a layer of policies, and the requests that it denies.

use super::asked::Asked;
use crate::policy::LayerDecision;

/// A layer that denies, with all requests that it denies alike.
pub struct Denied<'c> {
    /// The code of the catalogue.
    pub code: &'static str,
    /// The layer.
    pub layer: &'c LayerDecision,
    /// The requests, in the order of a pull.
    pub asked: Vec<&'c Asked>,
}
