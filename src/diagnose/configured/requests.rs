//! Every request of the pull and of the task's start, by the role that makes it, and what IAM decides about it.

use std::net::IpAddr;

use super::asked::{Asked, Request};
use super::role::Puller;
use super::walk::Walk;
use crate::account::{Account, Aim, LogTarget, SecretHome, Seen as Fact, parameter_name, secret_id};
use crate::aws::{Arn, Partition};
use crate::model::facts::{ContainerFact, Endpoint, EndpointKind};
use crate::model::{EvidenceId, LaunchType, Placement, Role};
use crate::path::Lead;
use crate::policy::requests::{self, Caller, Decrypted, Repository, Via};
use crate::policy::{Answer, Decision, Named, Policies, Seen, decide};

/// All requests.
pub fn of(account: &Account<'_>, placement: &Placement, aim: &Aim, walks: &[Walk]) -> Vec<Asked> {
    let role = Puller::of(account, placement, aim);
    let Some(role) = role else { return Vec::new() };
    let maker = Maker { account, aim, walks, role };
    let mut asked = Vec::new();
    maker.trust(&mut asked);
    maker.images(&mut asked);
    if let Some((_, definition)) = account.judged_definition(aim) {
        for container in &definition.containers {
            maker.secrets(container, &mut asked);
            maker.logs(container, &mut asked);
        }
    }
    asked
}

/// Whether a role's own policies allow it to pull every image of private ECR, as far as they are known.
pub fn may_pull(account: &Account<'_>, aim: &Aim, role: &str) -> bool {
    let (identity, _) = super::role::identity(account, role);
    let policies = Policies { identity, ..Policies::none() };
    let caller = Caller::of(role);
    let images = account.ecr_images(aim);
    let allows = |request: &crate::policy::Request| decide(request, &policies).answer == Answer::Allow;
    !images.is_empty()
        && images.iter().all(|image| {
            let repository = Repository { arn: image.repository.clone(), tags: None };
            allows(&requests::get_authorization_token(&caller, &Via::Unknown, &image.region))
                && allows(&requests::batch_get_image(&caller, &Via::Unknown, &repository))
                && allows(&requests::get_download_url(&caller, &Via::Unknown, &repository))
        })
}

/// A way that requests to a service go, and the subnets that it is the way of.
struct Way<'e> {
    endpoint: Option<(EvidenceId, &'e Endpoint)>,
    via: Via,
    subnets: Vec<String>,
}

struct Maker<'m, 'e> {
    account: &'m Account<'e>,
    aim: &'m Aim,
    walks: &'m [Walk],
    role: Puller,
}

