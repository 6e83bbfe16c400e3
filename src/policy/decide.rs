//! How the layers combine (IAM User Guide, "Policy evaluation logic").

use super::Truth;
use super::decision::{Answer, Decision, LayerDecision, Missing};
use super::layers::{Layer, Layers};
use super::policies::{Policies, Seen};
use super::request::{Owner, Request, Who};
use crate::model::outcome::PolicyLayer;

/// Decides about a request.
///
/// Any Deny that matches denies. Else every layer that the request needs must allow: the endpoint's policy and the
/// organization's always, where they are; the role's own policies and those of the resource by the accounts of both:
///
/// | | needed |
/// |---|---|
/// | same account | an Allow of the role within its boundary, **or** of the resource |
/// | same account, a key or a role to assume | an Allow of the resource; one that names the account lets the role's own policies decide |
/// | another account | **both** |
///
/// In one account, what names the role is still limited by its boundary, what names its session or everybody is not
/// ("Permissions boundaries for IAM entities", "Principal: role session principals"). What only names the account
/// grants nothing by itself.
pub fn decide(request: &Request, policies: &Policies) -> Decision {
    let layers = Layers::ask(request, policies);
    let asked = Asked { request, policies, layers: &layers };
    let needs = asked.needs();
    let in_order = layers.in_order();
    let told: Vec<LayerDecision> = in_order.iter().map(|layer| layer.told(needs.of(layer.kind))).collect();

    let denies = Truth::any(in_order.iter().map(|layer| asked.denies(layer)));
    let allows = Truth::all([layers.endpoint.allows.any(), layers.scp.allows.any(), asked.grants()]);
    let decision = match allows.and(!denies) {
        Truth::True => asked.allowed(),
        Truth::False => denied(&told),
        Truth::Unknown => Decision { missing: asked.missing(), ..blank() },
    };
    Decision { layers: told, unseen: asked.unseen(decision.answer), ..decision }
}

fn blank() -> Decision {
    Decision {
        answer: Answer::Unknown,
        layer: None,
        explicit: false,
        by: None,
        layers: Vec::new(),
        missing: Vec::new(),
        unseen: Vec::new(),
    }
}

/// The first Deny that matches, else the first layer in which nothing allows.
fn denied(told: &[LayerDecision]) -> Decision {
    let explicit = told.iter().find(|layer| layer.explicit);
    let implicit = || told.iter().find(|layer| layer.answer == Answer::Deny);
    let by = explicit.and_then(|layer| layer.by.clone());
    let layer = explicit.or_else(implicit).map(|layer| layer.layer);
    Decision { answer: Answer::Deny, layer, explicit: explicit.is_some(), by, ..blank() }
}

/// A request with its layers.
struct Asked<'a> {
    request: &'a Request,
    policies: &'a Policies,
    layers: &'a Layers,
}

/// Which layers' Allow a request needs.
struct Needs {
    resource: bool,
    identity: bool,
    limits: bool,
}

impl Needs {
    fn of(&self, kind: PolicyLayer) -> bool {
        match kind {
            PolicyLayer::Resource | PolicyLayer::RoleTrust => self.resource,
            PolicyLayer::Identity => self.identity,
            PolicyLayer::PermissionsBoundary | PolicyLayer::Session => self.limits,
            _ => true,
        }
    }
}

impl Asked<'_> {
    /// Keys and roles are closed to their own account too, but for what their policy opens (KMS Developer Guide,
    /// "Key policies"; IAM User Guide, "Role trust policies").
    fn is_closed(&self) -> bool {
        let service = self.request.action.split_once(':').map(|(service, _)| service.to_lowercase());
        matches!(service.as_deref(), Some("kms" | "sts"))
    }

    fn is_own(&self) -> bool {
        self.request.owner == Owner::Same
    }

    fn needs(&self) -> Needs {
        let resource = self.layers.resource.allows;
        let by_session = self.is_own() && resource.session == Truth::True;
        let by_role = self.is_own() && resource.role == Truth::True;
        match &self.request.who {
            Who::Role(_) => Needs {
                resource: !self.is_own() || self.is_closed(),
                identity: !by_session && !by_role,
                limits: !by_session,
            },
            Who::Service(_) => Needs { resource: true, identity: false, limits: false },
            Who::AwsRole { .. } => Needs { resource: false, identity: false, limits: false },
        }
    }

    /// Whether the role and the resource grant it between them.
    fn grants(&self) -> Truth {
        let Layers { resource, identity, boundary, session, .. } = self.layers;
        let limits = boundary.allows.any().and(session.allows.any());
        let own = identity.allows.any().and(limits);
        let given = resource.allows;
        match &self.request.who {
            Who::AwsRole { .. } => Truth::True,
            Who::Service(_) => given.any(),
            Who::Role(_) if !self.is_own() => given.any().and(own),
            Who::Role(_) => {
                let directly = given.session.or(given.role.and(limits));
                let of_account = if self.is_closed() { given.account.and(own) } else { own };
                directly.or(of_account)
            }
        }
    }

    /// Whether a layer denies. The hidden policy of a resource of the role's own account is taken not to: it is rarely
    /// there, and it is listed as unseen.
    fn denies(&self, layer: &Layer) -> Truth {
        if self.hides_optional(layer.kind) { Truth::False } else { layer.denies }
    }

    fn hides_optional(&self, kind: PolicyLayer) -> bool {
        let is_hidden = kind == PolicyLayer::Resource && matches!(self.policies.resource, Seen::Hidden(_));
        is_hidden && self.is_own() && !self.is_closed() && matches!(self.request.who, Who::Role(_))
    }

    fn allowed(&self) -> Decision {
        let Layers { endpoint, resource, identity, .. } = self.layers;
        let own = identity.allows.any() == Truth::True && !self.is_closed();
        let layer = match &self.request.who {
            Who::AwsRole { .. } => endpoint,
            Who::Role(_) if own => identity,
            Who::Role(_) | Who::Service(_) => resource,
        };
        Decision { answer: Answer::Allow, layer: Some(layer.kind), by: layer.allowed_by.clone(), ..blank() }
    }

    fn missing(&self) -> Vec<Missing> {
        self.layers.in_order().iter().flat_map(|layer| layer.missing()).collect()
    }

    fn unseen(&self, answer: Answer) -> Vec<Missing> {
        let hidden = |layer: PolicyLayer, why: &String| Missing::Document { layer, name: None, why: why.clone() };
        let mut unseen = Vec::new();
        let is_role = matches!(self.request.who, Who::Role(_));
        if let (true, Seen::Hidden(why)) = (is_role, &self.policies.scps) {
            unseen.push(hidden(PolicyLayer::ServiceControl, why));
        }
        if let (true, Seen::Hidden(why)) = (is_role, &self.policies.rcps) {
            unseen.push(hidden(PolicyLayer::ResourceControl, why));
        }
        if let (Answer::Allow, true, Seen::Hidden(why)) =
            (answer, self.hides_optional(PolicyLayer::Resource), &self.policies.resource)
        {
            unseen.push(hidden(PolicyLayer::Resource, why));
        }
        unseen
    }
}

#[cfg(test)]
#[path = "tests/decide.rs"]
mod tests;
