//! The names by which SDKs and tools say that it is ECR that they ask, in their messages and in the lines of a stack.

use super::sign::Sign::{self, *};

/// As those of the frames.
pub const ECR: &[(&str, Sign)] = &[
    // AWS's SDKs: for Java and Kotlin, PowerShell, Ruby, Rust, JavaScript and Python.
    ("services.ecr.", EcrLogin),
    ("EcrException", EcrLogin),
    ("(Service: Ecr,", EcrLogin),
    ("Amazon.ECR.", EcrLogin),
    ("Get-ECRLogin", EcrLogin),
    ("Aws::ECR::", EcrLogin),
    ("aws-sdk-ecr", EcrLogin),
    ("aws_sdk_ecr::", EcrLogin),
    ("@aws-sdk/client-ecr", EcrLogin),
    ("[as getAuthorizationToken]", EcrLogin),
    ("client('ecr'", EcrLogin),
    ("ecr.get_authorization_token", EcrLogin),
    // Tools that log in.
    ("aws:ecr/getAuthorizationToken", EcrLogin),
    ("authenticate to ECR", EcrLogin),
    ("authenticate with ECR", EcrLogin),
    ("getting ECR auth", EcrLogin),
    ("get ECR auth", EcrLogin),
    ("reading ECR auth", EcrLogin),
    ("ECR authorization token", EcrLogin),
    ("login to ECR", EcrLogin),
    ("logging in to ECR", EcrLogin),
    ("ecr-login.sh", EcrLogin),
    ("ecr-credential-provider", EcrLogin),
    ("amazon-ecr-credential-helper", EcrLogin),
    ("AwsElasticContainerRegistryCredentials", EcrLogin),
];
