//! One file a code or a tight family. Adding a diagnosis is a page, a file here, and two lines below: its `mod`, and
//! its place in `RULES`.

/// A rule, with its page built in: `rule!(SG_01, "SG-01", "name", Need::…, judge)`.
macro_rules! rule {
    ($id:ident, $code:literal, $name:literal, $need:expr, $judge:expr) => {
        pub static $id: crate::diagnose::Rule = crate::diagnose::Rule {
            code: crate::model::Code($code),
            name: $name,
            page: include_str!(concat!("../../../docs/codes/", $code, ".md")),
            need: $need,
            judge: $judge,
        };
    };
}

mod bare_name;
mod blob_host;
mod blob_missing;
mod clock;
mod clock_metadata;
mod commands;
mod credentials;
mod denied;
mod disk;
mod dns;
mod dns_firewall;
mod dns_name_failure;
mod dns_record_type;
mod endpoint_url;
mod endpoint_variant;
mod image;
mod image_failure;
mod ipv6_only;
mod ipv6_route;
mod layer;
mod layer_flow;
mod lost_questions;
mod missing;
mod mixed_answers;
mod mtu;
mod not_public;
mod other_registry;
mod outside;
mod passed_on_retry;
mod proxy;
mod pull_through;
mod redirect;
mod reference;
mod refused;
mod registry;
mod repository;
mod resolver;
mod route;
mod security_group;
mod slow;
mod task_start;
mod throttled;
mod tls;
mod tls_certificate;
mod token;
mod unstable;
mod upstream;
mod words;
mod zstd;

pub use denied::concern_another_role;

use super::Rule;
use crate::model::Code;

/// Every rule that the evidence of a check can speak for, in the order of the catalogue.
static RULES: &[&Rule] = &[
    &dns::DNS_01,
    &resolver::DNS_04,
    &reference::DNS_05,
    &reference::DNS_06,
    &mixed_answers::DNS_07,
    &dns_firewall::DNS_09,
    &lost_questions::DNS_10,
    &route::DNS_11,
    &route::DNS_12,
    &ipv6_only::DNS_13,
    &dns::DNS_15,
    &dns_name_failure::DNS_16,
    &dns_record_type::DNS_17,
    &route::RTE_01,
    &route::RTE_03,
    &refused::RTE_07,
    &route::RTE_10,
    &layer_flow::RTE_12,
    &refused::RTE_13,
    &refused::RTE_14,
    &unstable::RTE_15,
    &ipv6_route::RTE_16,
    &security_group::SG_01,
    &mtu::MTU_01,
    &tls_certificate::TLS_01,
    &tls::TLS_02,
    &tls_certificate::TLS_03,
    &tls_certificate::TLS_04,
    &tls_certificate::TLS_05,
    &tls_certificate::TLS_06,
    &tls::TLS_07,
    &endpoint_url::CFG_01,
    &tls::CFG_03,
    &endpoint_variant::CFG_06,
    &proxy::PRX_01,
    &proxy::PRX_02,
    &clock::CLK_01,
    &denied::IAM_01,
    &denied::IAM_02,
    &denied::IAM_03,
    &denied::IAM_04,
    &credentials::IAM_08,
    &denied::IAM_09,
    &denied::IAM_10,
    &credentials::IAM_13,
    &credentials::IAM_14,
    &denied::VPE_01,
    &denied::VPE_02,
    &layer::VPE_04,
    &layer::VPE_06,
    &image::IMG_01,
    &image::IMG_02,
    &bare_name::IMG_03,
    &image::IMG_04,
    &image::IMG_05,
    &image::IMG_06,
    &zstd::IMG_08,
    &image::IMG_10,
    &image::IMG_12,
    &blob_missing::LYR_01,
    &blob_missing::LYR_02,
    &layer::LYR_03,
    &layer_flow::LYR_04,
    &redirect::LYR_05,
    &layer::LYR_06,
    &blob_host::LYR_07,
    &disk::DSK_01,
    &image_failure::KMS_01,
    &image_failure::ECR_01,
    &registry::ECR_02,
    &registry::ECR_03,
    &passed_on_retry::ECR_04,
    &token::TOK_01,
    &token::TOK_02,
    &throttled::THR_01,
    &throttled::THR_02,
    &throttled::THR_03,
    &pull_through::PTC_01,
    &pull_through::PTC_02,
    &upstream::PTC_03,
    &image_failure::PTC_04,
    &pull_through::PTC_05,
    &other_registry::PUB_01,
    &throttled::PUB_02,
    &throttled::HUB_01,
    &other_registry::HUB_02,
    &task_start::INIT_01,
    &task_start::INIT_02,
    &task_start::INIT_05,
    &task_start::SG_06,
    &slow::SLOW_01,
];

/// Every rule, first those that a check can speak for.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().chain(outside::ALL).copied()
}

/// The rule of a code, without regard to case.
pub fn of(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code.id().eq_ignore_ascii_case(code))
}

/// The rules that may name `code` as an alternative, for codes that have no rule of their own.
pub fn naming(code: &str) -> impl Iterator<Item = Code> {
    let needle = code.to_ascii_uppercase();
    all().filter(move |rule| rule.page.contains(&needle)).map(|rule| rule.code)
}
