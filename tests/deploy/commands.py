"""Runs the commands of docs/operations.md as they stand, with an `aws` that answers what a described AWS would.

It takes only options that botocore's model has for the call, and answers through `--query`.
"""

import copy
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import botocore.session
import jmespath
from botocore import xform_name
from botocore.validate import ParamValidator
from policies import FUNCTIONS
from template import ROOT, Template

ACCOUNT, REGION = "111122223333", "us-west-2"
# Of another account, Region and name than the files', so that nothing of theirs is left by chance.
IMAGE = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/team/app:v7"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
FAMILY = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/writer"
TASK = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/main/9f3c51a2e8b74d0fa6b1c2d3e4f50617"
REPORT = '{"schema":"ecr-probe.report/1","verdict":"healthy"}'
# What ECS describes and does not take back.
READ_ONLY = {
    "taskDefinitionArn": f"{FAMILY}:7",
    "revision": 7,
    "status": "ACTIVE",
    "requiresAttributes": [{"name": "com.amazonaws.ecs.capability.ecr-auth"}],
    "compatibilities": ["EC2", "FARGATE"],
    "registeredAt": "2026-08-22T08:11:00+00:00",
    "registeredBy": f"{ROLE}admin",
    "deregisteredAt": "2026-08-22T08:11:00+00:00",
    "deleteRequestedAt": "2026-08-22T08:11:00+00:00",
}
APPLICATION = {
    "family": "writer",
    "taskRoleArn": f"{ROLE}theirs/writer-task",
    "executionRoleArn": f"{ROLE}writer-execution",
    "networkMode": "awsvpc",
    "containerDefinitions": [
        {"name": "writer", "image": IMAGE, "cpu": 0, "essential": True, "volumesFrom": [], "portMappings": []},
        {"name": "agent", "image": "public.ecr.aws/x/agent:1", "cpu": 0, "essential": False, "environment": []},
    ],
    "volumes": [{"name": "files", "host": {}}],
    "placementConstraints": [],
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "512",
    "memory": "1024",
}
# Any zip where the real script puts it: scripts/build-lambda has tests of its own.
BUILD_LAMBDA = """#!{python}
import os, zipfile
os.makedirs("target/lambda", exist_ok=True)
with zipfile.ZipFile("target/lambda/ecr-probe-x86_64.zip", "w") as zipped:
    zipped.writestr("bootstrap", "ELF")
"""
TAGS = [{"key": "team", "value": "files"}, {"key": "aws:cloudformation:stack-name", "value": "writer"}]


