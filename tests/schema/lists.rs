//! Every value of the enums that hold nothing.

use ecr_probe::model::facts::{EndpointKind, ImageStatus, PolicyKind, RouteState};
use ecr_probe::model::outcome::{PolicyLayer, RecordType, Scarce, Transport};
use ecr_probe::model::{
    AddressClass, Applicability, Does, HopKind, LaunchType, Mode, NetworkMode, Passes, Role, Severity, Stage, Strength,
    Verdict,
};

use super::variants::each;

pub fn policy_layers() -> Vec<PolicyLayer> {
    each! { PolicyLayer:
        Identity, PermissionsBoundary, Session, ServiceControl, ResourceControl, VpcEndpoint, Resource, RoleTrust,
        Unnamed,
    }
}

pub fn record_types() -> Vec<RecordType> {
    each! { RecordType: A, Aaaa }
}

pub fn scarce() -> Vec<Scarce> {
    each! { Scarce: LocalPorts, OpenFiles, SystemFiles }
}

pub fn transports() -> Vec<Transport> {
    each! { Transport: Udp, Tcp }
}

pub fn address_classes() -> Vec<AddressClass> {
    each! { AddressClass: Vpc, S3, Aws, AwsOrVpc, Elsewhere }
}

pub fn roles() -> Vec<Role> {
    each! { Role: EcrApi, EcrDkr, S3, Registry, Cdn, Sts, Logs, SecretsManager, Ssm, Kms }
}

pub fn modes() -> Vec<Mode> {
    each! { Mode: Task, Lambda, Audit, Host }
}

pub fn launch_types() -> Vec<LaunchType> {
    each! { LaunchType: Fargate, Ec2, External, ManagedInstances }
}

pub fn network_modes() -> Vec<NetworkMode> {
    each! { NetworkMode: Awsvpc, Bridge, Host }
}

pub fn verdicts() -> Vec<Verdict> {
    each! { Verdict: Healthy, Degraded, Unhealthy, Inconclusive }
}

pub fn severities() -> Vec<Severity> {
    each! { Severity: Info, Warning, Error }
}

pub fn strengths() -> Vec<Strength> {
    each! { Strength: Possible, Likely, Proven }
}

pub fn stages() -> Vec<Stage> {
    each! { Stage:
        Reference, Dns, Route, Tls, Credentials, AuthToken, RegistryAuth, Manifest, LayerUrl, LayerBytes, Unpack,
        TaskStart,
    }
}

pub fn applicabilities() -> Vec<Applicability> {
    each! { Applicability: Ready, Placeholders, Advice }
}

pub fn passes() -> Vec<Passes> {
    each! { Passes: Yes, No, Unknown }
}

pub fn does() -> Vec<Does> {
    each! { Does: Allows, Blocks, Unknown }
}

pub fn hop_kinds() -> Vec<HopKind> {
    each! { HopKind:
        Vpc, DhcpOptions, HostedZone, ResolverRule, DnsFirewallRule, Name, Subnet, SecurityGroup, NetworkAcl,
        RouteTable, PrefixList, Endpoint, NatGateway, InternetGateway, EgressOnlyInternetGateway, TransitGateway,
        VpcPeeringConnection, VirtualPrivateGateway, NetworkInterface, Instance, Gateway,
    }
}

pub fn endpoint_kinds() -> Vec<EndpointKind> {
    each! { EndpointKind: Interface, Gateway, GatewayLoadBalancer, Other }
}

pub fn route_states() -> Vec<RouteState> {
    each! { RouteState: Active, Blackhole, Other }
}

pub fn policy_kinds() -> Vec<PolicyKind> {
    each! { PolicyKind: Attached, Inline, Boundary }
}

pub fn image_statuses() -> Vec<ImageStatus> {
    each! { ImageStatus: Active, Archived, Activating }
}
