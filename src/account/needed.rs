//! Which services a task's start needs, as its images and its definition say.

use std::collections::BTreeSet;

use super::{Account, Aim};
use crate::aws::{Arn, Service, Variant};
use crate::image::{Reference, Registry};
use crate::model::Role;
use crate::model::facts::{ContainerFact, TaskDefinition};

/// A service that must be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Which service.
    pub role: Role,
    /// Its host.
    pub host: String,
    /// Its Region; `None` for a registry that is not AWS's.
    pub region: Option<String>,
    /// The images that need it, as they are written; empty for what only the definition needs.
    pub images: Vec<String>,
}

/// An image of a private ECR registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcrImage {
    /// As it is written.
    pub image: String,
    /// The ARN of its repository.
    pub repository: String,
    /// Of the registry, twelve digits.
    pub account: String,
    /// Of the registry.
    pub region: String,
    /// The repository's name.
    pub name: String,
    /// Tag or digest.
    pub reference: String,
}

impl EcrImage {
    /// The image that a text names, where it is in private ECR.
    pub fn parse(text: &str) -> Option<Self> {
        let reference = Reference::parse(text).ok()?;
        let Registry::Ecr(host) = &reference.registry else { return None };
        Some(EcrImage {
            image: text.to_owned(),
            repository: Arn::repository(&host.region, &host.account, &reference.repository),
            account: host.account.clone(),
            region: host.region.clone(),
            name: reference.repository.clone(),
            reference: reference.selector(),
        })
    }

    /// The subject of its fact: the repository's ARN, then `:TAG` or `@DIGEST`.
    pub fn subject(&self) -> String {
        let mark = if self.reference.contains(':') { '@' } else { ':' };
        format!("{}{mark}{}", self.repository, self.reference)
    }
}

impl Account<'_> {
    /// The images that are judged: those that were named, or else those of the task definition.
    pub fn image_texts(&self, aim: &Aim) -> Vec<String> {
        if !aim.images.is_empty() {
            return aim.images.clone();
        }
        let mut images: Vec<String> = Vec::new();
        for container in self.judged_definition(aim).iter().flat_map(|(_, definition)| &definition.containers) {
            if !images.contains(&container.image) {
                images.push(container.image.clone());
            }
        }
        images
    }

    /// Those of them that are in private ECR.
    pub fn ecr_images(&self, aim: &Aim) -> Vec<EcrImage> {
        self.image_texts(aim).iter().filter_map(|text| EcrImage::parse(text)).collect()
    }

    /// The endpoint services whose way and policies matter.
    pub fn endpoint_services(&self, aim: &Aim) -> BTreeSet<String> {
        let needed = self.needed(aim);
        let service = |it: &Needed| Some(Service::of(it.role)?.endpoint_service(it.region.as_deref()?));
        needed.iter().filter_map(service).collect()
    }

    /// Every service that the start needs, in the order of a start.
    pub fn needed(&self, aim: &Aim) -> Vec<Needed> {
        let mut needed = Vec::new();
        for text in self.image_texts(aim) {
            of_image(&text, &mut needed);
        }
        if let Some((_, definition)) = self.judged_definition(aim) {
            of_definition(definition, &aim.region, &mut needed);
        }
        needed
    }
}

fn of_image(text: &str, needed: &mut Vec<Needed>) {
    let Ok(reference) = Reference::parse(text) else { return };
    let hosts: Vec<(Role, String, Option<String>)> = match &reference.registry {
        Registry::Ecr(host) => {
            let region = Some(host.region.clone());
            // What pulls asks the host with IPv4, whatever the registry's name is.
            let api = Service::EcrApi.host(&host.region, Variant::default());
            let mut hosts = vec![
                (Role::EcrApi, api, region.clone()),
                (Role::EcrDkr, reference.contact_host().to_owned(), region.clone()),
            ];
            hosts.extend(host.layer_store_host().map(|store| (Role::S3, store, region)));
            hosts
        }
        Registry::PublicEcr | Registry::DockerHub | Registry::Other => {
            vec![(Role::Registry, reference.contact_host().to_owned(), None)]
        }
        Registry::MalformedEcr { .. } | Registry::Lookalike { .. } => Vec::new(),
    };
    for (role, host, region) in hosts {
        add(needed, role, host, region, Some(text));
    }
}

