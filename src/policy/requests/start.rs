//! What else the execution role asks before a task's containers start: secrets, parameters, keys and logs.

use super::super::request::{Key, Request};
use super::caller::Caller;
use super::via::{Carries, Via};
use crate::aws::{Arn, Partition, service_principal};

/// These services put the endpoint's id into the context; AWS does not list them for the keys of its owner.
const CARRIES: Carries = Carries { source: true, owner: false, client: true };

/// `secretsmanager:GetSecretValue` on a secret's whole ARN, with the six characters at its end.
pub fn get_secret_value(caller: &Caller, via: &Via, secret_arn: &str) -> Request {
    on_arn("secretsmanager:GetSecretValue", caller, via, secret_arn)
}

/// `ssm:GetParameters` on one parameter: each is authorized by itself.
pub fn get_parameters(caller: &Caller, via: &Via, parameter_arn: &str) -> Request {
    on_arn("ssm:GetParameters", caller, via, parameter_arn)
}

/// What a key decrypts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decrypted<'a> {
    /// The secret of this ARN.
    Secret(&'a str),
    /// The parameter of this ARN.
    Parameter(&'a str),
}

/// `kms:Decrypt`, which Secrets Manager or Parameter Store makes for the role (Secrets Manager User Guide, "Secret
/// encryption and decryption"; Systems Manager User Guide, "How Parameter Store uses KMS"). It does not go through the
/// VPC's endpoint of KMS; what it carries of the VPC is unknown. Grants on the key are not looked at.
pub fn decrypt(caller: &Caller, key_arn: &str, what: Decrypted<'_>) -> Request {
    let region = Arn::parse(key_arn).map_or("", |arn| arn.region);
    let (service, context, arn) = match what {
        Decrypted::Secret(arn) => ("secretsmanager", "SecretARN", arn),
        Decrypted::Parameter(arn) => ("ssm", "PARAMETER_ARN", arn),
    };
    let called_via = || Key::is(service_principal(service));
    let via_service = format!("{service}.{region}.{}", Partition::of_region(region).dns_suffix);
    caller
        .request("kms:Decrypt", key_arn, region)
        .with("aws:ViaAWSService", Key::is("true"))
        .with("aws:CalledVia", called_via())
        .with("aws:CalledViaFirst", called_via())
        .with("aws:CalledViaLast", called_via())
        .with("kms:ViaService", Key::is(via_service))
        .with("kms:CallerAccount", Key::is(caller.account()))
        .with(&format!("kms:EncryptionContext:{context}"), Key::is(arn))
}

/// `logs:CreateLogStream`, for a stream `PREFIX/CONTAINER/TASK` of which the task's id is not known.
pub fn create_log_stream(caller: &Caller, via: &Via, log_group_arn: &str, stream: &str) -> Request {
    on_stream("logs:CreateLogStream", caller, via, log_group_arn, stream)
}

/// `logs:PutLogEvents`.
pub fn put_log_events(caller: &Caller, via: &Via, log_group_arn: &str, stream: &str) -> Request {
    on_stream("logs:PutLogEvents", caller, via, log_group_arn, stream)
}

/// `logs:CreateLogGroup`, which the `awslogs-create-group` option asks for. Whether AWS asks for the ARN of the group
/// or, as in its denials, for `GROUP:log-stream:` is not documented: a policy that has only one of them is unknown.
pub fn create_log_group(caller: &Caller, via: &Via, log_group_arn: &str) -> Request {
    let group = group(log_group_arn);
    let forms = [group.to_owned(), format!("{group}:log-stream:")];
    on_arn("logs:CreateLogGroup", caller, via, group).of_forms(forms)
}

/// Log groups' ARNs are written with `:*` at their end and without.
fn group(log_group_arn: &str) -> &str {
    log_group_arn.trim_end_matches(":*")
}

/// AWS's denials name the stream for both actions. `stream` may have `*` for what is not known of its name.
fn on_stream(action: &str, caller: &Caller, via: &Via, log_group_arn: &str, stream: &str) -> Request {
    let arn = format!("{}:log-stream:{stream}", group(log_group_arn));
    on_arn(action, caller, via, &arn).of_forms([arn.clone()])
}

fn on_arn(action: &str, caller: &Caller, via: &Via, arn: &str) -> Request {
    let region = Arn::parse(arn).map_or("", |arn| arn.region);
    via.put(caller.request(action, arn, region), Some(caller), CARRIES)
}
