//! Certificates that are not what a client of AWS must see: TLS-01, TLS-03 to TLS-06.

use super::words;
use crate::diagnose::{Case, Draft, Need, Rule};
use crate::model::outcome::{Certificate, HandshakeOutcome};
use crate::model::{Act, Code, Fix, Observation, Stage, Target};

macro_rules! rule {
    ($id:ident, $code:literal, $name:literal, $judge:ident) => {
        pub static $id: Rule = Rule {
            code: Code($code),
            name: $name,
            page: include_str!(concat!("../../../docs/codes/", $code, ".md")),
            need: Need::Handshakes,
            judge: $judge,
        };
    };
}

rule!(TLS_01, "TLS-01", "tls-intercepted", intercepted);
rule!(TLS_03, "TLS-03", "certificate-for-another-name", another_name);
rule!(TLS_04, "TLS-04", "ca-bundle-outdated", old_bundle);
rule!(TLS_05, "TLS-05", "server-certificate-malformed", malformed);
rule!(TLS_06, "TLS-06", "certificate-not-in-validity", out_of_validity);

/// Organisations that certify, or have certified, AWS's endpoints.
const AMAZON_ISSUERS: [&str; 4] = ["amazon", "starfield", "digicert", "baltimore"];

type Shake<'e> = (&'e Observation, &'e Target, &'e HandshakeOutcome);

fn handshakes<'e>(case: &Case<'e>) -> Vec<Shake<'e>> {
    let shakes = case.acts(|act| match act {
        Act::Handshake(outcome) => Some(outcome),
        _ => None,
    });
    shakes.into_iter().filter_map(|(it, outcome)| Some((it, it.target.as_ref()?, outcome))).collect()
}

/// Handshakes that `fits` takes, gathered under one subject.
fn gather<'e>(case: &Case<'e>, fits: impl Fn(&Target, &HandshakeOutcome) -> bool) -> Vec<Shake<'e>> {
    handshakes(case).into_iter().filter(|(_, target, outcome)| fits(target, outcome)).collect()
}

