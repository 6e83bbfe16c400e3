//! What a check will touch: hosts, and the IAM actions that a pull of the images uses.

use serde_json::{Value, json};

use crate::aws::{Arn, EcrHost, Service, Variant};
use crate::config::{Environment, MetricsTo, ServiceUrl};
use crate::image::{Reference, Registry};
use crate::model::{METRICS_NAMESPACE, Role, Target};

/// Where Docker Hub's challenge leads (Docker, "Registry authentication").
const DOCKER_HUB_TOKENS: &str = "auth.docker.io";

/// Everything that is known before the first packet.
#[derive(Debug, Clone)]
pub struct Plan {
    /// One an image, in the order they were given.
    pub images: Vec<ImagePlan>,
    /// What else the task's start needs: reached, and nothing asked of it.
    pub also: Vec<Target>,
}

/// The plan of one image.
#[derive(Debug, Clone)]
pub struct ImagePlan {
    /// The image.
    pub reference: Reference,
    /// The registry's host, unless the reference already shows that it is none.
    pub registry: Option<Target>,
    /// Where that registry issues anonymous tokens, if that is known and another host.
    pub token_service: Option<Target>,
    /// What a pull from private ECR uses besides.
    pub ecr: Option<EcrPlan>,
}

/// The rest of the path of a pull from private ECR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcrPlan {
    /// Of the registry, twelve digits.
    pub account: String,
    /// Of the registry.
    pub region: String,
    /// Such as `aws` or `aws-cn`.
    pub partition: &'static str,
    /// The host of ECR's API.
    pub api: Target,
    /// Its dual-stack host, beside the one with IPv4 only, for an image that is named by a dual-stack registry: the ECS
    /// agent asks it where an instance has IPv6 only (`NewECRFactory` of amazon-ecs-agent), and the other elsewhere.
    pub api_for_ipv6: Option<Target>,
    /// Where the layers will be, where AWS documents it; else only a redirect tells.
    pub store: Option<Target>,
}

impl Plan {
    /// The hosts of these images, as the environment changes them.
    pub fn new(images: &[Reference], environment: &Environment) -> Self {
        Plan {
            images: images.iter().map(|reference| ImagePlan::new(reference, environment)).collect(),
            also: Vec::new(),
        }
    }

    /// Reaches these services of the Region too.
    pub fn with_services(mut self, services: &[Role], region: &str) -> Self {
        let target = |role: &Role| {
            let service = Service::of(*role)?;
            Some(Target::new(*role, service.host(region, Variant::default()), 443))
        };
        self.also = services.iter().filter_map(target).collect();
        self
    }

    /// Every host, each once, in the order of a pull: API, registry and its token service, layer store.
    pub fn targets(&self) -> Vec<Target> {
        let mut targets: Vec<Target> = Vec::new();
        for image in &self.images {
            let apis = image.ecr.iter().flat_map(EcrPlan::apis);
            let store = image.ecr.as_ref().and_then(|ecr| ecr.store.as_ref());
            let others = [image.registry.as_ref(), image.token_service.as_ref(), store];
            for target in apis.chain(others.into_iter().flatten()) {
                if !targets.contains(target) {
                    targets.push(target.clone());
                }
            }
        }
        targets.extend(self.also.iter().cloned());
        targets
    }

    /// The Region of each host that serves one.
    pub fn regions(&self) -> impl Iterator<Item = (&Target, &str)> {
        self.images.iter().flat_map(|image| {
            let hosts = image.ecr.iter().flat_map(|ecr| ecr.apis().chain(image.registry.as_ref()).chain(&ecr.store));
            let region = image.ecr.as_ref().map(|ecr| ecr.region.as_str());
            hosts.zip(region.into_iter().cycle())
        })
    }

    /// The least policy that lets the probe check these images; `None` where no action needs one: IAM takes no policy
    /// without a statement (IAM JSON policy reference, "Statement").
    ///
    /// `ecr:GetAuthorizationToken` takes no resource but `*` (Service Authorization Reference, ECR), and
    /// `cloudwatch:PutMetricData` none either, but a namespace.
    pub fn policy(&self, metrics: MetricsTo) -> Option<Value> {
        let mut repositories: Vec<String> = Vec::new();
        for image in &self.images {
            let Some(ecr) = &image.ecr else { continue };
            let arn = Arn::repository(&ecr.region, &ecr.account, &image.reference.repository);
            if !repositories.contains(&arn) {
                repositories.push(arn);
            }
        }
        let mut statements = Vec::new();
        if !repositories.is_empty() {
            statements.push(json!({
                "Sid": "Token", "Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"
            }));
            statements.push(json!({
                "Sid": "Pull", "Effect": "Allow",
                "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                "Resource": repositories
            }));
        }
        if metrics.puts() {
            statements.push(json!({
                "Sid": "Metrics", "Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*",
                "Condition": { "StringEquals": { "cloudwatch:namespace": METRICS_NAMESPACE } }
            }));
        }
        (!statements.is_empty()).then(|| json!({ "Version": "2012-10-17", "Statement": statements }))
    }
}

impl ImagePlan {
    fn new(reference: &Reference, environment: &Environment) -> Self {
        let target = |role| Some(Target::new(role, reference.contact_host(), reference.port));
        let (registry, ecr) = match &reference.registry {
            Registry::Ecr(host) => (target(Role::EcrDkr), Some(EcrPlan::new(host, environment))),
            Registry::PublicEcr | Registry::DockerHub | Registry::Other => (target(Role::Registry), None),
            Registry::MalformedEcr { .. } | Registry::Lookalike { .. } => (None, None),
        };
        // Public ECR gives out its own; other registries name theirs in a challenge, as these two do.
        let on_hub = reference.registry == Registry::DockerHub;
        let token_service = on_hub.then(|| Target::new(Role::Registry, DOCKER_HUB_TOKENS, 443));
        ImagePlan { reference: reference.clone(), registry, token_service, ecr }
    }
}

impl EcrPlan {
    /// The hosts of ECR's API, in the order in which a pull takes them.
    pub fn apis(&self) -> impl Iterator<Item = &Target> {
        std::iter::once(&self.api).chain(&self.api_for_ipv6)
    }

    fn new(host: &EcrHost, environment: &Environment) -> Self {
        let variant = environment.variant();
        let api = match &environment.ecr_url {
            Some(ServiceUrl { host, port, plain_http, .. }) => {
                Target { plain_http: *plain_http, ..Target::new(Role::EcrApi, host, *port) }
            }
            None => Target::new(Role::EcrApi, host.api_host(variant), 443),
        };
        let is_settled = environment.ecr_url.is_some() || variant.dual_stack;
        let dual_stack = (host.dual_stack && !is_settled).then_some(Variant { dual_stack: true, ..variant });
        let api_for_ipv6 = dual_stack.map(|variant| Target::new(Role::EcrApi, host.api_host(variant), 443));
        EcrPlan {
            account: host.account.clone(),
            region: host.region.clone(),
            partition: host.partition.name,
            api,
            api_for_ipv6,
            store: host.layer_store_host().map(|host| Target::new(Role::S3, host, 443)),
        }
    }
}
