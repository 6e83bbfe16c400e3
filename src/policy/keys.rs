//! Which condition keys there are: what a request to a service can carry, and what it cannot.

/// The global condition keys, in lower case (IAM User Guide, "AWS global condition context keys", read 2026-11-27).
const GLOBAL: [&str; 50] = [
    "assumedroot",
    "calledvia",
    "calledviaawsmcp",
    "calledviafirst",
    "calledvialast",
    "chatbotsourcearn",
    "currenttime",
    "ec2instancesourceprivateipv4",
    "ec2instancesourcevpc",
    "epochtime",
    "federatedprovider",
    "ismcpserviceaction",
    "multifactorauthage",
    "multifactorauthpresent",
    "principalaccount",
    "principalarn",
    "principalisawsservice",
    "principalorgid",
    "principalorgpaths",
    "principalservicename",
    "principalservicenameslist",
    "principaltype",
    "referer",
    "requestedregion",
    "resourceaccount",
    "resourceorgid",
    "resourceorgpaths",
    "securetransport",
    "signinsessionarn",
    "sourceaccount",
    "sourcearn",
    "sourceidentity",
    "sourceip",
    "sourceorgid",
    "sourceorgpaths",
    "sourceowner",
    "sourcevpc",
    "sourcevpcarn",
    "sourcevpce",
    "tagkeys",
    "tokenissuetime",
    "useragent",
    "userid",
    "username",
    "viaawsmcpservice",
    "viaawsservice",
    "vpceaccount",
    "vpceorgid",
    "vpceorgpaths",
    "vpcsourceip",
];

/// Families of keys that end in a name of the customer's: `aws:PrincipalTag/team`.
const FAMILIES: [&str; 3] = ["aws:principaltag/", "aws:requesttag/", "aws:resourcetag/"];

/// Keys of other services that come with the credentials of an instance, a job, a function or a user, and so are in
/// requests to any service (the same page, "Cross-service condition keys").
const CREDENTIALS: [&str; 7] = [
    "ec2:roledelivery",
    "ec2:sourceinstancearn",
    "glue:credentialissuingservice",
    "glue:roleassumedby",
    "identitystore:userid",
    "lambda:sourcefunctionarn",
    "ssm:sourceinstancearn",
];

/// Whether a request for the action can carry the key, whose name is in lower case. A name that is none of AWS's is
/// in no request: a condition on a misspelt key never finds it.
pub(super) fn may_be_in(name: &str, action: &str) -> bool {
    if let Some(global) = name.strip_prefix("aws:") {
        return GLOBAL.contains(&global) || FAMILIES.iter().any(|family| name.starts_with(family));
    }
    let service = |text: &str| text.split_once(':').map(|(service, _)| service.to_lowercase());
    let Some(own) = service(name) else { return false };
    service(action).is_some_and(|asked| asked == own) || CREDENTIALS.contains(&name)
}
