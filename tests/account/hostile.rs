//! Answers that nobody at AWS wrote: cut, mixed up, deep, endless. Each question ends in facts, and none of them panics.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ecr_probe::model::facts::Question;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::asked::{Asked, outcome};
use crate::questions::every;
use crate::responder::{Answer, Responder};

/// A responder whose answer is changed from case to case.
fn changing() -> (Arc<Mutex<String>>, Responder) {
    let body: Arc<Mutex<String>> = Arc::default();
    let said = body.clone();
    let responder = Responder::start(move |_, _| Answer::of(200, said.lock().expect("nobody panicked").clone()));
    (body, responder)
}

/// Names of elements and members that the readers know, and some that they do not.
const NAMES: [&str; 40] = [
    "subnetSet",
    "vpcSet",
    "routeTableSet",
    "routeSet",
    "item",
    "securityGroupInfo",
    "ipPermissions",
    "ipRanges",
    "cidrIp",
    "networkAclSet",
    "entrySet",
    "ruleNumber",
    "portRange",
    "from",
    "vpcEndpointSet",
    "policyDocument",
    "networkInterfaceSet",
    "privateIpAddress",
    "nextToken",
    "GetRoleResult",
    "Role",
    "Arn",
    "AssumeRolePolicyDocument",
    "ListRolePoliciesResult",
    "PolicyNames",
    "member",
    "IsTruncated",
    "Marker",
    "HostedZoneSummaries",
    "HostedZoneSummary",
    "ResourceRecordSets",
    "ResourceRecordSet",
    "Name",
    "services",
    "failures",
    "taskDefinition",
    "repositories",
    "imageDetails",
    "logGroups",
    "unknown",
];

fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("true".to_owned()),
        Just("443".to_owned()),
        Just("-1".to_owned()),
        Just("99999999999999999999".to_owned()),
        Just("10.0.0.1".to_owned()),
        Just("&lt;&amp;&#x10FFFF;".to_owned()),
        Just("%7B%22Statement%22%3A%5B%5D%7D".to_owned()),
        "[ -~]{0,12}".prop_map(|text| text.replace(['<', '&', '"', '\\'], "")),
    ]
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(NAMES.to_vec())
}

fn xml() -> impl Strategy<Value = String> {
    let element = leaf().prop_recursive(6, 60, 5, |inner| {
        prop::collection::vec((name(), inner), 0..5).prop_map(|children| {
            children.into_iter().map(|(name, inner)| format!("<{name}>{inner}</{name}>")).collect::<String>()
        })
    });
    (element, any::<prop::sample::Index>(), any::<bool>()).prop_map(|(inner, at, cut)| {
        let whole = format!("<R xmlns=\"x\">{inner}</R>");
        let characters: Vec<char> = whole.chars().collect();
        let end = if cut { at.index(characters.len()) } else { characters.len() };
        characters[..end].iter().collect()
    })
}

fn json() -> impl Strategy<Value = String> {
    let value = leaf().prop_map(|leaf| format!("\"{leaf}\"")).prop_recursive(6, 60, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::vec((name(), inner), 0..5).prop_map(|all| {
                let members: Vec<String> = all.into_iter().map(|(name, inner)| format!("\"{name}\":{inner}")).collect();
                format!("{{{}}}", members.join(","))
            }),
            Just("null".to_owned()),
            Just("-1e999".to_owned()),
        ]
    });
    prop::collection::vec((name(), value), 0..4).prop_map(|all| {
        let members: Vec<String> = all.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

#[test]
fn whatever_comes_ends_in_facts() {
    let (body, responder) = changing();
    let asked = Asked::at(&responder.url(), &[]);
    let questions = every();
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let answers = prop_oneof![xml(), json(), ".{0,80}"];
    let ran = runner.run(&answers, |answer| {
        body.lock().expect("nobody panicked").clone_from(&answer);
        for question in &questions {
            prop_assert!(!asked.ask(question).facts.is_empty(), "{:?}", question);
        }
        Ok(())
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn what_is_deep_or_endless_ends() {
    let (body, responder) = changing();
    let asked = Asked::at(&responder.url(), &[]);
    let deep = |open: &str, close: &str| open.repeat(200_000) + &close.repeat(200_000);
    let began = Instant::now();
    for answer in [
        format!("<R><subnetSet>{}</subnetSet></R>", deep("<item>", "</item>")),
        format!("<R><x>{}</x><subnetSet/></R>", deep("<a>", "</a>")),
        deep("<item>", ""),
        format!("{{\"services\":{}}}", deep("[", "]")),
        deep("{\"services\":", ""),
        format!("<R><subnetSet>{}</subnetSet></R>", "<item/>".repeat(500_000)),
        format!("<R>{}</R>", "<subnetSet/>".repeat(100_000)),
        format!("{{\"services\":[{}{{}}]}}", "{},".repeat(500_000)),
        format!("<R {}><subnetSet/></R>", "a='b' ".repeat(100_000)),
        format!("<R>{}<subnetSet/></R>", "&amp;".repeat(500_000)),
    ] {
        body.lock().expect("nobody panicked").clone_from(&answer);
        for question in [
            Question::Subnets { ids: vec!["subnet-1".into()] },
            Question::Services { cluster: "c".into(), names: vec!["web".into()] },
        ] {
            let facts = asked.ask(&question).facts;
            assert_eq!(outcome(&facts[0].1)["outcome"]["result"], "hidden", "{question:?} {answer:.60}");
        }
    }
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}
