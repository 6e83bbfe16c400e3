//! Every question, asked of an account.

use ecr_probe::edge::Reader;
use ecr_probe::model::Act;
use ecr_probe::model::facts::{Question, Why};
use futures_util::FutureExt;
use serde_json::Value;

use super::sim::Account;
use super::sim::account::{CLUSTER, SERVICE, VPC};

/// One question of every kind at least, for all that there is and for what is not there.
pub fn all(account: &Account) -> Vec<Question> {
    let none = || "nothing-of-this-name".to_owned();
    let with = |ids: Vec<String>| ids.into_iter().chain([none()]).collect::<Vec<_>>();
    let (cluster, vpc, region) = (|| CLUSTER.to_owned(), || VPC.to_owned(), || account.region.clone());
    let mut all = vec![
        Question::Services { cluster: cluster(), names: with(vec![SERVICE.to_owned()]) },
        Question::ListServices { cluster: cluster() },
        Question::ListServices { cluster: none() },
        Question::TaskDefinition { name: account.services[0].task_definition.clone() },
        Question::TaskDefinition { name: none() },
        Question::ListStoppedTasks { cluster: cluster(), service: SERVICE.to_owned() },
        Question::Tasks { cluster: cluster(), tasks: with(account.tasks.iter().map(|it| it.arn.clone()).collect()) },
        Question::ListContainerInstances { cluster: cluster() },
        Question::ContainerInstances {
            cluster: cluster(),
            instances: with(account.container_instances.iter().map(|it| it.arn.clone()).collect()),
        },
        Question::Instances { ids: with(account.instances.iter().map(|it| it.id.clone()).collect()) },
        Question::Subnets { ids: with(account.subnets.iter().map(|it| it.id.clone()).collect()) },
        Question::Vpc { id: vpc() },
        Question::Vpc { id: none() },
        Question::VpcDns { vpc: vpc() },
        Question::DhcpOptions { id: account.vpcs[0].dhcp_options_id.clone() },
        Question::RouteTables { vpc: vpc() },
        Question::NetworkAcls { vpc: vpc() },
        Question::SecurityGroups { ids: with(account.security_groups.iter().map(|it| it.id.clone()).collect()) },
        Question::Endpoints { vpc: vpc() },
        Question::EndpointsElsewhere { services: account.endpoints.iter().map(|it| it.service.clone()).collect() },
        Question::Interfaces { ids: with(account.interfaces.iter().map(|it| it.id.clone()).collect()) },
        Question::InterfacesAt { vpc: vpc(), addresses: vec!["10.0.1.10".to_owned(), "192.0.2.1".to_owned()] },
        Question::AwsPrefixList { name: account.prefix_lists[0].name.clone() },
        Question::PrefixList { id: account.prefix_lists[0].id.clone() },
        Question::NatGateways { ids: with(account.nat_gateways.iter().map(|it| it.id.clone()).collect()) },
        Question::InternetGateways { vpc: vpc() },
        Question::TransitAttachments { vpc: vpc() },
        Question::HostedZones { vpc: vpc(), region: region() },
        Question::ZoneRecords { zone: none(), name: "amazonaws.com".to_owned() },
        Question::ResolverRules { vpc: vpc() },
        Question::FirewallRules { vpc: vpc() },
        Question::Role { arn: none() },
        Question::InstanceProfile { arn: none() },
        Question::Repository { arn: none() },
        Question::RepositoryPolicy { arn: none() },
        Question::Image { repository: none(), reference: "v1".to_owned() },
        Question::CacheRules { account: "123456789012".to_owned(), region: region() },
        Question::LogGroup { region: region(), name: "/ecs/scheduled-file-writer".to_owned() },
        Question::Secret { id: none() },
        Question::Parameters {
            region: region(),
            ids: with(account.parameters.iter().map(|it| it.0.clone()).collect()),
        },
        Question::KmsKey { id: none() },
    ];
    for zone in &account.hosted_zones {
        all.push(Question::ZoneRecords { zone: zone.id.clone(), name: zone.name.clone() });
    }
    for role in &account.roles {
        let role = || role.arn.clone();
        all.push(Question::Role { arn: role() });
        all.push(Question::AttachedPolicies { role: role() });
        all.push(Question::InlinePolicies { role: role() });
        all.push(Question::ManagedPolicy { role: role(), arn: none(), boundary: true });
        all.push(Question::InlinePolicy { role: role(), name: none() });
    }
    all.extend(account.instance_profiles.iter().map(|it| Question::InstanceProfile { arn: it.arn.clone() }));
    for repository in &account.repositories {
        let arn = || repository.arn.clone();
        all.push(Question::Repository { arn: arn() });
        all.push(Question::RepositoryPolicy { arn: arn() });
        all.push(Question::Image { repository: arn(), reference: "v1".to_owned() });
    }
    all.extend(account.secrets.iter().map(|it| Question::Secret { id: it.arn.clone() }));
    all.extend(account.kms_keys.iter().map(|it| Question::KmsKey { id: it.arn.clone() }));
    all
}

