//! The policies of the corpus, each in an account that is in order but for it.

use ecr_probe::model::facts::{Policy, PolicyKind};
use ecr_probe::model::{Report, Severity, Verdict};
use serde_json::{Value, json};

use super::sim::account::{LOG_GROUP, S3_GATEWAY, VPC, endpoint_id};
use super::sim::world::{ACCOUNT, Service};
use super::sim::{Account, World};
use super::stories::text;
use super::support::configuration::{aim, audit_account};
use super::{codes, world};

const ENDPOINT: &str = include_str!("../policy/endpoint-policies.jsonl");
const IDENTITY: &str = include_str!("../policy/identity-policies.jsonl");

/// Of these Regions the simulated AWS has no addresses of S3's.
const ELSEWHERE: [&str; 3] = ["ap-northeast-1", "ap-south-1", "ap-southeast-1"];

/// Each with the names of the simulated account in place of its own.
fn records(text: &str) -> Vec<Value> {
    let moved = |line: &str| {
        let line = ELSEWHERE.iter().fold(line.to_owned(), |line, region| line.replace(region, "eu-west-1"));
        line.replace("111122223333", ACCOUNT).replace("log-group:/ecs/app:", &format!("log-group:{LOG_GROUP}:"))
    };
    text.lines().map(|line| serde_json::from_str(&moved(line)).expect("JSON")).collect()
}

fn service(label: &str) -> Service {
    match label {
        "ecr.api" => Service::EcrApi,
        "ecr.dkr" => Service::EcrDkr,
        "s3" => Service::S3,
        "logs" => Service::Logs,
        "secretsmanager" => Service::SecretsManager,
        other => panic!("no endpoint of {other}"),
    }
}

/// A world in which everything is in order, with the record's Region, role and repository.
fn sound(record: &Value, role: &str, repository: &str, more: &str) -> World {
    let region = text(record, "region");
    let part = |arn: &str, at: usize| arn.splitn(6, ':').nth(at).unwrap_or_default().to_owned();
    let name = part(repository, 5).trim_start_matches("repository/").to_owned();
    let owner = part(repository, 4);
    let role = part(role, 5).trim_start_matches("role/").to_owned();
    world(&format!(
        "[vpc]\nregion = '{region}'\n{more}\n[task]\nexecution_role = '{role}'\n[image]\naccount = '{owner}'\n\
         repository = '{name}'\nreference = '{owner}.dkr.ecr.{region}.amazonaws.com/{name}:v1'\n"
    ))
}

/// The expected answers, in short.
fn expected(record: &Value) -> (Vec<String>, bool) {
    let codes = record["codes"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let answers = record["expect"].as_object().expect("answers");
    (codes, answers.values().any(|answer| answer == "unknown"))
}

fn errors(report: &Report) -> Vec<&str> {
    let errors = report.diagnoses.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.code.id()).collect()
}

/// Where the report is right to be inconclusive.
const UNKNOWN: [&str; 3] = [
    // One account saw the token's call go through its endpoint; AWS's guide says that Fargate's carries neither key (ECS
    // Developer Guide, "Task execution IAM role", optional condition keys).
    "vpe-ecr-003",
    // `aws:PrincipalOrgID` is not asked for: a member account need not be allowed to read its organization's id (AWS
    // Organizations API Reference, "DescribeOrganization"). It is in the first and in none in the second.
    "idp-036",
    "idp-037",
];

/// Service control policies are read in the organization's management account alone (AWS Organizations API Reference,
/// "ListPoliciesForTarget"): the report lists them as not seen, and says what it can without them.
const OF_THE_ORGANIZATION: [&str; 2] = ["idp-054", "idp-061"];

/// The catalogue's own code for an Allow of a role's policies whose condition fails: no statement allows the request, so
/// that AWS speaks of an implicit deny as where there is none (IAM User Guide, "Policy evaluation logic").
const OTHER_CODE: [(&str, &str); 1] = [("idp-015", "IAM-02")];

fn complaint(record: &Value, report: &Report) -> Option<String> {
    let (mut right, mut is_unknown) = expected(record);
    let id = text(record, "id");
    if UNKNOWN.contains(&id) || OF_THE_ORGANIZATION.contains(&id) {
        right.clear();
        is_unknown |= UNKNOWN.contains(&id);
    }
    right.extend(OTHER_CODE.iter().filter(|(of, _)| *of == id).map(|(_, code)| (*code).to_owned()));
    let errors = errors(report);
    let is_right = if right.is_empty() {
        let open = if is_unknown { Verdict::Inconclusive } else { Verdict::Healthy };
        errors.is_empty() && report.verdict == open
    } else {
        !errors.is_empty() && errors.iter().all(|code| right.iter().any(|it| it == code))
    };
    (!is_right).then(|| {
        format!(
            "{}: {:?} {:?}, right is {right:?} {}",
            text(record, "id"),
            report.verdict,
            codes(report),
            record["expect"]
        )
    })
}

