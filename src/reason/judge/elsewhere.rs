//! Failures that are no pull's: said to be so, lest somebody looks for them in the network.

use super::answer::Answer;
use super::container_start;
use super::on_the_host;
use super::plugin;
use super::push;
use crate::model::Stage;
use crate::model::outcome::Denial;
use crate::reason::host_kind::HostKind;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;
use crate::reason::vocabulary::{Kind, Row};
use crate::reason::whole_words::{self, PULLS};

/// The operations of a pull and of a task's start.
const OPERATIONS: [&str; 20] = [
    "PassRole",
    "AssumeRoleWithWebIdentity",
    "ClientMount",
    "ClientWrite",
    "ClientRootAccess",
    "GetAuthorizationToken",
    "GetServiceBearerToken",
    "BatchGetImage",
    "BatchCheckLayerAvailability",
    "BatchImportUpstreamImage",
    "GetDownloadUrlForLayer",
    "GetObject",
    "GetSecretValue",
    "GetParameter",
    "GetParameters",
    "Decrypt",
    "CreateLogStream",
    "CreateLogGroup",
    "PutLogEvents",
    "AssumeRole",
];

/// What asks for the credentials that another call is then signed with: it is never the reader's own aim, and the call
/// around it says what is.
const FOR_CREDENTIALS: [&str; 10] = [
    "GetMetadata",
    "GetToken",
    "GetIAMInfo",
    "GetRoleCredentials",
    "CreateToken",
    "CreateOAuth2Token",
    "AssumeRoleWithSAML",
    "GetSessionToken",
    "GetFederationToken",
    "GetCallerIdentity",
];

/// What SageMaker makes without an image of the reader's.
const OF_NO_IMAGE: [&str; 4] = ["FeatureGroup", "NotebookInstance", "CreateDomain", "CreateUserProfile"];

