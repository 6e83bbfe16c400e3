//! References, good and bad.

use proptest::prelude::*;

use super::*;

const HASH: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn parsed(text: &str) -> Reference {
    Reference::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn problem(text: &str) -> Problem {
    match Reference::parse(text) {
        Err(error) => error.problem,
        Ok(reference) => panic!("{reference:?}"),
    }
}

#[test]
fn references_are_taken_apart() {
    let ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    for (text, host, port, repository, selector) in [
        ("nginx".to_owned(), "docker.io", 443, "library/nginx", "latest"),
        ("nginx:1.27".to_owned(), "docker.io", 443, "library/nginx", "1.27"),
        ("tryretool/backend:2.110.5".to_owned(), "docker.io", 443, "tryretool/backend", "2.110.5"),
        ("docker.io/nginx".to_owned(), "docker.io", 443, "library/nginx", "latest"),
        ("index.docker.io/library/nginx".to_owned(), "docker.io", 443, "library/nginx", "latest"),
        ("localhost/app".to_owned(), "localhost", 443, "app", "latest"),
        ("localhost:5000/app:v1".to_owned(), "localhost", 5000, "app", "v1"),
        ("localhost:5000".to_owned(), "docker.io", 443, "library/localhost", "5000"),
        ("[::1]:5000/app".to_owned(), "[::1]", 5000, "app", "latest"),
        ("[2001:db8::1]/app:x".to_owned(), "[2001:db8::1]", 443, "app", "x"),
        ("198.51.100.7:8443/a/b/c".to_owned(), "198.51.100.7", 8443, "a/b/c", "latest"),
        ("Registry.Example.COM/team/app:V1".to_owned(), "registry.example.com", 443, "team/app", "V1"),
        (format!("{ecr}/a.b/c_d/e__f/g---h:_x.Y-1"), ecr, 443, "a.b/c_d/e__f/g---h", "_x.Y-1"),
        (format!("{ecr}/app@{HASH}"), ecr, 443, "app", HASH),
        (format!("{ecr}/app:1.0@{HASH}"), ecr, 443, "app", HASH),
        (format!("{ecr}:8443/app"), ecr, 8443, "app", "latest"),
        ("public.ecr.aws/docker/library/alpine:3".to_owned(), "public.ecr.aws", 443, "docker/library/alpine", "3"),
    ] {
        let reference = parsed(&text);
        assert_eq!((reference.host.as_str(), reference.port), (host, port), "{text}");
        assert_eq!((reference.repository.as_str(), reference.selector().as_str()), (repository, selector), "{text}");
        assert_eq!(reference.text, text);
    }
}

#[test]
fn tags_and_digests_are_kept_apart() {
    let both = parsed(&format!("ghcr.io/a/b:v1@{HASH}"));
    assert_eq!(both.tag.as_deref(), Some("v1"));
    assert_eq!(both.selector_text(), format!("v1@{HASH}"));
    let digest = parsed(&format!("ghcr.io/a/b@{HASH}"));
    assert_eq!((digest.tag.as_deref(), digest.selector_text().as_str()), (None, HASH));
    assert_eq!(parsed("ghcr.io/a/b").selector_text(), "latest");
}

#[test]
fn docker_hub_is_contacted_under_its_other_name() {
    for text in ["nginx", "docker.io/a/b", "index.docker.io/nginx", "registry-1.docker.io/library/nginx"] {
        let reference = parsed(text);
        assert_eq!((reference.contact_host(), &reference.registry), ("registry-1.docker.io", &Registry::DockerHub));
    }
    assert_eq!(parsed("ghcr.io/a/b").contact_host(), "ghcr.io");
}

#[test]
fn a_mistyped_host_is_a_reference_all_the_same() {
    let outcome = |text: &str| parsed(text).outcome();
    assert!(matches!(
        outcome("12345678901.dkr.ecr.eu-west-1.amazonaws.com/app"),
        ReferenceOutcome::MalformedEcrHost { .. }
    ));
    assert!(matches!(
        outcome("123456789012.DKR.ecr.eu-west-1.Amazonawss.com/app"),
        ReferenceOutcome::Lookalike { registrable: true, .. }
    ));
    assert!(matches!(
        outcome("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app"),
        ReferenceOutcome::Ecr { region_known: true, .. }
    ));
}

#[test]
fn what_is_no_reference_is_told_why() {
    let long_tag = format!("app:{}", "a".repeat(129));
    let long_path = format!("ghcr.io/{}", "a".repeat(256));
    let long_label = format!("{}.example.com/app", "a".repeat(64));
    let long = "a".repeat(1025);
    for (text, expected) in [
        ("", Problem::Empty),
        (long.as_str(), Problem::TooLong),
        ("https://ghcr.io/a/b", Problem::Url),
        ("docker://nginx", Problem::Url),
        ("oci:///tmp/x", Problem::Url),
        (" nginx", Problem::Whitespace),
        ("nginx\n", Problem::Whitespace),
        ("ng\u{0}inx", Problem::Whitespace),
        ("ng\u{a0}inx", Problem::Whitespace),
        ("nginx:🚀", Problem::NotAscii),
        ("ngınx", Problem::NotAscii),
        ("Nginx", Problem::UpperCase),
        ("team/MyApp", Problem::UpperCase),
        ("ghcr.io/Team/app", Problem::UpperCase),
        (".dkr.ecr.ca-central-1.amazonaws.com/app:1", Problem::EmptyAccount),
        (".dkr-ecr.ca-central-1.on.aws/app:1", Problem::EmptyAccount),
        ("123456789012.dkr.ecr..amazonaws.com/app:1", Problem::EmptyRegion),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", Problem::NoRepository),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com:1.0", Problem::NoRepository),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/", Problem::NoRepository),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/:1.0", Problem::NoRepository),
        ("public.ecr.aws", Problem::NoRepository),
        ("-a.example.com/app", Problem::Host),
        ("a..example.com/app", Problem::Host),
        ("a_b.example.com/app", Problem::Host),
        ("example.com./app", Problem::Host),
        ("[::g]/app", Problem::Host),
        (long_label.as_str(), Problem::Host),
        ("ghcr.io:0/app", Problem::Port),
        ("ghcr.io:65536/app", Problem::Port),
        ("ghcr.io:x/app", Problem::Port),
        ("ghcr.io:/app", Problem::Port),
        ("ghcr.io:+1/app", Problem::Port),
        ("a:b/c", Problem::Port),
        ("/app", Problem::Path),
        ("ghcr.io//app", Problem::Path),
        ("ghcr.io/app/", Problem::Path),
        ("ghcr.io/a..b", Problem::Path),
        ("ghcr.io/a___b", Problem::Path),
        ("ghcr.io/-a", Problem::Path),
        ("ghcr.io/a-", Problem::Path),
        ("ghcr.io/a._b", Problem::Path),
        ("../../etc/passwd", Problem::Host),
        ("$(id)", Problem::Path),
        ("--help", Problem::Path),
        (":tag", Problem::Path),
        (long_path.as_str(), Problem::NameTooLong),
        ("app:", Problem::Tag),
        ("app:.x", Problem::Tag),
        ("app:-x", Problem::Tag),
        ("app:a+b", Problem::Tag),
        (long_tag.as_str(), Problem::Tag),
    ] {
        assert_eq!(problem(text), expected, "{text:?}");
    }
    for text in ["app@", "app@latest", "app@sha256:abc", "app@md5:d41d8cd98f00b204e9800998ecf8427e", "app@@"] {
        assert!(matches!(problem(text), Problem::Digest(_)), "{text:?}");
    }
}

