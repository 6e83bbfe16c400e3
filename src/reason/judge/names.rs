//! Names that do not resolve, and names that are wrong before anybody asks.

use std::net::IpAddr;

use super::answer::Answer;
use super::hop::Hop;
use crate::aws::{EcrHost, Variant, ecr_api_variant, ecr_has, is_in_known_region, is_region, may_be_vpc_resolver};
use crate::model::Stage;
use crate::reason::host_kind::{HostKind, exists};
use crate::reason::hosts::Host;
use crate::reason::parsed::Parsed;
use crate::reason::searched::Searched;
use crate::reason::sign::Sign;
use crate::wire::scrub;

/// What is wrong with the name itself explains whatever became of it.
pub fn written_wrong(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::BadUrl) && !is_of_aws(parsed) {
        let answer = Answer::at(Stage::Manifest, "the request never left: the client could make no address of a URL");
        return Some(if parsed.plain.tight.contains("nohostinrequesturl") {
            answer
                .likely("CFG-02", "the registry's name is missing from the image's, as an empty variable leaves it")
                .possible("CFG-05", "or a mirror, or what the registry names, lacks its host")
        } else {
            answer
                .likely(
                    "CFG-05",
                    "a mirror, or the token service that the registry names, lacks or mistypes its scheme",
                )
                .or(&[("LYR-05", "or a redirect does"), ("PRX-01", "or the proxy that is set")])
        });
    }
    if parsed.any(&[Sign::BadUrl, Sign::NoEndpoint]) {
        let answer = Answer::at(
            Stage::AuthToken,
            "the request never left: the address of the ECR API that was set is no URL of it",
        );
        return Some(
            answer.proven("CFG-01", "the client could not make an address of it: a scheme, host or Region is missing"),
        );
    }
    if parsed.has(Sign::BadReference) {
        let answer = Answer::at(Stage::Reference, "the image's name is no image reference");
        return Some(answer.proven("CFG-02", "the runtime could not read it as REGISTRY/REPOSITORY:TAG"));
    }
    let is_asked = |scheme: &&&str| parsed.plain.line.contains(&format!("lookup {scheme} on "));
    // Of a proxy's URL, too.
    let scheme = ["https", "http"].iter().filter(|_| !parsed.plain.tight.contains("proxyconnecttcp")).find(is_asked);
    if let Some(scheme) = scheme {
        let answer = Answer::at(
            Stage::Reference,
            format!("the name that was asked for is {scheme}: it stands twice in the URL"),
        );
        return Some(
            answer
                .likely("CFG-02", "the registry or the image is written with a scheme before its host")
                .possible("CFG-05", "or a mirror is"),
        );
    }
    // botocore says no more than that, and prints the URL whole.
    let unreached = parsed.plain.tight.contains("couldnotconnecttotheendpointurl");
    let failed = unreached
        || parsed.any(&[
            Sign::TimedOut,
            Sign::NoSuchHost,
            Sign::NameError,
            Sign::Refused,
            Sign::UnknownAuthority,
            Sign::OtherName,
            // Any first label resolves under `dkr.ecr.REGION.amazonaws.com`; what is no account gets 400.
            Sign::LoginFailed,
        ]);
    // A label that is empty, as HTML makes one of `<region>`, was none: the name led to an address, which was dialled.
    let tight = &parsed.plain.tight;
    let is_dialled = parsed.address.is_some() || tight.contains("dialtcp") && !tight.contains("lookup");
    let is_eaten = |host: &Host| is_dialled && host.name.contains("..");
    let of_no_region = |host: &&Host| {
        use HostKind::{Api, Logs, SecretsManager, Ssm};
        let is_whole = host.at + host.name.len() < parsed.plain.line.len();
        let of_service = matches!(host.kind, Api | Logs | SecretsManager | Ssm);
        host.contacted && is_whole && of_service && !is_in_known_region(&host.name) && !is_eaten(host)
    };
    let unreached = unreached || parsed.has(Sign::NoSuchHost);
    if let Some(host) = parsed.hosts.iter().filter(|_| unreached).find(of_no_region) {
        let answer = Answer::at(Stage::Dns, format!("{} has no Region that is known in its name", host.name));
        return Some(
            answer
                .likely("DNS-05", "there is no such Region, so there is no such name")
                .possible("CFG-01", "the Region that was set for the client is wrong"),
        );
    }
    let host = parsed.hosts.iter().filter(|host| failed && !is_eaten(host)).find_map(|host| match host.kind {
        HostKind::Lookalike { registrable } => Some((host, Some(registrable))),
        HostKind::MalformedEcr => Some((host, None)),
        _ => None,
    });
    let (host, registrable) = host?;
    let name = &host.name;
    Some(match registrable {
        Some(true) if !parsed.has(Sign::NoSuchHost) => Answer::at(
            Stage::Dns,
            format!("{name} looks like ECR and is under somebody else's domain, where it resolves"),
        )
        .proven("DNS-06", "the domain is not AWS's: its owner receives what is sent there")
        .possible("DNS-05", "a slip of the finger in the image's name"),
        Some(_) => Answer::at(Stage::Dns, format!("{name} is no name of AWS's"))
            .proven("DNS-05", "the domain of the registry is written wrongly")
            .possible("DNS-06", "such a domain may be registered by anybody one day"),
        None if name.starts_with("api.ecr-public") => Answer::at(Stage::Dns, format!("{name} does not exist"))
            .likely("DNS-05", "public ECR's API is in us-east-1 and us-west-2 alone")
            .possible("CFG-01", "the Region that was set for the client is another"),
        None if name.starts_with("api.") => Answer::at(Stage::Dns, format!("{name} is not the name of the ECR API"))
            .likely("CFG-01", "the address or the Region that was set for the client is empty or wrong")
            .possible("DNS-05", "the name is written wrongly"),
        None => Answer::at(Stage::Dns, format!("{name} is not the name of an ECR registry"))
            .likely("DNS-05", "an account, a Region or a label is missing from it or stands in the wrong place")
            .possible("DNS-06", "where it resolves all the same, it is somebody else's"),
    })
}

