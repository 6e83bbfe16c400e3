//! AWS's names: partitions, service hosts, endpoint services, registries and ARNs; and the VPC's resolver.
//!
//! Every name under a domain of AWS's is made or read here, so that a partition or a variant of an endpoint is known
//! in one place. Pure text: nothing here is asked of AWS.

mod account;
mod arn;
mod domain;
mod endpoint;
mod global;
mod partition;
mod registry_host;
mod service_host;
mod statement;
mod vpc_resolver;

pub use account::is_account;
pub use arn::{APP_RUNNER_BUILD, Arn, ECS_TASKS, LAMBDA, SAGEMAKER, service_principal};
pub use domain::{
    DATABASES, aws_labels, ecr_api_variant, is_aws_host, is_cloudfront_host, is_ecr_api_host, is_endpoint_host,
    is_in_known_region, is_public_ecr_host, is_region, is_reversed, is_s3_host, partition_of,
};
pub use endpoint::{ECR_FIPS_REGIONS, Service, Variant, ecr_has};
pub use partition::{Partition, is_known_region};
pub use registry_host::{EcrHost, REGISTRY_FORM, layer_bucket, registry_host};
pub use service_host::{ServiceHost, is_at_or_below, is_aws_prefix_list};
pub use statement::{Policy, Statement};
pub use vpc_resolver::{VPC_RESOLVER, may_be_vpc_resolver};
