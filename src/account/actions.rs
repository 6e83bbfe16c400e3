//! The IAM actions of an audit, and the policy that allows them.

use serde_json::{Value, json};

/// Every action that a question needs, by what it is for. None of them changes anything, and none reads a secret's value.
///
/// `sts:GetCallerIdentity` is asked besides, which no policy can refuse.
pub const ACTIONS: [(&str, &[&str]); 6] = [
    (
        "Tasks",
        &[
            "ecs:DescribeContainerInstances",
            "ecs:DescribeServices",
            "ecs:DescribeTaskDefinition",
            "ecs:DescribeTasks",
            "ecs:ListContainerInstances",
            "ecs:ListServices",
            "ecs:ListTasks",
        ],
    ),
    (
        "Network",
        &[
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeInstances",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeNatGateways",
            "ec2:DescribeNetworkAcls",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribePrefixLists",
            "ec2:DescribeRouteTables",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeTransitGatewayVpcAttachments",
            "ec2:DescribeVpcAttribute",
            "ec2:DescribeVpcEndpoints",
            "ec2:DescribeVpcs",
            "ec2:GetManagedPrefixListEntries",
        ],
    ),
    (
        "Names",
        &[
            "route53:ListHostedZonesByVPC",
            "route53:ListResourceRecordSets",
            "route53resolver:ListFirewallDomains",
            "route53resolver:ListFirewallRuleGroupAssociations",
            "route53resolver:ListFirewallRules",
            "route53resolver:ListResolverRuleAssociations",
            "route53resolver:ListResolverRules",
        ],
    ),
    (
        "Roles",
        &[
            "iam:GetInstanceProfile",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
        ],
    ),
    (
        "Images",
        &[
            "ecr:BatchGetImage",
            "ecr:DescribeImages",
            "ecr:DescribePullThroughCacheRules",
            "ecr:DescribeRepositories",
            "ecr:GetDownloadUrlForLayer",
            "ecr:GetRepositoryPolicy",
        ],
    ),
    (
        "Start",
        &[
            "kms:DescribeKey",
            "kms:GetKeyPolicy",
            "logs:DescribeLogGroups",
            "secretsmanager:DescribeSecret",
            "ssm:DescribeParameters",
        ],
    ),
];

/// The least policy that lets an audit see all that it asks for. Most of the actions take no resource but `*` (Service
/// Authorization Reference), and which role, repository or secret it is shows only when the task definition is read.
pub fn policy() -> Value {
    let statement =
        |(sid, actions): &(&str, &[&str])| json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*" });
    let statements: Vec<Value> = ACTIONS.iter().map(statement).collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The actions in the source of the questions.
    fn of_questions() -> BTreeSet<&'static str> {
        let source = include_str!("../model/facts/question.rs");
        let quoted = source.split('"').skip(1).step_by(2);
        quoted.filter(|text| text.split_once(':').is_some_and(|(service, _)| service.len() > 2)).collect()
    }

    #[test]
    fn every_action_of_a_question_is_listed_and_no_other() {
        let listed: BTreeSet<&str> = ACTIONS.iter().flat_map(|(_, actions)| actions.iter().copied()).collect();
        assert_eq!(listed, of_questions());
        assert!(listed.len() > 40);
    }

    #[test]
    fn nothing_is_changed_and_no_secret_is_read() {
        for (_, actions) in &ACTIONS {
            assert!(actions.is_sorted());
            for action in *actions {
                let operation = action.split(':').nth(1).unwrap();
                let reads = ["Describe", "Get", "List", "BatchGet"].iter().any(|verb| operation.starts_with(verb));
                assert!(reads && operation != "GetSecretValue" && !operation.starts_with("GetParameter"), "{action}");
            }
        }
    }
}
