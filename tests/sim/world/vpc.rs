//! The VPC: what stands between the task and AWS.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ecr_probe::model::Role;
use serde::Deserialize;

/// An AWS service that an interface endpoint can be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Service {
    #[serde(rename = "ecr.api")]
    EcrApi,
    #[serde(rename = "ecr.dkr")]
    EcrDkr,
    #[serde(rename = "s3")]
    S3,
    #[serde(rename = "sts")]
    Sts,
    #[serde(rename = "logs")]
    Logs,
    #[serde(rename = "secretsmanager")]
    SecretsManager,
    #[serde(rename = "ssm")]
    Ssm,
    #[serde(rename = "kms")]
    Kms,
}

impl Service {
    pub const ALL: [Service; 8] = [
        Service::EcrApi,
        Service::EcrDkr,
        Service::S3,
        Service::Sts,
        Service::Logs,
        Service::SecretsManager,
        Service::Ssm,
        Service::Kms,
    ];

    /// The last octet of its endpoint's addresses.
    fn octet(self) -> u8 {
        match self {
            Service::EcrApi => 10,
            Service::EcrDkr => 20,
            Service::S3 => 30,
            Service::Sts => 40,
            Service::Logs => 50,
            Service::SecretsManager => 60,
            Service::Ssm => 70,
            Service::Kms => 80,
        }
    }

    /// The part that it plays.
    pub fn role(self) -> Role {
        match self {
            Service::EcrApi => Role::EcrApi,
            Service::EcrDkr => Role::EcrDkr,
            Service::S3 => Role::S3,
            Service::Sts => Role::Sts,
            Service::Logs => Role::Logs,
            Service::SecretsManager => Role::SecretsManager,
            Service::Ssm => Role::Ssm,
            Service::Kms => Role::Kms,
        }
    }

    /// The service that plays this part.
    pub fn of(role: Role) -> Option<Service> {
        Service::ALL.into_iter().find(|service| service.role() == role)
    }
}

/// `true`, `false`, or a list of the services it is true for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Services {
    All(bool),
    Only(Vec<Service>),
}

impl Services {
    pub fn has(&self, service: Service) -> bool {
        match self {
            Services::All(all) => *all,
            Services::Only(list) => list.contains(&service),
        }
    }
}

/// What group the endpoints have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointGroup {
    /// One that was made for them, as `endpoint_sg_allows_task` says.
    #[default]
    Own,
    /// The VPC's default group, which lets in its own members only.
    Default,
    /// One that lists the group of another task.
    ForAnotherTask,
    /// One that lists the addresses of the first of the service's two subnets: that of the task.
    FirstSubnet,
}

/// Every key of `[vpc]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vpc {
    pub region: String,
    /// The first three octets of the subnet in the first zone; the second zone's is the next.
    /// The VPC is the /16 around it.
    pub endpoint_network: String,
    /// The CIDR of the task's subnet; by default the first endpoint's.
    pub task_subnet: Option<String>,

    pub interface_endpoints: Vec<Service>,
    /// Private DNS of the interface endpoints.
    pub private_dns: Services,
    /// `enableDnsSupport`.
    pub dns_support: bool,
    /// `enableDnsHostnames`, which private DNS needs as well.
    pub dns_hostnames: bool,
    /// The name servers of the DHCP option set. One that is not Amazon's knows only public DNS.
    pub name_servers: Option<Vec<IpAddr>>,
    /// Those of them that answer nothing.
    pub silent_name_servers: Vec<IpAddr>,

    /// The VPC has an S3 gateway endpoint.
    pub s3_gateway: bool,
    /// It is associated with the route table of the task's subnet.
    pub s3_gateway_in_route_table: bool,
    /// A route that is more specific than the S3 prefix list takes S3's packets elsewhere.
    pub s3_route_overridden: bool,
    /// A default route to a NAT gateway.
    pub nat: bool,
    /// The default route's target is gone (`blackhole`).
    pub nat_blackhole: bool,
    /// The NAT gateway's own subnet has a route to an internet gateway.
    pub nat_way_out: bool,
    /// A default route to an internet gateway: a public subnet.
    pub internet_gateway: bool,
    /// `assignPublicIp`, which a public subnet needs.
    pub public_ip: bool,

    /// The first three octets of a subnet of a hub VPC, where the endpoints are in place of this VPC.
    pub hub_network: Option<String>,
    /// This VPC shares a private hosted zone that leads ECR's names to the hub's endpoints.
    pub hub_zone_shared: bool,
    /// The hub has a route back to this VPC.
    pub hub_route_back: bool,

    /// The endpoints' security group lets the task in, for these endpoints.
    pub endpoint_sg_allows_task: Services,
    pub endpoint_sg: EndpointGroup,
    /// The task's security group lets it out to the endpoints, to S3 and to everything else.
    pub task_sg_allows_endpoints: bool,
    pub task_sg_allows_s3: bool,
    pub task_sg_allows_internet: bool,
    /// The network ACL of the task's subnet lets replies in (1024-65535). It has no say within
    /// the subnet, where the first address of each endpoint is, unless `task_subnet` says otherwise.
    pub acl_allows_return: bool,
    /// It lets them in on the ports of Linux (32768-60999) and no others.
    pub acl_returns_to_linux_only: bool,
    /// A rule that denies replies has a lower number than the one that allows them.
    pub acl_denies_return_first: bool,
    /// It lets out what goes to addresses beyond the VPC.
    pub acl_allows_public: bool,
    /// It lets ICMP in, by which a router says that a packet is too large.
    pub acl_allows_icmp: bool,
    /// The way beyond the VPC takes smaller packets than the task's interface sends.
    pub narrow_way_out: bool,
    /// Endpoint addresses that nobody answers at, such as `ecr-dkr/2` for the second of `ecr.dkr`.
    pub dead_endpoint_addresses: Vec<String>,

    /// Names have AAAA records too.
    pub dual_stack: bool,
    /// The subnet has a default route for IPv6.
    pub ipv6_route: bool,
    /// The task has no IPv4 address.
    pub ipv6_only: bool,
    /// The VPC's resolver makes an IPv6 address of an IPv4 one for names that have no other (DNS64).
    pub dns64: bool,
    /// A route for what it makes leads to a NAT gateway, which translates back.
    pub nat64: bool,
}

