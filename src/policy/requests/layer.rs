//! The request for a layer's bytes, which ECR's own role signs.

use super::super::request::{Key, Request, Who};
use super::caller::{self, Caller, ORG_FORM};
use super::via::{Carries, Via};
use crate::aws::{Arn, Partition, layer_bucket};

/// Twelve digits.
const ACCOUNT_FORM: &str = "????????????";

/// The ARN of a layer in the Region's layer store, as far as it is known; `None` where AWS does not document the
/// bucket of the partition.
pub fn layer_form(region: &str) -> Option<String> {
    let partition = Partition::of_region(region);
    partition.layer_store_known.then(|| Arn::objects(partition.name, &layer_bucket(region)))
}

/// `s3:GetObject` on a layer. The registry's redirect is presigned by a role of ECR's in an account of AWS's, whatever
/// the role that pulls: only the endpoint's policy decides ([`super::super::Policies::of_endpoint`]).
///
/// Which account and role they are cannot be known from a customer's account. That they are none of the customer's is
/// known: `caller` says whose. The bucket belongs to another account of AWS's. AWS's data perimeter samples
/// ("service-owned resources") have the same: neither is in the customer's organization.
pub fn get_layer(caller: &Caller, via: &Via, region: &str) -> Request {
    let partition = Partition::of_region(region).name;
    let own = caller.account();
    let own_org = match &caller.org {
        super::Org::Known { id, .. } => vec![id.as_str()],
        super::Org::Outside | super::Org::Unknown => Vec::new(),
    };
    let not_accounts = vec![own.to_owned()];
    let who = Who::AwsRole { partition: partition.to_owned(), not_accounts };
    let role_form =
        Arn { partition, service: "iam", region: "", account: ACCOUNT_FORM, resource: "role/*" }.to_string();
    let account = || Key::like(ACCOUNT_FORM, &[own]);
    let org = || Key::like(ORG_FORM, &own_org).or_absent();
    let form = layer_form(region).unwrap_or_else(|| Arn::objects(partition, "*"));
    let absent = [
        "aws:username",
        "aws:FederatedProvider",
        "aws:MultiFactorAuthAge",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOwner",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:TagKeys",
        "aws:CalledVia",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
    ];
    let request = Request::new(who, "s3:GetObject", &form).of_forms([form.clone()]);
    let request = absent.iter().fold(request, |request, name| request.with(name, Key::Absent));
    let request = request
        .with("aws:PrincipalArn", Key::like(role_form, &[&caller.role.arn]))
        .with("aws:PrincipalAccount", account())
        .with("aws:PrincipalType", Key::is("AssumedRole"))
        .with("aws:PrincipalIsAWSService", Key::is("false"))
        .with("aws:PrincipalOrgID", org())
        // A role of AWS's has no tags of the customer's.
        .with_family("aws:PrincipalTag/", Key::Absent)
        .with_family("aws:RequestTag/", Key::Absent)
        .with("aws:ResourceAccount", account())
        .with("s3:ResourceAccount", account())
        // The URL is presigned (S3 API Reference, "Signature Version 4 authentication specific policy keys").
        .with("s3:authType", Key::is("REST-QUERY-STRING"))
        .with("s3:signatureversion", Key::is("AWS4-HMAC-SHA256"))
        .with("aws:ResourceOrgID", org())
        .with("aws:SecureTransport", Key::is("true"))
        .with("aws:RequestedRegion", Key::is(region))
        .with("aws:ViaAWSService", Key::is("false"));
    let request = caller::timed(request, caller.now).closed();
    via.put(request, Some(caller), Carries { source: true, owner: true, client: true })
}
