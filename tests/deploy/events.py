"""Which of ECS's events the rules catch. The events are those that ECS sends, cut to what counts."""

import copy
import re

from dashboard import check_stopped
from policies import ACCOUNT, MONITORING
from template import Template

CANNOT_PULL = (
    "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: "
    "failed to do request: Get 123456789012.dkr.ecr.eu-west-1.amazonaws.com/scheduled-file-writer:v1: "
    "dial tcp 52.218.36.24:443: i/o timeout"
)
NO_TOKEN = (
    "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from "
    "Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration."
)


def event(detail, kind="ECS Task State Change"):
    task = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/main/9f3c51a2e8b74d0fa6b1c2d3e4f50617"
    family = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/"
    return {
        "version": "0",
        "id": "3317b2af-7005-947d-b652-f55e762e571a",
        "detail-type": kind,
        "source": "aws.ecs",
        "account": ACCOUNT,
        "time": "2026-08-22T08:11:00Z",
        "region": "eu-west-1",
        "resources": [task],
        "detail": {
            "clusterArn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/main",
            "taskArn": task,
            "taskDefinitionArn": family + detail.pop("definition", "scheduled-file-writer:3"),
            "availabilityZone": "eu-west-1a",
            "launchType": "FARGATE",
            "desiredStatus": "STOPPED",
            "lastStatus": "STOPPED",
            "version": 4,
            **detail,
        },
    }


def container(**more):
    return {"name": "scheduled-file-writer", "lastStatus": "STOPPED", **more}


# What happened, the event, and which rules catch it.
EVENTS = [
    (
        "a layer cannot be reached on Fargate",
        {"stopCode": "TaskFailedToStart", "stoppedReason": CANNOT_PULL, "containers": [container()]},
        {"TaskStartFailed"},
    ),
    (
        "no token",
        {"stopCode": "TaskFailedToStart", "stoppedReason": NO_TOKEN, "containers": [container()]},
        {"TaskStartFailed"},
    ),
    (
        "the task's reason says nothing",
        {
            "stopCode": "TaskFailedToStart",
            "stoppedReason": "Task failed to start",
            "containers": [container(reason=CANNOT_PULL), container()],
        },
        {"TaskStartFailed"},
    ),
    (
        "an essential container's image on EC2",
        {
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "containers": [container(exitCode=0), container(reason=CANNOT_PULL)],
        },
        {"TaskStartFailed"},
    ),
    (
        "the text alone, of an older agent",
        {"stoppedReason": "STOPPED (CannotPullECRContainerError: AccessDeniedException)", "containers": [container()]},
        {"TaskStartFailed"},
    ),
    (
        "the probe's own image cannot be pulled",
        {
            "definition": "ecr-probe:2",
            "stopCode": "TaskFailedToStart",
            "stoppedReason": CANNOT_PULL,
            "containers": [container()],
        },
        {"TaskStartFailed", "CheckStopped"},
    ),
    (
        "a check that found a fault",
        {
            "definition": "ecr-probe:2",
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "containers": [container(exitCode=1)],
        },
        {"CheckStopped"},
    ),
    (
        "an inconclusive check",
        {"definition": "ecr-probe:2", "stopCode": "EssentialContainerExited", "containers": [container(exitCode=3)]},
        {"CheckStopped"},
    ),
    (
        "a check that found nothing",
        {"definition": "ecr-probe:2", "stopCode": "EssentialContainerExited", "containers": [container(exitCode=0)]},
        {"CheckStopped"},
    ),
    (
        "a check that was killed",
        {"definition": "ecr-probe:2", "stopCode": "EssentialContainerExited", "containers": [container(exitCode=137)]},
        {"CheckStopped"},
    ),
    (
        "a check that somebody stopped before it had an exit code",
        {"definition": "ecr-probe:2", "stopCode": "UserInitiated", "containers": [container()]},
        {"CheckStopped"},
    ),
    (
        "a check that still runs",
        {"definition": "ecr-probe:2", "lastStatus": "RUNNING", "containers": [container()]},
        set(),
    ),
    (
        "another family whose name begins alike",
        {"definition": "ecr-probe-2:1", "stopCode": "EssentialContainerExited", "containers": [container(exitCode=1)]},
        set(),
    ),
    (
        "an application that fails",
        {
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "containers": [container(exitCode=1)],
        },
        set(),
    ),
    (
        "a deployment that stops a task",
        {
            "stopCode": "ServiceSchedulerInitiated",
            "stoppedReason": "Scaling activity initiated by (deployment ecs-svc/123)",
            "containers": [container(exitCode=143)],
        },
        set(),
    ),
    (
        "a task that is still stopping",
        {
            "lastStatus": "DEPROVISIONING",
            "stopCode": "TaskFailedToStart",
            "containers": [container(reason=CANNOT_PULL)],
        },
        set(),
    ),
    ("a task that runs", {"lastStatus": "RUNNING", "desiredStatus": "RUNNING", "containers": [container()]}, set()),
]


def leaves(node):
    """The values at a node: a list's one by one."""
    return node if isinstance(node, list) else [node]


def one_fits(wanted, value):
    if not isinstance(wanted, dict):
        return wanted == value and isinstance(wanted, bool) == isinstance(value, bool)
    ((operator, operand),) = wanted.items()
    if operator == "prefix":
        return isinstance(value, str) and value.startswith(operand)
    if operator == "wildcard":
        expression = ".*".join(map(re.escape, operand.split("*")))
        return isinstance(value, str) and re.fullmatch(expression, value, re.DOTALL) is not None
    raise ValueError(f"{operator} is not known here")


def matches(pattern, node):
    """Whether a pattern matches, by EventBridge's rules: fields all, values any, lists any."""
    if isinstance(node, list):
        return any(matches(pattern, one) for one in node)
    if not isinstance(node, dict):
        return False
    for field, wanted in pattern.items():
        if field == "$or":
            if not any(matches(one, node) for one in wanted):
                return False
        elif field not in node:
            return False
        elif isinstance(wanted, dict):
            if not matches(wanted, node[field]):
                return False
        elif not any(one_fits(one, value) for one in wanted for value in leaves(node[field])):
            return False
    return True


def patterns():
    rules = Template("monitoring.yaml", MONITORING).resources("AWS::Events::Rule")
    return {name: rule["EventPattern"] for name, rule in rules.items()}


def check_events():
    rules = patterns()
    for what, detail, wanted in EVENTS:
        whole = event(copy.deepcopy(detail))
        caught = {name for name, pattern in rules.items() if matches(pattern, whole)}
        assert caught == wanted, (what, caught)
        for strange in ({"source": "my.app"}, {"detail-type": "ECS Service Action"}):
            assert not any(matches(pattern, whole | strange) for pattern in rules.values()), (what, strange)


def check_table():
    """What the dashboard shows of them: starts that failed, and checks that did not end with 0."""
    logged = []
    for what, detail, caught in EVENTS:
        codes = [one.get("exitCode", 0) for one in detail["containers"]]
        if caught:
            logged.append((what, event(copy.deepcopy(detail)), "TaskStartFailed" in caught or any(codes)))
    check_stopped(logged)
