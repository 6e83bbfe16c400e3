//! Healthy layouts, one by one and mixed at random.

use proptest::prelude::*;

/// AWS's instruction for such a subnet: nothing in it has an IPv4 address, and the image's name has IPv6 ones.
pub const IPV6_ONLY_BY_DUAL_STACK_NAME: &str = "[image]\nreference = '123456789012.dkr-ecr.eu-west-1.on.aws/scheduled-file-writer:v1'\n\
     [vpc]\ninterface_endpoints = []\ns3_gateway = false\nipv6_only = true\nipv6_route = true\n\
     name_servers = ['fd00:ec2::253']";

/// Why it is healthy, and the world.
pub const LAYOUTS: [(&str, &str); 86] = [
    ("the private subnet with three endpoints needs no NAT", ""),
    (
        "S3's public addresses are right with a gateway endpoint, whose route takes them",
        "[vpc]\ntask_sg_allows_internet = false\nacl_allows_public = true",
    ),
    ("NAT does without endpoints", "[vpc]\ninterface_endpoints = []\ns3_gateway = false\nnat = true"),
    ("NAT for ECR, the gateway endpoint for S3", "[vpc]\ninterface_endpoints = []\nnat = true"),
    ("endpoints for ECR, NAT for S3", "[vpc]\ns3_gateway = false\nnat = true"),
    ("one endpoint, NAT for the other", "[vpc]\ninterface_endpoints = ['ecr.dkr']\nnat = true"),
    ("endpoints that no name leads to, beside NAT", "[vpc]\nprivate_dns = false\nnat = true"),
    ("private DNS without host names does nothing, beside NAT", "[vpc]\ndns_hostnames = false\nnat = true"),
    (
        "a public subnet with a public address",
        "[vpc]\ninterface_endpoints = []\ns3_gateway = false\ninternet_gateway = true\npublic_ip = true",
    ),
    ("a public subnet without a public address has its endpoints", "[vpc]\ninternet_gateway = true"),
    ("the default route's target is gone, and nothing takes that route", "[vpc]\nnat = true\nnat_blackhole = true"),
    ("a VPC outside RFC 1918", "[vpc]\nendpoint_network = '20.10.0'"),
    ("a VPC in the shared address space", "[vpc]\nendpoint_network = '100.64.0'"),
    ("a VPC just beside RFC 1918", "[vpc]\nendpoint_network = '172.40.1'"),
    ("endpoints in another subnet of the VPC", "[vpc]\ntask_subnet = '10.0.11.0/24'"),
    ("the same outside RFC 1918", "[vpc]\nendpoint_network = '20.10.0'\ntask_subnet = '20.10.77.0/24'"),
    ("an S3 interface endpoint", "[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 's3']\ns3_gateway = false"),
    (
        "an S3 interface endpoint, and an ACL for the VPC's addresses only",
        "[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 's3']\ns3_gateway = false\nacl_allows_public = false",
    ),
    (
        "an S3 interface endpoint without private DNS changes nothing",
        "[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 's3']\nprivate_dns = ['ecr.api', 'ecr.dkr']",
    ),
    ("IPv6 answers and no route for IPv6", "[vpc]\ndual_stack = true"),
    ("the same by NAT", "[vpc]\ndual_stack = true\ninterface_endpoints = []\ns3_gateway = false\nnat = true"),
    ("IPv6 answers and a route for them", "[vpc]\ndual_stack = true\nipv6_route = true"),
    ("IPv6 only", "[vpc]\ndual_stack = true\nipv6_only = true\nipv6_route = true"),
    (
        "the same with a name server that is reached over IPv6",
        "[vpc]\ndual_stack = true\nipv6_only = true\nipv6_route = true\nname_servers = ['fd00:ec2::253']",
    ),
    ("IPv6 only, and the registry's dual-stack name", IPV6_ONLY_BY_DUAL_STACK_NAME),
    (
        "the same on EC2, where the agent asks the API's dual-stack host",
        "[task]\nlaunch_type = 'ec2'\n[image]\n\
         reference = '123456789012.dkr-ecr.eu-west-1.on.aws/scheduled-file-writer:v1'\n\
         [vpc]\nipv6_only = true\nipv6_route = true\nname_servers = ['fd00:ec2::253']",
    ),
    (
        "the same with an ecr.api endpoint, which IPv6 does not lead to",
        "[image]\nreference = '123456789012.dkr-ecr.eu-west-1.on.aws/scheduled-file-writer:v1'\n\
         [vpc]\nipv6_only = true\nipv6_route = true\nname_servers = ['fd00:ec2::253']\n\
         interface_endpoints = ['ecr.api']",
    ),
    (
        "IPv6 only with DNS64, NAT64 and the registry's IPv4 name",
        "[vpc]\ninterface_endpoints = []\ns3_gateway = false\nipv6_only = true\nipv6_route = true\ndns64 = true\n\
         nat64 = true\nname_servers = ['fd00:ec2::253']",
    ),
    ("the API's dual-stack host by the environment, and NAT", "dual_stack = true\n[vpc]\nnat = true"),
    (
        "FIPS endpoints by the environment and by the name, and NAT",
        "fips = true\n[vpc]\nregion = 'us-gov-west-1'\nnat = true\n\
         [image]\nreference = '123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/scheduled-file-writer:v1'",
    ),
    (
        "FIPS endpoints with IPv6 addresses, in a subnet that has IPv6 only",
        "fips = true\ndual_stack = true\n[vpc]\nregion = 'us-gov-west-1'\nipv6_only = true\nipv6_route = true\n\
         name_servers = ['fd00:ec2::253']\n\
         [image]\nreference = '123456789012.dkr-ecr-fips.us-gov-west-1.on.aws/scheduled-file-writer:v1'",
    ),
    (
        "the registry's dual-stack name by NAT, while the API has an endpoint",
        "[image]\nreference = '123456789012.dkr-ecr.eu-west-1.on.aws/scheduled-file-writer:v1'\n[vpc]\nnat = true",
    ),
    ("endpoints in a hub VPC, whose zones are shared", "[vpc]\nhub_network = '10.50.1'"),
    (
        "an image of another Region by NAT",
        "[image]\nregion = 'us-east-1'\n\
         reference = '123456789012.dkr.ecr.us-east-1.amazonaws.com/scheduled-file-writer:v1'\n[vpc]\nnat = true",
    ),
    (
        "a way out for smaller packets, and an ACL that lets routers say so",
        "[vpc]\ninterface_endpoints = []\nnat = true\nnarrow_way_out = true",
    ),
    ("two of the VPC's own name servers that agree", "[vpc]\nname_servers = ['10.0.0.2', '169.254.169.253']"),
    ("the resolver's link-local address", "[vpc]\nname_servers = ['169.254.169.253']"),
    (
        "a second name server is silent while the first answers",
        "[vpc]\nname_servers = ['10.0.0.2', '10.0.9.53']\nsilent_name_servers = ['10.0.9.53']",
    ),
    (
        "the first name server is silent, which costs time and no pull",
        "[vpc]\nname_servers = ['10.0.9.53', '10.0.0.2']\nsilent_name_servers = ['10.0.9.53']",
    ),
    ("a DNS server of one's own beside NAT", "[vpc]\nname_servers = ['10.0.9.53']\nnat = true"),
    ("answers that are cut over UDP and whole over TCP", "[dns]\nall = 'truncated'"),
    ("one manifest without an index", "[image]\nindex = false"),
    ("an index with an attestation", "[image]\nplatforms = ['linux/amd64', 'unknown/unknown']"),
    ("the attestation comes first", "[image]\nplatforms = ['unknown/unknown', 'linux/amd64']"),
    ("an index whose first entry is another platform's", "[image]\nplatforms = ['linux/arm64', 'linux/amd64']"),
    ("one layer, and a small one", "[image]\nlayer_sizes = [120]"),
    (
        "layers that are compressed with zstd",
        "[image]\nlayer_media_type = 'application/vnd.oci.image.layer.v1.tar+zstd'",
    ),
    (
        "an image that is named by its digest",
        "[image]\nreference = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/scheduled-file-writer@{digest}'",
    ),
    (
        "a pull-through cache that has the image",
        "[image]\nreference = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/busybox:1'\n\
         repository = 'docker-hub/library/busybox'\ntag = '1'",
    ),
    (
        "the same in another account",
        "[image]\nreference = '210987654321.dkr.ecr.eu-west-1.amazonaws.com/ghcr.io/org/app:1'\n\
         account = '210987654321'\nrepository = 'ghcr.io/org/app'\ntag = '1'",
    ),
    (
        "the layers are in another bucket than the documented one",
        "[layer]\nstore = 'another-layer-bucket.s3.eu-west-1.amazonaws.com'",
    ),
    ("STS is needed by no pull: its SYNs are lost", "[tcp]\nsts = 'drop'"),
    ("STS does not resolve", "[dns]\nsts = 'nxdomain'"),
    ("STS denies", "[deny]\n'sts:GetCallerIdentity' = 'explicit-scp'"),
    ("STS never answers", "[reply.caller]\nfault = 'silent'"),
    ("proxy variables that the pull does not see", "proxy_variables = ['HTTPS_PROXY', 'https_proxy']"),
    ("a clock that is a little off", "[clock]\nskew_s = 45"),
    (
        "an image of public ECR by NAT",
        "[vpc]\nnat = true\n[image]\nreference = 'public.ecr.aws/aws-observability/aws-otel-collector:latest'",
    ),
    ("one of Docker Hub", "[vpc]\nnat = true\n[image]\nreference = 'docker.io/library/nginx:1.27'"),
    (
        "the same by its digest, without endpoints",
        "[vpc]\nnat = true\ninterface_endpoints = []\n[image]\nreference = 'docker.io/library/nginx@{digest}'",
    ),
    (
        "sidecars of public ECR and Docker Hub",
        "[vpc]\nnat = true\n[image]\nsidecars = ['public.ecr.aws/aws-observability/aws-otel-collector:latest', \
         'docker.io/library/nginx:1.27', 'docker.io/library/nginx:latest']",
    ),
    (
        "a sidecar whose repository has the name of the image's",
        "[vpc]\nnat = true\n[image]\nrepository = 'nginx/nginx'\ntag = '1.27'\n\
         reference = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/nginx/nginx:1.27'\n\
         sidecars = ['public.ecr.aws/nginx/nginx:1.27']",
    ),
    (
        "a registry that names a token service and a store of its own",
        "[vpc]\nnat = true\n[image]\nreference = 'registry.example.com/team/app:v1'\n[elsewhere]\n\
         host = 'registry.example.com'\ntoken_service = 'auth.example.com'\nstore = 'blobs.example.com'",
    ),
    (
        "a registry that asks for no token and serves its layers itself",
        "[vpc]\nnat = true\n[image]\nreference = 'registry.example.com/team/app:v1'\n[elsewhere]\n\
         host = 'registry.example.com'\nopen = true",
    ),
    (
        "a sidecar of a registry that takes credentials only is no worse than it was",
        "[vpc]\nnat = true\n[image]\nsidecars = ['registry.example.com/team/app:v1']\n[elsewhere]\n\
         host = 'registry.example.com'\n\
         [reply.registry-auth]\nstatus = 200\n[reply.registry]\nstatus = 401\nheaders = { Www-Authenticate = 'Basic realm=\"https://registry.example.com/\"' }",
    ),
    ("a clock that is not synchronized and is right", "[clock]\nsynchronized = false\nerror_bound_ms = 299000.0"),
    ("task metadata without a disk, as on EC2", "[task]\ndisk_mib = 0\nimage = 'ecr-probe:v1'"),
    ("a small disk, which holds the task's own image", "[task]\ndisk_mib = 1\n[image]\nlayer_sizes = [1100000]"),
    (
        "a disk with room for another image",
        "[task]\ndisk_mib = 3\nimage = 'ecr-probe:v1'\n[image]\nlayer_sizes = [1500000]",
    ),
    ("the same private subnet in China", "[vpc]\nregion = 'cn-north-1'"),
    ("in GovCloud", "[vpc]\nregion = 'us-gov-west-1'"),
    ("in the European sovereign cloud", "[vpc]\nregion = 'eusc-de-east-1'"),
    ("in China by NAT", "[vpc]\nregion = 'cn-north-1'\ninterface_endpoints = []\ns3_gateway = false\nnat = true"),
    (
        "in GovCloud by NAT and the registry's FIPS name",
        "[vpc]\nregion = 'us-gov-west-1'\nnat = true\n\
         [image]\nreference = '123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/scheduled-file-writer:v1'",
    ),
    (
        "in China by the registry's dual-stack name",
        "[vpc]\nregion = 'cn-north-1'\nnat = true\n[image]\n\
         reference = '123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn/scheduled-file-writer:v1'",
    ),
    ("keys on a host", "mode = 'host'\n[credentials]\nkind = 'keys'"),
    ("a task on EC2 in awsvpc mode", "[task]\nlaunch_type = 'ec2'"),
    ("one in bridge mode", "[task]\nlaunch_type = 'ec2'\nnetwork_mode = 'bridge'"),
    ("one in host mode", "[task]\nlaunch_type = 'ec2'\nnetwork_mode = 'host'"),
    (
        "an agent that names neither launch type nor container types",
        "[task]\nlaunch_type = 'ec2'\nold_agent = true\nnulls = true",
    ),
    ("a task on ECS Anywhere", "[vpc]\nnat = true\n[task]\nlaunch_type = 'external'\nnetwork_mode = 'bridge'"),
    ("a task on ECS Managed Instances", "[task]\nlaunch_type = 'managed-instances'"),
    ("Service Connect on EC2, in a subnet without a way out", "[task]\nlaunch_type = 'ec2'\nservice_connect = true"),
    (
        "the same in bridge mode, by an old agent",
        "[task]\nlaunch_type = 'ec2'\nnetwork_mode = 'bridge'\nservice_connect = true\nold_agent = true",
    ),
    ("Service Connect on Fargate", "[task]\nservice_connect = true"),
    ("lists and maps that are null", "[task]\nnulls = true"),
];

