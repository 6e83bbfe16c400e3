use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Concrete actions of each form in [`ACTIONS`], and what they are not about.
const ASKED: [&str; 14] = [
    "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchCheckLayerAvailability",
    "ecr-public:GetAuthorizationToken",
    "s3:GetObject",
    "s3:GetBucketLocation",
    "logs:CreateLogStream",
    "logs:CreateLogGroup",
    "logs:PutLogEvents",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameters",
    "kms:Decrypt",
    "sts:AssumeRole",
];

/// IAM's wildcards, written the slow way.
fn fits(pattern: &[u8], action: &[u8]) -> bool {
    match (pattern.first(), action.first()) {
        (Some(b'*'), _) => fits(&pattern[1..], action) || !action.is_empty() && fits(pattern, &action[1..]),
        (Some(b'?'), Some(_)) => fits(&pattern[1..], &action[1..]),
        (Some(one), Some(other)) if one.eq_ignore_ascii_case(other) => fits(&pattern[1..], &action[1..]),
        (None, None) => true,
        _ => false,
    }
}

/// The names of the statements that match an action.
fn matching(document: &Value, action: &str) -> Vec<String> {
    let list = |value: &Value| -> Option<Vec<String>> {
        match value {
            Value::String(one) => Some(vec![one.clone()]),
            Value::Array(all) => Some(all.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            _ => None,
        }
    };
    let any = |patterns: Vec<String>| patterns.iter().any(|it| fits(it.as_bytes(), action.as_bytes()));
    let statements = match &document["Statement"] {
        Value::Array(all) => all.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    let matches = |it: &&Value| match (list(&it["Action"]), list(&it["NotAction"])) {
        (Some(named), _) => any(named),
        (None, Some(left_out)) => !any(left_out),
        (None, None) => false,
    };
    statements.iter().filter(matches).map(|it| it["Sid"].as_str().unwrap_or_default().to_owned()).collect()
}

fn same_for_all(document: &Value) {
    let short: Value = serde_json::from_str(&excerpt(&document.to_string())).expect("it is JSON");
    for action in ASKED {
        assert_eq!(matching(&short, action), matching(document, action), "{action}: {document}");
    }
}

#[test]
fn what_cannot_match_is_left_out() {
    let statement = |actions: Value| json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
    let policy = |statements: Vec<Value>| json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    for (actions, stays) in [
        (json!("ecr:BatchGetImage"), true),
        (json!(["ec2:*", "ECR:get*"]), true),
        (json!("*"), true),
        (json!("e?r:*"), true),
        (json!("*:Describe*"), true), // ecr:DescribeImages is an action of ECR.
        (json!("s3:*"), true),
        (json!("s3:Get*"), true),
        (json!("s3:Put*"), false),
        (json!("logs:PutRetentionPolicy"), true),
        (json!("logs:DescribeLogGroups"), false),
        (json!("kms:GenerateDataKey*"), false),
        (json!("ssm:GetParameter"), false),
        (json!(["ec2:*", "ecs:*", "iam:PassRole"]), false),
        (json!([]), false),
        (json!(7), true),
        (json!([7]), true),
    ] {
        let kept = excerpt(&policy(vec![statement(actions.clone())]));
        let expected = if stays { policy(vec![statement(actions.clone())]) } else { policy(vec![]) };
        assert_eq!(kept, expected, "{actions}");
    }
}

#[test]
fn what_is_left_out_by_not_action_counts() {
    for (left_out, stays) in [
        (json!("iam:*"), true),
        (json!("ecr:*"), true),
        (json!("*"), false),
        (json!(["ecr*", "s3:*", "logs:*", "secretsmanager:*", "ssm:*", "kms:*", "sts:*"]), false),
        (json!(["ecr*", "s3:*", "logs:Put*", "secretsmanager:*", "ssm:*", "kms:*", "sts:*"]), true),
    ] {
        let document = json!({"Statement": {"Sid": "a", "Effect": "Deny", "NotAction": left_out, "Resource": "*"}});
        let kept: Value = serde_json::from_str(&excerpt(&document.to_string())).unwrap();
        assert_eq!(kept == document, stays, "{document}");
        same_for_all(&document);
    }
}

#[test]
fn statements_stand_as_they_were() {
    let document = r#"{"Id":"x","Statement":[{"Action":"ecr:*","Condition":{"StringEquals":{"aws:SourceVpce":["vpce-1"]}},"Effect":"Deny","NotPrincipal":{"AWS":"*"},"NotResource":"a"}],"Version":"2008-10-17"}"#;
    assert_eq!(excerpt(document), document);
}

#[test]
fn what_is_no_policy_stays_unreadable() {
    for text in ["", "not JSON", "[1]", "null", "{\"Statement\":", "\"text\""] {
        assert_eq!(excerpt(text), text);
    }
    let long = format!("{{}}{}x", " ".repeat(40_000));
    assert!(excerpt(&long).len() < 33_000);
    assert!(serde_json::from_str::<Value>(&excerpt(&long)).is_err());
}

/// Patterns near the actions: cut, with other case, with wildcards.
fn pattern() -> impl Strategy<Value = String> {
    let action = prop::sample::select(ASKED.iter().chain(&["ec2:RunInstances", "s3:PutObject"]).collect::<Vec<_>>());
    (action, prop::collection::vec((0usize..40, prop::sample::select(vec!["*", "?", "", "e", ":"])), 0..4)).prop_map(
        |(action, edits)| {
            let mut text: Vec<String> = action.chars().map(String::from).collect();
            for (at, with) in edits {
                let at = at % text.len();
                text[at] = with.to_owned();
            }
            text.concat()
        },
    )
}

proptest! {
    #[test]
    fn evaluation_stays_the_same(
        statements in prop::collection::vec((prop::collection::vec(pattern(), 0..4), any::<bool>()), 0..6)
    ) {
        let statements: Vec<Value> = statements
            .into_iter()
            .enumerate()
            .map(|(at, (patterns, negated))| {
                let key = if negated { "NotAction" } else { "Action" };
                json!({"Sid": at.to_string(), key: patterns, "Effect": "Allow", "Resource": "*"})
            })
            .collect();
        same_for_all(&json!({"Statement": statements}));
    }

    #[test]
    fn reading_never_panics(text in ".{0,200}") {
        excerpt(&text);
        meet(&text, "ecr:*");
        covers(&text, "ecr:*");
    }

    #[test]
    fn patterns_that_meet_have_an_action(one in "[a*?]{0,6}", other in "[a*?]{0,6}") {
        // Over one letter, a pattern's words are known by their lengths.
        let length = |pattern: &str| (pattern.chars().filter(|it| *it != '*').count(), pattern.contains('*'));
        let ((a, more_a), (b, more_b)) = (length(&one), length(&other));
        let expected = match (more_a, more_b) {
            (true, true) => true,
            (true, false) => a <= b,
            (false, true) => b <= a,
            (false, false) => a == b,
        };
        prop_assert_eq!(meet(&one, &other), expected);
        prop_assert_eq!(meet(&other, &one), expected);
    }
}
