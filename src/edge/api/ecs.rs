//! ECS: JSON 1.1. Names of members: botocore's service model `ecs`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::asking::{Asking, Facts, Page, code, ids, message, one};
use super::call::Input;
use crate::aws::Service;
use crate::model::facts::{self, Fact, Hidden, Listing, Why};
use crate::model::outcome::NoAnswer;
use crate::model::{Act, Check};
use crate::wire::{said, scrub};

/// How many services one call describes (Amazon ECS API Reference, "DescribeServices").
const SERVICES: usize = 10;
/// How many events of a service are kept, and how much of each, in characters.
const EVENTS: usize = 20;
const EVENT: usize = 1024;
/// How many ARNs come to a page.
const A_PAGE: usize = 100;

/// The options of a log driver that matter. Others may hold a secret, as an API key of a log router.
const LOG_OPTIONS: [&str; 5] =
    ["awslogs-group", "awslogs-region", "awslogs-create-group", "awslogs-stream-prefix", "mode"];

/// One call to ECS.
pub(super) async fn call<T: DeserializeOwned>(
    asking: &Asking<'_>,
    operation: &'static str,
    input: &serde_json::Value,
) -> Result<T, Hidden> {
    asking.call(Service::Ecs, asking.region, operation, Input::Json(input.to_string())).await
}

/// What the API returns in the place of what was asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Failed {
    arn: Option<String>,
    reason: Option<String>,
    detail: Option<String>,
}

/// What one call found, by name or ARN, and what it says of the rest.
pub(super) struct Described<T> {
    pub known: Vec<(String, T)>,
    pub failures: Vec<Failed>,
}

/// A fact for each that was asked for: `MISSING` is what the API calls what is not there (Amazon ECS Developer Guide,
/// "API failures messages").
pub(super) fn each<T: Clone>(
    operation: &str,
    asked: &[String],
    found: &Result<Described<T>, Hidden>,
    subject: impl Fn(&str) -> String,
    act: impl Fn(Fact<T>) -> Act,
) -> Facts {
    let fact = |id: &str| match found {
        Err(hidden) => Fact::Hidden(hidden.clone()),
        Ok(Described { known, failures }) => match known.iter().find(|(known, _)| last(known) == last(id)) {
            Some((_, known)) => Fact::Known(known.clone()),
            None => {
                failure(operation, failures.iter().find(|it| it.arn.as_deref().is_some_and(|it| last(it) == last(id))))
            }
        },
    };
    asked.iter().map(|id| (subject(id), act(fact(id)))).collect()
}

fn failure<T>(operation: &str, failed: Option<&Failed>) -> Fact<T> {
    let action = format!("ecs:{operation}");
    match failed {
        Some(Failed { reason: Some(code), .. }) if code == "MISSING" => Fact::Absent,
        Some(failed) => {
            let code = scrub(failed.reason.as_deref().unwrap_or_default());
            let message = failed.detail.as_deref().map(scrub);
            Fact::Hidden(Hidden { action, why: Why::Refused { status: 200, code, message } })
        }
        None => {
            let how = NoAnswer::Malformed { reason: "what was asked for is not in it".to_owned() };
            Fact::Hidden(Hidden { action, why: Why::NoAnswer { how } })
        }
    }
}