/// Keys that do not break the pull, one of each group taken at random.
#[allow(dead_code, reason = "the tests of weather take the layouts as they are")]
pub fn healthy_worlds() -> impl Strategy<Value = String> {
    prop_oneof![4 => worlds_with_ipv4().boxed(), 1 => worlds_with_ipv6_only().boxed()]
}

/// The registry's name in one of its variants, where there is such a registry.
fn registry(region: &str, fips: bool, dual_stack: bool) -> Option<String> {
    let sovereign = region.starts_with("eusc-");
    let domain = match (region.split('-').next()?, dual_stack) {
        ("cn", true) => "on.amazonwebservices.com.cn",
        ("cn", false) => "amazonaws.com.cn",
        ("eusc", _) => "amazonaws.eu",
        (_, true) => "on.aws",
        (_, false) => "amazonaws.com",
    };
    let exists = !(dual_stack && sovereign) && (!fips || region.starts_with("us-"));
    let label = format!("dkr{}ecr{}", if dual_stack { "-" } else { "." }, if fips { "-fips" } else { "" });
    exists.then(|| format!("123456789012.{label}.{region}.{domain}"))
}

/// Nothing has an IPv4 address: by names that have IPv6 addresses, or by DNS64 and NAT64.
fn worlds_with_ipv6_only() -> impl Strategy<Value = String> {
    let one_of = |choices: &'static [&'static str]| proptest::sample::select(choices);
    let region = one_of(&["eu-west-1", "us-east-1", "cn-north-1", "us-gov-west-1"]);
    let image = one_of(&["", "index = false", "layer_sizes = [9000, 9000, 10, 70000, 5, 5]"]);
    let endpoints = one_of(&["interface_endpoints = []\ns3_gateway = false", "interface_endpoints = ['ecr.api']", ""]);
    let launch_type = one_of(&["", "launch_type = 'ec2'\nnetwork_mode = 'host'", "launch_type = 'managed-instances'"]);
    let settings = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (region, image, endpoints, launch_type, settings).prop_map(
        |(region, image, endpoints, launch_type, (translates, fips, fips_api, dual_stack_api))| {
            let has_fips = region.starts_with("us-");
            let name = registry(region, fips && has_fips, !translates).expect("those Regions have dual-stack names");
            let translation = if translates { "dns64 = true\nnat64 = true" } else { "" };
            format!(
                "fips = {}\ndual_stack = {dual_stack_api}\n[vpc]\nregion = '{region}'\n{endpoints}\n{translation}\n\
                 ipv6_only = true\nipv6_route = true\nname_servers = ['fd00:ec2::253']\n[image]\n{image}\n\
                 reference = '{name}/scheduled-file-writer:v1'\n[task]\n{launch_type}\n",
                fips_api && has_fips
            )
        },
    )
}

