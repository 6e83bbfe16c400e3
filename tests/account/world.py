"""Makes a world in moto as people make theirs, and prints what it made."""

import json
import sys

import boto3

URL, REGION = sys.argv[1], sys.argv[2]


def client(service):
    return boto3.client(service, endpoint_url=URL, region_name=REGION)


ec2, iam, ecs, ecr, logs = (client(name) for name in ("ec2", "iam", "ecs", "ecr", "logs"))
secrets, ssm, kms, route53, resolver = (
    client(name) for name in ("secretsmanager", "ssm", "kms", "route53", "route53resolver")
)
made = {}

# The network.
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.1.0.0/16")
dhcp = ec2.create_dhcp_options(
    DhcpConfigurations=[
        {"Key": "domain-name-servers", "Values": ["10.9.0.2", "10.9.0.3"]},
        {"Key": "domain-name", "Values": ["corp.example"]},
    ]
)["DhcpOptions"]["DhcpOptionsId"]
ec2.associate_dhcp_options(DhcpOptionsId=dhcp, VpcId=vpc)
subnets = [
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]["SubnetId"]
    for n, zone in enumerate("ab")
]
group = ec2.create_security_group(GroupName="task", Description="d", VpcId=vpc)["GroupId"]
other = ec2.create_security_group(GroupName="endpoint", Description="d", VpcId=vpc)["GroupId"]
ec2.revoke_security_group_egress(
    GroupId=group, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
)
s3_list = ec2.describe_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{REGION}.s3"]}])
s3_list = s3_list["PrefixLists"][0]["PrefixListId"]
ec2.authorize_security_group_egress(
    GroupId=group,
    IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": other}]},
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": s3_list}]},
        {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "IpRanges": [{"CidrIp": "10.9.0.0/24"}]},
        {"IpProtocol": "tcp", "FromPort": 53, "ToPort": 53, "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}]},
    ],
)
ec2.authorize_security_group_ingress(
    GroupId=other,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": group}]}],
)
internet = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=internet, VpcId=vpc)
address = ec2.allocate_address(Domain="vpc")
nat = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address["AllocationId"])["NatGateway"]["NatGatewayId"]
table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[1])
transit = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
attachment = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=transit, VpcId=vpc, SubnetIds=[subnets[0]])
attachment = attachment["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
ec2.create_network_acl_entry(
    NetworkAclId=acl,
    RuleNumber=90,
    Protocol="6",
    RuleAction="deny",
    Egress=True,
    CidrBlock="10.0.9.0/24",
    PortRange={"From": 443, "To": 443},
)
customer_list = ec2.create_managed_prefix_list(
    PrefixListName="offices", MaxEntries=5, AddressFamily="IPv4", Entries=[{"Cidr": "192.0.2.0/24", "Description": "a"}]
)["PrefixList"]["PrefixListId"]
endpoint = ec2.create_vpc_endpoint(
    VpcId=vpc,
    ServiceName=f"com.amazonaws.{REGION}.ecr.api",
    VpcEndpointType="Interface",
    SubnetIds=subnets,
    SecurityGroupIds=[other],
    PrivateDnsEnabled=True,
)["VpcEndpoint"]
interfaces = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["VpcEndpoints"][0]
interfaces = interfaces["NetworkInterfaceIds"]
policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "a", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"},
        {"Sid": "b", "Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"},
    ],
}
gateway = ec2.create_vpc_endpoint(
    VpcId=vpc,
    ServiceName=f"com.amazonaws.{REGION}.s3",
    VpcEndpointType="Gateway",
    RouteTableIds=[table],
    PolicyDocument=json.dumps(policy),
)["VpcEndpoint"]["VpcEndpointId"]
address_of = ec2.describe_network_interfaces(NetworkInterfaceIds=interfaces)["NetworkInterfaces"][0]["PrivateIpAddress"]
made.update(
    vpc=vpc, dhcp=dhcp, subnets=subnets, group=group, other=other, s3_list=s3_list, internet=internet, nat=nat,
    public_ip=address["PublicIp"], table=table, transit=transit, attachment=attachment, acl=acl,
    customer_list=customer_list, endpoint=endpoint["VpcEndpointId"], interfaces=interfaces, gateway=gateway,
    address=address_of,
)  # fmt: skip

# Roles.
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
pull = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["ecr:BatchGetImage", "ec2:*"], "Resource": "*"},
        {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"},
    ],
}
boundary = iam.create_policy(PolicyName="edge", PolicyDocument=json.dumps(pull))["Policy"]["Arn"]
role = iam.create_role(
    RoleName="exec", Path="/team/", AssumeRolePolicyDocument=json.dumps(trust), PermissionsBoundary=boundary
)["Role"]["Arn"]
iam.put_role_policy(RoleName="exec", PolicyName="in line", PolicyDocument=json.dumps(pull))
managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
iam.attach_role_policy(RoleName="exec", PolicyArn=managed)
iam.attach_role_policy(RoleName="exec", PolicyArn=boundary)
profile = iam.create_instance_profile(InstanceProfileName="box")["InstanceProfile"]["Arn"]
iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="exec")
made.update(role=role, boundary=boundary, managed=managed, profile=profile)

