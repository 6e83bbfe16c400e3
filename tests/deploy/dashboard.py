"""What the dashboard's log queries make of what the probe writes: its own lines, from a task's metadata."""

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

from policies import MONITORING
from template import Template

ARN = "arn:aws:ecs:eu-west-1:123456789012:"
CONTAINER = {
    "DockerId": "1-2",
    "Name": "ecr-probe",
    "Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/ecr-probe:v1",
    "Networks": [
        {
            "NetworkMode": "awsvpc",
            "IPv4Addresses": ["10.0.1.7"],
            "IPv4SubnetCIDRBlock": "10.0.1.0/24",
            "DomainNameServers": ["127.0.0.1"],
        }
    ],
}
TASK = {
    "Cluster": "main",
    "TaskARN": f"{ARN}task/main/9f3c51a2e8b74d0fa6b1c2d3e4f50617",
    "Family": "ecr-probe",
    "Revision": "1",
    "DesiredStatus": "RUNNING",
    "KnownStatus": "RUNNING",
    "LaunchType": "FARGATE",
    "AvailabilityZone": "eu-west-1a",
    "Containers": [CONTAINER],
}


class Metadata(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(TASK if self.path.endswith("/task") else CONTAINER).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def written(probe):
    """The reports and the log lines of a watch in a task whose name server does not answer."""
    server = HTTPServer(("127.0.0.1", 0), Metadata)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        command = [probe, "watch", "--interval", "1s", "--timeout", "200ms", "--budget", "5s", "--output", "json"]
        command += ["--dns-server", "127.0.0.1:9", "--state", f"{folder}/state"]
        url = f"http://127.0.0.1:{server.server_port}/v4/0123"
        environment = {"ECS_CONTAINER_METADATA_URI_V4": url, "PATH": os.environ.get("PATH", "")}
        reports, log = f"{folder}/reports", f"{folder}/log"
        with open(reports, "w") as out, open(log, "w") as err:
            watch = subprocess.Popen(command, stdout=out, stderr=err, env=environment)
            until = time.monotonic() + 30
            while " was=" not in open(log).read() and watch.poll() is None and time.monotonic() < until:
                time.sleep(0.1)
            watch.send_signal(signal.SIGTERM)
            watch.wait(10)
        server.shutdown()
        return open(reports).read().splitlines(), open(log).read().splitlines()


def tables():
    """The commands of each log query, by the widget's title."""
    body = Template("monitoring.yaml", MONITORING).resources("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"]
    widgets = [one["properties"] for one in json.loads(body)["widgets"] if one["type"] == "log"]
    return {one["title"].split(" ", 1)[0]: one["query"].split(" | ") for one in widgets}


def at(node, path):
    """A field as CloudWatch Logs finds it in JSON."""
    for part in path.split("."):
        node = node[int(part)] if isinstance(node, list) else node.get(part)
    return node


def expressions(commands, command):
    return [re.search(r"/(.*)/", one)[1].replace("(?<", "(?P<") for one in commands if one.startswith(command)]


def check_reports(commands, reports):
    fields = next(one for one in commands if one.startswith("fields ")).removeprefix("fields ").split(", ")
    for report in map(json.loads, reports):
        missing = [field for field in fields if not field.startswith("@") and at(report, field) is None]
        assert not missing, missing


def parsed(commands, line):
    """What a line is in the table, or nothing where the filter leaves it out."""
    if not all(re.search(one, line) for one in expressions(commands, "filter")):
        return None
    row = {}
    for one in expressions(commands, "parse"):
        found = re.search(one, line)
        row |= found.groupdict() if found else dict.fromkeys(re.compile(one).groupindex, "")
    shown = next(one for one in commands if one.startswith("display ")).removeprefix("display ").split(", ")
    assert set(row) == {field for field in shown if not field.startswith("@")}, (row, shown)
    return row


def check_dashboard(probe):
    reports, log = written(probe)
    assert reports, log
    found = tables()
    check_reports(found["Reports"], reports)
    (told,) = [row for row in (parsed(found["Changes"], line) for line in log + reports) if row]
    assert (told["was"], told["verdict"]) == ("", "unhealthy") and told["summary"], told
    # The same line of a change that comes later.
    line = next(one for one in log if " was=" in one)
    line = line.replace('was=""', 'was="healthy"').replace('appeared=""', 'appeared="DNS-15"')
    row = parsed(found["Changes"], line.replace('gone=""', 'gone="RTE-03,S3-01"'))
    assert row == told | {"was": "healthy", "appeared": "DNS-15", "gone": "RTE-03,S3-01"}, row


def dimension_sets(node):
    """Each list of dimensions in a resource, as names and values."""
    if isinstance(node, dict):
        if "Dimensions" in node:
            yield {one["Name"]: one["Value"] for one in node["Dimensions"]}
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from dimension_sets(one)


def check_dimensions():
    """Alarms and dashboard go by the dimensions that `--metrics-by` says, and by no others."""
    for cluster, names in (("", set()), ("prod", {"ClusterName"})):
        template = Template("monitoring.yaml", MONITORING | {"MetricCluster": cluster})
        found = list(dimension_sets(template.resources("AWS::CloudWatch::Alarm")))
        assert len(found) > 6, found
        for dimensions in found:
            assert set(dimensions) == {"Family", "AvailabilityZone"} | names, dimensions
            assert dimensions.get("ClusterName", "") == cluster, dimensions
        body = template.resources("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"]
        searches = re.findall(r"SEARCH\('\{([^}]*)\} ([^']*)'", json.dumps(json.loads(body)).replace('\\"', ""))
        assert len(searches) > 6, searches
        for schema, term in searches:
            assert set(schema.split(",")) - {"Endpoint"} == {"ECRProbe", "Family", "AvailabilityZone"} | names, schema
            assert ("ClusterName=prod" in term) == bool(cluster), term


def check_stopped(events):
    """The table of stopped tasks has those that did not end well, and no check that found nothing."""
    (wanted,) = expressions(tables()["Tasks"], "filter")
    for what, whole, bad in events:
        assert bool(re.search(wanted, json.dumps(whole, separators=(",", ":")))) == bad, what
