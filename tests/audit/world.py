"""A private subnet with VPC endpoints, made at moto by boto3 as a user makes it, and one thing in it broken.

    python3 world.py ENDPOINT_URL [FAULT…]

Prints the ids of what it made, as one JSON object. A fault is a function of this file.
"""

import json
import sys

import boto3

REGION = "eu-west-1"
SERVICE = "scheduled-file-writer"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
# moto has AWS's managed policies only where it is told to load them.
EXECUTION = {
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow",
        "Action": [
            "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer",
            "ecr:BatchGetImage", "logs:CreateLogStream", "logs:PutLogEvents",
        ],
        "Resource": "*",
    }],
}
MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.oci.image.index.v1+json",
    "manifests": [
        {
            "mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 500, "digest": "sha256:" + digit * 64,
            "platform": {"os": "linux", "architecture": architecture},
        }
        for digit, architecture in (("a", "amd64"), ("b", "arm64"))
    ],
}
INTERFACES = ("ecr.api", "ecr.dkr", "logs")


class World:
    """The clients, and the ids of what was made."""

    # The first two bytes of its addresses.
    CIDR = "10.0"

    def __init__(self, url):
        def client(name):
            return boto3.client(
                name, endpoint_url=url, region_name=REGION, aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="secret")

        self.url, self.client = url, client
        self.ec2, self.ecs, self.iam, self.ecr, self.logs = map(client, ("ec2", "ecs", "iam", "ecr", "logs"))
        self.ids = {}

    def build(self):
        self.network()
        self.endpoints()
        self.role()
        self.image()
        self.service()

    def network(self):
        ec2, ids = self.ec2, self.ids
        vpc = ids["vpc"] = ec2.create_vpc(CidrBlock=f"{self.CIDR}.0.0/16")["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        options = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name-servers", "Values": ["AmazonProvidedDNS"]}])
        ec2.associate_dhcp_options(DhcpOptionsId=options["DhcpOptions"]["DhcpOptionsId"], VpcId=vpc)
        ids["subnets"], ids["tables"] = [], []
        for number, zone in enumerate("abc", 1):
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"{self.CIDR}.{number}.0/24", AvailabilityZone=REGION + zone)
            ids["subnets"].append(subnet["Subnet"]["SubnetId"])
            table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
            ec2.associate_route_table(RouteTableId=table, SubnetId=ids["subnets"][-1])
            ids["tables"].append(table)
        ids["task_group"] = self.group("task")
        ids["endpoint_group"] = self.group("endpoint")
        ec2.revoke_security_group_egress(GroupId=ids["task_group"], IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
        self.s3_list = self.prefix_list()
        self.let_out({"UserIdGroupPairs": [{"GroupId": ids["endpoint_group"]}]})
        self.let_out({"PrefixListIds": [{"PrefixListId": self.s3_list}]})
        self.let_in(ids["task_group"])

    def prefix_list(self):
        lists = self.ec2.describe_managed_prefix_lists()["PrefixLists"]
        named = [it["PrefixListId"] for it in lists if it["PrefixListName"] == f"com.amazonaws.{REGION}.s3"]
        return named[0]

    def group(self, name):
        return self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.ids["vpc"])["GroupId"]

    def let_out(self, to):
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **to}
        self.ec2.authorize_security_group_egress(GroupId=self.ids["task_group"], IpPermissions=[rule])

    def let_in(self, group):
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": group}]}
        self.ec2.authorize_security_group_ingress(GroupId=self.ids["endpoint_group"], IpPermissions=[rule])

    def endpoints(self):
        ec2, ids = self.ec2, self.ids
        for service in INTERFACES:
            made = ec2.create_vpc_endpoint(
                VpcId=ids["vpc"], VpcEndpointType="Interface", ServiceName=f"com.amazonaws.{REGION}.{service}",
                SubnetIds=ids["subnets"][:2], SecurityGroupIds=[ids["endpoint_group"]], PrivateDnsEnabled=True)
            ids[service] = made["VpcEndpoint"]["VpcEndpointId"]
        made = ec2.create_vpc_endpoint(
            VpcId=ids["vpc"], VpcEndpointType="Gateway", ServiceName=f"com.amazonaws.{REGION}.s3", RouteTableIds=ids["tables"])
        ids["s3"] = made["VpcEndpoint"]["VpcEndpointId"]

    def role(self):
        role = self.iam.create_role(RoleName="execution", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.ids["role"] = role["Role"]["Arn"]
        policy = self.iam.create_policy(PolicyName="TaskExecution", PolicyDocument=json.dumps(EXECUTION))
        self.ids["policy"] = policy["Policy"]["Arn"]
        self.iam.attach_role_policy(RoleName="execution", PolicyArn=self.ids["policy"])
        self.ids["task_role"] = self.iam.create_role(RoleName="app", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]

    def image(self):
        repository = self.ecr.create_repository(repositoryName=SERVICE)["repository"]
        self.ids["repository"], self.ids["image"] = repository["repositoryArn"], repository["repositoryUri"] + ":v1"
        self.ecr.put_image(repositoryName=SERVICE, imageTag="v1", imageManifest=json.dumps(MANIFEST), imageManifestMediaType=MANIFEST["mediaType"])

    def service(self):
        self.logs.create_log_group(logGroupName=f"/ecs/{SERVICE}")
        self.ecs.create_cluster(clusterName="main")
        self.define()
        self.ecs.create_service(
            cluster="main", serviceName=SERVICE, taskDefinition=SERVICE, launchType="FARGATE", desiredCount=0,
            networkConfiguration={"awsvpcConfiguration": {
                "subnets": self.ids["subnets"], "securityGroups": [self.ids["task_group"]], "assignPublicIp": "DISABLED"}})

    def define(self, **changes):
        container = {
            "name": "app", "image": self.ids["image"], "essential": True, "memory": 512,
            "environment": [{"name": "PASSWORD", "value": "canary-in-the-environment"}],
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": f"/ecs/{SERVICE}", "awslogs-region": REGION, "awslogs-stream-prefix": "app"}},
        }
        container.update(changes.pop("container", {}))
        settings = {
            "family": SERVICE, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
            "executionRoleArn": self.ids["role"], "taskRoleArn": self.ids["task_role"], "containerDefinitions": [container]}
        settings.update(changes)
        revision = self.ecs.register_task_definition(**settings)["taskDefinition"]["revision"]
        if revision > 1:
            self.ecs.update_service(cluster="main", service=SERVICE, taskDefinition=f"{SERVICE}:{revision}")


def sg_01(world):
    world.ec2.revoke_security_group_ingress(GroupId=world.ids["endpoint_group"], IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": world.ids["task_group"]}]}])


def sg_02(world):
    groups = world.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [world.ids["vpc"]]}])["SecurityGroups"]
    default = world.ids["default_group"] = next(it["GroupId"] for it in groups if it["GroupName"] == "default")
    world.let_out({"UserIdGroupPairs": [{"GroupId": default}]})
    for service in ("ecr.api", "ecr.dkr"):
        world.ec2.modify_vpc_endpoint(
            VpcEndpointId=world.ids[service], AddSecurityGroupIds=[default], RemoveSecurityGroupIds=[world.ids["endpoint_group"]])


