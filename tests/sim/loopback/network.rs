//! The addresses of the world as sockets: open, silent or closed.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::super::packet::{Fate, fate};
use super::super::service::{Place, Services};
use super::super::world::World;
use super::addresses::{self, Addresses};
use super::tls::Authorities;
use super::{http, https};

/// Everything that the servers share.
#[derive(Debug)]
pub struct Network {
    pub services: Services,
    pub addresses: Addresses,
    pub authorities: Arc<Authorities>,
    /// Stands for 443 at every address.
    pub port: u16,
    opened: Mutex<BTreeSet<IpAddr>>,
}

impl Network {
    pub fn new(world: World, authorities: Arc<Authorities>, port: u16) -> Network {
        Network {
            addresses: Addresses::new(world.clone()),
            services: Services::new(world),
            authorities,
            port,
            opened: Mutex::default(),
        }
    }

    pub fn world(&self) -> &World {
        self.services.world()
    }

    /// The true time, by which the servers go: the host's clock stands for the probe's.
    pub fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        since.as_secs() as i64 - self.world().clock.skew_s
    }

    /// Gives the loopback address of an address of the world, which from now on behaves as it.
    pub async fn open(self: &Arc<Self>, address: IpAddr) -> io::Result<IpAddr> {
        let mine = self.addresses.on_loopback(address);
        if !self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(mine) {
            return Ok(mine);
        }
        let at = SocketAddr::new(mine, self.port);
        match fate(self.world(), address, 443) {
            Fate::Open => {
                let listener = TcpListener::bind(at).await?;
                tokio::spawn(accept(self.clone(), listener, address));
            }
            Fate::Dropped => drop_everything(at).await?,
            // Nothing listens, or the address itself says so.
            Fate::Refused | Fate::NetUnreachable | Fate::HostUnreachable => {}
        }
        Ok(mine)
    }
}

async fn accept(network: Arc<Network>, listener: TcpListener, address: IpAddr) {
    let mut turn = 0;
    while let Ok((stream, _)) = listener.accept().await {
        let network = network.clone();
        tokio::spawn(async move {
            // A client that goes away is no fault of the world.
            let _ = https::serve(&network, stream, address, turn).await;
        });
        turn += 1;
    }
}

/// A listener whose accept queue is full: Linux drops every further SYN, as a firewall would.
async fn drop_everything(at: SocketAddr) -> io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    // Connections of an earlier world at the same port may still be waiting out their time.
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    // A queue of length nought holds one connection (listen(2) counts those beyond it).
    let listener = socket.listen(0)?;
    let parked = TcpStream::connect(at).await?;
    tokio::spawn(async move {
        let _held = (listener, parked);
        std::future::pending::<()>().await;
    });
    Ok(())
}

/// Task metadata and container credentials, over plain HTTP.
pub async fn stand_metadata(network: Arc<Network>, name_servers: &[SocketAddr], port: u16) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let at = listener.local_addr()?;
    let name_servers = name_servers.iter().map(SocketAddr::ip).collect();
    let place = Arc::new(Place { subnet: addresses::subnet(), name_servers });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (network, place) = (network.clone(), place.clone());
            tokio::spawn(async move {
                let answer = |path: &str| network.services.task_answer(path, &place, network.now());
                let _ = http::serve_plainly(&mut stream, answer).await;
            });
        }
    });
    Ok(at)
}
