"""Runs a task in moto's ECS, stops it, and prints its ARN.

Usage: stopped_task.py ENDPOINT_URL CA_BUNDLE CLUSTER REASON
"""

import sys

import boto3

url, trust, cluster, reason = sys.argv[1:]
client = boto3.client(
    "ecs",
    region_name="eu-west-1",
    endpoint_url=url,
    verify=trust,
    aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
    aws_secret_access_key="example",
)
client.create_cluster(clusterName=cluster)
client.register_task_definition(
    family="writer", containerDefinitions=[{"name": "writer", "image": "writer:v1", "memory": 64}]
)
ran = client.run_task(
    cluster=cluster,
    taskDefinition="writer",
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d4e5f60718"]}},
)
arn = ran["tasks"][0]["taskArn"]
client.stop_task(cluster=cluster, task=arn, reason=reason)
print(arn)