impl<'e> Maker<'_, 'e> {
    /// Whether ECS may assume the role; one that is not there cannot be.
    fn trust(&self, asked: &mut Vec<Asked>) {
        let arn = &self.role.caller.role.arn;
        if !self.role.is_of_the_task {
            return;
        }
        let Fact::Known(observation, role) = self.account.role(arn) else { return };
        let request = requests::assume_role(&self.role.caller, &self.aim.region);
        let trust = Seen::Known(Named::read("the trust policy", &role.trust));
        asked.push(Asked {
            request: Request::Assume,
            resource: arn.clone(),
            images: self.account.image_texts(self.aim),
            subnets: Vec::new(),
            endpoint: None,
            region: self.aim.region.clone(),
            decision: decide(&request, &Policies::of_trust(trust)),
            cites: vec![observation.id],
        });
    }

    fn images(&self, asked: &mut Vec<Asked>) {
        for image in self.account.ecr_images(self.aim) {
            let repository = Repository { arn: image.repository.clone(), tags: None };
            let (policy, cited) = self.repository_policy(&image.repository);
            let caller = &self.role.caller;
            let for_image = |request, resource: &str| Draft {
                request,
                resource: resource.to_owned(),
                image: Some(image.image.clone()),
                region: image.region.clone(),
            };
            let resource = || (policy.clone(), cited);
            let none = || (Seen::Absent, None);
            for way in self.ways(Role::EcrApi, &image.region, None) {
                let request = requests::get_authorization_token(caller, &way.via, &image.region);
                self.ask(asked, for_image(Request::Token, "*"), &request, none(), &way);
            }
            for way in self.ways(Role::EcrDkr, &image.region, Some(&image.account)) {
                let request = requests::batch_get_image(caller, &way.via, &repository);
                self.ask(asked, for_image(Request::Manifest, &image.repository), &request, resource(), &way);
                let request = requests::get_download_url(caller, &way.via, &repository);
                self.ask(asked, for_image(Request::LayerUrl, &image.repository), &request, resource(), &way);
            }
            for way in self.ways(Role::S3, &image.region, None) {
                let Some((id, endpoint)) = way.endpoint else { continue };
                let request = requests::get_layer(caller, &way.via, &image.region);
                let policies = Policies::of_endpoint(endpoint_policy(endpoint));
                let form = requests::layer_form(&image.region).unwrap_or_default();
                let draft = for_image(Request::Layer, &form);
                add(asked, draft, decide(&request, &policies), &way, vec![id]);
            }
        }
    }

    fn secrets(&self, container: &ContainerFact, asked: &mut Vec<Asked>) {
        let references = container.secrets.iter().map(|secret| (&secret.value_from, Request::Secret));
        let login = container.repository_credentials.iter().map(|arn| (arn, Request::Login));
        for (value_from, kind) in references.chain(login) {
            let caller = &self.role.caller;
            match SecretHome::of(value_from) {
                SecretHome::SecretsManager(region) => {
                    let region = region.unwrap_or(&self.aim.region);
                    let id = secret_id(value_from);
                    let secret = self.account.secret(id).known();
                    let arn = secret.map_or(id, |secret| secret.arn.as_str());
                    for way in self.ways(Role::SecretsManager, region, None) {
                        let request = requests::get_secret_value(caller, &way.via, arn);
                        self.ask(asked, start(kind, arn, region), &request, other_policy(arn, &self.role), &way);
                    }
                    let key = secret.and_then(|secret| secret.kms_key.as_deref());
                    self.decrypt(key, Decrypted::Secret(arn), region, asked);
                }
                SecretHome::ParameterStore(region) => {
                    let region = region.unwrap_or(&self.aim.region);
                    let name = parameter_name(value_from);
                    let arn = self.parameter_arn(value_from, &name, region);
                    for way in self.ways(Role::Ssm, region, None) {
                        let request = requests::get_parameters(caller, &way.via, &arn);
                        self.ask(asked, start(Request::Parameter, &arn, region), &request, (Seen::Absent, None), &way);
                    }
                    let key = self.account.parameter(value_from).known().and_then(|it| it.kms_key.as_deref());
                    self.decrypt(key, Decrypted::Parameter(&arn), region, asked);
                }
            }
        }
    }

    /// A customer's key must let the role decrypt; those that AWS manages let everybody whom the service serves.
    fn decrypt(&self, key: Option<&str>, what: Decrypted<'_>, region: &str, asked: &mut Vec<Asked>) {
        let Some(id) = key.filter(|id| !id.starts_with("alias/aws/")) else { return };
        let Fact::Known(observation, key) = self.account.kms_key(id) else { return };
        if key.aws_managed {
            return;
        }
        let request = requests::decrypt(&self.role.caller, &key.arn, what);
        let policy = match &key.policy {
            Some(text) => Seen::Known(Named::read(&key.arn, text)),
            None => Seen::Hidden("kms:GetKeyPolicy".to_owned()),
        };
        let way = Way { endpoint: None, via: Via::Unknown, subnets: Vec::new() };
        self.ask(asked, start(Request::Decrypt, &key.arn, region), &request, (policy, Some(observation.id)), &way);
    }

    /// On Fargate the execution role writes the logs; on instances the agent's or the daemon's own, which is not known.
    fn logs(&self, container: &ContainerFact, asked: &mut Vec<Asked>) {
        let is_fargate = self.account.launch_type(self.aim).is_none_or(|it| it == LaunchType::Fargate);
        let Some(log) = LogTarget::of(container, &self.aim.region).filter(|_| is_fargate) else { return };
        let partition = Partition::of_region(&log.region).name;
        let resource = format!("log-group:{}", log.group);
        let group = Arn {
            partition,
            service: "logs",
            region: &log.region,
            account: self.role.caller.account(),
            resource: &resource,
        };
        let group = group.to_string();
        let stream = match container.log_options.get("awslogs-stream-prefix") {
            Some(prefix) => format!("{prefix}/{}/*", container.name),
            None => "*".to_owned(),
        };
        let caller = &self.role.caller;
        for way in self.ways(Role::Logs, &log.region, None) {
            let none = || (Seen::Absent, None);
            let of = |request| start(request, &group, &log.region);
            if log.creates_group {
                let request = requests::create_log_group(caller, &way.via, &group);
                self.ask(asked, of(Request::LogGroup), &request, none(), &way);
            }
            let request = requests::create_log_stream(caller, &way.via, &group, &stream);
            self.ask(asked, of(Request::LogStream), &request, none(), &way);
            let request = requests::put_log_events(caller, &way.via, &group, &stream);
            self.ask(asked, of(Request::LogEvents), &request, none(), &way);
        }
    }

    fn parameter_arn(&self, value_from: &str, name: &str, region: &str) -> String {
        if value_from.starts_with("arn:") {
            return value_from.to_owned();
        }
        let partition = Partition::of_region(region).name;
        let resource = format!("parameter/{}", name.trim_start_matches('/'));
        Arn { partition, service: "ssm", region, account: self.role.caller.account(), resource: &resource }.to_string()
    }

    fn repository_policy(&self, arn: &str) -> (Seen<Named>, Option<EvidenceId>) {
        let fact = self.account.repository_policy(arn);
        let policy = match fact {
            Fact::Known(_, policy) => match &policy.document {
                Some(text) => Seen::Known(Named::read(arn, text)),
                None => Seen::Absent,
            },
            Fact::Absent(_) => Seen::Absent,
            Fact::Hidden(_, hidden) => Seen::Hidden(hidden.action.clone()),
            Fact::NotAsked => Seen::Hidden("ecr:GetRepositoryPolicy".to_owned()),
        };
        (policy, fact.id())
    }

    /// Every way that requests to a service go, from all places.
    fn ways(&self, role: Role, region: &str, registry: Option<&str>) -> Vec<Way<'e>> {
        let mut ways: Vec<Way<'e>> = Vec::new();
        let of_registry = |host: &str| registry.is_none_or(|account| host.starts_with(account));
        let fits = |walk: &&Walk| {
            walk.needed.role == role && walk.needed.region.as_deref() == Some(region) && of_registry(&walk.needed.host)
        };
        for walk in self.walks.iter().filter(fits) {
            let (endpoint, via) = self.way(walk);
            match ways.iter_mut().find(|known| known.via == via) {
                Some(known) if !known.subnets.contains(&walk.site.subnet) => {
                    known.subnets.push(walk.site.subnet.clone());
                }
                Some(_) => {}
                None => ways.push(Way { endpoint, via, subnets: vec![walk.site.subnet.clone()] }),
            }
        }
        if ways.is_empty() {
            ways.push(Way { endpoint: None, via: Via::Unknown, subnets: Vec::new() });
        }
        ways
    }

    fn way(&self, walk: &Walk) -> (Option<(EvidenceId, &'e Endpoint)>, Via) {
        let by_name = match &walk.destination.lead {
            Lead::Interfaces(targets) => targets.first().map(|target| target.owner.as_str()),
            Lead::Public(_) | Lead::Nowhere | Lead::Unknown => None,
        };
        let via = walk.walked.via.as_deref().or(by_name);
        match via.map(|id| (id, self.account.endpoint(id))) {
            Some((id, Fact::Known(observation, endpoint))) => {
                let via = Via::Endpoint {
                    vpc: endpoint.vpc_id.clone(),
                    id: Some(id.to_owned()),
                    gateway: endpoint.kind == EndpointKind::Gateway,
                    owner: Some(endpoint.owner.clone()).filter(|owner| !owner.is_empty()),
                    client: None,
                };
                (Some((observation.id, endpoint)), via)
            }
            Some((id, _)) if id.starts_with("nat-") => (None, Via::Internet(self.public_address(id))),
            Some((id, _)) if id.starts_with("igw-") => (None, Via::Internet(None)),
            None if matches!(walk.destination.lead, Lead::Public(_)) => (None, Via::Internet(None)),
            _ => (None, Via::Unknown),
        }
    }

    /// What AWS sees requests come from; of a NAT gateway with several addresses it is not known.
    fn public_address(&self, nat: &str) -> Option<IpAddr> {
        match self.account.nat_gateway(nat).known()?.public_ips.as_slice() {
            [only] => only.parse().ok(),
            _ => None,
        }
    }

    fn ask(
        &self,
        asked: &mut Vec<Asked>,
        draft: Draft,
        request: &crate::policy::Request,
        (resource, cited): (Seen<Named>, Option<EvidenceId>),
        way: &Way<'_>,
    ) {
        let organization = || Seen::Hidden("organizations:ListPoliciesForTarget".to_owned());
        let policies = Policies {
            identity: self.role.identity.clone(),
            boundary: self.role.boundary.clone(),
            session: Seen::Absent,
            resource,
            scps: organization(),
            rcps: Seen::Hidden("organizations:ListPoliciesForTarget".to_owned()),
            endpoint: way.endpoint.map_or(Seen::Absent, |(_, endpoint)| endpoint_policy(endpoint)),
        };
        let mut cites = self.role.cites.clone();
        cites.extend(cited);
        cites.extend(way.endpoint.map(|(id, _)| id));
        add(asked, draft, decide(request, &policies), way, cites);
    }
}