fn names(shakes: &[Shake<'_>]) -> String {
    words::list(shakes.iter().map(|(_, target, _)| target.to_string()))
}

fn from_amazon(certificate: &Certificate) -> bool {
    let issuer = certificate.issuer.to_ascii_lowercase();
    AMAZON_ISSUERS.iter().any(|name| issuer.contains(name))
}

fn issuer(shakes: &[Shake<'_>]) -> String {
    let first = shakes.iter().find_map(|(_, _, outcome)| outcome.certificate());
    first.map_or_else(|| "an unknown issuer".to_owned(), |certificate| format!("\"{}\"", certificate.issuer))
}

fn intercepted(case: &Case<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let unknown = gather(case, |_, outcome| {
        matches!(outcome, HandshakeOutcome::UnknownIssuer { certificate }
            if !certificate.as_ref().is_some_and(|it| from_amazon(it) && !it.self_signed))
    });
    if !unknown.is_empty() {
        let (names, issuer) = (names(&unknown), issuer(&unknown));
        let self_signed = unknown.iter().all(|(_, _, outcome)| outcome.certificate().is_some_and(|it| it.self_signed));
        let summary = match self_signed {
            true => format!("{names} answers with a self-signed certificate, {issuer}, that no client trusts"),
            false => {
                format!("{names} is intercepted: its certificate is issued by {issuer}, which is not trusted here")
            }
        };
        drafts.push(
            Draft::error(Stage::Tls, names, summary)
                .proven("the certificate that arrived is neither from an authority that is trusted nor from one that AWS uses")
                .cite(unknown.iter().map(|(observation, ..)| *observation))
                .fix(Fix::advice("exempt the ECR and S3 names from TLS inspection in the proxy or firewall (bypass by SNI)"))
                .fix(Fix::advice("or keep the traffic off that path: VPC endpoints for ecr.api, ecr.dkr and S3"))
                .fix(Fix::advice("on hosts of your own that must pass the inspector, add its CA to the container runtime; Fargate takes none")),
        );
    }
    let inspected = gather(case, |target, outcome| {
        target.role.is_aws()
            && matches!(outcome, HandshakeOutcome::Completed { certificate: Some(it), .. } if !from_amazon(it))
    });
    if !inspected.is_empty() {
        let (names, issuer) = (names(&inspected), issuer(&inspected));
        let summary = format!("{names} is inspected: the probe trusts {issuer}, which is not an authority of Amazon's");
        drafts.push(
            Draft::warning(Stage::Tls, names, summary)
                .likely(
                    "the chain verifies with the roots given here; the Fargate agent has its own and will refuse it",
                )
                .cite(inspected.iter().map(|(observation, ..)| *observation))
                .fix(Fix::advice("exempt the ECR and S3 names from TLS inspection, or use VPC endpoints")),
        );
    }
    drafts
}

fn old_bundle(case: &Case<'_>) -> Vec<Draft> {
    let unknown = gather(case, |target, outcome| {
        target.role.is_aws()
            && matches!(outcome, HandshakeOutcome::UnknownIssuer { certificate: Some(it) } if from_amazon(it) && !it.self_signed)
    });
    if unknown.is_empty() {
        return Vec::new();
    }
    let (names, issuer) = (names(&unknown), issuer(&unknown));
    let summary = format!(
        "the certificate of {names} is Amazon's own, from {issuer}, but the CA bundle here does not know its root"
    );
    vec![
        Draft::error(Stage::Tls, "the CA bundle of this machine or image", summary)
            .likely("the issuer carries the name of an authority that AWS uses, so the bundle is old or incomplete")
            .cite(unknown.iter().map(|(observation, ..)| *observation))
            .or(&["TLS-01"])
            .fix(Fix::advice(
                "update the ca-certificates package, or the base image, and drop an old AWS_CA_BUNDLE or SSL_CERT_FILE",
            ))
            .fix(Fix::fill_in(
                "see which chain arrives",
                "openssl s_client -connect HOST:443 -servername HOST -showcerts </dev/null",
            )),
    ]
}

fn another_name(case: &Case<'_>) -> Vec<Draft> {
    let wrong = gather(case, |_, outcome| matches!(outcome, HandshakeOutcome::NameMismatch { .. }));
    if wrong.is_empty() {
        return Vec::new();
    }
    let host_names = names(&wrong);
    let presented =
        words::list(wrong.iter().filter_map(|(_, _, outcome)| outcome.certificate()).flat_map(|it| &it.names).take(4));
    let addresses = words::list(wrong.iter().filter_map(|(it, ..)| it.address).map(|address| address.to_string()));
    let summary = match presented.is_empty() {
        true => format!("{addresses} is not {host_names}: its certificate is for another name"),
        false => format!("{addresses} is not {host_names}: its certificate is for {presented}"),
    };
    vec![
        Draft::error(Stage::Tls, format!("{addresses} ({host_names})"), summary)
            .proven("the name is not among those of a certificate that is otherwise good: DNS leads to somebody else")
            .cite(wrong.iter().map(|(observation, ..)| *observation))
            .or(&["DNS-08"])
            .fix(Fix::fill_in(
                "find the record that points there: a private hosted zone that shadows AWS's names",
                format!("aws route53 list-hosted-zones-by-vpc --vpc-id VPC_ID --vpc-region {}", case.region()),
            ))
            .fix(Fix::advice(
                "use the service's own name with the endpoint's private DNS, never a vpce-… name or a copied address",
            )),
    ]
}

fn malformed(case: &Case<'_>) -> Vec<Draft> {
    let bad = gather(case, |_, outcome| matches!(outcome, HandshakeOutcome::BadCertificate { .. }));
    if bad.is_empty() {
        return Vec::new();
    }
    let host_names = names(&bad);
    let why = bad.iter().find_map(|(_, _, outcome)| match outcome {
        HandshakeOutcome::BadCertificate { reason, .. } => Some(reason.as_str()),
        _ => None,
    });
    let summary =
        format!("{host_names} presents a certificate that no client takes: {}", why.unwrap_or("it is malformed"));
    vec![
        Draft::error(Stage::Tls, host_names, summary)
            .proven("the certificate itself was refused, before the question who issued it")
            .cite(bad.iter().map(|(observation, ..)| *observation))
            .fix(Fix::advice(
                "reissue the certificate of the mirror or proxy with a subject alternative name and server usage",
            )),
    ]
}

fn out_of_validity(case: &Case<'_>) -> Vec<Draft> {
    let stale = gather(case, |_, outcome| {
        matches!(outcome, HandshakeOutcome::Expired { .. } | HandshakeOutcome::NotYetValid { .. })
    });
    let Some((_, _, first)) = stale.first() else { return Vec::new() };
    let host_names = names(&stale);
    let summary = match first {
        HandshakeOutcome::Expired { certificate: Some(it), now } => {
            format!("the certificate of {host_names} expired at {} (the clock here says {now})", it.not_after)
        }
        HandshakeOutcome::NotYetValid { certificate: Some(it), now } => {
            format!("the certificate of {host_names} is not valid before {} (the clock here says {now})", it.not_before)
        }
        _ => format!("the certificate of {host_names} is outside its validity"),
    };
    vec![
        Draft::error(Stage::Tls, host_names, summary)
            .likely("the server's certificate and the clock here disagree; AWS renews its own long before they end")
            .cite(stale.iter().map(|(observation, ..)| *observation))
            .or(&["CLK-01"])
            .fix(Fix::advice("renew the certificate of the mirror, proxy or inspector that answers there"))
            .fix(Fix::ready("make sure that the clock is right", "date -u")),
    ]
}
