//! The account's configuration, as AWS's own APIs tell it: the reads behind an audit.
//!
//! One client signs with the SDK's signer and sends over connections of ours, in the three protocols that the services
//! speak: query XML (EC2, IAM), REST XML (Route 53) and JSON 1.1 (all others). Clients of the SDK would be hundreds of
//! thousands of lines for forty operations. Each file holds a service's operations, and what is kept of their answers;
//! the names of members and elements are those of botocore's service models.
//!
//! No call behind [`LiveAccount`] changes anything, and none reads a secret: `GetSecretValue`, `GetParameter` and
//! `Decrypt` are not here. What a sweep runs is behind [`LiveRemote`]: `run_task` makes and stops tasks, `lambda` invokes
//! functions.

mod account;
mod asking;
mod blob;
mod call;
mod client;
mod ec2;
mod ecr;
mod ecs;
mod ecs_tasks;
mod iam;
mod kms;
mod lambda;
mod logs;
mod remote;
mod resolver;
mod route53;
mod run_task;
mod secretsmanager;
mod ssm;
mod tagging;
mod xml;

pub use account::LiveAccount;
pub use call::{Call, Input};
pub use client::{Client, Failure, Patience};
pub use remote::LiveRemote;