def sg_03(world):
    world.ec2.revoke_security_group_egress(GroupId=world.ids["task_group"], IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": world.ids["endpoint_group"]}]}])


def sg_04(world):
    world.ec2.revoke_security_group_egress(GroupId=world.ids["task_group"], IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": world.s3_list}]}])


def sg_05(world):
    sg_01(world)
    world.let_in(world.group("another-task"))


def dns_02(world):
    world.ec2.modify_vpc_attribute(VpcId=world.ids["vpc"], EnableDnsHostnames={"Value": False})


def dns_03(world):
    """moto takes no change of private DNS, so that the endpoint is made anew without."""
    world.ec2.delete_vpc_endpoints(VpcEndpointIds=[world.ids["ecr.api"]])
    made = world.ec2.create_vpc_endpoint(
        VpcId=world.ids["vpc"], VpcEndpointType="Interface", ServiceName=f"com.amazonaws.{REGION}.ecr.api",
        SubnetIds=world.ids["subnets"][:2], SecurityGroupIds=[world.ids["endpoint_group"]], PrivateDnsEnabled=False)
    world.ids["ecr.api"] = made["VpcEndpoint"]["VpcEndpointId"]


def dns_11(world):
    world.ec2.delete_vpc_endpoints(VpcEndpointIds=[world.ids["ecr.dkr"]])


def rte_03(world):
    world.ec2.delete_vpc_endpoints(VpcEndpointIds=[world.ids["s3"]])


def rte_04(world):
    """In one of three subnets."""
    world.ec2.modify_vpc_endpoint(VpcEndpointId=world.ids["s3"], RemoveRouteTableIds=[world.ids["tables"][1]])


def acl_04(world):
    acl = world.ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [world.ids["vpc"]]}])["NetworkAcls"][0]
    world.ids["acl"] = acl["NetworkAclId"]
    world.ec2.create_network_acl_entry(
        NetworkAclId=world.ids["acl"], RuleNumber=90, Protocol="6", RuleAction="deny", Egress=False, CidrBlock="0.0.0.0/0",
        PortRange={"From": 1024, "To": 65535})


def iam_01(world):
    world.iam.detach_role_policy(RoleName="execution", PolicyArn=world.ids["policy"])


def iam_02(world):
    some = json.loads(json.dumps(EXECUTION))
    some["Statement"][0]["Action"].remove("ecr:BatchGetImage")
    iam_01(world)
    world.iam.put_role_policy(RoleName="execution", PolicyName="some", PolicyDocument=json.dumps(some))


