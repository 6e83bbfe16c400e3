//! Stories that people told of their networks, each as a whole account.

use ecr_probe::account::Aim;
use ecr_probe::model::facts::{
    ContainerFact, ContainerInstance, IamRole, ImageFact, ImageStatus, Instance, LogGroup, Policy, PolicyKind,
    Repository, RepositoryPolicy, Service, TaskDefinition,
};
use ecr_probe::model::{Report, Severity, Verdict};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::codes;
use super::sim::Account;
use super::sim::account::{CLUSTER, SERVICE, VPC};
use super::sim::world::ACCOUNT;
use super::stories::{STORIES, facts, list, text, texts};
use super::support::configuration::audit_account;

const POLICIES: &str = include_str!("../policy/endpoint-policies.jsonl");
const DEFINITION: &str = "arn:aws:ecs:us-east-1:123456789012:task-definition/app:1";
const ROLE: &str = "arn:aws:iam::123456789012:role/execution";
const REPOSITORY_NAME: &str = "team/app";

/// The same, in the VPC that the simulated account has.
fn moved<T: Serialize + DeserializeOwned>(all: &[T]) -> Vec<T> {
    let json = serde_json::to_string(all).expect("it is JSON").replace("\"vpc-1\"", &format!("\"{VPC}\""));
    serde_json::from_str(&json).expect("it is the same but for the VPC")
}

/// The policy of an endpoint of a story.
fn endpoint_policy(told: &Value, endpoint: &str) -> Option<String> {
    if let Some(reference) = told["ref"].as_str() {
        let record = POLICIES.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let record = record.into_iter().find(|it| it["id"] == reference).expect("the policy is told");
        let context = &record["context"];
        let policy = record["policy"].to_string();
        let policy = policy.replace(text(context, "vpc_id"), VPC).replace(text(context, "vpce_id"), endpoint);
        return Some(policy.replace(text(context, "principal_account"), ACCOUNT));
    }
    let allow = told.get("allow")?;
    let statement = json!({"Effect": "Allow", "Principal": "*", "Action": allow, "Resource": told["resource"]});
    Some(json!({"Version": "2012-10-17", "Statement": [statement]}).to_string())
}

fn image(story: &Value, region: &str) -> String {
    let told = text(&story["facts"]["task"], "image");
    let own = format!("{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/{REPOSITORY_NAME}:latest");
    if told.is_empty() { own } else { told.to_owned() }
}

/// The whole account of a story, whose service has that image.
fn account(story: &Value, image: &str) -> Account {
    let told = &story["facts"];
    let region = told["region"].as_str().unwrap_or("eu-west-1");
    let network = facts(story);
    let mut account = Account {
        region: region.to_owned(),
        vpcs: moved(&network.vpcs.iter().map(|(vpc, _)| vpc.clone()).collect::<Vec<_>>()),
        vpc_dns: network.vpcs[0].1,
        dhcp_options: network.dhcp.clone(),
        subnets: moved(&network.subnets),
        route_tables: moved(&network.tables),
        nat_gateways: moved(&network.nats),
        internet_gateways: moved(&network.gateways),
        network_acls: moved(&network.acls),
        security_groups: moved(&network.groups),
        prefix_lists: network.lists.clone(),
        endpoints: moved(&network.endpoints),
        interfaces: moved(&network.interfaces),
        ..Account::default()
    };
    for endpoint in list(told, "endpoints") {
        let id = text(endpoint, "id");
        let own = account.endpoints.iter_mut().find(|it| it.id == id).expect("it is there");
        own.policy = endpoint_policy(&endpoint["policy"], id);
    }
    add_service(&mut account, told, image);
    add_role(&mut account, told);
    let repository = format!("arn:aws:ecr:{region}:{ACCOUNT}:repository/{REPOSITORY_NAME}");
    account.repositories.push(Repository { arn: repository.clone(), kms_key: None });
    account.repository_policies.push((repository.clone(), RepositoryPolicy { document: None }));
    let fact = ImageFact {
        digest: format!("sha256:{}", "0".repeat(64)),
        status: ImageStatus::Active,
        platforms: Some(vec!["linux/amd64".to_owned()]),
        ..ImageFact::default()
    };
    account.images.push((format!("{repository}:latest"), fact));
    account.log_groups.push((format!("{region} /ecs/app"), LogGroup { name: "/ecs/app".to_owned() }));
    account
}

