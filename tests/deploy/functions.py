"""deploy/lambda.yaml: what its policies allow, what its rule catches, and what the mail says."""

import copy
import json
import re
import subprocess

import runtime_api
from dashboard import dimension_sets
from events import EVENTS, event, matches
from policies import (
    ACCOUNT,
    ELSEWHERE,
    FUNCTIONS,
    PUSH_OR_DELETE,
    STATE_MACHINE,
    TOPIC,
    allows,
    function_arn,
    function_policies,
    functions,
)
from template import ROOT, Template

INTERFACES = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]


def check_policies():
    found = function_policies()
    pull, logs, interfaces = (found[f"ProbeRole {name}"] for name in ("pull", "logs", "interfaces"))
    repository = FUNCTIONS["RepositoryArns"]
    assert allows(pull, "ecr:GetAuthorizationToken")
    for action in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"):
        assert allows(pull, action, repository) and not allows(pull, action, repository + "2"), action
    assert not any(allows(pull, action, repository) for action in PUSH_OR_DELETE)
    # What Lambda itself does with the role, and what the code in the function may not.
    for action in INTERFACES:
        assert allows(interfaces, action), action
        for name in ("a", "b", "c"):
            assert not allows(interfaces, action, lambda__SourceFunctionArn=function_arn(name)), action
    assert not allows(interfaces, "ec2:DescribeInstances")
    for role, names in (("ProbeRole", "abc"), ("ExplainRole", ["explain"])):
        for name in names:
            stream = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/lambda/probe-{name}:log-stream:2026/11/27/1"
            policy = found[f"{role} logs"]
            assert allows(policy, "logs:CreateLogStream", stream) and allows(policy, "logs:PutLogEvents", stream)
            assert not allows(policy, "logs:PutLogEvents", stream.replace("probe-", "other-")), role
            assert not allows(policy, "logs:CreateLogGroup", stream), role
    assert not [name for name in found if name.startswith("ExplainRole") and "trust" not in name and "logs" not in name]
    invoke, start, tell = found["ScheduleRole invoke"], found["RuleRole start"], found["TellRole tell"]
    for name, scheduled in (("a", True), ("b", True), ("c", False), ("explain", False)):
        assert allows(invoke, "lambda:InvokeFunction", function_arn(name)) == scheduled, name
        assert allows(tell, "lambda:InvokeFunction", function_arn(name)) == (name == "explain"), name
    assert allows(start, "states:StartExecution", STATE_MACHINE)
    assert not allows(start, "states:StartExecution", STATE_MACHINE + "2")
    assert allows(tell, "sns:Publish", TOPIC) and not allows(tell, "sns:Publish", TOPIC + "2")
    for role, service in (("ScheduleRole", "scheduler"), ("RuleRole", "events"), ("TellRole", "states")):
        principal = ("Service", f"{service}.amazonaws.com")
        trust = found[f"{role} trust"]
        assert allows(trust, "sts:AssumeRole", principal=principal, aws__SourceAccount=ACCOUNT), role
        assert not allows(trust, "sts:AssumeRole", principal=principal, aws__SourceAccount=ELSEWHERE), role
    for role in ("ProbeRole", "ExplainRole"):
        assert allows(found[f"{role} trust"], "sts:AssumeRole", principal=("Service", "lambda.amazonaws.com")), role
        assert not allows(found[f"{role} trust"], "sts:AssumeRole", principal=("Service", "ec2.amazonaws.com")), role
    alarm = f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:probe-unhealthy-a"
    watcher = ("Service", "cloudwatch.amazonaws.com")
    topic = found["TopicPolicy"]
    assert allows(topic, "sns:Publish", TOPIC, watcher, aws__SourceAccount=ACCOUNT, aws__SourceArn=alarm)
    assert not allows(topic, "sns:Publish", TOPIC, watcher, aws__SourceAccount=ELSEWHERE, aws__SourceArn=alarm)


