//! What must hold of every policy and request.

use ecr_probe::policy::{Answer, Document, Key, Named, Owner, Policies, Request, Role, Seen, Who, decide};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::draw::{self, Case, Dice, Range};
use crate::words;

const ALL: Range = Range { endpoint_only: false, all_layers: true, rare: true };
const ENDPOINT: Range = Range { endpoint_only: true, all_layers: false, rare: true };

fn case(seed: u64) -> Case {
    draw::case(seed, if seed.is_multiple_of(4) { ENDPOINT } else { ALL })
}

fn answer(case: &Case) -> Answer {
    decide(&case.request(), &case.policies()).answer
}

/// An answer with less known cannot contradict one with more.
fn agree(less: Answer, more: Answer) -> bool {
    less == Answer::Unknown || less == more
}

/// Turns every list round, and the order of names with it.
fn reversed(json: &Value) -> Value {
    match json {
        Value::Array(all) => Value::Array(all.iter().rev().map(reversed).collect()),
        Value::Object(all) => Value::Object(all.iter().map(|(name, value)| (name.clone(), reversed(value))).collect()),
        other => other.clone(),
    }
}

/// Writes every list of one as the one, and every single text as a list.
fn rewritten(json: &Value) -> Value {
    match json {
        Value::Array(all) if all.len() == 1 => rewritten(&all[0]),
        Value::Array(all) => Value::Array(all.iter().map(rewritten).collect()),
        Value::Object(all) => {
            let each = all.iter().map(|(name, value)| match (name.as_str(), value) {
                ("Action" | "Resource" | "NotAction" | "NotResource", Value::String(_)) => {
                    (name.clone(), json!([value]))
                }
                _ => (name.clone(), rewritten(value)),
            });
            Value::Object(each.collect())
        }
        other => other.clone(),
    }
}

/// Every document of a case, each changed by `change`, one after the other.
fn documents(case: &Case, mut change: impl FnMut(&mut Value)) {
    let mut copy = case.clone();
    walk(&mut copy.json["policies"], &mut change);
}

fn walk(json: &mut Value, change: &mut impl FnMut(&mut Value)) {
    match json {
        Value::Object(object) if object.contains_key("Statement") => change(json),
        Value::Object(object) => object.values_mut().for_each(|value| walk(value, change)),
        Value::Array(all) => all.iter_mut().for_each(|value| walk(value, change)),
        _ => {}
    }
}

/// The case with one more statement in the document of this number.
fn with_statement(case: &Case, number: usize, statement: &Value) -> Case {
    let mut copy = case.clone();
    let mut at = 0;
    walk(&mut copy.json["policies"], &mut |document| {
        if at == number {
            let statements = document["Statement"].take();
            let mut all = statements.as_array().cloned().unwrap_or_else(|| vec![statements]);
            all.push(statement.clone());
            document["Statement"] = Value::Array(all);
        }
        at += 1;
    });
    copy
}

/// A statement out of another case, with this effect, and with a principal where the document's have one.
fn unrelated(seed: u64, effect: &str, range: Range) -> Value {
    let mut found = json!({"Action": "*", "Resource": "*"});
    documents(&draw::case(seed, range), |document| found = document["Statement"][0].clone());
    if found.is_null() {
        found = json!({"Action": "*", "Resource": "*"});
    }
    found["Effect"] = json!(effect);
    found
}

fn added(seed: u64, effect: &str) -> Vec<(Answer, Answer)> {
    let case = case(seed);
    let before = answer(&case);
    let mut count = 0;
    documents(&case, |_| count += 1);
    let mut outcomes = Vec::new();
    for number in 0..count {
        for range in [ALL, ENDPOINT] {
            let statement = unrelated(seed.wrapping_mul(31).wrapping_add(7), effect, range);
            outcomes.push((before, answer(&with_statement(&case, number, &statement))));
        }
    }
    outcomes
}

/// Takes the values of some keys away.
fn forgetting(case: &Case, names: &[&str], what: impl Fn(&str) -> Key) -> Request {
    names.iter().fold(case.request(), |request, name| request.with(name, what(name)))
}

