//! Every key of a world shows in the configuration, or is listed as one that none shows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::{Fields, Item, Type};

use super::sim::World;
use super::sim::account::{Account, UNSEEN};
use super::sim::world::AccountKeys;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The fields of the structs in a file, each with the name of its type.
fn structs(path: &Path) -> BTreeMap<String, Vec<(String, String)>> {
    let text = std::fs::read_to_string(path).expect("it can be read");
    let file = syn::parse_file(&text).expect("it is Rust");
    let mut found = BTreeMap::new();
    for item in file.items {
        let Item::Struct(item) = item else { continue };
        let Fields::Named(fields) = item.fields else { continue };
        let fields = fields.named.into_iter().map(|field| {
            let kind = match &field.ty {
                Type::Path(path) => path.path.segments.last().map(|it| it.ident.to_string()),
                _ => None,
            };
            (field.ident.expect("it is named").to_string(), kind.unwrap_or_default())
        });
        found.insert(item.ident.to_string(), fields.collect());
    }
    found
}

/// Every key: `mode`, `vpc.nat`. What has no keys of its own, such as `reply`, is one.
fn keys() -> BTreeSet<String> {
    let folder = root().join("tests/sim/world");
    let world = structs(&root().join("tests/sim/world.rs"));
    let mut tables = world.clone();
    for file in std::fs::read_dir(folder).expect("it is a folder") {
        tables.extend(structs(&file.expect("it can be read").path()));
    }
    let of_one = ["PerRole", "Times", "Denials", "Forcings", "Elsewhere"];
    let mut keys = BTreeSet::new();
    for (field, kind) in &world["World"] {
        match tables.get(kind).filter(|_| !of_one.contains(&kind.as_str())) {
            Some(fields) => keys.extend(fields.iter().map(|(name, _)| format!("{field}.{name}"))),
            None => drop(keys.insert(field.clone())),
        }
    }
    keys
}

/// The code of the simulated account, and of the world's methods that it calls.
fn code() -> String {
    let mut code = String::new();
    for file in std::fs::read_dir(root().join("tests/sim/account")).expect("it is a folder") {
        let path = file.expect("it can be read").path();
        if !path.ends_with("unseen.rs") {
            code.push_str(&std::fs::read_to_string(path).expect("it can be read"));
        }
    }
    for path in ["tests/sim/world/vpc.rs", "tests/sim/content.rs", "tests/sim/aws.rs", "tests/sim/world/account.rs"] {
        code.push_str(&std::fs::read_to_string(root().join(path)).expect("it can be read"));
    }
    code
}

#[test]
fn every_key_is_read_or_is_one_that_no_configuration_shows() {
    let (keys, code) = (keys(), code());
    assert!(keys.len() > 100, "{}", keys.len());
    let unseen: BTreeSet<String> = UNSEEN.iter().map(|(key, _)| (*key).to_owned()).collect();
    let unknown: Vec<&String> = unseen.difference(&keys).collect();
    assert!(unknown.is_empty(), "no key of a world: {unknown:?}");
    assert!(UNSEEN.iter().all(|(_, why)| !why.is_empty()));
    let is_read = |key: &&String| {
        let name = key.rsplit('.').next().unwrap_or_default();
        code.contains(&format!(".{name}"))
    };
    let unread: Vec<&String> = keys.difference(&unseen).filter(|key| !is_read(key)).collect();
    assert!(unread.is_empty(), "neither read nor listed: {unread:?}");
}

