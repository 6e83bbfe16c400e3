//! What naive tools say of an account that is in order, and what they miss in one that is not.

use ecr_probe::model::facts::{AclEntry, GroupReference, ImageStatus, Permission};
use ecr_probe::model::{Report, Severity, Verdict};

use super::sim::Account;
use super::sim::account::{
    DEFAULT_ACL, DEFAULT_GROUP, ENDPOINT_GROUP, MAIN_TABLE, S3_LIST, TASK_ACL, TASK_GROUP, TASK_TABLE,
};
use super::support::configuration::{aim, audit, audit_account};
use super::{codes, world};

/// An audit of a world's account after a change that no key makes.
fn changed(toml: &str, change: impl FnOnce(&mut Account)) -> Report {
    let world = world(toml);
    let mut account = Account::of(&world);
    change(&mut account);
    audit_account(&account, &aim(&world))
}

#[track_caller]
fn is_healthy(report: &Report) {
    assert_eq!((report.verdict, codes(report)), (Verdict::Healthy, Vec::new()), "{:#?}", report.configured);
}

fn of_role(policy: &str) -> String {
    format!("[account]\ngranted_to = 'nowhere'\ninline_policy = '{policy}'")
}

fn errors(report: &Report) -> Vec<&str> {
    let errors = report.diagnoses.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.code.id()).collect()
}

/// T-01, T-03, T-07, T-08: public addresses behind a gateway endpoint, VPCs outside RFC 1918, endpoints in other
/// subnets, no NAT gateway.
#[test]
fn a_sound_network_is_sound_whatever_it_looks_like() {
    for toml in [
        "",
        "[vpc]\nendpoint_network = '20.10.0'",
        "[vpc]\nendpoint_network = '172.40.1'",
        "[vpc]\nendpoint_network = '100.64.0'",
        "[vpc]\ntask_subnet = '10.0.11.0/24'",
        "[vpc]\nendpoint_network = '20.10.0'\ntask_subnet = '20.10.77.0/24'",
    ] {
        is_healthy(&audit(&world(toml)));
    }
}

/// T-09: the task's subnet lets requests out and replies in, the endpoints' the other way round.
#[test]
fn a_network_acl_needs_each_direction_once() {
    let entry = |egress: bool, cidr: &str, ports: (u16, u16)| AclEntry {
        number: 100 + u32::from(ports.0 > 443),
        egress,
        allow: true,
        protocol: "6".to_owned(),
        cidr: cidr.to_owned(),
        ports: Some(ports),
    };
    let narrow = |account: &mut Account, id: &str, allowed: [AclEntry; 2]| {
        let acl = account.network_acls.iter_mut().find(|it| it.id == id).expect("it is there");
        acl.entries.retain(|it| it.number >= 32_767);
        acl.entries.extend(allowed);
    };
    let (https, replies) = ((443, 443), (1024, 65_535));
    let toml = "[vpc]\ntask_subnet = '10.0.11.0/24'";
    let right = changed(toml, |account| {
        narrow(account, TASK_ACL, [entry(true, "0.0.0.0/0", https), entry(false, "0.0.0.0/0", replies)]);
        narrow(account, DEFAULT_ACL, [entry(false, "10.0.0.0/16", https), entry(true, "10.0.0.0/16", replies)]);
    });
    is_healthy(&right);
    // AWS's page on ECS has the endpoints' directions for both.
    let wrong = changed(toml, |account| {
        narrow(account, TASK_ACL, [entry(false, "0.0.0.0/0", https), entry(true, "0.0.0.0/0", replies)]);
    });
    assert!(errors(&wrong).contains(&"ACL-01") && errors(&wrong).contains(&"ACL-02"), "{:?}", codes(&wrong));
}

/// T-10, T-18: what the fixes print can be done, and opens no more than is needed.
#[test]
fn a_fix_names_no_prefix_list_in_an_acl_and_no_wildcard_for_the_bucket() {
    let fixes = |toml: &str| {
        let report = audit(&world(toml));
        let all = report.diagnoses.into_iter().flat_map(|it| it.fixes);
        all.filter_map(|fix| fix.command().map(str::to_owned)).collect::<Vec<_>>().join("\n")
    };
    let acl = fixes("[vpc]\nacl_allows_public = false");
    assert!(acl.contains("--cidr-block 0.0.0.0/0") && !acl.contains("pl-"), "{acl}");
    let bucket = fixes("[deny]\n's3:GetObject' = 'vpc-endpoint'");
    assert!(bucket.contains("prod-eu-west-1-starport-layer-bucket/*") && !bucket.contains("prod-*"), "{bucket}");
}

