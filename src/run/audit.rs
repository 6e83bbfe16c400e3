//! An audit from an aim to what was read.

use std::net::IpAddr;
use std::time::Duration;

use super::observed::Observed;
use crate::account::{Account, Aim, EcrImage};
use crate::edge::{Live, Reader};
use crate::image::Reference;
use crate::model::facts::{ImageFact, Question};
use crate::model::{Evidence, ImageSummary, LaunchType, Mode, Observation, Timestamp, Vantage, to_thousandths};
use crate::observe::audit as read;
use crate::ranges::{Cidr, Ranges};
use crate::reason::{Context, address_in};

/// How many addresses of ECS's words are looked up, and of records.
const ADDRESSES: usize = 5;

/// Reads what the aim leads to within the budget, or until `stop` resolves with the reason.
pub async fn audit<R: Reader>(
    reader: &R,
    aim: &Aim,
    principal: Option<String>,
    started_at: Timestamp,
    budget: Duration,
    stop: impl Future<Output = String>,
) -> Observed {
    let until_ms = budget.as_secs_f64() * 1e3;
    let began_ms = reader.elapsed_ms();
    let readings = read(reader, aim, addresses, until_ms, stop).await;
    let late = readings.cut.then(|| format!("the budget of {budget:?} is spent"));
    let account = Account::arrange(&readings.evidence);
    let placement = account.placement(aim);
    let images = account.image_texts(aim).iter().filter_map(|text| summary(&account, aim, text)).collect();
    let vantage = Vantage {
        mode: Mode::Audit,
        region: Some(aim.region.clone()).filter(|region| !region.is_empty()),
        account: aim.account.clone(),
        principal_arn: principal,
        task_arn: aim.task.clone(),
        cluster: aim.cluster.clone(),
        service: placement.service.clone(),
        launch_type: placement.launch_type,
        execution_role: placement.execution_role_arn.clone(),
        unknown: placement.launch_type.and_then(pulled_elsewhere).into_iter().collect(),
        ..Vantage::default()
    };
    Observed {
        started_at,
        duration_ms: to_thousandths(reader.elapsed_ms() - began_ms),
        vantage,
        images,
        placement: Some(placement),
        evidence: readings.evidence,
        cut_short: readings.stopped.or(late),
        trimmed: None,
        pull: None,
    }
}

/// Addresses that ECS's words or records of hand-made zones name are looked up among the interfaces of the VPC: one that
/// nobody holds is a stale record's.
fn addresses(account: &Account<'_>) -> Vec<Question> {
    let Some((_, vpc)) = account.vpcs().next() else { return Vec::new() };
    let ranges: Vec<Cidr> = vpc.cidrs.iter().chain(&vpc.ipv6_cidrs).filter_map(|cidr| Cidr::parse(cidr).ok()).collect();
    let mut questions = Vec::new();
    let mut ask = |mut addresses: Vec<String>| {
        addresses.sort();
        if !addresses.is_empty() {
            questions.push(Question::InterfacesAt { vpc: vpc.id.clone(), addresses });
        }
    };
    ask(of_records(account, &ranges));
    ask(of_words(account, ranges));
    questions
}

/// Those of the VPC's that records give, as far as no interface of an endpoint is known to have them.
fn of_records(account: &Account<'_>, ranges: &[Cidr]) -> Vec<String> {
    let records = account.hosted_zones().flat_map(|(_, zone)| zone.records.iter().flatten());
    let mut found: Vec<String> = Vec::new();
    for text in records.flat_map(|record| &record.values) {
        let Ok(address) = text.parse::<IpAddr>() else { continue };
        let is_own = ranges.iter().any(|cidr| cidr.contains(address));
        if is_own && !found.contains(text) && found.len() < ADDRESSES {
            found.push(text.clone());
        }
    }
    found
}

