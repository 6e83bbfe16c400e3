//! The account that the credentials are of, asked question by question.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;

use super::asking::{Asking, Facts};
use super::client::{Client, Patience};
use super::{ec2, ecr, ecs, ecs_tasks, iam, kms, logs, resolver, route53, secretsmanager, ssm};
use crate::config::Environment;
use crate::edge::live::Live;
use crate::edge::network::Network;
use crate::edge::reader::{Reader, Told};
use crate::edge::{aws, sts};
use crate::model::facts::Question;
use crate::model::outcome::{CallerOutcome, CredentialsOutcome};

/// What is throttled is tried three times more: a token bucket of EC2 has refilled by then (EC2 Developer Guide, "Request
/// throttling"). All answers together are bounded by what a VPC of a thousand security groups has, twice.
const PATIENCE: Patience = Patience {
    pauses: &[Duration::from_millis(200), Duration::from_millis(500), Duration::from_millis(1_000)],
    after_a_cut: true,
    whole_limit: 128 * 1024 * 1024,
};

/// Reads the configuration of an account, with credentials that were found once.
#[derive(Debug)]
pub struct LiveAccount {
    began: Instant,
    client: Client,
    region: String,
    /// The caller's account, once STS has said it: what is not there is believed of one's own account alone.
    account: RefCell<Option<String>>,
}

impl Live {
    /// The account's configuration, as the credentials that are found may see it.
    ///
    /// # Errors
    ///
    /// How the search for credentials ended, where none were found.
    pub async fn account(&self, region: &str) -> Result<LiveAccount, CredentialsOutcome> {
        match aws::find(&self.network, region).await {
            (_, Some(credentials)) => Ok(self.account_with(credentials, region)),
            (outcome, None) => Err(outcome),
        }
    }

    /// The Region of the profile that `AWS_PROFILE` names, which counts where neither `--region` nor `AWS_REGION` nor
    /// `AWS_DEFAULT_REGION` says one. It is the file's text: whether it is a Region is for the caller to see.
    pub async fn profile_region() -> Option<String> {
        aws::profile_region().await
    }

    /// The account beside a check: with the credentials that the check found, where it found some. `account` is that of
    /// the credentials, where it is known.
    pub fn account_beside(&self, region: &str, account: Option<&str>) -> Option<LiveAccount> {
        let credentials = self.found_credentials()?;
        let read = self.account_with(credentials, region);
        read.account.replace(account.map(str::to_owned));
        Some(read)
    }

    /// The same with credentials that are already there.
    pub fn account_with(&self, credentials: Credentials, region: &str) -> LiveAccount {
        LiveAccount::new(&self.network, credentials, region, &self.environment)
    }
}

impl LiveAccount {
    /// `region` is that of the placement.
    fn new(network: &Arc<Network>, credentials: Credentials, region: &str, environment: &Environment) -> Self {
        LiveAccount {
            began: Instant::now(),
            client: Client::new(network.clone(), credentials, environment.clone(), PATIENCE),
            region: region.to_owned(),
            account: RefCell::default(),
        }
    }

    /// A client with the same credentials, and another patience.
    pub(super) fn client_with(&self, patience: Patience) -> Client {
        let client = &self.client;
        Client::new(client.network().clone(), client.credentials().clone(), client.environment().clone(), patience)
    }

    /// The Region that is asked in.
    pub(super) fn region(&self) -> &str {
        &self.region
    }

    /// Asks STS who the caller is (`sts:GetCallerIdentity`, which no policy can refuse), and remembers the account. Ask
    /// this first: without it, what AWS does not know is never told as absent where it may be another account's.
    pub async fn caller(&self) -> CallerOutcome {
        let caller =
            sts::caller(self.client.network(), self.client.credentials(), &self.region, self.client.environment())
                .await;
        if let CallerOutcome::Known { account, .. } = &caller
            && !account.is_empty()
        {
            self.account.replace(Some(account.clone()));
        }
        caller
    }
}

impl Reader for LiveAccount {
    fn elapsed_ms(&self) -> f64 {
        self.began.elapsed().as_secs_f64() * 1e3
    }

    async fn sleep(&self, milliseconds: f64) {
        tokio::time::sleep(Duration::from_secs_f64(milliseconds.max(0.0) / 1e3)).await;
    }

