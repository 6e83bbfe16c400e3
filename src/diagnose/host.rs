//! One host as the evidence shows it: its answers, its addresses, how each fared.

use std::net::IpAddr;

use super::weather::Step;
use crate::aws::{EcrHost, Variant, ecr_api_variant, is_s3_host};
use crate::model::outcome::{ConnectOutcome, HandshakeOutcome, ResolveOutcome};
use crate::model::{Act, AddressClass, Observation, Role, Target};

/// All observations of reaching one host.
#[derive(Debug)]
pub struct Host<'e> {
    /// Which host it is.
    pub target: &'e Target,
    /// One a name server: of several tries that failed, the first.
    pub resolves: Vec<(&'e Observation, &'e ResolveOutcome)>,
    /// One an address, in the order of the connects.
    pub contacts: Vec<Contact<'e>>,
}

/// One address of a host.
#[derive(Debug)]
pub struct Contact<'e> {
    /// Where it was connected to.
    pub address: IpAddr,
    /// Whose the address is; `Elsewhere` when no answer named it (`--connect-to`).
    pub class: AddressClass,
    /// The last try to connect.
    pub connect: (&'e Observation, &'e ConnectOutcome),
    /// The last handshake there; `None` where there was none.
    pub handshake: Option<(&'e Observation, &'e HandshakeOutcome)>,
    /// Whether no handshake is to be expected.
    pub plain_http: bool,
}

impl Contact<'_> {
    /// Whether TCP reached it.
    pub fn connected(&self) -> bool {
        matches!(self.connect.1, ConnectOutcome::Connected { .. })
    }

    /// Whether it speaks TLS as the host, or takes connections where none is spoken.
    pub fn works(&self) -> bool {
        self.plain_http && self.connected() || matches!(self.handshake, Some((_, HandshakeOutcome::Completed { .. })))
    }
}

impl<'e> Host<'e> {
    /// Collects what the observations hold of `target`.
    pub fn gather(target: &'e Target, observations: &[&'e Observation]) -> Self {
        let of_host = || observations.iter().copied().filter(|it| it.target.as_ref() == Some(target));
        let is_a_further_try =
            |it: &Observation| of_host().any(|earlier| earlier.id < it.id && Step::of(earlier) == Step::of(it));
        let resolves: Vec<_> = of_host()
            // An answer that leads elsewhere stands beside the first, which is no failure.
            .filter(|it| !it.is_symptom() || !is_a_further_try(it))
            .filter_map(|it| match &it.act {
                Act::Resolve(outcome) => Some((it, outcome)),
                _ => None,
            })
            .collect();
        let class_of = |address| {
            let known = resolves.iter().find_map(|(_, outcome)| outcome.class_of(address));
            known.map_or(AddressClass::Elsewhere, |known| known.class)
        };
        let contacts = of_host()
            .filter_map(|it| match &it.act {
                Act::Connect(outcome) if !is_a_further_try(it) => {
                    let address = it.address?;
                    let mut handshakes = of_host().filter_map(|it| match &it.act {
                        Act::Handshake(outcome) if it.address == Some(address) => Some((it, outcome)),
                        _ => None,
                    });
                    let handshake = handshakes.next();
                    let (class, plain_http) = (class_of(address), target.plain_http);
                    Some(Contact { address, class, connect: (it, outcome), handshake, plain_http })
                }
                _ => None,
            })
            .collect();
        Host { target, resolves, contacts }
    }

    /// The part that the host plays in the pull.
    pub fn role(&self) -> Role {
        self.target.role
    }

    /// The Region and the variant that one of ECR's own names stands for; `None` of an endpoint's name and of a mirror's.
    pub fn ecr_variant(&self) -> Option<(String, Variant)> {
        let host = &self.target.host;
        match self.role() {
            Role::EcrApi => ecr_api_variant(host).map(|(region, variant)| (region.to_owned(), variant)),
            Role::EcrDkr => {
                let EcrHost { region, fips, dual_stack, .. } = EcrHost::parse(host)?;
                Some((region, Variant { fips, dual_stack }))
            }
            _ => None,
        }
    }

    /// A layer store that is not S3: where a pull-through cache leads for what it has not stored yet.
    pub fn is_upstream(&self) -> bool {
        self.role() == Role::S3 && !is_s3_host(&self.target.host)
    }

    /// The name server's answer that the addresses were taken from.
    pub fn answer(&self) -> Option<(&'e Observation, &'e ResolveOutcome)> {
        self.resolves.iter().copied().find(|(_, outcome)| !outcome.is_symptom())
    }

    /// Whether any address speaks TLS as the host.
    pub fn works(&self) -> bool {
        self.contacts.iter().any(Contact::works)
    }

    /// Whether TCP reached any address.
    pub fn connected(&self) -> bool {
        self.contacts.iter().any(Contact::connected)
    }

    /// The addresses whose connect failed, without those of an unused family, and those that nothing was sent to.
    pub fn failed_contacts(&self) -> impl Iterator<Item = &Contact<'e>> {
        let was_tried = |it: &Contact<'_>| !matches!(it.connect.1, ConnectOutcome::NotSent { .. });
        self.contacts.iter().filter(move |it| !it.connected() && was_tried(it) && !self.is_unused_family(it))
    }

    /// Whether the address is of a family that this subnet has no route for at all, while the other gets further:
    /// a client falls back at once (RFC 8305), and what happens to the other family is what counts.
    pub fn is_unused_family(&self, contact: &Contact<'_>) -> bool {
        let no_route = |it: &Contact<'_>| matches!(it.connect.1, ConnectOutcome::NetworkUnreachable);
        let family = contact.address.is_ipv4();
        self.contacts.iter().filter(|it| it.address.is_ipv4() == family).all(no_route)
            && self.contacts.iter().any(|it| it.address.is_ipv4() != family && !no_route(it))
    }

    /// Of a host that TCP does not reach at all, the addresses that failed as `fits` says. Each rule takes its own:
    /// the addresses of one host may fail in different ways.
    pub fn unreached(&self, fits: impl Fn(&Contact<'e>) -> bool) -> Vec<&Contact<'e>> {
        if self.connected() { Vec::new() } else { self.failed_contacts().filter(|contact| fits(contact)).collect() }
    }
}