fn of_endpoint(record: &Value) -> Report {
    let context = &record["context"];
    let label = text(record, "service");
    let is_interface = text(record, "type") == "Interface";
    let more = if label == "s3" && is_interface {
        "interface_endpoints = ['ecr.api', 'ecr.dkr', 's3']\ns3_gateway = false"
    } else {
        ""
    };
    let mut world = sound(record, text(context, "execution_role_arn"), text(context, "repository_arn"), more);
    let secret = context["resources"]["secretsmanager:GetSecretValue"].as_str();
    world.account.secrets.extend(secret.map(str::to_owned));
    let id = if label == "s3" && !is_interface { S3_GATEWAY.to_owned() } else { endpoint_id(service(label)) };
    let policy =
        record["policy"].to_string().replace(text(context, "vpc_id"), VPC).replace(text(context, "vpce_id"), &id);
    world.account.endpoint_policies.insert(service(label), policy);
    audit_account(&Account::of(&world), &aim(&world))
}

#[test]
fn a_policy_on_an_endpoint_of_a_sound_account_is_told_as_the_record_says() {
    let complaints: Vec<String> =
        records(ENDPOINT).iter().filter_map(|record| complaint(record, &of_endpoint(record))).collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// The world of a record of identity policies: its role, its repository and the layers that the account itself shows.
fn of_identity(record: &Value) -> Report {
    let network = &record["network"];
    let by_endpoint = text(network, "path") == "vpce";
    let more = if by_endpoint { "" } else { "nat = true\ninterface_endpoints = []" };
    let mut world = sound(record, text(record, "execution_role_arn"), text(record, "repository_arn"), more);
    let documents = &record["documents"];
    let own = |document: &Value| {
        let endpoint = endpoint_id(Service::EcrDkr);
        let text_of = document.to_string();
        let text_of =
            [("aws:SourceVpc", VPC), ("aws:SourceVpce", &endpoint)].iter().fold(text_of, |text_of, (key, own)| {
                match network[*key].as_str() {
                    Some(told) => text_of.replace(told, own),
                    None => text_of,
                }
            });
        Some(text_of).filter(|_| !document.is_null())
    };
    world.account.trust = own(&documents["trust"]);
    world.account.repository_policy = own(&documents["repository_policy"]);
    if !documents["repository_policy"].is_object() && world.image.account != ACCOUNT {
        world.account.repository_policy = Some(r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned());
    }
    for action in record["expect"].as_object().expect("answers").keys() {
        let resource = record["resources"][action].as_str();
        let is_of_the_start = action.starts_with("secretsmanager:") || action.starts_with("ssm:");
        world.account.secrets.extend(resource.filter(|_| is_of_the_start).map(str::to_owned));
    }
    let mut account = Account::of(&world);
    if let (Some(address), Some(nat)) = (network["aws:SourceIp"].as_str(), account.nat_gateways.first_mut()) {
        nat.public_ips = vec![address.to_owned()];
    }
    if let Some(identity) = documents["identity"].as_array() {
        let role = account.task_definitions[0].execution_role_arn.clone().expect("it has one");
        account.policies.retain(|policy| policy.role != role);
        // What a record does not ask about is granted.
        let asks_ecr = record["expect"].as_object().expect("answers").keys().any(|action| action.starts_with("ecr:"));
        let granted = if asks_ecr { json!(["logs:*"]) } else { json!(["logs:*", "ecr:*"]) };
        let statement = json!({"Effect": "Allow", "Action": granted, "Resource": "*"});
        let rest = json!({"Version": "2012-10-17", "Statement": statement});
        for (nth, document) in identity.iter().chain([&rest]).enumerate() {
            account.policies.push(Policy {
                name: format!("own-{nth}"),
                role: role.clone(),
                kind: PolicyKind::Inline,
                document: own(document).expect("it is a document"),
            });
        }
    }
    audit_account(&account, &aim(&world))
}

#[test]
fn policies_of_a_role_and_a_repository_are_told_as_the_record_says() {
    let complaints: Vec<String> =
        records(IDENTITY).iter().filter_map(|record| complaint(record, &of_identity(record))).collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}
