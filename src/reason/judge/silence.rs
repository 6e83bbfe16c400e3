//! Connections that did not come about, or did not last.

use super::address::lost;
use super::answer::Answer;
use super::hop::Hop;
use super::layers_begun::have_begun;
use super::own_host;
use super::url_path::{is_of_registry_api, is_of_token_service};
use crate::model::{AddressClass, Stage};
use crate::reason::host_kind::HostKind;
use crate::reason::parsed::Parsed;
use crate::reason::said::Said;
use crate::reason::sign::Sign;
use crate::reason::vocabulary::Kind;

const NO_ANSWER: [Sign; 3] = [Sign::TimedOut, Sign::NoAnswer, Sign::ConnectionIssue];

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    if let Some(answer) = own_host::judge(parsed).filter(|_| parsed.any(&SILENT)) {
        return Some(answer);
    }
    if !parsed.is_registry_port() && parsed.any(&SILENT) {
        return Some(other_port(parsed));
    }
    refused(parsed).or_else(|| cut_off(parsed)).or_else(|| cancelled(parsed)).or_else(|| timed_out(parsed))
}

/// What a connection that did not come about says.
const SILENT: [Sign; 7] = [
    Sign::TimedOut,
    Sign::NoAnswer,
    Sign::ConnectionIssue,
    Sign::Refused,
    Sign::NoRoute,
    Sign::NetUnreachable,
    Sign::NoLocalAddress,
];

/// What was dialled listens where no registry does. Where ECS says that the pull failed of it, a proxy stands between;
/// else it may be anything that the text tells of besides.
fn other_port(parsed: &Parsed) -> Answer {
    let address = parsed.address.as_ref().map(|known| known.address.to_string()).unwrap_or_default();
    let port = parsed.port.unwrap_or_default();
    let means = format!("no connection to {address} port {port}, which is no port of ECR or S3");
    if parsed.any(&[Sign::CannotPull, Sign::Resources, Sign::ProxyError]) {
        return Answer::at(Stage::Route, means)
            .likely("PRX-01", "a proxy is set for what pulls the image, and does not answer")
            .possible("RTE-13", "or the image is in a registry that listens there");
    }
    Answer::unrecognised(None, format!("{means}; the text does not say that the pull needed it"))
}

fn refused(parsed: &Parsed) -> Option<Answer> {
    let at = parsed.last(&[Sign::Refused, Sign::NoRoute, Sign::NetUnreachable, Sign::NoLocalAddress])?;
    let hop = Hop::of(parsed, Some(at));
    let who = parsed
        .address
        .as_ref()
        .map_or_else(|| hop.map_or("the host", Hop::title).to_owned(), |known| known.address.to_string());
    let Some(stage) = hop.map(Hop::stage) else {
        let (code, what) =
            if parsed.has(Sign::Refused) { ("RTE-13", "refused the connection") } else { ("RTE-14", "is unreachable") };
        let means = format!("{who} {what}; nothing in the text says that an image was pulled");
        return Some(Answer::unrecognised(Some(Stage::Route), means).possible(code, "if one was"));
    };
    if parsed.has(Sign::Refused) {
        let answer =
            Answer::at(stage, format!("{who} refused the connection: something answers there, and nothing listens"));
        return Some(answer.likely("RTE-13", "a refusal comes at once, from the host or a firewall that rejects").or(
            &[
                ("PRX-01", "the address is a proxy's that is down"),
                ("DNS-08", "a stale record leads to somebody else's host"),
            ],
        ));
    }
    let six = parsed.address.as_ref().is_some_and(|known| known.address.is_ipv6());
    // The names of ECR that have IPv6 addresses are those of which endpoints know nothing.
    let of_ecr = matches!(hop, Some(Hop::Api | Hop::Registry));
    if parsed.any(&[Sign::NetUnreachable, Sign::NoLocalAddress]) && six && of_ecr {
        let answer = Answer::at(stage, format!("the task has no IPv6 route, and {who} is an IPv6 address"));
        return Some(
            answer.likely("DNS-12", "a dual-stack name resolves to public addresses in spite of an endpoint").or(&[
                ("DNS-13", "an IPv6-only subnet without a way to what has IPv4 only"),
                ("RTE-14", "there is no route for it at all"),
            ]),
        );
    }
    let answer = Answer::at(stage, format!("{who} is unreachable: no route (kernel) or ICMP unreachable (router)"));
    Some(answer.likely("RTE-14", "the answer is an ICMP error, or there is no route").or(&[
        ("DNS-08", "the record is stale, and nobody holds the address any more"),
        ("DNS-13", "an IPv6-only subnet, and the name has IPv4 addresses only"),
    ]))
}