/// The name at the end of an ARN; a name is its own.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Services {
    services: Vec<ServiceShape>,
    #[serde(default)]
    failures: Vec<Failed>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ServiceShape {
    service_name: String,
    service_arn: String,
    cluster_arn: String,
    status: String,
    launch_type: Option<String>,
    capacity_provider_strategy: Vec<Strategy>,
    platform_version: Option<String>,
    task_definition: String,
    network_configuration: NetworkConfiguration,
    desired_count: i64,
    running_count: i64,
    deployments: Vec<Deployment>,
    task_sets: Vec<Deployment>,
    events: Vec<Event>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Strategy {
    capacity_provider: String,
}

/// A deployment, or a task set of an external deployment controller.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Deployment {
    status: String,
    task_definition: Option<String>,
    launch_type: Option<String>,
    capacity_provider_strategy: Vec<Strategy>,
    platform_version: Option<String>,
    network_configuration: Option<NetworkConfiguration>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NetworkConfiguration {
    awsvpc_configuration: AwsVpc,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AwsVpc {
    subnets: Vec<String>,
    security_groups: Vec<String>,
    assign_public_ip: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    message: String,
}

impl ServiceShape {
    fn fact(self) -> facts::Service {
        let primary = self.deployments.into_iter().chain(self.task_sets).find(|it| it.status == "PRIMARY");
        let primary = primary.unwrap_or_default();
        // What the service is to be, and its primary deployment is becoming; with an external deployment controller only
        // task sets have it (Amazon ECS API Reference, "Service").
        let own = self.network_configuration.awsvpc_configuration;
        let network = if own.subnets.is_empty() {
            primary.network_configuration.unwrap_or_default().awsvpc_configuration
        } else {
            own
        };
        let strategy = if self.capacity_provider_strategy.is_empty() {
            primary.capacity_provider_strategy
        } else {
            self.capacity_provider_strategy
        };
        let telling = self.events.iter().filter(|event| said::service_event_tells_of_a_failure(&event.message));
        facts::Service {
            name: self.service_name,
            arn: self.service_arn,
            cluster: self.cluster_arn,
            launch_type: self.launch_type.or(primary.launch_type),
            capacity_providers: strategy.into_iter().map(|it| it.capacity_provider).collect(),
            task_definition: if self.task_definition.is_empty() {
                primary.task_definition.unwrap_or_default()
            } else {
                self.task_definition
            },
            subnets: network.subnets,
            groups: network.security_groups,
            assign_public_ip: network.assign_public_ip == "ENABLED",
            platform_version: self.platform_version.or(primary.platform_version),
            desired: self.desired_count,
            running: self.running_count,
            events: telling.take(EVENTS).map(|it| scrub(&it.message).chars().take(EVENT).collect()).collect(),
        }
    }
}

/// `ecs:DescribeServices`. A service that was deleted is told of for a while, as `INACTIVE`.
pub async fn services(asking: &Asking<'_>, cluster: &str, names: &[String]) -> Facts {
    const OPERATION: &str = "DescribeServices";
    let mut told = Facts::new();
    for some in names.chunks(SERVICES) {
        let found: Result<Services, Hidden> =
            call(asking, OPERATION, &json!({ "cluster": cluster, "services": some })).await;
        let found = found.map(|found| {
            let (there, deleted): (Vec<_>, Vec<_>) = found.services.into_iter().partition(|it| it.status != "INACTIVE");
            let gone = deleted.into_iter().map(|it| Failed {
                arn: Some(it.service_name),
                reason: Some("MISSING".to_owned()),
                detail: None,
            });
            let known = there.into_iter().map(|it| (it.service_name.clone(), it.fact())).collect();
            Described { known, failures: found.failures.into_iter().chain(gone).collect() }
        });
        told.extend(each(OPERATION, some, &found, |name| last(name).to_owned(), Act::Service));
    }
    told
}

/// Makes the pages of a list of ARNs.
macro_rules! arns {
    ($page:ident, $list:ident) => {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub(super) struct $page {
            $list: Vec<String>,
            next_token: Option<String>,
        }

        impl Page for $page {
            type Item = String;

            fn turned(self) -> (Vec<String>, Option<String>) {
                (self.$list, self.next_token)
            }
        }
    };
}
arns!(ServiceArns, service_arns);
arns!(TaskArns, task_arns);
arns!(InstanceArns, container_instance_arns);

/// Every name that the pages of a List operation tell; an `Err` where ECS does not show them.
pub(super) async fn list<P: Page<Item = String>>(
    asking: &Asking<'_>,
    operation: &'static str,
    mut input: serde_json::Value,
) -> Result<Vec<String>, Hidden> {
    input["maxResults"] = A_PAGE.into();
    let page = |token: Option<&str>| {
        let mut input = input.clone();
        if let Some(token) = token {
            input["nextToken"] = token.into();
        }
        Input::Json(input.to_string())
    };
    asking.all::<P>(Service::Ecs, asking.region, operation, page).await
}

/// `ecs:ListServices`.
pub async fn list_services(asking: &Asking<'_>, cluster: &str) -> Facts {
    let found = list::<ServiceArns>(asking, "ListServices", json!({ "cluster": cluster })).await;
    ids(format!("{cluster} {}", Check::Service), found)
}

/// `ecs:ListTasks` of a service's stopped tasks.
pub async fn list_stopped_tasks(asking: &Asking<'_>, cluster: &str, service: &str) -> Facts {
    let input = json!({ "cluster": cluster, "serviceName": service, "desiredStatus": "STOPPED" });
    let found = list::<TaskArns>(asking, "ListTasks", input).await;
    let subject = format!("{service} {}", Check::StoppedTask);
    match found {
        Err(hidden) if code(&hidden) == "ServiceNotFoundException" => vec![(subject, Act::List(Fact::Absent))],
        found => ids(subject, found),
    }
}

/// The same of every service and family of the cluster.
pub async fn list_cluster_stopped_tasks(asking: &Asking<'_>, cluster: &str) -> Facts {
    let input = json!({ "cluster": cluster, "desiredStatus": "STOPPED" });
    ids(format!("{cluster} {}", Check::StoppedTask), list::<TaskArns>(asking, "ListTasks", input).await)
}

/// `ecs:ListContainerInstances`.
pub async fn list_container_instances(asking: &Asking<'_>, cluster: &str) -> Facts {
    let found = list::<InstanceArns>(asking, "ListContainerInstances", json!({ "cluster": cluster })).await;
    let subject = format!("{cluster} {}", Check::ContainerInstance);
    vec![(subject, Act::List(one(found.map(|ids| Listing { ids }), &[])))]
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeTaskDefinition {
    task_definition: TaskDefinition,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TaskDefinition {
    task_definition_arn: String,
    execution_role_arn: Option<String>,
    task_role_arn: Option<String>,
    network_mode: Option<String>,
    runtime_platform: RuntimePlatform,
    requires_compatibilities: Vec<String>,
    container_definitions: Vec<Container>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RuntimePlatform {
    cpu_architecture: Option<String>,
    operating_system_family: Option<String>,
}

/// Without its environment: what is not named here is passed over.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Container {
    name: String,
    image: String,
    repository_credentials: RepositoryCredentials,
    secrets: Vec<Secret>,
    environment_files: Vec<EnvironmentFile>,
    log_configuration: LogConfiguration,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RepositoryCredentials {
    credentials_parameter: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Secret {
    name: String,
    value_from: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EnvironmentFile {
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LogConfiguration {
    log_driver: Option<String>,
    options: BTreeMap<String, String>,
    secret_options: Vec<Secret>,
}

impl Container {
    fn fact(self) -> facts::ContainerFact {
        let LogConfiguration { log_driver, mut options, secret_options } = self.log_configuration;
        let is_awslogs = log_driver.as_deref() == Some("awslogs");
        options.retain(|name, _| is_awslogs && LOG_OPTIONS.contains(&name.as_str()));
        let secrets = self.secrets.into_iter().chain(secret_options);
        facts::ContainerFact {
            name: self.name,
            image: self.image,
            repository_credentials: self.repository_credentials.credentials_parameter,
            secrets: secrets.map(|it| facts::SecretReference { name: it.name, value_from: it.value_from }).collect(),
            environment_files: self.environment_files.into_iter().map(|it| it.value).collect(),
            log_driver,
            log_options: options,
        }
    }
}

/// `ecs:DescribeTaskDefinition`.
pub async fn task_definition(asking: &Asking<'_>, name: &str) -> Facts {
    const OPERATION: &str = "DescribeTaskDefinition";
    let found: Result<DescribeTaskDefinition, Hidden> =
        call(asking, OPERATION, &json!({ "taskDefinition": name })).await;
    let fact = match found {
        Err(hidden) if said::is_unknown_task_definition(code(&hidden), message(&hidden)) => Fact::Absent,
        Err(hidden) => Fact::Hidden(hidden),
        Ok(it) if it.task_definition.task_definition_arn.is_empty() => failure(OPERATION, None),
        Ok(DescribeTaskDefinition { task_definition: it }) => Fact::Known(facts::TaskDefinition {
            arn: it.task_definition_arn,
            execution_role_arn: it.execution_role_arn,
            task_role_arn: it.task_role_arn,
            network_mode: it.network_mode,
            cpu_architecture: it.runtime_platform.cpu_architecture,
            operating_system: it.runtime_platform.operating_system_family,
            compatibilities: it.requires_compatibilities,
            containers: it.container_definitions.into_iter().map(Container::fact).collect(),
        }),
    };
    vec![(name.to_owned(), Act::TaskDefinition(fact))]
}
