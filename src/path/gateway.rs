//! Internet gateways: attached to the VPC, and with a public address behind them (VPC User Guide, "Internet gateways").

use super::Unseen;
use super::network::Network;
use super::read::{Told, told};
use crate::model::{Check, EvidenceId};

/// Whether a gateway is attached to the VPC, with the observation that tells it.
pub(super) fn attached(network: &Network<'_>, gateway: &str, vpc: &str) -> Result<(bool, EvidenceId), Unseen> {
    match told(network.account.internet_gateway(gateway), Check::InternetGateway, gateway) {
        Told::There(fact, id) => Ok((fact.vpcs.iter().any(|attached| attached == vpc), id)),
        Told::Gone(id) => Ok((false, id)),
        Told::Unseen(unseen) => {
            // The list holds what is attached to the VPC: what it lacks is not.
            let listing = network.account.list(Check::InternetGateway, vpc);
            match told(listing, Check::InternetGateway, vpc) {
                Told::There(listing, id) if listing.ids.iter().all(|known| known != gateway) => Ok((false, id)),
                _ => Err(unseen),
            }
        }
    }
}
