//! Hosts: ECR's, nearly ECR's and other people's.

use proptest::prelude::*;

use super::*;

fn malformed(host: &str) -> (String, Option<String>) {
    match Registry::of(host) {
        Registry::MalformedEcr { problem, nearest } => (problem, nearest),
        other => panic!("{host}: {other:?}"),
    }
}

#[test]
fn the_registries_are_told_apart() {
    assert!(matches!(Registry::of("123456789012.dkr.ecr.eu-west-1.amazonaws.com"), Registry::Ecr(_)));
    assert!(matches!(Registry::of("123456789012.dkr-ecr.eu-west-1.on.aws"), Registry::Ecr(_)));
    assert_eq!(Registry::of("public.ecr.aws"), Registry::PublicEcr);
    assert_eq!(Registry::of("ecr-public.aws.com"), Registry::PublicEcr);
    assert_eq!(Registry::of("docker.io"), Registry::DockerHub);
    assert_eq!(Registry::of("registry-1.docker.io"), Registry::DockerHub);
}

#[test]
fn other_peoples_registries_are_left_alone() {
    for host in [
        "ghcr.io",
        "quay.io",
        "gcr.io",
        "eu.gcr.io",
        "europe-west1-docker.pkg.dev",
        "mcr.microsoft.com",
        "myregistry.azurecr.io",
        "registry.gitlab.com",
        "registry.k8s.io",
        "nvcr.io",
        "lscr.io",
        "docker.elastic.co",
        "registry.access.redhat.com",
        "artifactory.example.com",
        "registry.example.com",
        "ecr.example.com",
        "ecr",
        "ecr.internal",
        "dkr.example.com",
        "dkr.ecr.example.com",
        "ecr-mirror.corp.example.com",
        "registry.eu-west-1.example.com",
        "registry.amazon.com",
        "registry.aws.example.com",
        "registry.amazonas.com.br",
        "registry.amazonas.am.gov.br",
        "registry.amazons.com",
        "localhost",
        "10.0.0.1",
        "127.0.0.1",
        "[::1]",
        "kraken",
        "my-registry-123.us-east-1.elb.amazonaws.com",
        "ecr-proxy-123.us-east-1.elb.amazonaws.com",
        "ec2-203-0-113-9.compute-1.amazonaws.com",
        "abc.execute-api.us-east-1.amazonaws.com",
        "x.vpce-svc-1.eu-west-1.vpce.amazonaws.com",
        "registry.aws",
        "000000000000.dkr.ecr.us-east-1.localhost.localstack.cloud",
        "000000000000.dkr.ecr.us-east-1.localhost",
        "amazonaws.com",
    ] {
        assert_eq!(Registry::of(host), Registry::Other, "{host}");
    }
}

#[test]
fn a_malformed_host_is_told_what_is_wrong_and_what_was_meant() {
    let regular = Some("123456789012.dkr.ecr.eu-west-1.amazonaws.com");
    for (host, expected, nearest) in [
        ("12345678901.dkr.ecr.eu-west-1.amazonaws.com", "11 digits", None),
        ("1234567890123.dkr.ecr.eu-west-1.amazonaws.com", "13 digits", None),
        ("1234-5678-9012.dkr.ecr.eu-west-1.amazonaws.com", "not with 1234-5678-9012", regular),
        ("myteam.dkr.ecr.eu-west-1.amazonaws.com", "not with myteam", None),
        ("123456789012.drk.ecr.eu-west-1.amazonaws.com", "form", regular),
        ("123456789012.dkr.erc.eu-west-1.amazonaws.com", "form", regular),
        ("123456789012.dkrecr.eu-west-1.amazonaws.com", "form", regular),
        ("123456789012.ecr.eu-west-1.amazonaws.com", "form", regular),
        ("123456789012.dkr.eu-west-1.amazonaws.com", "form", regular),
        ("123456789012.eu-west-1.amazonaws.com", "form", regular),
        ("123456789012.dkr.eu-west-1.ecr.amazonaws.com", "form", regular),
        ("123456789012.ecr.dkr.eu-west-1.amazonaws.com", "form", regular),
        ("123456789012.dkr.ecr.amazonaws.com", "no Region", None),
        ("dkr.ecr.eu-west-1.amazonaws.com", "not with dkr", None),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com",
            "partition aws-cn",
            Some("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"),
        ),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.cn",
            "amazonaws.com.cn",
            Some("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"),
        ),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.eu", "(partition aws)", regular),
        ("123456789012.dkr-ecr.eu-west-1.onn.aws", "and on.aws", Some("123456789012.dkr-ecr.eu-west-1.on.aws")),
        (
            "123456789012.drk.ecr-fips.us-east-1.amazonaws.com",
            "form",
            Some("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com"),
        ),
        ("api.ecr.eu-west-1.amazonaws.com", "API", None),
        ("ecr.eu-west-1.api.aws", "API", None),
        ("public.ecr.eu-west-1.amazonaws.com", "one name", Some("public.ecr.aws")),
        ("vpce-0c2-abc.api.ecr.eu-west-1.vpce.amazonaws.com", "endpoint's own name", None),
        ("vpce-0c2-abc-eu-west-1a.dkr.ecr.eu-west-1.vpce.amazonaws.com", "endpoint's own name", None),
        ("123456789012.dkr.ecr.eu-west-1.vpce.amazonaws.com", "endpoint's own name", regular),
    ] {
        let (problem, suggestion) = malformed(host);
        assert!(problem.contains(expected), "{host}: {problem}");
        assert_eq!(suggestion.as_deref(), nearest, "{host}");
        if let Some(nearest) = suggestion {
            assert!(matches!(Registry::of(&nearest), Registry::Ecr(_) | Registry::PublicEcr), "{nearest}");
        }
    }
}