# Tasks and instances.
cluster = ecs.create_cluster(clusterName="files")["cluster"]["clusterArn"]
image = ec2.describe_images()["Images"][0]["ImageId"]
box = ec2.run_instances(
    ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnets[0], SecurityGroupIds=[group],
    IamInstanceProfile={"Arn": profile},
)["Instances"][0]  # fmt: skip
definition = ecs.register_task_definition(
    family="writer",
    executionRoleArn=role,
    taskRoleArn=role,
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
    cpu="256",
    memory="512",
    containerDefinitions=[
        {
            "name": "app",
            "image": f"123456789012.dkr.ecr.{REGION}.amazonaws.com/team/app:v1",
            "memory": 128,
            "environment": [{"name": "PASSWORD", "value": "hunter2-canary"}],
            "secrets": [{"name": "DB", "valueFrom": f"arn:aws:ssm:{REGION}:123456789012:parameter/db"}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "/ecs/writer",
                    "awslogs-region": REGION,
                    "awslogs-stream-prefix": "w",
                    "awslogs-datetime-format": "%Y-canary",
                },
            },
        }
    ],
)["taskDefinition"]["taskDefinitionArn"]
service = ecs.create_service(
    cluster="files",
    serviceName="web",
    taskDefinition="writer",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={
        "awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group], "assignPublicIp": "DISABLED"}
    },
)["service"]["serviceArn"]
task = ecs.run_task(
    cluster="files",
    taskDefinition="writer",
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": subnets[:1], "securityGroups": [group]}},
)["tasks"][0]["taskArn"]
ecs.stop_task(cluster="files", task=task, reason="CannotPullContainerError: canary?X-Amz-Signature=abcdef0123456789")
for _ in range(8):
    ecs.describe_tasks(cluster="files", tasks=[task])
made.update(cluster=cluster, instance=box["InstanceId"], definition=definition, service=service, task=task)

# Images and what else a start needs.
key = kms.create_key(Policy=json.dumps(policy), Description="d")["KeyMetadata"]["Arn"]
repository = ecr.create_repository(
    repositoryName="team/app", encryptionConfiguration={"encryptionType": "KMS", "kmsKey": key}
)["repository"]["repositoryArn"]
plain = ecr.create_repository(repositoryName="plain")["repository"]["repositoryArn"]
ecr.set_repository_policy(repositoryName="team/app", policyText=json.dumps(pull))
config = "sha256:" + "0" * 64
manifest = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 2, "digest": config},
    "layers": [],
}
image = ecr.put_image(repositoryName="team/app", imageManifest=json.dumps(manifest), imageTag="v1")["image"]
other_manifest = dict(manifest, layers=[{"mediaType": "m", "size": 1, "digest": "sha256:" + "1" * 64}])
entries = [
    {
        "mediaType": manifest["mediaType"],
        "size": 2,
        "digest": ecr.put_image(repositoryName="team/app", imageManifest=json.dumps(text), imageTag=name)["image"][
            "imageId"
        ]["imageDigest"],
        "platform": {"os": "linux", "architecture": name},
    }
    for text, name in ((manifest, "amd64"), (other_manifest, "arm64"))
]
index = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.list.v2+json",
    "manifests": entries,
}
ecr.put_image(repositoryName="team/app", imageManifest=json.dumps(index), imageTag="both")
logs.create_log_group(logGroupName="/ecs/writer")
logs.create_log_group(logGroupName="/ecs/writer-two")
secret = secrets.create_secret(Name="db", SecretString="hunter2-canary", KmsKeyId=key)["ARN"]
gone = secrets.create_secret(Name="old", SecretString="x")["ARN"]
secrets.delete_secret(SecretId="old")
ssm.put_parameter(Name="/db", Value="hunter2-canary", Type="SecureString", KeyId=key)
ssm.put_parameter(Name="flat", Value="v", Type="String")
far = boto3.client("ssm", endpoint_url=URL, region_name="us-west-2")
far.put_parameter(Name="/team/far", Value="hunter2-canary", Type="SecureString", KeyId="alias/far")
made.update(
    key=key, repository=repository, plain=plain, digest=image["imageId"]["imageDigest"], secret=secret, gone=gone
)

# Names.
zone = route53.create_hosted_zone(
    Name=f"ecr.{REGION}.amazonaws.com", CallerReference="1", VPC={"VPCRegion": REGION, "VPCId": vpc},
    HostedZoneConfig={"PrivateZone": True},
)["HostedZone"]["Id"]  # fmt: skip
route53.change_resource_record_sets(
    HostedZoneId=zone,
    ChangeBatch={
        "Changes": [
            {
                "Action": "CREATE",
                "ResourceRecordSet": {
                    "Name": f"*.ecr.{REGION}.amazonaws.com",
                    "Type": "A",
                    "TTL": 60,
                    "ResourceRecords": [{"Value": "10.0.0.9"}],
                },
            }
        ]
    },
)
made.update(zone=zone.rsplit("/", 1)[-1])
print(json.dumps(made))
