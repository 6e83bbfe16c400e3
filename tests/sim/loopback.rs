//! The world as servers on the loopback interface: real DNS, TCP, TLS and HTTP, without
//! privileges, and without a packet that leaves the host.
//!
//! Every address of the world has an address in 127.0.0.0/8, opened when a name server first
//! gives it out. All of them share one unprivileged port, so the probe is told `--connect-to
//! :443::PORT`. What IPv6 has is left out: there is only one such address on loopback.

mod addresses;
mod dns;
mod http;
mod https;
mod network;
mod tls;

use std::ffi::OsString;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::oneshot;

use self::network::Network;
use self::tls::Authorities;
use super::secrets;
use super::service::{METADATA_PATH, Services};
use super::world::{CredentialKind, Mode, PROXY, World};

/// How long a port of ours is waited for that somebody else took while the servers were away.
const BORROWED: Duration = Duration::from_secs(5);

/// A world that is served until it is dropped, or another one is.
#[derive(Debug)]
pub struct Loopback {
    network: Arc<Network>,
    name_servers: Vec<SocketAddr>,
    metadata: SocketAddr,
    /// The CA bundle and the address ranges.
    files: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Keeps the port of ours: nothing is ever served here.
    _reserved: TcpListener,
}

/// What the serving thread tells once it stands.
struct Standing {
    network: Arc<Network>,
    name_servers: Vec<SocketAddr>,
    metadata: SocketAddr,
}

/// Where the servers of one world after another stand, so that a client finds each; nought is any.
#[derive(Debug, Clone, Copy)]
struct Ports {
    https: u16,
    dns: u16,
    metadata: u16,
}

