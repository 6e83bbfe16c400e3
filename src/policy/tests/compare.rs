use super::*;

fn exactly(what: Test, value: &str, wanted: &str) -> Truth {
    test(what, &Value::Exactly(value), &Pattern::exactly(wanted))
}

#[test]
fn quantities_are_compared_as_such() {
    use Order::{Equals, GreaterThan, GreaterThanEquals, LessThan, LessThanEquals};
    use Truth::{False, True, Unknown};
    for (order, value, wanted, truth) in [
        (Equals, "10", "10.0", True),
        (Equals, "1e1", "10", True),
        (Equals, "12345678901234567", "12345678901234568", False),
        (LessThan, "9", "10", True),
        (LessThan, "10", "10", False),
        (LessThanEquals, "10", "10", True),
        (GreaterThan, "-1", "-2", True),
        (GreaterThanEquals, "3.5", "3.25", True),
        (Equals, "ten", "10", Unknown),
        (Equals, "10", "inf", Unknown),
        (Equals, "10", "", Unknown),
    ] {
        assert_eq!(exactly(Test::Numeric(order), value, wanted), truth, "{value} {order:?} {wanted}");
    }
    for (order, value, wanted, truth) in [
        (Equals, "2026-11-27T12:00:00Z", "2026-11-27T13:00:00+01:00", True),
        (Equals, "2026-11-27T00:00:00Z", "2026-11-27", True),
        (Equals, "2026-11-27T12:00:00Z", "2026-11-27T12:00Z", True),
        (Equals, "1795780800", "2026-11-27T12:00:00Z", True),
        (LessThan, "2026-11-27T12:00:00Z", "2026-11-27T12:00:00.001Z", True),
        (GreaterThan, "2026-11-27T12:00:00Z", "tomorrow", Unknown),
    ] {
        assert_eq!(exactly(Test::Date(order), value, wanted), truth, "{value} {order:?} {wanted}");
    }
}

#[test]
fn addresses_are_in_ranges_of_their_family() {
    use Truth::{False, True, Unknown};
    for (value, wanted, truth) in [
        ("198.51.100.7", "198.51.100.0/24", True),
        ("198.51.100.7", "198.51.100.7", True),
        ("198.51.100.7", "198.51.101.0/24", False),
        ("2001:db8::7", "2001:db8::/32", True),
        ("2001:db8::7", "0.0.0.0/0", False),
        ("198.51.100.7", "::/0", False),
        ("198.51.100.7", "198.51.100.0/33", Unknown),
        ("AWS Internal", "198.51.100.0/24", Unknown),
    ] {
        assert_eq!(exactly(Test::IpAddress, value, wanted), truth, "{value} {wanted}");
    }
}

#[test]
fn arns_are_compared_by_component() {
    use Truth::{False, True, Unknown};
    let role = "arn:aws:iam::111122223333:role/team/pull";
    for (wanted, truth) in [
        ("arn:aws:iam::111122223333:role/*", True),
        ("arn:*:iam::*:role/team/pul?", True),
        ("arn:aws:iam:*:111122223333:role/team/pull", True),
        ("arn:aws:iam::4444*:role/*", False),
        // A star stays within its component.
        ("arn:aws:i*:role/team/pull", Unknown),
        ("*", True),
        ("arn:aws:iam::*", Unknown),
    ] {
        assert_eq!(test(Test::Arn, &Value::Exactly(role), &Pattern::glob(wanted)), truth, "{wanted}");
    }
}

#[test]
fn other_types_are_compared_as_text() {
    for (what, value, wanted, holds) in [
        (Test::Bool, "true", "TRUE", true),
        (Test::Bool, "false", "true", false),
        (Test::Binary, "QmluYXJ5", "QmluYXJ5", true),
        (Test::Binary, "QmluYXJ5", "qmluyxj5", false),
        (Test::StringEquals, "Red", "red", false),
        (Test::StringEqualsIgnoreCase, "Red", "rED", true),
    ] {
        assert_eq!(exactly(what, value, wanted), holds.into(), "{what:?} {value} {wanted}");
    }
}

#[test]
fn what_a_value_is_not_decides_too() {
    let not = ["111122223333".to_owned()];
    let decided = |wanted| test(Test::StringEquals, &Value::Like(Pattern::glob("????????????"), &not), &wanted);
    assert_eq!(decided(Pattern::exactly("111122223333")), Truth::False);
    assert_eq!(decided(Pattern::exactly("444455556666")), Truth::Unknown);
    assert_eq!(decided(Pattern::exactly("o-a")), Truth::False);
    let role = ["arn:aws:iam::111122223333:role/r".to_owned()];
    let value = Value::Like(Pattern::glob("arn:aws:iam::????????????:role/*"), &role);
    assert_eq!(test(Test::Arn, &value, &Pattern::glob(&role[0])), Truth::False);
    assert_eq!(test(Test::Arn, &value, &Pattern::glob("arn:aws:iam::*:role/*")), Truth::True);
    assert_eq!(test(Test::Bool, &Value::Like(Pattern::glob("false"), &[]), &Pattern::exactly("true")), Truth::False);
}