/// Two keys, of those that the policies ask for where they ask for any.
fn some_keys(seed: u64, case: &Case) -> Vec<&'static str> {
    let policies = case.json["policies"].to_string().to_lowercase();
    let is_asked = |name: &&str| policies.contains(&format!("\"{}\"", name.to_lowercase()));
    let mut names: Vec<&str> = draw::key_names().filter(is_asked).collect();
    if names.is_empty() {
        names = draw::key_names().collect();
    }
    let dice = &mut Dice(seed ^ 0x5eed);
    (0..2).map(|_| *dice.of(&names)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_lists_never_matters(seed: u64) {
        let case = case(seed);
        let mut turned = case.clone();
        for (name, value) in turned.json["policies"].as_object_mut().expect("policies") {
            // Levels and documents are lists too: their order is as indifferent.
            let _ = name;
            *value = reversed(value);
        }
        prop_assert_eq!(answer(&case), answer(&turned), "{}", case.json);
    }

    #[test]
    fn a_list_of_one_is_the_one(seed: u64) {
        let case = case(seed);
        let mut other = case.clone();
        walk(&mut other.json["policies"], &mut |document| *document = rewritten(document));
        prop_assert_eq!(answer(&case), answer(&other), "{}", other.json);
    }

    #[test]
    fn one_more_allow_never_takes_away(seed: u64) {
        for (before, after) in added(seed, "Allow") {
            prop_assert!(before != Answer::Allow || after == Answer::Allow);
            prop_assert!(before != Answer::Unknown || after != Answer::Deny);
        }
    }

    #[test]
    fn one_more_deny_never_gives(seed: u64) {
        for (before, after) in added(seed, "Deny") {
            prop_assert!(before != Answer::Deny || after == Answer::Deny);
            prop_assert!(before != Answer::Unknown || after != Answer::Allow);
        }
    }

    /// Whatever an unknown key turns out to be, an answer that was known stands.
    #[test]
    fn an_unknown_key_is_compatible_with_all_it_may_be(seed: u64) {
        let case = case(seed);
        let names = some_keys(seed, &case);
        let policies = case.policies();
        let less = decide(&forgetting(&case, &names, |_| Key::Unknown), &policies);
        prop_assert_eq!(less.answer == Answer::Unknown, !less.missing.is_empty());
        for first in draw::completions(names[0]) {
            for second in draw::completions(names[1]) {
                let request = case.request().with(names[0], first.clone()).with(names[1], second.clone());
                let more = decide(&request, &policies).answer;
                prop_assert!(agree(less.answer, more), "{:?} {:?} {:?} {more:?} {}", less.answer, names, (first, second), case.json);
            }
        }
    }

    /// The same of a key that is known by its form, and by what it is not.
    #[test]
    fn a_key_known_by_its_form_is_compatible_with_all_of_that_form(seed: u64) {
        let case = case(seed);
        let policies = case.policies();
        for (name, form, not, values) in [
            ("aws:SourceVpc", "vpc-*", &["vpc-1"][..], &["vpc-2", "vpc-3", "vpc-", "vpc-10"][..]),
            ("aws:ResourceAccount", "????????????", &[words::ACCOUNT], &[words::OTHER, "999988887777", "111100000000"]),
            ("aws:PrincipalOrgID", "o-*", &["o-a1b2c3d4e5"], &["o-other", "o-x", "o-a9"]),
            ("aws:PrincipalArn", "arn:aws:iam::????????????:role/*", &[words::ROLE], &["arn:aws:iam::999988887777:role/x"]),
        ] {
            let decided = |key| decide(&case.request().with(name, key), &policies).answer;
            let less = decided(Key::like(form, not));
            let even_less = decided(Key::like(form, not).or_absent());
            prop_assert!(agree(even_less, less) && agree(even_less, decided(Key::Absent)));
            prop_assert!(agree(decided(Key::Unknown), even_less));
            for value in values {
                let more = decided(Key::is(*value));
                prop_assert!(agree(less, more) && agree(even_less, more), "{less:?} {more:?} {name} {value} {}", case.json);
            }
        }
    }

    /// The same of the session's name, of the resource's whole ARN, and of documents.
    #[test]
    fn what_is_hidden_is_compatible_with_all_it_may_be(seed: u64) {
        let case = case(seed);
        let (request, policies) = (case.request(), case.policies());
        let known = decide(&request, &policies).answer;
        let mut nameless = request.clone();
        nameless.who = Who::Role(Role::of(words::ROLE));
        prop_assert!(agree(decide(&nameless, &policies).answer, known), "{}", case.json);
        let form = match request.resource.rsplit_once('/') {
            Some((head, _)) => format!("{head}/*"),
            None => request.resource.replace("AbCdEf", "??????"),
        };
        if request.resource != "*" {
            let shapeless = request.clone().of_forms([form]);
            prop_assert!(agree(decide(&shapeless, &policies).answer, known), "{}", case.json);
        }
        let why = || "AccessDenied".to_owned();
        let hidden = [
            Policies { identity: Seen::Hidden(why()), ..policies.clone() },
            Policies { boundary: Seen::Hidden(why()), ..policies.clone() },
            Policies { session: Seen::Hidden(why()), ..policies.clone() },
            Policies { endpoint: Seen::Hidden(why()), ..policies.clone() },
            Policies { identity: Seen::Known(vec![Named::hidden("x", why())]), ..policies.clone() },
        ];
        for policies in hidden {
            prop_assert!(agree(decide(&request, &policies).answer, known), "{policies:?} {}", case.json);
        }
        if request.owner == Owner::Other {
            let policies = Policies { resource: Seen::Hidden(why()), ..policies };
            prop_assert!(agree(decide(&request, &policies).answer, known), "{}", case.json);
        }
    }

    #[test]
    fn no_text_makes_it_panic(seed: u64, noise in "[\\PC\n]{0,40}", at: prop::sample::Index, cut: prop::sample::Index) {
        let case = case(seed);
        let mut text = case.json["policies"]["identity"][0].to_string();
        let at = (0..=at.index(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.insert_str(at, &noise);
        let end = (0..=cut.index(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        for text in [text.as_str(), &text[..end], &noise] {
            let _ = Document::parse_encoded(text);
            let identity = Seen::Known(vec![Named::read("noise", text)]);
            let _ = decide(&case.request(), &Policies { identity, ..case.policies() });
        }
    }
}