/// What the definition names beside its images. Secrets are decrypted by the service that keeps them, so that KMS is
/// not reached from the task (Secrets Manager User Guide, "Secret encryption and decryption").
fn of_definition(definition: &TaskDefinition, region: &str, needed: &mut Vec<Needed>) {
    let mut add_service = |service: Service, role: Role, region: &str| {
        add(needed, role, service.host(region, Variant::default()), Some(region.to_owned()), None);
    };
    for container in &definition.containers {
        for reference in
            container.secrets.iter().map(|secret| &secret.value_from).chain(&container.repository_credentials)
        {
            match SecretHome::of(reference) {
                SecretHome::SecretsManager(of_arn) => {
                    add_service(Service::SecretsManager, Role::SecretsManager, of_arn.unwrap_or(region));
                }
                SecretHome::ParameterStore(of_arn) => add_service(Service::Ssm, Role::Ssm, of_arn.unwrap_or(region)),
            }
        }
        if !container.environment_files.is_empty() {
            add_service(Service::S3, Role::S3, region);
        }
        if let Some(log) = LogTarget::of(container, region) {
            add_service(Service::Logs, Role::Logs, &log.region);
        }
    }
}

fn add(needed: &mut Vec<Needed>, role: Role, host: String, region: Option<String>, image: Option<&str>) {
    let images = image.map(str::to_owned);
    match needed.iter_mut().find(|known| known.role == role && known.host == host) {
        Some(known) => known.images.extend(images.filter(|image| !known.images.contains(image))),
        None => needed.push(Needed { role, host, region, images: images.into_iter().collect() }),
    }
}

/// Where a secret of a task definition is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretHome<'a> {
    /// Secrets Manager, in the Region of the ARN.
    SecretsManager(Option<&'a str>),
    /// Parameter Store, in the Region of the ARN; a bare name is in the task's own.
    ParameterStore(Option<&'a str>),
}

impl<'a> SecretHome<'a> {
    /// By `valueFrom`: the ARN of a secret or of a parameter, or the name of a parameter (Amazon ECS API Reference,
    /// "Secret").
    pub fn of(value_from: &'a str) -> Self {
        match Arn::parse(value_from) {
            Some(arn) if arn.service == "secretsmanager" => SecretHome::SecretsManager(Some(arn.region)),
            Some(arn) => SecretHome::ParameterStore(Some(arn.region)),
            None => SecretHome::ParameterStore(None),
        }
    }
}

/// The ARN of a secret, without the JSON key, version stage and version that may follow it in a task definition:
/// `arn:…:secret:NAME-RANDOM:json-key:version-stage:version-id`.
pub fn secret_id(value_from: &str) -> &str {
    match value_from.match_indices(':').nth(6) {
        Some((end, _)) => &value_from[..end],
        None => value_from,
    }
}

/// The name of a parameter, of an ARN or a name. The ARN's resource is `parameter/name`, and a name that is a path begins
/// with the slash (Systems Manager User Guide, "Parameter names"). Of `parameter/key` the name may be `/key` too.
pub fn parameter_name(value_from: &str) -> String {
    match Arn::parse(value_from).and_then(|arn| arn.resource.strip_prefix("parameter")) {
        Some(path) if path.matches('/').count() > 1 => path.to_owned(),
        Some(path) => path.trim_start_matches('/').to_owned(),
        None => value_from.to_owned(),
    }
}

/// Where an awslogs driver writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogTarget {
    /// Its Region.
    pub region: String,
    /// The log group.
    pub group: String,
    /// Whether the driver makes the group.
    pub creates_group: bool,
}

impl LogTarget {
    /// That of a container, where it logs to CloudWatch by the awslogs driver.
    pub fn of(container: &ContainerFact, own_region: &str) -> Option<Self> {
        if container.log_driver.as_deref() != Some("awslogs") {
            return None;
        }
        let option = |name: &str| container.log_options.get(name).map(String::as_str).filter(|it| !it.is_empty());
        Some(LogTarget {
            region: option("awslogs-region").unwrap_or(own_region).to_owned(),
            group: option("awslogs-group")?.to_owned(),
            creates_group: option("awslogs-create-group").is_some_and(|value| value.eq_ignore_ascii_case("true")),
        })
    }

    /// The subject of its fact.
    pub fn subject(&self) -> String {
        format!("{} {}", self.region, self.group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_leads_to_its_secret() {
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
        for suffix in ["", ":password::", ":password:AWSCURRENT:", "::AWSPREVIOUS:"] {
            assert_eq!(secret_id(&format!("{arn}{suffix}")), arn);
        }
        assert_eq!(SecretHome::of(arn), SecretHome::SecretsManager(Some("eu-west-1")));
        assert_eq!(SecretHome::of("/app/key"), SecretHome::ParameterStore(None));
    }

    #[test]
    fn a_parameter_has_its_slash_where_it_is_a_path() {
        for (given, name) in [
            ("key", "key"),
            ("/app/key", "/app/key"),
            ("arn:aws:ssm:eu-west-1:123456789012:parameter/key", "key"),
            ("arn:aws:ssm:eu-west-1:123456789012:parameter/app/key", "/app/key"),
        ] {
            assert_eq!(parameter_name(given), name);
        }
    }
}
