#!/usr/bin/env python3
"""Holds deploy/ and the task definitions to third-party linters, to moto and to the calls of a pull.

    python3 tests/deploy/check.py [NAME…]

Needs cfn-lint, parliament, moto and jq (.ci/run installs them). What is missing is said and skipped,
and with ECR_PROBE_SKIP_NOTHING set that is a failure. ECR_PROBE_BINARY names a built probe, for
what is compared with it.
"""

import importlib.util
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
# The tree stays as it was.
sys.dont_write_bytecode = True
from checks import Skipped, run

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = [
    "deploy/audit-role.yaml",
    "deploy/endpoints.yaml",
    "deploy/execution-role.yaml",
    "deploy/lambda.yaml",
    "deploy/monitoring.yaml",
]
# What an audit has to read is known when it has read what names it: its role may read, of whatever resource, and no more.
READS_ANYTHING = "audit-role.yaml"
# What parliament says of a policy that is as it has to be, and why it is.
ACCEPTED = {
    READS_ANYTHING: {"RESOURCE_STAR"},
    # As AWS's own policy for it; and parliament knows no key of Lambda's at actions of EC2.
    "lambda.yaml ProbeRole interfaces": {"RESOURCE_STAR", "UNKNOWN_CONDITION_FOR_ACTION"},
}
DEFINITIONS = ["task-definition.json", "deploy/probe-task-definition.json"]


def need(*modules):
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        raise Skipped(f"no Python module {', '.join(missing)}")


