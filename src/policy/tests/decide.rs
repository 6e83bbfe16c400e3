use super::super::decision::Failed;
use super::super::policies::Named;
use super::super::request::{Key, Role};
use super::*;
use Answer::{Allow, Deny, Unknown};

const ROLE: &str = "arn:aws:iam::111122223333:role/pull";
const OWN: &str = "arn:aws:ecr:eu-west-1:111122223333:repository/a";
const FOREIGN: &str = "arn:aws:ecr:eu-west-1:444455556666:repository/a";

fn named(statement: &str) -> Named {
    let named = Named::read("it", &format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#));
    assert!(named.document().is_some(), "{statement}");
    named
}

fn allow(elements: &str) -> Named {
    named(&format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*"{elements}}}"#))
}

fn deny(elements: &str) -> Named {
    named(&format!(r#"{{"Effect": "Deny", "Action": "*", "Resource": "*"{elements}}}"#))
}

fn request(resource: &str) -> Request {
    Request::new(Who::Role(Role::of(ROLE)), "ecr:BatchGetImage", resource).closed()
}

fn granted() -> Policies {
    Policies { identity: Seen::Known(vec![allow("")]), ..Policies::none() }
}

fn hidden<T>() -> Seen<T> {
    Seen::Hidden("AccessDenied".to_owned())
}

fn to(principal: &str) -> Seen<Named> {
    Seen::Known(allow(&format!(r#", "Principal": {{"AWS": "{principal}"}}"#)))
}

#[test]
fn one_account_needs_one_side_and_two_need_both() {
    for (resource, identity, given, answer, layer) in [
        (OWN, true, Seen::Absent, Allow, PolicyLayer::Identity),
        (OWN, false, Seen::Absent, Deny, PolicyLayer::Identity),
        (OWN, false, to(ROLE), Allow, PolicyLayer::Resource),
        (OWN, false, to("*"), Allow, PolicyLayer::Resource),
        // The account's own policies still decide.
        (OWN, false, to("111122223333"), Deny, PolicyLayer::Identity),
        (OWN, true, to("444455556666"), Allow, PolicyLayer::Identity),
        (FOREIGN, true, Seen::Absent, Deny, PolicyLayer::Resource),
        (FOREIGN, false, to(ROLE), Deny, PolicyLayer::Identity),
        (FOREIGN, true, to(ROLE), Allow, PolicyLayer::Identity),
        (FOREIGN, true, to("111122223333"), Allow, PolicyLayer::Identity),
    ] {
        let identity = if identity { granted().identity } else { Seen::Absent };
        let decision = decide(&request(resource), &Policies { identity, resource: given, ..Policies::none() });
        assert_eq!((decision.answer, decision.layer), (answer, Some(layer)), "{resource} {decision:#?}");
        assert!(!decision.explicit);
    }
}

#[test]
fn a_key_is_closed_to_its_own_account_too() {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/k";
    let ask = |given| {
        let request = Request::new(Who::Role(Role::of(ROLE)), "kms:Decrypt", key).closed();
        let decision = decide(&request, &Policies { resource: given, ..granted() });
        (decision.answer, decision.layer)
    };
    assert_eq!(ask(Seen::Absent), (Deny, Some(PolicyLayer::Resource)));
    assert_eq!(ask(to("444455556666")), (Deny, Some(PolicyLayer::Resource)));
    assert_eq!(ask(to("111122223333")), (Allow, Some(PolicyLayer::Resource)));
    assert_eq!(ask(hidden()), (Unknown, None));
}

#[test]
fn a_boundary_limits_all_but_what_names_the_session() {
    let boundary = Seen::Known(named(r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#));
    let task = Role { session: Some("task".to_owned()), ..Role::of(ROLE) };
    let mut request = request(OWN);
    request.who = Who::Role(task);
    for (given, answer) in [
        (Seen::Absent, Deny),
        (to(ROLE), Deny),
        (to("arn:aws:sts::111122223333:assumed-role/pull/task"), Allow),
        (to("*"), Allow),
    ] {
        let policies = Policies { boundary: boundary.clone(), resource: given, ..granted() };
        let decision = decide(&request, &policies);
        assert_eq!(decision.answer, answer, "{policies:?}");
        if answer == Deny {
            assert_eq!(decision.layer, Some(PolicyLayer::PermissionsBoundary));
        }
    }
    let denies = Policies { boundary: Seen::Known(deny("")), resource: to("*"), ..granted() };
    assert!(decide(&request, &denies).explicit);
}

#[test]
fn every_level_of_the_organization_must_allow() {
    let scps = |levels: Vec<Vec<Named>>| decide(&request(OWN), &Policies { scps: Seen::Known(levels), ..granted() });
    assert_eq!(scps(vec![vec![allow("")], vec![allow("")]]).answer, Allow);
    let blocked = scps(vec![vec![allow("")], vec![named(r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#)]]);
    assert_eq!((blocked.answer, blocked.layer, blocked.explicit), (Deny, Some(PolicyLayer::ServiceControl), false));
    let denied = scps(vec![vec![allow("")], vec![allow(""), deny("")]]);
    assert_eq!((denied.answer, denied.layer, denied.explicit), (Deny, Some(PolicyLayer::ServiceControl), true));
    let rcp = Seen::Known(vec![vec![deny(r#", "Principal": "*""#)]]);
    let denied = decide(&request(OWN), &Policies { rcps: rcp, ..granted() });
    assert_eq!((denied.answer, denied.layer), (Deny, Some(PolicyLayer::ResourceControl)));
    let only_allows = Seen::Known(vec![vec![]]);
    assert_eq!(decide(&request(OWN), &Policies { rcps: only_allows, ..granted() }).answer, Allow);
}

#[test]
fn what_is_hidden_counts_where_it_decides() {
    let ask = |resource, policies: Policies| decide(&request(resource), &policies);
    let unseen = ask(OWN, Policies { scps: hidden(), rcps: hidden(), resource: hidden(), ..granted() });
    assert_eq!((unseen.answer, unseen.unseen.len()), (Allow, 3), "{unseen:#?}");
    for policies in [
        Policies { identity: hidden(), ..Policies::none() },
        Policies { identity: Seen::Known(vec![allow(""), Named::hidden("arn", "AccessDenied")]), ..Policies::none() },
        Policies { boundary: hidden(), ..granted() },
        Policies { endpoint: hidden(), ..granted() },
        Policies { identity: Seen::Absent, resource: hidden(), ..granted() },
    ] {
        let decision = ask(OWN, policies);
        assert_eq!(decision.answer, Unknown);
        assert!(matches!(decision.missing[0], Missing::Document { .. }), "{decision:#?}");
    }
    assert_eq!(ask(FOREIGN, Policies { resource: hidden(), ..granted() }).answer, Unknown);
    // A Deny that is seen decides whatever is not.
    let denied =
        ask(OWN, Policies { identity: hidden(), endpoint: Seen::Known(deny(r#", "Principal": "*""#)), ..granted() });
    assert_eq!((denied.answer, denied.layer, denied.explicit), (Deny, Some(PolicyLayer::VpcEndpoint), true));
    // And so does the lack of an Allow.
    let lacking = ask(OWN, Policies { identity: hidden(), endpoint: to("444455556666"), ..granted() });
    assert_eq!((lacking.answer, lacking.layer), (Deny, Some(PolicyLayer::VpcEndpoint)));
}

#[test]
fn the_nearest_allow_tells_what_is_wrong_with_it() {
    let endpoint = |statements: &str, request: Request| {
        let policies = Policies { endpoint: Seen::Known(named(statements)), ..granted() };
        let decision = decide(&request, &policies);
        assert_eq!((decision.answer, decision.layer), (Deny, Some(PolicyLayer::VpcEndpoint)));
        decision.told(PolicyLayer::VpcEndpoint).cloned().expect("it is told")
    };
    let request = || request(OWN).with("aws:SourceVpc", Key::is("vpc-1"));
    let other = r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#;
    let place = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::*"}"#;
    let person = r#"{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "*", "Resource": "*"}"#;
    let condition = r#"{"Sid": "Vpc", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": {"StringLike": {"aws:SourceVpc": "vpc-*"}, "StringEquals": {"aws:SourceVpc": ["vpc-2", "vpc-3"]}}}"#;
    let failed = |statements: &str| endpoint(statements, request()).nearest.expect("an Allow").failed;
    assert_eq!(failed(other), Failed::Action);
    assert_eq!(failed(&format!("{other}, {place}")), Failed::Resource);
    assert_eq!(failed(&format!("{person}, {place}, {other}")), Failed::Principal);
    let told = endpoint(&format!("{other}, {condition}, {person}"), request());
    let nearest = told.nearest.expect("an Allow");
    assert_eq!((nearest.by.statement, nearest.by.sid.as_deref()), (1, Some("Vpc")));
    let Failed::Condition(failed) = nearest.failed else { panic!("{:?}", nearest.failed) };
    assert_eq!((failed.operator.as_str(), failed.key.as_str()), ("StringEquals", "aws:SourceVpc"));
    assert_eq!(failed.wanted, ["vpc-2", "vpc-3"]);
    assert!(!told.only_denies && !told.empty);
    let none = r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#;
    let told = endpoint(none, request());
    assert!(told.only_denies && told.nearest.is_none() && !told.explicit);
}

#[test]
fn a_deny_tells_its_conditions() {
    let statement = r#", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}"#;
    let policies = Policies { identity: Seen::Known(vec![allow(""), deny(statement)]), ..Policies::none() };
    let decided = |key| decide(&request(OWN).with("aws:SourceVpce", key), &policies);
    let denied = decided(Key::Absent);
    assert_eq!((denied.answer, denied.explicit), (Deny, true));
    let told = denied.layers.iter().find(|told| told.explicit).expect("one denies");
    assert_eq!((told.matched[0].key.as_str(), told.by.as_ref().map(|by| by.statement)), ("aws:SourceVpce", Some(0)));
    let unknown = decided(Key::Unknown);
    assert_eq!(unknown.answer, Unknown);
    assert!(matches!(&unknown.missing[..], [Missing::Key { key, .. }] if key == "aws:SourceVpce"), "{unknown:#?}");
    assert_eq!(decided(Key::is("vpce-1")).answer, Allow);
}

/// A statement that IAM does not keep in a policy of that kind is not taken for one that matches.
#[test]
fn what_does_not_belong_is_unknown() {
    let identity = Policies { identity: Seen::Known(vec![allow(r#", "Principal": "*""#)]), ..Policies::none() };
    assert_eq!(decide(&request(OWN), &identity).answer, Unknown);
    let endpoint = Policies { endpoint: Seen::Known(allow("")), ..granted() };
    assert_eq!(decide(&request(OWN), &endpoint).answer, Unknown);
    let bare = named(r#"{"Effect": "Allow", "Action": "*"}"#);
    assert_eq!(
        decide(&request(OWN), &Policies { identity: Seen::Known(vec![bare]), ..Policies::none() }).answer,
        Unknown
    );
    let repository = named(&format!(r#"{{"Effect": "Allow", "Principal": {{"AWS": "{ROLE}"}}, "Action": "ecr:*"}}"#));
    let policies = Policies { resource: Seen::Known(repository), ..Policies::none() };
    assert_eq!(decide(&request(OWN), &policies).answer, Allow, "a repository policy means its repository");
}

#[test]
fn an_action_without_a_resource_is_on_nobodys() {
    let token = Request::new(Who::Role(Role::of(ROLE)), "ecr:GetAuthorizationToken", "*").closed();
    let on = |resource: &str| named(&format!(r#"{{"Effect": "Allow", "Action": "ecr:*", "Resource": "{resource}"}}"#));
    let ask =
        |named| decide(&token, &Policies { identity: Seen::Known(vec![named]), resource: to("*"), ..Policies::none() });
    assert_eq!(ask(on("*")).answer, Allow);
    assert_eq!(ask(on("arn:aws:ecr:*:*:repository/*")).answer, Deny);
    let denied = decide(&token, &Policies { resource: Seen::Known(deny(r#", "Principal": "*""#)), ..granted() });
    assert_eq!(denied.answer, Allow);
}
