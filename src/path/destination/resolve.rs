//! Where a name leads: the resolver, DNS Firewall, hand-made zones and rules, endpoints, and public DNS, in that order.

use super::endpoints::{Standing, is_for, standing, targets};
use super::firewall;
use super::lead::{Destination, Lead};
use super::resolver::{Asked, asked, attributes, note};
use super::zones;
use crate::aws::{Service, ServiceHost};
use crate::model::facts::EndpointKind;
use crate::model::{Does, EvidenceId, HopKind};
use crate::path::network::{Network, Origin};
use crate::path::trail::Trail;
use crate::path::{Allowance, Blocker, Extent, Far, Place, Unseen};

impl Network<'_> {
    /// Where a name leads from a place, for TCP to `port`.
    ///
    /// Lists of private hosted zones, resolver rules and DNS Firewall rules that nobody asked for are taken to be empty;
    /// where reading them was refused, the way is unknown. A name server that is not Amazon's is taken to ask Amazon's.
    pub fn destination(&self, place: &Place, host: &str, port: u16) -> Destination {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let service = ServiceHost::parse(&host);
        let mut found = Destination {
            port,
            lead: Lead::Unknown,
            trail: Trail::default(),
            region: service.as_ref().and_then(|it| it.region.clone()),
            dual_stack: service.as_ref().map(|it| it.variant.dual_stack),
            bypassed: Vec::new(),
            sibling: None,
            elsewhere: None,
            host,
        };
        match self.origin(place) {
            Ok(origin) => found.lead = self.lead(&origin, service.as_ref(), &mut found),
            Err(unseen) => found.trail.unknown(HopKind::Subnet, &place.subnet, unseen, &[]),
        }
        found
    }

    fn lead(&self, origin: &Origin<'_, '_>, service: Option<&ServiceHost>, found: &mut Destination) -> Lead {
        let vpc = origin.subnet.vpc_id.as_str();
        let asked = asked(self, origin);
        note(&asked, &mut found.trail);
        let (dns, told_by) = attributes(self, vpc, &mut found.trail);
        if !dns.support {
            match asked {
                Asked::Amazon => {
                    let blocker = Blocker::DnsSupportOff { vpc: vpc.to_owned() };
                    found.trail.blocks(HopKind::Vpc, vpc, blocker, Extent::Whole, &told_by);
                    return Lead::Nowhere;
                }
                Asked::Unknown(unseen) => {
                    found.trail.unknown(HopKind::DhcpOptions, vpc, unseen, &told_by);
                    return Lead::Unknown;
                }
                Asked::Others { .. } => {}
            }
        }
        let alias = service.and_then(ServiceHost::alias);
        if dns.support && firewall::blocks(self, vpc, &found.host, alias.as_deref(), &mut found.trail) {
            return Lead::Nowhere;
        }
        let standing = service.map(|it| standing(self, vpc, &found.host, it, (dns, &told_by))).unwrap_or_default();
        let own = service.and_then(ServiceHost::private_zone).filter(|_| !standing.holding.is_empty());
        if dns.support
            && let Some(lead) = zones::shadow(self, origin, &found.host, own.as_deref(), &mut found.trail)
        {
            return lead;
        }
        self.by_endpoints(vpc, service, standing, found)
    }

    /// The endpoint whose private DNS holds the name, else public DNS.
    fn by_endpoints(
        &self,
        vpc: &str,
        service: Option<&ServiceHost>,
        standing: Standing<'_>,
        found: &mut Destination,
    ) -> Lead {
        if let Some((endpoint, _)) = standing.holding.first() {
            let cites: Vec<EvidenceId> = standing.holding.iter().map(|(_, seen)| *seen).collect();
            let all = standing.holding.iter().flat_map(|(endpoint, seen)| targets(self, endpoint, *seen));
            let all: Vec<_> = all.collect();
            if all.is_empty() {
                let blocker = Blocker::EndpointWithoutInterfaces { endpoint: endpoint.id.clone() };
                found.trail.blocks(HopKind::Endpoint, &endpoint.id, blocker, Extent::Whole, &cites);
                return Lead::Nowhere;
            }
            let by = Allowance::PrivateDns { endpoint: endpoint.id.clone() };
            found.trail.allows(HopKind::Endpoint, &endpoint.id, by, &cites);
            return Lead::Interfaces(all);
        }
        if let Some((endpoint, seen)) = standing.perhaps {
            let unseen = Unseen::DualStackName { endpoint: endpoint.id.clone() };
            found.trail.unknown(HopKind::Endpoint, &endpoint.id, unseen, &[seen]);
            return Lead::Unknown;
        }
        let Some(service) = service else {
            found.trail.allows(HopKind::Name, &found.host, Allowance::PublicName, &[]);
            return Lead::Public(Far::Internet);
        };
        match self.all_endpoints(vpc) {
            Err(unseen) => found.trail.unknown(HopKind::Endpoint, vpc, unseen, &[]),
            Ok(listing) => {
                found.trail.allows(HopKind::Name, &found.host, Allowance::PublicName, &[listing]);
                self.note_others(vpc, service, &standing, found);
            }
        }
        found.bypassed = standing.bypassed;
        Lead::Public(if service.service == Service::S3 { Far::S3 } else { Far::Aws })
    }

    /// Endpoints that tell why the name leads to public addresses: of ECR's other service, or in another VPC.
    fn note_others(&self, vpc: &str, asked: &ServiceHost, standing: &Standing<'_>, found: &mut Destination) {
        let Some(region) = asked.region.as_deref() else { return };
        if !standing.bypassed.is_empty() {
            return;
        }
        let other = match asked.service {
            Service::EcrApi => Some(Service::EcrDkr),
            Service::EcrDkr => Some(Service::EcrApi),
            _ => None,
        };
        let sibling = other.and_then(|other| {
            let all = self.endpoints(vpc).iter();
            all.map(|(endpoint, _)| endpoint).find(|endpoint| is_for(endpoint, other, region))
        });
        found.sibling = sibling.map(|sibling| (sibling.id.clone(), asked.service.endpoint_service(region)));
        let wanted = if asked.service == Service::S3 { EndpointKind::Gateway } else { EndpointKind::Interface };
        let mut beside: Vec<_> = self
            .endpoints_beside(vpc)
            .filter(|it| it.kind == wanted && asked.service.is_endpoint_service(&it.service, region))
            .collect();
        beside.sort_by_key(|endpoint| endpoint.id.as_str());
        found.elsewhere = beside.first().map(|endpoint| (endpoint.id.clone(), endpoint.vpc_id.clone()));
    }
}

impl Destination {
    /// Whether all that decides where the name leads is known.
    pub(in crate::path) fn is_certain(&self) -> bool {
        self.trail.steps.iter().all(|step| step.does() != Does::Unknown)
    }
}
