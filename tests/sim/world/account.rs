//! The account's configuration, as far as no packet and no call of a pull shows it: what `audit` reads besides.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Service;

/// Where the permissions to pull are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Granted {
    #[default]
    ExecutionRole,
    /// On the task role, which pulls nothing.
    TaskRole,
    Nowhere,
}

/// Every key of `[account]`. Policies are JSON.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountKeys {
    /// IAM actions that the one who asks is refused, such as `ec2:DescribeNetworkAcls`; `ec2:*` for all of a service's, `*` for
    /// all.
    pub refuse: Vec<String>,
    /// The account that owns the VPC and shares its subnets.
    pub vpc_owner: Option<String>,

    /// The appliance that takes S3's packets (`vpc.s3_route_overridden`) was deleted, and its routes are left.
    pub appliance_is_gone: bool,

    /// Interface endpoints that are in no use, with their state; `no-interfaces` for one that is available and has none.
    pub broken_endpoints: BTreeMap<Service, String>,
    /// S3's interface endpoint is for questions from outside the VPC alone.
    pub s3_only_for_inbound_resolver: bool,
    /// Policies of endpoints, in place of none; `s3` is of whatever endpoint S3 has.
    pub endpoint_policies: BTreeMap<Service, String>,

    /// The ARN or the name of the execution role; by default that of `task.execution_role`.
    pub has_execution_role: bool,
    pub execution_role_exists: bool,
    /// Where AWS's policy for task execution is attached.
    pub granted_to: Granted,
    /// An inline policy of the execution role, beside AWS's.
    pub inline_policy: Option<String>,
    pub boundary: Option<String>,
    /// The trust policy of the execution role, in place of one that trusts ECS.
    pub trust: Option<String>,
    /// The policy of the image's repository.
    pub repository_policy: Option<String>,

    /// The log driver of the container; `awslogs` where it can work.
    pub log_driver: Option<String>,
    pub log_group_exists: bool,
    /// `awslogs-create-group`.
    pub create_log_group: bool,
    /// What the container's secrets come from: ARNs of secrets and parameters, names of parameters.
    pub secrets: Vec<String>,
    /// Those of them, and of `repository_credentials`, that do not exist.
    pub missing_secrets: Vec<String>,
    /// Those secrets of them that are scheduled for deletion.
    pub deleted_secrets: Vec<String>,
    /// The customer's key that they are encrypted with.
    pub secret_key: Option<String>,
    /// The state of that key, `Enabled` where nothing is said.
    pub secret_key_state: Option<String>,
    /// The secret with the login of another registry.
    pub repository_credentials: Option<String>,
    /// `X86_64` or `ARM64`, where the task definition says it.
    pub cpu_architecture: Option<String>,

    /// ECS's words for tasks that stopped, the newest first.
    pub stopped: Vec<String>,
    /// What the service's events tell.
    pub events: Vec<String>,
}

impl Default for AccountKeys {
    fn default() -> Self {
        AccountKeys {
            refuse: Vec::new(),
            vpc_owner: None,
            appliance_is_gone: false,
            broken_endpoints: BTreeMap::new(),
            s3_only_for_inbound_resolver: false,
            endpoint_policies: BTreeMap::new(),
            has_execution_role: true,
            execution_role_exists: true,
            granted_to: Granted::default(),
            inline_policy: None,
            boundary: None,
            trust: None,
            repository_policy: None,
            log_driver: None,
            log_group_exists: true,
            create_log_group: false,
            secrets: Vec::new(),
            missing_secrets: Vec::new(),
            deleted_secrets: Vec::new(),
            secret_key: None,
            secret_key_state: None,
            repository_credentials: None,
            cpu_architecture: None,
            stopped: Vec::new(),
            events: Vec::new(),
        }
    }
}

impl AccountKeys {
    pub(super) fn check(&self) -> Result<(), String> {
        let named = [&self.inline_policy, &self.boundary, &self.trust, &self.repository_policy];
        let policies = named.into_iter().flatten().chain(self.endpoint_policies.values());
        for policy in policies {
            serde_json::from_str::<serde_json::Value>(policy).map_err(|why| format!("account: {policy}: {why}"))?;
        }
        let is_named = |it: &&String| self.secrets.contains(it) || self.repository_credentials.as_ref() == Some(it);
        for (key, secrets) in [("missing_secrets", &self.missing_secrets), ("deleted_secrets", &self.deleted_secrets)] {
            if let Some(other) = secrets.iter().find(|secret| !is_named(secret)) {
                return Err(format!("account.{key}: {other:?} is none of the secrets"));
            }
        }
        if self.secret_key_state.is_some() && self.secret_key.is_none() {
            return Err("account.secret_key_state: there is no secret_key".to_owned());
        }
        Ok(())
    }

    /// Whether the one who asks is refused an IAM action.
    pub fn refuses(&self, action: &str) -> bool {
        let service = action.split(':').next().unwrap_or_default();
        self.refuse.iter().any(|it| it == "*" || it == action || it.strip_suffix(":*") == Some(service))
    }
}
