//! AWS's side on loopback: for machines where namespaces are forbidden, and for the
//! settings by which a user points the probe elsewhere.

use std::net::{SocketAddrV4, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::image::Image;
use super::process::{Daemon, clean, run_well};
use super::{PASSWORD, REGISTRY_HOST, REPOSITORY, fill_in, services, tools};

const START: Duration = Duration::from_secs(60);

/// The programs, each on a port of its own.
pub struct Loopback {
    /// moto: the ECR API and STS.
    pub aws: SocketAddrV4,
    /// A registry with moto's password, and one with another.
    pub registry: SocketAddrV4,
    pub foreign: SocketAddrV4,
    /// A resolver, so that no question leaves the machine.
    pub resolver: SocketAddrV4,
    pub image: Image,
    daemons: Vec<Daemon>,
    folder: TempDir,
}

impl Loopback {
    pub fn new() -> Loopback {
        let folder = TempDir::with_prefix("ecr-probe-loopback-").expect("a temporary folder");
        let path = folder.path();
        let image = services::prepare(path);
        let [aws, registry, foreign, resolver] = free_addresses();
        write_configurations(path, registry, foreign, resolver);
        let mut loopback = Loopback { aws, registry, foreign, resolver, image, daemons: Vec::new(), folder };
        loopback.start();
        loopback.push();
        loopback
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A command in a clean environment that dies with us.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = clean("setpriv", self.folder());
        command.args(["--pdeathsig", "KILL"]).arg(program.as_ref());
        command
    }

    fn file(&self, name: &str) -> String {
        self.folder().join(name).to_str().expect("a path in UTF-8").to_owned()
    }

    fn start(&mut self) {
        let mut moto = self.command(tools::python_with_moto().expect("checked before"));
        let pem = self.file("aws.pem");
        moto.arg(services::here("aws.py")).arg(self.file("layout")).arg("--with-blobs");
        moto.args(["-H", "127.0.0.1", "-p", &self.aws.port().to_string(), "-c", &pem, "-k", &pem]);
        let mut registry = self.command("docker-registry");
        registry.args(["serve", &self.file("registry-files.yml")]);
        let mut foreign = self.command("docker-registry");
        foreign.args(["serve", &self.file("foreign.yml")]);
        let mut unbound = self.command("unbound");
        unbound.args(["-d", "-c", &self.file("unbound-loopback.conf")]);
        let daemons = [
            ("moto", moto, self.aws),
            ("registry", registry, self.registry),
            ("foreign", foreign, self.foreign),
            ("unbound", unbound, self.resolver),
        ];
        for (name, command, at) in daemons {
            let mut daemon = Daemon::start(name, command, self.folder());
            daemon.wait_until(START, |_| TcpStream::connect(at).is_ok());
            self.daemons.push(daemon);
        }
    }

    fn push(&self) {
        let mut command = self.command("skopeo");
        command.env("SSL_CERT_FILE", self.folder().join("ca.pem")).args(["--insecure-policy", "--tmpdir"]);
        command.arg(self.folder()).args(["copy", "--quiet", "--all", "--preserve-digests"]);
        command.args(["--dest-creds", &format!("AWS:{PASSWORD}"), &format!("oci:{}:v1", self.file("layout"))]);
        command.arg(format!("docker://{}/{REPOSITORY}:v1", self.registry));
        run_well(command, START);
    }
}

fn write_configurations(folder: &Path, registry: SocketAddrV4, foreign: SocketAddrV4, resolver: SocketAddrV4) {
    let directory = folder.to_str().expect("a path in UTF-8");
    let mut command = clean("htpasswd", folder);
    command.args(["-Bbn", "AWS", "another password"]);
    fill_in(&run_well(command, START), &[], &folder.join("other-passwords"));
    for (name, address, passwords) in
        [("registry-files.yml", registry, "htpasswd"), ("foreign.yml", foreign, "other-passwords")]
    {
        let address = address.to_string();
        let values = [("DIRECTORY", directory), ("ADDRESS", &address), ("PASSWORDS", passwords)];
        fill_in(include_str!("registry-files.yml"), &values, &folder.join(name));
    }
    // Only the registry's name: it may be led anywhere by --connect-to, but must resolve.
    let address = format!("127.0.0.1@{}", resolver.port());
    let mapped = format!("local-data: \"{REGISTRY_HOST}. 60 A 127.0.0.1\"");
    let values = [("DIRECTORY", directory), ("ADDRESS", &address), ("DIFFERENCE", &mapped)];
    fill_in(include_str!("unbound.conf"), &values, &folder.join("unbound-loopback.conf"));
}

/// Ports that nothing listened on a moment ago.
fn free_addresses<const N: usize>() -> [SocketAddrV4; N] {
    let listeners: [TcpListener; N] =
        std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").expect("a free port on loopback"));
    listeners.map(|listener| {
        let port = listener.local_addr().expect("a bound socket has an address").port();
        SocketAddrV4::new([127, 0, 0, 1].into(), port)
    })
}
