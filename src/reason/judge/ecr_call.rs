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
    use super::super::judge;
    use super::*;
    use crate::ranges::Ranges;

    #[test]
    fn a_call_for_an_image_is_of_a_pull() {
        for (code, words, first) in [
            ("503", "Service Unavailable", "ECR-02"),
            ("429", "Too Many Requests", "THR-02"),
            ("ThrottlingException", "Rate exceeded", "THR-02"),
        ] {
            let text = format!("An error occurred ({code}) when calling the BatchGetImage operation: {words}");
            let parsed = Parsed::read(&text, &Ranges::embedded(), &[]);
            assert!(is_for_an_image(&parsed));
            assert_eq!(judge(&parsed).causes.first().map(|cause| cause.code), Some(first), "{text}");
            let other = Parsed::read(&text.replace("BatchGetImage", "ListQueues"), &Ranges::embedded(), &[]);
            assert!(!is_for_an_image(&other) && judge(&other).causes.is_empty(), "{text}");
        }
    }
}