fn add_service(account: &mut Account, told: &Value, image: &str) {
    let task = &told["task"];
    let on_instances = text(task, "launch") == "EC2";
    let logs = list(told, "endpoints").iter().any(|it| text(it, "service") == "logs");
    let options = [("awslogs-group", "/ecs/app"), ("awslogs-region", account.region.as_str())];
    let options = options.map(|(key, value)| (key.to_owned(), value.to_owned()));
    account.task_definitions.push(TaskDefinition {
        arn: DEFINITION.to_owned(),
        execution_role_arn: Some(ROLE.to_owned()),
        containers: vec![ContainerFact {
            name: "app".to_owned(),
            image: image.to_owned(),
            log_driver: logs.then(|| "awslogs".to_owned()),
            log_options: options.into_iter().filter(|_| logs).collect(),
            ..ContainerFact::default()
        }],
        ..TaskDefinition::default()
    });
    account.services.push(Service {
        name: SERVICE.to_owned(),
        cluster: CLUSTER.to_owned(),
        launch_type: Some(if on_instances { "EC2" } else { "FARGATE" }.to_owned()),
        task_definition: DEFINITION.to_owned(),
        subnets: texts(task, "subnets"),
        groups: texts(task, "sgs"),
        assign_public_ip: text(task, "assign_public_ip") == "ENABLED",
        ..Service::default()
    });
    for (nth, subnet) in texts(task, "subnets").into_iter().enumerate().filter(|_| on_instances) {
        let id = format!("i-{nth}");
        account.container_instances.push(ContainerInstance {
            arn: format!("arn:aws:ecs:{}:{ACCOUNT}:container-instance/{CLUSTER}/{nth}", account.region),
            instance_id: id.clone(),
            agent_connected: true,
        });
        account.instances.push(Instance {
            id,
            subnet_id: subnet,
            vpc_id: VPC.to_owned(),
            groups: texts(task, "sgs"),
            public_ip: None,
            profile_arn: None,
        });
    }
}

/// An execution role as AWS makes it, but for what the story says.
fn add_role(account: &mut Account, told: &Value) {
    let role = &told["roles"]["execution"];
    let effect = if text(role, "trust").starts_with("Deny") { "Deny" } else { "Allow" };
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    account.roles.push(IamRole { arn: ROLE.to_owned(), trust: trust.to_string(), boundary_arn: None });
    let pull = [
        "ecr:GetAuthorizationToken",
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage",
    ];
    let logs = ["logs:CreateLogStream", "logs:PutLogEvents"];
    // The policies that a story names have nothing of ECR.
    let actions: Vec<&str> = if role["policies"].is_array() { logs.to_vec() } else { [&pull[..], &logs[..]].concat() };
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": actions, "Resource": "*"}]});
    account.policies.push(Policy {
        name: "own".to_owned(),
        role: ROLE.to_owned(),
        kind: PolicyKind::Inline,
        document: document.to_string(),
    });
}

fn audited(story: &Value, image: &str) -> Report {
    let account = account(story, image);
    let aim = Aim {
        region: account.region.clone(),
        account: Some(ACCOUNT.to_owned()),
        cluster: Some(CLUSTER.to_owned()),
        service: Some(SERVICE.to_owned()),
        ..Aim::default()
    };
    audit_account(&account, &aim)
}

fn errors(report: &Report) -> Vec<String> {
    let errors = report.diagnoses.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.code.to_string()).collect()
}

/// All that people found is named, and nothing else is.
#[test]
fn an_audit_finds_what_people_found() {
    let mut wrong = Vec::new();
    for line in STORIES.lines() {
        let story: Value = serde_json::from_str(line).expect("JSON");
        let (id, region) = (text(&story, "id"), story["facts"]["region"].as_str().unwrap_or("eu-west-1"));
        let report = audited(&story, &image(&story, region));
        let mut found = errors(&report);
        if texts(&story, "expect_codes").iter().any(|code| code == "DNS-06") {
            // Of a host that is nobody's no way is judged: with the name as it was meant the rest shows.
            found.extend(errors(&audited(
                &story,
                &format!("{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/{REPOSITORY_NAME}:latest"),
            )));
        }
        let stands_for = |code: &String| {
            let mut all = texts(&story["acceptable_also"], code);
            all.push(code.clone());
            // A NAT gateway without a way out has a code of its own since.
            all.extend((code == "RTE-01").then(|| "RTE-17".to_owned()));
            // The endpoint of the logs has the same fault, and its own code.
            all.extend((code == "VPE-07").then(|| "INIT-05".to_owned()));
            all
        };
        let expected = texts(&story, "expect_codes");
        let missing: Vec<&String> =
            expected.iter().filter(|code| !stands_for(code).iter().any(|it| found.contains(it))).collect();
        let surplus: Vec<&String> =
            found.iter().filter(|own| !expected.iter().any(|code| stands_for(code).contains(own))).collect();
        let is_healthy = story["healthy"] == true;
        let verdict = if is_healthy { Verdict::Healthy } else { Verdict::Unhealthy };
        if !missing.is_empty() || !surplus.is_empty() || report.verdict != verdict {
            wrong.push(format!(
                "{id}: {:?} {:?}, missing {missing:?}, surplus {surplus:?}",
                report.verdict,
                codes(&report)
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
