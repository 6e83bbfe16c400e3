//! What is read out of texts.

use super::*;

fn read(text: &str) -> Parsed {
    Parsed::read(text, &Ranges::embedded(), &[])
}

#[test]
fn the_dialled_address_is_no_name_servers() {
    let text = "dial tcp: lookup api.ecr.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host";
    assert_eq!(read(text).address, None);
    let text = "Post \"https://api.ecr.us-east-1.amazonaws.com/\": dial tcp 172.40.1.94:443: i/o timeout";
    let parsed = read(text);
    assert_eq!(parsed.address_class(), Some(AddressClass::Elsewhere));
    assert_eq!(parsed.hosts.len(), 1);
    assert!(parsed.hosts[0].contacted);
}

/// The tables of [`host`] and [`whole`].
#[test]
fn hosts_are_told_from_other_words() {
    let names = |text: &str| {
        let host = |host: &Host| (host.name.clone(), host.kind, host.contacted);
        read(text).hosts.iter().map(host).collect::<Vec<_>>()
    };
    let api = |contacted| ("api.ecr.eu-west-1.amazonaws.com".to_owned(), HostKind::Api, contacted);
    assert_eq!(names("Get \"https://api.ecr.eu-west-1.amazonaws.com/\": dial tcp"), [api(true)]);
    assert_eq!(
        names("dial tcp: lookup ghcr.io on 10.0.0.2:53"),
        [("ghcr.io".to_owned(), HostKind::OtherRegistry, true)]
    );
    let registry = "1.dkr.ecr.eu-west-1.amazonaws.com";
    assert_eq!(names(&format!("ref {registry}/app:v1")), [(registry.to_owned(), HostKind::Registry, false)]);
    for other in ["pulling mirror/docker.io/library/nginx", "the app.log is full"] {
        assert_eq!(names(other), [], "{other}");
    }
    assert_eq!(names("https://api.ecr.eu-west-1.amazona ws.com/\": dial"), [api(true), api(false)]);
    assert!(!names("https://ghcr.example said no").iter().any(|(name, _, _)| name.contains("said")));
}

#[test]
fn what_people_and_programs_put_around_a_host_is_none_of_it() {
    let kinds = |text: &str| read(text).hosts.iter().map(|it| (it.kind, it.contacted)).collect::<Vec<_>>();
    let registry = |contacted| vec![(HostKind::Registry, contacted)];
    assert_eq!(kinds("Get https://\"account\".dkr.ecr.\"region\".amazonaws.com/v2/: EOF"), registry(true));
    assert_eq!(kinds("Get https://[account].dkr.ecr.[region].amazonaws.com/v2/: EOF"), registry(true));
    assert_eq!(kinds("Get \"https://%2A%2A%2A.dkr.ecr.eu-west-1.amazonaws.com/v2/\": EOF"), registry(true));
    assert_eq!(kinds("pull ...9012.dkr.ecr.eu-west-1.amazonaws.com/app: EOF"), registry(false));
    assert_eq!(kinds("com.amazonaws.SdkClientException: com.amazonaws.services.ecr.a: EOF"), []);
    let hub = vec![(HostKind::DockerHub, true)];
    assert_eq!(kinds("x509: certificate is valid for *.example.com, not registry-1.docker.io"), hub);
    assert_eq!(kinds("java.net.UnknownHostException: registry-1.docker.io"), hub);
    assert_eq!(kinds("it is not registry-1.docker.io"), [(HostKind::DockerHub, false)]);
}

#[test]
fn a_field_for_the_host_is_containerds_alone() {
    let error = "error=\"no basic auth credentials\" host=";
    let hosts = |text: &str| read(text).hosts.iter().map(|it| (it.name.clone(), it.contacted)).collect::<Vec<_>>();
    assert_eq!(hosts(&format!("msg=\"trying next host\" {error}10.0.1.5:5000")), [("10.0.1.5".to_owned(), true)]);
    assert_eq!(hosts(&format!("msg=\"pull failed\" {error}web01.example.com")), []);
}

