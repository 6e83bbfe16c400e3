"""Runs a task in moto's ECS, stops it, and prints its ARN.

Usage: stopped_task.py ENDPOINT_URL CA_BUNDLE CLUSTER REASON
"""

import sys

import client

url, trust, cluster, reason = sys.argv[1:]
ecs = client.of("ecs", url, trust)
ecs.create_cluster(clusterName=cluster)
ecs.register_task_definition(
    family="writer", containerDefinitions=[{"name": "writer", "image": "writer:v1", "memory": 64}]
)
ran = ecs.run_task(
    cluster=cluster,
    taskDefinition="writer",
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d4e5f60718"]}},
)
arn = ran["tasks"][0]["taskArn"]
ecs.stop_task(cluster=cluster, task=arn, reason=reason)
print(arn)
