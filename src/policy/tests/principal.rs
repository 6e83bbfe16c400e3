use super::*;
use Truth::{False, True, Unknown};

const OWN: &str = "111122223333";

fn request(who: Who) -> Request {
    Request::new(who, "ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:111122223333:repository/a")
}

fn role(id: Option<&str>, session: Option<&str>) -> Request {
    let arn = "arn:aws:iam::111122223333:role/team/pull".to_owned();
    request(Who::Role(Role { arn, id: id.map(str::to_owned), session: session.map(str::to_owned) }))
}

fn aws(names: &[&str], negated: bool) -> Principals {
    Principals { negated, entries: names.iter().map(|name| Entry::Aws((*name).to_owned())).collect() }
}

fn means(name: &str, request: &Request) -> [Truth; 3] {
    let Means { session, role, account } = aws(&[name], false).allow(request, Reading::Resource);
    [session, role, account]
}

#[test]
fn a_role_is_meant_by_several_names() {
    let task = role(Some("AROA1"), Some("task"));
    for (name, truths) in [
        (OWN, [False, False, True]),
        ("arn:aws:iam::111122223333:root", [False, False, True]),
        ("arn:aws:iam::444455556666:root", [False; 3]),
        ("444455556666", [False; 3]),
        ("arn:aws:iam::111122223333:role/team/pull", [False, True, False]),
        ("arn:aws:iam::111122223333:role/pull", [False; 3]),
        ("arn:aws-cn:iam::111122223333:role/team/pull", [False; 3]),
        ("arn:aws:sts::111122223333:assumed-role/pull/task", [True, False, False]),
        ("arn:aws:sts::111122223333:assumed-role/pull/other", [False; 3]),
        ("AROA1", [False, True, False]),
        ("AROA2", [False; 3]),
        ("AIDA1", [False; 3]),
        ("arn:aws:iam::111122223333:role/*", [Unknown; 3]),
        ("arn:aws:iam::111122223333:user/pull", [False; 3]),
    ] {
        assert_eq!(means(name, &task), truths, "{name}");
    }
    let nameless = role(None, None);
    assert_eq!(means("arn:aws:sts::111122223333:assumed-role/pull/task", &nameless), [Unknown, False, False]);
    assert_eq!(means("arn:aws:sts::111122223333:assumed-role/push/task", &nameless), [False; 3]);
    assert_eq!(means("AROA2", &nameless), [False, Unknown, False]);
}

#[test]
fn an_account_means_less_in_the_policy_of_an_endpoint() {
    let mut task = role(None, None);
    let account = |name, request: &Request| aws(&[name], false).allow(request, Reading::Endpoint).any();
    assert_eq!((account(OWN, &task), account("444455556666", &task)), (Unknown, False));
    task.by_gateway = true;
    assert_eq!(account("arn:aws:iam::111122223333:root", &task), False);
    assert_eq!(account("arn:aws:iam::111122223333:role/team/pull", &task), True);
}

#[test]
fn a_role_of_aws_is_none_of_the_customers() {
    let who = Who::AwsRole { partition: "aws".to_owned(), not_accounts: vec![OWN.to_owned()] };
    let signer = request(who);
    for (name, truth) in [
        (OWN, False),
        ("999988887777", Unknown),
        ("arn:aws:iam::111122223333:role/team/pull", False),
        ("arn:aws:iam::999988887777:role/any", Unknown),
        ("arn:aws-cn:iam::999988887777:role/any", False),
        ("arn:aws:iam::999988887777:user/any", False),
    ] {
        assert_eq!(aws(&[name], false).allow(&signer, Reading::Endpoint).any(), truth, "{name}");
    }
    let service = Principals { negated: false, entries: vec![Entry::Service("s3".to_owned()), Entry::Federated] };
    assert_eq!(service.allow(&signer, Reading::Endpoint).any(), False);
    let anybody = Principals { negated: false, entries: vec![Entry::Anybody] };
    assert_eq!(anybody.allow(&signer, Reading::Endpoint).session, True);
}

#[test]
fn a_service_is_meant_by_its_name() {
    let service = request(Who::Service("ecs-tasks.example".to_owned()));
    let named = |name: &str| Principals { negated: false, entries: vec![Entry::Service(name.to_owned())] };
    assert_eq!(named("ecs-tasks.example").allow(&service, Reading::Resource).any(), True);
    assert_eq!(named("ecs.example").allow(&service, Reading::Resource).any(), False);
    assert_eq!(aws(&[OWN], false).allow(&service, Reading::Resource).any(), False);
}

/// "You must also specify the account ARN of the not-denied principal. Otherwise, the policy might deny access."
#[test]
fn not_principal_spares_whom_it_names_in_full() {
    let task = role(None, Some("task"));
    let pull = "arn:aws:iam::111122223333:role/team/pull";
    let session = "arn:aws:sts::111122223333:assumed-role/pull/task";
    for (names, truth) in [
        (&[pull][..], Unknown),
        (&[OWN, pull], Unknown),
        (&[OWN, pull, session], False),
        (&[session], Unknown),
        (&["444455556666"], True),
    ] {
        assert_eq!(aws(names, true).deny(&task, Reading::Resource, False), truth, "{names:?}");
        assert_eq!(aws(names, true).deny(&task, Reading::Resource, True), True, "a boundary is never spared");
    }
    assert_eq!(aws(&[OWN, pull, session], true).deny(&role(None, None), Reading::Resource, False), Unknown);
    assert_eq!(aws(&["444455556666"], true).allow(&task, Reading::Resource).session, True);
    assert_eq!(aws(&[pull], true).allow(&task, Reading::Resource).any(), Unknown);
}
