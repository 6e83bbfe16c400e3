//! How ECS comes by the session of a role.

use super::super::request::{Key, Request, Who};
use super::caller::{self, Caller};
use crate::aws::{Arn, ECS_TASKS};

/// `sts:AssumeRole` on the caller's role by ECS, of which the role's trust policy decides
/// ([`super::super::Policies::of_trust`]). ECS says for which account it asks, and for an ARN of its own in the Region
/// (ECS Developer Guide, "Task execution IAM role": confused deputy): which, a condition cannot count on.
pub fn assume_role(caller: &Caller, region: &str) -> Request {
    let account = caller.account();
    let partition = Arn::parse(&caller.role.arn).map_or("aws", |arn| arn.partition);
    let source = Arn { partition, service: "ecs", region, account, resource: "*" }.to_string();
    let absent = [
        "sts:ExternalId",
        "aws:username",
        "aws:FederatedProvider",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:TagKeys",
    ];
    let request = Request::new(Who::Service(ECS_TASKS.to_owned()), "sts:AssumeRole", &caller.role.arn);
    let request = absent.iter().fold(request, |request, name| request.with(name, Key::Absent));
    let request = request
        .with_family("aws:PrincipalTag/", Key::Absent)
        .with_family("aws:RequestTag/", Key::Absent)
        .with("aws:PrincipalIsAWSService", Key::is("true"))
        .with("aws:PrincipalServiceName", Key::is(ECS_TASKS))
        .with("aws:SourceAccount", Key::is(account))
        .with("aws:SourceArn", Key::like(source, &[]))
        .with("aws:SourceOrgID", caller.org.id())
        .with("aws:SourceOrgPaths", caller.org.paths())
        .with("aws:ResourceAccount", Key::is(account))
        .with("aws:ResourceOrgID", caller.org.id())
        .with("aws:SecureTransport", Key::is("true"));
    caller::timed(request, caller.now).closed()
}
