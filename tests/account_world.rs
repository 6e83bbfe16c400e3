//! The simulated account: whatever the world, its facts name nothing that is not there, and every question is answered.

mod sim;

#[path = "account_world/consistent.rs"]
mod consistent;
#[path = "account_world/faults.rs"]
mod faults;
#[path = "account_world/keys.rs"]
mod keys;
#[path = "healthy/layouts.rs"]
mod layouts;
#[path = "account_world/questions.rs"]
mod questions;

#[path = "account_world/walk.rs"]
mod walk;

use std::path::Path;

use proptest::prelude::*;
use sim::{Account, World};

/// Keys that break something, each a line of its table.
const FAULTS: [(&str, &str); 22] = [
    ("vpc", "task_sg_allows_endpoints = false"),
    ("vpc", "task_sg_allows_s3 = false"),
    ("vpc", "task_sg_allows_internet = false"),
    ("vpc", "endpoint_sg = 'default'"),
    ("vpc", "endpoint_sg = 'for-another-task'"),
    ("vpc", "endpoint_sg = 'first-subnet'"),
    ("vpc", "endpoint_sg_allows_task = ['ecr.api']"),
    ("vpc", "s3_gateway_in_route_table = false"),
    ("vpc", "s3_route_overridden = true"),
    ("vpc", "acl_allows_return = false"),
    ("vpc", "acl_denies_return_first = true"),
    ("vpc", "nat_way_out = false"),
    ("vpc", "dns_support = false"),
    ("deny", "'s3:GetObject' = 'vpc-endpoint'"),
    ("deny", "'ecr:BatchGetImage' = 'explicit-boundary'"),
    ("deny", "'ecr:GetAuthorizationToken' = 'identity'"),
    ("deny", "'ecr:GetDownloadUrlForLayer' = 'explicit-resource'"),
    ("account", "broken_endpoints = { ssm = 'pendingacceptance', kms = 'no-interfaces' }"),
    ("account", "granted_to = 'task-role'"),
    ("account", "secrets = ['/a', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-1a2b3c:key::']"),
    ("account", "stopped = ['CannotPullContainerError: 10.0.1.10:443: i/o timeout']"),
    ("account", "vpc_owner = '210987654321'"),
];

/// A world of TOML to which a line is added, where the table has no such key yet.
fn with(world: &str, (table, line): (&str, &str)) -> Option<String> {
    let key = line.split(" = ").next().unwrap_or_default();
    if world.contains(&format!("{key} = ")) {
        return None;
    }
    let head = format!("[{table}]\n");
    Some(match world.find(&head) {
        Some(at) => format!("{}{line}\n{}", &world[..at + head.len()], &world[at + head.len()..]),
        None => format!("{world}\n{head}{line}\n"),
    })
}

fn worlds() -> impl Strategy<Value = String> {
    let faults = proptest::sample::subsequence(FAULTS.to_vec(), 0..5);
    (layouts::healthy_worlds(), faults)
        .prop_map(|(world, faults)| faults.into_iter().fold(world, |world, fault| with(&world, fault).unwrap_or(world)))
}

fn account(toml: &str) -> Account {
    Account::of(&World::from_toml(toml).unwrap_or_else(|why| panic!("{why}\n{toml}")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_account_is_consistent_and_answers(toml in worlds()) {
        let account = account(&toml);
        let wrong = consistent::wrong(&account);
        prop_assert!(wrong.is_empty(), "{wrong:#?}\n{toml}");
        questions::ask_all(&account);
    }
}

#[test]
fn the_account_of_every_layout_and_page_is_consistent() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let mut worlds: Vec<String> = layouts::LAYOUTS.iter().map(|(_, toml)| (*toml).to_owned()).collect();
    for page in std::fs::read_dir(pages).expect("there are pages") {
        let page = std::fs::read_to_string(page.expect("it can be read").path()).expect("it is text");
        let blocks = page.split("```toml ").skip(1).filter_map(|block| block.split_once('\n')?.1.split_once("```"));
        worlds.extend(blocks.map(|(toml, _)| toml.to_owned()));
    }
    assert!(worlds.len() > 150, "{}", worlds.len());
    for toml in worlds {
        let account = account(&toml);
        let wrong = consistent::wrong(&account);
        assert!(wrong.is_empty(), "{wrong:#?}\n{toml}");
        questions::ask_all(&account);
    }
}
