//! Certificates that are not what a client of AWS must see: TLS-01, TLS-03 to TLS-06.

use super::tls::{Failed, drafts, handshakes};
use super::{commands, words};
use crate::diagnose::certificates::{from_amazon, wants_amazon};
use crate::diagnose::{Case, Draft, Need, addresses, clock};
use crate::model::outcome::{Certificate, HandshakeOutcome};
use crate::model::{Command, Fix, Stage};

rule!(TLS_01, "TLS-01", "tls-intercepted", Need::Handshakes, intercepted);
rule!(TLS_03, "TLS-03", "certificate-for-another-name", Need::Handshakes, another_name);
rule!(TLS_04, "TLS-04", "ca-bundle-outdated", Need::Handshakes, old_bundle);
rule!(TLS_05, "TLS-05", "server-certificate-malformed", Need::Handshakes, malformed);
rule!(TLS_06, "TLS-06", "certificate-not-in-validity", Need::Handshakes, out_of_validity);

/// The issuers, quoted.
fn issuers(failed: &Failed<'_>) -> String {
    let named = failed.outcomes().filter_map(HandshakeOutcome::certificate).map(|it| format!("\"{}\"", it.issuer));
    match words::list(named) {
        none if none.is_empty() => "an issuer that cannot be read".to_owned(),
        issuers => issuers,
    }
}

fn intercepted(case: &Case<'_>) -> Vec<Draft> {
    let strange = |it: &Certificate| !from_amazon(it);
    let unknown = handshakes(case, |_, outcome| match outcome {
        HandshakeOutcome::UnknownIssuer { certificate } => certificate.as_ref().is_none_or(strange),
        _ => false,
    });
    let mut found = drafts(case, unknown, untrusted);
    let inspected = handshakes(
        case,
        |target, outcome| matches!(outcome, HandshakeOutcome::Completed { certificate: Some(it), .. } if wants_amazon(target) && strange(it)),
    );
    if !inspected.is_empty() {
        let inspected = Failed { handshakes: inspected, partly: false };
        let (hosts, issuers) = (inspected.hosts(), issuers(&inspected));
        let summary =
            format!("TLS to {hosts} is intercepted: the certificate is issued by {issuers}, not by an Amazon CA");
        let draft = Draft::warning(Stage::Tls, hosts, summary)
            .likely("the CA bundle here knows that issuer; what pulls the image has a bundle of its own, and Fargate's cannot be given another CA")
            .fix(exempt())
            .fix(endpoints());
        found.push(inspected.cited_by(draft));
    }
    found
}

fn untrusted(failed: &Failed<'_>) -> Draft {
    let (who, issuers) = (failed.who(), issuers(failed));
    let self_signed = failed.outcomes().all(|outcome| outcome.certificate().is_some_and(|it| it.self_signed));
    let aws = failed.handshakes.iter().any(|handshake| wants_amazon(handshake.target));
    let summary = match (self_signed, aws) {
        (true, _) => format!("{who} shows a self-signed certificate, {issuers}, that no client trusts"),
        (false, true) => {
            format!("TLS to {who} is intercepted: the certificate is issued by {issuers}, not by an Amazon CA")
        }
        (false, false) => format!("{who} shows a certificate of {issuers}, which is not trusted here"),
    };
    let draft = Draft::error(Stage::Tls, who, summary);
    // An inspector signs with an authority of its own; a mirror or a stray address signs for itself.
    let draft = if self_signed { draft.or(&["DNS-08"]) } else { draft };
    if aws {
        draft
    .proven("the certificate that arrived is neither from an authority that is trusted here nor from one that AWS uses")
    .fix(exempt())
    .fix(endpoints())
    .fix(Fix::advice(
        "on hosts of your own that must pass the inspector, add its CA to the container runtime's bundle; Fargate takes none",
    ))
    } else {
        draft
    .likely("the chain ends at no root of the CA bundle here: an inspector, a private authority, or a bundle that lacks the root")
    .or(&["TLS-04"])
    .fix(failed.by_openssl("see which chain arrives", "-showcerts", None))
    .fix(Fix::advice(
        "if that authority is meant to be trusted, add its root to the container runtime's bundle, and to the probe's with --ca-bundle",
    ))
    }
}

fn exempt() -> Fix {
    Fix::advice("exempt the ECR and S3 names from TLS inspection in the proxy or firewall (bypass by SNI)")
}

fn endpoints() -> Fix {
    Fix::advice("or keep the traffic off that path: VPC endpoints for ecr.api, ecr.dkr and S3")
}

