//! What repairs a denial: one statement more, where no Deny stands against it.

use serde_json::{Value, json};

use super::denied::Denied;
use super::{Asked, Configuration, Request};
use crate::aws::{Arn, ECS_TASKS, Partition, Statement};
use crate::model::outcome::PolicyLayer;
use crate::model::{Check, Fix};
use crate::repair::{Repair, add_statement, layer_statement, pull_statement, token_statement, trust_statement};

/// AWS's policy for execution roles.
const EXECUTION_POLICY: &str = "service-role/AmazonECSTaskExecutionRolePolicy";

/// The likeliest first.
pub fn repairs(configuration: &Configuration<'_>, denied: &Denied<'_>, code: &str) -> Vec<Fix> {
    let of = Repairs { configuration, denied };
    let layer = denied.layer;
    match layer.layer {
        PolicyLayer::RoleTrust => of.trust(),
        _ if layer.explicit => of.take_out(),
        PolicyLayer::Identity => of.role_policy(code),
        PolicyLayer::VpcEndpoint => of.endpoint_policy(),
        PolicyLayer::Resource => of.repository_policy(),
        PolicyLayer::PermissionsBoundary => {
            vec![Fix::advice("allow the actions in the boundary, which limits what the role's own policies grant")]
        }
        _ => vec![Fix::advice(
            "ask the administrator of the organization to allow it: the account cannot change this policy",
        )],
    }
}

struct Repairs<'c, 'e> {
    configuration: &'c Configuration<'e>,
    denied: &'c Denied<'c>,
}

impl Repairs<'_, '_> {
    fn first(&self) -> &Asked {
        self.denied.asked[0]
    }

    fn fix(&self, does: &str, repair: &Repair) -> Fix {
        Fix::repair(does.to_owned(), repair, self.configuration.form, &self.first().region)
    }

