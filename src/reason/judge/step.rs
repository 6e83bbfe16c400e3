//! Texts that are cut before the reason: the step, and how often it was tried, still tell something.

use super::address::lost;
use super::answer::Answer;
use super::hop::Hop;
use super::refusal::reason_alone;
use super::start::is_of_another_log;
use crate::model::Stage;
use crate::reason::host_kind::exists;
use crate::reason::parsed::{Parsed, plain_words};
use crate::reason::sign::Sign;

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    let hop = Hop::of(parsed, None)?;
    let is_asking = parsed.plain.tight.rfind("dialtcp").is_some_and(|at| parsed.plain.tight[at..].contains("lookup"));
    if is_asking && parsed.address.is_none() {
        let means = format!("the name of {} was asked for; the answer is cut off", hop.title());
        let answer = Answer::at(Stage::Dns, means).likely("DNS-15", "the name server may not answer").or(&[
            ("DNS-05", "or the name does not exist"),
            ("DNS-01", "or the VPC's DNS resolution is off"),
            ("DNS-09", "or a DNS firewall denies it"),
        ]);
        let is_known = parsed.host_before(None).is_some_and(|host| exists(&host.name, host.kind));
        return Some(answer.without(|code| is_known && code == "DNS-05"));
    }
    let many = parsed.tries.is_some_and(|tries| tries > 1);
    match hop {
        // The agent asks again where nothing answers, and gives up at once where it is told no.
        Hop::Api if many => Some(lost(parsed, hop)),
        // A log that only tells of a login that was asked for.
        Hop::Api if !parsed.has(Sign::RegistryAuth) => unknown(hop, parsed),
        Hop::SecretsManager | Hop::Ssm if many => Some(lost(parsed, hop)),
        // The SDK for Go 1 names so what failed before an answer.
        Hop::Api | Hop::SecretsManager | Hop::Ssm if is_request_error(parsed) => Some(lost(parsed, hop)),
        // The reason is there, and not known.
        Hop::SecretsManager | Hop::Ssm if parsed.plain.tight.contains("apierror") => unknown(hop, parsed),
        // What it names so it found wrong in the request, and sent none.
        Hop::SecretsManager | Hop::Ssm if parsed.plain.tight.contains("invalidparameter:") => {
            let answer =
                Answer::at(Stage::TaskStart, "the request for the secret is malformed: the SDK did not send it");
            Some(
                answer
                    .likely("INIT-12", "valueFrom names a version, a stage or a key in a form that is none")
                    .possible("INIT-04", "or the ARN or name in it is malformed"),
            )
        }
        // It does not say that it was answered.
        Hop::SecretsManager | Hop::Ssm if parsed.tries.is_none() && !goes_on_in_line(parsed) => Some(no_secret(hop)),
        Hop::SecretsManager | Hop::Ssm => {
            let answer = Answer::at(
                Stage::TaskStart,
                format!("{} answered, and gave no secret; the rest is cut off", hop.title()),
            );
            Some(
                answer
                    .likely(
                        "INIT-03",
                        "it was tried once, so something was parsed: most often that the execution role may not",
                    )
                    .or(&[
                        ("INIT-04", "the secret or parameter is not there"),
                        ("INIT-12", "or its value is not what is expected"),
                        ("SG-06", "or it could not be reached after all"),
                    ]),
            )
        }
        Hop::Api => {
            let answer = Answer::at(Stage::AuthToken, "the authorization token could not be had; the rest is cut off");
            Some(
                answer
                    .likely("IAM-01", "it was tried once, so something was parsed: most often that the role may not")
                    .or(&[("RTE-01", "or there is no way to ECR"), ("SG-01", "or the endpoint does not answer")]),
            )
        }
        Hop::Logs if parsed.has(Sign::Logger) && is_of_another_log(parsed) => {
            let answer = Answer::at(Stage::TaskStart, "the log driver could not be set up; the rest is not known");
            Some(answer.likely("INIT-16", "its log goes to a server of its own, and not to CloudWatch Logs"))
        }
        Hop::Logs if parsed.has(Sign::Logger) => {
            let answer = Answer::at(Stage::TaskStart, "the log driver could not be set up; the rest is cut off");
            Some(answer.likely("INIT-05", "most often CloudWatch Logs cannot be reached").or(&[
                ("INIT-06", "or the log group does not exist"),
                ("INIT-14", "or its options are wrong"),
                ("INIT-15", "or it has no credentials"),
            ]))
        }
        // Cut after the words by which the request itself failed, and not its answer.
        Hop::Upstream if parsed.any(&[Sign::Transport, Sign::Copy]) => Some(lost(parsed, hop)),
        Hop::LayerStore if parsed.any(&[Sign::Transport, Sign::Config]) => Some(lost(parsed, hop)),
        Hop::LayerStore if parsed.has(Sign::LayerStore) && parsed.any(&[Sign::Copy, Sign::Pull]) => {
            Some(lost(parsed, hop))
        }
        Hop::Unnamed if parsed.plain.tight.contains("inspectimagehas") => Some(no_manifest()),
        _ if is_only_counted(parsed) => Some(no_manifest().hedged()),
        // The words of a proxy, where Go's would tell what failed.
        _ if parsed.has(Sign::Transport) && reason_alone(parsed).is_some() => unknown(hop, parsed),
        _ if parsed.has(Sign::Unpack) => None,
        Hop::Registry | Hop::DockerHub | Hop::PublicEcr | Hop::OtherRegistry | Hop::BlobStore
            if parsed.has(Sign::Transport) && !parsed.goes_on() =>
        {
            Some(lost(parsed, hop))
        }
        Hop::EnvFiles => unknown(hop, parsed)
            .map(|answer| answer.possible("INIT-11", "the way to S3, the name of the file, or the right to it fails")),
        _ => unknown(hop, parsed),
    }
}