#[test]
fn a_lookalike_is_told_from_the_host_that_was_meant() {
    let regular = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    for (host, nearest, registrable) in [
        ("123456789012.dkr.ecr.eu-west-1.amazonawss.com", regular, true),
        ("123456789012.dkr.ecr.eu-west-1.amzonaws.com", regular, true),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.co", regular, true),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.org", regular, true),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.con", regular, false),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws", regular, false),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example.com", regular, true),
        ("123456789012.dkr.ecr.eu-west-1.internal", regular, false),
        ("123456789012.drk.ecr.eu-west-1.amazonawss.com", regular, true),
        ("1234-5678-9012.dkr.ecr.eu-west-1.amazonawss.com", regular, true),
        ("8xxxxxxxxxx0.dkr.ecr.us-west-2.amazonaws.commmmm", "8xxxxxxxxxx0.dkr.ecr.us-west-2.amazonaws.com", false),
        ("123456789012.dkr.ecr.cn-north-1.amazonawss.com.cn", "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", true),
        ("123456789012.dkr-ecr.eu-west-1.on.awss", "123456789012.dkr-ecr.eu-west-1.on.aws", false),
        ("123456789012.dkr-ecr.eu-west-1.on.aw", "123456789012.dkr-ecr.eu-west-1.on.aws", true),
        ("123456789012.dkr.ecr.example.com", "123456789012.dkr.ecr.REGION.amazonaws.com", true),
        ("registry.amazonawss.com", "registry.amazonaws.com", true),
        ("registry.amazonsaws.com.cn", "registry.amazonaws.com", true),
    ] {
        let expected = Registry::Lookalike { nearest: nearest.to_owned(), registrable };
        assert_eq!(Registry::of(host), expected, "{host}");
    }
}

#[test]
fn the_outcome_says_the_same() {
    assert_eq!(
        Registry::of("123456789012.dkr.ecr.eu-east-9.amazonaws.com").outcome(),
        ReferenceOutcome::Ecr {
            account: "123456789012".to_owned(),
            region: "eu-east-9".to_owned(),
            partition: "aws".to_owned(),
            region_known: false,
        }
    );
    assert!(Registry::of("1.dkr.ecr.eu-west-1.amazonaws.com").outcome().is_symptom());
    assert!(Registry::of("1.dkr.ecr.eu-west-1.amazonaws.co").outcome().is_symptom());
    for host in ["public.ecr.aws", "docker.io", "ghcr.io"] {
        assert!(!Registry::of(host).outcome().is_symptom());
    }
}

proptest! {
    #[test]
    fn classifying_never_panics(host in ".{0,60}|([a-z0-9-]{0,12}[.]){0,5}(dkr|ecr|dkr-ecr|amazonaw.?|eu-west-1|aws|com|on)([.](dkr|ecr|amazonaws|com|cn|aws|vpce)){0,4}") {
        Registry::of(&host).outcome();
    }

    #[test]
    fn one_slip_in_the_domain_is_caught(at in 0usize..9, letter in "[a-z]") {
        let mut domain = "amazonaws".to_owned();
        domain.replace_range(at..=at, &letter);
        let registry = Registry::of(&format!("123456789012.dkr.ecr.eu-west-1.{domain}.com"));
        let caught = match domain.as_str() {
            "amazonaws" => matches!(registry, Registry::Ecr(_)),
            _ => matches!(registry, Registry::Lookalike { registrable: true, .. }),
        };
        prop_assert!(caught);
    }
}
