//! Whose a certificate is, and whose it must be.

use crate::aws::{
    EcrHost, is_aws_host, is_cloudfront_host, is_ecr_api_host, is_endpoint_host, is_public_ecr_host, is_s3_host,
    partition_of,
};
use crate::model::outcome::Certificate;
use crate::model::{Role, Target};

/// What the names of the organisations begin with that certify, or have certified, AWS's endpoints.
const AMAZON_ISSUERS: [&str; 4] = ["amazon", "starfield", "digicert", "baltimore"];

/// Whether one of those organisations issued it. Amazon's authorities change their common names (`Amazon RSA 2048 M02`,
/// `Server CA 1B`) and keep the organisation.
pub fn from_amazon(certificate: &Certificate) -> bool {
    let organisation = organisation(&certificate.issuer).unwrap_or_default().to_ascii_lowercase();
    !certificate.self_signed && AMAZON_ISSUERS.iter().any(|name| organisation.starts_with(name))
}

/// The organisation in a distinguished name: `Amazon` of `CN=Amazon RSA 2048 M02,O=Amazon,C=US` (RFC 4514, in which a
/// comma of a value has a backslash before it).
fn organisation(name: &str) -> Option<&str> {
    let begins = |at: usize| at == 0 || name[..at].ends_with(',') && !name[..at].ends_with("\\,");
    let at = name.match_indices("O=").map(|(at, _)| at).find(|at| begins(*at))?;
    let value = &name[at + 2..];
    let end = value.match_indices(',').map(|(at, _)| at).find(|at| !value[..*at].ends_with('\\'));
    Some(&value[..end.unwrap_or(value.len())])
}

/// Whether only a certificate of Amazon's is right for the host: AWS runs it under a name of its own. Under AWS's
/// domains there are customers' hosts too (load balancers, instances), and a mirror in the API's place
/// (`AWS_ENDPOINT_URL`) or another layer store has whatever it has. The isolated partitions have authorities of their
/// own.
pub fn wants_amazon(target: &Target) -> bool {
    let host = target.host.as_str();
    let is_own = match target.role {
        Role::EcrApi => is_ecr_api_host(host) || is_endpoint_host(host),
        Role::EcrDkr => EcrHost::parse(host).is_some(),
        Role::S3 => is_s3_host(host),
        Role::Sts | Role::Logs | Role::SecretsManager | Role::Ssm | Role::Kms => is_aws_host(host),
        Role::Registry => is_public_ecr_host(host),
        Role::Cdn => is_cloudfront_host(host),
    };
    is_own && partition_of(host).is_none_or(|partition| partition.public_certificates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn amazon_is_known_by_the_organisation() {
        let of = |issuer: &str| {
            let certificate = Certificate {
                subject: "CN=host".into(),
                issuer: issuer.into(),
                self_signed: false,
                names: Vec::new(),
                not_before: Timestamp(0),
                not_after: Timestamp(0),
            };
            from_amazon(&certificate)
        };
        for issuer in [
            "CN=Amazon RSA 2048 M02,O=Amazon,C=US",
            "CN=Amazon,OU=Server CA 1B,O=Amazon,C=US",
            "CN=Starfield Services Root Certificate Authority - G2,O=Starfield Technologies\\, Inc.,L=Scottsdale,C=US",
            "CN=DigiCert Baltimore CA-2 G2,OU=www.digicert.com,O=DigiCert Inc,C=US",
            "O=Amazon",
        ] {
            assert!(of(issuer), "{issuer}");
        }
        for issuer in [
            "CN=Zscaler Intermediate Root CA,O=Zscaler Inc.,C=US",
            "CN=Amazon inspection,O=Example Corp,C=US",
            "CN=Example\\,O=Amazon,O=Example Corp",
            "CN=Amazon",
            "",
        ] {
            assert!(!of(issuer), "{issuer}");
        }
    }

    #[test]
    fn a_host_wants_amazons_certificate_where_aws_runs_it() {
        let wants = |role, host: &str| wants_amazon(&Target::new(role, host, 443));
        for (role, host) in [
            (Role::EcrApi, "api.ecr.eu-west-1.amazonaws.com"),
            (Role::EcrApi, "vpce-0a1b-2c3d.api.ecr.eu-west-1.vpce.amazonaws.com"),
            (Role::EcrApi, "api.ecr.cn-north-1.amazonaws.com.cn"),
            (Role::EcrDkr, "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"),
            (Role::EcrDkr, "123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu"),
            (Role::EcrDkr, "123456789012.dkr-ecr.us-gov-west-1.on.aws"),
            (Role::S3, "prod-cn-north-1-starport-layer-bucket.s3.cn-north-1.amazonaws.com.cn"),
            (Role::Logs, "logs.eu-west-1.amazonaws.com"),
            (Role::Registry, "public.ecr.aws"),
            (Role::Cdn, "d2glxqk2uabbnd.cloudfront.net"),
        ] {
            assert!(wants(role, host), "{host}");
        }
        for (role, host) in [
            (Role::Registry, "internal-registry-1.eu-west-1.elb.amazonaws.com"),
            (Role::Registry, "ec2-203-0-113-9.eu-west-1.compute.amazonaws.com"),
            (Role::EcrApi, "internal-mirror-1.eu-west-1.elb.amazonaws.com"),
            (Role::EcrApi, "ecr.mirror.example"),
            (Role::S3, "blobs.mirror.example"),
            (Role::EcrDkr, "123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov"),
            (Role::Registry, "quay.io"),
            (Role::Cdn, "production.cloudflare.docker.com"),
        ] {
            assert!(!wants(role, host), "{host}");
        }
    }
}