fn old_bundle(case: &Case<'_>) -> Vec<Draft> {
    let unknown = handshakes(
        case,
        |_, outcome| matches!(outcome, HandshakeOutcome::UnknownIssuer { certificate: Some(it) } if from_amazon(it)),
    );
    drafts(case, unknown, |failed| {
        let (who, issuers) = (failed.who(), issuers(failed));
        let summary = format!(
            "the CA bundle here lacks the root of {issuers}, an authority that AWS uses, which certifies {who}"
        );
        Draft::error(Stage::Tls, "the CA bundle of this machine or image", summary)
            .likely("the issuer's name is right and its chain leads to no root here, so the bundle is old or cut down")
            .or(&["TLS-01"])
            .fix(Fix::advice(
                "update the ca-certificates package or the base image, and drop an old --ca-bundle, AWS_CA_BUNDLE or SSL_CERT_FILE",
            ))
            .fix(failed.by_openssl("see which chain arrives, and whether its root is Amazon's", "-showcerts", None))
    })
}

fn another_name(case: &Case<'_>) -> Vec<Draft> {
    let wrong = handshakes(case, |_, outcome| matches!(outcome, HandshakeOutcome::NameMismatch { .. }));
    drafts(case, wrong, |failed| {
        let (places, hosts) = (failed.addresses(), failed.hosts());
        let certificates: Vec<&Certificate> = failed.outcomes().filter_map(HandshakeOutcome::certificate).collect();
        let names = words::list(certificates.iter().flat_map(|it| it.names.iter().take(2)).take(4));
        let is = failed.verb("is", "are");
        let summary = if names.is_empty() {
            format!("{places} {is} not {hosts}: the certificate there is for another name")
        } else {
            format!("{places} {is} not {hosts}: the certificate there is for {names}")
        };
        let aws = certificates.iter().all(|it| from_amazon(it));
        let draft =
            Draft::error(Stage::Tls, format!("{places} ({hosts})"), summary).cite(failed.answers(case)).or(&["DNS-08"]);
        let draft = if aws {
            draft.proven("the chain is good and the name is not among its names: the record or setting that leads there is wrong")
        } else {
            draft
        .likely("the chain is good and the name is not among its names: the record that leads there is wrong, or an inspector shows a name of its own")
        .or(&["TLS-01"])
        };
        draft
            .fix(Fix::run(
                "find the record that leads there: a private hosted zone that shadows AWS's names",
                &commands::hosted_zones(addresses::own_region(case)),
            ))
            .fix(Fix::advice(
                "use the service's own name with the endpoint's private DNS, never a vpce-… name or a copied address",
            ))
    })
}

fn malformed(case: &Case<'_>) -> Vec<Draft> {
    let bad = handshakes(case, |_, outcome| matches!(outcome, HandshakeOutcome::BadCertificate { .. }));
    drafts(case, bad, |failed| {
        let who = failed.who();
        let why = failed.outcomes().find_map(|outcome| match outcome {
            HandshakeOutcome::BadCertificate { reason, .. } => Some(reason.as_str()),
            _ => None,
        });
        let summary =
            format!("{who} shows a certificate that cannot be verified: {}", why.unwrap_or("it is malformed"));
        Draft::error(Stage::Tls, who, summary)
            .proven("the certificate itself is malformed, no matter who issued it")
            .fix(Fix::advice(
                "reissue the certificate of the mirror, proxy or inspector that answers there: X.509 v3, with a subject alternative name and for server use",
            ))
            .fix(failed.by_openssl("see the certificate", "", Some(Command::of("openssl x509 -noout -text"))))
    })
}

fn out_of_validity(case: &Case<'_>) -> Vec<Draft> {
    // Certificates of several hosts do not end together: CLK-01 speaks then.
    if clock::is_wrong_by_certificates(case) {
        return Vec::new();
    }
    let stale = handshakes(case, |_, outcome| {
        matches!(outcome, HandshakeOutcome::Expired { .. } | HandshakeOutcome::NotYetValid { .. })
    });
    drafts(case, stale, |failed| {
        let who = failed.who();
        let summary = match failed.outcomes().next() {
            Some(HandshakeOutcome::Expired { certificate: Some(it), now }) => {
                format!("the certificate of {who} expired at {}; the clock here says {now}", it.not_after)
            }
            Some(HandshakeOutcome::NotYetValid { certificate: Some(it), now }) => {
                format!("the certificate of {who} is not valid before {}; the clock here says {now}", it.not_before)
            }
            _ => format!("the certificate of {who} is outside its validity"),
        };
        let mut certificates = failed.outcomes().filter_map(HandshakeOutcome::certificate);
        let strange = certificates.any(|it| !from_amazon(it));
        let draft = Draft::error(Stage::Tls, who, summary);
        let draft = if clock::is_right(case) {
            draft.proven("AWS's answers agree with the clock here, so it is the certificate")
        } else {
            draft
                .likely("the certificate and the clock here disagree; AWS renews its own long before they end")
                .or(&["CLK-01"])
                .fix(Fix::run("make sure that the clock is right", &Command::of("date -u")))
        };
        let draft = if strange { draft.or(&["TLS-01"]) } else { draft.or(&["DNS-08"]) };
        draft
            .fix(failed.by_openssl(
                "see whose certificate it is",
                "",
                Some(Command::of("openssl x509 -noout -issuer -subject -dates")),
            ))
            .fix(Fix::advice("renew the certificate of the mirror, proxy or inspector that answers there, or take it out of the path"))
    })
}
