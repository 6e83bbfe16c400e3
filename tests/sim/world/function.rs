//! The Lambda function that the probe is, in a world with `mode = "lambda"`.

use serde::Deserialize;

/// Every key of `[function]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Function {
    pub name: String,
    /// What its environment says of where it stands.
    pub subnet_id: Option<String>,
    pub security_groups: Vec<String>,
    pub memory_mb: Option<u32>,
    /// What its settings say of the tasks' public addresses.
    pub assign_public_ip: Option<bool>,
    /// Its configuration has `Ipv6AllowedForDualStack`.
    pub ipv6: bool,
    /// Its role is the execution role of the tasks.
    pub has_execution_role: bool,
}

impl Function {
    /// The name of its role.
    pub fn role(&self) -> &'static str {
        if self.has_execution_role { "fileWriterExecutionRole" } else { "ecrProbeFunctionRole" }
    }
}

impl Default for Function {
    fn default() -> Self {
        Function {
            name: "ecr-probe-a".into(),
            subnet_id: Some("subnet-0a1b2c3d4e5f60718".into()),
            security_groups: vec!["sg-0fedcba9876543210".into()],
            memory_mb: Some(1_769),
            assign_public_ip: None,
            ipv6: false,
            has_execution_role: false,
        }
    }
}
