//! What a text, and the task that it is of, tell of names that commands need.

use super::host_kind::HostKind;
use super::parsed::Parsed;
use super::record::{Record, name};
use super::searched::Searched;
use crate::aws::{Arn, is_account, is_region};
use crate::image::{Reference, Registry};
use crate::model::{Blank, Command, Fix, Word};

/// The names; what is not told is `None`, and so is what is told in two ways.
#[derive(Debug, Default)]
pub struct Known {
    /// The Region of what failed; without that, the task's.
    region: Option<String>,
    /// The Region of the task; without a task, that of what failed.
    own_region: Option<String>,
    account: Option<String>,
    cluster: Option<String>,
    service: Option<String>,
    task: Option<String>,
    family: Option<String>,
    subnet: Option<String>,
    /// As somebody may give it to `check`.
    image: Option<String>,
    repository: Option<String>,
    tag: Option<String>,
    /// The ARN of that repository.
    repository_arn: Option<String>,
    /// The role that was denied something that a pull or a start needs.
    role: Option<String>,
    secret: Option<String>,
    parameter: Option<String>,
    key: Option<String>,
    /// The registry that failed, where it is not AWS's.
    outside: Option<String>,
}

/// What the reader's VPC and tasks are asked by: its Region is the task's, and not the image's.
const OF_THE_TASK: [&str; 4] = ["aws ec2 ", "aws ecs ", "aws logs ", "aws route53"];

/// Commands that log in at ECR, or ask what it allows.
const OF_ECR: [&str; 2] = ["aws ecr get-login-password", "--service-code ecr "];

impl Known {
    /// What the two tell. The text comes first: a task may have several images.
    pub fn of(parsed: &Parsed, record: &Record) -> Self {
        let task = record.task_arn.as_deref().and_then(Arn::parse);
        let cluster = record.cluster.as_deref().map(last).or_else(|| match task?.resource.split('/').nth(2) {
            Some(_) => task?.resource.split('/').nth(1),
            None => None,
        });
        let text = &parsed.plain.line;
        let of_cluster = record.cluster.as_deref().and_then(Arn::parse);
        let of_task = task.or(of_cluster).map(|arn| arn.region.to_owned()).filter(|region| is_region(region));
        let denied = parsed.denial.as_ref();
        let resource = denied.and_then(|denial| denial.resource.as_deref());
        let arns: Vec<&str> = resource.into_iter().chain(arns(text)).collect();
        let arn = |service: &str, kind: &str| arns.iter().find_map(|it| of(it, service, kind));
        let told = parsed.image();
        let image = told.or_else(|| asked_for(parsed)).or_else(|| only(&record.images));
        // What is not ECR's has no repository that a command of ECR's could name.
        let of_ecr = image.as_ref().and_then(|image| match &image.registry {
            Registry::Ecr(host) => Some((Some(host.clone()), Some(image.repository.clone()))),
            _ => None,
        });
        let is_of_ecr = of_ecr.is_some();
        let (host, repository) = of_ecr.unwrap_or_else(|| (None, named(text)));
        let repository_arn = resource.filter(|it| of(it, "ecr", "repository").is_some()).map(str::to_owned);
        let own_repository = || {
            let host = host.as_ref()?;
            Some(Arn::repository(&host.region, &host.account, repository.as_deref()?))
        };
        let mut regions = arns.iter().filter_map(|arn| Arn::parse(arn)).map(|arn| arn.region);
        let of_arn = regions.find(|region| is_region(region)).map(str::to_owned);
        let of_text = parsed.region().map(str::to_owned).or_else(|| host.as_ref().map(|host| host.region.clone()));
        // Where the image is another account's, nothing says which of the two is meant.
        let accounts = [host.as_ref().map(|host| host.account.as_str()), task.map(|task| task.account)];
        let mut accounts = accounts.into_iter().flatten().filter(|account| is_account(account));
        let account = accounts.next().filter(|first| accounts.all(|other| other == *first)).map(str::to_owned);
        Known {
            own_region: of_task.clone().or_else(|| of_text.clone()).or_else(|| of_arn.clone()),
            region: of_text.or(of_task).or(of_arn),
            account,
            cluster: cluster.map(str::to_owned),
            service: record.group.as_deref().and_then(|group| group.strip_prefix("service:")).map(str::to_owned),
            task: record.task_arn.clone(),
            family: record.family.clone(),
            subnet: record.subnet.clone(),
            tag: image.as_ref().filter(|_| is_of_ecr).and_then(|image| image.tag.clone()),
            image: image.map(|image| image.text),
            repository_arn: repository_arn.or_else(own_repository),
            repository,
            role: denied.filter(|it| !it.action.starts_with("iam:") && !it.action.starts_with("sts:")).and_then(|it| {
                let who = Arn::parse(it.principal.as_deref()?)?.resource;
                let role = who.strip_prefix("assumed-role/")?.split('/').next()?;
                Some(role.to_owned())
            }),
            secret: arn("secretsmanager", "secret"),
            parameter: arn("ssm", "parameter"),
            key: arn("kms", "key"),
            outside: parsed.host_before(None).filter(|host| is_outside(host.kind)).map(|host| name(&host.name)),
        }
    }

