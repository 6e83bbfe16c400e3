//! Amazon Resource Names: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.

use std::fmt;

use super::Partition;

/// The service principal that a task's roles trust. A service principal has one name in every partition.
pub const ECS_TASKS: &str = "ecs-tasks.amazonaws.com";
/// The service principal of a service, such as `secretsmanager`. It has one name in every partition.
pub fn service_principal(service: &str) -> String {
    format!("{service}.amazonaws.com")
}

/// The service principal that pulls the image of an App Runner service (App Runner, "How App Runner works with IAM").
pub const APP_RUNNER_BUILD: &str = "build.apprunner.amazonaws.com";
/// The service principal that pulls the image of a Lambda function.
pub const LAMBDA: &str = "lambda.amazonaws.com";
/// The service principal that pulls the image of a SageMaker model.
pub const SAGEMAKER: &str = "sagemaker.amazonaws.com";

/// An ARN, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// Such as `aws` or `aws-cn`.
    pub partition: &'a str,
    /// Such as `ecr` or `iam`.
    pub service: &'a str,
    /// Empty where the service's ARNs name none.
    pub region: &'a str,
    /// Twelve digits, `aws` for what AWS itself owns, or empty.
    pub account: &'a str,
    /// All after the fifth colon: `repository/team/app`, `task/CLUSTER/ID`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes an ARN apart; `None` where the text is none. That its fields are what they must be is not checked.
    pub fn parse(text: &'a str) -> Option<Self> {
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        let &["arn", partition, service, region, account, resource] = fields.as_slice() else { return None };
        Some(Arn { partition, service, region, account, resource })
    }

    /// A repository of private ECR, in the partition of its Region.
    pub fn repository(region: &str, account: &str, name: &str) -> String {
        let partition = Partition::of_region(region).name;
        let resource = &format!("repository/{name}");
        Arn { partition, service: "ecr", region, account, resource }.to_string()
    }

    /// Every object of a bucket.
    pub fn objects(partition: &str, bucket: &str) -> String {
        Arn { partition, service: "s3", region: "", account: "", resource: &format!("{bucket}/*") }.to_string()
    }

    /// A policy that AWS manages, by its name with the path: `service-role/AmazonECSTaskExecutionRolePolicy`.
    pub fn aws_policy(partition: &str, name: &str) -> String {
        let resource = &format!("policy/{name}");
        Arn { partition, service: "iam", region: "", account: "aws", resource }.to_string()
    }

    /// All principals of an account.
    pub fn root(partition: &str, account: &str) -> String {
        Arn { partition, service: "iam", region: "", account, resource: "root" }.to_string()
    }
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Arn { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_made() {
        for (arn, text) in [
            (Arn::repository("eu-west-1", "123456789012", "a/b"), "arn:aws:ecr:eu-west-1:123456789012:repository/a/b"),
            (Arn::repository("cn-north-1", "123456789012", "a"), "arn:aws-cn:ecr:cn-north-1:123456789012:repository/a"),
            (Arn::objects("aws-us-gov", "bucket"), "arn:aws-us-gov:s3:::bucket/*"),
            (Arn::aws_policy("aws", "service-role/Any"), "arn:aws:iam::aws:policy/service-role/Any"),
            (Arn::root("aws", "123456789012"), "arn:aws:iam::123456789012:root"),
        ] {
            assert_eq!(arn, text);
            assert_eq!(Arn::parse(text).map(|arn| arn.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_arn_is_not_read() {
        for text in ["", "arn", "arn:aws:ecs:eu-west-1:123456789012", "x:aws:ecs:eu-west-1:123456789012:task/a"] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
        let colons = Arn::parse("arn:aws:logs:eu-west-1:123456789012:log-group:files:*").map(|arn| arn.resource);
        assert_eq!(colons, Some("log-group:files:*"));
    }
}
