//! Route tables, and the prefix lists that routes and rules name.

use serde::Deserialize;

use super::{all, filter, page, parameters};
use crate::edge::api::asking::{Asking, Facts, listed, one};
use crate::edge::api::xml::{flag, items, text};
use crate::model::facts::{self, RouteState};
use crate::model::{Act, Check};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tables {
    #[serde(deserialize_with = "items")]
    route_table_set: Vec<Table>,
    next_token: Option<String>,
}
page!(Tables: route_table_set of Table);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Table {
    route_table_id: String,
    vpc_id: String,
    #[serde(deserialize_with = "items")]
    association_set: Vec<Association>,
    #[serde(deserialize_with = "items")]
    route_set: Vec<Route>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Association {
    #[serde(deserialize_with = "flag")]
    main: Option<bool>,
    #[serde(deserialize_with = "text")]
    subnet_id: Option<String>,
    association_state: State,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct State {
    state: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Route {
    destination_cidr_block: String,
    destination_ipv6_cidr_block: String,
    destination_prefix_list_id: String,
    gateway_id: String,
    nat_gateway_id: String,
    transit_gateway_id: String,
    vpc_peering_connection_id: String,
    network_interface_id: String,
    instance_id: String,
    egress_only_internet_gateway_id: String,
    local_gateway_id: String,
    carrier_gateway_id: String,
    core_network_arn: String,
    odb_network_arn: String,
    ip_address: String,
    origin: String,
    state: String,
}

/// The first that names something.
fn first<const N: usize>(texts: [String; N]) -> String {
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

impl Route {
    fn fact(self) -> facts::Route {
        facts::Route {
            destination: first([
                self.destination_cidr_block,
                self.destination_ipv6_cidr_block,
                self.destination_prefix_list_id,
            ]),
            // A route to an instance names its interface too, by which it is found.
            target: first([
                self.gateway_id,
                self.nat_gateway_id,
                self.transit_gateway_id,
                self.vpc_peering_connection_id,
                self.network_interface_id,
                self.instance_id,
                self.egress_only_internet_gateway_id,
                self.local_gateway_id,
                self.carrier_gateway_id,
                self.core_network_arn,
                self.odb_network_arn,
                self.ip_address,
            ]),
            state: match self.state.as_str() {
                "active" => RouteState::Active,
                "blackhole" => RouteState::Blackhole,
                _ => RouteState::Other,
            },
            propagated: self.origin == "EnableVgwRoutePropagation",
        }
    }
}

/// `ec2:DescribeRouteTables` of a VPC.
pub async fn route_tables(asking: &Asking<'_>, vpc: &str) -> Facts {
    let tables = all::<Tables>(asking, "DescribeRouteTables", &filter(1, "vpc-id", &[vpc]), Some(100)).await;
    let known = tables.map(|tables| {
        tables.into_iter().map(|it| {
            let holds = |it: &Association| !matches!(it.association_state.state.as_str(), "disassociated" | "failed");
            let associations: Vec<Association> = it.association_set.into_iter().filter(holds).collect();
            let table = facts::RouteTable {
                id: it.route_table_id.clone(),
                vpc_id: it.vpc_id,
                main: associations.iter().any(|it| it.main == Some(true)),
                subnets: associations.into_iter().filter_map(|it| it.subnet_id).collect(),
                routes: it.route_set.into_iter().map(Route::fact).collect(),
            };
            (it.route_table_id, table)
        })
    });
    listed(vpc, Check::RouteTable, known.map(Iterator::collect), Act::RouteTable)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PrefixLists {
    #[serde(deserialize_with = "items")]
    prefix_list_set: Vec<PrefixList>,
    next_token: Option<String>,
}
page!(PrefixLists: prefix_list_set of PrefixList);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PrefixList {
    prefix_list_id: String,
    prefix_list_name: String,
    #[serde(deserialize_with = "items")]
    cidr_set: Vec<String>,
}

/// `ec2:DescribePrefixLists`: a list of AWS's with its CIDRs.
pub async fn aws_prefix_list(asking: &Asking<'_>, name: &str) -> Facts {
    let found = all::<PrefixLists>(asking, "DescribePrefixLists", &filter(1, "prefix-list-name", &[name]), None).await;
    let known = found.map(|lists| {
        lists.into_iter().map(|it| {
            let list =
                facts::PrefixList { id: it.prefix_list_id.clone(), name: it.prefix_list_name, cidrs: it.cidr_set };
            (it.prefix_list_id, list)
        })
    });
    listed(name, Check::PrefixList, known.map(Iterator::collect), Act::PrefixList)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entries {
    #[serde(deserialize_with = "items")]
    entry_set: Vec<Entry>,
    next_token: Option<String>,
}
page!(Entries: entry_set of Entry);

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    cidr: String,
}

/// `ec2:GetManagedPrefixListEntries`. The answer has no name; a list that EC2 does not know may be another account's.
pub async fn prefix_list(asking: &Asking<'_>, id: &str) -> Facts {
    let entries =
        all::<Entries>(asking, "GetManagedPrefixListEntries", &parameters(&[("PrefixListId", id)]), Some(100)).await;
    let known = entries.map(|entries| facts::PrefixList {
        id: id.to_owned(),
        name: String::new(),
        cidrs: entries.into_iter().map(|it| it.cidr).collect(),
    });
    vec![(id.to_owned(), Act::PrefixList(one(known, &[])))]
}