/// Where DNS64 puts IPv4 addresses.
const TRANSLATED: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];

/// An IPv4 address as DNS64 writes it.
pub fn translated(address: Ipv4Addr) -> IpAddr {
    let [a, b, c, d] = address.octets().map(u16::from);
    Ipv6Addr::new(TRANSLATED[0], TRANSLATED[1], 0, 0, 0, 0, a << 8 | b, c << 8 | d).into()
}

/// The address that a packet is for once it is translated: the same where it is not.
pub fn untranslated(address: IpAddr) -> IpAddr {
    let IpAddr::V6(ipv6) = address else { return address };
    let segments = ipv6.segments();
    if segments[..6] != TRANSLATED {
        return address;
    }
    let [_, _, _, _, _, _, _, _, _, _, _, _, a, b, c, d] = ipv6.octets();
    Ipv4Addr::new(a, b, c, d).into()
}

impl Default for Vpc {
    fn default() -> Self {
        Vpc {
            region: "eu-west-1".into(),
            endpoint_network: "10.0.1".into(),
            task_subnet: None,
            interface_endpoints: vec![Service::EcrApi, Service::EcrDkr],
            private_dns: Services::All(true),
            dns_support: true,
            dns_hostnames: true,
            name_servers: None,
            silent_name_servers: Vec::new(),
            s3_gateway: true,
            s3_gateway_in_route_table: true,
            s3_route_overridden: false,
            nat: false,
            nat_blackhole: false,
            nat_way_out: true,
            internet_gateway: false,
            public_ip: false,
            hub_network: None,
            hub_zone_shared: true,
            hub_route_back: true,
            endpoint_sg_allows_task: Services::All(true),
            endpoint_sg: EndpointGroup::Own,
            task_sg_allows_endpoints: true,
            task_sg_allows_s3: true,
            task_sg_allows_internet: true,
            acl_allows_return: true,
            acl_returns_to_linux_only: false,
            acl_denies_return_first: false,
            acl_allows_public: true,
            acl_allows_icmp: true,
            narrow_way_out: false,
            dead_endpoint_addresses: Vec::new(),
            dual_stack: false,
            ipv6_route: false,
            ipv6_only: false,
            dns64: false,
            nat64: false,
        }
    }
}

impl Vpc {
    pub(super) fn check(&self) -> Result<(), String> {
        for (key, network) in
            [("endpoint_network", Some(&self.endpoint_network)), ("hub_network", self.hub_network.as_ref())]
        {
            let Some(network) = network else { continue };
            first_octets(network).ok_or_else(|| format!("vpc.{key} {network:?} is not like 10.0.1"))?;
        }
        if let Some(cidr) = &self.task_subnet {
            Network::parse(cidr).ok_or_else(|| format!("vpc.task_subnet {cidr:?} is not like 10.0.11.0/24"))?;
        }
        let known = |name: &String| {
            Service::ALL
                .iter()
                .any(|service| [1, 2].iter().any(|nth| *name == format!("{}/{nth}", service.role().name())))
        };
        match self.dead_endpoint_addresses.iter().find(|name| !known(name)) {
            Some(name) => Err(format!("vpc.dead_endpoint_addresses: {name:?} is not like ecr-dkr/2")),
            None => Ok(()),
        }
    }

