//! Commands that several rules give.

use crate::aws::{EcrHost, Service};
use crate::model::{Blank, Command, Values, Word};

/// The endpoints of the task's VPC.
pub fn endpoints(region: &str) -> Command {
    Command::of("aws ec2 describe-vpc-endpoints").region(region).filters([("vpc-id", Blank::VPC_ID.into())])
}

/// Those of the VPC that are of these services.
pub fn endpoints_of(region: &str, services: impl IntoIterator<Item = Service>) -> Command {
    let names = Values::any_of(services.into_iter().map(|service| service.endpoint_service(region)));
    Command::of("aws ec2 describe-vpc-endpoints")
        .region(region)
        .filters([("vpc-id", Blank::VPC_ID.into()), ("service-name", names)])
}

/// A new interface endpoint for a service, with private DNS.
pub fn create_interface_endpoint(region: &str, service: Service) -> Command {
    Command::of("aws ec2 create-vpc-endpoint")
        .region(region)
        .option("--vpc-id", Blank::VPC_ID)
        .words("--vpc-endpoint-type Interface")
        .option("--service-name", service.endpoint_service(region))
        .option("--subnet-ids", Blank::SUBNET_ID)
        .option("--security-group-ids", Blank::ENDPOINT_SECURITY_GROUP)
        .words("--private-dns-enabled")
}

/// One VPC endpoint, to be changed.
pub fn modify_endpoint(region: &str) -> Command {
    Command::of("aws ec2 modify-vpc-endpoint").region(region).option("--vpc-endpoint-id", Blank::VPC_ENDPOINT_ID)
}

/// The policy of the VPC's endpoint of a service.
pub fn endpoint_policy(region: &str, service: Service) -> Command {
    endpoints_of(region, [service]).query("VpcEndpoints[].[VpcEndpointId,PolicyDocument]").text()
}

/// A policy out of a file for one VPC endpoint.
pub fn put_endpoint_policy(region: &str) -> Command {
    modify_endpoint(region).option("--policy-document", Word::file("policy.json"))
}

/// The task is let in at an endpoint.
pub fn let_in(region: &str) -> Command {
    Command::of("aws ec2 authorize-security-group-ingress")
        .region(region)
        .option("--group-id", Blank::ENDPOINT_SECURITY_GROUP)
        .words("--protocol tcp --port 443")
        .option("--source-group", Blank::TASK_SECURITY_GROUP)
}

/// What the task's security group lets out, to be added to.
pub fn let_out(region: &str) -> Command {
    Command::of("aws ec2 authorize-security-group-egress")
        .region(region)
        .option("--group-id", Blank::TASK_SECURITY_GROUP)
}

/// The route tables of the task's subnet.
pub fn route_tables(region: &str) -> Command {
    Command::of("aws ec2 describe-route-tables")
        .region(region)
        .filters([("association.subnet-id", Blank::SUBNET_ID.into())])
}

/// A route through a NAT gateway.
pub fn route_to_nat(region: &str, option: &'static str, destination: &'static str) -> Command {
    Command::of("aws ec2 create-route")
        .region(region)
        .option("--route-table-id", Blank::ROUTE_TABLE_ID)
        .option(option, destination)
        .option("--nat-gateway-id", Blank::NAT_GATEWAY_ID)
}

/// The default route of IPv4 through a NAT gateway.
pub fn default_route(region: &str) -> Command {
    route_to_nat(region, "--destination-cidr-block", "0.0.0.0/0")
}

/// The private hosted zones that the VPC's resolver answers from.
pub fn hosted_zones(region: &str) -> Command {
    let call = Command::of("aws route53 list-hosted-zones-by-vpc").option("--vpc-id", Blank::VPC_ID);
    call.option("--vpc-region", Word::region(region))
}

/// A rule by which ECR fetches images from elsewhere and keeps them.
pub fn create_cache_rule(region: &str, prefix: &str, upstream: &str) -> Command {
    Command::of("aws ecr create-pull-through-cache-rule")
        .region(region)
        .option("--ecr-repository-prefix", prefix)
        .option("--upstream-registry-url", upstream)
}

/// That of Docker Hub, which wants an account there.
pub fn create_docker_hub_rule(region: &str) -> Command {
    create_cache_rule(region, "docker-hub", "registry-1.docker.io").option("--credential-arn", Blank::SECRET_ARN)
}

/// That of public ECR, which is open to anybody.
pub fn create_public_ecr_rule(region: &str) -> Command {
    create_cache_rule(region, "ecr-public", "public.ecr.aws")
}

/// The rules by which ECR fetches images from elsewhere.
pub fn cache_rules(region: &str) -> Command {
    Command::of("aws ecr describe-pull-through-cache-rules").region(region)
}

/// `AWS:PASSWORD` for a registry of ECR's; `None` for any other host.
pub fn password_of(host: &str) -> Option<Word> {
    let registry = EcrHost::parse(host)?;
    let password = Command::of("aws ecr get-login-password").region(&registry.region);
    Some(Word::from("AWS:").then(password.printed()))
}

/// `docker login` at a registry, with the password that comes on stdin.
pub fn login(registry: impl Into<Word>) -> Command {
    Command::of("docker login --username AWS --password-stdin").operand(registry)
}

/// A set of DHCP options that name the VPC's own resolver.
pub fn amazon_dhcp_options(region: &str) -> Command {
    Command::of("aws ec2 create-dhcp-options")
        .region(region)
        .words("--dhcp-configurations Key=domain-name-servers,Values=AmazonProvidedDNS")
}

/// How often a NAT gateway had no port for a connection.
pub fn nat_ports(region: &str) -> Command {
    Command::of("aws cloudwatch get-metric-statistics")
        .region(region)
        .words("--namespace AWS/NATGateway --metric-name ErrorPortAllocation")
        .option("--dimensions", Word::from("Name=NatGatewayId,Value=").then(Blank::NAT_GATEWAY_ID))
        .option("--start-time", Blank::START_TIME)
        .option("--end-time", Blank::END_TIME)
        .words("--period 60 --statistics Sum")
}
