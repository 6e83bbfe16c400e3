"""The account of the subnet, made at moto by boto3: its VPC, endpoints and groups, a service and tasks that run.

Usage: account.py URL make | close ENDPOINT_GROUP TASK_GROUP | open ENDPOINT_GROUP TASK_GROUP

`make` prints the ids and the ARNs of two tasks as JSON: one of the service, one of nobody. `close` and `open` take and
give the rule by which the endpoints' group lets the task in.
"""

import json
import pathlib
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "audit"))
import world  # noqa: E402

IMAGE = f"123456789012.dkr.ecr.{world.REGION}.amazonaws.com/app/{world.SERVICE}:v1"


class Account(world.World):
    CIDR = "10.77"

    def image(self):
        """It is there: aws.py has put it."""
        self.ids["image"] = IMAGE

    def run(self, **more):
        placed = {"subnets": self.ids["subnets"][:1], "securityGroups": [self.ids["task_group"]], "assignPublicIp": "DISABLED"}
        ran = self.ecs.run_task(
            cluster="main", taskDefinition=world.SERVICE, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": placed}, **more)
        return ran["tasks"][0]["taskArn"]


def main():
    url, what, *groups = sys.argv[1:]
    account = Account(url)
    if what == "make":
        # A task of moto's is a step nearer to its end each time that it is described.
        stay = {"model_name": "ecs::task", "transition": {"progression": "manual", "times": 1_000_000}}
        urllib.request.urlopen(f"{url}/moto-api/state-manager/set-transition", json.dumps(stay).encode(), timeout=30)
        account.build()
        account.ids["task"] = account.run(group=f"service:{world.SERVICE}")
        account.ids["lone_task"] = account.run()
        print(json.dumps(account.ids))
        return
    account.ids["endpoint_group"], task_group = groups
    if what == "open":
        account.let_in(task_group)
    else:
        account.ids["task_group"] = task_group
        world.sg_01(account)


main()
