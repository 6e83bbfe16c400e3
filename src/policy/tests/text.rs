use super::super::request::{Role, Who};
use super::*;

fn resolved(raw: &str, variables: bool, wildcards: bool) -> String {
    let request = Request::new(Who::Role(Role::of("arn:aws:iam::111122223333:role/r")), "ecr:BatchGetImage", "*")
        .with("aws:PrincipalTag/team", Key::is("red"))
        .with("aws:PrincipalTag/star", Key::is("a*"))
        .with("aws:TagKeys", Key::Is(vec!["a".to_owned(), "b".to_owned()]))
        .with("aws:username", Key::Absent)
        .with("aws:SourceVpc", Key::like("vpc-*", &[]));
    let text = Text::read(raw, Syntax { variables, wildcards });
    assert_eq!(text.as_written(), raw);
    match text.resolve(&request) {
        Resolved::To(pattern) => {
            let written = |token: &Token| match token {
                Token::Char(char) => char.to_string(),
                Token::One => "(one)".to_owned(),
                Token::Many | Token::Within => "(many)".to_owned(),
            };
            pattern.0.iter().map(written).collect()
        }
        Resolved::Nothing => "nothing".to_owned(),
        Resolved::Unknown(key) => format!("unknown {key}"),
    }
}

#[test]
fn variables_are_replaced_where_they_are_known() {
    for (raw, text) in [
        ("a-${aws:PrincipalTag/team}-?*", "a-red-(one)(many)"),
        ("${AWS:principaltag/TEAM}", "red"),
        ("${*}${?}${$}", "*?$"),
        ("${aws:username, 'anybody'}/x", "anybody/x"),
        ("${aws:PrincipalTag/team, 'anybody'}", "red"),
        ("${aws:username}", "nothing"),
        ("${aws:TagKeys}", "unknown aws:tagkeys"),
        ("${aws:SourceVpc}", "unknown aws:sourcevpc"),
        ("${aws:SourceIp, '1'}", "unknown aws:sourceip"),
        ("${aws:PrincipalTag/star}", "unknown aws:principaltag/star"),
        ("${open", "${open"),
        ("$", "$"),
    ] {
        assert_eq!(resolved(raw, true, true), text, "{raw}");
    }
}

#[test]
fn without_them_they_are_text() {
    assert_eq!(resolved("${aws:PrincipalTag/team}*", false, true), "${aws:PrincipalTag/team}(many)");
    assert_eq!(resolved("${*}", false, true), "${(many)}");
    assert_eq!(resolved("a*?${*}", true, false), "a*?*");
    assert_eq!(resolved("${aws:PrincipalTag/star}", true, false), "a*");
}

#[test]
fn variables_before_the_resource_of_an_arn_are_seen() {
    let is_misplaced = |raw| Text::read(raw, Syntax { variables: true, wildcards: true }).has_misplaced_variable();
    assert!(is_misplaced("arn:aws:ecr:eu-west-1:${aws:PrincipalAccount}:repository/a"));
    assert!(!is_misplaced("arn:aws:ecr:eu-west-1:111122223333:repository/${aws:username}"));
    assert!(!is_misplaced("arn:aws:ecr:eu-west-1:111122223333:repository/a"));
}

#[test]
fn actions_ignore_case_and_have_no_variables() {
    let action = Text::action("ECR:Batch*${aws:username}");
    assert_eq!(action.as_written(), "ECR:Batch*${aws:username}");
    assert!(action.fixed().is_some_and(|pattern| pattern.matches("ecr:batchgetimage${aws:username}")));
}
