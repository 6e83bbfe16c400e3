//! Who asks: keys, tokens, logins and clocks.

use super::answer::Answer;
use super::hop::Hop;
use super::hub;
use super::layers_begun;
use super::no_way::NO_WAY;
use super::refusal::reason_alone;
use super::speaks_of_ecr::speaks_of_ecr;
use crate::model::Stage;
use crate::reason::host_kind::HostKind;
use crate::reason::hosts::Host;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    // There are none because there is no way to what gives them.
    if Hop::of(parsed, None) == Some(Hop::Sts) && parsed.any(&NO_WAY) {
        return None;
    }
    if parsed.has(Sign::TokenExpired) {
        let answer = Answer::at(Stage::RegistryAuth, "the registry was shown a token that has expired");
        return Some(answer.proven("TOK-01", "the registry says that the token has expired"));
    }
    if parsed.has(Sign::ClockSkew) {
        let answer = Answer::at(
            Stage::AuthToken,
            "AWS rejected the signature by its time: it accepts a few minutes of difference",
        );
        return Some(answer.likely(
            "CLK-01",
            "the clock of the client is wrong, unless the request waited for minutes before it was sent",
        ));
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
        let answer = Answer::at(Stage::Credentials, "the ECS agent had no credentials for the pull");
        return Some(
            answer
                .likely("IAM-11", "on a first try the execution role's credentials may not have reached the agent yet")
                .possible("IAM-06", "or ECS is not allowed to assume the execution role"),
        );
    }
    let by_path = parsed.plain.tight.contains("/token") && parsed.status(|status| status == 401).is_some();
    let is_refusal = |status: u16| (400..429).contains(&status) && status != 407;
    // A request that is malformed says nothing of the image, nor does a login that was shown.
    let is_of_login = parsed.has(Sign::WrongPassword) || parsed.status(|status| status == 400).is_some();
    let refused = by_path || parsed.has(Sign::TokenService) && parsed.status(is_refusal).is_some();
    if parsed.has(Sign::NoPullCredentials) || refused {
        let answer = Answer::at(Stage::RegistryAuth, "the registry requires a login, and the task has none that works");
        let answer = answer.likely("IAM-12", "repositoryCredentials is missing, or its secret cannot be read");
        return Some(if is_of_login {
            answer.or(&[("TOK-04", "or the login was mangled"), ("TOK-03", "or it is another registry's")])
        } else {
            answer.or(&[
                ("IMG-03", "the image may not be there at all"),
                ("IMG-01", "or its repository is named wrongly"),
            ])
        });
    }
    if !parsed.has(Sign::NoCredentials) {
        return None;
    }
    match Hop::of(parsed, None).or_else(|| is_login_without_password(parsed).then_some(Hop::Api)) {
        Some(Hop::Logs) => {
            let answer = Answer::at(Stage::TaskStart, "the log driver found no AWS credentials");
            Some(
                answer.likely(
                    "INIT-15",
                    "the driver runs in the host's daemon, which does not have the task's credentials",
                ),
            )
        }
        Some(_) => {
            let answer = Answer::at(Stage::Credentials, "there are no AWS credentials to ask ECR with");
            Some(
                answer
                    .likely("IAM-13", "nothing in the credential chain gave any")
                    .possible("IAM-08", "or the metadata endpoint does not answer")
                    .unless_unread(parsed),
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

/// What docker login says where the command before it, whose output is the password, printed none.
fn is_login_without_password(parsed: &Parsed) -> bool {
    ["aninteractivelogin", "passwordisempty"].iter().any(|it| parsed.plain.tight.contains(it))
}

/// The registry wanted a login and got none, or another one.
fn presented(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::LoginFailed)
        && let Some(host) = parsed.hosts.iter().find(|host| host.contacted && has_no_account(host))
    {
        let answer = Answer::at(Stage::RegistryAuth, format!("{} is not the name of an ECR registry", host.name));
        return Some(
            answer
                .likely("DNS-05", "the account in it is not twelve digits: ECR's domain answers for any name")
                .possible("TOK-04", "or the login was mangled besides"),
        );
    }
    let of_another = |status| matches!(status, 407 | 408 | 429 | 500..);
    if parsed.has(Sign::LoginFailed) && parsed.status(of_another).is_none() {
        let answer = Answer::at(Stage::RegistryAuth, "the registry rejected the login");
        let is_other = |host: &Host| matches!(host.kind, HostKind::OtherRegistry | HostKind::DockerHub);
        let of_other = parsed.hosts.iter().any(is_other) && !parsed.hosts.iter().any(|host| host.kind.is_aws());
        if of_other && parsed.status(|status| matches!(status, 400 | 401 | 403)).is_some() {
            return Some(answer.likely("IAM-12", "the name, the password or the token is wrong, or has expired"));
        }
        return Some(match parsed.status(|status| status == 400) {
            Some(_) => answer
                .likely(
                    "TOK-04",
                    "400 is a login that cannot be read: the token is cut or wrapped, or the user is not AWS",
                )
                .possible("TOK-02", "or the token is of another Region"),
            None if parsed.status(|status| status == 404).is_some() => answer
                .likely("CFG-05", "what answers is no registry: a mirror or proxy has the wrong prefix")
                .possible("PRX-02", "or a proxy answers in the registry's place"),
            None if parsed.statuses.is_empty() => answer
                .likely("TOK-04", "the token is cut or wrapped, or the user is not AWS")
                .or(&[("TOK-02", "or the token is of another Region"), ("TOK-01", "or it has expired")]),
            None => answer
                .likely("TOK-02", "the token is of another Region or registry")
                .or(&[("TOK-01", "or it has expired"), ("TOK-04", "or it was mangled")]),
        });
    }
    if parsed.has(Sign::HelperFailed) {
        let answer = Answer::at(Stage::RegistryAuth, "the client's credential helper gave no login");
        return Some(
            answer
                .likely("TOK-03", "it is not installed, not on the PATH, or fails")
                .or(if is_of_another_helper(&parsed.plain.line) || !parsed.plain.tight.contains("ecr") {
                    &[]
                } else {
                    &[
                        ("IAM-13", "it may have no AWS credentials to ask with"),
                        ("IAM-01", "or may not ask for a token"),
                    ]
                })
                .unless_unread(parsed),
        );
    }
    if parsed.has(Sign::WrongPassword) {
        return Some(wrong_password(parsed));
    }
    // Where nothing says more, and of a pull: the word is any program's.
    if parsed.status(|status| status == 407).is_some() {
        return None;
    }
    let bare = parsed.has(Sign::Unauthorized) && !parsed.has(Sign::AccessDenied) && Hop::of(parsed, None).is_some();
    let answered = parsed.has(Sign::NoBasicAuth)
        || parsed.has(Sign::AuthRequired) && reason_alone(parsed).is_none()
        || parsed.status(|status| status == 401).is_some()
        || bare;
    // A client that got no token has none to show.
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
    if layers_begun::have_begun(parsed) {
        return Some(layers_begun::denied(parsed));
    }
    let named = parsed
        .hosts
        .iter()
        .any(|host| !matches!(host.kind, HostKind::DockerHub | HostKind::Cdn | HostKind::OtherService));
    // Docker Hub asks for a token, and never for Basic.
    let unnamed = parsed.has(Sign::AccessDenied) && !named && !parsed.has(Sign::NoBasicAuth);
    // What the token was asked for: `Name:library/nginx`.
    let is_library = !named && parsed.plain.tight.contains("name:library/");
    let of_hub =
        parsed.names(HostKind::DockerHub) && !(parsed.has(Sign::NoBasicAuth) && parsed.names(HostKind::Registry));
    let hub = of_hub || unnamed || is_library;
    if hub {
        let answer =
            Answer::at(Stage::RegistryAuth, "the registry has no such image for a client that has not logged in");
        return Some(if parsed.any(&[Sign::AccessDenied, Sign::NoScope, Sign::RegistryDenied]) {
            hub::denied(answer, parsed)
        } else {
            answer
                .likely("IAM-12", "it wants credentials, or others: it gives public images without any")
                .or(&[("IMG-03", "or the registry is missing from the name"), ("IMG-01", "or the name is wrong")])
        });
    }
    if parsed.names(HostKind::OtherRegistry) && !parsed.names(HostKind::Registry) {
        let answer = Answer::at(Stage::RegistryAuth, "the registry rejected the credentials, or got none");
        return Some(answer.likely("IAM-12", "there is no login for it, or repositoryCredentials cannot be read"));
    }
    // ECR says otherwise where no login came: Docker prints "no basic auth credentials", and others "Not Authorized".
    let is_status = parsed.status(|status| status == 401).is_some() && !parsed.plain.tight.contains("notauthorized");
    let is_refused = parsed.has(Sign::AuthRequired) || is_status || bare;
    if parsed.hosts.is_empty() && is_refused && !speaks_of_ecr(parsed) {
        let answer = Answer::at(Stage::RegistryAuth, "the registry rejected the credentials, or got none");
        return Some(
            answer
                .likely("IAM-12", "the words are those of other registries: they want credentials, or others")
                .possible("TOK-03", "or it is ECR, and the client has no login for it"),
        );
    }
    let answer = Answer::at(Stage::RegistryAuth, "the client showed the registry no credentials");
    let answer = answer.likely("TOK-03", "there is no login, no credential helper, or one for another registry");
    let dual_stack = parsed.hosts.iter().any(|host| host.name.contains(".dkr-ecr"));
    let unknown: &[_] =
        if dual_stack { &[("CFG-04", "the client does not recognize ECR's dual-stack host name")] } else { &[] };
    let answer = answer.or(unknown).possible("TOK-02", "or the one that there is, is of another Region");
    Some(if asks_by_itself(parsed) { answer.possible("IAM-01", "the role may not ask for a token") } else { answer })
}

/// Whether what pulls asks ECR for a token itself, with a role, as the ECS agent and kubelet do: others are given a login.
fn asks_by_itself(parsed: &Parsed) -> bool {
    const OF_KUBELET: [&str; 5] = ["kubelet", "rpcerror", "errimagepull", "imagepullbackoff", "failedtopullimage"];
    parsed.any(&[Sign::CannotPull, Sign::ResourceInit, Sign::Agent])
        || OF_KUBELET.iter().any(|it| parsed.plain.tight.contains(it))
}

/// Whether the helper that is named is not the one for ECR, and asks AWS nothing: `docker-credential-desktop`.
fn is_of_another_helper(line: &str) -> bool {
    let mut names = line.split("docker-credential-").skip(1);
    names.next().is_some_and(|first| !first.starts_with("ecr")) && names.all(|name| !name.starts_with("ecr"))
}

/// Whether a registry's name begins with what is no account: `None.dkr.ecr.…`, `1234-5678-9012.dkr.ecr.…`.
fn has_no_account(host: &Host) -> bool {
    let account = host.name.split('.').next().unwrap_or_default();
    // Dashes alone are what people put for it.
    let has_dashes =
        account.trim_matches('-').contains('-') && account.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    // What templates write for a variable without a value.
    let is_unset = ["none", "null", "undefined", "nil"].iter().any(|word| account.eq_ignore_ascii_case(word));
    host.kind == HostKind::MalformedEcr || host.kind == HostKind::Registry && (has_dashes || is_unset)
}

/// The registry was shown a login, and knows better.
fn wrong_password(parsed: &Parsed) -> Answer {
    let answer = Answer::at(Stage::RegistryAuth, "the registry rejected the user name and password");
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