def lints():
    program = shutil.which("cfn-lint", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if program is None:
        raise Skipped("no cfn-lint")
    need("yaml")
    import functions

    with tempfile.TemporaryDirectory() as folder:
        machine = Path(folder) / "state-machine.json"
        machine.write_text(json.dumps(functions.state_machine()))
        command = [program, "--include-checks", "I", "--", *TEMPLATES, str(machine)]
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def parliament():
    need("yaml", "parliament")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from parliament import analyze_policy_string
    from policies import every_policy

    count = 0
    for name, policy in every_policy().items():
        # It is for policies that name a resource; a trust policy's is the role that it is on.
        whole = policy | {
            "Statement": [{"Resource": "arn:aws:iam::123456789012:role/it"} | one for one in policy["Statement"]]
        }
        if name == READS_ANYTHING:
            reads = {action for one in policy["Statement"] for action in one["Action"]} - {"sts:AssumeRole"}
            assert all(re.match(r"[a-z0-9]+:(Batch)?(Describe|Get|List)[A-Z]", action) for action in reads), reads
        findings = analyze_policy_string(json.dumps(whole)).findings
        issues = {one.issue for one in findings}
        assert issues == ACCEPTED.get(name, set()), (name, [str(one) for one in findings])
        count += 1
    return f"{count} policies"


def policies():
    need("yaml")
    import functions
    import policies as cases

    for partition, region in cases.PLACES:
        cases.check_endpoints(partition, region)
        cases.check_roles(partition, region)
    cases.check_service_names()
    cases.check_undocumented_bucket()
    cases.check_conditions_are_seen()
    cases.check_monitoring()
    cases.check_rules()
    functions.check_policies()
    functions.check_shape()
    functions.check_documents()
    functions.check_unknown_is_told()
    functions.check_invocations()


def events():
    need("yaml")
    import events as cases
    import functions

    cases.check_events()
    cases.check_table()
    functions.check_rule()
    return f"{len(cases.EVENTS)} events"


def definitions():
    """Both task definitions by botocore's own model of the API, and by what Fargate takes."""
    need("botocore")
    import botocore.session
    from botocore.validate import ParamValidator

    shape = (
        botocore.session.get_session().get_service_model("ecs").operation_model("RegisterTaskDefinition").input_shape
    )
    for path in DEFINITIONS:
        text = (ROOT / path).read_text()
        definition = json.loads(text)
        report = ParamValidator().validate(definition, shape)
        assert not report.has_errors(), (path, report.generate_report())
        # One sed fills in the account, another the Region: no other ones may hide in the file.
        assert set(re.findall(r"\d{12}", text)) == {"123456789012"}, path
        assert set(re.findall(r"[a-z]{2}-[a-z]+-\d", text)) == {"eu-west-1"}, path
        containers = {one["name"]: one for one in definition["containerDefinitions"]}
        volumes = {one["name"] for one in definition.get("volumes", [])}
        assert (definition["requiresCompatibilities"], definition["networkMode"]) == (["FARGATE"], "awsvpc")
        assert sum(one.get("memory", one.get("memoryReservation", 0)) for one in containers.values()) < int(
            definition["memory"]
        )
        assert any(one["essential"] for one in containers.values())
        for name, container in containers.items():
            options = container["logConfiguration"]["options"]
            assert {"awslogs-group", "awslogs-region", "awslogs-stream-prefix"} <= set(options), (path, name)
            assert {point["sourceVolume"] for point in container.get("mountPoints", [])} <= volumes, (path, name)
            # What the Fargate agent rejects.
            parameters = container.get("linuxParameters", {})
            assert not {"devices", "sharedMemorySize", "maxSwap", "swappiness"} & set(parameters), (path, name)
            assert set(parameters.get("capabilities", {}).get("add", [])) <= {"SYS_PTRACE"}, (path, name)
        assert all("host" not in volume for volume in definition.get("volumes", [])), path
        probe = containers["ecr-probe"]
        assert probe["readonlyRootFilesystem"] and probe["linuxParameters"]["capabilities"]["drop"] == ["ALL"], path
        dockerfile = (ROOT / "Dockerfile").read_text()
        assert f"USER {probe['user']}\n" in dockerfile, path
        for point in probe.get("mountPoints", []):
            # Fargate gives an empty volume to root; with VOLUME it copies the image's folder, owner and all.
            assert f'VOLUME ["{point["containerPath"]}"]' in dockerfile, path
    application = json.loads((ROOT / DEFINITIONS[0]).read_text())
    probe = next(one for one in application["containerDefinitions"] if one["name"] == "ecr-probe")
    assert probe["essential"] is False and probe["healthCheck"]["command"] == ["CMD", "/ecr-probe", "health"]
    # ECS leaves down what has run for less, and takes nothing below.
    assert probe["restartPolicy"] == {"enabled": True, "restartAttemptPeriod": 60}
    once = json.loads((ROOT / DEFINITIONS[1]).read_text())
    assert once["taskRoleArn"] == once["executionRoleArn"] == application["executionRoleArn"]


def commands():
    """What docs/operations.md says to paste, run as it stands."""
    need("yaml", "botocore", "jmespath", "awscli")
    for program in ("bash", "jq"):
        if shutil.which(program) is None:
            raise Skipped(f"no {program}")
    import commands as cases

    return cases.check_commands()


def printed():
    """The commands of the codes' pages and of the reports in them."""
    need("yaml", "botocore", "jmespath")
    import printed as cases

    return cases.check_printed()


def offline():
    """Nothing of somebody's account, and no word of what moto does not do."""
    logging.disable(logging.ERROR)
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        os.environ[key] = "testing"
    os.environ.pop("AWS_PROFILE", None)


def stacks():
    need("yaml", "moto", "boto3")
    offline()
    import function_stack
    import stacks as cases
    from moto import mock_aws

    said = []
    checks = [
        cases.check_endpoints_stack,
        cases.check_endpoints_beside,
        cases.check_roles_stack,
        cases.check_roles_beside,
        cases.check_monitoring_stack,
        function_stack.check_function_stack,
        cases.check_registered,
    ]
    with warnings.catch_warnings():
        # moto warns of each type that it leaves out; stacks.py makes those itself.
        warnings.simplefilter("ignore")
        for check in checks:
            with mock_aws():
                said.append(check())
    return "; ".join(filter(None, said))


def mails():
    """What is mailed of tasks that did not start, by the probe as the function and by moto's state machine."""
    need("yaml", "moto", "boto3", "antlr4", "jsonpath_ng")
    probe = os.environ.get("ECR_PROBE_BINARY")
    if not probe:
        raise Skipped("ECR_PROBE_BINARY is not set")
    offline()
    import function_stack

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function_stack.check_mail(probe)


def dimensions():
    """What alarms and dashboard ask for, by what the probe tells."""
    need("yaml")
    import dashboard

    dashboard.check_dimensions()


def binary():
    """What the files say of the probe, by the probe."""
    need("yaml")
    probe = os.environ.get("ECR_PROBE_BINARY")
    if not probe:
        raise Skipped("ECR_PROBE_BINARY is not set")
    import dashboard
    import functions
    import policies

    policies.check_plan(probe)
    functions.check_plan(probe)
    functions.check_metrics(probe)
    dashboard.check_dashboard(probe)

    def help_of(command):
        return subprocess.run([probe, command, "--help"], capture_output=True, text=True, check=False).stdout.split()

    for path in DEFINITIONS:
        containers = json.loads((ROOT / path).read_text())["containerDefinitions"]
        command, *rest = next(one for one in containers if one["name"] == "ecr-probe")["command"]
        taken = help_of(command)
        unknown = [argument for argument in rest if argument.startswith("--") and argument not in taken]
        assert taken and not unknown, (path, command, unknown)
    return None


ALL = (lints, parliament, policies, events, definitions, commands, printed, stacks, mails, dimensions, binary)
CHECKS = {check.__name__: check for check in ALL}


if __name__ == "__main__":
    sys.exit(run(CHECKS, sys.argv[1:]))