/// What only a push asks for.
const PUSHES: [&str; 4] = ["PutImage", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload"];

/// Signs that settle it, with what they mean.
const SETTLED: [(Sign, &str); 16] = [
    (Sign::OutOfMemory, "a container used more memory than it may"),
    (Sign::Placement, "no container instance fits the task"),
    (Sign::Capacity, "there is no capacity for the task at this time"),
    (Sign::HealthCheck, "the task ran, and failed its health checks"),
    (Sign::Quota, "a quota of the account is reached"),
    (Sign::Held, "the ECS scheduler itself held the service back"),
    (Sign::HostPort, "a port that the container wants is taken"),
    (Sign::NameTaken, "the host has a container of that name already"),
    (Sign::Volume, "a volume could not be made or mounted"),
    (Sign::NetworkInterface, "the task's network interface could not be made or attached"),
    (Sign::AgentChannel, "the ECS agent lost its own channel to ECS"),
    (Sign::Push, "an image was pushed, and not pulled"),
    (Sign::Stopped, "the task was stopped from outside"),
    (Sign::Unstopped, "the container ran, and could not be stopped"),
    (Sign::Cluster, "the API server of a Kubernetes cluster was not reached, and no registry"),
    (Sign::OfAContainer, "the call that failed is of a container that was there already"),
];

/// Signs that settle it where no word of a pull stands beside them: they come with pulls, too.
const SETTLED_ALONE: [(Sign, &str); 3] = [
    (Sign::Routine, "nothing failed: the service tells of its ordinary work"),
    (Sign::Rejected, "an API of AWS refused the request itself"),
    (Sign::Unscheduled, "the scheduler found no place for the pod"),
];

/// Signs that settle it whatever stands beside them: the same words tell of a pull elsewhere.
const SETTLED_FIRST: [(Sign, &str); 2] = [
    (Sign::OnTheHost, "an image was looked for on the host, or beside it: that it is not there ends no pull"),
    (Sign::Model, "a model of Ollama was pulled, and no container image"),
];

/// Of those that settle it, the ones of a container that ran: the next image may be one that cannot be pulled.
const OF_WHAT_RAN: [Sign; 5] = [Sign::OutOfMemory, Sign::HealthCheck, Sign::Stopped, Sign::OfAContainer, Sign::Cluster];

/// Of those that settle it, the ones that ECS names within a `ResourceInitializationError`, which is of pulls and of other resources.
const OTHER_RESOURCES: [Sign; 3] = [Sign::Capacity, Sign::Volume, Sign::NetworkInterface];

/// Words that only a pull or a task's start has, and no push.
const NO_PUSHES: [Sign; 12] = [
    Sign::CannotPull,
    Sign::Resources,
    Sign::RegistryAuth,
    Sign::AsmSecret,
    Sign::AsmRegistryAuth,
    Sign::SsmSecret,
    Sign::Logger,
    Sign::EnvFiles,
    Sign::Resolve,
    Sign::NoBasicAuth,
    Sign::HelperFailed,
    Sign::CannotAssumeRole,
];

/// What a push asks for, or is told, too.
const OF_PULLS_AND_PUSHES: [Sign; 2] = [Sign::ManifestPath, Sign::TokenExpired];

/// What a pull is told of an image that is not there, or not for the platform.
const OF_AN_IMAGE: [Sign; 2] = [Sign::ManifestUnknown, Sign::NoPlatform];

/// What ECS says of a container that did not start, beside those that ended.
const OF_A_START: [Sign; 7] = [
    Sign::ResourceInit,
    Sign::NotStarted,
    Sign::NotStable,
    Sign::ExecFormat,
    Sign::StartTimedOut,
    Sign::CreateTimedOut,
    Sign::PullTimedOut,
];

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    if is_of_its_log(parsed) {
        return Some(Answer::no_pull("the container ran and ended by itself"));
    }
    if let Some(answer) = run_step(parsed) {
        return Some(answer);
    }
    // Ollama says of a model, too, that it failed to pull it.
    let of_an_image = || {
        let has = |words: &str| parsed.plain.tight.contains(words);
        has("failedtopullimage") || has("pullaccessdenied") || parsed.any(&[Sign::CannotPull, Sign::Resolve])
    };
    let is_beside = |sign: Sign| sign == Sign::Model && of_an_image();
    if let Some((_, means)) = SETTLED_FIRST.iter().find(|(sign, _)| parsed.has(*sign) && !is_beside(*sign)) {
        return Some(Answer::no_pull(*means));
    }
    if parsed.status(|status| status == 413).is_some() || parsed.plain.tight.contains("requestentitytoolarge") {
        return Some(Answer::no_pull(
            "what was sent is too large for the server, as an image is that is pushed: a pull sends nothing large",
        ));
    }
    if let Some(means) = push::means(parsed).filter(|_| !parsed.any(&[Sign::CannotPull, Sign::ResourceInit])) {
        return Some(Answer::no_pull(means));
    }
    if is_push_told(parsed) {
        return Some(Answer::no_pull("an image was to be pushed, and not pulled"));
    }
    if plugin::is_of_no_image(parsed) {
        return Some(Answer::no_pull(
            "an authorization plugin of the host's Docker daemon refused a request for no image",
        ));
    }
    if on_the_host::is_missing(parsed) {
        return Some(Answer::no_pull("an image was looked for on the host: that it is not there ends no pull"));
    }
    if is_after_pulls(Sign::PodNetwork, parsed) {
        return Some(Answer::no_pull(
            "the plug-in that gives a pod its network failed (CNI), before any image is needed",
        ));
    }
    // A new volume is filled by copying, too.
    let of_a_pull = parsed.any(&NO_PUSHES)
        || parsed.any(&OF_PULLS_AND_PUSHES)
        || parsed.has(Sign::Copy) && !parsed.has(Sign::Volume);
    if parsed.has(Sign::EfsVolume) && !of_a_pull {
        return Some(
            Answer::no_pull("an EFS volume could not be mounted; the image is not to blame")
                .likely("INIT-10", "the message is of EFS' mount helper")
                .unless_unread(parsed),
        );
    }
    // A push fails on the same way to the registry, and with the same login.
    let on_the_way = parsed.any(&WAY) && parsed.plain.tight.contains("/v2/:");
    // ECR says so to every client, whatever it came for.
    let is_for_ecr = || parsed.any(&[Sign::EcrLogin, Sign::RegistryAuth]) || has_step_of_the_token(parsed);
    let no_keys = parsed.any(&[Sign::BadKeys, Sign::NoCredentials]) && is_for_ecr();
    let of_the_login = on_the_way || parsed.has(Sign::TokenExpired) || no_keys;
    let tight = &parsed.plain.tight;
    let is_beside_a_pull = |sign: Sign| {
        is_beside_an_error_of_ecs(parsed, sign)
            || sign == Sign::Push && of_the_login
            || OF_WHAT_RAN.contains(&sign) && is_pull_failed(parsed)
            || sign == Sign::Cluster && ["/v2/", "errorresponsefromdaemon"].iter().any(|it| tight.contains(it))
    };
    let settles = |sign: Sign| parsed.has(sign) && !is_beside_a_pull(sign);
    // A push asks for manifests and blobs, too.
    let of_another = |sign: Sign| if sign == Sign::Push { is_no_push(parsed) } else { of_a_pull };
    if let Some((_, means)) = SETTLED.iter().find(|(sign, _)| settles(*sign) && !of_another(*sign)) {
        return Some(Answer::no_pull(*means));
    }
    let settled_alone = SETTLED_ALONE.iter().find(|(sign, _)| parsed.has(*sign));
    if let Some((_, means)) = settled_alone.filter(|_| !of_a_pull && !parsed.any(&[Sign::Pull, Sign::LogStream])) {
        return Some(Answer::no_pull(*means));
    }
    if parsed.denial.as_ref().is_some_and(|denial| PUSHES.iter().any(|it| denial.action.ends_with(it))) {
        return Some(Answer::no_pull("a push was denied, and no pull"));
    }
    // Lambda looks at the image when a function is made.
    let of_image = parsed.any(&[Sign::RepositoryDenied, Sign::SourceImage]) || has_cause_of_a_pull(parsed);
    let ecs_says_so = parsed.any(&[Sign::CannotPull, Sign::Resources, Sign::EnvFiles]);
    let is_of_no_pull = |it: &&str| !is_needed(it) && !FOR_CREDENTIALS.contains(it) && !of_image && !ecs_says_so;
    if let Some(operation) = parsed.operation.as_deref().filter(is_of_no_pull) {
        return Some(Answer::no_pull(format!(
            "the call that failed is {operation}, which no pull and no task's start makes"
        )));
    }
    if let Some(denial) = parsed.denial.as_ref().filter(|it| !of_a_pull && !it.action.contains('<')) {
        let operation = denial.action.split_once(':').map_or("", |(_, operation)| operation);
        // The first pull through a cache makes the repository.
        let first_pull = operation == "CreateRepository" && parsed.any(&[Sign::Pull, Sign::AccessDenied]);
        if !is_needed(operation) && !first_pull {
            return Some(Answer::no_pull(format!(
                "{} was denied, which no pull and no task's start needs",
                denial.action
            )));
        }
    }
    if let Some(bucket) = parsed.denial.as_ref().filter(|_| !of_a_pull).and_then(strange_bucket) {
        return Some(Answer::no_pull(format!(
            "the bucket that was denied is {bucket}, and not the one of ECR's layers"
        )));
    }
    if container_start::is_told(parsed)
        && !of_a_pull
        && !parsed.any(&[Sign::ExecFormat, Sign::NoSpace, Sign::Unpack, Sign::DockerDown, Sign::NoRoute])
    {
        return Some(Answer::no_pull("the image was pulled, and its program could not be started"));
    }
    let only_other_services =
        !parsed.hosts.is_empty() && parsed.hosts.iter().all(|host| host.kind == HostKind::OtherService);
    // A service principal is no host, and what gives credentials is asked before ECR is.
    let is_denied_a_pull = parsed.denial.is_some();
    let for_credentials = is_login(parsed) && parsed.hosts.iter().all(|host| gives_credentials(&host.name));
    let of_a_start = of_a_pull || of_image || is_denied_a_pull || for_credentials || parsed.has(Sign::AccessDenied);
    if only_other_services && !of_a_start {
        let name = parsed.hosts.first().map(|host| host.name.as_str()).unwrap_or_default();
        return Some(Answer::no_pull(format!("the host is {name}, which no pull and no task's start needs")));
    }
    let exited = parsed.has(Sign::Exited) && !of_a_pull && !parsed.any(&OF_A_START) && !parsed.has(Sign::Client);
    exited.then(|| Answer::no_pull("the container ran and ended by itself"))
}