def iam_03(world):
    some = json.loads(json.dumps(EXECUTION))
    some["Statement"][0]["Action"].remove("ecr:GetDownloadUrlForLayer")
    iam_01(world)
    world.iam.put_role_policy(RoleName="execution", PolicyName="some", PolicyDocument=json.dumps(some))


def iam_06(world):
    trust = json.loads(json.dumps(TRUST))
    trust["Statement"][0]["Principal"]["Service"] = "lambda.amazonaws.com"
    world.iam.update_assume_role_policy(RoleName="execution", PolicyDocument=json.dumps(trust))


def iam_07(world):
    iam_01(world)
    world.iam.attach_role_policy(RoleName="app", PolicyArn=world.ids["policy"])


def iam_09(world):
    policy = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "ecr:BatchGetImage",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}}]}
    world.ecr.set_repository_policy(repositoryName=SERVICE, policyText=json.dumps(policy))


def endpoint_policy(world, service, statement):
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    world.ec2.modify_vpc_endpoint(VpcEndpointId=world.ids[service], PolicyDocument=json.dumps(policy))


def vpe_01(world):
    endpoint_policy(world, "ecr.api", {"Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], "Resource": "*"})


def vpe_03(world):
    endpoint_policy(world, "ecr.dkr", {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": world.ids["vpc"]}}})


def vpe_04(world):
    endpoint_policy(world, "s3", {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::my-bucket/*"})


def vpe_05(world):
    endpoint_policy(world, "s3", {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}})


def vpe_08(world):
    endpoint_policy(world, "s3", {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"})


def img_01(world):
    world.define(container={"image": world.ids["image"].replace(SERVICE, "scheduled-file-wroter")})


def img_02(world):
    world.define(container={"image": world.ids["image"].replace(":v1", ":v2")})


def img_04(world):
    manifest = json.loads(json.dumps(MANIFEST))
    manifest["manifests"].pop(0)
    world.ecr.put_image(repositoryName=SERVICE, imageTag="arm", imageManifest=json.dumps(manifest), imageManifestMediaType=manifest["mediaType"])
    world.define(container={"image": world.ids["image"].replace(":v1", ":arm")})


def init_04(world):
    world.ec2.create_vpc_endpoint(
        VpcId=world.ids["vpc"], VpcEndpointType="Interface", ServiceName=f"com.amazonaws.{REGION}.ssm",
        SubnetIds=world.ids["subnets"][:2], SecurityGroupIds=[world.ids["endpoint_group"]], PrivateDnsEnabled=True)
    world.define(container={"secrets": [{"name": "KEY", "valueFrom": "/app/key"}]})
    iam_02_with(world, "ssm:GetParameters")


def iam_02_with(world, action):
    world.iam.put_role_policy(RoleName="execution", PolicyName="more", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}))


def init_06(world):
    world.logs.delete_log_group(logGroupName=f"/ecs/{SERVICE}")


def healthy_nat(world):
    """No endpoint, and a NAT gateway in a public subnet: nothing is wrong."""
    ec2, ids = world.ec2, world.ids
    ec2.delete_vpc_endpoints(VpcEndpointIds=[ids[service] for service in (*INTERFACES, "s3")])
    world.let_out({"IpRanges": [{"CidrIp": "0.0.0.0/0"}]})
    public = ids["public"] = ec2.create_subnet(VpcId=ids["vpc"], CidrBlock="10.0.100.0/24", AvailabilityZone=REGION + "a")["Subnet"]["SubnetId"]
    gateway = ids["igw"] = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=ids["vpc"])
    table = ids["public_table"] = ec2.create_route_table(VpcId=ids["vpc"])["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=public)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ids["nat"] = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    for table in ids["tables"]:
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=ids["nat"])


def rte_01(world):
    healthy_nat(world)
    world.ec2.delete_route(RouteTableId=world.ids["tables"][2], DestinationCidrBlock="0.0.0.0/0")


def rte_02(world):
    """Public subnets, and no public address."""
    healthy_nat(world)
    for table in world.ids["tables"]:
        world.ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=world.ids["igw"])


def rte_17(world):
    healthy_nat(world)
    world.ec2.delete_route(RouteTableId=world.ids["public_table"], DestinationCidrBlock="0.0.0.0/0")


def another_service(world, name):
    world.ecs.create_service(
        cluster="main", serviceName=name, taskDefinition=SERVICE, launchType="FARGATE", desiredCount=0,
        networkConfiguration={"awsvpcConfiguration": {"subnets": world.ids["subnets"], "securityGroups": [world.ids["task_group"]]}})


def many_services(world):
    for number in range(49):
        another_service(world, f"service-{number:02}")


def main():
    world = World(sys.argv[1])
    world.build()
    for fault in sys.argv[2:]:
        globals()[fault](world)
    print(json.dumps(world.ids))


if __name__ == "__main__":
    main()
