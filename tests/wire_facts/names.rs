//! Names, and what answers behind them.

use ecr_probe::aws::EcrHost;
use ecr_probe::diagnose::{Case, diagnose};
use ecr_probe::image::Reference;
use ecr_probe::model::Role;
use ecr_probe::model::outcome::HandshakeOutcome;
use sim::names::{Family, Question, Says, answer};

use super::*;

const IMPOSSIBLE: [&str; 3] = [
    "None.dkr.ecr.eu-west-1.amazonaws.com",
    "1234-5678-9012.dkr.ecr.eu-west-1.amazonaws.com",
    "12345678901.dkr.ecr.eu-west-1.amazonaws.com",
];

#[test]
fn any_account_resolves_and_an_impossible_one_is_400() {
    let nat = world("[vpc]\nnat = true\ninterface_endpoints = []");
    let server = nat.vpc.name_servers()[0];
    for host in IMPOSSIBLE {
        let says = answer(&nat, Question { server, host, family: Family::A, turn: 0 });
        assert!(matches!(&says, Says::Records(records) if records.addresses.len() == 2), "{host}: {says:?}");
        assert_eq!(ask(&services(""), "GET", host, "/v2/", Some(&login())).status, 400, "{host}");
        // It takes no packet to tell.
        let report = report(&format!("[image]\nreference = \"{host}/scheduled-file-writer:v1\""));
        assert_eq!(codes(&report), ["DNS-05"], "{host}");
        assert!(report.evidence.iter().all(|it| it.target.is_none()), "{host}: something was asked");
    }
}

/// The issuing authority changes, and its number with it: what counts is whose it is.
#[test]
fn an_authority_of_amazons_is_known_by_its_organisation() {
    let codes = |issuer: &str| -> Vec<&str> {
        let report = healthy("");
        let mut evidence = report.evidence;
        for observation in &mut evidence.observations {
            if let Act::Handshake(HandshakeOutcome::Completed { certificate: Some(certificate), .. }) =
                &mut observation.act
            {
                certificate.issuer = issuer.to_owned();
            }
        }
        diagnose(&Case::new(&evidence, &report.vantage)).findings.iter().map(|finding| finding.code.id()).collect()
    };
    for amazons in [
        "CN=Amazon RSA 2048 M01,O=Amazon,C=US",
        "CN=Amazon RSA 2048 M03,O=Amazon,C=US",
        "CN=Amazon ECDSA 256 M04,O=Amazon,C=US",
        "CN=Amazon,OU=Server CA 1B,O=Amazon,C=US",
        "CN=DigiCert Baltimore CA-2 G2,OU=www.digicert.com,O=DigiCert Inc,C=US",
    ] {
        assert_eq!(codes(amazons), [""; 0], "{amazons}");
    }
    assert_eq!(codes("CN=Example TLS Inspection CA,O=Example Corp,C=US"), ["TLS-01"]);
}

#[test]
fn the_apis_fips_endpoint_goes_by_two_names() {
    let services = services("");
    let region = "us-east-1";
    for host in [format!("ecr-fips.{region}.amazonaws.com"), format!("api.ecr-fips.{region}.amazonaws.com")] {
        assert_eq!(sim::aws::host(services.world(), &host).role, Role::EcrApi, "{host}");
    }
}

#[test]
fn an_account_of_twelve_digits_that_nobody_has_is_told_by_the_registry_alone() {
    let reference = "999999999999.dkr.ecr.eu-west-1.amazonaws.com/scheduled-file-writer:v1";
    let host = EcrHost::parse("999999999999.dkr.ecr.eu-west-1.amazonaws.com");
    assert!(host.is_some() && Reference::parse(reference).is_ok());
    let unknown = ask(&services(""), "GET", "999999999999.dkr.ecr.eu-west-1.amazonaws.com", "/v2/", None);
    assert_eq!(unknown.status, 401);
    assert_eq!(codes(&report(&format!("[image]\nreference = \"{reference}\""))), ["IMG-01"]);
}