/// Whether a program says why it does not pull an image, whatever it was called for: `CreateTrainingJob`.
fn has_cause_of_a_pull(parsed: &Parsed) -> bool {
    // What makes a notebook or a feature group takes a role, too, and no image.
    let takes_image = || parsed.operation.as_deref().is_none_or(|it| !OF_NO_IMAGE.iter().any(|of| it.contains(of)));
    let is_cause = |row: &Row| row.of_a_pull && row.kind == Kind::Cause;
    parsed.has(Sign::CannotAssumeRole) || parsed.said().iter().any(|it| is_cause(it.row)) && takes_image()
}

/// Whether a program says that it was to get a token of ECR.
fn has_step_of_the_token(parsed: &Parsed) -> bool {
    parsed.said().iter().any(|it| it.row.of_a_pull && it.row.stage == Some(Stage::AuthToken))
}

/// Whether the sign only stands beside the error that ECS names, and is not what that error says: other fields of the
/// task, other events.
fn is_beside_an_error_of_ecs(parsed: &Parsed, sign: Sign) -> bool {
    let Some(error) = parsed.last(&[Sign::ResourceInit]) else { return false };
    let within = OTHER_RESOURCES.contains(&sign) && parsed.last(&[sign]).is_some_and(|at| at > error);
    !within
}