pub fn ask(account: &Account, question: &Question) -> Vec<(String, Act)> {
    account.ask(question).now_or_never().expect("it does not wait").facts
}

/// `known`, `hidden` or `absent`.
pub fn result(act: &Act) -> String {
    let value = serde_json::to_value(act).expect("it is JSON");
    value["outcome"]["result"].as_str().unwrap_or_default().to_owned()
}

fn listed(act: &Act) -> Option<Vec<String>> {
    match act {
        Act::List(fact) => fact.known().map(|list| list.ids.clone()),
        _ => None,
    }
}

/// Asks all that there is to ask: each answer has a fact, what is listed comes with the list, and what is asked for by its
/// id is there.
pub fn ask_all(account: &Account) {
    for question in all(account) {
        let facts = ask(account, &question);
        assert!(!facts.is_empty(), "{question:?}");
        for (subject, act) in &facts {
            assert!(!subject.is_empty() && !result(act).is_empty(), "{question:?}: {act:?}");
            // A saved report has to bring it back.
            let saved: Value = serde_json::to_value(act).expect("it is JSON");
            assert_eq!(serde_json::from_value::<Act>(saved).expect("it is an act"), *act);
        }
        let each = matches!(question, Question::RouteTables { .. } | Question::Endpoints { .. });
        let ids = facts.first().and_then(|(_, act)| listed(act)).filter(|_| each);
        if let Some(ids) = ids {
            let told: Vec<&String> = facts.iter().skip(1).map(|(subject, _)| subject).collect();
            assert_eq!(told, ids.iter().collect::<Vec<_>>(), "{question:?}");
        }
        let absent: Vec<&String> =
            facts.iter().filter(|(_, act)| result(act) == "absent").map(|(subject, _)| subject).collect();
        let is_none = |subject: &&String| subject.contains("nothing-of-this-name");
        let excused =
            matches!(question, Question::Image { .. } | Question::LogGroup { .. } | Question::TaskDefinition { .. });
        assert!(excused || absent.iter().all(is_none), "{question:?}: {absent:?}");
    }
}

#[test]
fn a_refused_action_hides_what_it_tells_and_nothing_else() {
    let healthy = super::account("");
    let actions: Vec<&str> = all(&healthy).iter().map(|it| it.actions()[0]).collect();
    for action in actions {
        let account = super::account(&format!("[account]\nrefuse = ['{action}']"));
        for question in all(&account) {
            let facts = ask(&account, &question);
            if question.actions()[0] == action {
                assert!(facts.iter().all(|(_, act)| result(act) == "hidden"), "{question:?}: {facts:?}");
                let [(_, act), ..] = &facts[..] else { panic!("{question:?} has no fact") };
                let value = serde_json::to_value(act).expect("it is JSON");
                assert_eq!(value["outcome"]["action"], action);
            } else {
                assert_eq!(facts, ask(&healthy, &question), "{action} hides {question:?}");
            }
        }
    }
}

#[test]
fn a_shared_vpc_hides_the_endpoints_of_its_owner() {
    let account = super::account("[account]\nvpc_owner = '210987654321'");
    let facts = ask(&account, &Question::Endpoints { vpc: VPC.to_owned() });
    let [(_, Act::List(fact))] = &facts[..] else { panic!("{facts:?}") };
    let owner = "210987654321".to_owned();
    assert_eq!(fact.hidden().map(|hidden| &hidden.why), Some(&Why::OfAnotherAccount { owner }));
    let facts = ask(&account, &Question::RouteTables { vpc: VPC.to_owned() });
    assert!(facts.len() > 1 && facts.iter().all(|(_, act)| result(act) == "known"), "{facts:?}");
}

#[test]
fn a_list_of_stopped_tasks_has_no_task_that_runs() {
    let list = Question::ListStoppedTasks { cluster: CLUSTER.to_owned(), service: SERVICE.to_owned() };
    for (toml, stopped) in [("", 0), ("[account]\nstopped = ['CannotPullContainerError', 'OutOfMemory']", 2)] {
        let account = super::account(toml);
        let facts = ask(&account, &list);
        assert_eq!(facts.first().and_then(|(_, act)| listed(act)).map(|ids| ids.len()), Some(stopped));
        // Each is told by its ARN, the one that runs too.
        let tasks: Vec<String> = account.tasks.iter().map(|it| it.arn.clone()).collect();
        let told = ask(&account, &Question::Tasks { cluster: CLUSTER.to_owned(), tasks });
        assert!(told.len() == stopped.max(1) && told.iter().all(|(_, act)| result(act) == "known"), "{told:?}");
    }
}
