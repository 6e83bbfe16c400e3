//! Which image and which repository an observation is about, as commands name them.

use crate::aws::EcrHost;
use crate::diagnose::{Case, addresses};
use crate::model::outcome::{ManifestOutcome, ReferenceOutcome};
use crate::model::{Act, Blank, Command, Observation};

/// A repository of private ECR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repository<'e> {
    pub name: &'e str,
    /// The account whose registry it is in.
    pub account: &'e str,
    pub region: &'e str,
}

impl<'e> Repository<'e> {
    /// The repository of a request for a manifest, a configuration or a layer.
    pub fn of(case: &Case<'e>, observation: &'e Observation) -> Option<Self> {
        let manifest = manifest_of(case, observation).filter(|manifest| !manifest.is_elsewhere())?;
        let name = name(manifest.subject.as_deref()?);
        let host = observation.target.as_ref().and_then(|target| EcrHost::parse(&target.host));
        case.evidence.iter().find_map(|it| {
            let Act::Reference(ReferenceOutcome::Ecr { account, region, .. }) = &it.act else { return None };
            let (_, path) = it.subject.as_deref()?.split_once('/')?;
            let same_host = host.as_ref().is_none_or(|host| host.account == *account && host.region == *region);
            let this = path.strip_prefix(name)?;
            let whole = this.is_empty() || this.starts_with([':', '@']);
            (whole && same_host).then_some(Repository { name, account, region })
        })
    }

    /// A call of ECR's API with the Region, and with the registry where it is not the caller's own.
    pub fn call(&self, case: &Case<'_>, call: &'static str) -> Command {
        let command = Command::of(call).region(self.region);
        if case.vantage.account.as_deref() == Some(self.account) {
            command
        } else {
            command.option("--registry-id", self.account)
        }
    }
}

/// A call of ECR's API about the repository of an observation, which `option` names.
pub fn call<'e>(case: &Case<'e>, observation: &'e Observation, call: &'static str, option: &'static str) -> Command {
    match Repository::of(case, observation) {
        Some(found) => found.call(case, call).option(option, found.name),
        None => Command::of(call).region(addresses::region_for(case, observation)).option(option, Blank::REPOSITORY),
    }
}

/// The manifest request that led to an observation; images are walked one after another.
pub fn manifest_of<'e>(case: &Case<'e>, observation: &'e Observation) -> Option<&'e Observation> {
    if matches!(observation.act, Act::Manifest(_) | Act::ApiManifest(_)) {
        return Some(observation);
    }
    let led = |it: &&Observation| {
        it.id < observation.id
            && matches!(
                it.act,
                Act::Manifest(ManifestOutcome::Image { .. }) | Act::ApiManifest(ManifestOutcome::Image { .. })
            )
    };
    case.evidence.iter().filter(led).last()
}

/// `repository` of `repository:tag` or `repository@digest`.
pub fn name(subject: &str) -> &str {
    let end = subject.find('@').or_else(|| subject.rfind(':')).unwrap_or(subject.len());
    &subject[..end]
}