/// Whether ECS says that the container ended by itself, and nothing else of its own: a program's log may say anything.
fn is_of_its_log(parsed: &Parsed) -> bool {
    parsed.has(Sign::Exited)
        && !parsed.any(&OF_A_START)
        && !parsed.any(&[Sign::CannotPull, Sign::Agent])
        && parsed.plain.tight.contains("essentialcontainerintaskexited")
}

/// Whether a text that tells of a push tells of a pull that failed: a job's log shows the command of the push first.
fn is_no_push(parsed: &Parsed) -> bool {
    // ECR takes the same login for both; of another registry nothing tells that it was for a pull.
    let is_elsewhere = parsed.hosts.iter().all(|host| !host.kind.is_ecr()) && !parsed.hosts.is_empty();
    let is_of_pulls = |sign: &Sign| parsed.has(*sign) && !(is_elsewhere && *sign == Sign::NoBasicAuth);
    // What Docker's daemon asks for an image with.
    const ASKS: [&str; 3] = ["daemon:head", "daemon:get", "gethttps"];
    let tight = &parsed.plain.tight;
    let asks_manifest = || tight.contains("/manifests/") && ASKS.iter().any(|it| tight.contains(it));
    NO_PUSHES.iter().any(is_of_pulls)
        || asks_manifest()
        || parsed.any(&OF_AN_IMAGE)
        || is_pull_failed(parsed)
        || is_of_image_in_use(parsed)
}

/// Whether a service or a host tells of an image that it has or is to run: people push it first, and say so. What a
/// registry lacks it lacks for a push, too.
fn is_of_image_in_use(parsed: &Parsed) -> bool {
    let is_of_both = |row: &Row| row.stage == Some(Stage::RegistryAuth) || row.first.contains(&"IMG-01");
    let is_of_use = |row: &Row| row.of_a_pull && row.kind == Kind::Cause && !is_of_both(row);
    parsed.any(&[Sign::RepositoryDenied, Sign::SourceImage, Sign::ExecFormat])
        || parsed.said().iter().any(|it| is_of_use(it.row))
}