    /// What is known of a blank of a page's command.
    pub fn value(&self, line: &str, blank: Blank) -> Option<&str> {
        let value = match blank.name() {
            "REGION" if OF_THE_TASK.iter().any(|start| line.starts_with(start)) => &self.own_region,
            "REGION" => &self.region,
            "ACCOUNT" | "ACCOUNT_ID" => &self.account,
            "CLUSTER" => &self.cluster,
            "SERVICE" | "SERVICE_NAME" => &self.service,
            "TASK_ARN" => &self.task,
            "FAMILY" => &self.family,
            // Where something is made or changed, another subnet may be meant.
            "SUBNET_ID" if line.contains(" describe-") => &self.subnet,
            "REPOSITORY" => &self.repository,
            "TAG" | "IMAGE_TAG" => &self.tag,
            "REPOSITORY_ARN" => &self.repository_arn,
            "ROLE_NAME" | "EXECUTION_ROLE_NAME" => &self.role,
            "SECRET_ARN" => &self.secret,
            "PARAMETER_ARN" => &self.parameter,
            "KEY_ARN" => &self.key,
            _ => &None,
        };
        value.as_deref()
    }

    /// The Region of what failed, for words.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The fixes, and before them how to find the VPC, where the first needs it and the task tells its subnet.
    /// Those that make endpoints reach no registry outside of AWS, and ECR's login and quotas are none of its.
    pub fn completed(&self, mut fixes: Vec<Fix>) -> Vec<Fix> {
        let makes_endpoints = |fix: &Fix| fix.command().is_some_and(|it| it.contains("-vpc-endpoint"));
        if let Some(host) = self.outside.as_deref().filter(|_| fixes.iter().any(makes_endpoints)) {
            return vec![
                Fix::advice(format!(
                    "{host} is outside of AWS's network, and no VPC endpoint reaches it: route 0.0.0.0/0 of the task's subnet \
                     to a NAT gateway, or give the container runtime a proxy"
                )),
                Fix::advice(
                    "or use a copy of the image in private ECR, which VPC endpoints do reach: push it there, or let ECR copy \
                     it by a pull-through cache rule (ecr-probe explain PTC-01)",
                ),
            ];
        }
        let is_of_ecr = |fix: &Fix| fix.command().is_some_and(|it| OF_ECR.iter().any(|words| it.contains(words)));
        let is_outside = self.outside.is_some() && self.repository_arn.is_none() && !fixes.iter().all(is_of_ecr);
        if is_outside {
            fixes.retain(|fix| !is_of_ecr(fix));
        }
        let vpc =
            self.subnet.as_deref().zip(fixes.first()).filter(|(_, first)| first.blanks().contains(&Blank::VPC_ID));
        let vpc = vpc.map(|(subnet, first)| {
            let command = Command::of("aws ec2 describe-subnets")
                .region(self.own_region.as_deref().unwrap_or_default())
                .option("--subnet-ids", subnet)
                .query("Subnets[0].VpcId")
                .text();
            Fix::run(first.does.clone(), &command)
        });
        if let Some(vpc) = vpc {
            fixes.insert(0, vpc);
        }
        fixes
    }

