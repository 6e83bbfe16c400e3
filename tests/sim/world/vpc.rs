//! The VPC: what stands between the task and AWS.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
}

impl Service {
    pub const ALL: [Service; 4] = [Service::EcrApi, Service::EcrDkr, Service::S3, Service::Sts];

    /// The last octet of its endpoint's addresses.
    fn octet(self) -> u8 {
        match self {
            Service::EcrApi => 10,
            Service::EcrDkr => 20,
            Service::S3 => 30,
            Service::Sts => 40,
        }
    }

    /// As in `dead_endpoint_addresses`.
    fn role(self) -> &'static str {
        match self {
            Service::EcrApi => "ecr-api",
            Service::EcrDkr => "ecr-dkr",
            Service::S3 => "s3",
            Service::Sts => "sts",
        }
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
    /// A default route to an internet gateway: a public subnet.
    pub internet_gateway: bool,
    /// `assignPublicIp`, which a public subnet needs.
    pub public_ip: bool,

    /// The endpoints' security group lets the task in, for these endpoints.
    pub endpoint_sg_allows_task: Services,
    /// The task's security group lets it out to the endpoints, to S3 and to everything else.
    pub task_sg_allows_endpoints: bool,
    pub task_sg_allows_s3: bool,
    pub task_sg_allows_internet: bool,
    /// The network ACL of the task's subnet lets replies in (1024-65535). It has no say within
    /// the subnet, where the first address of each endpoint is, unless `task_subnet` says otherwise.
    pub acl_allows_return: bool,
    /// It lets out what goes to addresses beyond the VPC.
    pub acl_allows_public: bool,
    /// Endpoint addresses that nobody answers at, such as `ecr-dkr/2` for the second of `ecr.dkr`.
    pub dead_endpoint_addresses: Vec<String>,

    /// Names have AAAA records too.
    pub dual_stack: bool,
    /// The subnet has a default route for IPv6.
    pub ipv6_route: bool,
    /// The task has no IPv4 address.
    pub ipv6_only: bool,
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
            internet_gateway: false,
            public_ip: false,
            endpoint_sg_allows_task: Services::All(true),
            task_sg_allows_endpoints: true,
            task_sg_allows_s3: true,
            task_sg_allows_internet: true,
            acl_allows_return: true,
            acl_allows_public: true,
            dead_endpoint_addresses: Vec::new(),
            dual_stack: false,
            ipv6_route: false,
            ipv6_only: false,
        }
    }
}

impl Vpc {
    pub(super) fn check(&self) -> Result<(), String> {
        self.first_octets()
            .ok_or_else(|| format!("vpc.endpoint_network {:?} is not like 10.0.1", self.endpoint_network))?;
        if let Some(cidr) = &self.task_subnet {
            Network::parse(cidr).ok_or_else(|| format!("vpc.task_subnet {cidr:?} is not like 10.0.11.0/24"))?;
        }
        let known = |name: &String| {
            Service::ALL.iter().any(|service| [1, 2].iter().any(|nth| *name == format!("{}/{nth}", service.role())))
        };
        match self.dead_endpoint_addresses.iter().find(|name| !known(name)) {
            Some(name) => Err(format!("vpc.dead_endpoint_addresses: {name:?} is not like ecr-dkr/2")),
            None => Ok(()),
        }
    }

    fn first_octets(&self) -> Option<[u8; 3]> {
        let octets: Vec<u8> = self.endpoint_network.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
        <[u8; 3]>::try_from(octets).ok()
    }

    fn octets(&self) -> [u8; 3] {
        self.first_octets().unwrap_or([10, 0, 1])
    }

    /// The whole VPC.
    pub fn cidr(&self) -> Network {
        let [a, b, _] = self.octets();
        Network { base: Ipv4Addr::new(a, b, 0, 0), length: 16 }
    }

    /// The task's own subnet.
    pub fn subnet(&self) -> Network {
        let [a, b, c] = self.octets();
        let own = self.task_subnet.as_deref().and_then(Network::parse);
        own.unwrap_or(Network { base: Ipv4Addr::new(a, b, c, 0), length: 24 })
    }

    /// The Route 53 resolver: the VPC's base address plus two.
    pub fn resolver(&self) -> IpAddr {
        let [a, b, _] = self.octets();
        Ipv4Addr::new(a, b, 0, 2).into()
    }

    /// Whether the server at `address` is Amazon's.
    pub fn is_amazon_resolver(&self, address: IpAddr) -> bool {
        address == self.resolver() || address == IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253))
    }

    pub fn name_servers(&self) -> Vec<IpAddr> {
        self.name_servers.clone().unwrap_or_else(|| vec![self.resolver()])
    }

    /// The addresses of an interface endpoint, one in each zone.
    pub fn endpoint_addresses(&self, service: Service) -> [IpAddr; 2] {
        let [a, b, c] = self.octets();
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
        self.dead_endpoint_addresses.iter().any(|name| *name == format!("{}/{nth}", service.role()))
    }
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
