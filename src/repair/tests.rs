use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::Applicability;
use crate::model::facts::{AclEntry, NetworkAcl};

fn acl(numbers: &[(u32, bool)]) -> NetworkAcl {
    let entry = |&(number, egress): &(u32, bool)| AclEntry {
        number,
        egress,
        allow: false,
        protocol: "-1".to_owned(),
        cidr: "0.0.0.0/0".to_owned(),
        ports: None,
    };
    NetworkAcl { entries: numbers.iter().map(entry).collect(), ..NetworkAcl::default() }
}

#[test]
fn a_number_is_free_and_comes_before() {
    for (numbers, before, free) in [
        (&[][..], 32767, Some(100)),
        (&[(100, false), (200, false)], 32767, Some(300)),
        (&[(100, false)], 100, Some(99)),
        (&[(100, false), (99, false)], 100, Some(98)),
        // Those of the other direction are others.
        (&[(100, true)], 200, Some(100)),
        (&[(1, false)], 2, None),
        (&[], 1, None),
        (&[(1, false)], 1, None),
    ] {
        assert_eq!(free_number(&acl(numbers), false, before), free, "{numbers:?} before {before}");
    }
}

#[test]
fn a_statement_is_added_and_nothing_else_changes() {
    let layers = layer_statement("eu-west-1").expect("the bucket is known");
    let before = json!({
        "Version": "2012-10-17",
        "Id": "own",
        "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {} }],
    });
    let after = add_statement(&before.to_string(), &layers).expect("it is a policy");
    assert_eq!((&after["Version"], &after["Id"]), (&before["Version"], &before["Id"]));
    assert_eq!(after["Statement"][0], before["Statement"][0]);
    assert_eq!(after["Statement"][1]["Resource"], "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*");
    assert_eq!(after["Statement"][1]["Action"], "s3:GetObject");
    assert_eq!(after["Statement"][1].get("Condition"), None);
    // One statement needs no list, and a policy no statement.
    let one = add_statement(r#"{"Statement":{"Effect":"Allow"}}"#, &token_statement()).expect("it is a policy");
    assert_eq!(one["Statement"][0], json!({ "Effect": "Allow" }));
    assert_eq!(add_statement("{}", &token_statement()).expect("it is a policy")["Statement"][0]["Resource"], "*");
    for text in ["", "[]", "null", "{", r#"{"Statement":"Allow"}"#, r#"{"Statement":3}"#] {
        assert_eq!(add_statement(text, &layers), None, "{text}");
    }
}

#[test]
fn the_layer_bucket_is_that_of_the_region_and_partition() {
    let of = |region: &str| layer_statement(region).map(|it| it.to_string());
    let gov = of("us-gov-west-1").expect("it is known");
    assert!(gov.contains("arn:aws-us-gov:s3:::prod-us-gov-west-1-starport-layer-bucket/*"), "{gov}");
    assert_eq!(of("cn-north-1"), None);
}

#[test]
fn a_statement_is_added_to_what_aws_has_by_then() {
    let layers = layer_statement("eu-west-1").expect("the bucket is known");
    let fix = cli(&Repair::AddEndpointStatement { endpoint: "vpce-1".to_owned(), statement: layers });
    let line = fix.command().expect("it can be shown");
    assert!(line.starts_with(
        "aws ec2 describe-vpc-endpoints --region eu-west-1 --vpc-endpoint-ids vpce-1 --query \
         'VpcEndpoints[0].PolicyDocument' --output text | jq -c --argjson added '{\"Sid\":\"EcrLayers"
    ));
    assert!(line.ends_with(
        " | aws ec2 modify-vpc-endpoint --region eu-west-1 --vpc-endpoint-id vpce-1 --policy-document file:///dev/stdin"
    ));
    assert_eq!(fix.applicability, Applicability::Ready);
    let fix = cli(&Repair::AddTrustStatement { role: "r".to_owned(), statement: trust_statement() });
    assert!(fix.command().is_some_and(|line| line.contains(r#""Principal":{"Service":"ecs-tasks.amazonaws.com"}"#)));
}

fn cli(repair: &Repair) -> Fix {
    Fix::repair("repair it", repair, FixForm::Cli, "eu-west-1")
}

#[test]
fn calls_read_as_one_writes_them() {
    let text = |it: &str| it.to_owned();
    for (repair, line) in [
        (
            Repair::AuthorizeIngress { group: text("sg-1"), from: Peer::Group(text("sg-2")), port: 443 },
            "aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-1 --protocol tcp --port 443 \
             --source-group sg-2",
        ),
        (
            Repair::AuthorizeEgress { group: text("sg-1"), to: Peer::PrefixList(text("pl-1")), port: 443 },
            "aws ec2 authorize-security-group-egress --region eu-west-1 --group-id sg-1 --ip-permissions \
             '[{\"FromPort\":443,\"IpProtocol\":\"tcp\",\"PrefixListIds\":[{\"PrefixListId\":\"pl-1\"}],\"ToPort\":443}]'",
        ),
        (
            Repair::PutRepositoryPolicy {
                repository: text("arn:aws:ecr:us-east-1:111122223333:repository/a/b"),
                document: json!({ "Statement": [] }),
            },
            "aws ecr set-repository-policy --region us-east-1 --registry-id 111122223333 --repository-name a/b \
             --policy-text '{\"Statement\":[]}'",
        ),
        (
            Repair::AttachRolePolicy {
                role: text("arn:aws:iam::1:role/path/r"),
                arn: text("arn:aws:iam::aws:policy/P"),
            },
            "aws iam attach-role-policy --role-name r --policy-arn arn:aws:iam::aws:policy/P",
        ),
        (
            Repair::ReplaceRoute { table: text("rtb-1"), destination: text("::/0"), target: text("eigw-1") },
            "aws ec2 replace-route --region eu-west-1 --route-table-id rtb-1 --destination-ipv6-cidr-block ::/0 \
             --egress-only-internet-gateway-id eigw-1",
        ),
    ] {
        let fix = cli(&repair);
        assert_eq!((fix.command(), fix.applicability), (Some(line), Applicability::Ready));
    }
}

#[test]
fn what_is_not_known_is_no_call() {
    let text = |it: &str| it.to_owned();
    for repair in [
        Repair::EnablePrivateDns { endpoint: text("") },
        Repair::AddRouteTables { endpoint: text("vpce-1"), tables: Vec::new() },
        Repair::ChangeEndpointGroups { endpoint: text("vpce-1"), add: Vec::new(), remove: Vec::new() },
        Repair::CreateRoute { table: text("rtb-1"), destination: text("0.0.0.0/0"), target: text("local") },
        Repair::PutRolePolicy { role: text("r"), name: text("n"), statements: Vec::new() },
        Repair::PutRepositoryPolicy { repository: text("a/b"), document: Value::Null },
    ] {
        assert_eq!(cli(&repair).applicability, Applicability::Advice, "{repair:?}");
    }
}

proptest! {
    #[test]
    fn a_number_is_never_taken(numbers in proptest::collection::vec((1_u32..400, any::<bool>()), 0..60), before in 0_u32..40000) {
        let acl = acl(&numbers);
        if let Some(free) = free_number(&acl, true, before) {
            prop_assert!((1..before.min(32767)).contains(&free) && !numbers.contains(&(free, true)));
        } else {
            prop_assert!((1..before).all(|number| numbers.contains(&(number, true))));
        }
    }

    #[test]
    fn no_text_breaks_the_making_of_a_policy(text in "\\PC{0,40}") {
        prop_assert!(add_statement(&text, &token_statement()).is_none_or(|policy| policy["Statement"].is_array()));
    }
}
