//! A private subnet: the task's network, the router that every packet crosses, and AWS.
//!
//! ```text
//! vpc 10.77.1.2 ── 10.77.1.1 router 10.77.2.1 ── aws 10.77.2.10  ECR API (endpoint)
//!                             │                      10.77.2.11  registry (endpoint)
//!                        nft: faults                 10.77.2.53  resolver
//!                                                    198.51.100.12  S3
//!                                                    203.0.113.20   STS
//!                                                    203.0.113.21   EC2, IAM, …
//!                                                    203.0.113.22   ECS
//! ```
//!
//! The documentation addresses stand for AWS's public ones, by way of `--ip-ranges`.

use std::path::Path;

use tempfile::TempDir;

use super::image::Image;
use super::namespace::Namespace;
use super::process::Daemon;
use super::services;

const AWS_ADDRESSES: [&str; 23] = [
    "10.77.2.2/24",
    "10.77.2.10/24",
    "10.77.2.11/24",
    // The registry's endpoint in another zone, which no packet reaches.
    "10.77.2.19/24",
    "10.77.2.21/24",
    "10.77.2.22/24",
    "10.77.2.23/24",
    "10.77.2.24/24",
    "10.77.2.25/24",
    "10.77.2.26/24",
    "10.77.2.27/24",
    "10.77.2.28/24",
    "10.77.2.29/24",
    "10.77.2.53/24",
    "10.77.2.54/24",
    "10.77.2.55/24",
    "10.77.2.56/24",
    "10.77.2.57/24",
    "10.77.2.58/24",
    "198.51.100.12/32",
    "203.0.113.20/32",
    "203.0.113.21/32",
    "203.0.113.22/32",
];

/// Where rules go: `forward` sees every packet between the task and AWS, `detour` may
/// lead one elsewhere, `output` sees what the router itself sends (ICMP).
const CHAINS: &str = "
    flush ruleset
    add table inet faults
    add chain inet faults forward { type filter hook forward priority filter; policy accept; }
    add chain inet faults output { type filter hook output priority filter; policy accept; }
    add chain inet faults detour { type nat hook prerouting priority dstnat; policy accept; }
    add rule inet faults forward ip daddr 10.77.2.19 drop
";

/// The whole of it. The fields are dropped in this order: programs before their networks.
pub struct Subnet {
    daemons: Vec<Daemon>,
    pub vpc: Namespace,
    pub router: Namespace,
    pub aws: Namespace,
    pub image: Image,
    folder: TempDir,
}

impl Subnet {
    pub fn new() -> Subnet {
        let folder = TempDir::with_prefix("ecr-probe-subnet-").expect("a temporary folder");
        let path = folder.path();
        let image = services::prepare(path);
        let vpc = Namespace::new("vpc", None, path);
        let router = Namespace::new("router", Some(&vpc), path);
        let aws = Namespace::new("aws", Some(&vpc), path);
        let subnet = Subnet { daemons: Vec::new(), vpc, router, aws, image, folder };
        subnet.wire();
        subnet.restore();
        let daemons = services::start(&subnet.aws, subnet.folder());
        services::push(&subnet.aws, subnet.folder());
        Subnet { daemons, ..subnet }
    }

    /// Where certificates, configurations and logs are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Takes every fault away, then lets these rules of nft's be.
    pub fn break_with(&self, rules: &[&str]) {
        self.restore();
        for rule in rules {
            self.router.nft(&format!("add rule inet faults {rule}"));
        }
    }

    /// Takes every fault away.
    pub fn restore(&self) {
        self.router.nft(CHAINS);
    }

    /// Lets rules see how many bytes a flow has carried (`ct reply bytes`).
    pub fn count_bytes(&self) {
        self.router.shell("echo 1 > /proc/sys/net/netfilter/nf_conntrack_acct");
    }

    /// The last lines of every program's log, for a failure's report.
    pub fn logs(&self) -> String {
        self.daemons.iter().map(Daemon::log_tail).collect::<Vec<_>>().join("\n")
    }

    fn wire(&self) {
        let router = self.router.pid().to_string();
        self.vpc.ip(&["link", "add", "v0", "type", "veth", "peer", "name", "r0", "netns", &router]);
        self.aws.ip(&["link", "add", "a0", "type", "veth", "peer", "name", "r1", "netns", &router]);
        self.vpc.ip(&["address", "add", "10.77.1.2/24", "dev", "v0"]);
        self.router.ip(&["address", "add", "10.77.1.1/24", "dev", "r0"]);
        self.router.ip(&["address", "add", "10.77.2.1/24", "dev", "r1"]);
        for address in AWS_ADDRESSES {
            self.aws.ip(&["address", "add", address, "dev", "a0"]);
        }
        for (namespace, device) in [(&self.vpc, "v0"), (&self.router, "r0"), (&self.router, "r1"), (&self.aws, "a0")] {
            namespace.ip(&["link", "set", device, "up"]);
            // Without this, veth carries packets of 64 kB, and rules on length or loss hardly bite.
            namespace.shell(&format!("ethtool -K {device} tso off gso off gro off tx off"));
        }
        self.vpc.ip(&["route", "add", "default", "via", "10.77.1.1"]);
        self.aws.ip(&["route", "add", "default", "via", "10.77.2.1"]);
        for public in ["198.51.100.0/24", "203.0.113.0/24"] {
            self.router.ip(&["route", "add", public, "dev", "r1"]);
        }
        self.router.shell("echo 1 > /proc/sys/net/ipv4/ip_forward");
        // Linux sends one ICMP error a second to each host; the next would be silence.
        self.router.shell("echo 0 > /proc/sys/net/ipv4/icmp_ratelimit");
        let resolver = self.folder().join("resolv.conf");
        for namespace in [&self.vpc, &self.aws] {
            namespace.shell(&format!("mount --bind {} /etc/resolv.conf", resolver.display()));
        }
    }
}
