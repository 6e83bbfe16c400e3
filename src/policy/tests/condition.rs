use super::super::request::{Role, Who};
use super::*;
use Truth::{False, True, Unknown};

fn holds(operator: &str, wanted: &[&str], key: Key) -> Truth {
    let who = Who::Role(Role::of("arn:aws:iam::111122223333:role/r"));
    let request = Request::new(who, "ecr:BatchGetImage", "*").with("aws:Key", key);
    let wanted: Vec<String> = wanted.iter().map(|value| (*value).to_owned()).collect();
    Condition::new(operator, "AWS:key", &wanted, true).holds(&request).truth
}

fn many(values: &[&str]) -> Key {
    Key::Is(values.iter().map(|value| (*value).to_owned()).collect())
}

/// The guide's sentences on absent keys, one by one.
#[test]
fn an_absent_key_is_what_its_operator_says() {
    for (operator, truth) in [
        ("StringEquals", False),
        ("StringLike", False),
        ("StringNotEquals", True),
        ("StringNotLike", True),
        ("StringNotEqualsIgnoreCase", True),
        ("NumericNotEquals", True),
        ("NumericLessThan", False),
        ("DateNotEquals", True),
        ("DateGreaterThan", False),
        ("Bool", False),
        ("BinaryEquals", False),
        ("IpAddress", False),
        ("NotIpAddress", True),
        ("ArnLike", False),
        ("ArnNotLike", True),
        ("ArnNotEquals", True),
        ("StringEqualsIfExists", True),
        ("StringNotEqualsIfExists", True),
        ("IpAddressIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAllValues:StringNotEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", Unknown),
        ("StringMatches", Unknown),
    ] {
        assert_eq!(holds(operator, &["1"], Key::Absent), truth, "{operator}");
    }
}

#[test]
fn one_value_must_do_or_none_where_it_is_negated() {
    for (operator, wanted, key, truth) in [
        ("StringEquals", &["a", "b"][..], Key::is("b"), True),
        ("StringNotEquals", &["a", "b"], Key::is("b"), False),
        ("StringNotEquals", &["a", "b"], Key::is("c"), True),
        ("StringEquals", &["a*"], Key::is("ab"), False),
        ("StringLike", &["a*"], Key::is("ab"), True),
        ("StringEqualsIfExists", &["a"], Key::is("b"), False),
        ("StringEquals", &[], Key::is("b"), False),
        ("ForAllValues:StringLike", &["a*"], many(&["a1", "a2"]), True),
        ("ForAllValues:StringLike", &["a*"], many(&["a1", "b2"]), False),
        ("ForAnyValue:StringLike", &["a*"], many(&["a1", "b2"]), True),
        ("ForAnyValue:StringNotLike", &["a*"], many(&["a1", "b2"]), True),
        ("ForAllValues:StringNotLike", &["a*"], many(&["a1", "b2"]), False),
        ("StringLike", &["a*"], many(&["a1", "a2"]), Unknown),
        ("StringEquals", &["${aws:Key}"], Key::is("x"), True),
        ("StringEquals", &["${aws:None}"], Key::is("x"), Unknown),
    ] {
        assert_eq!(holds(operator, wanted, key), truth, "{operator} {wanted:?}");
    }
}

#[test]
fn null_asks_whether_the_key_is_there() {
    for (wanted, key, truth) in [
        (&["true"][..], Key::Absent, True),
        (&["false"], Key::Absent, False),
        (&["TRUE"], Key::is("x"), False),
        (&["false"], Key::is("x"), True),
        (&["true", "false"], Key::is("x"), True),
        (&["true"], Key::Unknown, Unknown),
        (&["false"], Key::like("*", &[]), True),
        (&["false"], Key::like("*", &[]).or_absent(), Unknown),
    ] {
        assert_eq!(holds("Null", wanted, key.clone()), truth, "{wanted:?} {key:?}");
    }
}

#[test]
fn an_unknown_key_decides_nothing_that_it_could_change() {
    for (operator, wanted, key, truth) in [
        ("StringEquals", "a", Key::Unknown, Unknown),
        ("StringNotEquals", "a", Key::Unknown, Unknown),
        ("StringLikeIfExists", "*", Key::Unknown, True),
        ("StringLike", "*", Key::Unknown, Unknown),
        ("StringLike", "*", Key::like("*", &[]), True),
        ("ForAllValues:StringLike", "*", Key::Unknown, True),
        ("StringEquals", "own", Key::like("*", &["own"]), False),
        ("StringEquals", "own", Key::like("*", &["own"]).or_absent(), False),
        ("StringNotEquals", "own", Key::like("*", &["own"]).or_absent(), True),
        ("StringEqualsIfExists", "own", Key::like("*", &["own"]).or_absent(), Unknown),
        ("StringNotEquals", "other", Key::like("*", &["own"]), Unknown),
        ("BoolIfExists", "false", Key::like("false", &[]).or_absent(), True),
        ("Bool", "false", Key::like("false", &[]).or_absent(), Unknown),
    ] {
        assert_eq!(holds(operator, &[wanted], key.clone()), truth, "{operator} {wanted} {key:?}");
    }
}
