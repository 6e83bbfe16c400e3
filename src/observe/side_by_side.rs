//! Acts that do not wait for one another.

use futures_util::future;

/// All of them side by side; what they give, in their order.
pub async fn side_by_side<I: IntoIterator<Item = F>, F: Future>(acts: I) -> Vec<F::Output> {
    future::join_all(acts).await
}