def state_machine():
    """A template of the state machine alone, with its definition as JSON: cfn-lint reads none in a `!Sub`."""
    wanted = functions().resources("AWS::StepFunctions::StateMachine")["Tell"]
    definition = json.loads(wanted.pop("DefinitionString"))
    properties = wanted | {"Definition": definition, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/any"}
    states = definition["States"]
    following = {one[key] for state in states.values() for one in (state, *state.get("Catch", [])) for key in ("Next",) if key in one}
    assert following | {definition["StartAt"]} == set(states), following
    return {"Resources": {"Tell": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}}


def check_shape():
    """A function a subnet, each with that subnet alone and told so; what is off is not there."""
    third = {"SubnetC": "subnet-0000000000000000c"}
    for more, names in [({"SubnetB": ""}, "A"), ({}, "AB"), (third, "ABC"), (third | {"SubnetB": ""}, "AC")]:
        for scheduled in ("ENABLED", "DISABLED"):
            template = functions(**more, ScheduledChecks=scheduled)
            found = template.resources("AWS::Lambda::Function")
            assert set(found) == {"Explain", *(f"Probe{name}" for name in names)}, (more, sorted(found))
            for name in names:
                subnet = template.refs[f"Subnet{name}"]
                function = found[f"Probe{name}"]
                variables = function["Environment"]["Variables"]
                assert function["VpcConfig"]["SubnetIds"] == [subnet] == [variables["ECR_PROBE_SUBNET_ID"]], name
                groups = ",".join(function["VpcConfig"]["SecurityGroupIds"])
                assert groups == variables["ECR_PROBE_SECURITY_GROUP_IDS"] == FUNCTIONS["SecurityGroupIds"], name
                assert function["Tags"] == [{"Key": "ecr-probe:subnet", "Value": subnet}], name
                assert function["FunctionName"] == f"probe-{name.lower()}", name
                # What a function refers to is deleted after it: the role has to outlive the interfaces.
                assert function["Role"] == "<ProbeRole.Arn>", name
                assert not {"ECR_PROBE_EXECUTION_ROLE", "ECR_PROBE_ASSIGN_PUBLIC_IP"} & set(variables), name
                assert function["LoggingConfig"]["LogGroup"] == f"<LogGroup{name}>", name
                assert f"LogGroup{name}" in template.resources("AWS::Logs::LogGroup"), name
                # Of the functions only names and places differ.
                same = json.dumps(function).replace(subnet, "SUBNET").replace(f"LogGroup{name}", "LogGroup")
                same = same.replace(f"probe-{name.lower()}", "NAME")
                first = json.dumps(found["ProbeA"]).replace(template.refs["SubnetA"], "SUBNET")
                assert same == first.replace("LogGroupA", "LogGroup").replace("probe-a", "NAME"), (same, first)
            # It speaks with nobody, so it needs no place in the VPC.
            assert "VpcConfig" not in found["Explain"] and "Environment" not in found["Explain"]
            count = len(names) if scheduled == "ENABLED" else 0
            for kind in ("AWS::Scheduler::Schedule", "AWS::Lambda::EventInvokeConfig"):
                assert len(template.resources(kind)) == count, (more, scheduled, kind)
            # Two of each subnet, and two that are always there.
            assert len(template.resources("AWS::CloudWatch::Alarm")) == 2 * count + 2, (more, scheduled)
    role = f"arn:aws:iam::{ACCOUNT}:role/writer-execution"
    named = functions(ExecutionRoleArn=role, AssignPublicIp="ENABLED", ScheduledChecks="DISABLED")
    assert named.refused() == []
    named = named.resources("AWS::Lambda::Function")
    for function in (named["ProbeA"], named["ProbeB"]):
        variables = function["Environment"]["Variables"]
        assert variables["ECR_PROBE_EXECUTION_ROLE"] == role, variables
        assert variables["ECR_PROBE_ASSIGN_PUBLIC_IP"] == "ENABLED", variables
    versioned = functions(CodeObjectVersion="3").resources("AWS::Lambda::Function")
    assert {one["Code"].get("S3ObjectVersion") for one in versioned.values()} == {"3"}, versioned
    for schedule in functions(ScheduledPull="none").resources("AWS::Scheduler::Schedule").values():
        assert json.loads(schedule["Target"]["Input"]) == {"pull": "none"}, schedule
    for more, refused in [
        ({}, []),
        ({"SubnetB": ""}, []),
        ({"SubnetB": FUNCTIONS["SubnetA"]}, ["SubnetsDiffer"]),
        ({"SubnetC": FUNCTIONS["SubnetA"]}, ["SubnetsDiffer"]),
        ({"SubnetC": FUNCTIONS["SubnetB"]}, ["SubnetsDiffer"]),
        ({"SubnetC": "subnet-0000000000000000c"}, []),
        # Alarms on checks that cannot tell would never end.
        ({"AssignPublicIp": "ENABLED", "ScheduledChecks": "ENABLED"}, ["SchedulesCanTell"]),
        ({"AssignPublicIp": "DISABLED", "ScheduledChecks": "ENABLED"}, []),
        ({"AssignPublicIp": "ENABLED", "ScheduledChecks": "DISABLED"}, []),
    ]:
        assert Template("lambda.yaml", FUNCTIONS | more).refused() == refused, more


def check_documents():
    """The documents have every parameter, output and alarm, and no others."""
    readme = (ROOT / "deploy/README.md").read_text()
    section = readme.split("## `lambda.yaml`\n")[1].split("\n## ")[0]
    first_cells = "".join(line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    template = functions()
    wanted = set(template.document["Parameters"]) | set(template.document["Outputs"])
    assert set(re.findall(r"`(\w+)`", first_cells)) == wanted, set(re.findall(r"`(\w+)`", first_cells)) ^ wanted
    operations = (ROOT / "docs/operations.md").read_text()
    for alarm in template.resources("AWS::CloudWatch::Alarm").values():
        name = alarm["AlarmName"].removeprefix("probe-")
        assert f"`…-{name}`" in operations or f"`…-{name[:-1]}a`" in operations, name


def check_unknown_is_told():
    """`Healthy` is 0 where a check could not tell, too: an alarm on it, and what is written of the alarm, says so."""
    operations = (ROOT / "docs/operations.md").read_text()
    rows = [line for line in operations.splitlines() if re.match(r"\| `…-unhealthy", line)]
    assert len(rows) == 3 and all("could not tell" in row for row in rows), rows
    count = 0
    for name in ("lambda.yaml", "monitoring.yaml"):
        for resource in Template.resources_as_written(name).values():
            properties = resource["Properties"]
            if "-unhealthy" in str(properties.get("AlarmName")):
                count += 1
                assert "could not tell" in str(properties["AlarmDescription"]), properties
    assert count == 7, count


def check_invocations():
    """A CLI that stops waiting invokes again, so that no document's command has a time-out."""
    found = []
    for path in (ROOT / "README.md", *(ROOT / "deploy").glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        text = path.read_text().replace("\\\n", " ")
        found += [(path.name, one) for one in re.findall(r"aws lambda invoke [^`\n]*", text)]
    assert {name for name, _ in found} >= {"reference.md", "operations.md"} and len(found) >= 3, found
    assert all("--cli-read-timeout 0 " in command for _, command in found), found
    for path in ("deploy/README.md", "docs/operations.md"):
        text = (ROOT / path).read_text()
        assert "`Inactive`" in text and "aws lambda wait function-active-v2" in text, path


def check_rule():
    """The rule catches the tasks that did not start and no others, and of one cluster where one is named."""
    cluster = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/"
    for name, of_it in (("", True), (f"{cluster}main", True), (f"{cluster}other", False)):
        pattern = functions(ClusterArn=name).resources("AWS::Events::Rule")["TaskStartFailed"]["EventPattern"]
        for what, detail, caught in EVENTS:
            wanted = of_it and "TaskStartFailed" in caught
            assert matches(pattern, event(copy.deepcopy(detail))) == wanted, (name, what)
    (target,) = functions().resources("AWS::Events::Rule")["TaskStartFailed"]["Targets"]
    assert target == {"Id": "tell", "Arn": STATE_MACHINE, "RoleArn": "<RuleRole.Arn>"}, target


def check_plan(probe):
    """What `plan --policy` prints for the images is what the functions may."""
    command = [probe, "plan", "--policy", *FUNCTIONS["Images"].split(",")]
    printed = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    held = function_policies()["ProbeRole pull"]["Statement"]
    assert printed["Statement"] == held, (printed["Statement"], held)


def check_metrics(probe):
    """A function that is given the template's environment writes the metrics that the alarms ask for."""
    template = functions()
    template.refs |= {"ProbeA": "probe-a", "ProbeB": "probe-b"}
    asked = set()
    for alarm in template.resources("AWS::CloudWatch::Alarm").values():
        if alarm.get("Namespace") == "ECRProbe":
            (dimensions,) = dimension_sets(alarm)
            asked.add((alarm["MetricName"], tuple(dimensions.items())))
    written = set()
    for name in ("ProbeA", "ProbeB"):
        function = template.resources("AWS::Lambda::Function")[name]
        variables = function["Environment"]["Variables"]
        # What the schedule asks, of a name server that does not answer.
        asks = json.loads(template.resources("AWS::Scheduler::Schedule")[f"Check{name[-1]}"]["Target"]["Input"])
        asks |= {"dns_server": ["127.0.0.1:9"], "timeout": "200ms"}
        report, failed, printed = runtime_api.invoke(probe, function["FunctionName"], asks, **variables)
        assert not failed and report["schema"] == "ecr-probe.report/1", report
        vantage = report["vantage"]
        assert (vantage["mode"], vantage["function"]) == ("lambda", function["FunctionName"]), vantage
        assert [vantage["subnet_id"]] == function["VpcConfig"]["SubnetIds"], vantage
        assert vantage["security_groups"] == function["VpcConfig"]["SecurityGroupIds"], vantage
        assert [one for one in map(json.loads, printed) if "_aws" not in one] == [report], printed
        for line in (one for one in map(json.loads, printed) if "_aws" in one):
            for directive in line["_aws"]["CloudWatchMetrics"]:
                assert directive["Namespace"] == "ECRProbe", line
                for names in directive["Dimensions"]:
                    dimensions = tuple((one, line[one]) for one in names)
                    written |= {(metric["Name"], dimensions) for metric in directive["Metrics"]}
    assert asked and asked <= written, (asked - written, written)
