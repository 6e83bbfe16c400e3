//! Lines of a log that are of something else than the pull that another line of it tells of: `kubectl describe pod` and the
//! logs of a host show both.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use super::of_pull::{FAILED, is_prompt, is_told_in};
use super::searched::Searched;
use crate::aws::DATABASES;

/// What the kubelet says of a pull that went well after all.
const PULLED: &str = "uccessfully pulled image";

/// What a line of a pull may have, where others of the same programs have it, too.
const OF_AN_IMAGE: [&str; 5] = ["image", "manifest", "pull", "Pull", "registry"];

/// What names its own subject: the kubelet's probes, volumes, hooks, networks and Secrets, kubectl's own calls, services of a
/// cluster, databases, and buckets.
const SUBJECTS: [&str; 16] = [
    "probe failed",
    "probe errored",
    "MountVolume.",
    "AttachVolume.",
    "attach or mount volumes",
    "FailedCreatePodSandBox",
    "reate pod sandbox",
    "Error from server",
    "failed calling webhook",
    "PostStartHook",
    "PreStopHook",
    "secrets \"",
    ".svc.cluster.local",
    "connecting to upstream",
    "psycopg2.",
    "s3:GetObject on resource",
];

/// The commands that print what a container has printed.
const LOGS: [&str; 2] = ["kubectl logs ", "docker logs "];

/// Ports of databases, queues, caches, collectors and meshes, of the kubelet and etcd: no registry, proxy or name server
/// listens there (IANA, "Service Name and Transport Protocol Port Number Registry", and the programs' documentation).
const PORTS: [&str; 22] = [
    "1433", "1521", "2000", "2379", "3306", "4317", "4318", "5432", "5671", "5672", "6379", "8125", "8126", "8200",
    "8500", "9042", "9092", "9200", "10250", "11211", "15021", "27017",
];

/// The text without such lines, where another line says that a pull failed, and none that it went well then.
///
/// | text | without |
/// |---|---|
/// | `Startup probe failed: Get "http://10.0.1.5:80/ready": …⏎Failed to pull image …` | the second line |
pub fn without(text: &str) -> Cow<'_, str> {
    if !text.trim_end().contains('\n') || !has_subject_of_its_own(text) {
        return Cow::Borrowed(text);
    }
    let failed = FAILED.iter().filter_map(|it| text.rfind(it)).max();
    if failed.is_none_or(|at| text[at..].contains(PULLED)) {
        return Cow::Borrowed(text);
    }
    let (mut goes_on, mut is_log) = (false, false);
    let mut is_other = |line: &str| {
        is_log = is_log && !is_prompt(line) || LOGS.iter().any(|it| line.contains(it));
        // What begins with what was dialled is the end of a message that was wrapped.
        let is_piece = goes_on || line.trim_start().starts_with("dial ");
        goes_on = is_unfinished(line);
        let is_of_pull = is_told_in(line) || OF_AN_IMAGE.iter().any(|it| line.contains(it));
        !is_of_pull && (is_log || !is_piece && has_subject_of_its_own(line))
    };
    Cow::Owned(text.split_inclusive('\n').filter(|line| !is_other(line)).collect())
}

/// Whether a message goes on in the next line.
fn is_unfinished(line: &str) -> bool {
    // Words of Go's errors that more follows.
    const GO_ON: [&str; 8] = ["proxyconnect", "tcp", "dial", "lookup", "on", "Get", "Head", "Post"];
    let line = line.trim_end();
    line.ends_with([':', '=', ',', '(', '"', '\\']) || line.rsplit(' ').next().is_some_and(|it| GO_ON.contains(&it))
}

fn has_subject_of_its_own(line: &str) -> bool {
    let searched = Searched::of(line);
    SUBJECTS.iter().chain(&LOGS).chain(&DATABASES).any(|it| searched.contains(it))
        || is_at_another_port(line)
        || is_of_another_server(line)
}

/// `dial tcp 10.0.3.4:5432: connect: connection refused`. Tags of images and lines of sources stand behind a colon, too.
fn is_at_another_port(line: &str) -> bool {
    let is_port = |(at, _): (usize, _)| {
        let behind = &line[at + 1..];
        let port = &behind[..behind.bytes().take_while(u8::is_ascii_digit).count()];
        PORTS.contains(&port) && ends_in_address(&line[..at])
    };
    line.match_indices(':').any(is_port)
}

/// Whether a text ends in an IPv4 address, or in an IPv6 address as URLs have it.
fn ends_in_address(text: &str) -> bool {
    const LONGEST: usize = 15;
    let near = &text[text.ceil_char_boundary(text.len().saturating_sub(LONGEST))..];
    let address = near.rsplit(|it: char| !it.is_ascii_digit() && it != '.').next().unwrap_or_default();
    text.ends_with(']') || address.parse::<Ipv4Addr>().is_ok()
}

