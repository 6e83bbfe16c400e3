//! The rows of the grammar, and messages as they were seen.

use proptest::prelude::*;

use super::*;

const ROLE: &str = "arn:aws:sts::111122223333:assumed-role/fileWriterExecutionRole/9f3";
const REPOSITORY: &str = "arn:aws:ecr:eu-west-1:111122223333:repository/team/app";

fn denied(context: &str) -> Denial {
    let message =
        format!("User: {ROLE} is not authorized to perform: ecr:BatchGetImage on resource: {REPOSITORY} {context}");
    let denial = parse(&message).unwrap();
    assert_eq!(denial.principal.as_deref(), Some(ROLE), "{context}");
    assert_eq!(denial.action, "ecr:BatchGetImage", "{context}");
    assert_eq!(denial.resource.as_deref(), Some(REPOSITORY), "{context}");
    denial
}

#[test]
fn every_row_of_the_grammar_is_read() {
    use PolicyLayer::*;
    for (context, layer, explicit) in [
        ("", Unnamed, false),
        ("because no identity-based policy allows the ecr:BatchGetImage action", Identity, false),
        ("with an explicit deny in an identity-based policy", Identity, true),
        ("because no permissions boundary allows the ecr:BatchGetImage action", PermissionsBoundary, false),
        ("with an explicit deny in a permissions boundary", PermissionsBoundary, true),
        ("because no session policy allows the ecr:BatchGetImage action", Session, false),
        ("with an explicit deny in a session policy", Session, true),
        ("with an explicit deny in a sessions policy", Session, true),
        ("because no service control policy allows the ecr:BatchGetImage action", ServiceControl, false),
        ("with an explicit deny in a service control policy", ServiceControl, true),
        ("because no resource control policy allows the ecr:BatchGetImage action", ResourceControl, false),
        ("with an explicit deny in a resource control policy", ResourceControl, true),
        ("because no VPC endpoint policy allows the ecr:BatchGetImage action", VpcEndpoint, false),
        ("with an explicit deny in a VPC endpoint policy", VpcEndpoint, true),
        ("because no resource-based policy allows the ecr:BatchGetImage action", Resource, false),
        ("with an explicit deny in a resource-based policy", Resource, true),
        ("because no role trust policy allows the sts:AssumeRole action", RoleTrust, false),
        ("with an explicit deny in the role trust policy", RoleTrust, true),
        (
            "with an explicit deny in a VPC endpoint policy transitively through a service control policy",
            VpcEndpoint,
            true,
        ),
        ("with an explicit deny", Unnamed, true),
        ("with *an explicit deny*", Unnamed, true),
        ("because no new kind of policy allows the ecr:BatchGetImage action", Unnamed, false),
        ("with an explicit deny in a new kind of policy", Unnamed, true),
        ("BECAUSE  NO\n\tVPC\u{a0}Endpoint POLICY\nallows", VpcEndpoint, false),
        ("with an Explicit\n Deny in an Identity-Based policy.", Identity, true),
        ("because no identity-based policy allows the ecr:BatchGetImage action\\n\\tstatus code: 400", Identity, false),
        ("status code: 400, request id: 24460c33", Unnamed, false),
    ] {
        let denial = denied(context);
        assert_eq!((denial.layer, denial.explicit), (layer, explicit), "{context}");
        assert_eq!(denial.policy_arn, None, "{context}");
    }
}

#[test]
fn the_arn_of_the_policy_is_read() {
    const ARN: &str = "arn:aws:organizations::266644823147:policy/o-abc/resource_control_policy/p-def";
    for context in [
        format!("with an explicit deny in a resource control policy, with policy ARN: {ARN}"),
        format!("with an explicit deny in a resource control policy, with policy arn: \"{ARN}\"."),
        format!("with an explicit deny in a resource control policy:\n{ARN}, request id: 1"),
    ] {
        let denial = denied(&context);
        assert_eq!((denial.layer, denial.explicit), (PolicyLayer::ResourceControl, true), "{context}");
        assert_eq!(denial.policy_arn.as_deref(), Some(ARN), "{context}");
    }
    assert_eq!(denied("with an explicit deny in a resource control policy, with policy ARN:").policy_arn, None);
}

