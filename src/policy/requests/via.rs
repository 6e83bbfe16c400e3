//! The way a request goes, and the keys that it leaves.

use std::net::IpAddr;

use super::super::request::{Key, Request};
use super::caller::Caller;

/// The way of a request to a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// Through a VPC endpoint.
    Endpoint {
        /// Such as `vpc-0a1`.
        vpc: String,
        /// Such as `vpce-0a1`; `None` where it is not known which.
        id: Option<String>,
        /// Whether it is a gateway endpoint.
        gateway: bool,
        /// The account that owns the endpoint; `None` where it is not known.
        owner: Option<String>,
        /// The private address of the client, where it is known.
        client: Option<IpAddr>,
    },
    /// Over a NAT gateway or an internet gateway, with the public address that the service sees, where it is known.
    Internet(Option<IpAddr>),
    /// It is not known.
    Unknown,
}

/// Which of an endpoint's keys the service is known to put into its requests' context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Carries {
    /// `aws:SourceVpc` and `aws:SourceVpce`.
    pub(super) source: bool,
    /// `aws:VpceAccount`, `aws:VpceOrgID`: AWS lists the services (IAM User Guide, "AWS global condition context keys").
    pub(super) owner: bool,
    /// `aws:VpcSourceIp`.
    pub(super) client: bool,
}

impl Via {
    /// A gateway or interface endpoint of the caller's own account, by its id.
    pub fn endpoint(vpc: impl Into<String>, id: impl Into<String>, owner: impl Into<String>) -> Self {
        Via::Endpoint { vpc: vpc.into(), id: Some(id.into()), gateway: false, owner: Some(owner.into()), client: None }
    }

    /// The request with the keys of the network. What a service is not known to put into the context stays unknown.
    ///
    /// `aws:SourceIp` is in no request that comes through an endpoint (IAM User Guide, "AWS global condition context
    /// keys").
    pub(super) fn put(&self, request: Request, caller: Option<&Caller>, carries: Carries) -> Request {
        match self {
            Via::Unknown => request,
            Via::Internet(address) => {
                let absent = [
                    "aws:SourceVpc",
                    "aws:SourceVpce",
                    "aws:SourceVpcArn",
                    "aws:VpcSourceIp",
                    "aws:VpceAccount",
                    "aws:VpceOrgID",
                    "aws:VpceOrgPaths",
                ];
                let request = absent.iter().fold(request, |request, name| request.with(name, Key::Absent));
                request.with("aws:SourceIp", held(address.as_ref()))
            }
            Via::Endpoint { vpc, id, gateway, owner, client } => {
                let mut request = request.with("aws:SourceIp", Key::Absent);
                request.by_gateway = *gateway;
                if carries.source {
                    request = request.with("aws:SourceVpc", Key::is(vpc));
                    let id = id.as_ref().map_or_else(|| Key::like("vpce-*", &[]), Key::is);
                    request = request.with("aws:SourceVpce", id);
                }
                if carries.client {
                    request = request.with("aws:VpcSourceIp", held(client.as_ref()));
                }
                if let (true, Some(owner)) = (carries.owner, owner) {
                    request = request.with("aws:VpceAccount", Key::is(owner));
                    if let Some(caller) = caller.filter(|caller| caller.account() == owner) {
                        request = request.with("aws:VpceOrgID", caller.org.id());
                        request = request.with("aws:VpceOrgPaths", caller.org.paths());
                    }
                }
                request
            }
        }
    }
}

/// A key that is there, with its value where it is known.
fn held(address: Option<&IpAddr>) -> Key {
    address.map_or_else(|| Key::like("*", &[]), |address| Key::is(address.to_string()))
}
