//! What a task's start needs beside the image, and starts that end without a reason.

use super::answer::Answer;
use super::hop::Hop;
use super::no_way::NO_WAY;
use crate::model::Stage;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// Secrets and logs that were reached and are wrong.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    let at = |means: &str| Answer::at(Stage::TaskStart, means);
    let is_refused = |codes: &[&str]| codes.iter().any(|it| parsed.plain.tight.contains(it));
    let is_unreached = parsed.any(&NO_WAY)
        || parsed.any(&[Sign::UnknownAuthority, Sign::OtherName, Sign::NoSuchHost, Sign::Refused, Sign::Reset]);
    let secret = parsed.any(&[Sign::AsmSecret, Sign::AsmRegistryAuth, Sign::SsmSecret, Sign::Resources]);
    let log = parsed.any(&[Sign::Logger, Sign::LogStream]);
    Some(if parsed.has(Sign::SecretNotFound) || secret && parsed.has(Sign::NotThere) {
        at("the secret or parameter was not found")
            .proven("INIT-04", "the service answered that it has none of that name: the name, ARN or Region is wrong")
    } else if secret && parsed.has(Sign::SecretMalformed) {
        at("the secret was read, and its value is not what the task definition expects")
            .proven("INIT-12", "it is no JSON, or lacks the key that valueFrom names")
    } else if parsed.has(Sign::EnvFiles) && is_refused(&["accessdenied", "nosuchkey", "nosuchbucket"]) {
        at("S3 refused an environment file, or has none of that name")
            .likely("INIT-11", "the file or bucket is named wrongly, or the execution role may not read it")
    } else if parsed.has(Sign::NoLogGroup) || log && parsed.has(Sign::NotThere) {
        at("the log group does not exist").proven("INIT-06", "CloudWatch Logs answered that it does not exist")
    } else if parsed.has(Sign::Logger) && parsed.has(Sign::NoEndpoint) {
        at("the log driver could not make an address of its Region or endpoint")
            .likely("INIT-14", "awslogs-region or awslogs-endpoint is missing or wrong")
    } else if parsed.has(Sign::Logger) && parsed.plain.tight.contains("dialunix") {
        at("the log driver found no socket to send to")
            .likely("INIT-16", "what listens there, such as Fluentd, is not up, or the path is another")
    } else if parsed.has(Sign::Logger) && parsed.address.as_ref().is_some_and(|it| it.address.is_loopback()) {
        at("the log driver did not reach the program on its own host that takes the log")
            .likely("INIT-16", "Fluentd or FireLens does not listen there, or not yet")
    } else if parsed.has(Sign::Logger) && is_of_another_log(parsed) && is_unreached {
        at("the log driver did not reach the server that it sends to")
            .likely("INIT-16", "the log goes to a server of its own, and not to CloudWatch Logs")
    } else if parsed.has(Sign::Logger)
        && !parsed.has(Sign::LogStream)
        && parsed.hosts.is_empty()
        && parsed.any(&[Sign::Eof, Sign::CutShort])
    {
        at("the log driver read an answer that ended early; the text does not tell whose")
            .likely("INIT-16", "the server that it sends to cut the connection, or gave nothing")
            .possible("INIT-05", "or it was CloudWatch Logs, and something on the way")
    } else if parsed.has(Sign::LogOption) && is_of_another_log(parsed) {
        at("the options of the log driver are wrong").likely("INIT-16", "the log driver rejected an option")
    } else if parsed.has(Sign::LogOption) {
        at("the options of the log driver are wrong").proven("INIT-14", "the log driver rejected an option")
    } else if log && parsed.has(Sign::NoCredentials) {
        at("the log driver found no AWS credentials")
            .likely("INIT-15", "the driver runs in the host's daemon, which does not have the task's credentials")
    } else {
        return None;
    })
}

/// Whether the log is of another driver than awslogs: by its name, its path or its port.
pub fn is_of_another_log(parsed: &Parsed) -> bool {
    const WORDS: [&str; 9] =
        ["fluentd", "splunk", "gelf", "syslog", "gcplogs", "logentries", "loki", "services/collector", "cloudlogging"];
    /// Of syslog, Splunk, GELF and Fluentd.
    const PORTS: [u16; 5] = [514, 6514, 8088, 12201, 24224];
    WORDS.iter().any(|it| parsed.plain.tight.contains(it))
        || parsed.port.is_some_and(|port| PORTS.contains(&port))
        || is_dialled_by_a_driver(parsed)
}

