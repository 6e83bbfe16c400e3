"""The account of the subnet, made at moto by boto3: its VPC, endpoints and groups, a service and tasks that run.

Usage: account.py URL make | close ENDPOINT_GROUP TASK_GROUP | open ENDPOINT_GROUP TASK_GROUP
       account.py URL detach S3_ENDPOINT TABLE | attach S3_ENDPOINT TABLE | image TAG ROLE TASK_ROLE

`make` prints the ids and the ARNs of two tasks as JSON: one of the service, one of nobody. `close` and `open` take and
give the rule by which the endpoints' group lets the task in. `detach` and `attach` take the route of S3's endpoint out of a
table and put it back. `image` has the service run that tag.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "audit"))
import tasks  # noqa: E402
import world  # noqa: E402

IMAGE = f"123456789012.dkr.ecr.{world.REGION}.amazonaws.com/app/{world.SERVICE}:v1"


class Account(world.World):
    CIDR = "10.77"

    def image(self):
        """It is there: aws.py has put it."""
        self.ids["image"] = IMAGE


def main():
    url, what, *words = sys.argv[1:]
    account = Account(url)
    if what == "make":
        account.build()
        tasks.tasks(account)
        print(json.dumps(account.ids))
        return
    if what in ("detach", "attach"):
        key = "RemoveRouteTableIds" if what == "detach" else "AddRouteTableIds"
        account.ec2.modify_vpc_endpoint(VpcEndpointId=words[0], **{key: [words[1]]})
        return
    if what == "image":
        tag, account.ids["role"], account.ids["task_role"] = words
        account.ids["image"] = IMAGE.replace(":v1", f":{tag}")
        account.define()
        return
    account.ids["endpoint_group"], task_group = words
    if what == "open":
        account.let_in(task_group)
    else:
        account.ids["task_group"] = task_group
        world.sg_01(account)


main()
