//! Registries that are not private ECR: what they have, and how they let anonymous clients in.

use serde::Deserialize;

/// Every key of `[elsewhere]`.
///
/// Public ECR and Docker Hub are always there, with the images `nginx/nginx` and
/// `aws-observability/aws-otel-collector`, and `library/nginx`, of the tags `latest` and `1.27`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Elsewhere {
    /// The host of another registry, which has `team/app:v1`.
    pub host: Option<String>,
    /// The host of its token service, where that is another.
    pub token_service: Option<String>,
    /// It asks for no token.
    pub open: bool,
    /// It redirects to here for its blobs; otherwise it serves them itself.
    pub store: Option<String>,
    /// SYNs to token services that are hosts of their own are lost.
    pub token_services_lost: bool,
    /// Seconds for which tokens are good; 300 where nothing is said.
    pub token_life_s: Option<i64>,
}