#[test]
fn short_forms_and_other_surroundings_are_read() {
    for (message, principal, action, resource) in [
        ("User is not authorized to perform: ecr:BatchGetImage on resource: *", None, "ecr:BatchGetImage", Some("*")),
        ("not authorized to perform: bedrock:InvokeModel", None, "bedrock:InvokeModel", None),
        (
            "AccessDeniedException: not authorized to perform ecr:BatchGetImage on resource *",
            None,
            "ecr:BatchGetImage",
            Some("*"),
        ),
        (
            "denied: user:arn:aws:iam::1:user/u IS NOT  AUTHORIZED to perform:ecr:BatchGetImage",
            Some("arn:aws:iam::1:user/u"),
            "ecr:BatchGetImage",
            None,
        ),
        (
            "User: arn:aws:sts::<account id>:assumed-role/r/f83 is not authorized to perform: ssm:GetParameters on \
             resource: arn:aws:ssm:eu-west-2:<account id>:parameter/A because no identity-based policy allows it",
            Some("arn:aws:sts::<account id>:assumed-role/r/f83"),
            "ssm:GetParameters",
            Some("arn:aws:ssm:eu-west-2:<account id>:parameter/A"),
        ),
        (
            "User: arn:aws:sts::812812325446:assumed-role/storage-access-role-prod-us-west-2/x is not authorized to \
             perform: s3:GetObject on resource: \"arn:aws:s3:::prod-us-west-2-starport-layer-bucket/a/b\" because no \
             VPC endpoint policy allows the s3:GetObject action",
            Some("arn:aws:sts::812812325446:assumed-role/storage-access-role-prod-us-west-2/x"),
            "s3:GetObject",
            Some("arn:aws:s3:::prod-us-west-2-starport-layer-bucket/a/b"),
        ),
        (
            "{\\\"Message\\\":\\\"User: a:b is not authorized to perform: ecr:PutImage on resource: \\\"x:y\\\"\\n\\t",
            Some("a:b"),
            "ecr:PutImage",
            Some("x:y"),
        ),
    ] {
        let denial = parse(message).unwrap_or_else(|| panic!("{message}"));
        assert_eq!(denial.principal.as_deref(), principal, "{message}");
        assert_eq!(denial.action, action, "{message}");
        assert_eq!(denial.resource.as_deref(), resource, "{message}");
    }
}

#[test]
fn the_first_of_several_is_read_alone() {
    let message = "User: a is not authorized to perform: ecr:BatchGetImage on resource: b; User: c is not authorized \
                   to perform: s3:GetObject with an explicit deny in a VPC endpoint policy";
    let denial = parse(message).unwrap();
    assert_eq!(
        (denial.action.as_str(), denial.layer, denial.explicit),
        ("ecr:BatchGetImage", PolicyLayer::Unnamed, false)
    );
}

#[test]
fn the_action_that_names_a_token_survives() {
    let denial = parse("User: a is not authorized to perform: ecr:GetAuthorizationToken on resource: *").unwrap();
    assert_eq!(denial.action, "ecr:GetAuthorizationToken");
    println!(
        "ZZ {}",
        super::super::scrub("perform: ecr:GetAuthorizationToken on resource: * AuthorizationHeaderMalformed")
    );
}

#[test]
fn other_messages_are_no_denials() {
    let long = format!("User: a is not authorized to perform: ecr:{}", "A".repeat(200));
    for message in [
        "",
        "Access Denied",
        "You are not authorized to perform this operation.",
        "User: a is not authorized",
        "User: a is not authorized to perform:",
        "User: a is not authorized to perform: ecr",
        "User: a is not authorized to perform: ecr:",
        "User: a is not authorized to performance:ecr:BatchGetImage",
        "Rate exceeded",
        long.as_str(),
    ] {
        assert_eq!(parse(message), None, "{message}");
    }
}

#[test]
fn a_cut_at_any_byte_keeps_what_was_said() {
    let message = format!(
        "User: {ROLE} is not authorized to perform: ecr:BatchGetImage on resource: {REPOSITORY} with an explicit deny \
         in a VPC endpoint policy, with policy ARN: arn:aws:iam::1:policy/p"
    );
    let action_ends = message.find(" on resource").unwrap();
    let layer_ends = message.find("VPC endpoint").unwrap() + "VPC endpoint".len();
    let deny_ends = message.find("explicit").unwrap() + "explicit".len();
    for end in 0..=message.len() {
        let denial = parse(&message[..end]);
        if end >= action_ends {
            let denial = denial.unwrap();
            assert_eq!(denial.action, "ecr:BatchGetImage");
            assert_eq!(denial.layer == PolicyLayer::VpcEndpoint, end >= layer_ends, "{end}");
            assert_eq!(denial.explicit, end >= deny_ends, "{end}");
        }
    }
}

proptest! {
    #[test]
    fn parsing_never_panics(text in ".{0,300}") {
        parse(&text);
        parse(&format!("User: {text} is not authorized to perform: {text} on resource: {text} with an explicit deny in {text}"));
        parse(&format!("is not authorized to perform: a:b on resource: {text} because no {text}"));
    }
}