/// Whether its line goes on behind the step: people write below a message what they think of it.
fn goes_on_in_line(parsed: &Parsed) -> bool {
    let Some(step) = parsed.last(&[Sign::AsmSecret, Sign::AsmRegistryAuth, Sign::SsmSecret]) else { return false };
    let line = parsed.plain.line.get(step..parsed.plain.line_around(step).end).unwrap_or_default();
    // `retrieve secret from asm`.
    line.trim_end().ends_with(':') || plain_words(line).nth(4).is_some()
}

/// The agent got no secret, and the text does not tell why.
fn no_secret(hop: Hop) -> Answer {
    let means = format!("{} gave no secret; the rest is cut off", hop.title());
    let unreached = if hop == Hop::Ssm { "INIT-02" } else { "INIT-01" };
    Answer::unrecognised(Some(Stage::TaskStart), means).or(&[
        ("INIT-03", "the execution role may not read it"),
        (unreached, "or the service cannot be reached"),
        ("INIT-04", "or the secret or parameter is not there"),
        ("SG-06", "or the endpoint's security group does not allow HTTPS"),
    ])
}

/// Fargate did not get the manifest, and the text does not tell why.
fn no_manifest() -> Answer {
    let answer = Answer::at(Stage::Manifest, "the manifest could not be had; the rest is cut off");
    answer.likely("IMG-09", "an older Fargate's words for it, and they give no reason").or(&[
        ("RTE-01", "there may be no way to the registry"),
        ("IMG-02", "or no such tag"),
        ("IMG-01", "or no such repository"),
        ("IAM-02", "or the role may not pull it"),
    ])
}

/// Whether the text says how often the manifest was asked for, and ends.
fn is_only_counted(parsed: &Parsed) -> bool {
    const COUNTED: &str = "pullimagemanifesthasbeenretried";
    parsed.plain.tight.rfind(COUNTED).is_some_and(|at| !parsed.goes_on_after(at + COUNTED.len() - 1))
}

/// `RequestError: send request failed`, cut or not, and nothing of an answer.
fn is_request_error(parsed: &Parsed) -> bool {
    parsed.plain.tight.contains("requesterror:") && parsed.statuses.is_empty() && parsed.address.is_none()
}

fn unknown(hop: Hop, parsed: &Parsed) -> Option<Answer> {
    let means = format!("the text is of a pull, at {}; the reason that it gives is not known", hop.title());
    let answer = Answer::unrecognised(Some(hop.stage()), means);
    Some(match reason_alone(parsed) {
        Some(_) => answer.possible("PRX-02", "a proxy that refuses a request gives such a reason, in its own words"),
        None => answer,
    })
}
