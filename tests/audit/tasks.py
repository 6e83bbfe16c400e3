"""Tasks that run or have stopped in a world, and instances that they run on. Each is a function for the driver, as the faults are."""

import json
import urllib.request

from world import REGION, SERVICE


def run(world, **more):
    """A task in the first subnet, which stays in its state: each description brings one of moto's a step further."""
    stay = {"model_name": "ecs::task", "transition": {"progression": "manual", "times": 1_000_000}}
    urllib.request.urlopen(f"{world.url}/moto-api/state-manager/set-transition", json.dumps(stay).encode(), timeout=30)
    placed = {"subnets": world.ids["subnets"][:1], "securityGroups": [world.ids["task_group"]], "assignPublicIp": "DISABLED"}
    ran = world.ecs.run_task(
        cluster="main", taskDefinition=SERVICE, launchType="FARGATE", networkConfiguration={"awsvpcConfiguration": placed}, **more)
    return ran["tasks"][0]["taskArn"]


def tasks(world):
    """One of the service, and one that nobody runs again."""
    world.ids["task"] = run(world, group=f"service:{SERVICE}")
    world.ids["lone_task"] = run(world)


def without_interfaces(world):
    """As the tasks are some minutes after they have stopped."""
    for name in ("task", "lone_task"):
        world.ecs.stop_task(cluster="main", task=world.ids[name], reason="Scaling activity initiated by a deployment")
        task = world.ecs.describe_tasks(cluster="main", tasks=[world.ids[name]])["tasks"][0]
        details = {it["name"]: it["value"] for it in task["attachments"][0]["details"]}
        world.ec2.delete_network_interface(NetworkInterfaceId=details["networkInterfaceId"])


def instances(world):
    """The service's tasks run on two instances of ours, one in the first subnet and one in the second."""
    world.iam.create_instance_profile(InstanceProfileName="instances")
    world.iam.add_role_to_instance_profile(InstanceProfileName="instances", RoleName="execution")
    group = world.ids["instance_group"] = world.group("instances")
    world.let_in(group)
    world.ids["instances"] = []
    for subnet in world.ids["subnets"][:2]:
        ran = world.ec2.run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group],
            IamInstanceProfile={"Name": "instances"})
        instance = ran["Instances"][0]["InstanceId"]
        world.ids["instances"].append(instance)
        document = {"instanceId": instance, "region": REGION, "accountId": "123456789012"}
        registered = world.ecs.register_container_instance(cluster="main", instanceIdentityDocument=json.dumps(document))
    world.define(requiresCompatibilities=["EC2"], networkMode="bridge")
    world.ecs.delete_service(cluster="main", service=SERVICE, force=True)
    world.ecs.create_service(cluster="main", serviceName=SERVICE, taskDefinition=SERVICE, launchType="EC2", desiredCount=0)
    instance = registered["containerInstance"]["containerInstanceArn"]
    started = world.ecs.start_task(cluster="main", taskDefinition=SERVICE, containerInstances=[instance], group=f"service:{SERVICE}")
    world.ids["task"] = started["tasks"][0]["taskArn"]


def stopped(world, reason):
    """A task of the service that ECS says this of."""
    world.ids["stopped_task"] = run(world, group=f"service:{SERVICE}", startedBy="ecs-svc/1")
    world.ecs.stop_task(cluster="main", task=world.ids["stopped_task"], reason=reason)


def probe_task(world):
    """The probe's own task definition."""
    world.logs.create_log_group(logGroupName="/ecs/ecr-probe")
    container = {
        "name": "ecr-probe", "image": "probe:v1", "essential": True, "memory": 512,
        "logConfiguration": {"logDriver": "awslogs", "options": {
            "awslogs-group": "/ecs/ecr-probe", "awslogs-region": REGION, "awslogs-stream-prefix": "check"}},
    }
    world.ecs.register_task_definition(
        family="ecr-probe", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        executionRoleArn=world.ids["role"], taskRoleArn=world.ids["role"], containerDefinitions=[container])
