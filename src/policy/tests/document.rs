use super::*;

#[test]
fn documents_are_read_as_leniently_as_aws_takes_them() {
    for text in [
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["a:B"], "Resource": ["*"]}]}"#,
        r#"{"Statement": {"Effect": "allow", "Action": "a:B", "Resource": "*"}, "Id": "x"}"#,
        r#"{"version": "2008-10-17", "STATEMENT": [{"EFFECT": "Deny", "notAction": "a:B", "NotResource": "*"}]}"#,
        r#"{"Statement": [{"Sid": "", "Effect": "Allow", "Principal": {"AWS": ["1", "2"], "Service": "s"}, "Action": "*"}]}"#,
        r#"{"Statement": [{"Effect": "Allow", "NotPrincipal": "*", "Action": "*", "Condition": {"Bool": {"a:b": true}}}]}"#,
        r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Condition": {"NumericEquals": {"a:b": [1, 2.5]}, "Null": {}}}]}"#,
        r#"{"Statement": []}"#,
    ] {
        assert!(Document::parse(text).is_ok(), "{text}: {:?}", Document::parse(text));
    }
}

#[test]
fn what_aws_would_not_keep_is_malformed() {
    let statement = |elements: &str| format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "*", {elements}}}}}"#);
    for (text, malformed) in [
        (String::new(), "Json"),
        ("null".to_owned(), "Element"),
        ("[]".to_owned(), "Element"),
        ("{}".to_owned(), "Element"),
        (r#"{"Version": "2020-01-01", "Statement": []}"#.to_owned(), "Element"),
        (r#"{"Statement": "Allow"}"#.to_owned(), "Element"),
        (r#"{"Statement": [1]}"#.to_owned(), "Element"),
        (r#"{"Statement": [{"Effect": "Permit", "Action": "*"}]}"#.to_owned(), "Element"),
        (r#"{"Statement": [{"Effect": "Allow"}]}"#.to_owned(), "Element"),
        (r#"{"Statement": [], "Statement": []}"#.to_owned(), "Json"),
        (r#"{"Statement": [], "statement": []}"#.to_owned(), "Element"),
        (statement(r#""NotAction": "*""#), "Element"),
        (statement(r#""Principal": "somebody""#), "Element"),
        (statement(r#""Principal": ["*"]"#), "Element"),
        (statement(r#""Resource": {"a": "b"}"#), "Element"),
        (statement(r#""Condition": {"Bool": "x"}"#), "Element"),
        (statement(r#""Condition": ["x"]"#), "Element"),
        (statement(r#""Conditions": {}"#), "Element"),
        ("[".repeat(10_000), "Json"),
        (format!(r#"{{"Statement": [], "Id": "{}"}}"#, "x".repeat(LARGEST)), "TooLarge"),
        (format!(r#"{{"Statement": [{}0]}}"#, "0,".repeat(MOST_STATEMENTS)), "TooMany"),
    ] {
        let error = Document::parse(&text).expect_err(&text);
        let start = text.chars().take(60).collect::<String>();
        assert!(format!("{error:?}").starts_with(malformed), "{start}: {error:?}");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn encoded_documents_are_decoded_first() {
    let encoded =
        "%7B%22Statement%22%3A%7B%22Sid%22%3A%22A%22%2C%22Effect%22%3A%22Deny%22%2C%22Action%22%3A%22%2A%22%7D%7D";
    let document = Document::parse_encoded(encoded).expect("it is a document");
    assert_eq!(document.statements[0].sid.as_deref(), Some("A"));
    assert!(document.only_denies());
    assert_eq!(Document::parse_encoded("%7"), Err(Malformed::Encoding));
    assert_eq!(Document::parse_encoded(&"%20".repeat(LARGEST + 1)), Err(Malformed::TooLarge));
}

#[test]
fn statements_keep_what_was_written() {
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["ECR:Get*", "a:B"],
        "NotResource": "arn:${x:y}", "Principal": {"AWS": "*", "Federated": "f", "CanonicalUser": "c"},
        "Condition": {"StringLike": {"aws:SourceVpc": ["vpc-*", 5]}}}}"#;
    let document = Document::parse(text).expect("it is a document");
    let statement = &document.statements[0];
    assert_eq!(statement.actions().collect::<Vec<_>>(), ["ECR:Get*", "a:B"]);
    assert_eq!(statement.resources().collect::<Vec<_>>(), ["arn:${x:y}"]);
    let principals = statement.principals.as_ref().expect("it has some");
    assert_eq!(principals.as_written(), ["*", "an identity provider", "c"]);
    assert_eq!(statement.conditions[0].wanted().collect::<Vec<_>>(), ["vpc-*", "5"]);
    assert!(!document.only_denies());
}
