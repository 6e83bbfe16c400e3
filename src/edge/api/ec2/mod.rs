//! EC2: its own XML, with lists of `<item>`.
//!
//! Names of elements and parameters: botocore's service model `ec2`, version 2016-11-15.

mod endpoints;
mod filters;
mod gateways;
mod placement;
mod routes;

pub use endpoints::{endpoints, endpoints_elsewhere, interfaces, interfaces_at};
pub use filters::{network_acls, security_groups};
pub use gateways::{internet_gateways, nat_gateways, transit_attachments};
pub use placement::{dhcp_options, instances, subnets, vpc, vpc_dns};
pub use routes::{aws_prefix_list, prefix_list, route_tables};

use super::asking::{Asking, Facts, Page, code};
use super::call::Input;
use crate::aws::Service;
use crate::model::Act;
use crate::model::facts::{Fact, Hidden, Why};
use crate::model::outcome::NoAnswer;

/// How many ids one call asks for. A security group may have sixty rules and more, at 300 bytes each.
const IDS: usize = 100;

/// What it means that EC2 knows no such id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unknown {
    /// There is none.
    Absent,
    /// There is none, or it is another account's, of which EC2 says the same.
    Hidden,
}

/// Makes a struct the page of a list.
macro_rules! page {
    ($page:ident: $list:ident of $item:ty) => {
        impl $crate::edge::api::asking::Page for $page {
            type Item = $item;

            fn turned(self) -> (Vec<$item>, Option<String>) {
                (self.$list, self.next_token)
            }
        }
    };
}
use page;

/// Parameters of one operation.
fn parameters(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// `Filter.1.Name`, `Filter.1.Value.1`, …
fn filter(number: usize, name: &str, values: &[&str]) -> Vec<(String, String)> {
    let named = (format!("Filter.{number}.Name"), name.to_owned());
    let values =
        values.iter().enumerate().map(|(at, value)| (format!("Filter.{number}.Value.{}", at + 1), (*value).to_owned()));
    std::iter::once(named).chain(values).collect()
}

/// A list by parameters, so many to a page.
async fn all<P: Page>(
    asking: &Asking<'_>,
    operation: &'static str,
    parameters: &[(String, String)],
    to_a_page: Option<u32>,
) -> Result<Vec<P::Item>, Hidden> {
    let input = |token: Option<&str>| {
        let size = to_a_page.map(|size| ("MaxResults".to_owned(), size.to_string()));
        let token = token.map(|token| ("NextToken".to_owned(), token.to_owned()));
        Input::Parameters(parameters.iter().cloned().chain(size).chain(token).collect())
    };
    asking.all::<P>(Service::Ec2, asking.region, operation, input).await
}

/// Which operation gives resources by id, and what its answers mean.
struct ById<T> {
    operation: &'static str,
    /// `SubnetId`, of `SubnetId.1`.
    parameter: &'static str,
    unknown: Unknown,
    act: fn(Fact<T>) -> Act,
}

impl<T> ById<T> {
    /// A fact for each id. EC2 fails the whole call for one id that it does not know: then each is asked for alone.
    async fn facts<P: Page>(
        &self,
        asking: &Asking<'_>,
        ids: &[String],
        known: impl Fn(P::Item) -> (String, T),
    ) -> Facts {
        let mut facts = Facts::new();
        for some in ids.chunks(IDS) {
            match self.ask::<P>(asking, some).await {
                Err(hidden) if some.len() > 1 && is_about_ids(&hidden) => {
                    for id in some {
                        let found = self.ask::<P>(asking, std::slice::from_ref(id)).await;
                        self.keep(&mut facts, std::slice::from_ref(id), found.map(|it| it.into_iter().map(&known)));
                    }
                }
                found => self.keep(&mut facts, some, found.map(|it| it.into_iter().map(&known))),
            }
        }
        facts
    }

    async fn ask<P: Page>(&self, asking: &Asking<'_>, ids: &[String]) -> Result<Vec<P::Item>, Hidden> {
        let ids = ids.iter().enumerate();
        let parameters: Vec<_> = ids.map(|(at, id)| (format!("{}.{}", self.parameter, at + 1), id.clone())).collect();
        all::<P>(asking, self.operation, &parameters, None).await
    }

    fn keep(&self, facts: &mut Facts, asked: &[String], found: Result<impl Iterator<Item = (String, T)>, Hidden>) {
        let mut found: Vec<(String, T)> = match found {
            Ok(found) => found.collect(),
            Err(hidden) => {
                let gone = self.unknown == Unknown::Absent && is_not_found(&hidden);
                facts.extend(asked.iter().map(|id| {
                    let fact = if gone { Fact::Absent } else { Fact::Hidden(hidden.clone()) };
                    (id.clone(), (self.act)(fact))
                }));
                return;
            }
        };
        for id in asked {
            let fact = match found.iter().position(|(known, _)| known == id) {
                Some(at) => Fact::Known(found.swap_remove(at).1),
                None => Fact::Hidden(left_out(self.operation)),
            };
            facts.push((id.clone(), (self.act)(fact)));
        }
    }
}

/// What was asked for by its id, and is not in an answer that is none of an error.
fn left_out(operation: &str) -> Hidden {
    let how = NoAnswer::Malformed { reason: "what was asked for is not in it".to_owned() };
    Hidden { action: format!("{}:{operation}", Service::Ec2.prefix()), why: Why::NoAnswer { how } }
}

/// `InvalidSubnetID.NotFound`, `InvalidGroup.NotFound`, `NatGatewayNotFound` (EC2 API Reference, "Error codes").
fn is_not_found(hidden: &Hidden) -> bool {
    code(hidden).ends_with("NotFound")
}

/// Whether the call failed for its ids: one of them is unknown, or has a wrong form.
fn is_about_ids(hidden: &Hidden) -> bool {
    is_not_found(hidden) || code(hidden).ends_with("Malformed")
}

/// First and last port; `None` for all.
fn ports(from: Option<i64>, to: Option<i64>) -> Option<(u16, u16)> {
    let port = |number: i64| u16::try_from(number.clamp(0, i64::from(u16::MAX))).unwrap_or(u16::MAX);
    match (from, to) {
        (Some(from), _) if from < 0 => None,
        (Some(from), Some(to)) if to >= 0 => Some((port(from), port(to))),
        (Some(from), _) => Some((port(from), port(from))),
        (None, _) => None,
    }
}

/// In lower case, as some answers have it and the model has not.
fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}
