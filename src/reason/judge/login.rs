//! Who asks: keys, tokens, logins and clocks.

use super::answer::Answer;
use super::hop::Hop;
use crate::model::Stage;
use crate::reason::host_kind::HostKind;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::TokenExpired) {
        let answer = Answer::at(Stage::RegistryAuth, "the registry was shown a token that has expired");
        return Some(answer.proven("TOK-01", "the registry says so; what else the text holds follows from it"));
    }
    if parsed.has(Sign::ClockSkew) {
        let answer =
            Answer::at(Stage::AuthToken, "the client's clock is wrong: AWS takes signatures of the last minutes only");
        return Some(answer.proven("CLK-01", "the times in the message are apart by more than a signature may be"));
    }
    if parsed.has(Sign::BadKeys) {
        let answer = Answer::at(Stage::AuthToken, "AWS does not know the keys that signed the request");
        return Some(
            answer
                .likely("IAM-14", "they are wrong, deleted, expired, or of another partition")
                .possible("CLK-01", "or the clock is wrong"),
        );
    }
    credentials(parsed).or_else(|| presented(parsed))
}

/// Nobody had any credentials to sign with.
fn credentials(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::EmptyCredentials) {
        let answer = Answer::at(Stage::Credentials, "the agent did not get the execution role's credentials");
        return Some(answer.proven("IAM-11", "the message is the agent's own"));
    }
    let refused = parsed.has(Sign::TokenService) && parsed.status(|status| (400..429).contains(&status)).is_some();
    if parsed.has(Sign::NoPullCredentials) || refused {
        let answer = Answer::at(Stage::RegistryAuth, "the registry wants a login, and the task gives none");
        return Some(
            answer.likely("IAM-12", "repositoryCredentials is missing, or its secret cannot be read").or(&[
                ("IMG-03", "the image may not be there at all"),
                ("IMG-01", "or its repository is named wrongly"),
            ]),
        );
    }
    if !parsed.has(Sign::NoCredentials) {
        return None;
    }
    match Hop::of(parsed, None) {
        Some(Hop::Logs) => {
            let answer = Answer::at(Stage::TaskStart, "the log driver found no AWS credentials");
            Some(answer.proven("INIT-15", "it runs in the host's daemon, which has none of the task's"))
        }
        Some(_) => {
            let answer = Answer::at(Stage::Credentials, "there are no AWS credentials to ask ECR with");
            Some(
                answer
                    .likely("IAM-13", "nothing in the credential chain gave any")
                    .possible("IAM-08", "or the metadata endpoint does not answer"),
            )
        }
        None => Some(
            Answer::unrecognised(
                Some(Stage::Credentials),
                "some program found no AWS credentials; nothing in the text says that it was pulling an image",
            )
            .possible("IAM-13", "if it was ECR that it meant to ask"),
        ),
    }
}

/// The registry wanted a login and got none, or another one.
fn presented(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::LoginFailed) {
        let answer =
            Answer::at(Stage::RegistryAuth, "the registry took neither the user's name nor the password of the login");
        return Some(match parsed.status(|status| status == 400) {
            Some(_) => answer
                .likely(
                    "TOK-04",
                    "400 is a login that cannot be read: the token is cut or wrapped, or the user is not AWS",
                )
                .or(&[("TOK-02", "or the token is of another Region"), ("TOK-03", "or it was none of ECR's")]),
            None => answer
                .likely("TOK-02", "the token is of another Region or registry")
                .or(&[("TOK-01", "or it has expired"), ("TOK-04", "or it was mangled")]),
        });
    }
    if parsed.has(Sign::HelperFailed) {
        let answer = Answer::at(Stage::RegistryAuth, "the client's credential helper gave no login");
        return Some(answer.likely("TOK-03", "it is not installed, not on the PATH, or fails").or(&[
            ("IAM-13", "it may have no AWS credentials to ask with"),
            ("IAM-01", "or may not ask for a token"),
        ]));
    }
    if parsed.has(Sign::WrongPassword) {
        return Some(wrong_password(parsed));
    }
    // Where nothing says more, and of a pull: the word is any program's.
    let bare = parsed.has(Sign::Unauthorized) && !parsed.has(Sign::AccessDenied) && Hop::of(parsed, None).is_some();
    let answered =
        parsed.any(&[Sign::NoBasicAuth, Sign::AuthRequired]) || parsed.status(|status| status == 401).is_some() || bare;
    // Whoever got no token has none to show.
    let no_token = parsed.has(Sign::RegistryAuth)
        && parsed.any(&[
            Sign::TimedOut,
            Sign::NoAnswer,
            Sign::NoSuchHost,
            Sign::NameError,
            Sign::Refused,
            Sign::Throttled,
        ]);
    if !answered || no_token {
        return None;
    }
    let named =
        [HostKind::Registry, HostKind::PublicEcr, HostKind::OtherRegistry].iter().any(|kind| parsed.names(*kind));
    let hub = parsed.names(HostKind::DockerHub) || parsed.has(Sign::AccessDenied) && !named;
    if hub {
        let answer =
            Answer::at(Stage::RegistryAuth, "the registry has no such image for a client that has not logged in");
        return Some(answer.likely("IMG-03", "a name without a registry means Docker Hub").or(&[
            ("IMG-01", "the repository is named wrongly, or is private"),
            ("IAM-12", "the registry wants credentials that the task does not give"),
        ]));
    }
    if parsed.names(HostKind::OtherRegistry) && !parsed.names(HostKind::Registry) {
        let answer = Answer::at(Stage::RegistryAuth, "the registry wants a login, and got none that it takes");
        return Some(
            answer
                .likely("IAM-12", "repositoryCredentials is missing, or its secret cannot be read")
                .possible("TOK-03", "the client has no login for it"),
        );
    }
    let answer = Answer::at(Stage::RegistryAuth, "the client showed the registry no credentials");
    let answer = answer.likely("TOK-03", "there is no login, no credential helper, or one for another registry");
    let dual_stack = parsed.hosts.iter().any(|host| host.name.contains(".dkr-ecr"));
    let unknown: &[_] =
        if dual_stack { &[("CFG-04", "the client does not know ECR's dual-stack host for one of ECR's")] } else { &[] };
    Some(answer.or(unknown).or(&[
        ("TOK-02", "on ECS: the token is of another Region"),
        ("IAM-01", "on ECS: the role may not ask for a token"),
        ("TOK-01", "the login has expired"),
    ]))
}

/// The registry was shown a login, and knows better.
fn wrong_password(parsed: &Parsed) -> Answer {
    let answer =
        Answer::at(Stage::RegistryAuth, "the registry does not take the user's name and password it was shown");
    if parsed.names(HostKind::Registry) {
        answer
            .likely("TOK-04", "the token is cut or wrapped, or the user is not AWS")
            .or(&[("TOK-01", "or the token has expired"), ("TOK-02", "or it is of another Region")])
    } else {
        answer
            .likely("IAM-12", "the secret of repositoryCredentials, or the login on the host, is out of date")
            .or(&[("TOK-04", "or the login was mangled"), ("TOK-03", "or it is another registry's")])
    }
}
