//! Secrets that exist and cannot be given out: INIT-17, and what is not.

use ecr_probe::model::{Applicability, Report, Severity, Strength, Verdict};

use super::support::configuration::audit;
use super::{codes, world};

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-1a2b3c";
const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1";

/// The audit of a task with those keys of `[account]`, whose role may read and decrypt everything.
fn with(keys: &str) -> Report {
    audit(&world(&format!(
        "[account]\ninline_policy = '{{\"Version\":\"2012-10-17\",\"Statement\":{{\"Effect\":\"Allow\",\"Action\":\
         [\"secretsmanager:GetSecretValue\",\"ssm:GetParameters\",\"kms:Decrypt\"],\"Resource\":\"*\"}}}}'\n{keys}"
    )))
}

/// The one finding is INIT-17, proven of that resource; its first command, or its first advice.
#[track_caller]
fn first_fix(report: &Report, resource: &str) -> String {
    assert_eq!((report.verdict, codes(report)), (Verdict::Unhealthy, vec!["error[INIT-17]".to_owned()]));
    let finding = &report.diagnoses[0];
    let blamed = finding.blame.as_ref().expect("a resource is blamed");
    assert_eq!((finding.strength, blamed.resources.as_slice()), (Strength::Proven, &[resource.to_owned()][..]));
    let fix = &finding.fixes[0];
    assert_eq!(fix.command().is_some(), fix.applicability == Applicability::Ready, "{fix:?}");
    fix.command().unwrap_or(&fix.does).to_owned()
}

#[test]
fn a_secret_that_is_to_be_deleted_is_taken_back() {
    let restore = format!("aws secretsmanager restore-secret --region eu-west-1 --secret-id {SECRET}");
    for keys in [
        format!("secrets = ['{SECRET}']\ndeleted_secrets = ['{SECRET}']"),
        format!("secrets = ['{SECRET}:password::']\ndeleted_secrets = ['{SECRET}:password::']"),
        // Also of the login of a registry, which IAM-12 is where it does not exist.
        format!("repository_credentials = '{SECRET}'\ndeleted_secrets = ['{SECRET}']"),
        // Deletion comes before the key.
        format!(
            "secrets = ['{SECRET}']\ndeleted_secrets = ['{SECRET}']\nsecret_key = '{KEY}'\n\
             secret_key_state = 'Disabled'"
        ),
    ] {
        assert_eq!(first_fix(&with(&keys), SECRET), restore, "{keys}");
    }
}

#[test]
fn a_key_out_of_use_is_named_once() {
    for (state, fix) in [
        ("Disabled", format!("aws kms enable-key --region eu-west-1 --key-id {KEY}")),
        ("PendingDeletion", format!("aws kms cancel-key-deletion --region eu-west-1 --key-id {KEY}")),
        (
            "Unavailable",
            "bring the key into the state Enabled, or create the secret again, encrypted with another key".to_owned(),
        ),
    ] {
        let keys = format!("secrets = ['{SECRET}', '/a']\nsecret_key = '{KEY}'\nsecret_key_state = '{state}'");
        assert_eq!(first_fix(&with(&keys), KEY), fix, "{state}");
    }
    let keys = format!("secrets = ['/a']\nsecret_key = '{KEY}'\nsecret_key_state = 'Disabled'");
    let report = with(&keys);
    first_fix(&report, KEY);
    assert!(report.diagnoses[0].summary.contains("of the parameter /a"), "{}", report.diagnoses[0].summary);
}

/// A key that is `Updating` decrypts (KMS API Reference, "UpdatePrimaryRegion"), and what a new state means nobody knows.
#[test]
fn only_of_states_that_stop_it_a_key_is_accused() {
    let with_state = |state: &str| {
        with(&format!("secrets = ['{SECRET}', '/a']\nsecret_key = '{KEY}'\nsecret_key_state = '{state}'"))
    };
    for state in ["Disabled", "PendingDeletion", "PendingReplicaDeletion", "PendingImport", "Unavailable"] {
        first_fix(&with_state(state), KEY);
    }
    for state in ["Enabled", "Updating", "Creating", "ComesLater"] {
        let report = with_state(state);
        assert_eq!((report.verdict, codes(&report)), (Verdict::Healthy, Vec::new()), "{state}");
    }
}

/// ECS takes a parameter of any Region by its ARN. The same name may be there and gone.
#[test]
fn parameters_are_told_apart_by_their_region() {
    // An endpoint of the VPC leads to its own Region.
    const WAY: &str = "[vpc]\nnat = true";
    let arn = |region: &str| format!("arn:aws:ssm:{region}:123456789012:parameter/db");
    let (near, far) = (arn("eu-west-1"), arn("us-west-2"));
    let report = with(&format!("secrets = ['{near}', '{far}']\n{WAY}"));
    assert_eq!((report.verdict, codes(&report)), (Verdict::Healthy, Vec::new()));
    for gone in [&near, &far] {
        let report = with(&format!("secrets = ['{near}', '{far}']\nmissing_secrets = ['{gone}']\n{WAY}"));
        assert_eq!(codes(&report), ["error[INIT-04]"], "{gone}");
        let cited = report.diagnoses[0].cites.iter().filter_map(|id| report.evidence.get(*id)?.subject.clone());
        assert_eq!(cited.collect::<Vec<_>>(), std::slice::from_ref(gone));
    }
}

#[test]
fn what_is_missing_in_order_or_unseen_is_another_matter() {
    let missing = format!("secrets = ['{SECRET}']\nmissing_secrets = ['{SECRET}']");
    assert_eq!(codes(&with(&missing)), ["error[INIT-04]"]);
    let login = format!("repository_credentials = '{SECRET}'\nmissing_secrets = ['{SECRET}']");
    assert_eq!(codes(&with(&login)), ["error[IAM-12]"]);
    let sound = format!("secrets = ['{SECRET}', '/a']\nsecret_key = '{KEY}'");
    assert_eq!((with(&sound).verdict, codes(&with(&sound))), (Verdict::Healthy, Vec::new()));
    // Nobody may look: nothing is said of the key, and the report does not say that all is well.
    for action in ["kms:DescribeKey", "secretsmanager:DescribeSecret"] {
        let keys = format!(
            "refuse = ['{action}']\nsecrets = ['{SECRET}']\nsecret_key = '{KEY}'\nsecret_key_state = 'Disabled'"
        );
        let report = with(&keys);
        assert!(report.diagnoses.iter().all(|it| it.severity < Severity::Error), "{action}: {:?}", codes(&report));
        assert_eq!(report.verdict, Verdict::Inconclusive, "{action}");
    }
}