/// Whether a program says that a pull failed, and does not say after it that one went well.
fn is_pull_failed(parsed: &Parsed) -> bool {
    // Of a push the daemon does not name the repository so.
    const WORDS: [&str; 4] = ["pullaccessdenied", "failedtopull", "errorpulling", "fromdaemon:repository"];
    let failed = WORDS.iter().filter_map(|it| parsed.plain.tight.rfind(it)).max().map(|at| parsed.plain.origin(at));
    failed.is_some_and(|at| parsed.last(&[Sign::Pulled]).is_none_or(|pulled| pulled < at))
}

/// Whether a person tells of a push that was denied: the words are those of a pull.
fn is_push_told(parsed: &Parsed) -> bool {
    const PUSHES: [&str; 5] = ["push", "pushing", "uploading", "docker-push", "docker-compose-push"];
    // What runs an image, and what ECS, the kubelet and a registry's client say of a pull in one word.
    const OF_A_PULL: [&str; 7] =
        ["cannotpull", "imagepull", "composeup", "dockerrun", "/manifests/", "kubernetes", "ecsevent"];
    const RUNS: [&str; 7] = ["run", "running", "deploy", "deploying", "pod", "pods", "fargate"];
    let says = |words: &[&str]| whole_words::has(&parsed.plain.line, words);
    let is_of_a_pull = || {
        says(&PULLS)
            || says(&RUNS)
            || OF_A_PULL.iter().any(|it| parsed.plain.tight.contains(it))
            || parsed.any(&NO_PUSHES)
            || is_pull_failed(parsed)
    };
    parsed.has(Sign::AccessDenied) && says(&PUSHES) && !is_of_a_pull()
}

/// Whether the text is of a login at ECR, as far as AWS's CLI and Docker's tell.
fn is_login(parsed: &Parsed) -> bool {
    parsed.has(Sign::EcrLogin) || parsed.plain.tight.contains("aninteractivelogin")
}

/// Whether a host of AWS's gives credentials: STS, IAM Identity Center, and the issuer of a cluster's tokens.
fn gives_credentials(host: &str) -> bool {
    ["sts.", "sts-fips.", "portal.sso.", "oidc.", "signin."].iter().any(|it| host.starts_with(it))
}

/// Whether the sign stands in the text, and no pull after it.
fn is_after_pulls(sign: Sign, parsed: &Parsed) -> bool {
    const PULLS: [Sign; 5] = [Sign::CannotPull, Sign::ResourceInit, Sign::Pull, Sign::Resolve, Sign::ManifestPath];
    parsed.last(&[sign]).is_some_and(|at| parsed.last(&PULLS).is_none_or(|pull| pull < at))
}

/// A build whose last error is of a RUN step: its base images were there, and its output is any program's.
fn run_step(parsed: &Parsed) -> Option<Answer> {
    if !is_after_pulls(Sign::RunStep, parsed) {
        return None;
    }
    let answer = Answer::no_pull("the command of a RUN step failed: the images that the build needs had been pulled");
    // These are of the builder, too.
    Some(if parsed.has(Sign::NoSpace) {
        answer.possible("DSK-01", "if it is the builder's disk that is full, and not one of the command's own")
    } else if parsed.has(Sign::ExecFormat) {
        answer.possible("IMG-05", "if the base image is for another CPU than the builder's")
    } else {
        answer
    })
}

/// Names, handshakes and logins.
const WAY: [Sign; 8] = [
    Sign::NoSuchHost,
    Sign::UnknownAuthority,
    Sign::OtherName,
    Sign::OutOfValidity,
    Sign::TlsTimedOut,
    Sign::NotTls,
    Sign::NoBasicAuth,
    Sign::TokenExpired,
];

/// The bucket of a denial, where it is named and not the layers'.
fn strange_bucket(denial: &Denial) -> Option<&str> {
    let bucket = denial.resource.as_deref()?.split_once(":s3:::")?.1.split('/').next()?;
    let named = bucket.len() > 2 && bucket.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.'));
    (named && !bucket.contains("starport-layer-bucket")).then_some(bucket)
}

/// Whether a pull or a task's start makes this call, whose name may be cut.
fn is_needed(operation: &str) -> bool {
    OPERATIONS.iter().any(|known| known.starts_with(operation))
}
