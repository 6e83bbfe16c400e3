use super::*;
use crate::model::Timestamp;
use crate::policy::{Answer, Decision, Key, Missing, Named, Owner, Policies, Request, Seen, decide};

const ROLE: &str = "arn:aws:iam::111122223333:role/pull";

fn caller() -> Caller {
    let org = Org::Known { id: "o-a1b2c3d4e5".to_owned(), path: None };
    Caller { org, tags: Some([("team".to_owned(), "red".to_owned())].into()), ..Caller::of(ROLE) }
}

fn via() -> Via {
    Via::endpoint("vpc-1", "vpce-1", "111122223333")
}

fn repository() -> Repository {
    let arn = "arn:aws:ecr:eu-west-1:111122223333:repository/a".to_owned();
    Repository { arn, tags: Some([("stage".to_owned(), "prod".to_owned())].into()) }
}

/// An endpoint's policy of one Allow with these conditions, asked about the request.
fn endpoint(request: &Request, conditions: &str) -> Decision {
    let statement = |rest: &str| format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*"{rest}}}"#);
    let policy = |rest: &str| format!(r#"{{"Version": "2012-10-17", "Statement": {}}}"#, statement(rest));
    let endpoint = policy(&format!(r#", "Principal": "*", "Condition": {conditions}"#));
    let identity = Seen::Known(vec![Named::read("role", &policy(""))]);
    let policies = Policies { identity, ..Policies::of_endpoint(Seen::Known(Named::read("vpce", &endpoint))) };
    decide(request, &policies)
}

fn answer(request: &Request, conditions: &str) -> Answer {
    endpoint(request, conditions).answer
}

/// What decides about a layer: ECR's role is nobody of the customer's, and more is not known of it.
#[test]
fn a_layer_is_asked_for_by_an_unknown_principal() {
    let layer = get_layer(&caller(), &via(), "eu-west-1");
    for (conditions, expected) in [
        (r#"{"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#, Answer::Deny),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#, Answer::Deny),
        (r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#, Answer::Unknown),
        (r#"{"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}"#, Answer::Allow),
        (r#"{"StringEquals": {"aws:ResourceAccount": ["111122223333", "222233334444"]}}"#, Answer::Unknown),
        (r#"{"StringEquals": {"s3:ResourceAccount": "111122223333"}}"#, Answer::Deny),
        (r#"{"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}"#, Answer::Unknown),
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}"#, Answer::Unknown),
        (r#"{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/pull"}}"#, Answer::Deny),
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}"#, Answer::Allow),
        (r#"{"StringEquals": {"aws:PrincipalTag/team": "red"}}"#, Answer::Deny),
        (r#"{"StringEquals": {"aws:SourceVpc": "vpc-1", "aws:SourceVpce": "vpce-1"}}"#, Answer::Allow),
        (r#"{"StringEquals": {"aws:VpceAccount": "111122223333"}}"#, Answer::Allow),
        (r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#, Answer::Deny),
        (r#"{"Bool": {"aws:PrincipalIsAWSService": "true"}}"#, Answer::Deny),
        (r#"{"StringEquals": {"aws:SourceVpcId": "vpc-1"}}"#, Answer::Deny),
        (r#"{"StringEquals": {"s3:ExistingObjectTag/a": "b"}}"#, Answer::Unknown),
    ] {
        assert_eq!(answer(&layer, conditions), expected, "{conditions}");
    }
    assert_eq!(
        layer_form("us-gov-west-1").is_some(),
        crate::aws::Partition::of_region("us-gov-west-1").layer_store_known
    );
}

/// Whether the token's request carries the endpoint's id is not known (T-22), and never an error.
#[test]
fn the_vpc_of_a_token_is_unknown() {
    let token = get_authorization_token(&caller(), &via(), "eu-west-1");
    for conditions in [
        r#"{"StringEquals": {"aws:SourceVpce": "vpce-1"}}"#,
        r#"{"StringEquals": {"aws:SourceVpce": "vpce-2"}}"#,
        r#"{"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}"#,
    ] {
        let decision = endpoint(&token, conditions);
        assert_eq!(decision.answer, Answer::Unknown, "{conditions}");
        assert!(decision.missing.iter().all(|it| matches!(it, Missing::Key { key, .. } if key.contains("SourceVpc"))));
    }
    assert_eq!(answer(&token, r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#), Answer::Allow);
    assert_eq!(answer(&token, r#"{"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}"#), Answer::Allow);
    let internet = get_authorization_token(&caller(), &Via::Internet("198.51.100.7".parse().ok()), "eu-west-1");
    assert_eq!(internet.key("aws:SourceVpce"), Key::Absent);
    assert_eq!(internet.key("aws:SourceIp"), Key::is("198.51.100.7"));
}

#[test]
fn a_manifest_is_asked_for_by_the_role_through_its_endpoint() {
    let manifest = batch_get_image(&caller(), &via(), &repository());
    assert_eq!(manifest.action, "ecr:BatchGetImage");
    for (conditions, expected) in [
        (r#"{"StringEquals": {"aws:SourceVpce": "vpce-1"}}"#, Answer::Allow),
        (r#"{"StringEquals": {"aws:SourceVpce": "vpce-2"}}"#, Answer::Deny),
        (r#"{"StringEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}"#, Answer::Allow),
        (r#"{"StringEquals": {"aws:PrincipalTag/team": "red"}}"#, Answer::Allow),
        (r#"{"StringEquals": {"aws:PrincipalTag/stage": "red"}}"#, Answer::Deny),
        (r#"{"StringEquals": {"aws:ResourceTag/stage": "prod", "ecr:ResourceTag/stage": "prod"}}"#, Answer::Allow),
        (r#"{"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}"#, Answer::Allow),
        (r#"{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}"#, Answer::Allow),
        (r#"{"Bool": {"aws:ViaAWSService": "true"}}"#, Answer::Deny),
        (r#"{"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}"#, Answer::Unknown),
        (r#"{"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}"#, Answer::Unknown),
    ] {
        assert_eq!(answer(&manifest, conditions), expected, "{conditions}");
    }
    let untold = Caller { tags: None, org: Org::Unknown, ..caller() };
    let url = get_download_url(&untold, &Via::Unknown, &repository());
    for (conditions, expected) in [
        (r#"{"StringEquals": {"aws:PrincipalTag/team": "red"}}"#, Answer::Unknown),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#, Answer::Unknown),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "my-org"}}"#, Answer::Deny),
        (r#"{"StringEquals": {"aws:SourceVpc": "vpc-1"}}"#, Answer::Unknown),
    ] {
        assert_eq!(answer(&url, conditions), expected, "{conditions}");
    }
    let timed = batch_get_image(&Caller { now: Some(Timestamp(1_795_780_800)), ..caller() }, &via(), &repository());
    assert_eq!(answer(&timed, r#"{"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}"#), Answer::Allow);
    assert_eq!(answer(&timed, r#"{"NumericLessThan": {"aws:EpochTime": "1"}}"#), Answer::Deny);
}

#[test]
fn a_key_is_used_through_the_service_that_keeps_the_secret() {
    let secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf";
    let key = "arn:aws:kms:eu-west-1:111122223333:key/k";
    let request = decrypt(&caller(), key, Decrypted::Secret(secret));
    for (conditions, expected) in [
        (r#"{"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}}"#, Answer::Allow),
        (r#"{"StringEquals": {"kms:ViaService": "ssm.eu-west-1.amazonaws.com"}}"#, Answer::Deny),
        (r#"{"StringEquals": {"kms:CallerAccount": "111122223333"}}"#, Answer::Allow),
        (r#"{"StringEquals": {"kms:EncryptionContext:SecretARN": "x"}}"#, Answer::Deny),
        (r#"{"Bool": {"aws:ViaAWSService": "true"}}"#, Answer::Allow),
        (r#"{"StringEquals": {"aws:SourceVpce": "vpce-1"}}"#, Answer::Unknown),
    ] {
        // The endpoint's policy stands for any that has conditions; the key's own would have to allow too.
        let told = endpoint(&request, conditions);
        assert_eq!(told.layers[0].answer, expected, "{conditions}");
    }
}

#[test]
fn the_stream_of_a_task_is_known_by_its_form() {
    let group = "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/app:*";
    let ask = |request: &Request, resource: &str| {
        let text = format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "logs:*", "Resource": "{resource}"}}}}"#);
        decide(request, &Policies { identity: Seen::Known(vec![Named::read("role", &text)]), ..Policies::none() })
            .answer
    };
    let stream = create_log_stream(&caller(), &via(), group, "ecs/app/*");
    for (resource, expected) in [
        (group, Answer::Allow),
        ("arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/app", Answer::Deny),
        ("arn:aws:logs:*:*:log-group:/ecs/app:log-stream:ecs/*", Answer::Allow),
        ("arn:aws:logs:*:*:log-group:/ecs/app:log-stream:ecs/app/1", Answer::Unknown),
        ("arn:aws:logs:*:*:log-group:/ecs/web:*", Answer::Deny),
    ] {
        assert_eq!(ask(&stream, resource), expected, "{resource}");
    }
    let made = create_log_group(&caller(), &via(), group);
    assert_eq!(ask(&made, group), Answer::Unknown);
    assert_eq!(ask(&made, "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/app*"), Answer::Allow);
    let written = put_log_events(&caller(), &via(), group, "ecs/app/1");
    assert_eq!(ask(&written, "arn:aws:logs:*:*:log-group:/ecs/app:log-stream:ecs/app/1"), Answer::Allow);
    let parameter = get_parameters(&caller(), &via(), "arn:aws:ssm:eu-west-1:444455556666:parameter/a");
    assert_eq!((parameter.owner, parameter.action.as_str()), (Owner::Other, "ssm:GetParameters"));
    let secret = get_secret_value(&caller(), &via(), "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf");
    assert_eq!(secret.key("aws:RequestedRegion"), Key::is("eu-west-1"));
}

#[test]
fn ecs_assumes_a_role_that_trusts_it() {
    let request = assume_role(&caller(), "eu-west-1");
    let trusts = |principal: &str, conditions: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": {principal}, "Condition": {conditions}}}}}"#
        );
        decide(&request, &Policies::of_trust(Seen::Known(Named::read("trust", &text)))).answer
    };
    let ecs = r#"{"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}"#;
    for (principal, conditions, expected) in [
        (ecs, "{}", Answer::Allow),
        (r#"{"Service": "ecs.amazonaws.com"}"#, "{}", Answer::Deny),
        (r#"{"AWS": "111122223333"}"#, "{}", Answer::Deny),
        (ecs, r#"{"StringEquals": {"aws:SourceAccount": "111122223333"}}"#, Answer::Allow),
        (ecs, r#"{"StringEquals": {"aws:SourceAccount": "444455556666"}}"#, Answer::Deny),
        (ecs, r#"{"ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-west-1:111122223333:*"}}"#, Answer::Allow),
        (ecs, r#"{"ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:111122223333:*"}}"#, Answer::Deny),
        (ecs, r#"{"ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/a"}}"#, Answer::Unknown),
        (ecs, r#"{"StringEquals": {"sts:ExternalId": "x"}}"#, Answer::Deny),
    ] {
        assert_eq!(trusts(principal, conditions), expected, "{principal} {conditions}");
    }
    let hidden = decide(&request, &Policies::of_trust(Seen::Hidden("AccessDenied".to_owned())));
    assert_eq!(hidden.answer, Answer::Unknown);
    assert_eq!(decide(&request, &Policies::none()).answer, Answer::Deny);
}
