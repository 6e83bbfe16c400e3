"""moto_server with the one policy of AWS's own that fixes attach: to load all of them takes two seconds of each world.

Usage: server.py [moto_server's own arguments]
"""

import json
import os
import sys

from moto.iam import models
from moto.server import main

OWN = "AmazonECSTaskExecutionRolePolicy"

os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
models.aws_managed_policies_data = json.dumps({OWN: json.loads(models.aws_managed_policies_data)[OWN]})
main(sys.argv[1:])
