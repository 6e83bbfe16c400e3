//! Roles, tasks, images, and what else a task's start needs, as moto tells them.

use ecr_probe::model::facts::Question;
use serde_json::{Value, json};

use crate::asked::REGION;
use crate::moto::{Moto, known};
use crate::questions::ACCOUNT;

pub fn roles(moto: &Moto) {
    let role = moto.id("role");
    let fact = moto.known(&Question::Role { arn: role.clone() });
    assert_eq!((&fact["arn"], &fact["boundary_arn"]), (&json!(role), &json!(moto.id("boundary"))));
    let trust: Value = serde_json::from_str(fact["trust"].as_str().unwrap()).unwrap();
    assert_eq!(trust["Statement"][0]["Principal"]["Service"], "ecs-tasks.amazonaws.com");
    let attached = moto.known(&Question::AttachedPolicies { role: role.clone() });
    assert_eq!(attached["ids"], json!([moto.id("managed"), moto.id("boundary")]));
    assert_eq!(moto.known(&Question::InlinePolicies { role: role.clone() })["ids"], json!(["in line"]));
    let inline = moto.known(&Question::InlinePolicy { role: role.clone(), name: "in line".into() });
    let boundary =
        moto.known(&Question::ManagedPolicy { role: role.clone(), arn: moto.id("boundary"), boundary: true });
    assert_eq!(boundary["kind"], "boundary");
    for policy in [inline, boundary] {
        let document: Value = serde_json::from_str(policy["document"].as_str().unwrap()).unwrap();
        let expected = json!([{ "Effect": "Allow", "Action": ["ecr:BatchGetImage", "ec2:*"], "Resource": "*" }]);
        assert_eq!((&document["Statement"], &policy["role"]), (&expected, &json!(role)));
    }
    let managed = moto.known(&Question::ManagedPolicy { role: role.clone(), arn: moto.id("managed"), boundary: false });
    assert!(managed["document"].as_str().unwrap().contains("ecr:GetDownloadUrlForLayer"), "{managed}");
    let profile = moto.known(&Question::InstanceProfile { arn: moto.id("profile") });
    assert_eq!(profile, json!({ "arn": moto.id("profile"), "roles": [role] }));
    let gone = Question::Role { arn: format!("arn:aws:iam::{ACCOUNT}:role/nobody") };
    assert_eq!(moto.asked.fact(&gone)["outcome"]["result"], "absent");
}

pub fn tasks(moto: &Moto) {
    let facts =
        moto.asked.facts(&Question::Services { cluster: "files".into(), names: vec!["web".into(), "no".into()] });
    assert_eq!(facts["no"]["outcome"]["result"], "absent");
    let mut service = known(facts["web"].clone());
    service["running"].take();
    let expected = json!({
        "name": "web", "arn": moto.id("service"), "cluster": moto.id("cluster"), "launch_type": "FARGATE",
        "capacity_providers": [], "task_definition": moto.id("definition"), "subnets": moto.ids("subnets"),
        "groups": [moto.id("group")], "assign_public_ip": false, "platform_version": null, "desired": 2,
        "running": null, "events": [],
    });
    assert_eq!(service, expected);
    assert_eq!(moto.known(&Question::ListServices { cluster: "files".into() })["ids"], json!([moto.id("service")]));
    let definition = moto.known(&Question::TaskDefinition { name: "writer".into() });
    let expected = json!({
        "arn": moto.id("definition"), "execution_role_arn": moto.id("role"), "task_role_arn": moto.id("role"),
        "network_mode": "awsvpc", "cpu_architecture": "ARM64", "operating_system": "LINUX",
        "compatibilities": ["FARGATE"],
        "containers": [{
            "name": "app", "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1",
            "repository_credentials": null,
            "secrets": [{ "name": "DB", "value_from": "arn:aws:ssm:eu-west-1:123456789012:parameter/db" }],
            "environment_files": [], "log_driver": "awslogs",
            "log_options": {
                "awslogs-group": "/ecs/writer", "awslogs-region": REGION, "awslogs-stream-prefix": "w",
            },
        }],
    });
    assert_eq!(definition, expected);
    let gone = moto.asked.fact(&Question::TaskDefinition { name: "nobody".into() });
    assert_eq!(gone["outcome"]["result"], "absent");

    let stopped = moto.known(&Question::ListStoppedTasks { cluster: "files".into(), service: "web".into() });
    assert!(stopped["ids"].as_array().unwrap().contains(&json!(moto.id("task"))), "{stopped}");
    let task = moto.known(&Question::Tasks { cluster: "files".into(), tasks: vec![moto.id("task")] });
    assert_eq!((&task["last_status"], &task["subnet_id"]), (&json!("STOPPED"), &json!(moto.ids("subnets")[0])));
    assert_eq!(task["reason"], "CannotPullContainerError: canary?…");
    let none = moto.known(&Question::ListContainerInstances { cluster: "files".into() });
    assert_eq!(none["ids"], json!([]));
}

