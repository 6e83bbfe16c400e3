//! The requests of a pull, as each layer of policies sees them.
//!
//! Which keys a request carries depends on who signs it and which way it goes. The token is asked from `ecr.api`, the
//! manifest and the URLs of the layers by way of `ecr.dkr`, and the layers are fetched from S3 by a role of ECR's own.
//! What AWS does not say, and what cannot be known from a customer's account, is unknown.
//!
//! Every builder closes the world of keys: IAM lists the global keys, and a key of another service's is in no request
//! to this one. A condition on a misspelt key then fails as it does in AWS. Who knows more of a request than these do
//! sets it with [`Request::with`](super::Request::with).

mod assume;
mod caller;
mod ecr;
mod layer;
mod start;
mod via;

pub use assume::assume_role;
pub use caller::{Caller, Org};
pub use ecr::{Repository, batch_get_image, get_authorization_token, get_download_url};
pub use layer::{get_layer, layer_form};
pub use start::{
    Decrypted, create_log_group, create_log_stream, decrypt, get_parameters, get_secret_value, put_log_events,
};
pub use via::Via;

#[cfg(test)]
mod tests;
