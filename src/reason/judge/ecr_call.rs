//! Calls to the ECR API for an image, which no other service of AWS has.

use crate::reason::parsed::Parsed;

/// Whether the call that the text names is one of these. The registry makes them of a client's requests, too.
pub fn is_for_an_image(parsed: &Parsed) -> bool {
    const CALLS: [&str; 4] =
        ["BatchGetImage", "BatchCheckLayerAvailability", "GetDownloadUrlForLayer", "BatchImportUpstreamImage"];
    parsed.operation.as_deref().is_some_and(|operation| CALLS.contains(&operation))
}

#[cfg(test)]
mod tests {
    use super::super::tests::first;

    #[test]
    fn a_call_for_an_image_is_of_a_pull() {
        for (code, words, expected) in [
            ("503", "Service Unavailable", "ECR-02"),
            ("429", "Too Many Requests", "THR-02"),
            ("ThrottlingException", "Rate exceeded", "THR-02"),
        ] {
            let text = format!("An error occurred ({code}) when calling the BatchGetImage operation: {words}");
            assert_eq!(first(&text), expected, "{text}");
            assert_eq!(first(&text.replace("BatchGetImage", "ListQueues")), "none", "{text}");
        }
    }
}