/// Whether an SDK of AWS called, or a host of AWS was.
fn is_of_aws(parsed: &Parsed) -> bool {
    const CALLS: [Sign; 6] =
        [Sign::NoEndpoint, Sign::RegistryAuth, Sign::EcrLogin, Sign::NoAnswer, Sign::Resources, Sign::Logger];
    parsed.any(&CALLS) || parsed.operation.is_some() || parsed.hosts.iter().any(|host| host.kind.is_aws())
}

/// The name of a variant of ECR's endpoints that its Region does not have.
fn missing_variant(name: &str) -> Option<(String, String)> {
    let (region, variant) = match EcrHost::parse(name) {
        Some(EcrHost { region, fips, dual_stack, .. }) => (region, Variant { fips, dual_stack }),
        None => ecr_api_variant(name).map(|(region, variant)| (region.to_owned(), variant))?,
    };
    (ecr_has(&region, variant) == Some(false)).then(|| (name.to_owned(), region))
}

/// `eu-west-1a`: a Region with a letter after it.
fn is_zone(label: &str) -> bool {
    label.strip_suffix(|it: char| it.is_ascii_lowercase()).is_some_and(is_region)
}

/// The longest label of a name (RFC 1035 section 2.3.4).
const LONGEST_LABEL: usize = 63;

