//! That the answers our tests make up are AWS's: botocore's parsers read the same in them as we do.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::errors::{denial, error};
use crate::responder::{Answer, Protocol};
use crate::tools;

const OPERATIONS: [(&str, &str, Protocol); 14] = [
    ("ec2", "DescribeSubnets", Protocol::Ec2),
    ("ec2", "DescribeVpcEndpoints", Protocol::Ec2),
    ("iam", "GetRole", Protocol::Iam),
    ("iam", "ListRolePolicies", Protocol::Iam),
    ("route53", "ListHostedZonesByVPC", Protocol::Route53),
    ("route53", "ListResourceRecordSets", Protocol::Route53),
    ("ecs", "DescribeServices", Protocol::Json),
    ("ecr", "DescribeImages", Protocol::Json),
    ("logs", "DescribeLogGroups", Protocol::Json),
    ("secretsmanager", "DescribeSecret", Protocol::Json),
    ("ssm", "DescribeParameters", Protocol::Json),
    ("kms", "DescribeKey", Protocol::Json),
    ("route53resolver", "ListFirewallRules", Protocol::Json),
    ("route53resolver", "ListResolverRules", Protocol::Json),
];

#[test]
fn botocore_reads_our_denials() {
    let Some(python) = tools::python_with_moto() else { return tools::skip("botocore for python3") };
    let message = "User: arn:aws:iam::123456789012:user/me is not authorized to perform: x:Y";
    let answers: Vec<Value> = OPERATIONS
        .iter()
        .map(|(service, operation, protocol)| {
            let (status, code) = denial(*protocol);
            let Answer::Http { body, .. } = error(*protocol, status, code, message) else { panic!("it is HTTP") };
            let body = String::from_utf8(body).expect("UTF-8");
            json!({ "service": service, "operation": operation, "status": status, "body": body })
        })
        .collect();
    let read = read(&python, &Value::Array(answers));
    for ((service, operation, protocol), read) in OPERATIONS.iter().zip(read.as_array().expect("a list")) {
        assert_eq!(read["code"], denial(*protocol).1, "{service} {operation}: {read}");
        assert_eq!(read["message"], message, "{service} {operation}: {read}");
    }
}

fn read(python: &std::path::Path, answers: &Value) -> Value {
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/account/read_by_aws.py");
    let mut command = Command::new(python);
    let mut child = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3 starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(answers.to_string().as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}
