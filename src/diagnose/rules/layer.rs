//! The layer store's answers: a policy (VPE-04), wrong bytes (LYR-03), odd redirects (LYR-05),
//! errors of its own (LYR-06).

use super::words;
use crate::diagnose::{Case, Draft, Need, Rule};
use crate::model::outcome::{LayerBytesOutcome, LayerUrlOutcome, NoAnswer, PolicyLayer, Rejection};
use crate::model::{Act, Code, Fix, Observation, Stage};

macro_rules! rule {
    ($id:ident, $code:literal, $name:literal, $need:ident, $judge:ident) => {
        pub static $id: Rule = Rule {
            code: Code($code),
            name: $name,
            page: include_str!(concat!("../../../docs/codes/", $code, ".md")),
            need: Need::$need,
            judge: $judge,
        };
    };
}

rule!(VPE_04, "VPE-04", "s3-endpoint-policy-denies", LayerReply, policy);
rule!(LYR_03, "LYR-03", "layer-digest-mismatch", LayerBytes, wrong_bytes);
rule!(LYR_05, "LYR-05", "redirect-misbehaves", LayerUrl, odd_redirect);
rule!(LYR_06, "LYR-06", "layer-store-5xx", LayerReply, store_error);

fn bytes<'e>(case: &Case<'e>) -> Vec<(&'e Observation, &'e LayerBytesOutcome)> {
    case.acts(|act| match act {
        Act::LayerBytes(outcome) => Some(outcome),
        _ => None,
    })
}

fn rejected<'e>(case: &Case<'e>, fits: impl Fn(&Rejection) -> bool) -> Vec<(&'e Observation, &'e Rejection)> {
    bytes(case)
        .into_iter()
        .filter_map(|(observation, outcome)| match outcome {
            LayerBytesOutcome::Rejected(it) if fits(it) => Some((observation, it)),
            _ => None,
        })
        .collect()
}

fn host(found: &[(&Observation, impl Sized)]) -> String {
    words::list(found.iter().filter_map(|(it, _)| it.target.as_ref()).map(ToString::to_string))
}

fn policy(case: &Case<'_>) -> Vec<Draft> {
    // An expired URL is AccessDenied as well, and says so.
    let denied = rejected(case, |it| {
        let expired = it.message.as_deref().is_some_and(|message| message.contains("expired"));
        it.status == 403 && it.code.as_deref() == Some("AccessDenied") && !expired
    });
    let Some((_, first)) = denied.first() else { return Vec::new() };
    let store = host(&denied);
    let bucket = store.split('.').next().unwrap_or("BUCKET").to_owned();
    let (region, partition) = (case.region(), case.partition());
    let summary =
        format!("{store} denies the layers: the S3 endpoint's policy does not let ECR's own signer read {bucket}");
    let draft = Draft::error(Stage::LayerBytes, "the policy of the S3 VPC endpoint", summary)
        .cite(denied.iter().map(|(observation, _)| *observation))
        .fix(Fix::fill_in(
            "read the policy of the S3 endpoint",
            format!("aws ec2 describe-vpc-endpoints --region {region} --filters Name=vpc-id,Values=VPC_ID Name=service-name,Values=com.amazonaws.{region}.s3 --query 'VpcEndpoints[].[VpcEndpointId,PolicyDocument]' --output text"),
        ))
        .fix(Fix::advice(format!(
            "add a statement of its own for the layer bucket, with no condition, since the URL is signed by a role of ECR's and not by yours: {{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:{partition}:s3:::{bucket}/*\"}}"
        )));
    vec![match &first.denial {
        Some(denial) if denial.layer == PolicyLayer::VpcEndpoint && denial.explicit => {
            draft.proven("S3 says that a VPC endpoint policy explicitly denies it").or(&["VPE-06"])
        }
        Some(denial) if denial.layer == PolicyLayer::VpcEndpoint => {
            draft.proven("S3 says that no VPC endpoint policy allows it").or(&["VPE-05", "VPE-08"])
        }
        _ => draft
            .likely("the URL was just issued and signed by ECR, so the refusal comes from a policy on the way")
            .or(&["VPE-05", "VPE-06", "KMS-01"]),
    }]
}

fn wrong_bytes(case: &Case<'_>) -> Vec<Draft> {
    let wrong: Vec<_> = bytes(case)
        .into_iter()
        .filter_map(|(observation, outcome)| {
            let what = match outcome {
                LayerBytesOutcome::DigestMismatch { actual, .. } => format!("they hash to {actual}"),
                LayerBytesOutcome::LengthMismatch { expected, received } => {
                    format!("{received} bytes came where the manifest says {expected}")
                }
                // A body that ends before its Content-Length.
                LayerBytesOutcome::Broken { received, cause: NoAnswer::Closed | NoAnswer::Malformed { .. } } => {
                    format!("the flow ended after {received} bytes")
                }
                _ => return None,
            };
            Some((observation, what))
        })
        .collect();
    let Some((first, what)) = wrong.first() else { return Vec::new() };
    let digest = first.subject.as_deref().unwrap_or("a layer");
    let summary = format!("the bytes of {digest} are not those of the layer: {what}");
    vec![
        Draft::error(Stage::LayerBytes, format!("the path to {}", host(&wrong)), summary)
            .proven("every byte was counted and hashed as it came")
            .cite(wrong.iter().map(|(observation, _)| *observation))
            .fix(Fix::advice("take proxies, caches and inspectors out of the path to the layer store: an S3 gateway endpoint leads past them"))
            .fix(Fix::advice("if it happens without any, push the image again and check from another subnet")),
    ]
}

fn odd_redirect(case: &Case<'_>) -> Vec<Draft> {
    let mut odd: Vec<(&Observation, &String)> = case.acts(|act| match act {
        Act::LayerUrl(LayerUrlOutcome::BadRedirect { reason }) => Some(reason),
        Act::LayerBytes(LayerBytesOutcome::BadRedirect { reason }) => Some(reason),
        _ => None,
    });
    odd.sort_by_key(|(observation, _)| observation.id);
    let Some((_, reason)) = odd.first() else { return Vec::new() };
    let host = host(&odd);
    vec![
        Draft::error(
            Stage::LayerUrl,
            host.clone(),
            format!("{host} redirects in a way that must not be followed: {reason}"),
        )
        .proven("ECR redirects once, to an https URL on its layer store")
        .cite(odd.iter().map(|(observation, _)| *observation))
        .fix(Fix::advice("find the mirror or proxy that answers in the registry's place, and take it out of the path")),
    ]
}

fn store_error(case: &Case<'_>) -> Vec<Draft> {
    let errors = rejected(case, |it| it.status >= 500 && !super::throttled::is_slow_down(it));
    let Some((_, first)) = errors.first() else { return Vec::new() };
    let store = host(&errors);
    let id = first.request_id.as_deref().map(|id| format!(" (request id {id})")).unwrap_or_default();
    let summary = format!("{store} answers HTTP {} for the layers{id}", first.status);
    vec![
        Draft::error(Stage::LayerBytes, store, summary)
            .likely("the way there and the URL are good, and the store itself fails")
            .cite(errors.iter().map(|(observation, _)| *observation))
            .fix(Fix::advice("wait and check again; look at the AWS Health Dashboard for S3 in this Region, and give AWS Support the request id")),
    ]
}