    /// The image for `check`, as far as it is known.
    pub fn image(&self) -> &str {
        self.image.as_deref().unwrap_or(Blank::IMAGE.name())
    }

    /// What reads the configuration that the task was started with.
    pub fn audit(&self) -> Command {
        let word = |value: &Option<String>, blank: Blank| value.as_deref().map_or_else(|| blank.into(), Word::from);
        let audit = Command::of("ecr-probe audit").region(self.own_region.as_deref().unwrap_or_default());
        match (&self.service, &self.task) {
            (None, Some(task)) => audit.option("--task", task.as_str()),
            _ => audit
                .option("--cluster", word(&self.cluster, Blank::CLUSTER))
                .option("--service", word(&self.service, Blank::SERVICE_NAME)),
        }
    }
}

/// The last part of an ARN's name.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The image that all containers have.
fn only(images: &[String]) -> Option<Reference> {
    let (first, rest) = images.split_first()?;
    rest.iter().all(|image| image == first).then(|| Reference::parse(first).ok())?
}

/// The image of a request for a manifest: `https://HOST/v2/REPOSITORY/manifests/TAG`.
fn asked_for(parsed: &Parsed) -> Option<Reference> {
    let mut contacted = parsed.hosts.iter().filter(|host| host.contacted && host.kind == HostKind::Registry);
    contacted.find_map(|host| {
        let path = parsed.plain.line.get(host.at..)?.strip_prefix(host.name.as_str())?.strip_prefix("/v2/")?;
        let (repository, selector) = path.split([' ', '"']).next()?.rsplit_once("/manifests/")?;
        let sign = if selector.contains(':') { '@' } else { ':' };
        Reference::parse(&format!("{}/{repository}{sign}{selector}", host.name)).ok()
    })
}

/// Whether no VPC endpoint leads there.
fn is_outside(kind: HostKind) -> bool {
    use HostKind::{BlobStore, Cdn, DockerHub, OtherRegistry, PublicEcr};
    matches!(kind, BlobStore | Cdn | DockerHub | OtherRegistry | PublicEcr)
}

/// The repository in ECR's own words: "The repository with name 'app' does not exist".
fn named(text: &Searched) -> Option<String> {
    let (name, _) = text.split_once("repository with name '")?.1.split_once('\'')?;
    Some(name.to_owned())
}

/// The ARNs of a text.
fn arns(text: &Searched) -> impl Iterator<Item = &str> {
    let is_part = |it: char| it.is_ascii_alphanumeric() || "-_/:.+=@".contains(it);
    let mut rest = if text.contains("arn:aws") { text.as_str() } else { "" };
    std::iter::from_fn(move || {
        let from = &rest[rest.find("arn:aws")?..];
        // What is within one is not looked at again.
        let (arn, behind) = from.split_at(from.find(|it| !is_part(it)).unwrap_or(from.len()));
        rest = behind;
        Some(arn.trim_end_matches(['.', ':']))
    })
}

/// The ARN, if it is of this kind of a service. A secret's is cut before the key in it that a task definition names.
fn of(arn: &str, service: &str, kind: &str) -> Option<String> {
    let parsed = Arn::parse(arn).filter(|it| it.service == service && is_account(it.account))?;
    let is_kind = parsed.resource.strip_prefix(kind).is_some_and(|rest| rest.starts_with([':', '/']) && rest.len() > 1);
    let whole = if service == "secretsmanager" {
        arn.splitn(8, ':').take(7).collect::<Vec<_>>().join(":")
    } else {
        arn.to_owned()
    };
    is_kind.then_some(whole)
}
