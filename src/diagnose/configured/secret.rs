//! Secrets and parameters that ECS reads before a container starts: whether they are there, and can be given out.

use super::{Configuration, key};
use crate::account::{SecretHome, Seen, parameter_name, secret_id};
use crate::diagnose::Draft;
use crate::model::{Command, Fix, Observation, Role, Stage};

/// A secret or parameter that a container names.
struct Named<'a> {
    /// `secret` or `parameter`
    kind: &'static str,
    /// The ARN of a secret, the name of a parameter.
    id: String,
    region: &'a str,
    role: Role,
    container: &'a str,
}

/// What keeps a secret or parameter from a container: it does not exist (`missing` is the code of that), it is scheduled
/// for deletion, or the key that it is encrypted with is out of use.
pub fn draft(
    configuration: &Configuration<'_>,
    value_from: &str,
    container: &str,
    missing: &'static str,
) -> Option<(&'static str, Draft)> {
    let account = &configuration.account;
    let own = configuration.aim.region.as_str();
    match SecretHome::of(value_from) {
        SecretHome::SecretsManager(region) => {
            let id = secret_id(value_from).to_owned();
            let region = region.unwrap_or(own);
            let named = Named { kind: "secret", id, region, role: Role::SecretsManager, container };
            match account.secret(&named.id) {
                Seen::Absent(observation) => Some((missing, absent(&named, observation))),
                Seen::Known(observation, secret) if secret.deleted => Some(("INIT-17", deleted(&named, observation))),
                Seen::Known(_, secret) => locked(configuration, &named, secret.kms_key.as_deref()?),
                _ => None,
            }
        }
        SecretHome::ParameterStore(region) => {
            let id = parameter_name(value_from);
            let region = region.unwrap_or(own);
            let named = Named { kind: "parameter", id, region, role: Role::Ssm, container };
            match account.parameter(value_from) {
                Seen::Absent(observation) => Some((missing, absent(&named, observation))),
                Seen::Known(_, parameter) => locked(configuration, &named, parameter.kms_key.as_deref()?),
                _ => None,
            }
        }
    }
}

fn absent(named: &Named<'_>, seen: &Observation) -> Draft {
    let Named { kind, .. } = named;
    let fix = format!("create the {kind}, or correct valueFrom in a new revision of the task definition");
    let draft = error(named, "does not exist").cite([seen]).fix(Fix::advice(fix));
    start(draft, named.role, &named.id)
}

fn deleted(named: &Named<'_>, seen: &Observation) -> Draft {
    let restore =
        Command::of("aws secretsmanager restore-secret").region(named.region).option("--secret-id", &*named.id);
    let draft = error(named, "is scheduled for deletion")
        .cite([seen])
        .fix(Fix::run("cancel the deletion of the secret", &restore))
        .fix(Fix::advice("or name another secret in a new revision of the task definition"));
    start(draft, named.role, &named.id)
}

/// A key that may not be read gives no finding: it is listed as not seen.
fn locked(configuration: &Configuration<'_>, named: &Named<'_>, id: &str) -> Option<(&'static str, Draft)> {
    let Seen::Known(observation, key) = configuration.account.kms_key(id) else { return None };
    if !key::is_out_of_use(key) {
        return None;
    }
    let Named { kind, id, container, .. } = named;
    let summary = format!(
        "the KMS key {} of the {kind} {id} is in the state {}, and the container {container} needs it",
        key.arn, key.state
    );
    let draft = Draft::error(Stage::TaskStart, key.arn.clone(), summary)
        .proven(format!("the {kind} is decrypted with it each time that it is read"))
        .cite([observation])
        .fix(key::fix(key, named.region, &format!("create the {kind} again, encrypted with another key")));
    Some(("INIT-17", start(draft, named.role, &key.arn)))
}

fn error(named: &Named<'_>, state: &str) -> Draft {
    let Named { kind, id, container, .. } = named;
    let summary = format!("the {kind} {id} {state}, and the container {container} needs it");
    Draft::error(Stage::TaskStart, id.clone(), summary).proven("ECS reads it before the container starts")
}

fn start(mut draft: Draft, role: Role, resource: &str) -> Draft {
    draft.images = Some(Vec::new());
    draft.roles = vec![role];
    draft.blame(vec![resource.to_owned()], None)
}