/// Keys of the configuration, each with what it needs to show.
const SEEN: &[(&str, &str)] = &[
    ("", "[vpc]\ntask_sg_allows_endpoints = false"),
    ("", "[vpc]\ntask_sg_allows_s3 = false"),
    ("", "[vpc]\ntask_sg_allows_internet = false"),
    ("", "[vpc]\nendpoint_sg_allows_task = false"),
    ("", "[vpc]\nendpoint_sg = 'default'"),
    ("", "[vpc]\nendpoint_sg = 'for-another-task'"),
    ("", "[vpc]\nendpoint_sg = 'first-subnet'"),
    ("", "[vpc]\ns3_gateway = false"),
    ("", "[vpc]\ns3_gateway_in_route_table = false"),
    ("", "[vpc]\ns3_route_overridden = true"),
    ("", "[vpc]\nnat = true"),
    ("[vpc]\nnat = true", "[vpc]\nnat = true\nnat_blackhole = true"),
    ("[vpc]\nnat = true", "[vpc]\nnat = true\nnat_way_out = false"),
    ("", "[vpc]\ninternet_gateway = true"),
    ("", "[vpc]\npublic_ip = true"),
    ("", "[vpc]\ninterface_endpoints = ['ecr.dkr']"),
    ("", "[vpc]\nprivate_dns = false"),
    ("", "[vpc]\nprivate_dns = ['ecr.dkr']"),
    ("", "[vpc]\ndns_support = false"),
    ("", "[vpc]\ndns_hostnames = false"),
    ("", "[vpc]\nname_servers = ['10.0.9.53']"),
    ("", "[vpc]\nhub_network = '10.50.1'"),
    ("[vpc]\nhub_network = '10.50.1'", "[vpc]\nhub_network = '10.50.1'\nhub_zone_shared = false"),
    ("", "[vpc]\nacl_allows_return = false"),
    ("", "[vpc]\nacl_denies_return_first = true"),
    ("", "[vpc]\nacl_allows_public = false"),
    ("", "[vpc]\nacl_allows_icmp = false"),
    ("", "[vpc]\ndual_stack = true"),
    ("", "[vpc]\nipv6_route = true"),
    ("[vpc]\nipv6_route = true", "[vpc]\nipv6_route = true\nipv6_only = true"),
    ("", "[vpc]\ndns64 = true"),
    ("", "[vpc]\nnat64 = true"),
    ("", "[vpc]\nregion = 'cn-north-1'"),
    ("", "[vpc]\nendpoint_network = '20.10.0'"),
    ("", "[vpc]\ntask_subnet = '10.0.11.0/24'"),
    ("", "[dns]\necr-dkr = ['10.0.7.20']"),
    ("", "[dns]\necr-api = 'nxdomain'"),
    ("", "[deny]\n'ecr:GetAuthorizationToken' = 'identity'"),
    ("", "[deny]\n'ecr:BatchGetImage' = 'explicit-identity'"),
    ("", "[deny]\n'ecr:BatchGetImage' = 'boundary'"),
    ("", "[deny]\n'ecr:GetDownloadUrlForLayer' = 'explicit-boundary'"),
    ("", "[deny]\n'ecr:GetAuthorizationToken' = 'vpc-endpoint'"),
    ("", "[deny]\n'ecr:BatchGetImage' = { by = 'vpc-endpoint', only_at = 'ecr-dkr' }"),
    ("", "[deny]\n's3:GetObject' = 'vpc-endpoint'"),
    ("", "[deny]\n's3:GetObject' = 'explicit-vpc-endpoint'"),
    ("", "[deny]\n'ecr:BatchGetImage' = 'explicit-resource'"),
    (
        "[image]\naccount = '210987654321'",
        "[image]\naccount = '210987654321'\n[deny]\n'ecr:BatchGetImage' = 'resource'",
    ),
    ("", "[image]\nreference = 'docker.io/library/nginx:1.27'"),
    ("", "[image]\nsidecars = ['public.ecr.aws/nginx/nginx:1.27']"),
    ("", "[image]\nregion = 'us-east-1'"),
    ("", "[image]\nrepository = 'docker-hub/library/busybox'"),
    ("", "[image]\nrepository_exists = false"),
    ("", "[image]\ntag = 'v2'"),
    ("", "[image]\nindex = false"),
    ("", "[image]\nplatforms = ['linux/arm64']"),
    ("", "[image]\nmedia_type = 'application/vnd.oci.artifact'"),
    ("", "[image]\narchived = true"),
    ("", "[image]\nkey_unusable = 400"),
    ("", "[image]\nlayer_sizes = [120]"),
    ("", "[task]\nlaunch_type = 'ec2'"),
    ("[task]\nlaunch_type = 'ec2'", "[task]\nlaunch_type = 'ec2'\nnetwork_mode = 'bridge'"),
    ("", "[task]\nexecution_role = 'another'"),
    ("", "also = ['logs']"),
    ("[vpc]\ns3_route_overridden = true", "[vpc]\ns3_route_overridden = true\n[account]\nappliance_is_gone = true"),
    ("", "[account]\nbroken_endpoints = { ssm = 'pendingacceptance' }"),
    ("", "[account]\nendpoint_policies = { s3 = '{\"Statement\":[]}' }"),
    (
        "[vpc]\ninterface_endpoints = ['s3']",
        "[vpc]\ninterface_endpoints = ['s3']\n[account]\ns3_only_for_inbound_resolver = true",
    ),
    ("", "[account]\nhas_execution_role = false"),
    ("", "[account]\nexecution_role_exists = false"),
    ("", "[account]\ngranted_to = 'task-role'"),
    ("", "[account]\ninline_policy = '{\"Statement\":[]}'"),
    ("", "[account]\nboundary = '{\"Statement\":[]}'"),
    ("", "[account]\ntrust = '{\"Statement\":[]}'"),
    ("", "[account]\nrepository_policy = '{\"Statement\":[]}'"),
    ("", "[account]\nlog_driver = 'awsfirelens'"),
    ("", "[account]\nlog_group_exists = false"),
    ("", "[account]\ncreate_log_group = true"),
    ("", "[account]\nsecrets = ['/a']"),
    ("[account]\nsecrets = ['/a']", "[account]\nsecrets = ['/a']\nmissing_secrets = ['/a']"),
    (
        "[account]\nsecrets = ['/a']",
        "[account]\nsecrets = ['/a']\nsecret_key = 'arn:aws:kms:eu-west-1:123456789012:key/1'",
    ),
    (
        "[account]\nsecrets = ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c']",
        "[account]\nsecrets = ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c']\n\
         deleted_secrets = ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c']",
    ),
    (
        "[account]\nsecrets = ['/a']\nsecret_key = 'arn:aws:kms:eu-west-1:123456789012:key/1'",
        "[account]\nsecrets = ['/a']\nsecret_key = 'arn:aws:kms:eu-west-1:123456789012:key/1'\n\
         secret_key_state = 'Disabled'",
    ),
    ("", "[account]\nrepository_credentials = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-1a2b3c'"),
    (
        "[account]\nrepository_credentials = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-1a2b3c'",
        "[account]\nrepository_credentials = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-1a2b3c'\n\
         missing_secrets = ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-1a2b3c']",
    ),
    ("", "[account]\ncpu_architecture = 'ARM64'"),
    ("", "[account]\nstopped = ['CannotPullContainerError']"),
    ("", "[account]\nevents = ['unable to place a task']"),
    ("", "[account]\nvpc_owner = '210987654321'"),
    ("", "[layer]\nstore = 'another.s3.eu-west-1.amazonaws.com'\n[vpc]\ns3_route_overridden = true"),
];

#[test]
fn what_a_key_says_shows_in_the_facts() {
    let facts = |toml: &str| {
        let mut account = Account::of(&World::from_toml(toml).unwrap_or_else(|why| panic!("{why}\n{toml}")));
        // They are kept beside the facts.
        account.keys = AccountKeys::default();
        format!("{account:?}")
    };
    for (without, with) in SEEN {
        assert_ne!(facts(without), facts(with), "nothing shows {with:?}");
    }
}