    fn octets(&self) -> [u8; 3] {
        first_octets(&self.endpoint_network).unwrap_or([10, 0, 1])
    }

    /// Of the subnet that the endpoints are in.
    fn endpoint_octets(&self) -> [u8; 3] {
        self.hub_network.as_deref().and_then(first_octets).unwrap_or(self.octets())
    }

    /// The whole VPC.
    pub fn cidr(&self) -> Network {
        let [a, b, _] = self.octets();
        Network { base: Ipv4Addr::new(a, b, 0, 0), length: 16 }
    }

    /// The whole of the hub VPC, where there is one.
    pub fn hub_cidr(&self) -> Option<Network> {
        let [a, b, _] = self.hub_network.as_deref().and_then(first_octets)?;
        Some(Network { base: Ipv4Addr::new(a, b, 0, 0), length: 16 })
    }

    /// The task's own subnet.
    pub fn subnet(&self) -> Network {
        let [a, b, c] = self.octets();
        let own = self.task_subnet.as_deref().and_then(Network::parse);
        own.unwrap_or(Network { base: Ipv4Addr::new(a, b, c, 0), length: 24 })
    }

    /// The task's own subnet for IPv6, where it has one.
    pub fn subnet_v6(&self) -> Option<&'static str> {
        (self.dual_stack || self.ipv6_only).then_some("2a05:d018:1:1::/64")
    }

    /// The Route 53 resolver: the VPC's base address plus two.
    pub fn resolver(&self) -> IpAddr {
        let [a, b, _] = self.octets();
        Ipv4Addr::new(a, b, 0, 2).into()
    }

    /// Whether the server at `address` is Amazon's.
    pub fn is_amazon_resolver(&self, address: IpAddr) -> bool {
        let link_local = Ipv4Addr::new(169, 254, 169, 253);
        let of_ipv6 = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253);
        [self.resolver(), link_local.into(), of_ipv6.into()].contains(&address)
    }

    pub fn name_servers(&self) -> Vec<IpAddr> {
        self.name_servers.clone().unwrap_or_else(|| vec![self.resolver()])
    }

    /// The addresses of an interface endpoint, one in each zone.
    pub fn endpoint_addresses(&self, service: Service) -> [IpAddr; 2] {
        let [a, b, c] = self.endpoint_octets();
        let zone = |next: u8| IpAddr::V4(Ipv4Addr::new(a, b, c.wrapping_add(next), service.octet()));
        [zone(0), zone(1)]
    }

    /// The same for IPv6, where the endpoint has any.
    pub fn endpoint_addresses_v6(&self, service: Service) -> [IpAddr; 2] {
        let zone = |nth: u16| IpAddr::V6(Ipv6Addr::new(0x2a05, 0xd018, 0x1, nth, 0, 0, 0, service.octet().into()));
        [zone(1), zone(2)]
    }

    /// The endpoint at `address`, and which of its addresses that is, from 1.
    pub fn endpoint_at(&self, address: IpAddr) -> Option<(Service, usize)> {
        self.interface_endpoints.iter().find_map(|&service| {
            let at = |own: [IpAddr; 2]| own.iter().position(|own| *own == address);
            let nth = at(self.endpoint_addresses(service)).or_else(|| at(self.endpoint_addresses_v6(service)))?;
            Some((service, nth + 1))
        })
    }

    pub fn is_dead(&self, service: Service, nth: usize) -> bool {
        self.dead_endpoint_addresses.iter().any(|name| *name == format!("{}/{nth}", service.role().name()))
    }
}

fn first_octets(network: &str) -> Option<[u8; 3]> {
    let octets: Vec<u8> = network.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    <[u8; 3]>::try_from(octets).ok()
}

/// An IPv4 network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    pub base: Ipv4Addr,
    pub length: u8,
}

impl Network {
    pub fn parse(cidr: &str) -> Option<Network> {
        let (base, length) = cidr.split_once('/')?;
        let length = length.parse().ok().filter(|length| *length <= 32)?;
        Some(Network { base: base.parse().ok()?, length })
    }

    pub fn holds(&self, address: IpAddr) -> bool {
        let IpAddr::V4(address) = address else { return false };
        let bits = 32 - u32::from(self.length);
        u64::from(address.to_bits()) >> bits == u64::from(self.base.to_bits()) >> bits
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.base, self.length)
    }
}