    fn actions(&self) -> Vec<&'static str> {
        let mut actions: Vec<&str> = Vec::new();
        for asked in &self.denied.asked {
            if !actions.contains(&asked.request.action()) {
                actions.push(asked.request.action());
            }
        }
        actions
    }

    fn role(&self) -> Option<&String> {
        self.configuration.placement.execution_role_arn.as_ref()
    }

    /// A Deny is somebody's intention: what to except from it is theirs to say.
    fn take_out(&self) -> Vec<Fix> {
        let by = self.denied.layer.by.as_ref();
        let statement = by.map(|by| format!("statement {} of {}", by.statement + 1, by.policy)).unwrap_or_default();
        let signer = if self.first().request == Request::Layer {
            " for the layer bucket: no condition on an account, an organization or a principal of yours holds there"
        } else {
            ""
        };
        vec![Fix::advice(format!("remove the Deny in {statement}, or make an exception from it{signer}"))]
    }

    fn trust(&self) -> Vec<Fix> {
        let Some(role) = self.role() else { return Vec::new() };
        let does = "let ECS assume the role";
        let known = self.configuration.account.role(role).known();
        let document = known
            .filter(|_| !self.denied.layer.explicit)
            .and_then(|known| add_statement(&known.trust, &trust_statement()));
        match document {
            Some(document) => vec![self.fix(does, &Repair::PutTrustPolicy { role: role.clone(), document })],
            None => vec![Fix::advice(format!(
                "remove the Deny on {ECS_TASKS} from the role's trust policy, and allow {ECS_TASKS} sts:AssumeRole there",
            ))],
        }
    }

    /// AWS's own policy where the role may do nothing of a pull, else what is missing and no more.
    fn role_policy(&self, code: &str) -> Vec<Fix> {
        let Some(role) = self.role().cloned() else { return Vec::new() };
        let actions = self.actions();
        if matches!(code, "IAM-01" | "IAM-07") && actions.len() > 1 {
            let partition = Partition::of_region(&self.configuration.aim.region).name;
            let arn = Arn::aws_policy(partition, EXECUTION_POLICY);
            return vec![
                self.fix(
                    "attach AWS's policy for execution roles to the role",
                    &Repair::AttachRolePolicy { role, arn },
                ),
            ];
        }
        let (name, does) = match self.first().request {
            Request::LogGroup | Request::LogStream | Request::LogEvents => {
                ("TaskLogs", "allow the role to write the logs")
            }
            Request::Secret | Request::Login => ("TaskSecrets", "allow the role to read the secret"),
            Request::Parameter => ("TaskParameters", "allow the role to read the parameter"),
            Request::Decrypt => ("TaskKeys", "allow the role to decrypt with the key"),
            _ => ("EcrPull", "allow the role the missing action"),
        };
        let statements = self.statements(&actions);
        let name = self.free_name(&role, name);
        vec![self.fix(does, &Repair::PutRolePolicy { role, name, statements })]
    }

    /// `name`, or that with a number, where the role has an inline policy of that name: putting one replaces it.
    fn free_name(&self, role: &str, name: &str) -> String {
        let inline = self.configuration.account.list(Check::Policy, &format!("{role} inline")).known();
        let is_taken = |name: &String| inline.is_some_and(|list| list.ids.contains(name));
        let numbered = (2..).map(|number| format!("{name}{number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
    }

    /// Logs are streams in the group; the token takes no resource.
    fn statements(&self, actions: &[&'static str]) -> Vec<Statement> {
        let token: Vec<&str> = actions.iter().copied().filter(|it| *it == Request::Token.action()).collect();
        let others: Vec<&str> = actions.iter().copied().filter(|it| *it != Request::Token.action()).collect();
        let mut statements = Vec::new();
        if !token.is_empty() {
            statements.push(Statement::allow(&token).on("*"));
        }
        let mut resources: Vec<&str> = Vec::new();
        for asked in self.denied.asked.iter().filter(|it| it.request != Request::Token) {
            if !resources.contains(&asked.resource.as_str()) {
                resources.push(&asked.resource);
            }
        }
        let is_log = matches!(self.first().request, Request::LogGroup | Request::LogStream | Request::LogEvents);
        for resource in resources.into_iter().filter(|_| !others.is_empty()) {
            let resource = if is_log { format!("{resource}:*") } else { resource.to_owned() };
            statements.push(Statement::allow(&others).on(resource));
        }
        statements
    }

    fn endpoint_policy(&self) -> Vec<Fix> {
        let first = self.first();
        let statement = match first.request {
            Request::Token => Some(token_statement()),
            Request::Manifest | Request::LayerUrl => Some(pull_statement()),
            Request::Layer => layer_statement(&first.region),
            _ => Some(Statement::allow(&self.actions()).to_anybody().on("*")),
        };
        let does = match first.request {
            Request::Layer => {
                "allow the layers in the endpoint's policy; the statement has no condition on an account, since a role of AWS's signs the request"
            }
            _ => "allow it in the endpoint's policy (a change takes some minutes)",
        };
        let endpoint = first.endpoint.as_deref().and_then(|id| self.configuration.account.endpoint(id).known());
        let policy = endpoint.and_then(|endpoint| endpoint.policy.as_deref());
        let document = policy.zip(statement).and_then(|(policy, statement)| add_statement(policy, &statement));
        match (document, endpoint) {
            (Some(document), Some(endpoint)) => {
                vec![self.fix(does, &Repair::PutEndpointPolicy { endpoint: endpoint.id.clone(), document })]
            }
            _ => vec![Fix::advice(does)],
        }
    }

    /// Only the owner of a repository can change its policy.
    fn repository_policy(&self) -> Vec<Fix> {
        let first = self.first();
        let does = "allow the role in the policy, as the account that owns it";
        if !matches!(first.request, Request::Manifest | Request::LayerUrl) {
            return vec![Fix::advice(does)];
        }
        let known = self.configuration.account.repository_policy(&first.resource).known();
        let (Some(role), Some(known)) = (self.role(), known) else { return vec![Fix::advice(does)] };
        let statement = Statement::allow(&["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]).named("Pull").to(role);
        let document: Option<Value> = match &known.document {
            Some(policy) => add_statement(policy, &statement),
            None => Some(json!({ "Version": "2012-10-17", "Statement": [statement] })),
        };
        match document {
            Some(document) => {
                vec![self.fix(does, &Repair::PutRepositoryPolicy { repository: first.resource.clone(), document })]
            }
            None => vec![Fix::advice(does)],
        }
    }
}