/// Whether a driver says what it dialled, and not what it asked of CloudWatch Logs: awslogs names the call or the group first.
fn is_dialled_by_a_driver(parsed: &Parsed) -> bool {
    const DIALS: [&str; 2] = ["initializeloggingdriver:dial", "initializeloggingdriver:write"];
    DIALS.iter().any(|it| parsed.plain.tight.contains(it)) && !parsed.hosts.iter().any(|host| host.kind.is_aws())
}

/// The start ended, and the text does not tell where.
pub fn unexplained(parsed: &Parsed) -> Option<Answer> {
    let at = |means: &str| Answer::at(Stage::TaskStart, means);
    Some(if parsed.has(Sign::StartTimedOut) {
        at("the task did not start within the three minutes that Fargate gives")
            .likely("INIT-07", "most often a registry, S3, secrets or logs cannot be reached")
            .or(&[
                ("INIT-05", "the log driver waits for CloudWatch Logs"),
                ("RTE-01", "there is no way to ECR"),
                ("RTE-03", "there is no way to the layers"),
            ])
    } else if parsed.has(Sign::CreateTimedOut) {
        at("the container runtime was too slow to create the container")
            .likely("INIT-07", "the agent gives it some minutes, and the host is too busy or its disk too slow")
            .possible("HOST-01", "or the runtime does not answer at all")
    } else if parsed.has(Sign::PullTimedOut) {
        Answer::at(Stage::LayerBytes, "the pull took longer than the agent gives it")
            .likely("RTE-12", "the way is too slow, or bytes stopped coming")
            .or(&[
                ("SLOW-01", "the image is too large for the way and the task"),
                ("MTU-01", "large packets are lost on the way"),
                ("RTE-03", "there is no way to the layers"),
            ])
    } else if parsed.has(Sign::DockerDown) {
        at("the host's container runtime does not answer").likely("HOST-01", "the message is of its client")
    } else if parsed.has(Sign::NotStable) {
        Answer::unrecognised(
            Some(Stage::TaskStart),
            "tasks of the service keep failing; the reason is in the stopped tasks, not in this event",
        )
        .possible("INIT-09", "the event itself names no reason")
    } else if parsed.has(Sign::Resources) && is_last_step(parsed) {
        Answer::unrecognised(
            Some(Stage::TaskStart),
            "the task's secrets or the registry's token could not be had; the rest is cut off",
        )
        .or(&[
            ("RTE-01", "there is no way to what gives them"),
            ("INIT-01", "Secrets Manager cannot be reached"),
            ("INIT-02", "or the Parameter Store"),
            ("IAM-01", "the role may not ask for a token"),
            ("INIT-03", "or may not read a secret"),
        ])
    } else if parsed.has(Sign::NotStarted) && is_code_only(parsed) && Hop::of(parsed, None).is_none() {
        Answer::unrecognised(Some(Stage::TaskStart), "the task did not start, for a reason that is not known here")
            .possible("INIT-09", "the containers' own reasons may tell more")
    } else if parsed.has(Sign::NotStarted)
        && parsed.last(&[Sign::CannotPull]) < parsed.last(&[Sign::NotStarted])
        && !parsed.has(Sign::Unpack)
        && matches!(Hop::of(parsed, None), None | Some(Hop::Unnamed))
    {
        let answer =
            at("the task did not start, and this field does not tell why: the reason is in containers[].reason")
                .likely("INIT-09", "the text is the generic one");
        if is_told_why(parsed) { answer.hedged() } else { answer }
    } else {
        return None;
    })
}

/// Whether the text names no hop, or a pull only by ECS's name for the failure of one, and before these words.
fn is_last_step(parsed: &Parsed) -> bool {
    match Hop::of(parsed, None) {
        None => true,
        Some(Hop::Unnamed) => parsed.last(&[Sign::CannotPull]) < parsed.last(&[Sign::Resources]),
        Some(_) => false,
    }
}

/// Whether a reason follows the words, of which nothing else is known: `TaskFailedToStart: WORDS`.
fn is_told_why(parsed: &Parsed) -> bool {
    let rest = parsed.plain.tight.rsplit_once("taskfailedtostart:").map_or("", |(_, rest)| rest);
    rest.starts_with(|it: char| it.is_ascii_alphanumeric())
}

/// Whether "task failed to start" is but the code that every such task has, beside a reason of its own.
fn is_code_only(parsed: &Parsed) -> bool {
    let tight = &parsed.plain.tight;
    let count = |phrase: &str| tight.matches(phrase).count();
    let reasoned = ["stoppedreason:", "stopreason:"].iter().any(|key| tight.contains(key));
    reasoned && count("taskfailedtostart") == count("stopcode:taskfailedtostart")
}
