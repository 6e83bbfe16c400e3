//! A report with everything that a report can have.

use ecr_probe::model::{
    Blame, Blank, Code, Command, Configured, Does, Evidence, Finding, Fix, Hop, HopKind, ImageSummary, LaunchType,
    Mode, NetworkMode, Observation, PULL_BUDGET_SECONDS, Passes, Path, Placement, Pull, Report, Role, SCHEMA, Severity,
    Skipped, Stage, Strength, Timestamp, Unseen, Vantage, Verdict,
};

/// A report with everything that a report can have.
pub fn full(observations: Vec<Observation>) -> Report {
    let vantage = Vantage {
        mode: Mode::Task,
        region: Some("eu-west-1".into()),
        account: Some("123456789012".into()),
        principal_arn: Some("arn:aws:sts::123456789012:assumed-role/fileWriterTaskRole/9f3".into()),
        task_arn: Some("arn:aws:ecs:eu-west-1:123456789012:task/files/9f3".into()),
        cluster: Some("files".into()),
        family: Some("scheduled-file-writer".into()),
        service: Some("writer".into()),
        launch_type: Some(LaunchType::Ec2),
        network_mode: Some(NetworkMode::Awsvpc),
        task_images: vec!["nginx:1.27".into()],
        execution_role: Some("fileWriterExecutionRole".into()),
        function: Some("ecr-probe-a".into()),
        az: Some("eu-west-1a".into()),
        subnet_id: Some("subnet-0a1".into()),
        security_groups: vec!["sg-0a1".into()],
        subnet_cidr: Some("10.0.1.0/24".into()),
        ipv6_subnet_cidr: Some("2001:db8:1:1::/64".into()),
        dns_servers: vec!["10.0.0.2:53".parse().unwrap(), "[fd00:ec2::253]:53".parse().unwrap()],
        function_memory_mb: Some(1_769),
        assign_public_ip: Some(false),
        unknown: vec!["the VPC: not permitted".into()],
    };
    let image = ImageSummary {
        image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/scheduled-file-writer:v1".into(),
        registry: "123456789012.dkr.ecr.eu-west-1.amazonaws.com".into(),
        repository: "scheduled-file-writer".into(),
        reference: "v1".into(),
        digest: Some(format!("sha256:{}", "a".repeat(64))),
        index_digest: Some(format!("sha512:{}", "b".repeat(128))),
        platform: Some("linux/arm/v7".into()),
        bytes: Some(10_240),
        layers: Some(3),
    };
    let pull = Pull {
        bytes: 10_240,
        seconds: 0.125,
        bytes_per_second: Some(81_920.5),
        layers_verified: 3,
        layers_total: 3,
        estimated_full_seconds: Some(0.125),
        budget_seconds: PULL_BUDGET_SECONDS,
        within_budget: Some(true),
    };
    Report {
        schema: SCHEMA,
        version: "0.1.0".into(),
        started_at: Timestamp(1_795_442_400),
        duration_ms: 132.625,
        verdict: Verdict::Unhealthy,
        cut_short: Some("the budget of 60s is spent; under way: resolve".into()),
        trimmed: Some(2),
        vantage,
        images: vec![image],
        diagnoses: vec![finding(Severity::Error, Strength::Likely, Stage::Route)],
        unexplained: vec![1],
        not_judged: vec![Skipped { code: Code("SLOW-01"), needs: "the bytes of a layer".into() }],
        pull: Some(pull),
        configured: Some(configured()),
        evidence: Evidence { observations },
    }
}

/// What a report says of the account's configuration.
pub fn configured() -> Configured {
    let hop = Hop {
        kind: HopKind::SecurityGroup,
        id: "sg-0a1".into(),
        does: Does::Blocks,
        by: "no outbound rule allows TCP 443 to 10.0.1.10".into(),
    };
    let path = Path {
        from: "subnet-0a1".into(),
        az: Some("eu-west-1a".into()),
        to: Role::EcrApi,
        host: "api.ecr.eu-west-1.amazonaws.com".into(),
        via: Some("vpce-0a1".into()),
        passes: Passes::No,
        hops: vec![hop],
    };
    let placement = Placement {
        launch_type: Some(LaunchType::Fargate),
        cluster: Some("batch".into()),
        service: Some("files".into()),
        task_definition: Some("arn:aws:ecs:eu-west-1:123456789012:task-definition/files:7".into()),
        execution_role_arn: Some("arn:aws:iam::123456789012:role/execution".into()),
        task_role_arn: Some("arn:aws:iam::123456789012:role/task".into()),
        subnets: vec!["subnet-0a1".into()],
        security_groups: vec!["sg-0a1".into()],
        assign_public_ip: true,
    };
    let unseen = Unseen {
        what: "network ACLs of vpc-0a1".into(),
        action: "ec2:DescribeNetworkAcls".into(),
        why: "UnauthorizedOperation".into(),
    };
    Configured { placement, paths: vec![path], unseen: vec![unseen], open: Vec::new() }
}

/// A finding with everything that one can have.
pub fn finding(severity: Severity, strength: Strength, stage: Stage) -> Finding {
    Finding {
        code: Code("SG-01"),
        name: "endpoint-sg-blocks-task",
        severity,
        strength,
        stage,
        subject: "api.ecr.eu-west-1.amazonaws.com".into(),
        summary: "the endpoint's security group drops what the task sends".into(),
        reason: "every address of the endpoint swallows the SYN".into(),
        ecs_message: Some("CannotPullContainerError: dial tcp 10.0.1.10:443: i/o timeout".into()),
        images: vec!["scheduled-file-writer:v1".into()],
        cites: vec![4, 5],
        alternatives: vec![Code("SG-03"), Code("ACL-01")],
        explains: vec!["TOK-02: no token".into()],
        fixes: vec![
            Fix::run("look", &Command::of("aws ec2 describe-security-groups")),
            Fix::run(
                "allow it",
                &Command::of("aws ec2 authorize-security-group-ingress").option("--group-id", Blank::VPC_ID),
            ),
            Fix::advice("read the page"),
        ],
        page: "ecr-probe explain SG-01".into(),
        blame: Some(Blame {
            resources: vec!["sg-0a1".into()],
            subnets: Some(vec!["subnet-0a1".into()]),
            hosts: Vec::new(),
        }),
    }
}
