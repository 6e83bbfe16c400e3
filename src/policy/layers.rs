//! Each layer of policies by itself.

use super::Truth;
use super::decision::{Answer, By, LayerDecision, Matched, Missing};
use super::evaluate::{self, Judged};
use super::policies::{Named, Policies, Seen};
use super::principal::Means;
use super::request::{Request, Who};
use super::statement::Grammar;
use crate::model::outcome::PolicyLayer;

/// A layer, asked.
pub(super) struct Layer {
    pub(super) kind: PolicyLayer,
    /// Whether it allows, by the ways in which its policies may name the one who asks. A layer that only limits and
    /// is not there allows.
    pub(super) allows: Means,
    pub(super) denies: Truth,
    pub(super) allowed_by: Option<By>,
    denied_by: Option<(By, Vec<Matched>)>,
    nearest: Option<super::decision::Nearest>,
    only_denies: bool,
    empty: bool,
    allow_missing: Vec<Missing>,
    deny_missing: Vec<Missing>,
}

/// The layers that can decide about the request.
pub(super) struct Layers {
    pub(super) endpoint: Layer,
    pub(super) scp: Layer,
    pub(super) rcp: Layer,
    pub(super) resource: Layer,
    pub(super) identity: Layer,
    pub(super) boundary: Layer,
    pub(super) session: Layer,
}

impl Layers {
    /// Asks all that bind the one who asks. What does not bind it counts as not there: SCPs and the policies of a
    /// role do not bind a service, and nothing of the customer's but the endpoint's policy binds a role of AWS's.
    pub(super) fn ask(request: &Request, policies: &Policies) -> Self {
        use PolicyLayer as Kind;
        let binds_role = matches!(request.who, Who::Role(_));
        let bounded = match &policies.boundary {
            Seen::Absent => Truth::False,
            Seen::Known(_) => binds_role.into(),
            Seen::Hidden(_) => Truth::Unknown,
        };
        let of_resource = Grammar::Resource { bounded };
        let is_customers = !matches!(request.who, Who::AwsRole { .. });
        let one = |kind, seen: &Seen<Named>, grammar, absent| match seen {
            Seen::Known(named) => {
                Layer::judged(kind, evaluate::judge(std::slice::from_ref(named), kind, grammar, request))
            }
            Seen::Absent => Layer::absent(kind, absent),
            Seen::Hidden(why) => Layer::hidden(kind, why),
        };
        let limit = |applies, kind, seen: &Seen<Named>| {
            if applies { one(kind, seen, Grammar::Role, Truth::True) } else { Layer::absent(kind, Truth::True) }
        };
        let identity = match &policies.identity {
            _ if !binds_role => Layer::absent(Kind::Identity, Truth::True),
            Seen::Known(all) => {
                Layer::judged(Kind::Identity, evaluate::judge(all, Kind::Identity, Grammar::Role, request))
            }
            Seen::Absent => Layer::absent(Kind::Identity, Truth::False),
            Seen::Hidden(why) => Layer::hidden(Kind::Identity, why),
        };
        // An action without a resource is on nobody's resource: no policy of one is asked.
        let resource = if is_customers && request.resource != "*" {
            one(Kind::Resource, &policies.resource, of_resource, Truth::False)
        } else {
            Layer::absent(Kind::Resource, Truth::False)
        };
        let resource = if request.action.eq_ignore_ascii_case("sts:AssumeRole") {
            Layer { kind: Kind::RoleTrust, ..resource }
        } else {
            resource
        };
        Layers {
            endpoint: one(Kind::VpcEndpoint, &policies.endpoint, Grammar::Endpoint { bounded }, Truth::True),
            scp: if binds_role {
                scps(&policies.scps, request)
            } else {
                Layer::absent(Kind::ServiceControl, Truth::True)
            },
            rcp: if is_customers {
                rcps(&policies.rcps, request, of_resource)
            } else {
                Layer::absent(Kind::ResourceControl, Truth::True)
            },
            resource,
            identity,
            boundary: limit(binds_role, Kind::PermissionsBoundary, &policies.boundary),
            session: limit(binds_role, Kind::Session, &policies.session),
        }
    }

    /// In the order in which a denial is looked for.
    pub(super) fn in_order(&self) -> [&Layer; 7] {
        [&self.endpoint, &self.rcp, &self.scp, &self.identity, &self.resource, &self.boundary, &self.session]
    }
}

