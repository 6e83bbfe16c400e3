//! What routes lead to: NAT gateways, internet gateways, transit gateways' attachments.

use serde::Deserialize;

use super::{ById, Unknown, all, filter, lower, page};
use crate::edge::api::asking::{Asking, Facts, listed};
use crate::edge::api::xml::{items, text};
use crate::model::facts;
use crate::model::{Act, Check};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NatGateways {
    #[serde(deserialize_with = "items")]
    nat_gateway_set: Vec<NatGateway>,
    next_token: Option<String>,
}
page!(NatGateways: nat_gateway_set of NatGateway);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NatGateway {
    nat_gateway_id: String,
    vpc_id: String,
    #[serde(deserialize_with = "text")]
    subnet_id: Option<String>,
    #[serde(deserialize_with = "text")]
    route_table_id: Option<String>,
    state: String,
    connectivity_type: String,
    #[serde(deserialize_with = "items")]
    nat_gateway_address_set: Vec<NatAddress>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NatAddress {
    #[serde(deserialize_with = "text")]
    public_ip: Option<String>,
}

/// `ec2:DescribeNatGateways`. One in a shared VPC is its owner's, and is not shown to anybody else.
pub async fn nat_gateways(asking: &Asking<'_>, ids: &[String]) -> Facts {
    let by_id = ById {
        operation: "DescribeNatGateways",
        parameter: "NatGatewayId",
        unknown: Unknown::Hidden,
        act: Act::NatGateway,
    };
    by_id
        .facts::<NatGateways>(asking, ids, |it| {
            let gateway = facts::NatGateway {
                id: it.nat_gateway_id.clone(),
                vpc_id: it.vpc_id,
                subnet_id: it.subnet_id,
                route_table_id: it.route_table_id,
                state: lower(&it.state),
                // Older ones have no such word, and all of those are public.
                public: !it.connectivity_type.eq_ignore_ascii_case("private"),
                public_ips: it.nat_gateway_address_set.into_iter().filter_map(|it| it.public_ip).collect(),
            };
            (it.nat_gateway_id, gateway)
        })
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InternetGateways {
    #[serde(deserialize_with = "items")]
    internet_gateway_set: Vec<InternetGateway>,
    next_token: Option<String>,
}
page!(InternetGateways: internet_gateway_set of InternetGateway);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct InternetGateway {
    internet_gateway_id: String,
    #[serde(deserialize_with = "items")]
    attachment_set: Vec<Attachment>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Attachment {
    vpc_id: String,
    state: String,
}

/// `ec2:DescribeInternetGateways` of a VPC. An attachment that works is `available` on the wire, and `attached` in the
/// service model.
pub async fn internet_gateways(asking: &Asking<'_>, vpc: &str) -> Facts {
    let filter = filter(1, "attachment.vpc-id", &[vpc]);
    let found = all::<InternetGateways>(asking, "DescribeInternetGateways", &filter, Some(1000)).await;
    let known = found.map(|gateways| {
        gateways.into_iter().map(|it| {
            let works = |it: &Attachment| matches!(lower(&it.state).as_str(), "available" | "attached");
            let vpcs = it.attachment_set.into_iter().filter(works).map(|it| it.vpc_id).collect();
            (it.internet_gateway_id.clone(), facts::InternetGateway { id: it.internet_gateway_id, vpcs })
        })
    });
    listed(vpc, Check::InternetGateway, known.map(Iterator::collect), Act::InternetGateway)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attachments {
    #[serde(deserialize_with = "items")]
    transit_gateway_vpc_attachments: Vec<Transit>,
    next_token: Option<String>,
}
page!(Attachments: transit_gateway_vpc_attachments of Transit);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Transit {
    transit_gateway_attachment_id: String,
    transit_gateway_id: String,
    state: String,
    #[serde(deserialize_with = "items")]
    subnet_ids: Vec<String>,
}

/// `ec2:DescribeTransitGatewayVpcAttachments` of a VPC.
pub async fn transit_attachments(asking: &Asking<'_>, vpc: &str) -> Facts {
    let filter = filter(1, "vpc-id", &[vpc]);
    let found = all::<Attachments>(asking, "DescribeTransitGatewayVpcAttachments", &filter, Some(1000)).await;
    let known = found.map(|attachments| {
        attachments.into_iter().map(|it| {
            let attachment = facts::TransitAttachment {
                id: it.transit_gateway_attachment_id.clone(),
                transit_gateway_id: it.transit_gateway_id,
                state: lower(&it.state),
                subnets: it.subnet_ids,
            };
            (it.transit_gateway_attachment_id, attachment)
        })
    });
    listed(vpc, Check::TransitAttachment, known.map(Iterator::collect), Act::TransitAttachment)
}