impl Loopback {
    /// Serves the world on a thread of its own.
    ///
    /// # Errors
    ///
    /// A socket or a file that cannot be had.
    pub fn start(world: World) -> io::Result<Loopback> {
        let files = TempDir::with_prefix("ecr-probe-lab-")?;
        let reserved = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 99), 0))?;
        let ports = Ports { https: reserved.local_addr()?.port(), dns: 0, metadata: 0 };
        let (standing, stop, thread) = serve(world, Arc::new(Authorities::new()), ports)?;
        let Standing { network, name_servers, metadata } = standing;
        std::fs::write(files.path().join("ca.pem"), network.authorities.bundle())?;
        std::fs::write(files.path().join("ip-ranges.json"), addresses::ip_ranges(network.world()))?;
        let (stop, thread) = (Some(stop), Some(thread));
        Ok(Loopback { network, name_servers, metadata, files, stop, thread, _reserved: reserved })
    }

    /// Ends every server, and every connection with it, as when a machine dies.
    pub fn stop(&mut self) {
        // The runtime goes with the thread, and every server with the runtime.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    /// Serves another world where this one was: a client keeps its arguments and its environment,
    /// so both must have the same Region and as many name servers.
    ///
    /// # Errors
    ///
    /// A socket that cannot be had.
    pub fn turn_into(&mut self, world: &World) -> io::Result<()> {
        self.stop();
        let dns = self.name_servers.first().map_or(0, SocketAddr::port);
        let ports = Ports { https: self.network.port, dns, metadata: self.metadata.port() };
        let began = Instant::now();
        let (standing, stop, thread) = loop {
            match serve(world.clone(), self.network.authorities.clone(), ports) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && began.elapsed() < BORROWED => {}
                served => break served?,
            }
        };
        self.network = standing.network;
        (self.stop, self.thread) = (Some(stop), Some(thread));
        Ok(())
    }

    pub fn world(&self) -> &World {
        self.network.world()
    }

    pub fn services(&self) -> &Services {
        &self.network.services
    }

    /// The port that stands for 443.
    pub fn port(&self) -> u16 {
        self.network.port
    }

    /// The PEM file of the roots that the client trusts.
    pub fn ca_bundle(&self) -> PathBuf {
        self.files.path().join("ca.pem")
    }

    pub fn name_servers(&self) -> &[SocketAddr] {
        &self.name_servers
    }

    /// Where an address of the world is on loopback.
    pub fn address(&self, address: IpAddr) -> IpAddr {
        self.network.addresses.on_loopback(address)
    }

    /// What the probe must be told to find this world, and not the real one.
    pub fn arguments(&self) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = Vec::new();
        for server in &self.name_servers {
            arguments.extend(["--dns-server".into(), server.to_string().into()]);
        }
        arguments.extend(["--connect-to".into(), format!(":443::{}", self.port()).into()]);
        arguments.extend(["--ca-bundle".into(), self.ca_bundle().into()]);
        arguments.extend(["--ip-ranges".into(), self.files.path().join("ip-ranges.json").into()]);
        let also: Vec<&str> = self.world().also.iter().map(|role| role.name()).collect();
        if !also.is_empty() {
            arguments.extend(["--also".into(), also.join(",").into()]);
        }
        arguments
    }

    /// The whole environment of a process in this world.
    pub fn environment(&self) -> Vec<(String, String)> {
        let world = self.world();
        let mut environment = vec![
            ("AWS_REGION", world.region().to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_STS_REGIONAL_ENDPOINTS", "regional".to_owned()),
        ];
        environment.extend(world.ecr_endpoint_url.clone().map(|url| ("AWS_ENDPOINT_URL_ECR", url)));
        let switches = [("AWS_USE_FIPS_ENDPOINT", world.fips), ("AWS_USE_DUALSTACK_ENDPOINT", world.dual_stack)];
        environment.extend(switches.iter().filter(|(_, is_on)| *is_on).map(|(name, _)| (*name, "true".to_owned())));
        environment.extend(world.task.execution_role.clone().map(|role| ("ECR_PROBE_EXECUTION_ROLE", role)));
        if world.mode == Mode::Task {
            let uri = format!("http://{}{METADATA_PATH}", self.metadata);
            environment.push(("ECS_CONTAINER_METADATA_URI_V4", uri));
        }
        let kind = world.credentials.kind;
        let keys = kind == CredentialKind::Keys || world.mode != Mode::Task;
        if kind.exist() && keys {
            environment.push(("AWS_ACCESS_KEY_ID", secrets::access_key(kind).to_owned()));
            environment.push(("AWS_SECRET_ACCESS_KEY", secrets::SECRET_KEY.to_owned()));
            environment.push(("AWS_SESSION_TOKEN", secrets::SESSION_TOKEN.to_owned()));
        } else if kind.exist() || kind == CredentialKind::EndpointNotFound {
            let uri = format!("http://{}/credentials", self.metadata);
            environment.push(("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri));
        }
        let own = environment.into_iter().map(|(name, value)| (name.to_owned(), value));
        let proxies = world.proxy_variables.iter().map(|name| (name.clone(), PROXY.to_owned()));
        own.chain(proxies).collect()
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts a thread that serves the world, and waits until it does.
fn serve(
    world: World,
    authorities: Arc<Authorities>,
    ports: Ports,
) -> io::Result<(Standing, oneshot::Sender<()>, JoinHandle<()>)> {
    let (standing, stands) = mpsc::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = std::thread::Builder::new().name("loopback-aws".into()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let served = runtime.map(|runtime| {
            runtime.block_on(async {
                let _ = standing.send(stand(world, authorities, ports).await);
                let _ = stopped.await;
            });
        });
        if let Err(error) = served {
            let _ = standing.send(Err(error));
        }
    })?;
    let stands = stands.recv().map_err(|_| io::Error::other("the simulated AWS did not start"))??;
    Ok((stands, stop, thread))
}

async fn stand(world: World, authorities: Arc<Authorities>, ports: Ports) -> io::Result<Standing> {
    let servers = world.vpc.name_servers();
    let network = Arc::new(Network::new(world, authorities, ports.https));
    let name_servers = dns::stand(network.clone(), &servers, ports.dns).await?;
    let metadata = network::stand_metadata(network.clone(), &name_servers, ports.metadata).await?;
    Ok(Standing { network, name_servers, metadata })
}