/// A URL at an address, or at the host itself, that is neither a registry's nor that of credentials or tokens.
fn is_of_another_server(line: &str) -> bool {
    const OF_LOGINS: [&str; 3] = ["credential", "token", "meta-data"];
    // A line may be nothing but such.
    const LONGEST: usize = 512;
    let is_other = |(at, scheme): (usize, &str)| {
        let rest = &line[at + scheme.len()..];
        let rest = &rest[..rest.floor_char_boundary(LONGEST)];
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let is_address = host.parse::<Ipv4Addr>().is_ok_and(|it| !it.is_link_local());
        let path = path.split(['"', ' ']).next().unwrap_or_default();
        (is_address || host == "localhost")
            && path.starts_with(|it: char| it.is_ascii_alphanumeric())
            && !OF_LOGINS.iter().any(|it| path.contains(it))
    };
    line.match_indices("://").any(is_other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PULL: &str = "Failed to pull image \"registry.example/a:1\": dial tcp 192.0.2.1:443: i/o timeout\n";

    #[test]
    fn what_is_of_something_else_is_left_out() {
        for other in [
            "Unhealthy  Readiness probe failed: Get \"http://10.0.1.5:8080/ready\": EOF\n",
            "Liveness probe errored and resulted in unknown state: rpc error\n",
            "MountVolume.SetUp failed for volume \"x\": Post \"https://10.100.0.1:443/api/v1/token\": i/o timeout\n",
            "FailedCreatePodSandBox: dial tcp 127.0.0.1:50051: connect: connection refused\n",
            "Error from server: Get \"https://10.0.1.2:10250/containerLogs/x\": i/o timeout\n",
            "panic: dial tcp 10.0.3.4:5432: connect: connection refused\n",
            "Error: connect ECONNREFUSED 10.0.3.4:6379\n",
            "Get \"http://localhost:8080/health\": connection refused\n",
            "psycopg2.OperationalError: timeout expired\n",
            "connecting to upstream: timeout\n",
            "User: x is not authorized to perform: s3:GetObject on resource: y\n",
            &format!("panic: lookup db.x{}: no such host\n", DATABASES[0]),
            &format!("panic: lookup c.x{}: no such host\n", DATABASES[1]),
        ] {
            assert_eq!(without(&format!("{other}{PULL}")), PULL, "{other}");
            assert_eq!(without(&format!("{PULL}{other}")), PULL, "{other}");
            // Nothing else failed.
            assert_eq!(without(&format!("{other}{other}")), format!("{other}{other}"));
        }
    }

    #[test]
    fn what_a_container_printed_is_left_out_up_to_the_next_command() {
        let log = "$ kubectl logs web-1\npanic: x509: certificate signed by unknown authority\n\tmain.go:3\n";
        assert_eq!(without(&format!("{PULL}{log}$ date\n")), format!("{PULL}$ date\n"));
        let waits = "$ kubectl logs web-1\ncontainer \"web\" is waiting to start: trying and failing to pull image\n";
        assert!(without(&format!("{PULL}{waits}")).contains("failing to pull image"));
        let of_agent = "$ docker logs ecs-agent\nPost \"https://api.ecr.eu-west-1.example/\": i/o timeout\n";
        assert!(without(&format!("{PULL}{of_agent}")).contains("api.ecr"));
    }

    #[test]
    fn what_may_be_of_the_pull_stays() {
        for line in [
            "FailedCreatePodSandBox: failed to get sandbox image \"registry.example/pause:3\": i/o timeout\n",
            "  dial tcp 10.0.3.4:443: i/o timeout\n",
            "  proxyconnect tcp: dial tcp 10.0.3.4:3128: connect: connection refused\n",
            "  lookup registry.example on 10.0.0.2:53: server misbehaving\n",
            "Get \"http://localhost:5000/v2/\": connection refused\n",
            "Get \"http://169.254.170.2/v1/credentials\": EOF\n",
            "at 21:00:32 and 12:2000.5\n",
            "failed to create LLB definition: registry.example/a:2000: no basic auth credentials\n",
            "E0102 03:04:05.6 1 kubelet.go:2379] no basic auth credentials\n",
            "Get \"http://127.0.0.1:9911/latest/meta-data/iam/security-credentials/\": connection refused\n",
            "Get \"https://10.0.0.5/service/token?account=x\": x509: certificate signed by unknown authority\n",
            "Head of it:\nGet \"https://10.0.0.5/b/c\": dial tcp 10.0.0.5:8200: connect: connection refused\n",
            "dial tcp 10.0.0.5:8500: connect: connection refused\n",
            "Head \"https://registry.example/v2/\": proxyconnect\ntcp: dial tcp 10.0.0.9:8500: connect: refused\n",
            "Head \"https://x/v2/\": dial tcp: lookup\nharbor.svc.cluster.local on 10.0.0.2:53: no such host\n",
        ] {
            let text = format!("{line}{PULL}");
            assert_eq!(without(&text), text);
        }
        let went_on =
            format!("{PULL}Successfully pulled image \"registry.example/a:1\"\nReadiness probe failed: EOF\n");
        assert_eq!(without(&went_on), went_on);
        assert_eq!(without("Startup probe failed: ErrImagePull"), "Startup probe failed: ErrImagePull");
    }
}
