//! How much memory the answers of a large VPC take, and a client of AWS's own that reads what our responders say.

use std::fmt::Write as _;
use std::process::Command;

use ecr_probe::model::facts::Question;
use serde_json::json;

use crate::apart;
use crate::asked::Asked;
use crate::responder::{Answer, Request, Responder};

/// The most that the answers of a large VPC may add to what is resident, in KiB.
const MOST_KIB: u64 = 64 * 1024;

/// A thousand groups of a hundred rules, a hundred subnets, fifty endpoints with policies.
fn answer(request: &Request) -> Answer {
    let ids: Vec<&str> = request
        .body
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| name.starts_with("GroupId.") || name.starts_with("SubnetId."))
        .map(|(_, id)| id)
        .collect();
    let mut body = String::new();
    match request.operation().as_str() {
        "DescribeSecurityGroups" => {
            body.push_str("<R><securityGroupInfo>");
            for id in ids {
                let _ = write!(
                    body,
                    "<item><ownerId>123456789012</ownerId><groupId>{id}</groupId><groupName>n</groupName>\
                    <vpcId>vpc-0123456789abcdef0</vpcId><ipPermissions>"
                );
                for rule in 0..100 {
                    let _ = write!(
                        body,
                        "<item><ipProtocol>tcp</ipProtocol><fromPort>{rule}</fromPort><toPort>443</toPort>\
                        <groups/><ipRanges><item><cidrIp>10.{rule}.0.0/16</cidrIp><description>what it is for</description>\
                        </item></ipRanges><ipv6Ranges/><prefixListIds/></item>"
                    );
                }
                body.push_str("</ipPermissions><ipPermissionsEgress/></item>");
            }
            body.push_str("</securityGroupInfo></R>");
        }
        "DescribeSubnets" => {
            body.push_str("<R><subnetSet>");
            for id in ids {
                let _ = write!(body, "<item><subnetId>{id}</subnetId><vpcId>vpc-0123456789abcdef0</vpcId></item>");
            }
            body.push_str("</subnetSet></R>");
        }
        _ => {
            let policy = format!(
                r#"{{"Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":"{}"}}]}}"#,
                "x".repeat(20_000)
            );
            body.push_str("<R><vpcEndpointSet>");
            for number in 0..50 {
                let _ = write!(
                    body,
                    "<item><vpcEndpointId>vpce-{number}</vpcEndpointId><policyDocument>{policy}</policyDocument></item>"
                );
            }
            body.push_str("</vpcEndpointSet></R>");
        }
    }
    Answer::of(200, body)
}

#[test]
fn a_large_vpc_fits() {
    let responder = Responder::start(|request, _| answer(request));
    let command = Command::new(std::env::current_exe().expect("a test has a binary"));
    let output = apart::again(command, "large::reads_it", &json!(responder.url()));
    let printed = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
    let added = printed.lines().find_map(|line| line.strip_prefix("ADDED ")).unwrap_or_else(|| panic!("{printed}"));
    let added: u64 = added.parse().expect("a number");
    println!("{added} KiB");
    assert!(added < MOST_KIB, "{added} KiB");
}

/// The other side: reads it all and keeps it.
#[test]
fn reads_it() {
    let Some(url) = apart::asked() else { return };
    let asked = Asked::at(url.as_str().expect("a URL"), &[]);
    let ids = |kind: &str, count: usize| (0..count).map(|number| format!("{kind}-{number:017x}")).collect();
    let before = resident();
    let told = asked.together(&[
        Question::SecurityGroups { ids: ids("sg", 500) },
        Question::SecurityGroups { ids: (500..1000).map(|number| format!("sg-{number:017x}")).collect() },
        Question::Subnets { ids: ids("subnet", 100) },
        Question::Endpoints { vpc: "vpc-1".into() },
    ]);
    let after = resident();
    assert_eq!(told.iter().map(|told| told.facts.len()).sum::<usize>(), 1000 + 100 + 51);
    assert!(told.iter().flat_map(|told| &told.facts).all(|(_, act)| !format!("{act:.400?}").contains("Hidden")));
    println!("\nADDED {}", after.saturating_sub(before));
}

/// The most that was resident, in KiB (proc(5), `VmHWM`).
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it has one");
    line.trim().trim_end_matches(" kB").trim().parse().expect("a number")
}