/// T-05: the task role pulls nothing. What it may do is no matter.
#[test]
fn the_task_role_is_not_judged() {
    is_healthy(&changed("", |account| account.policies.retain(|it| !it.role.ends_with("TaskRole"))));
    let report = audit(&world("[account]\ngranted_to = 'task-role'"));
    assert_eq!(errors(&report).first(), Some(&"IAM-07"));
}

/// T-20: through an endpoint a request has a private source address, and none that `aws:SourceIp` knows.
#[test]
fn a_condition_on_the_source_address_fails_through_an_endpoint() {
    let condition = r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#;
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["ecr:GetAuthorizationToken","logs:*"],"Resource":"*"}},{{"Effect":"Allow","Action":"ecr:*","Resource":"*","Condition":{condition}}}]}}"#
    );
    let report = audit(&world(&of_role(&policy)));
    assert_eq!(errors(&report), ["IAM-02"], "{:?}", codes(&report));
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"ecr:BatchGetImage","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}}"#;
    let report = audit(&world(&format!("[account]\nrepository_policy = '{policy}'")));
    assert_eq!(errors(&report), ["IAM-09"], "{:?}", codes(&report));
}

/// T-21: AWS's pages disagree whether private DNS holds a dual-stack name.
#[test]
fn a_dual_stack_name_beside_an_endpoint_is_unknown() {
    let name = "[image]\nreference = '123456789012.dkr-ecr.eu-west-1.on.aws/scheduled-file-writer:v1'";
    let report = audit(&world(name));
    assert_eq!((report.verdict, codes(&report)), (Verdict::Inconclusive, Vec::new()));
}

/// T-22: whether `GetAuthorizationToken` goes through the endpoint is told one way and the other.
#[test]
fn a_token_under_a_condition_on_the_endpoint_is_unknown() {
    for condition in [
        r#"{"StringEquals":{"aws:SourceVpc":"vpc-0f11e0000000000a1"}}"#,
        r#"{"StringEquals":{"aws:SourceVpce":["vpce-0e0d0000000000000","vpce-0e0d0000000000001","vpce-0e0d0000000000004"]}}"#,
    ] {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":["ecr:*","logs:*"],"Resource":"*","Condition":{condition}}}}}"#
        );
        let report = audit(&world(&of_role(&policy)));
        assert_eq!((report.verdict, errors(&report)), (Verdict::Inconclusive, Vec::new()), "{condition}");
    }
}

/// T-24: groups by reference, by list, by protocol.
#[test]
fn rules_of_security_groups_are_resolved() {
    let rule = |of: Permission| Permission { protocol: "-1".to_owned(), ports: None, ..of };
    let set = |account: &mut Account, id: &str, ingress: Option<Permission>, egress: Option<Permission>| {
        let group = account.security_groups.iter_mut().find(|it| it.id == id).expect("it is there");
        group.ingress = ingress.map_or_else(|| group.ingress.clone(), |rule| vec![rule]);
        group.egress = egress.map_or_else(|| group.egress.clone(), |rule| vec![rule]);
    };
    let cidr = |cidr: &str| rule(Permission { cidrs: vec![cidr.to_owned()], ..Permission::default() });
    let own = |id: &str| GroupReference { id: id.to_owned(), owner: None, peering_status: None };
    is_healthy(&changed("", |account| set(account, ENDPOINT_GROUP, Some(cidr("10.0.0.0/16")), None)));
    is_healthy(&changed("", |account| {
        let groups = vec![own(TASK_GROUP)];
        set(account, ENDPOINT_GROUP, Some(rule(Permission { groups, ..Permission::default() })), None);
    }));
    // The layers' addresses are those of the list.
    is_healthy(&changed("", |account| {
        let (cidrs, prefix_lists) = (vec!["10.0.0.0/16".to_owned()], vec![S3_LIST.to_owned()]);
        set(account, TASK_GROUP, None, Some(rule(Permission { cidrs, prefix_lists, ..Permission::default() })));
    }));
    let report = changed("", |account| set(account, TASK_GROUP, None, Some(cidr("10.0.0.0/16"))));
    assert_eq!(errors(&report), ["SG-04"]);
    let report = changed("", |account| {
        let groups = vec![own(DEFAULT_GROUP)];
        set(account, ENDPOINT_GROUP, Some(rule(Permission { groups, ..Permission::default() })), None);
    });
    assert!(errors(&report).iter().all(|code| code.starts_with("SG-")) && !errors(&report).is_empty());
    // IPv6 alone lets nothing of IPv4 in.
    let report = changed("", |account| set(account, ENDPOINT_GROUP, Some(cidr("::/0")), None));
    assert!(errors(&report).iter().all(|code| code.starts_with("SG-")) && !errors(&report).is_empty());
}

