//! The evidence of one check, arranged for the rules.

use super::Host;
use super::configured::Configuration;
use super::images::is_supposed_store;
use super::weather::{Counted, Step, Tries};
use crate::account::{Account, Aim};
use crate::config::FixForm;
use crate::model::outcome::{ConnectOutcome, LayerUrlOutcome, ReferenceOutcome};
use crate::model::{Act, Evidence, Observation, Placement, Role, Target, Vantage};

/// What a rule sees. Nothing else goes into a judgement.
#[derive(Debug)]
pub struct Case<'e> {
    /// What counts: without the failed tries of steps that passed when they were tried again.
    pub evidence: Counted<'e>,
    /// Those tries: no symptoms, and nothing that a rule may convict for.
    pub passed: Vec<&'e Observation>,
    /// Every observation, for what measures and counts.
    pub whole: &'e Evidence,
    /// Where the probe stood, and as whom.
    pub vantage: &'e Vantage,
    /// The hosts that count, in the order in which they were tried.
    pub hosts: Vec<Host<'e>>,
    /// The account's configuration, where it was read and a placement is known.
    pub configuration: Option<Configuration<'e>>,
}

impl<'e> Case<'e> {
    /// Sorts the evidence by host.
    pub fn new(evidence: &'e Evidence, vantage: &'e Vantage) -> Self {
        let Tries { counted, passed } = Tries::of(evidence);
        let observations: Vec<_> = counted.iter().collect();
        let mut targets: Vec<&Target> = Vec::new();
        for target in counted.iter().filter_map(|observation| observation.target.as_ref()) {
            if !targets.contains(&target) && !is_superseded(evidence, target) {
                targets.push(target);
            }
        }
        let mut hosts: Vec<Host<'_>> = targets.into_iter().map(|target| Host::gather(target, &observations)).collect();
        let unused: Vec<bool> = hosts.iter().map(|host| is_unused_api(&hosts, host)).collect();
        let mut unused = unused.into_iter();
        hosts.retain(|_| !unused.next().unwrap_or_default());
        Case { evidence: counted, passed, whole: evidence, vantage, hosts, configuration: None }
    }

    /// With the configuration of the placement, as far as the evidence has it; fixes are printed in this form.
    pub fn placed(mut self, placement: Option<&'e Placement>, form: FixForm) -> Self {
        self.configuration = placement.and_then(|placement| {
            let account = Account::of(self.whole)?;
            let aim = Aim::of(placement, self.vantage, self.whole);
            Some(Configuration::new(account, placement, aim, form))
        });
        self
    }

