//! Condition operators, by their names (IAM User Guide, "IAM JSON policy elements: Condition operators").

/// A condition operator with its set prefix and its `IfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    pub(super) test: Test,
    /// `…Not…`: the answer is turned round.
    pub(super) negated: bool,
    /// `…IfExists`: an absent key passes.
    pub(super) if_exists: bool,
    pub(super) set: Option<Set>,
}

/// What is asked of a value, its negation apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    IpAddress,
    /// `ArnEquals` and `ArnLike` are the same.
    Arn,
    Null,
}

/// How two quantities are compared: the request's with the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

/// How a key of several values is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// `ForAllValues:`.
    All,
    /// `ForAnyValue:`.
    Any,
}

const TESTS: [(&str, Test, bool); 26] = [
    ("stringequals", Test::StringEquals, false),
    ("stringnotequals", Test::StringEquals, true),
    ("stringequalsignorecase", Test::StringEqualsIgnoreCase, false),
    ("stringnotequalsignorecase", Test::StringEqualsIgnoreCase, true),
    ("stringlike", Test::StringLike, false),
    ("stringnotlike", Test::StringLike, true),
    ("numericequals", Test::Numeric(Order::Equals), false),
    ("numericnotequals", Test::Numeric(Order::Equals), true),
    ("numericlessthan", Test::Numeric(Order::LessThan), false),
    ("numericlessthanequals", Test::Numeric(Order::LessThanEquals), false),
    ("numericgreaterthan", Test::Numeric(Order::GreaterThan), false),
    ("numericgreaterthanequals", Test::Numeric(Order::GreaterThanEquals), false),
    ("dateequals", Test::Date(Order::Equals), false),
    ("datenotequals", Test::Date(Order::Equals), true),
    ("datelessthan", Test::Date(Order::LessThan), false),
    ("datelessthanequals", Test::Date(Order::LessThanEquals), false),
    ("dategreaterthan", Test::Date(Order::GreaterThan), false),
    ("dategreaterthanequals", Test::Date(Order::GreaterThanEquals), false),
    ("bool", Test::Bool, false),
    ("binaryequals", Test::Binary, false),
    ("ipaddress", Test::IpAddress, false),
    ("notipaddress", Test::IpAddress, true),
    ("arnequals", Test::Arn, false),
    ("arnlike", Test::Arn, false),
    ("arnnotequals", Test::Arn, true),
    ("arnnotlike", Test::Arn, true),
];

impl Operator {
    /// Reads a name, in any case; `None` for what is no operator of IAM's.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let (set, name) = match name.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Set::All), rest),
            Some(("foranyvalue", rest)) => (Some(Set::Any), rest),
            Some(_) => return None,
            None => (None, name.as_str()),
        };
        if name == "null" {
            // "You can add IfExists to the end of any condition operator name except the Null condition."
            return Some(Operator { test: Test::Null, negated: false, if_exists: false, set });
        }
        let (name, if_exists) = match name.strip_suffix("ifexists") {
            Some(bare) => (bare, true),
            None => (name, false),
        };
        let &(_, test, negated) = TESTS.iter().find(|(known, ..)| *known == name)?;
        Some(Operator { test, negated, if_exists, set })
    }

    /// Whether policy variables are replaced in its values (the guide's tables say it for each type).
    pub(super) fn has_variables(self) -> bool {
        use Test::{Arn, Bool, StringEquals, StringEqualsIgnoreCase, StringLike};
        matches!(self.test, StringEquals | StringEqualsIgnoreCase | StringLike | Bool | Arn)
    }

    /// Whether `*` and `?` are wildcards in its values.
    pub(super) fn has_wildcards(self) -> bool {
        matches!(self.test, Test::StringLike | Test::Arn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_known_in_every_form() {
        for (name, test, negated) in TESTS {
            let plain = Operator { test, negated, if_exists: false, set: None };
            assert_eq!(Operator::named(name), Some(plain));
            assert_eq!(Operator::named(&name.to_uppercase()), Some(plain));
            assert_eq!(Operator::named(&format!("{name}IfExists")), Some(Operator { if_exists: true, ..plain }));
            let all = Some(Operator { set: Some(Set::All), ..plain });
            assert_eq!(Operator::named(&format!("ForAllValues:{name}")), all);
            let any = Some(Operator { set: Some(Set::Any), if_exists: true, ..plain });
            assert_eq!(Operator::named(&format!("foranyvalue:{name}ifexists")), any);
        }
        assert!(Operator::named("Null").is_some());
        for name in ["", "NullIfExists", "StringMatches", "ForSomeValues:StringLike", "ForAllValues:", "IfExists"] {
            assert_eq!(Operator::named(name), None, "{name}");
        }
    }
}