/// The policy of a secret is not read: in one account the role's own policies are enough.
fn other_policy(arn: &str, role: &Puller) -> (Seen<Named>, Option<EvidenceId>) {
    let is_own = Arn::parse(arn).is_none_or(|it| it.account == role.caller.account());
    let policy = if is_own { Seen::Absent } else { Seen::Hidden("secretsmanager:GetResourcePolicy".to_owned()) };
    (policy, None)
}

fn endpoint_policy(endpoint: &Endpoint) -> Seen<Named> {
    match &endpoint.policy {
        Some(text) => Seen::Known(Named::read(&endpoint.id, text)),
        None => Seen::Absent,
    }
}

struct Draft {
    request: Request,
    resource: String,
    image: Option<String>,
    region: String,
}

fn start(request: Request, resource: &str, region: &str) -> Draft {
    Draft { request, resource: resource.to_owned(), image: None, region: region.to_owned() }
}

/// One request serves several images: it is asked once.
fn add(asked: &mut Vec<Asked>, draft: Draft, decision: Decision, way: &Way<'_>, cites: Vec<EvidenceId>) {
    let endpoint = way.endpoint.map(|(_, endpoint)| endpoint.id.clone());
    let same = |it: &&mut Asked| {
        it.request == draft.request
            && it.resource == draft.resource
            && it.region == draft.region
            && it.endpoint == endpoint
            && it.subnets == way.subnets
    };
    match asked.iter_mut().find(same) {
        Some(known) => known.images.extend(draft.image.filter(|image| !known.images.contains(image))),
        None => asked.push(Asked {
            request: draft.request,
            resource: draft.resource,
            images: draft.image.into_iter().collect(),
            subnets: way.subnets.clone(),
            endpoint,
            region: draft.region,
            decision,
            cites,
        }),
    }
}