#[test]
fn pages_to_read_are_no_hosts_that_were_asked() {
    let names = |text: &str| read(text).hosts.len();
    assert_eq!(names("See https://docs.docker.com/engine/reference/commandline/login/"), 0);
    assert_eq!(names("Get \"https://docs.example.com/v2/\": dial tcp"), 1);
    assert_eq!(names("ref docs.example.com/app:1"), 1);
}

#[test]
fn the_registry_is_that_of_the_line_that_failed() {
    let kinds = |text: &str| read(text).hosts.iter().map(|it| it.kind).collect::<Vec<_>>();
    let login = "docker login 123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    let pull = "Error response from daemon: Head \"https://ghcr.io/v2/a/b/manifests/1\": denied: denied";
    assert_eq!(kinds(&format!("{login}\n{pull}")), [HostKind::OtherRegistry]);
    assert_eq!(kinds(&format!("{login}\nno basic auth credentials")), [HostKind::Registry]);
}

#[test]
fn a_name_that_is_cut_at_the_end_is_the_one_from_before() {
    let registry = "411058145986.dkr.ecr.eu-central-1.amazonaws.com";
    for cut in ["4110", "411058145986.dk", "411058145986.dkr.", "411058145986.dkr.ec", registry] {
        let parsed = read(&format!("ref {registry}/a:1: unexpected status from HEAD request to https://{cut}"));
        let hosts: Vec<_> = parsed.hosts.iter().map(|it| (it.name.as_str(), it.contacted)).collect();
        assert_eq!(hosts, [(registry, false), (registry, true)], "{cut}");
    }
}

#[test]
fn statuses_are_those_of_the_server() {
    assert_eq!(read("API error (500): Get https://x").statuses, [0_u16; 0]);
    assert_eq!(read("API error (404): repository x").statuses, [404]);
    assert_eq!(read("https response error StatusCode: 400, RequestID: x").statuses, [400]);
    assert_eq!(read("failed with status code [manifests latest]: 403 Forbidden").statuses, [403]);
    assert_eq!(read("arn:aws:iam::123456789012 not found").statuses, [0_u16; 0]);
}

#[test]
fn a_status_is_read_without_the_end_of_its_words() {
    let statuses = |text: &str| read(text).statuses;
    let url = "https://ghcr.io/v2/a/manifests/1";
    assert_eq!(statuses(&format!("unexpected status from HEAD request to {url}: 429 T")), [429]);
    assert_eq!(statuses(&format!("unexpected status code {url}: 403 Forb")), [403]);
    assert!(statuses(&format!("unexpected status code {url}: 42")).is_empty());
    assert_eq!(statuses("GET failed; expected status {200} but got 403: Forbidden"), [403]);
}

#[test]
fn operations_and_tries_are_read() {
    let text = "service call has been retried 3 time(s): operation error ECR: GetAuthorizationToken, exceeded";
    assert_eq!(read(text).operation.as_deref(), Some("GetAuthorizationToken"));
    assert_eq!(read(text).tries, Some(3));
}

#[test]
fn a_registry_may_be_masked_whole() {
    let kinds = |text: &str| read(text).hosts.iter().map(|host| host.kind).collect::<Vec<_>>();
    for text in [
        "Get \"https://xxxxxxxxxxxx.amazonaws.com/v2/\": net/http: TLS handshake timeout",
        "Get \"https://[REDACTED].amazonaws.com/v2/\": net/http: TLS handshake timeout",
        "failed to pull redacted.amazonaws.com/app:1",
    ] {
        assert_eq!(kinds(text), [HostKind::Registry], "{text}");
    }
    assert_eq!(kinds("Get \"https://xxx.amazonaws.com/v3/\": EOF"), [HostKind::OtherService]);
    assert_eq!(kinds("Get \"https://xxx.execute-api.eu-west-1.amazonaws.com/v2/\": EOF"), [HostKind::OtherService]);
}

#[test]
fn what_was_pushed_is_beside_what_was_pulled() {
    let names = |text: &str| read(text).hosts.iter().map(|host| host.name.clone()).collect::<Vec<_>>();
    assert_eq!(names("failed to resolve ref \"ghcr.io/a/b:1\": EOF. I did docker push quay.io/a/b:1"), ["ghcr.io"]);
    assert_eq!(names("docker push quay.io/a/b:1: EOF"), ["quay.io"]);
}