/// The host of a request to a registry, if it has no dot and no port: `https://Team/v2/app/manifests/1`.
fn host_of_one_word(line: &Searched) -> Option<&str> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    line.match_indices("://").find_map(|(at, scheme)| {
        let rest = &line[at + scheme.len()..];
        let length = rest.bytes().take(LONGEST_LABEL).take_while(is_part).count();
        let (host, path) = rest.split_at(length);
        (length > 0 && host != "localhost" && path.starts_with("/v2/")).then_some(host)
    })
}

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    let looked_up = parsed.plain.tight.contains("lookup");
    if parsed.has(Sign::NoSuchHost)
        && let Some((name, region)) = parsed.hosts.iter().find_map(|host| missing_variant(&host.name))
    {
        let answer = Answer::at(Stage::Dns, format!("{name} does not exist: ECR has no FIPS endpoint in {region}"));
        return Some(
            answer
                .likely("CFG-06", "AWS lists FIPS endpoints of ECR in Regions of the United States only")
                .possible("DNS-09", "AWS has opened one since, and a DNS firewall denies it"),
        );
    }
    if parsed.has(Sign::NoSuchHost)
        && let Some(name) = parsed.hosts.iter().map(|host| host.name.as_str()).find(|name| name.split('.').any(is_zone))
    {
        let answer = Answer::at(Stage::Dns, format!("{name} does not exist: it has an Availability Zone for a Region"));
        return Some(answer.proven("DNS-05", "names of AWS have a Region, which ends in a digit"));
    }
    if parsed.has(Sign::NoSuchHost) {
        let at = parsed.last(&[Sign::NoSuchHost]);
        let hop = Hop::of(parsed, at)?;
        if let Some(host) = parsed.host_before(at).filter(|host| exists(&host.name, host.kind)) {
            let means = format!("{} exists, and the task's name server says that it does not", host.name);
            return Some(Answer::at(Stage::Dns, means).likely("DNS-09", "a DNS firewall or a filter denies it").or(&[
                ("DNS-04", "a name server of your own does not know names of the Internet"),
                ("DNS-01", "the VPC's DNS resolution is off"),
                ("PRX-01", "only a proxy could resolve it"),
            ]));
        }
        let answer =
            Answer::at(Stage::Dns, format!("the name of {} does not exist for the task's name server", hop.title()));
        return Some(answer.likely("DNS-05", "the name has a typing error, or a Region that does not exist").or(&[
            ("DNS-09", "a DNS firewall denies it"),
            ("DNS-01", "the VPC's DNS resolution is off"),
            ("DNS-04", "a name server of your own does not know it"),
            ("PRX-01", "only a proxy could resolve it"),
        ]));
    }
    if parsed.any(&[Sign::NameError, Sign::NameTimedOut])
        && let Some(host) = host_of_one_word(&parsed.plain.line)
    {
        let means = format!("{} is no host: it is the first part of a name that lacks its registry", scrub(host));
        let answer = Answer::at(Stage::Reference, means);
        return Some(
            answer
                .likely("CFG-02", "a repository of Docker Hub is written in lower case")
                .possible("DNS-05", "or the registry's name lacks its domain"),
        );
    }
    if parsed.has(Sign::NameError) {
        let hop = Hop::of(parsed, parsed.last(&[Sign::NameError]))?;
        if let Some(server) = other_server(&parsed.plain.line) {
            let means = format!("the name server {server} failed for the name of {}", hop.title());
            return Some(
                Answer::at(Stage::Dns, means).likely("DNS-16", "the server, or what it forwards to, fails for it").or(
                    &[
                        ("DNS-04", "by its address it is not the VPC's own, and it may not forward the name"),
                        ("DNS-09", "a DNS firewall refuses it"),
                        ("DNS-10", "the server is overloaded"),
                    ],
                ),
            );
        }
        let answer = Answer::at(Stage::Dns, format!("the name server failed for the name of {}", hop.title()));
        return Some(
            answer.likely("DNS-01", "the VPC's DNS resolution is off, or the server fails for everything").or(&[
                ("DNS-04", "a name server of your own does not forward it"),
                ("DNS-09", "a DNS firewall refuses it"),
                ("DNS-16", "the server cannot find out this one name: a forwarder, a delegation or DNSSEC fails"),
                ("DNS-10", "the server is overloaded"),
            ]),
        );
    }
    let unheard = parsed.has(Sign::TimedOut)
        || parsed.has(Sign::NameServer)
            && parsed.any(&[Sign::Refused, Sign::NoRoute, Sign::NetUnreachable, Sign::NoLocalAddress]);
    let query_lost = parsed.has(Sign::NameTimedOut) || looked_up && unheard && parsed.address.is_none();
    if query_lost {
        let hop = Hop::of(parsed, None)?;
        let answer = Answer::at(Stage::Dns, format!("the name server did not answer for the name of {}", hop.title()));
        return Some(answer.likely("DNS-15", "the name server is down, or cannot be reached").or(&[
            ("DNS-10", "it drops questions now and then: too many are asked"),
            ("DNS-01", "the VPC's DNS resolution is off"),
            ("DNS-04", "a name server of your own"),
        ]));
    }
    None
}

/// The name server that Go names behind a name, if none that the text names can be a VPC's own: `lookup a.example on
/// 192.0.2.1:53: server misbehaving`. Behind a stub on the host itself may be any.
fn other_server(line: &Searched) -> Option<IpAddr> {
    let server = |(at, _): (usize, &str)| {
        let server: IpAddr = line[..at].rsplit(' ').next()?.trim_matches(['[', ']']).parse().ok()?;
        (!server.is_loopback() && !may_be_vpc_resolver(server)).then_some(server)
    };
    let others: Option<Vec<IpAddr>> = line.match_indices(":53: server misbehaving").map(server).collect();
    others?.pop()
}
