//! What an error reply says, in whatever form.

/// What the body says of the failure, as it stands there: nothing is scrubbed yet.
#[derive(Default)]
pub struct Said {
    pub code: Option<String>,
    pub message: Option<String>,
    pub request_id: Option<String>,
}
