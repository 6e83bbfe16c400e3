//! A gateway endpoint and its routes, made of one mind.

use crate::account::Account;
use crate::model::facts::{EndpointKind, Fact, Route, RouteState};
use crate::model::{Act, Evidence};

/// A route table and the endpoint both tell whether the endpoint's route is in the table. Seconds after a change they may
/// differ: then what the endpoint says counts, which is where the change was made.
pub(super) fn reconcile(evidence: &mut Evidence) {
    let gateways = gateways(evidence);
    for observation in &mut evidence.observations {
        let Act::RouteTable(Fact::Known(table)) = &mut observation.act else { continue };
        for gateway in gateways.iter().filter(|it| it.vpc == table.vpc_id) {
            let is_listed = gateway.tables.contains(&table.id);
            let has_route = table.routes.iter().any(|route| route.target == gateway.id);
            match (&gateway.list, is_listed, has_route) {
                (Some(list), true, false) => table.routes.push(Route {
                    destination: list.clone(),
                    target: gateway.id.clone(),
                    state: RouteState::Active,
                    propagated: false,
                }),
                (_, false, true) => table.routes.retain(|route| route.target != gateway.id),
                _ => {}
            }
        }
    }
}

struct Gateway {
    id: String,
    vpc: String,
    tables: Vec<String>,
    /// The prefix list of its service, where it is known.
    list: Option<String>,
}

fn gateways(evidence: &Evidence) -> Vec<Gateway> {
    let account = Account::arrange(evidence);
    let gateways = account.endpoints().filter(|(_, it)| it.kind == EndpointKind::Gateway && it.state == "available");
    gateways
        .map(|(_, endpoint)| Gateway {
            id: endpoint.id.clone(),
            vpc: endpoint.vpc_id.clone(),
            tables: endpoint.route_tables.clone(),
            list: account
                .prefix_lists()
                .find(|(_, list)| list.name == endpoint.service)
                .map(|(_, list)| list.id.clone()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::facts::{Endpoint, PrefixList, RouteTable};

    fn evidence(listed: bool, routed: bool) -> Evidence {
        let route =
            Route { destination: "pl-1".into(), target: "vpce-1".into(), state: RouteState::Active, propagated: false };
        let table = RouteTable {
            id: "rtb-1".into(),
            vpc_id: "vpc-1".into(),
            routes: if routed { vec![route] } else { Vec::new() },
            ..RouteTable::default()
        };
        let endpoint = Endpoint {
            id: "vpce-1".into(),
            vpc_id: "vpc-1".into(),
            kind: EndpointKind::Gateway,
            service: "com.amazonaws.eu-west-1.s3".into(),
            state: "available".into(),
            route_tables: if listed { vec!["rtb-1".into()] } else { Vec::new() },
            ..Endpoint::default()
        };
        let list =
            PrefixList { id: "pl-1".into(), name: endpoint.service.clone(), cidrs: vec!["52.216.0.0/15".into()] };
        let mut evidence = Evidence::default();
        for (subject, act) in [
            ("rtb-1", Act::RouteTable(Fact::Known(table))),
            ("vpce-1", Act::Endpoint(Fact::Known(endpoint))),
            ("pl-1", Act::PrefixList(Fact::Known(list))),
        ] {
            crate::observe::noted::push(&mut evidence, Some(subject.to_owned()), None, (0.0, 0.0), act);
        }
        evidence
    }

    #[test]
    fn what_the_endpoint_says_counts() {
        for (listed, routed) in [(true, true), (true, false), (false, true), (false, false)] {
            let mut evidence = evidence(listed, routed);
            reconcile(&mut evidence);
            let account = Account::arrange(&evidence);
            let routes = &account.route_table("rtb-1").known().unwrap().routes;
            assert_eq!(routes.iter().filter(|route| route.target == "vpce-1").count(), usize::from(listed));
        }
    }
}