    async fn ask(&self, question: &Question) -> Told {
        let own = self.account.borrow().clone();
        let asking = Asking::new(&self.client, &self.region, own.as_deref());
        let facts = answer(&asking, question).await;
        Told { facts, calls: asking.calls() }
    }
}

async fn answer(asking: &Asking<'_>, question: &Question) -> Facts {
    match question {
        Question::Services { cluster, names } => ecs::services(asking, cluster, names).await,
        Question::ListServices { cluster } => ecs::list_services(asking, cluster).await,
        Question::TaskDefinition { name } => ecs::task_definition(asking, name).await,
        Question::ListStoppedTasks { cluster, service } => ecs::list_stopped_tasks(asking, cluster, service).await,
        Question::ListClusterStoppedTasks { cluster } => ecs::list_cluster_stopped_tasks(asking, cluster).await,
        Question::Tasks { cluster, tasks } => ecs_tasks::tasks(asking, cluster, tasks).await,
        Question::ListContainerInstances { cluster } => ecs::list_container_instances(asking, cluster).await,
        Question::ContainerInstances { cluster, instances } => {
            ecs_tasks::container_instances(asking, cluster, instances).await
        }
        Question::Instances { ids } => ec2::instances(asking, ids).await,
        Question::Subnets { ids } => ec2::subnets(asking, ids).await,
        Question::Vpc { id } => ec2::vpc(asking, id).await,
        Question::VpcDns { vpc } => ec2::vpc_dns(asking, vpc).await,
        Question::DhcpOptions { id } => ec2::dhcp_options(asking, id).await,
        Question::RouteTables { vpc } => ec2::route_tables(asking, vpc).await,
        Question::NetworkAcls { vpc } => ec2::network_acls(asking, vpc).await,
        Question::SecurityGroups { ids } => ec2::security_groups(asking, ids).await,
        Question::Endpoints { vpc } => ec2::endpoints(asking, vpc).await,
        Question::EndpointsElsewhere { services } => ec2::endpoints_elsewhere(asking, services).await,
        Question::Interfaces { ids } => ec2::interfaces(asking, ids).await,
        Question::InterfacesAt { vpc, addresses } => ec2::interfaces_at(asking, vpc, addresses).await,
        Question::AwsPrefixList { name } => ec2::aws_prefix_list(asking, name).await,
        Question::PrefixList { id } => ec2::prefix_list(asking, id).await,
        Question::NatGateways { ids } => ec2::nat_gateways(asking, ids).await,
        Question::InternetGateways { vpc } => ec2::internet_gateways(asking, vpc).await,
        Question::TransitAttachments { vpc } => ec2::transit_attachments(asking, vpc).await,
        Question::HostedZones { vpc, region } => route53::hosted_zones(asking, vpc, region).await,
        Question::ZoneRecords { zone, name } => route53::zone_records(asking, zone, name).await,
        Question::ResolverRules { vpc } => resolver::resolver_rules(asking, vpc).await,
        Question::FirewallRules { vpc } => resolver::firewall_rules(asking, vpc).await,
        Question::Role { arn } => iam::role(asking, arn).await,
        Question::AttachedPolicies { role } => iam::attached_policies(asking, role).await,
        Question::InlinePolicies { role } => iam::inline_policies(asking, role).await,
        Question::ManagedPolicy { role, arn, boundary } => iam::managed_policy(asking, role, arn, *boundary).await,
        Question::InlinePolicy { role, name } => iam::inline_policy(asking, role, name).await,
        Question::InstanceProfile { arn } => iam::instance_profile(asking, arn).await,
        Question::Repository { arn } => ecr::repository(asking, arn).await,
        Question::RepositoryPolicy { arn } => ecr::repository_policy(asking, arn).await,
        Question::Image { repository, reference } => ecr::image(asking, repository, reference).await,
        Question::CacheRules { account, region } => ecr::cache_rules(asking, account, region).await,
        Question::LogGroup { region, name } => logs::log_group(asking, region, name).await,
        Question::Secret { id } => secretsmanager::secret(asking, id).await,
        Question::Parameters { region, ids } => ssm::parameters(asking, region, ids).await,
        Question::KmsKey { id } => kms::kms_key(asking, id).await,
    }
}
