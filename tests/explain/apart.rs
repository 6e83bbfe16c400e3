//! A log, or several messages in one text, are taken apart; a message of many lines stays one.

use std::fmt::Write;

use ecr_probe::reason::{explain, messages};

use crate::change;
use crate::corpus::{codes, context, held_back, records, strangers};

/// How a text may come, with its name.
type Change<'a> = (&'a str, &'a dyn Fn(&str) -> String);

/// Logs, events of pods, and messages that were wrapped by hand: none holds two failures with causes of their own.
#[test]
fn what_people_published_as_one_stays_one() {
    let changes: [Change<'_>; 9] = [
        ("as it is", &|text| text.to_owned()),
        ("cut at 40", &|text| change::cut(text, 40)),
        ("cut at 72", &|text| change::cut(text, 72)),
        ("wrapped at 40", &|text| change::wrap(text, 40)),
        ("wrapped at 80", &|text| change::wrap(text, 80)),
        ("in paragraphs", &|text| change::wrap(text, 100).replace('\n', "\r\n\r\n")),
        ("below a heading", &|text| format!("Task stopped at: 2025-11-12T11:46:29.481Z\n\n{text}\n")),
        ("in a log", &|text| {
            format!(
                "2025-11-12T11:46:28Z INFO starting\n2025-11-12T11:46:29Z {text}\n2025-11-12T11:46:34Z INFO retry in 5s\n"
            )
        }),
        ("twice", &|text| format!("{text}\n{text}\n")),
    ];
    let context = context();
    let mut log = String::new();
    for record in [records(), strangers(), held_back()].into_iter().flatten() {
        for (name, change) in changes {
            let text = change(&record.text);
            let parts = messages(&text, &context);
            if parts.len() > 1 {
                writeln!(log, "{} {name}: {parts:?}", record.id).expect("a string");
            }
            let means = explain(&text, &context).means;
            if means.contains("another sign") {
                writeln!(log, "{} {name}: {means}: {text:?}", record.id).expect("a string");
            }
        }
    }
    assert!(log.is_empty(), "\n{log}");
}

const LOG: &str = "2026-11-27T20:59:58Z INFO  starting worker\n\
    level=info time=2026-11-27T21:00:02Z msg=\"Pulling image\" image=123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v3\n\
    level=error time=2026-11-27T21:00:32Z msg=\"Failed to pull image\" error=\"CannotPullECRContainerError: \
    AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/ecsInstanceRole/i-0abc is not authorized to \
    perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the \
    ecr:GetAuthorizationToken action\"\n\
    2026-11-27T21:00:33Z INFO  retry in 5s\n\
    2026-11-27T21:01:33Z ERROR dial tcp: lookup api.ecr.eu-west-1.amazonaws.com on 10.0.0.2:53: read udp \
    10.0.1.5:4444->10.0.0.2:53: i/o timeout\n\
    2026-11-27T21:01:40Z INFO  done\n";

fn firsts(text: &str) -> Vec<(&'static str, String)> {
    let context = context();
    let explained = messages(text, &context).into_iter().map(|it| explain(it, &context));
    explained.map(|it| (codes(&it).first().copied().unwrap_or_default(), it.said)).collect()
}

#[test]
fn each_failure_of_a_log_is_told() {
    let found = firsts(LOG);
    let [(denied, said), (silent, last)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((*denied, *silent), ("IAM-01", "DNS-15"));
    assert!(said.starts_with("level=error time=2026-11-27T21:00:32Z") && said.contains("no identity-based"), "{said}");
    assert!(last.starts_with("2026-11-27T21:01:33Z ERROR dial tcp: lookup api.ecr"), "{last}");
}

const NO_NAME: &str = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
    123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1: failed to do request: Head \
    \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/app/manifests/v1\": dial tcp: lookup \
    123456789012.dkr.ecr.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host";
const NO_SECRET: &str = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval \
    failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret \
    arn:aws:secretsmanager:eu-west-1:123456789012:secret:db from secrets manager: AccessDeniedException: User: \
    arn:aws:sts::123456789012:assumed-role/exec/x is not authorized to perform: secretsmanager:GetSecretValue on \
    resource: arn:aws:secretsmanager:eu-west-1:123456789012:secret:db because no identity-based policy allows it";

#[test]
fn messages_of_ecs_are_told_one_by_one() {
    let (one, other) = (firsts(NO_NAME), firsts(NO_SECRET));
    for between in ["\n", "\n\n", "\r\n- "] {
        let both = firsts(&format!("{NO_NAME}{between}{NO_SECRET}\n"));
        assert_eq!(both.iter().map(|it| it.0).collect::<Vec<_>>(), [one[0].0, other[0].0], "{between:?}");
    }
}

/// Where nothing begins a message, the text stays one, and says what else is in it.
#[test]
fn another_sign_is_named_by_its_line() {
    let text = format!("Service app:\nReason {NO_NAME}\nService jobs:\nReason {NO_SECRET}\n");
    assert_eq!(messages(&text, &context()).len(), 1);
    let told = explain(&text, &context());
    let sign =
        if told.said.contains("no such host") { "line 4: Reason ResourceInit" } else { "line 2: Reason CannotPull" };
    assert!(told.means.contains(&format!("another sign of a fault stands in {sign}")), "{}", told.means);
    assert!(told.means.ends_with("give it alone") && told.said.starts_with("Reason "), "{} {}", told.means, told.said);
}

#[test]
fn a_log_with_one_failure_shows_the_line_of_it() {
    let noise = "2026-11-27T20:59:58Z INFO  a line of the worker that says nothing\n".repeat(20);
    let text = format!("{noise}2026-11-27T21:00:00Z ERROR {NO_NAME}\n{}", noise.replace("20:5", "21:5"));
    let found = firsts(&text);
    assert_eq!(found.len(), 1);
    assert!(found[0].1.starts_with("2026-11-27T21:00:00Z ERROR CannotPull"), "{}", found[0].1);
}

/// What is cut out of the whole must not come back in a line of it.
#[test]
fn no_secret_comes_back_with_a_line() {
    let secret = "QUtJQUlPU0ZPRE5ON0VYQU1QTEU";
    let url = format!("https://a.s3.amazonaws.com/b?X-Amz-Signature=0123\n{secret}0123 {NO_SECRET}");
    let text = format!("Reason {NO_NAME}\n{url}\nReason {NO_NAME}\n");
    let context = context();
    for part in messages(&text, &context).into_iter().chain([text.as_str()]) {
        let told = explain(part, &context);
        assert!(!told.said.contains(secret) && !told.means.contains(secret), "{} {}", told.said, told.means);
    }
}