def replies(definition, tags):
    outputs = {
        "ExecutionRoleArn": f"{ROLE}scheduled-file-writer-execution",
        "ProbePolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/scheduled-file-writer-ecr-probe",
        "SecurityGroupId": "sg-0000000000000000e",
    }
    stopped = {
        # What an agent that AWS puts into a task is, may come first.
        "containers": [{"name": "aws-guardduty-agent", "exitCode": 137}, {"name": "ecr-probe", "exitCode": 3}],
        "stoppedReason": "Essential container in task exited",
        "availabilityZone": f"{REGION}a",
        "attachments": [{"details": [{"name": "subnetId", "value": "subnet-1"}]}],
    }
    lines = ["an EMF line", REPORT]
    return {
        "sts get-caller-identity": {"Account": ACCOUNT},
        "ecr get-login-password": "secret",
        "cloudformation describe-stacks": {
            "Stacks": [{"Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]}]
        },
        "ec2 describe-vpc-endpoints": {"VpcEndpoints": []},
        "ec2 describe-managed-prefix-lists": {"PrefixLists": [{"PrefixListId": "pl-1"}]},
        "ec2 describe-subnets": {"Subnets": [{"AvailabilityZone": f"{REGION}%s"}]},
        "ecs describe-services": {"services": [{"taskDefinition": f"{FAMILY}:7"}]},
        "ecs describe-task-definition": {"taskDefinition": definition | READ_ONLY, "tags": tags},
        "ecs register-task-definition": {"taskDefinition": {"taskDefinitionArn": f"{FAMILY}:8"}},
        "ecs run-task": {"tasks": [{"taskArn": TASK}]},
        "ecs describe-tasks": {"tasks": [stopped]},
        "ecs describe-clusters": {
            "clusters": [{"clusterArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"}],
        },
        "iam create-role": {"Role": {"Arn": f"{ROLE}ecr-probe-once"}},
        # A list is answered in turn, the last one for ever: a new role is not there at once, and an interface stays.
        "lambda create-function": [{"fails": "cannot be assumed by Lambda"}, {"State": "Pending"}],
        "lambda invoke": {"StatusCode": 200, "ExecutedVersion": "$LATEST"},
        "ec2 describe-network-interfaces": [
            {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-0123456789abcdef0"}]},
            {"NetworkInterfaces": []},
        ],
        "logs get-log-events": {"events": [{"message": line} for line in lines]},
    }


def sent(service, operation, rest):
    """What the real command line makes of the short forms and the files: the body of its request."""
    bodies = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(201)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    real = [sys.executable, "-m", "awscli", service, operation, *rest, "--region", REGION]
    keys = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "none")
    real += ["--endpoint-url", f"http://127.0.0.1:{server.server_port}"]
    subprocess.run(real, check=True, stdout=subprocess.DEVNULL, env=os.environ | keys)
    server.shutdown()
    (body,) = bodies
    return body


def answer():
    """The stand-in for `aws`: notes the call, holds it to the model, and answers."""
    service, operation, *rest = sys.argv[1:]
    folder = Path(os.environ["REPLIES"])
    given, positional = {}, []
    for argument in rest:
        if argument.startswith("--"):
            given[last := argument.removeprefix("--")] = []
        else:
            (given[last] if given else positional).append(argument)
    call = {"call": f"{service} {operation}", "given": given, "positional": positional}
    if "cli-input-json" in given:
        name = given["cli-input-json"][0].removeprefix("file://")
        call["input"] = json.loads(Path(name).read_text())
    # What the command line has besides the API.
    own = {("cloudformation", "deploy"), ("logs", "tail"), ("ecr", "get-login-password"), ("ecs", "wait"), ("s3", "cp")}
    own |= {("lambda", "wait")}
    if (service, operation) not in own:
        model = botocore.session.get_session().get_service_model(service)
        names = {xform_name(name, "-"): name for name in model.operation_names}
        shape = model.operation_model(names[operation]).input_shape
        members = {xform_name(name, "-") for name in shape.members} if shape else set()
        turned_off = {f"no-{name}" for name in members}
        unknown = set(given) - members - turned_off - {"query", "output", "cli-input-json", "cli-read-timeout", "zip-file"}
        assert not unknown, (call, unknown)
        if "input" in call:
            report = ParamValidator().validate(call["input"], shape)
            assert not report.has_errors(), report.generate_report()
            assert not set(call["input"]) - set(shape.members), set(call["input"]) - set(shape.members)
    if operation == "create-function":
        call["input"] = sent(service, operation, rest)
    if (service, operation) == ("lambda", "invoke"):
        Path(rest[-1]).write_text(REPORT)
    with open(folder / "calls", "a") as calls:
        calls.write(json.dumps(call) + "\n")
    found = json.loads((folder / "replies").read_text()).get(f"{service} {operation}")
    if isinstance(found, list):
        before = [one for one in map(json.loads, (folder / "calls").open()) if one["call"] == call["call"]]
        found = found[min(len(before), len(found)) - 1]
        if "fails" in found:
            sys.exit(f"An error occurred: {found['fails']}")
    if operation == "describe-subnets":
        found["Subnets"][0]["AvailabilityZone"] %= given["subnet-ids"][0][-1].replace("0", "a").replace("1", "b")
    if "query" in given:
        found = jmespath.search(given["query"][0], found)
    if found is None:
        return
    if given.get("output") == ["text"] or isinstance(found, str):
        rows = found if isinstance(found, list) else [found]
        print("\n".join("\t".join(row) if isinstance(row, list) else str(row) for row in rows))
    else:
        print(json.dumps(found))


def parts(name="docs/operations.md"):
    """The commands under each heading of a document."""
    text = (ROOT / name).read_text()
    found = {}
    for part in re.split(r"^###? ", text, flags=re.MULTILINE):
        title, _, rest = part.partition("\n")
        found[title] = re.findall(r"^```\n(.*?)^```$", rest, re.DOTALL | re.MULTILINE)
    return found


def steps():
    """The commands under each heading that has a number."""
    return {int(title.split(".")[0]): blocks for title, blocks in parts().items() if title[:1].isdigit()}


def run(blocks, definition, tags):
    """Runs blocks of commands after the first step's; gives the calls and what was printed."""
    where = steps()[0][0]
    for variable, value in (("AWS_REGION", REGION), ("IMAGE", IMAGE), ("SERVICE", "writer")):
        where, count = re.subn(rf"^((?:export )?{variable})=.*$", rf"\1={value}", where, flags=re.MULTILINE)
        assert count == 1, variable
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        programs = folder / "bin"
        programs.mkdir()
        (programs / "aws").write_text(f'#!/bin/sh\nexec "{sys.executable}" -B "{__file__}" "$@"\n')
        (programs / "docker").write_text('#!/bin/sh\necho "docker $*"\ncat\n')
        (programs / "sleep").write_text('#!/bin/sh\necho "sleep $*"\n')
        (folder / "scripts").mkdir()
        (folder / "scripts/build-lambda").symlink_to(programs / "build-lambda")
        (programs / "build-lambda").write_text(BUILD_LAMBDA.format(python=sys.executable))
        for program in programs.iterdir():
            program.chmod(0o755)
        (folder / "replies").write_text(json.dumps(replies(definition, tags)))
        for name in ("deploy", "task-definition.json"):
            (folder / name).symlink_to(ROOT / name)
        environment = {"PATH": f"{programs}:{os.environ['PATH']}", "REPLIES": str(folder), "HOME": str(folder)}
        script = "set -euo pipefail\n" + "\n".join([where, *blocks])
        command = ["bash", "-c", script]
        nothing = subprocess.DEVNULL
        done = subprocess.run(command, cwd=folder, env=environment, stdin=nothing, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        calls = [json.loads(line) for line in (folder / "calls").read_text().splitlines()]
    return calls, done.stdout


def only(calls, name):
    (found,) = [one for one in calls if one["call"] == name]
    return found


def check_present_application():
    """The roles of an application that is there are found and used."""
    new, present = steps()[2]
    calls, _ = run([*steps()[1], present, *steps()[4]], APPLICATION, TAGS)
    attached = only(calls, "iam attach-role-policy")["given"]
    assert attached["role-name"] == ["writer-task"], attached
    assert attached["policy-arn"] == [f"arn:aws:iam::{ACCOUNT}:policy/scheduled-file-writer-ecr-probe"], attached
    parameters = overrides(only(calls, "cloudformation deploy"))
    created = Template("execution-role.yaml", parameters).resources()
    assert set(created) == {"ProbePolicy", "ProbeLogGroup"}, created
    repository = "arn:aws:ecr:eu-west-1:444455556666:repository/team/app"
    assert repository in json.dumps(created["ProbePolicy"]), created
    definition = only(calls, "ecs register-task-definition")["input"]
    assert definition["executionRoleArn"] == definition["taskRoleArn"] == f"{ROLE}writer-execution", definition
    return new


def check_once(new):
    """The definition that is run once, and by the schedules, checks the image that was named."""
    calls, printed = run([*steps()[1], new, *steps()[4]], APPLICATION, TAGS)
    definition = only(calls, "ecs register-task-definition")["input"]
    (container,) = definition["containerDefinitions"]
    assert {"name": "ECR_PROBE_IMAGES", "value": IMAGE} in container["environment"], container
    assert container["image"] == f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/ecr-probe:v1", container
    role = f"{ROLE}scheduled-file-writer-execution"
    assert definition["executionRoleArn"] == definition["taskRoleArn"] == role, definition
    assert "overrides" not in only(calls, "ecs run-task")["given"]
    assert not re.search("123456789012|eu-west-1", json.dumps(definition).replace(IMAGE, "")), definition
    # The probe's exit code, and the report alone, as judge reads it.
    assert '"exit": 3' in printed and '"subnet": "subnet-1"' in printed, printed
    assert f"ecr-probe:v1 judge -\n{REPORT}\n" in printed, printed


def check_sidecar():
    """The service's own definition, with the probe beside it and nothing else changed."""
    wanted = json.loads((ROOT / "task-definition.json").read_text())
    probe = next(one for one in wanted["containerDefinitions"] if one["name"] == "ecr-probe")
    text = json.dumps(probe).replace("123456789012", ACCOUNT).replace("eu-west-1", REGION)
    probe = json.loads(text.replace("scheduled-file-writer", "writer"))
    made = copy.deepcopy(APPLICATION)
    made["containerDefinitions"].append(probe)
    made["volumes"] += wanted["volumes"]
    without = {key: value for key, value in APPLICATION.items() if key != "volumes"}
    outcomes = [
        (APPLICATION, TAGS, made | {"tags": TAGS[:1]}),
        # Once more changes nothing, and a probe of an older form is replaced.
        (made, [], made),
        (made | {"containerDefinitions": [{"name": "ecr-probe"}, *APPLICATION["containerDefinitions"]]}, [], made),
        (without, [], made | {"volumes": wanted["volumes"]}),
    ]
    for present, tags, wanted_next in outcomes:
        calls, _ = run(steps()[5], present, tags)
        registered = only(calls, "ecs register-task-definition")["input"]
        assert registered == wanted_next, registered
        updated = only(calls, "ecs update-service")["given"]
        assert updated["task-definition"] == [f"{FAMILY}:8"] and updated["service"] == ["writer"], updated


def overrides(call):
    return dict(one.split("=", 1) for one in call["given"]["parameter-overrides"])


def check_deployed():
    """Each stack is given parameters that its template has, and that its rules let through."""
    blocks = steps()
    calls, printed = run([*blocks[1], blocks[2][0], *blocks[3], *blocks[6]], APPLICATION, TAGS)
    deployed = [one["given"] for one in calls if one["call"] == "cloudformation deploy"]
    assert len(deployed) == 3, deployed
    for given in deployed:
        (path,) = given["template-file"]
        parameters = overrides({"given": given}) if "parameter-overrides" in given else {}
        assert Template(Path(path).name, parameters).refused() == [], (path, parameters)
    # One platform: what Docker builds without a builder of its own.
    (built,) = re.findall(r"^docker buildx build .*--platform (\S+) .*$", printed, re.MULTILINE)
    assert built == "linux/amd64", built


def check_audit():
    """The ways that need nothing in the subnet."""
    blocks = parts()
    lines = [*steps()[1], steps()[2][0], *steps()[4], *blocks["Audit from anywhere"], *blocks["The message of ECS"]]
    calls, printed = run(lines, APPLICATION, TAGS)
    assert "audit --cluster main --service writer\n" in printed, printed
    *_, given = (one["given"] for one in calls if one["call"] == "cloudformation deploy")
    assert given["template-file"] == ["deploy/audit-role.yaml"], given
    Template("audit-role.yaml", overrides({"given": given}))
    assert "explain -\n" in printed, printed


def check_function():
    """One function without a bucket: made, asked, and removed without a trace."""
    create, judge, remove = parts()["A function in the subnet"]
    calls, printed = run([*steps()[1], create, judge, remove], APPLICATION, TAGS)
    names = [one["call"] for one in calls if one["call"].split()[0] in ("iam", "lambda") or "interfaces" in one["call"]]
    policies = ["service-role/AWSLambdaVPCAccessExecutionRole", "AmazonEC2ContainerRegistryPullOnly"]
    assert names == [
        "iam create-role",
        *["iam attach-role-policy"] * len(policies),
        # The role was not there at once, and the interface not gone.
        *["lambda create-function"] * 2,
        "lambda wait",
        "lambda invoke",
        "lambda delete-function",
        *["ec2 describe-network-interfaces"] * 2,
        *["iam detach-role-policy"] * len(policies),
        "iam delete-role",
    ], names
    for kind in ("attach", "detach"):
        found = [one["given"]["policy-arn"] for one in calls if one["call"] == f"iam {kind}-role-policy"]
        assert found == [[f"arn:aws:iam::aws:policy/{policy}"] for policy in policies], found
    made = next(one["input"] for one in calls if one["call"] == "lambda create-function")
    # As the template makes them, but for the metrics.
    template = Template("lambda.yaml", FUNCTIONS).resources("AWS::Lambda::Function")["ProbeA"]
    for key in ("Runtime", "Handler", "MemorySize", "Timeout"):
        assert str(made[key]) == str(template[key]), (key, made)
    assert made["Role"] == f"{ROLE}ecr-probe-once" and made["Code"]["ZipFile"], made
    variables, network = made["Environment"]["Variables"], made["VpcConfig"]
    assert set(variables) == set(template["Environment"]["Variables"]) - {"ECR_PROBE_METRICS"}, variables
    assert variables["ECR_PROBE_IMAGES"] == IMAGE, variables
    assert network["SubnetIds"] == [variables["ECR_PROBE_SUBNET_ID"]], (network, variables)
    assert network["SecurityGroupIds"] == [variables["ECR_PROBE_SECURITY_GROUP_IDS"]], (network, variables)
    assert made["Tags"] == {"ecr-probe:subnet": network["SubnetIds"][0]}, made
    assert only(calls, "lambda invoke")["given"]["cli-read-timeout"][0] == "0", calls
    removed = only(calls, "logs delete-log-group")["given"]["log-group-name"]
    assert removed == [f"/aws/lambda/{made['FunctionName']}"], removed
    assert f"ecr-probe:v1 judge -\n{REPORT}" in printed and "sleep 60" in printed, printed


def check_functions():
    """The template is given what it takes; a new zip has a new key."""
    readme = parts("deploy/README.md")["`lambda.yaml`"]
    known = ["BUCKET=code", f"REPOSITORY_ARN={FUNCTIONS['RepositoryArns']}", "scripts/build-lambda"]
    for blocks in (parts()["All subnets at once"], [*known, *readme]):
        calls, printed = run([*steps()[1], *blocks], APPLICATION, TAGS)
        given = only(calls, "cloudformation deploy")["given"]
        parameters = overrides({"given": given})
        assert Template("lambda.yaml", parameters).refused() == [], parameters
        _, target = only(calls, "s3 cp")["positional"]
        assert target == f"s3://{parameters['CodeBucket']}/{parameters['CodeKey']}", (target, parameters)
    calls, printed = run([*steps()[1], *parts()["All subnets at once"]], APPLICATION, TAGS)
    parameters = overrides(only(calls, "cloudformation deploy"))
    assert parameters["RepositoryArns"] == "arn:aws:ecr:eu-west-1:444455556666:repository/team/app", parameters
    assert re.fullmatch(r"ecr-probe-[0-9a-f]{12}\.zip", parameters["CodeKey"]), parameters
    assert "sweep --cluster main --service writer\n" in printed, printed


def check_commands():
    check_audit()
    check_function()
    check_functions()
    check_once(check_present_application())
    check_sidecar()
    check_deployed()
    return f"{sum(map(len, parts().values()))} blocks"


if __name__ == "__main__":
    answer()
