//! The words that the drawn policies and requests are made of: those of real ones.

pub const ACCOUNT: &str = "111122223333";
pub const OTHER: &str = "444455556666";
pub const ROLE: &str = "arn:aws:iam::111122223333:role/team/pull";
pub const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/pull/task";

/// Keys with what a request may carry and what policies ask of them: name, kind, the request's values, the policies'.
pub struct Known {
    pub name: &'static str,
    pub kind: Kind,
    pub held: &'static [&'static str],
    pub asked: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Many,
    Address,
    Number,
    Date,
    Truth,
    Arn,
}

pub const KEYS: [Known; 15] = [
    Known {
        name: "aws:SourceVpc",
        kind: Kind::Text,
        held: &["vpc-1", "vpc-2"],
        asked: &["vpc-1", "vpc-3", "vpc-*", "vpc-?", "*", "VPC-1"],
    },
    Known {
        name: "aws:SourceVpce",
        kind: Kind::Text,
        held: &["vpce-1", "vpce-2"],
        asked: &["vpce-1", "vpce-2", "vpce-?", "?pce-*"],
    },
    Known {
        name: "aws:PrincipalOrgID",
        kind: Kind::Text,
        held: &["o-a1b2c3d4e5", "o-other"],
        asked: &["o-a1b2c3d4e5", "o-a*", "o-x"],
    },
    Known {
        name: "aws:PrincipalTag/team",
        kind: Kind::Text,
        held: &["red", "blue"],
        asked: &["red", "Red", "b*", "${aws:PrincipalAccount}"],
    },
    Known {
        name: "aws:ResourceAccount",
        kind: Kind::Text,
        held: &[ACCOUNT, OTHER],
        asked: &[ACCOUNT, OTHER, "${aws:PrincipalAccount}", "1111*"],
    },
    Known {
        name: "aws:RequestedRegion",
        kind: Kind::Text,
        held: &["eu-west-1", "us-east-1"],
        asked: &["eu-west-1", "eu-*", "us-*", "ap-south-1"],
    },
    Known {
        name: "aws:SourceIp",
        kind: Kind::Address,
        held: &["198.51.100.7"],
        asked: &["198.51.100.0/24", "198.51.100.7", "10.0.0.0/8", "2001:db8::/32"],
    },
    Known {
        name: "aws:VpcSourceIp",
        kind: Kind::Address,
        held: &["10.0.1.25"],
        asked: &["10.0.0.0/16", "10.0.2.0/24", "10.0.1.25/32"],
    },
    Known {
        name: "aws:MultiFactorAuthAge",
        kind: Kind::Number,
        held: &["0", "300", "3600"],
        asked: &["0", "300", "301", "3600"],
    },
    Known {
        name: "aws:CurrentTime",
        kind: Kind::Date,
        held: &["2026-11-27T12:00:00Z"],
        asked: &["2026-11-27T12:00:00Z", "2020-01-01T00:00:00Z", "2030-06-01T00:00:00Z"],
    },
    Known { name: "aws:SecureTransport", kind: Kind::Truth, held: &["true", "false"], asked: &["true", "false"] },
    Known { name: "aws:ViaAWSService", kind: Kind::Truth, held: &["false"], asked: &["true", "false"] },
    Known {
        name: "aws:PrincipalArn",
        kind: Kind::Arn,
        held: &[ROLE],
        asked: &[
            ROLE,
            "arn:aws:iam::*:role/team/*",
            "arn:aws:iam::111122223333:role/*",
            "arn:*:iam::444455556666:role/team/pull",
            "arn:aws:iam::111122223333:role/team/pul?",
        ],
    },
    Known {
        name: "aws:PrincipalOrgPaths",
        kind: Kind::Many,
        held: &["o-a1b2c3d4e5/r-ab/ou-1/", "o-a1b2c3d4e5/r-ab/ou-2/"],
        asked: &["o-a1b2c3d4e5/*", "o-a1b2c3d4e5/r-ab/ou-1/*", "o-x/*", "o-a1b2c3d4e5/r-ab/ou-2/"],
    },
    Known {
        name: "aws:CalledVia",
        kind: Kind::Many,
        held: &["athena.amazonaws.com", "cloudformation.amazonaws.com"],
        asked: &["athena.amazonaws.com", "*.amazonaws.com", "ecs.amazonaws.com"],
    },
];

pub const ACTIONS: [&str; 6] = [
    "kms:Decrypt",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:GetAuthorizationToken",
    "s3:GetObject",
    "secretsmanager:GetSecretValue",
];
pub const LISTED: [&str; 15] = [
    "kms:*",
    "*",
    "*",
    "*",
    "ecr:*",
    "ecr:Batch*",
    "ecr:batchgetimage",
    "ecr:BatchGetImage",
    "ecr:Get*",
    "ecr:GetDownloadUrlForLayer",
    "ecr:GetAuthorizationToken",
    "s3:Get*",
    "s3:GetObject",
    "secretsmanager:GetSecretValue",
    "ecr:PutImag?",
];
pub const RESOURCES: [&str; 14] = [
    "arn:aws:kms:*:*:key/?",
    "*",
    "*",
    "*",
    "*",
    "arn:aws:ecr:eu-west-1:111122223333:repository/team/app",
    "arn:aws:ecr:*:*:repository/*",
    "arn:aws:ecr:eu-west-1:444455556666:repository/team/*",
    "arn:aws:ecr:eu-west-1:111122223333:repository/team/ap?",
    "arn:aws:ecr:us-east-1:111122223333:repository/*",
    "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*",
    "arn:aws:s3:::*",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-??????",
    "arn:aws:ecr:eu-west-1:111122223333:repository/${aws:PrincipalTag/team, 'team'}/app",
];