/// A connection that was there and ended.
fn cut_off(parsed: &Parsed) -> Option<Answer> {
    let at = parsed.last(&[Sign::Reset, Sign::Eof, Sign::CutShort])?;
    let hop = Hop::of(parsed, Some(at))?;
    let answer = Answer::at(hop.stage(), format!("{} was reached, and the connection was cut", hop.title()));
    let firewall = "a firewall ends connections to names that it does not allow";
    let size = "a firewall or a NAT gateway ends connections by size or idle time";
    let of_a_layer = hop == Hop::LayerStore
        || have_begun(parsed)
        || parsed.any(&[Sign::BlobPath, Sign::Copy]) && parsed.has(Sign::Reset);
    // The registry itself, a token or a manifest was asked for.
    let is_small = parsed.any(&[Sign::ManifestPath, Sign::Resolve, Sign::TokenService])
        || ["/v2/:", "pingingcontainerregistry"].iter().any(|it| parsed.plain.tight.contains(it));
    let of_bytes = [
        Sign::BlobPath,
        Sign::Copy,
        Sign::LayerStore,
        Sign::Config,
        Sign::Unpack,
        Sign::FailedCommit,
        Sign::SizeMismatch,
    ];
    let of_a_manifest = is_small && !parsed.any(&of_bytes) && !have_begun(parsed);
    Some(if of_a_manifest && parsed.has(Sign::CutShort) {
        let swallowed =
            "the answer to a small request broke off: something on the way, or the registry, fails now and then";
        answer.likely("ECR-03", swallowed).or(&[
            ("TLS-02", firewall),
            ("RTE-15", "or the path loses packets"),
            ("LYR-04", size),
        ])
    } else if of_a_layer || parsed.has(Sign::CutShort) {
        answer.likely("LYR-04", size).or(&[
            ("TLS-02", firewall),
            ("MTU-01", "large packets are lost"),
            ("RTE-11", "an endpoint was added meanwhile, which cuts what is open"),
        ])
    } else if is_without_tls(parsed) {
        answer.likely("ECR-03", "the server, or something before it, ends the connection without an answer").or(&[
            ("RTE-15", "or the path loses packets"),
            ("CFG-03", "or what listens there wants TLS"),
            ("PRX-02", "or a proxy or a filter cuts it"),
        ])
    } else {
        let answer = answer.likely("TLS-02", firewall);
        let answer = if of_a_manifest { answer } else { answer.possible("LYR-04", size) };
        answer.or(&[
            ("RTE-11", "an endpoint was added meanwhile, which cuts what is open"),
            ("ECR-02", "the registry itself failed"),
        ])
    })
}

/// Whether the registry, or its token service, was asked without TLS. AWS serves neither over HTTP, so that such a URL of
/// AWS's is a mistake of the text.
fn is_without_tls(parsed: &Parsed) -> bool {
    let asked = parsed.hosts.iter().rfind(|host| host.contacted);
    asked.is_some_and(|host| {
        let before = parsed.plain.line.get(..host.at).unwrap_or_default();
        let is_of_registry =
            parsed.path(host).is_some_and(|path| is_of_registry_api(path) || is_of_token_service(path));
        before.ends_with("http://") && !host.kind.is_aws() && is_of_registry
    })
}

/// The runtime gave up on a pull that had begun.
fn cancelled(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::NoProgress) {
        let answer = Answer::at(Stage::LayerBytes, "bytes stopped coming, and the runtime gave the pull up");
        return Some(answer.likely("LYR-04", "large transfers die on the way: a firewall, or an idle limit").or(&[
            ("MTU-01", "large packets are lost on the way"),
            ("RTE-12", "the way is overloaded or changes during the transfer"),
            ("RTE-03", "the way to S3 is dead"),
            ("ECR-03", "something swallows the answers"),
            ("SLOW-01", "or the image is too large for the way it takes"),
        ]));
    }
    let alone = parsed.has(Sign::Cancelled) && parsed.has(Sign::Pull) && !parsed.any(&NO_ANSWER);
    alone.then(|| {
        // Go says more where it still waits for a connection: `… while waiting for connection`.
        if parsed.plain.tight.contains("net/http:requestcanceled") {
            let answer = Answer::at(Stage::LayerBytes, "the pull's caller gave it up while an answer was on its way");
            return answer.likely("INIT-08", "a kubelet or an agent does so after a time without progress").or(&[
                ("LYR-04", "large transfers die on the way"),
                ("SLOW-01", "or the image is too large for the way it takes"),
                ("RTE-12", "or the way is too slow"),
            ]);
        }
        let answer =
            Answer::at(Stage::TaskStart, "the pull was given up before it ended; the text does not tell at which hop");
        answer.likely("INIT-08", "ECS prints this when a registry or its layers cannot be reached in time").or(&[
            ("RTE-03", "the way to the layers (S3) is the hop that is most often missing"),
            ("RTE-01", "or there is no way to ECR at all"),
            ("RTE-12", "or the way is too slow"),
        ])
    })
}