pub fn images(moto: &Moto) {
    let (repository, plain) = (moto.id("repository"), moto.id("plain"));
    let fact = moto.known(&Question::Repository { arn: repository.clone() });
    assert_eq!(fact, json!({ "arn": repository, "kms_key": moto.id("key") }));
    assert_eq!(moto.known(&Question::Repository { arn: plain.clone() })["kms_key"], Value::Null);
    let policy = moto.known(&Question::RepositoryPolicy { arn: repository.clone() });
    let document: Value = serde_json::from_str(policy["document"].as_str().unwrap()).unwrap();
    assert_eq!(document["Statement"].as_array().unwrap().len(), 2, "whole, since a repair adds to it");
    assert_eq!(moto.known(&Question::RepositoryPolicy { arn: plain })["document"], Value::Null);
    let image = moto.known(&Question::Image { repository: repository.clone(), reference: "v1".into() });
    let single = "application/vnd.docker.distribution.manifest.v2+json";
    // moto gives no URL of a layer: the platform is not known.
    let expected = json!({
        "digest": moto.id("digest"), "status": "active", "bytes": image["bytes"], "media_type": single,
        "platforms": null,
    });
    assert_eq!(image, expected);
    let index = moto.known(&Question::Image { repository: repository.clone(), reference: "both".into() });
    assert_eq!(index["platforms"], json!(["linux/amd64", "linux/arm64"]));
    let gone = moto.asked.fact(&Question::Image { repository, reference: "v2".into() });
    assert_eq!(gone["outcome"]["result"], "absent");
}

pub fn start(moto: &Moto) {
    let group = |name: &str| moto.asked.fact(&Question::LogGroup { region: REGION.into(), name: name.into() });
    assert_eq!(known(group("/ecs/writer")), json!({ "name": "/ecs/writer" }));
    assert_eq!(group("/ecs/write")["outcome"]["result"], "absent");
    let secret = moto.known(&Question::Secret { id: moto.id("secret") });
    assert_eq!(secret, json!({ "arn": moto.id("secret"), "kms_key": moto.id("key"), "deleted": false }));
    assert_eq!(moto.known(&Question::Secret { id: moto.id("gone") })["deleted"], true);
    parameters(moto);
    let key = moto.known(&Question::KmsKey { id: moto.id("key") });
    assert_eq!((&key["state"], &key["aws_managed"]), (&json!("Enabled"), &json!(false)));
    assert!(key["policy"].as_str().unwrap().contains("s3:GetObject"), "{key}");
}

/// By name, by the ARN, which does not say whether the name begins with a slash, and in another Region.
fn parameters(moto: &Moto) {
    let arn = |region: &str, name: &str| format!("arn:aws:ssm:{region}:{ACCOUNT}:parameter/{name}");
    let asked = |region: &str, ids: &[&str]| {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        moto.asked.facts(&Question::Parameters { region: region.into(), ids })
    };
    let (db, flat) = (arn(REGION, "db"), arn(REGION, "flat"));
    let facts = asked(REGION, &["/db", "flat", "no", "db", &db, &flat]);
    let expected = json!({ "name": "/db", "kind": "SecureString", "kms_key": moto.id("key") });
    for there in ["/db", &db] {
        assert_eq!(known(facts[there].clone()), expected);
    }
    for there in ["flat", &flat] {
        assert_eq!(known(facts[there].clone())["kind"], "String");
    }
    for gone in ["no", "db"] {
        assert_eq!(facts[gone]["outcome"]["result"], "absent", "{gone}");
    }
    let (there, gone) = (arn("us-west-2", "team/far"), arn("us-west-2", "flat"));
    let facts = asked("us-west-2", &[&there, &gone]);
    let key = format!("arn:aws:kms:us-west-2:{ACCOUNT}:alias/far");
    assert_eq!(known(facts[&there].clone()), json!({ "name": "/team/far", "kind": "SecureString", "kms_key": key }));
    assert_eq!(facts[&gone]["outcome"]["result"], "absent", "it is in the other Region alone");
    let shared = "arn:aws:ssm:eu-west-1:210987654321:parameter/flat";
    assert_eq!(asked(REGION, &[shared])[shared]["outcome"]["result"], "hidden", "it is another account's");
}
