//! Where things are: Regions, endpoints of one's own, the file of a report.

use super::{is_usage_error, probe, stderr, stdout};

/// The same words for the option and for the variable that stands in for it, which is named.
#[test]
fn an_option_and_its_variable_are_read_alike() {
    let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1";
    for (option, variable, value, says) in [
        ("--output", "ECR_PROBE_OUTPUT", "yaml", "take text, json, html, markdown or junit"),
        ("--metrics", "ECR_PROBE_METRICS", "graphite", "take off, emf, put or both"),
        ("--pull", "ECR_PROBE_PULL", "half", "take none, reach or verify"),
        ("--platform", "ECR_PROBE_PLATFORM", "pdp11", ""),
        ("--execution-role", "ECR_PROBE_EXECUTION_ROLE", "$(x)", "it takes the name of a role"),
    ] {
        is_usage_error(&["check", option, value, image], &[], &format!("{option} {value:?}: {says}"));
        is_usage_error(&["check", image], &[(variable, value)], &format!("{variable} {value:?}: {says}"));
        let help = stdout(&probe(["check", "--help"], &[]));
        assert!(help.contains(&format!("[env: {variable}]")), "{help}");
    }
    is_usage_error(
        &["judge", "/no/such/file", "--output", "yaml"],
        &[],
        "--output \"yaml\": take text, json, html, markdown or junit",
    );
    is_usage_error(&["explain", "x"], &[("ECR_PROBE_OUTPUT", "yaml")], "ECR_PROBE_OUTPUT \"yaml\"");
    is_usage_error(&["watch", image, "--interval", "often"], &[], "--interval \"often\": not a duration");
    is_usage_error(&["check", "--timeout", "5\ns", image], &[], "not a duration");
}

#[test]
fn a_region_becomes_part_of_no_other_host() {
    let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1";
    is_usage_error(&["check", "--region", "x.evil.example/#", image], &[], "--region \"x.evil.example/#\"");
    is_usage_error(&["check", image], &[("AWS_REGION", "x.evil.example/#")], "AWS_REGION \"x.evil.example/#\"");
    is_usage_error(&["check", image], &[("AWS_DEFAULT_REGION", "a b")], "AWS_DEFAULT_REGION \"a b\"");
}

#[test]
fn a_service_is_in_a_region() {
    for services in ["logs", "kms,logs"] {
        is_usage_error(&["check", "--also", services, "nginx:1.27"], &[], "--region or AWS_REGION");
    }
}

#[test]
fn a_policy_that_allows_nothing_is_none() {
    for images in [&["nginx"][..], &["public.ecr.aws/nginx/nginx:1.27", "registry.example.com/app"]] {
        let output = probe([&["plan", "--policy"][..], images].concat(), &[]);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), ""));
        assert!(stderr(&output).contains("nothing to allow"), "{}", stderr(&output));
    }
    let output = probe(["plan", "--policy", "--metrics", "put", "nginx"], &[]);
    assert!(stdout(&output).contains("cloudwatch:PutMetricData"), "{}", stdout(&output));
}

/// A reader finds the old file or the new one, and nobody's link leads the report elsewhere.
#[test]
fn a_report_is_saved_whole_and_through_no_link() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (elsewhere, saved) = (folder.path().join("elsewhere"), folder.path().join("report"));
    std::fs::write(&elsewhere, "theirs").expect("it can be written");
    std::os::unix::fs::symlink(&elsewhere, &saved).expect("it can be linked");
    let image = "123456789012.dkr.ecr.eu-west-1.amazonawss.com/app:v1";
    let output = probe(["check", "--save", saved.to_str().expect("it is text"), image], &[]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(std::fs::read_to_string(&elsewhere).expect("it is there"), "theirs");
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&saved).expect("it is there")).expect("it is whole");
    assert_eq!(report["diagnoses"][0]["code"], "DNS-06");
    assert!(!saved.is_symlink() && std::fs::read_dir(folder.path()).expect("a folder").count() == 2);
}

/// An emulator on this machine, in plain HTTP, which gives out a token.
#[test]
fn an_emulator_on_this_machine_is_asked_without_tls() {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("it is bound").port();
    std::thread::spawn(move || {
        let token = r#"{"authorizationData":[{"authorizationToken":"QVdTOnRva2Vu","expiresAt":4102444800}]}"#;
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 8192];
            // A connection that only shows that something listens sends nothing.
            if stream.read(&mut request).unwrap_or_default() == 0 {
                continue;
            }
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\n\r\n",
                token.len()
            );
            let _ = stream.write_all((head + token).as_bytes());
        }
    });
    let url = format!("http://localhost:{port}");
    let environment =
        [("AWS_ENDPOINT_URL_ECR", &*url), ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "x")];
    let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1";
    let arguments =
        ["check", "--output", "json", "--timeout", "500ms", "--budget", "5s", "--dns-server", "127.0.0.1:9", image];
    let output = probe(arguments, &environment);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("stdout is one JSON object");
    let evidence = report["evidence"].as_array().expect("a list");
    let token = evidence.iter().find(|it| it["check"] == "token").unwrap_or_else(|| panic!("{report:#}"));
    assert_eq!(token["outcome"]["result"], "issued", "{token:#}");
    assert_eq!(token["target"]["plain_http"], true, "{token:#}");
    assert!(!evidence.iter().any(|it| it["check"] == "handshake" && it["target"] == token["target"]), "{report:#}");
}

/// It is nothing to them where the API is, and nothing is sent.
#[test]
fn commands_that_call_nothing_take_any_endpoint_url() {
    let plain = [("AWS_ENDPOINT_URL", "http://ecr.example:4566")];
    let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1";
    let output = probe(["plan", image], &plain);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let hosts = stdout(&output);
    assert!(hosts.contains("ecr.example") && hosts.contains("TCP 4566"), "{hosts}");
    assert_eq!(probe(["explain", "SG-01"], &plain).status.code(), Some(0));
}
