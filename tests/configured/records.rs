//! The policies of the corpus, each in an account that is in order but for it.

use ecr_probe::model::{Report, Severity, Verdict};
use serde_json::Value;

use super::sim::account::{S3_GATEWAY, VPC, endpoint_id};
use super::sim::world::{ACCOUNT, Service};
use super::sim::{Account, World};
use super::stories::text;
use super::support::configuration::{aim, audit_account};
use super::{codes, world};

const ENDPOINT: &str = include_str!("../policy/endpoint-policies.jsonl");
const IDENTITY: &str = include_str!("../policy/identity-policies.jsonl");

fn records(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
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

fn complaint(record: &Value, report: &Report) -> Option<String> {
    let (right, is_unknown) = expected(record);
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
    // The account is the simulated one.
    world.image.account = ACCOUNT.to_owned();
    let own = |text: &str| text.replace("111122223333", ACCOUNT);
    world.image.reference = world.image.reference.as_deref().map(own);
    let secret = context["resources"]["secretsmanager:GetSecretValue"].as_str().map(own);
    world.account.secrets.extend(secret);
    let id = if label == "s3" && !is_interface { S3_GATEWAY.to_owned() } else { endpoint_id(service(label)) };
    let policy = own(&record["policy"].to_string());
    let policy = policy.replace(text(context, "vpc_id"), VPC).replace(text(context, "vpce_id"), &id);
    world.account.endpoint_policies.insert(service(label), policy);
    audit_account(&Account::of(&world), &aim(&world))
}

#[test]
fn a_policy_on_an_endpoint_of_a_sound_account_is_told_as_the_record_says() {
    let complaints: Vec<String> =
        records(ENDPOINT).iter().filter_map(|record| complaint(record, &of_endpoint(record))).collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}
