//! Real policies with the answers that AWS gave, documents or reason leads to: `endpoint-policies.jsonl` and
//! `identity-policies.jsonl`. Each request is made by the library's own builders, with what a customer's account can
//! know of it; `layer_signer_role_arn` and `layer_bucket_account` are not given to them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ecr_probe::policy::requests::{self, Caller, Org, Repository, Via};
use ecr_probe::policy::{Answer, Decision, Missing, Named, Policies, Request, Role, Seen, decide};
use serde_json::{Value, json};

use crate::draw::Case;
use crate::oracles;

const ENDPOINT: &str = include_str!("endpoint-policies.jsonl");
const IDENTITY: &str = include_str!("identity-policies.jsonl");

/// Answers that rest on `aws:SourceVpc` or `aws:SourceVpce` of a `GetAuthorizationToken`. The file has what one account
/// saw through its endpoint; AWS's guide says that Fargate's call carries neither key ("Task execution IAM role",
/// optional condition keys: "the GetAuthorizationToken API action cannot have aws:sourceVpc or aws:sourceVpce
/// applied"). The builder leaves them unknown.
const RESTS_ON_THE_TOKENS_VPC: [(&str, &str); 1] = [("vpe-ecr-003", "ecr:GetAuthorizationToken")];

fn cases(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn tags(value: &Value) -> BTreeMap<String, String> {
    let tags = value.as_object().expect("tags are an object");
    tags.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

fn org(value: &Value) -> Org {
    value.as_str().map_or(Org::Outside, |id| Org::Known { id: id.to_owned(), path: None })
}

fn named(name: &str, document: &Value) -> Named {
    let named = Named::read(name, &document.to_string());
    assert!(named.document().is_some(), "{name} is read: {document}");
    named
}

fn seen(name: &str, document: &Value) -> Seen<Named> {
    if document.is_null() { Seen::Absent } else { Seen::Known(named(name, document)) }
}

fn levels(name: &str, documents: &Value) -> Seen<Vec<Vec<Named>>> {
    let Some(levels) = documents.as_array() else { return Seen::Absent };
    let level = |level: &Value| level.as_array().expect("a level is a list").iter().map(|it| named(name, it)).collect();
    Seen::Known(levels.iter().map(level).collect())
}

fn request(action: &str, caller: &Caller, via: &Via, region: &str, repository: &Repository, resource: &str) -> Request {
    match action {
        "ecr:GetAuthorizationToken" => requests::get_authorization_token(caller, via, region),
        "ecr:BatchGetImage" => requests::batch_get_image(caller, via, repository),
        "ecr:GetDownloadUrlForLayer" => requests::get_download_url(caller, via, repository),
        "s3:GetObject" => requests::get_layer(caller, via, region),
        "secretsmanager:GetSecretValue" => requests::get_secret_value(caller, via, resource),
        "ssm:GetParameters" => requests::get_parameters(caller, via, resource),
        "logs:CreateLogStream" | "logs:PutLogEvents" => {
            let (group, stream) = resource.split_once(":log-stream:").expect("a stream");
            match action {
                "logs:CreateLogStream" => requests::create_log_stream(caller, via, group, stream),
                _ => requests::put_log_events(caller, via, group, stream),
            }
        }
        "sts:AssumeRole" => requests::assume_role(caller, region),
        other => panic!("no builder for {other}"),
    }
}

/// The decision about an action of an endpoint's case: the role's own policies allow all, so that the endpoint decides.
fn endpoint_decision(case: &Value, action: &str) -> Decision {
    let context = &case["context"];
    let caller = Caller {
        role: Role::of(text(context, "execution_role_arn")),
        org: org(&context["principal_org_id"]),
        tags: Some(tags(&context["principal_tags"])),
        now: None,
    };
    let via = Via::Endpoint {
        vpc: text(context, "vpc_id").to_owned(),
        id: Some(text(context, "vpce_id").to_owned()),
        gateway: text(case, "type") == "Gateway",
        owner: Some(caller.account().to_owned()),
        client: text(context, "client_private_ip").parse::<IpAddr>().ok(),
    };
    let repository = Repository { arn: text(context, "repository_arn").to_owned(), tags: None };
    let resource = context["resources"][action].as_str().unwrap_or_default();
    let request = request(action, &caller, &via, text(case, "region"), &repository, resource);
    let endpoint = Seen::Known(named("endpoint", &case["policy"]));
    let all = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let identity = Seen::Known(vec![Named::read("all", all)]);
    decide(&request, &Policies { identity, ..Policies::of_endpoint(endpoint) })
}

fn identity_decision(case: &Value, action: &str) -> Decision {
    let documents = &case["documents"];
    let network = &case["network"];
    let caller = Caller {
        role: Role::of(text(case, "execution_role_arn")),
        org: org(&case["principal_org_id"]),
        tags: Some(tags(&case["principal_tags"])),
        now: None,
    };
    let via = if text(network, "path") == "vpce" {
        Via::endpoint(text(network, "aws:SourceVpc"), text(network, "aws:SourceVpce"), text(network, "aws:VpceAccount"))
    } else {
        Via::Internet(text(network, "aws:SourceIp").parse().ok())
    };
    let repository =
        Repository { arn: text(case, "repository_arn").to_owned(), tags: Some(tags(&case["repository_tags"])) };
    let resource = case["resources"][action].as_str().unwrap_or_default();
    let request = request(action, &caller, &via, text(case, "region"), &repository, resource);
    if action == "sts:AssumeRole" {
        return decide(&request, &Policies::of_trust(seen("trust", &documents["trust"])));
    }
    let identity = documents["identity"].as_array().map(|all| all.iter().map(|it| named("identity", it)).collect());
    let policies = Policies {
        identity: identity.map_or(Seen::Absent, Seen::Known),
        boundary: seen("boundary", &documents["permissions_boundary"]),
        resource: if action.starts_with("ecr:") {
            seen("repository", &documents["repository_policy"])
        } else {
            Seen::Absent
        },
        scps: levels("scp", &documents["scp_levels"]),
        rcps: levels("rcp", &documents["rcp_levels"]),
        ..Policies::none()
    };
    decide(&request, &policies)
}

fn compare(cases: &[Value], decision: impl Fn(&Value, &str) -> Decision) {
    let mut wrong = Vec::new();
    let mut asked = 0;
    for case in cases {
        let id = text(case, "id");
        for (action, expected) in case["expect"].as_object().expect("answers") {
            let decision = decision(case, action);
            asked += 1;
            let answer = match decision.answer {
                Answer::Allow => "allow",
                Answer::Deny => "deny",
                Answer::Unknown => "unknown",
            };
            if RESTS_ON_THE_TOKENS_VPC.contains(&(id, action)) {
                let is_vpc = |it: &Missing| matches!(it, Missing::Key { key, .. } if key.starts_with("aws:SourceVpc"));
                assert!(answer == "unknown" && decision.missing.iter().all(is_vpc), "{id} {action}: {decision:?}");
            } else if answer != expected {
                wrong.push(format!("{id} {action}: {answer}, and {expected} is right: {decision:#?}"));
            }
        }
    }
    assert!(asked > 20, "{asked} asked");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A case of the files as the foreign evaluators are asked: with everything known, the signer of the layers too.
/// `None` where the file's own answer is unknown.
fn foreign(case: &Value, action: &str, is_endpoint: bool) -> Option<Case> {
    let expected = text(&case["expect"], action);
    if expected == "unknown" {
        return None;
    }
    let context = if is_endpoint { &case["context"] } else { case };
    let is_layer = action == "s3:GetObject";
    let role = text(context, if is_layer { "layer_signer_role_arn" } else { "execution_role_arn" });
    let part = |arn: &str, at: usize| arn.split(':').nth(at).unwrap_or_default().to_owned();
    let account = part(role, 4);
    let resource = match action {
        "ecr:GetAuthorizationToken" => "*",
        "s3:GetObject" => text(context, "layer_object_arn"),
        "sts:AssumeRole" => role,
        _ if action.starts_with("ecr:") => text(context, "repository_arn"),
        _ => text(&context["resources"], action),
    };
    let owner = match (is_layer, resource) {
        (true, _) => text(context, "layer_bucket_account").to_owned(),
        (_, "*") => account.clone(),
        (_, arn) => part(arn, 4),
    };
    let mut keys = json!({
        "aws:PrincipalArn": role, "aws:PrincipalAccount": account, "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false", "aws:SecureTransport": "true",
        "aws:RequestedRegion": case["region"], "aws:ResourceAccount": owner,
    });
    let network = if is_endpoint {
        json!({"aws:SourceVpc": context["vpc_id"], "aws:SourceVpce": context["vpce_id"],
               "aws:VpcSourceIp": context["client_private_ip"]})
    } else {
        case["network"].clone()
    };
    let network = network.as_object().expect("keys").iter().filter(|(name, _)| name.as_str() != "path");
    for (name, value) in network {
        keys[name] = value.clone();
    }
    if is_layer {
        keys["s3:ResourceAccount"] = json!(owner);
    } else {
        if let Some(org) = context["principal_org_id"].as_str() {
            keys["aws:PrincipalOrgID"] = json!(org);
        }
        for (name, value) in tags(&context["principal_tags"]) {
            keys[format!("aws:PrincipalTag/{name}")] = json!(value);
        }
    }
    let all = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let session = format!("{}/task", role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/"));
    let documents = &case["documents"];
    let mut policies = match action {
        _ if is_endpoint => json!({"endpoint": case["policy"], "identity": [all]}),
        "sts:AssumeRole" => json!({"resource": documents["trust"]}),
        _ => json!({"identity": documents["identity"], "boundary": documents["permissions_boundary"],
                    "scps": documents["scp_levels"], "rcps": documents["rcp_levels"]}),
    };
    if action.starts_with("ecr:") && resource != "*" {
        policies["resource"] = documents["repository_policy"].clone();
    }
    policies.as_object_mut().expect("policies").retain(|_, document| !document.is_null());
    let who = if action == "sts:AssumeRole" { "ecs-tasks.amazonaws.com" } else { &session };
    Some(Case {
        json: json!({"role": role, "session": who, "account": account, "action": action, "resource": resource,
                     "owner": owner, "keys": keys, "policies": policies, "expect": expected}),
    })
}

/// All cases of a file for the foreign evaluators.
fn for_oracles(cases: &[Value], is_endpoint: bool) -> Vec<Case> {
    let actions = |case: &Value| case["expect"].as_object().expect("answers").keys().cloned().collect::<Vec<_>>();
    let each = cases.iter().flat_map(|case| actions(case).into_iter().map(move |action| (case, action)));
    each.filter_map(|(case, action)| foreign(case, &action, is_endpoint)).collect()
}

/// The answers of the files are no opinion of ours.
#[test]
fn foreign_evaluators_agree_with_the_files() {
    let (endpoints, identities) = (for_oracles(&cases(ENDPOINT), true), for_oracles(&cases(IDENTITY), false));
    let all: Vec<Case> = endpoints.iter().chain(&identities).cloned().collect();
    for (name, command, cases) in [
        ("iam-simulate", oracles::iam_simulate(), &all),
        // It knows no organizations' policies of the resource, and no sessions.
        ("PMapper", oracles::pmapper(), &endpoints),
    ] {
        let Some(command) = command else {
            oracles::skip(name);
            continue;
        };
        let answers = oracles::ask(command, cases);
        let wrong: Vec<String> = cases
            .iter()
            .zip(answers)
            .filter(|(case, answer)| answer["answer"] != case.json["expect"])
            .map(|(case, answer)| format!("{answer}: {}", case.json))
            .collect();
        eprintln!("{name}: {} cases of the files", cases.len());
        assert!(wrong.is_empty(), "{name}: {}", wrong.join("\n"));
    }
}

#[test]
fn endpoint_policies_decide_as_they_do_in_aws() {
    compare(&cases(ENDPOINT), endpoint_decision);
}

#[test]
fn identity_policies_decide_as_they_do_in_aws() {
    compare(&cases(IDENTITY), identity_decision);
}