/// Every level must allow; what is not visible is taken to (and listed as unseen).
fn scps(seen: &Seen<Vec<Vec<Named>>>, request: &Request) -> Layer {
    let kind = PolicyLayer::ServiceControl;
    let levels = match seen {
        Seen::Known(levels) => levels,
        Seen::Absent => return Layer::absent(kind, Truth::True),
        Seen::Hidden(_) => return Layer::absent(kind, Truth::True),
    };
    let judged = levels.iter().map(|level| evaluate::judge(level, kind, Grammar::Role, request));
    let each = judged.map(|judged| Layer::judged(kind, judged));
    each.reduce(Layer::and).unwrap_or_else(|| Layer::absent(kind, Truth::True))
}

/// They can only deny: `RCPFullAWSAccess` is attached everywhere and cannot be taken off (Organizations User Guide,
/// "Resource control policies").
fn rcps(seen: &Seen<Vec<Vec<Named>>>, request: &Request, grammar: Grammar) -> Layer {
    let kind = PolicyLayer::ResourceControl;
    let Seen::Known(levels) = seen else { return Layer::absent(kind, Truth::True) };
    let judged = levels.iter().map(|level| evaluate::judge(level, kind, grammar, request));
    let each = judged.map(|judged| Layer::judged(kind, judged));
    let all = each.reduce(Layer::and).unwrap_or_else(|| Layer::absent(kind, Truth::True));
    // Whether an RCP reaches an action that takes no resource is not documented.
    let denies = if request.resource == "*" { all.denies.either(Truth::False) } else { all.denies };
    Layer {
        allows: Means::all(Truth::True),
        denies,
        allow_missing: Vec::new(),
        only_denies: false,
        nearest: None,
        ..all
    }
}

impl Layer {
    fn absent(kind: PolicyLayer, allows: Truth) -> Self {
        Layer {
            kind,
            allows: Means::all(allows),
            denies: Truth::False,
            allowed_by: None,
            denied_by: None,
            nearest: None,
            only_denies: false,
            empty: true,
            allow_missing: Vec::new(),
            deny_missing: Vec::new(),
        }
    }

    fn hidden(kind: PolicyLayer, why: &str) -> Self {
        let missing = vec![Missing::Document { layer: kind, name: None, why: why.to_owned() }];
        Layer {
            allows: Means::all(Truth::Unknown),
            denies: Truth::Unknown,
            empty: false,
            allow_missing: missing.clone(),
            deny_missing: missing,
            ..Layer::absent(kind, Truth::Unknown)
        }
    }

    fn judged(kind: PolicyLayer, judged: Judged) -> Self {
        let Judged { allows, denies, allowed_by, denied_by, nearest, only_denies, allow_missing, deny_missing } =
            judged;
        let empty = false;
        Layer { kind, allows, denies, allowed_by, denied_by, nearest, only_denies, empty, allow_missing, deny_missing }
    }

    /// Two levels, both of which must let the request through. What blocks is told of the first that does.
    fn and(self, other: Layer) -> Layer {
        let denies = self.denies.or(other.denies);
        let allows = Means::all(self.allows.any().and(other.allows.any()));
        let denied_by = self.denied_by.clone().or_else(|| other.denied_by.clone());
        let (mut first, second) = match (self.allows.any(), other.allows.any()) {
            (Truth::False, _) => (self, other),
            (_, Truth::False) => (other, self),
            _ => (self, other),
        };
        first.allow_missing.extend(second.allow_missing);
        first.deny_missing.extend(second.deny_missing);
        Layer { allows, denies, denied_by, ..first }
    }

    /// What is to be known of it for an answer.
    pub(super) fn missing(&self) -> Vec<Missing> {
        let Means { session, role, account } = self.allows;
        let mut missing = Vec::new();
        if [session, role, account].contains(&Truth::Unknown) {
            missing.extend(self.allow_missing.iter().cloned());
        }
        if self.denies == Truth::Unknown {
            missing.extend(self.deny_missing.iter().cloned());
        }
        let mut seen = std::collections::HashSet::new();
        missing.retain(|it| seen.insert(it.clone()));
        missing
    }

    /// What it says by itself; `needed` says whether the request needs its Allow.
    pub(super) fn told(&self, needed: bool) -> LayerDecision {
        let allows = if needed { self.allows.any() } else { Truth::True };
        let answer = match allows.and(!self.denies) {
            Truth::True => Answer::Allow,
            Truth::False => Answer::Deny,
            Truth::Unknown => Answer::Unknown,
        };
        let explicit = self.denies == Truth::True;
        let (denied_by, matched) = self.denied_by.clone().unzip();
        LayerDecision {
            layer: self.kind,
            answer,
            needed,
            explicit,
            by: if explicit { denied_by } else { self.allowed_by.clone() },
            matched: matched.unwrap_or_default(),
            nearest: if self.allows.any() == Truth::True { None } else { self.nearest.clone() },
            only_denies: self.only_denies,
            empty: self.empty,
            missing: if answer == Answer::Unknown { self.missing() } else { Vec::new() },
        }
    }
}
