//! Route 53: REST XML, lists of elements with names of their own. Names of elements: botocore's service model `route53`.

use serde::Deserialize;

use super::asking::{Asking, Facts, Page, listed, one};
use super::call::{Input, escaped};
use super::xml::{flag, text};
use crate::aws::Service;
use crate::model::facts::{self, HostedZone, ZoneRecord};
use crate::model::{Act, Check};

const PATH: &str = "/2013-04-01";

/// What decides which addresses a name has. `HTTPS` records and the like change nothing for a pull.
const KINDS: [&str; 3] = ["A", "AAAA", "CNAME"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Zones {
    hosted_zone_summaries: Summaries,
    #[serde(default, deserialize_with = "text")]
    next_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Summaries {
    hosted_zone_summary: Vec<Summary>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Summary {
    hosted_zone_id: String,
    name: String,
    owner: Owner,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Owner {
    #[serde(deserialize_with = "text")]
    owning_account: Option<String>,
    #[serde(deserialize_with = "text")]
    owning_service: Option<String>,
}

impl Page for Zones {
    type Item = Summary;

    fn turned(self) -> (Vec<Summary>, Option<String>) {
        (self.hosted_zone_summaries.hosted_zone_summary, self.next_token)
    }
}

/// `route53:ListHostedZonesByVPC`.
pub async fn hosted_zones(asking: &Asking<'_>, vpc: &str, region: &str) -> Facts {
    let input = |token: Option<&str>| {
        let token = token.map(|token| format!("&nexttoken={}", escaped(token))).unwrap_or_default();
        let (vpc, region) = (escaped(vpc), escaped(region));
        Input::Path(format!("{PATH}/hostedzonesbyvpc?vpcid={vpc}&vpcregion={region}&maxitems=100{token}"))
    };
    let found = asking.all::<Zones>(Service::Route53, asking.region, "ListHostedZonesByVPC", input).await;
    let known = found.map(|zones| {
        zones.into_iter().map(|it| {
            let id = bare_id(&it.hosted_zone_id).to_owned();
            let zone = HostedZone {
                id: id.clone(),
                name: bare_name(&it.name),
                owner_account: it.owner.owning_account,
                owner_service: it.owner.owning_service,
                records: None,
            };
            (id, zone)
        })
    });
    listed(vpc, Check::HostedZone, known.map(Iterator::collect), Act::HostedZone)
}

/// `Z…` of `/hostedzone/Z…`.
fn bare_id(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// In lower case and without the last dot. Route 53 writes a wildcard as `\052` (Route 53 API Reference,
/// "ListResourceRecordSets").
fn bare_name(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase().replace("\\052", "*")
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Records {
    resource_record_sets: RecordSets,
    #[serde(default, deserialize_with = "flag")]
    is_truncated: Option<bool>,
    #[serde(default)]
    next_record_name: String,
    #[serde(default)]
    next_record_type: String,
    #[serde(default)]
    next_record_identifier: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct RecordSets {
    resource_record_set: Vec<RecordSet>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct RecordSet {
    name: String,
    r#type: String,
    resource_records: Values,
    alias_target: Alias,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Values {
    resource_record: Vec<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Value {
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Alias {
    #[serde(rename = "DNSName", deserialize_with = "text")]
    dns_name: Option<String>,
}

impl Page for Records {
    type Item = RecordSet;

    fn turned(self) -> (Vec<RecordSet>, Option<String>) {
        let next = [
            ("name", self.next_record_name),
            ("type", self.next_record_type),
            ("identifier", self.next_record_identifier),
        ];
        let query = next.iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = query.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let token = (self.is_truncated == Some(true)).then(|| query.join("&"));
        (self.resource_record_sets.resource_record_set, token)
    }
}

/// `route53:ListResourceRecordSets` of one zone.
pub async fn zone_records(asking: &Asking<'_>, zone: &str, name: &str) -> Facts {
    let input = |token: Option<&str>| {
        let token = token.map(|token| format!("&{token}")).unwrap_or_default();
        Input::Path(format!("{PATH}/hostedzone/{}/rrset?maxitems=300{token}", escaped(zone)))
    };
    let found = asking.all::<Records>(Service::Route53, asking.region, "ListResourceRecordSets", input).await;
    let known = found.map(|sets| {
        let telling = sets.into_iter().filter(|it| KINDS.contains(&it.r#type.as_str()));
        let records = telling.map(|it| {
            let values = it.resource_records.resource_record.into_iter().map(|it| it.value);
            ZoneRecord {
                name: bare_name(&it.name),
                kind: it.r#type,
                values: values.chain(it.alias_target.dns_name).map(|value| bare_name(&value)).collect(),
            }
        });
        facts::HostedZone {
            id: zone.to_owned(),
            name: bare_name(name),
            records: Some(records.collect()),
            // Records of others' zones are not told.
            owner_account: asking.own_account.map(str::to_owned),
            owner_service: None,
        }
    });
    vec![(zone.to_owned(), Act::HostedZone(one(known, &[])))]
}
