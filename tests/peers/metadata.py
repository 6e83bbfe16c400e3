"""The ECS task metadata endpoint, version 4, and the container credentials endpoint.

Usage: metadata.py ADDRESS PORT [--task ARN] IMAGE...

Serves what AWS documents for a Fargate task whose containers run these images. The fields
are from the ECS developer guide; it is a fixture, not an oracle.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

NETWORK = {
    "NetworkMode": "awsvpc",
    "IPv4Addresses": ["10.77.1.2"],
    "IPv4SubnetCIDRBlock": "10.77.1.0/24",
    "DomainNameServers": ["10.77.2.53"],
    "SubnetGatewayIpv4Address": "10.77.1.1/24",
    "MACAddress": "0e:9e:32:c7:48:85",
    "AttachmentIndex": 0,
}
TASK = "arn:aws:ecs:eu-west-1:123456789012:task/default/9f30e41e3d7a4a16a3d1b1c6a8a5e1b2"
CREDENTIALS = {
    "RoleArn": "arn:aws:iam::123456789012:role/fileWriterTaskRole",
    "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
    "SecretAccessKey": "example",
    "Token": "example",
    "Expiration": "2099-01-01T00:00:00Z",
}


def container(number, image):
    return {
        "DockerId": f"cd189a933e5849daa93386466019ab50-{number:010}",
        "Name": f"container-{number}",
        "Image": image,
        "ImageID": "",
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Type": "NORMAL",
        "Networks": [NETWORK],
    }


def answers(arn, images):
    containers = [container(number, image) for number, image in enumerate(images)]
    task = {
        "Cluster": arn.rpartition("/")[0].replace(":task/", ":cluster/"),
        "TaskARN": arn,
        "Family": "scheduled-file-writer",
        "Revision": "26",
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": {"CPU": 0.25, "Memory": 512},
        "PullStartedAt": "2026-01-01T00:00:00.000000000Z",
        "PullStoppedAt": "2026-01-01T00:00:07.000000000Z",
        "AvailabilityZone": "eu-west-1a",
        "LaunchType": "FARGATE",
        "Containers": containers,
        "ClockDrift": {
            "ClockErrorBound": 0.5458,
            "ReferenceTimestamp": "2026-01-01T00:00:30Z",
            "ClockSynchronizationStatus": "SYNCHRONIZED",
        },
        "EphemeralStorageMetrics": {"Utilized": 261, "Reserved": 20496},
    }
    return {"/v4/x": containers[0], "/v4/x/task": task, "/v2/credentials/x": CREDENTIALS}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.server.answers.get(self.path)
        body = json.dumps(found).encode() if found else b"404 page not found"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json" if found else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


address, port, *images = sys.argv[1:]
task = TASK
if images[0] == "--task":
    _, task, *images = images
server = HTTPServer((address, int(port)), Handler)
server.answers = answers(task, images)
server.serve_forever()
