use super::*;

#[test]
fn wildcards_stand_for_characters() {
    for (pattern, text, fits) in [
        ("", "", true),
        ("", "a", false),
        ("*", "", true),
        ("*", "any:thing/at all", true),
        ("?", "", false),
        ("?", "é", true),
        ("a*c", "abbbc", true),
        ("a*c", "ac", true),
        ("a*c", "acd", false),
        ("*a*b*", "xxaxxbxx", true),
        ("*a*b*", "xxbxxaxx", false),
        ("ab?", "abc", true),
        ("ab?", "ab", false),
        ("arn:aws:ecr:*:*:repository/*", "arn:aws:ecr:eu-west-1:1:repository/a/b", true),
        ("ABC", "abc", false),
        (".*", "ab", false),
    ] {
        assert_eq!(Pattern::glob(pattern).matches(text), fits, "{pattern} {text}");
    }
    assert!(!Pattern::exactly("a*").matches("ab"));
    assert!(Pattern::exactly("a*").matches("a*"));
}

#[test]
fn forms_are_compared_without_their_texts() {
    use Truth::{False, True, Unknown};
    for (pattern, form, truth) in [
        ("*", "*", True),
        ("arn:aws:iam::*", "arn:aws:iam::????????????:role/*", True),
        ("arn:aws:iam::*:role/storage", "arn:aws:iam::????????????:role/*", Unknown),
        ("arn:aws:sts::*", "arn:aws:iam::????????????:role/*", False),
        // A star crosses colons: `…:role/x:user/y`.
        ("arn:aws:iam::*:user/*", "arn:aws:iam::????????????:role/*", Unknown),
        ("111122223333", "????????????", Unknown),
        ("11112222333", "????????????", False),
        ("1111*", "????????????", Unknown),
        ("vpc-*", "vpce-*", False),
        ("vpc?-*", "vpce-*", True),
        ("", "*", Unknown),
        ("a", "a", True),
        ("a*b", "*b*", Unknown),
        ("*a", "b*", Unknown),
    ] {
        assert_eq!(Pattern::glob(pattern).holds_for(&Pattern::glob(form)), truth, "{pattern} {form}");
    }
}

#[test]
fn what_is_not_known_of_an_arn_has_no_colons() {
    use Truth::{False, True, Unknown};
    let form = Pattern::arn_form("arn:aws:logs:r:1:log-group:/ecs/app:log-stream:a/*");
    for (pattern, truth) in [
        ("arn:aws:logs:*:*:log-group:/ecs/app:*", True),
        ("arn:aws:logs:*:*:log-group:/ecs/app:log-stream:a/*", True),
        ("arn:aws:logs:*:*:log-group:/ecs/app:log-stream:a/b", Unknown),
        ("arn:aws:logs:*:*:log-group:/ecs/app:log-stream:a/?*", Unknown),
        ("arn:aws:logs:*:*:log-group:/ecs/web:*", False),
    ] {
        assert_eq!(Pattern::glob(pattern).holds_for(&form), truth, "{pattern}");
    }
}

/// What is said of two forms holds of their texts: all short ones are tried.
#[test]
fn what_is_said_of_forms_holds_of_texts() {
    let symbols = ['a', 'b', '?', '*'];
    let words = |symbols: &[char], longest: u32| {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..longest {
            last = last.iter().flat_map(|word| symbols.iter().map(move |char| format!("{word}{char}"))).collect();
            all.extend(last.iter().cloned());
        }
        all
    };
    let texts = words(&['a', 'b'], 4);
    let patterns: Vec<Pattern> = words(&symbols, 3).iter().map(|word| Pattern::glob(word)).collect();
    let fits: Vec<Vec<bool>> =
        patterns.iter().map(|pattern| texts.iter().map(|text| pattern.matches(text)).collect()).collect();
    for (one, its) in patterns.iter().zip(&fits) {
        for (other, others) in patterns.iter().zip(&fits) {
            let both = its.iter().zip(others).any(|(a, b)| *a && *b);
            assert!(!both || one.meets(other), "{one:?} {other:?}");
            let outside = its.iter().zip(others).any(|(a, b)| *b && !*a);
            assert!(!outside || !one.covers(other), "{one:?} {other:?}");
        }
    }
}

#[test]
fn many_stars_take_no_longer_than_the_lengths() {
    let pattern = Pattern::glob(&"*a".repeat(2000));
    let text = "a".repeat(1999) + "b";
    assert!(!pattern.matches(&text));
    assert!(!pattern.meets(&Pattern::exactly(&text)));
}
