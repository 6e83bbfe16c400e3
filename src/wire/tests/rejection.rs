//! Error bodies of every form, whole and cut.

use proptest::prelude::*;

use super::*;
use crate::model::outcome::PolicyLayer;

fn reply(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Reply { status, headers, body: body.into() }
}

/// Code and message of a body with a content type that says nothing.
fn said(body: &str) -> (Option<String>, Option<String>) {
    let rejection = rejection(&reply(400, &[("Content-Type", "application/octet-stream")], body), 0);
    (rejection.code, rejection.message)
}

fn pair(code: &str, message: &str) -> (Option<String>, Option<String>) {
    let present = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (present(code), present(message))
}

const S3: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>User: \
    arn:aws:sts::812812325446:assumed-role/storage-access-role-prod-us-west-2/x is not authorized to perform: \
    s3:GetObject on resource: &quot;arn:aws:s3:::prod-us-west-2-starport-layer-bucket/a&quot; because no VPC endpoint \
    policy allows the s3:GetObject action</Message><RequestId>REQ1</RequestId><HostId>aG9zdA==</HostId></Error>";

#[test]
fn the_envelope_of_a_registry_is_read() {
    for (body, expected) in [
        (
            r#"{"errors":[{"code":"NAME_UNKNOWN","message":"The repository with name 'x' does not exist"}]}"#,
            pair("NAME_UNKNOWN", "The repository with name 'x' does not exist"),
        ),
        (
            "\u{feff} {\"errors\":[{\"code\":\"DENIED\",\"message\":\"\",\"detail\":\"why\"},{\"code\":\"X\"}]}\n",
            pair("DENIED", "why"),
        ),
        (r#"{"errors":[{"code":"DENIED","message":null,"detail":{"a":[1]}}]}"#, pair("DENIED", "")),
        (r#"{"errors":[{"code":7,"message":{}}]}"#, pair("", "")),
        (r#"{"errors":[],"message":"m"}"#, pair("", "m")),
        (r#"{"errors":"x"}"#, pair("", "")),
    ] {
        assert_eq!(said(body), expected, "{body}");
    }
}

#[test]
fn the_errors_of_aws_are_read() {
    for (body, expected) in [
        (
            r#"{"__type":"com.amazonaws.ecr#RepositoryNotFoundException:http://x/","message":"no"}"#,
            pair("RepositoryNotFoundException", "no"),
        ),
        (r#"{"__type":"ThrottlingException","Message":"Rate exceeded"}"#, pair("ThrottlingException", "Rate exceeded")),
        (r#"{"code":"InvalidIdInRequest","message":"m","HTTPErrorCode":400}"#, pair("InvalidIdInRequest", "m")),
        (r#"{"message":"Missing Authentication Token"}"#, pair("", "Missing Authentication Token")),
    ] {
        assert_eq!(said(body), expected, "{body}");
    }
}

#[test]
fn a_code_only_in_the_headers_is_read() {
    for (name, value) in [
        ("x-amzn-ErrorType", "AccessDeniedException:http://internal.amazon.com/coral/"),
        ("x-amzn-errortype", "com.amazonaws.ecr#AccessDeniedException"),
        ("X-Amzn-Query-Error", "AccessDeniedException;Sender"),
    ] {
        assert_eq!(rejection(&reply(400, &[(name, value)], ""), 0).code.as_deref(), Some("AccessDeniedException"));
    }
}

#[test]
fn the_xml_of_s3_is_read() {
    let rejection = rejection(&reply(403, &[("x-amz-request-id", ""), ("Server", "AmazonS3")], S3), 0);
    assert_eq!(rejection.code.as_deref(), Some("AccessDenied"));
    assert!(rejection.message.as_deref().is_some_and(|text| text.contains("\"arn:aws:s3:::prod-us-west-2")));
    assert_eq!(rejection.server.as_deref(), Some("AmazonS3"));
    assert_eq!(rejection.content_type, None);
    let denial = rejection.denial.unwrap();
    assert_eq!((denial.layer, denial.action.as_str()), (PolicyLayer::VpcEndpoint, "s3:GetObject"));
    assert_eq!(denial.resource.as_deref(), Some("arn:aws:s3:::prod-us-west-2-starport-layer-bucket/a"));
}

#[test]
fn other_shapes_of_xml_are_read() {
    for (body, expected) in [
        (
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
             <Code>ExpiredToken</Code><Message>expired</Message></Error><RequestId>r</RequestId></ErrorResponse>",
            pair("ExpiredToken", "expired"),
        ),
        (
            "<!-- c --><s:Error xmlns:s=\"x\"><s:Code> SlowDown </s:Code><s:Message><![CDATA[a <b>]]> &amp; &#99;</s:Message>\
             </s:Error>",
            pair("SlowDown", "a <b> & c"),
        ),
        ("<Error><Code/><Message></Message></Error>", pair("", "")),
        ("<Error><Code>A</Code><Code>B</Code></Error>", pair("A", "")),
        ("<Error><Deep><Code>A</Code></Deep><Message>a & b &unknown; c</Message></Error>", pair("", "a & b c")),
        ("<ListBucketResult><Code>A</Code><Message>secret</Message></ListBucketResult>", pair("", "")),
        ("<Error></Wrong><Code>A</Code>", pair("", "")),
        ("<", pair("", "")),
    ] {
        assert_eq!(said(body), expected, "{body}");
    }
}

#[test]
fn the_secret_elements_of_s3_are_never_read() {
    let body = "<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match\
        </Message><AWSAccessKeyId>AKIASECRET</AWSAccessKeyId><StringToSign>AWS4-HMAC-SECRET</StringToSign>\
        <SignatureProvided>SECRET</SignatureProvided><CanonicalRequest>GET SECRET</CanonicalRequest>\
        <RequestId>R</RequestId></Error>";
    for end in 0..=body.len() {
        let rejection = rejection(&reply(403, &[], &body[..end]), 0);
        assert!(!format!("{rejection:?}").contains("SECRET"), "{end}: {rejection:?}");
    }
    assert_eq!(rejection(&reply(403, &[], body), 0).request_id.as_deref(), Some("R"));
}

#[test]
fn html_gives_its_title_and_no_code() {
    for (body, expected) in [
        ("<!DOCTYPE html><html><head><TITLE >\n 407 Proxy </TITLE></head><body><Error><Code>A</Code>", "407 Proxy"),
        ("<html><body>Blocked by policy</body></html>", ""),
        ("<html><title>cut in the ti", "cut in the ti"),
        ("<html><title", ""),
        ("<html><title>", ""),
    ] {
        assert_eq!(said(body), pair("", expected), "{body}");
    }
    assert_eq!(said(&format!("<html><title>{}", "é".repeat(900))).1.map(|title| title.chars().count()), Some(200));
}

#[test]
fn plain_text_gives_its_beginning() {
    assert_eq!(said("404 page\n not\tfound\u{1b}[0m"), pair("", "404 page not found [0m"));
    assert_eq!(said(&"a".repeat(10_000)).1.map(|text| text.len()), Some(200));
    assert_eq!(said(""), pair("", ""));
    assert_eq!(said("[1,2]"), pair("", "[1,2]"));
    assert_eq!(said("see https://x/?X-Amz-Signature=secret"), pair("", "see https://x/?…"));
    let binary = rejection(&reply(500, &[], [0xff, 0xfe, 0x00, 0x41].as_slice()), 0);
    assert!(binary.message.is_some_and(|text| !text.contains('\0')));
}

#[test]
fn the_headers_are_read_and_cut() {
    let long = "s".repeat(500);
    let headers = [
        ("Content-Type", "Text/HTML; charset=utf-8"),
        ("Server", long.as_str()),
        ("Date", "Mon, 23 Nov 2026 14:00:00 GMT"),
        ("x-amzn-RequestId", "24460c33-1d7d"),
    ];
    let rejection = rejection(&reply(502, &headers, ""), 1_795_442_400 + 600);
    assert_eq!(rejection.status, 502);
    assert_eq!(rejection.content_type.as_deref(), Some("text/html"));
    assert_eq!(rejection.server.map(|server| server.len()), Some(100));
    assert_eq!(rejection.clock_offset_s, Some(-600));
    assert_eq!(rejection.request_id.as_deref(), Some("24460c33-1d7d"));
}

#[test]
fn a_cut_anywhere_keeps_what_is_whole() {
    for end in 0..=S3.len() {
        let rejection = rejection(&reply(403, &[], &S3[..end]), 0);
        assert!(rejection.code.is_none_or(|code| code == "AccessDenied"), "{end}");
        assert!(rejection.request_id.is_none_or(|id| id == "REQ1"), "{end}");
        if end > S3.find("on resource").unwrap() {
            assert_eq!(rejection.denial.map(|denial| denial.action).as_deref(), Some("s3:GetObject"), "{end}");
        }
    }
    let json = r#"{"__type":"AccessDeniedException","message":"User: a is not authorized to perform: ecr:BatchGetImage on resource: * because no VPC endpoint policy allows the ecr:BatchGetImage action"}"#;
    for end in 0..json.len() {
        let rejection = rejection(&reply(400, &[], &json[..end]), 0);
        assert_eq!(rejection.code, None);
        if end > json.find("policy").unwrap() {
            assert_eq!(rejection.denial.map(|denial| denial.layer), Some(PolicyLayer::VpcEndpoint), "{end}");
        }
    }
}

#[test]
fn a_body_beyond_the_bound_is_cut() {
    let json = format!("{{\"message\":\"{}\"}}", "a".repeat(READ));
    assert_eq!(said(&json).1.map(|text| text.chars().count()), Some(1024));
    let deep = "<a>".repeat(READ);
    assert_eq!(said(&deep), pair("", ""));
    assert_eq!(said(&"{\"a\":".repeat(READ)).0, None);
}

proptest! {
    #[test]
    fn reading_never_panics(body in proptest::collection::vec(any::<u8>(), 0..300), first in "[<{\\[ ]?") {
        let mut bytes = first.into_bytes();
        bytes.extend(body);
        rejection(&reply(500, &[("date", "x")], bytes), i64::MAX);
    }

    #[test]
    fn a_changed_byte_never_panics(position in 0..S3.len(), byte in any::<u8>()) {
        let mut body = S3.as_bytes().to_vec();
        body[position] = byte;
        rejection(&reply(403, &[], body), 0);
    }

    #[test]
    fn markup_never_panics(body in "<[a-zA-Z<>/&;!\\[\\]\"' =-]{0,200}") {
        said(&body);
    }
}