fn of_words(account: &Account<'_>, ranges: Vec<Cidr>) -> Vec<String> {
    let context = Context { ranges: Ranges::embedded(), vpc: ranges };
    let mut found: Vec<String> = Vec::new();
    for (_, task) in account.stopped_tasks() {
        let of_containers = task.containers.iter().filter_map(|container| container.reason.as_deref());
        for text in task.reason.as_deref().into_iter().chain(of_containers) {
            let Some(known) = address_in(text, &context) else { continue };
            let address = known.address.to_string();
            if known.class.is_private() && !found.contains(&address) && found.len() < ADDRESSES {
                found.push(address);
            }
        }
    }
    found
}

/// Whose network the pull takes, where it is not that of the tasks.
fn pulled_elsewhere(launch_type: LaunchType) -> Option<String> {
    let judged = match launch_type {
        LaunchType::Fargate => return None,
        LaunchType::Ec2 => "on EC2 the container instances pull: their subnets, security groups and role are judged",
        LaunchType::ManagedInstances => {
            "on ECS Managed Instances the instances pull: their subnets and security groups are judged"
        }
        LaunchType::External => "on ECS Anywhere a machine outside AWS pulls: its network does not show in the account",
    };
    Some(judged.to_owned())
}

fn summary(account: &Account<'_>, aim: &Aim, text: &str) -> Option<ImageSummary> {
    let reference = Reference::parse(text).ok()?;
    let fact = EcrImage::parse(text).and_then(|image| account.image(&image.subject()).known());
    let is_index = |fact: &&ImageFact| fact.media_type.as_deref().is_some_and(names_an_index);
    let digest = |fact: &ImageFact| fact.digest.clone();
    Some(ImageSummary {
        image: text.to_owned(),
        registry: reference.contact_host().to_owned(),
        repository: reference.repository.clone(),
        reference: reference.selector_text(),
        digest: fact.filter(|fact| !is_index(fact)).map(digest),
        index_digest: fact.filter(is_index).map(digest),
        bytes: fact.and_then(|fact| fact.bytes),
        platform: account.platform(aim),
        ..ImageSummary::default()
    })
}

/// Of the OCI index and of Docker's manifest list.
fn names_an_index(media_type: &str) -> bool {
    media_type.ends_with(".index.v1+json") || media_type.ends_with(".manifest.list.v2+json")
}

/// How long a check that has failed waits for the configuration.
const BESIDE_A_CHECK: Duration = Duration::from_secs(2);

/// A check that failed, with what the configuration says of the same task; as it was where nothing of it can be read.
pub(super) async fn beside(live: &Live, mut observed: Observed) -> Observed {
    let vantage = &observed.vantage;
    let (Some(task), Some(region)) = (&vantage.task_arn, &vantage.region) else {
        observed
            .vantage
            .unknown
            .push("--audit auto: the configuration is read of the probe's own ECS task, and this is none".to_owned());
        return observed;
    };
    let aim = Aim {
        region: region.clone(),
        account: vantage.account.clone(),
        cluster: vantage.cluster.clone(),
        task: Some(task.clone()),
        launch_type: vantage.launch_type,
        images: observed.images.iter().map(|image| image.image.clone()).collect(),
        ..Aim::default()
    };
    let Some(account) = live.account_beside(region, aim.account.as_deref()) else { return observed };
    let until_ms = BESIDE_A_CHECK.as_secs_f64() * 1e3;
    let readings = read(&account, &aim, |_| Vec::new(), until_ms, std::future::pending()).await;
    let arranged = Account::arrange(&readings.evidence);
    let placement = arranged.placement(&aim);
    if placement.subnets.is_empty() {
        return observed;
    }
    observed.placement = Some(placement);
    append(&mut observed.evidence, readings.evidence);
    observed
}

/// The facts behind what the check did. The references of the images are there already.
pub(super) fn append(evidence: &mut Evidence, facts: Evidence) {
    let last = evidence.observations.iter().map(|it| it.id).max().unwrap_or(0);
    let facts = facts.observations.into_iter().filter(|it| it.act.check().is_configuration());
    for (number, fact) in facts.enumerate() {
        let id = last.saturating_add(u32::try_from(number).unwrap_or(u32::MAX)).saturating_add(1);
        evidence.observations.push(Observation { id, ..fact });
    }
}