    /// Hosts that play this part.
    pub fn hosts_of(&self, role: Role) -> impl Iterator<Item = &Host<'e>> {
        self.hosts.iter().filter(move |host| host.role() == role)
    }

    /// The failed observations that ask for an explanation.
    pub fn symptoms(&self) -> impl Iterator<Item = &'e Observation> {
        self.evidence.iter().filter(|observation| observation.is_symptom() && self.counts(observation))
    }

    /// Whether a failed observation says anything of the pull.
    fn counts(&self, observation: &Observation) -> bool {
        // Through the API the layers are only judged where the registry gave no answer.
        if matches!(observation.act, Act::ApiManifest(_) | Act::ApiLayerUrl(_)) {
            return false;
        }
        let Some(target) = &observation.target else { return true };
        let Some(host) = self.hosts.iter().find(|host| host.target == target) else { return false };
        match &observation.act {
            // A client asks the next server when one fails.
            Act::Resolve(_) => host.answer().is_none() && !self.is_a_further_try(observation),
            Act::Connect(_) | Act::Handshake(_) if self.is_a_further_try(observation) => false,
            Act::Connect(_) => {
                !host.contacts.iter().any(|it| it.connect.0.id == observation.id && host.is_unused_family(it))
            }
            _ => true,
        }
    }

    /// Of the tries at one address that failed alike the first one stands for all.
    fn is_a_further_try(&self, observation: &Observation) -> bool {
        let step = Step::of(observation);
        self.evidence.iter().any(|earlier| earlier.id < observation.id && Step::of(earlier) == step)
    }

    /// Observations whose act `pick` takes, of hosts that count.
    pub fn acts<T>(&self, pick: impl Fn(&'e Act) -> Option<T>) -> Vec<(&'e Observation, T)> {
        let counts = |it: &Observation| {
            it.target.as_ref().is_none_or(|target| self.hosts.iter().any(|host| host.target == target))
        };
        self.evidence.iter().filter(|it| counts(it)).filter_map(|it| pick(&it.act).map(|found| (it, found))).collect()
    }

    /// The Region of the images, where one of them is in private ECR: `REGION` otherwise,
    /// as a placeholder in commands.
    pub fn region(&self) -> &'e str {
        let of_image = self.evidence.iter().find_map(|observation| match &observation.act {
            Act::Reference(ReferenceOutcome::Ecr { region, .. }) => Some(region.as_str()),
            _ => None,
        });
        of_image.or(self.vantage.region.as_deref()).unwrap_or("REGION")
    }

    /// The partition of the images, as in an ARN.
    pub fn partition(&self) -> &'e str {
        let of_image = self.evidence.iter().find_map(|observation| match &observation.act {
            Act::Reference(ReferenceOutcome::Ecr { partition, .. }) => Some(partition.as_str()),
            _ => None,
        });
        of_image.unwrap_or("aws")
    }

    /// Whether any image is in private ECR.
    pub fn has_ecr_image(&self) -> bool {
        self.evidence.iter().any(|it| matches!(it.act, Act::Reference(ReferenceOutcome::Ecr { .. })))
    }
}

/// Of the two hosts of ECR's API in a Region that are there for a dual-stack registry, the one that no pull asks: with
/// IPv4 only where there is no IPv4, and the dual-stack one anywhere else.
fn is_unused_api(hosts: &[Host<'_>], host: &Host<'_>) -> bool {
    let variant = |host: &Host<'_>| host.ecr_variant().filter(|_| host.role() == Role::EcrApi);
    let Some((region, own)) = variant(host) else { return false };
    let other = hosts.iter().find(|other| {
        variant(other).is_some_and(|(its, variant)| its == region && variant.dual_stack != own.dual_stack)
    });
    other.is_some_and(|other| if own.dual_stack { !lacks_ipv4(other) } else { lacks_ipv4(host) })
}

/// Whether the kernel has no route to any IPv4 address of the host.
fn lacks_ipv4(host: &Host<'_>) -> bool {
    let mut ipv4 = host.contacts.iter().filter(|contact| contact.address.is_ipv4()).peekable();
    ipv4.peek().is_some() && ipv4.all(|it| matches!(it.connect.1, ConnectOutcome::NetworkUnreachable))
}

/// A layer store that was only supposed, once the redirects of the images that it was supposed for have named another.
/// Images of other Regions say nothing of it.
fn is_superseded(evidence: &Evidence, target: &Target) -> bool {
    if target.role != Role::S3 {
        return false;
    }
    let named: Vec<(Option<&str>, &str)> = evidence
        .iter()
        .filter_map(|observation| match &observation.act {
            // Where another registry keeps its layers says nothing of ECR's.
            Act::LayerUrl(LayerUrlOutcome::Redirected { host, .. })
            | Act::ApiLayerUrl(LayerUrlOutcome::Redirected { host, .. })
                if !observation.is_elsewhere() =>
            {
                Some((observation.image.as_deref(), host.as_str()))
            }
            _ => None,
        })
        .collect();
    let is_other = |&(image, _): &(Option<&str>, &str)| image.is_none_or(|image| is_supposed_store(target, image));
    !named.iter().any(|(_, host)| *host == target.host) && named.iter().any(is_other)
}
