//! How a function learns whether its tasks have a public address.

use ecr_probe::config::Asked;

/// What the event and the environment come to.
fn assigned(event: &str, variable: Option<&str>) -> Result<Option<bool>, String> {
    let lookup = |name: &str| match name {
        "AWS_LAMBDA_FUNCTION_NAME" => Some("ecr-probe-a".to_owned()),
        "ECR_PROBE_IMAGES" => Some("nginx".to_owned()),
        "ECR_PROBE_ASSIGN_PUBLIC_IP" => variable.map(str::to_owned),
        _ => None,
    };
    match Asked::read(event.as_bytes(), &lookup, None) {
        Ok(Asked::Check(settings)) => Ok(settings.environment.assign_public_ip),
        Ok(other) => panic!("{other:?}"),
        Err(wrong) => Err(wrong.to_string()),
    }
}

#[test]
fn the_event_says_it_before_the_environment() {
    assert_eq!(assigned("{}", None), Ok(None));
    assert_eq!(assigned("{}", Some("ENABLED")), Ok(Some(true)));
    for (value, expected) in [("true", true), ("false", false), ("\"ENABLED\"", true), ("\"DISABLED\"", false)] {
        let event = format!("{{\"assign_public_ip\": {value}}}");
        for variable in [None, Some("ENABLED"), Some("DISABLED")] {
            assert_eq!(assigned(&event, variable), Ok(Some(expected)), "{event} {variable:?}");
        }
    }
}

#[test]
fn another_value_is_an_error_that_names_it() {
    for value in ["\"yes\"", "1", "null", "[true]"] {
        let wrong = assigned(&format!("{{\"assign_public_ip\": {value}}}"), None).unwrap_err();
        assert!(wrong.contains("assign_public_ip"), "{wrong}");
    }
    let wrong = assigned("{}", Some("maybe")).unwrap_err();
    assert!(wrong.starts_with("ECR_PROBE_ASSIGN_PUBLIC_IP") && wrong.contains("maybe"), "{wrong}");
}