fn worlds_with_ipv4() -> impl Strategy<Value = String> {
    let one_of = |choices: &'static [&'static str]| proptest::sample::select(choices);
    let open = one_of(&[
        "",
        "nat = true",
        "nat = true\ns3_gateway = false",
        "nat = true\ninterface_endpoints = []",
        "nat = true\ninterface_endpoints = []\ns3_gateway = false",
        "nat = true\ninterface_endpoints = ['ecr.api']",
        "nat = true\ninterface_endpoints = ['ecr.dkr', 'sts']\nprivate_dns = ['ecr.dkr']",
        "nat = true\nprivate_dns = false",
        "internet_gateway = true\npublic_ip = true\ninterface_endpoints = []\ns3_gateway = false",
        "interface_endpoints = ['ecr.api', 'ecr.dkr', 's3']\ns3_gateway = false",
        "nat = true\nnat_blackhole = true",
    ]);
    // What is closed for IPv4 is closed for IPv6, and addresses that nothing reaches are worth a warning.
    let closed = one_of(&[
        "interface_endpoints = ['ecr.api', 'ecr.dkr', 's3', 'sts']\nacl_allows_public = false",
        "task_sg_allows_internet = false",
    ]);
    let families = one_of(&["", "dual_stack = true", "dual_stack = true\nipv6_route = true"]);
    let ways = prop_oneof![
        3 => (open, families).prop_map(|(open, families)| format!("{open}\n{families}")),
        1 => (closed, one_of(&["", "dual_stack = true"])).prop_map(|(closed, families)| format!("{closed}\n{families}")),
    ];
    let network = one_of(&["10.0.1", "10.200.3", "20.10.0", "100.64.0", "172.40.1", "192.168.4"]);
    let other_subnet = any::<bool>();
    let names = one_of(&[
        "",
        "name_servers = ['169.254.169.253']",
        "name_servers = ['169.254.169.253', '10.9.9.9']\nsilent_name_servers = ['10.9.9.9']",
        "name_servers = ['10.9.9.9', '169.254.169.253']\nsilent_name_servers = ['10.9.9.9']",
    ]);
    let image = one_of(&[
        "",
        "index = false",
        "platforms = ['linux/amd64', 'unknown/unknown']",
        "platforms = ['unknown/unknown', 'linux/arm64', 'linux/amd64']",
        "layer_sizes = [1]",
        "layer_sizes = [9000, 9000, 10, 70000, 5, 5]",
    ]);
    let others = one_of(&[
        "",
        "[tcp]\nsts = 'drop'",
        "[dns]\nsts = 'servfail'",
        "[deny]\n'sts:GetCallerIdentity' = 'identity'",
        "[layer]\nstore = 'another-layer-bucket.s3.eu-west-1.amazonaws.com'",
        "[dns]\nall = 'truncated'",
    ]);
    let region = one_of(&["", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"]);
    let sidecar = any::<bool>();
    // Of the registry, and of the API: FIPS, dual stack.
    let variants = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let place = one_of(&["", "proxy_variables = ['HTTPS_PROXY']\n", "mode = 'host'\n"]);
    let skew = -60i64..60;
    let launch_type = one_of(&[
        "",
        "launch_type = 'ec2'",
        "launch_type = 'ec2'\nnetwork_mode = 'bridge'",
        "launch_type = 'ec2'\nnetwork_mode = 'host'",
        "launch_type = 'external'\nnetwork_mode = 'bridge'",
        "launch_type = 'managed-instances'",
    ]);
    let agent = one_of(&["", "service_connect = true", "nulls = true", "service_connect = true\nold_agent = true"]);
    let task = (launch_type, agent).prop_map(|(launch_type, agent)| format!("[task]\n{launch_type}\n{agent}\n"));
    (ways, (network, region), other_subnet, names, (image, sidecar, variants), others, (place, task), skew).prop_map(
        |(ways, (network, region), other_subnet, names, (image, sidecar, variants), others, (place, task), skew)| {
            let way_out = ways.contains("nat = true") && !ways.contains("blackhole") || ways.contains("public_ip");
            let sidecar = if sidecar && way_out { "sidecars = ['docker.io/library/nginx:1.27']" } else { "" };
            // Private DNS holds neither FIPS nor dual-stack names: they take a way out.
            let (fips, dual_stack, fips_api, dual_stack_api) = if way_out { variants } else { Default::default() };
            let own = if region.is_empty() || others.contains("store") { "eu-west-1" } else { region };
            let reference = match registry(own, fips, dual_stack).filter(|_| fips || dual_stack) {
                Some(name) => format!("reference = '{name}/scheduled-file-writer:v1'"),
                None => String::new(),
            };
            let fips_api = fips_api && registry(own, true, false).is_some();
            let dual_stack_api = dual_stack_api && registry(own, false, true).is_some();
            let settings = format!("fips = {fips_api}\ndual_stack = {dual_stack_api}\n");
            let two = network.rsplit_once('.').map_or(network, |(two, _)| two);
            let subnet = if other_subnet { format!("task_subnet = '{two}.128.0/20'") } else { String::new() };
            // The other bucket is one of the default Region.
            let region = match region {
                "" => String::new(),
                _ if others.contains("store") => String::new(),
                region => format!("region = '{region}'"),
            };
            format!(
                "{place}{settings}[vpc]\n{region}\nendpoint_network = '{network}'\n{subnet}\n{ways}\n{names}\n\
                 [image]\n{image}\n{reference}\n{sidecar}\n[clock]\nskew_s = {skew}\n{others}\n{task}"
            )
        },
    )
}