fn timed_out(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::NoEndpointAnswers) {
        let answer = Answer::at(Stage::Route, "no registry could be reached; the text does not tell which");
        return Some(answer.likely("RTE-01", "there is no way out of the subnet").or(&[
            ("HUB-02", "the image may be Docker Hub's, which no endpoint serves"),
            ("RTE-02", "a public subnet, and the task has no public address"),
            ("SG-03", "the task's security group lets nothing out"),
            ("ACL-01", "a network ACL drops it"),
        ]));
    }
    let at = parsed.last(&NO_ANSWER)?;
    if let Some(answer) = stalled(parsed).or_else(|| outlasted(parsed)) {
        return Some(answer);
    }
    // The SDK says that a request failed, and then why.
    let told = parsed.any(&[Sign::TimedOut, Sign::ConnectionIssue]);
    let says_why = |said: &Said| said.row.kind < Kind::Sentence && !said.row.first.is_empty();
    if !parsed.has(Sign::TimedOut) && parsed.said().iter().any(says_why) {
        return None;
    }
    let answer = |answer: Answer| if told { answer } else { answer.unless_unread(parsed) };
    match Hop::of(parsed, Some(at)) {
        Some(hop) => Some(answer(lost(parsed, hop))),
        None => parsed.has(Sign::Resources).then(|| answer(either(parsed))),
    }
}

/// A connection that was there, and over which nothing came any more: Go's `read tcp A->B`, and a body that stopped.
fn stalled(parsed: &Parsed) -> Option<Answer> {
    let tight = &parsed.plain.tight;
    let reads = ["readtcp", "whilereadingbody", "readonbody"].iter().any(|words| tight.contains(words));
    let dials = ["dialtcp", "awaitingheaders", "waitingforconnection"].iter().any(|words| tight.contains(words));
    let hop = Hop::of(parsed, None).filter(|hop| reads && !dials && hop.stage() != Stage::TaskStart)?;
    let answer = Answer::at(hop.stage(), format!("{} was reached, and then no more came", hop.title()));
    Some(answer.likely("RTE-12", "the way is overloaded, or changes during the transfer").or(&[
        ("LYR-04", "or a firewall drops the connection silently"),
        ("MTU-01", "or large packets are lost on the way"),
    ]))
}

/// A call to the runtime took longer than its caller waits, and nothing says what was asked then: gRPC's `desc = context
/// deadline exceeded`.
fn outlasted(parsed: &Parsed) -> Option<Answer> {
    // What the kubelet does with volumes takes long, too.
    const VOLUMES: [&str; 3] = ["AttachVolume.", "MountVolume.", "attach or mount volumes"];
    let failed = parsed.failure.map_or("", |at| &parsed.plain.line[parsed.plain.line_around(at)]);
    let is_of_volume = VOLUMES.iter().any(|it| failed.contains(it)) && !failed.contains("pull image");
    let is_of_call = parsed.plain.tight.contains("desc=contextdeadlineexceeded") && !is_of_volume;
    let is_told = parsed.address.is_some() || parsed.hosts.iter().any(|host| host.contacted);
    if !is_of_call || is_told || !parsed.has(Sign::Pull) {
        return None;
    }
    let answer =
        Answer::at(Stage::TaskStart, "the pull took longer than its caller waits; the text does not tell at which hop");
    let answer = answer.likely("SLOW-01", "the image is too large for the way and the host").possible(
        if parsed.names(HostKind::DockerHub) { "HUB-02" } else { "RTE-01" },
        "or there is no way to the registry",
    );
    let answer = answer.or(&[
        ("RTE-12", "or bytes stopped coming"),
        ("INIT-08", "or the caller was stopped"),
        ("HOST-03", "or the host is too busy to unpack it"),
    ]);
    Some(answer.hedged())
}

/// Fargate says in one sentence that it fetches secrets and the token.
fn either(parsed: &Parsed) -> Answer {
    let means = "neither secrets nor the registry's token came: what gives them did not answer the task";
    let answer = Answer::at(Stage::Route, means);
    let answer = match parsed.address_class() {
        Some(AddressClass::Vpc | AddressClass::Elsewhere) => {
            answer.likely("SG-01", "the address is an endpoint's, and its security group does not let the task in")
        }
        _ => answer
            .likely("RTE-01", "the text does not tell whether it is ECR; without endpoints there is no way out to it")
            .possible("SG-01", "with endpoints: their security group does not let the task in"),
    };
    answer.or(&[
        ("INIT-01", "it may be Secrets Manager that does not answer"),
        ("INIT-02", "or the SSM Parameter Store"),
        ("RTE-02", "a public subnet, and the task has no public address"),
        ("SG-03", "the task's security group lets nothing out"),
        ("DNS-03", "an endpoint exists, but its private DNS is off"),
        ("ACL-01", "a network ACL drops it"),
    ])
}
