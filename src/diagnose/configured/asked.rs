//! A request of the pull or of the task's start, with what IAM decides about it.

use crate::model::EvidenceId;
use crate::policy::{Answer, Decision};

/// Which request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Request {
    /// `sts:AssumeRole`, by ECS.
    Assume,
    /// `secretsmanager:GetSecretValue`, for an environment variable or a log option.
    Secret,
    /// `secretsmanager:GetSecretValue`, for the login to another registry.
    Login,
    /// `ssm:GetParameters`
    Parameter,
    /// `kms:Decrypt`
    Decrypt,
    /// `ecr:GetAuthorizationToken`
    Token,
    /// `ecr:BatchGetImage`
    Manifest,
    /// `ecr:GetDownloadUrlForLayer`
    LayerUrl,
    /// `s3:GetObject`, by ECR's own role.
    Layer,
    /// `logs:CreateLogGroup`
    LogGroup,
    /// `logs:CreateLogStream`
    LogStream,
    /// `logs:PutLogEvents`
    LogEvents,
}

impl Request {
    /// The IAM action.
    pub fn action(self) -> &'static str {
        match self {
            Request::Assume => "sts:AssumeRole",
            Request::Secret | Request::Login => "secretsmanager:GetSecretValue",
            Request::Parameter => "ssm:GetParameters",
            Request::Decrypt => "kms:Decrypt",
            Request::Token => "ecr:GetAuthorizationToken",
            Request::Manifest => "ecr:BatchGetImage",
            Request::LayerUrl => "ecr:GetDownloadUrlForLayer",
            Request::Layer => "s3:GetObject",
            Request::LogGroup => "logs:CreateLogGroup",
            Request::LogStream => "logs:CreateLogStream",
            Request::LogEvents => "logs:PutLogEvents",
        }
    }
}

/// A request with what is decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Which request.
    pub request: Request,
    /// On what: an ARN, or `*`.
    pub resource: String,
    /// The images that it is for; empty for what only the start needs.
    pub images: Vec<String>,
    /// The subnets whose way it goes; empty for what goes no way of the task's.
    pub subnets: Vec<String>,
    /// The endpoint that it goes through.
    pub endpoint: Option<String>,
    /// The Region of the service.
    pub region: String,
    /// What is decided.
    pub decision: Decision,
    /// The observations that the decision rests on.
    pub cites: Vec<EvidenceId>,
}

impl Asked {
    /// Whether it is known to be allowed.
    pub fn is_allowed(&self) -> bool {
        self.decision.answer == Answer::Allow
    }
}