/// T-25: a subnet without a table of its own uses the main one.
#[test]
fn a_subnet_without_an_association_uses_the_main_table() {
    let unlinked = |account: &mut Account| {
        for table in account.route_tables.iter_mut().filter(|it| it.id == TASK_TABLE) {
            table.subnets.clear();
        }
    };
    let report = changed("", unlinked);
    assert_eq!(errors(&report), ["RTE-04"]);
    let resources = report.diagnoses[0].blame.as_ref().map(|blame| blame.resources.clone()).unwrap_or_default();
    assert!(resources.contains(&MAIN_TABLE.to_owned()), "{resources:?}");
    is_healthy(&changed("[vpc]\ns3_gateway_in_route_table = false", unlinked));
}

/// T-26: a participant does not see the endpoints of the account that shares the subnets.
#[test]
fn shared_subnets_are_not_judged_by_what_cannot_be_seen() {
    for toml in ["", "[vpc]\ninterface_endpoints = []\ns3_gateway = false"] {
        let owner = "[account]\nvpc_owner = '210987654321'";
        let report = audit(&world(&format!("{toml}\n{owner}")));
        assert_eq!((report.verdict, errors(&report)), (Verdict::Inconclusive, Vec::new()), "{toml}");
        let unseen = &report.configured.as_ref().expect("it is an audit").unseen;
        assert!(unseen.iter().any(|it| it.why.contains("210987654321")), "{unseen:?}");
    }
}

/// T-23: what is wrong is all named at once.
#[test]
fn faults_do_not_hide_each_other() {
    let toml = "[vpc]\ntask_sg_allows_s3 = false\n[image]\nrepository_exists = true\narchived = true\n[deny]\n\
                'ecr:GetAuthorizationToken' = 'identity'\n'ecr:BatchGetImage' = { by = 'vpc-endpoint', only_at = 'ecr-dkr' }\n\
                [account]\nlog_group_exists = false";
    let report = audit(&world(toml));
    for code in ["SG-04", "IAM-01", "VPE-02", "IMG-13", "INIT-06"] {
        assert!(errors(&report).contains(&code), "{code} is not among {:?}", codes(&report));
    }
}

/// T-29: sidecars keep a task from starting like its own image.
#[test]
fn every_container_is_judged() {
    let report = audit(&world("[image]\nsidecars = ['docker.io/library/nginx:1.27']"));
    assert_eq!(errors(&report), ["HUB-02"]);
    let missing = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/agent:1";
    let report = audit(&world(&format!("[image]\nsidecars = ['{missing}']")));
    assert_eq!(errors(&report), ["IMG-01"]);
    assert_eq!(report.diagnoses[0].images, [missing]);
}

/// A server of one's own may ask Amazon's; that it does not cannot be seen.
#[test]
fn a_name_server_of_ones_own_is_no_error() {
    for toml in ["[vpc]\nname_servers = ['10.0.9.53']", "[vpc]\nname_servers = ['10.0.9.53', '10.0.9.54']\nnat = true"]
    {
        let report = audit(&world(toml));
        assert!(errors(&report).is_empty() && report.verdict != Verdict::Unhealthy, "{:?}", codes(&report));
    }
}

/// ECR restores an archived image within 20 minutes; until then a pull answers that it is not found.
#[test]
fn an_image_that_is_being_restored_is_waited_for() {
    let archived = |status: ImageStatus| {
        let report = changed("", |account| account.images.iter_mut().for_each(|(_, image)| image.status = status));
        assert_eq!(errors(&report), ["IMG-13"]);
        let finding = &report.diagnoses[0];
        (finding.summary.clone(), finding.fixes[0].command().map(str::to_owned))
    };
    let (summary, restore) = archived(ImageStatus::Archived);
    assert!(summary.contains("is archived"), "{summary}");
    let restore = restore.expect("a command restores it");
    assert!(restore.contains("update-image-storage-class") && restore.contains("imageTag=v1"), "{restore}");
    let (summary, wait) = archived(ImageStatus::Activating);
    assert!(summary.contains("is being restored") && wait.is_none(), "{summary}: {wait:?}");
}

/// A fix that puts an inline policy replaces none that the role has.
#[test]
fn a_fix_takes_no_policys_name() {
    let only_token = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"ecr:GetAuthorizationToken\",\"Resource\":\"*\"}}";
    for (own, expected) in [("own", "--policy-name EcrPull "), ("EcrPull", "--policy-name EcrPull2 ")] {
        let report = changed(&of_role(only_token), |account| {
            account.policies.iter_mut().filter(|it| it.name == "own").for_each(|it| it.name = own.to_owned());
        });
        let commands = report.diagnoses.iter().flat_map(|finding| &finding.fixes).filter_map(|fix| fix.command());
        let puts: Vec<&str> = commands.filter(|it| it.contains("--policy-name EcrPull")).collect();
        assert!(!puts.is_empty() && puts.iter().all(|it| it.contains(expected)), "{own}: {puts:?}");
    }
}