#[test]
fn an_error_is_one_line_that_names_the_value() {
    for text in ["", "https://ghcr.io/a/b", "app@sha256:abc", "a b", "x\n\u{1b}[31my", &"é".repeat(400)] {
        let line = Reference::parse(text).unwrap_err().to_string();
        assert!(line.starts_with("image reference \""), "{line}");
        assert!(!line.chars().any(char::is_control), "{line}");
        assert!(line.chars().count() < 260, "{line}");
        assert!(line.contains(": ") || line.contains("; "), "{line}");
    }
    assert_eq!(
        Reference::parse("https://ghcr.io/a/b").unwrap_err().to_string(),
        "image reference \"https://ghcr.io/a/b\" is a URL: leave out the scheme, as in HOST/REPOSITORY:TAG"
    );
}

proptest! {
    #[test]
    fn parsing_never_panics(text in ".{0,120}|[a-z0-9.:/@_-]{0,60}") {
        if let Err(error) = Reference::parse(&text) {
            prop_assert!(!error.to_string().contains('\n'));
        }
    }

    #[test]
    fn what_is_parsed_can_be_written_and_parsed_again(text in "[a-z]{1,5}[.][a-z]{2,3}(:[1-9][0-9]{0,3})?(/[a-z0-9]{1,5}){1,3}(:[a-z0-9]{1,5})?") {
        let reference = parsed(&text);
        let written = format!("{}:{}/{}:{}", reference.host, reference.port, reference.repository, reference.selector());
        let again = parsed(&written);
        prop_assert_eq!((again.host, again.port, again.repository), (reference.host, reference.port, reference.repository));
    }
}
