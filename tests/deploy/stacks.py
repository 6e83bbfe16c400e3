"""Deploys the templates and task definitions to moto, and reads back what is there.

moto's CloudFormation knows not every type of resource. Those that it does not know are taken out of
the template, and made through their own service's API from what the template comes to.
"""

import ast
import copy
import json
import re

import boto3
from botocore.validate import ParamValidator
from events import EVENTS, event
from moto.events.models import EventPattern
from policies import ACCOUNT, MONITORING, allows
from template import ROOT, Template, document

REGION = "eu-west-1"
UNKNOWN = [
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    # Known, but it names the alarms.
    "AWS::CloudWatch::Dashboard",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::Scheduler::Schedule",
]


def client(service):
    return boto3.client(service, region_name=REGION)


def deploy(stack, name, parameters):
    """Creates the stack, and gives the template with the names that its resources got."""
    template = Template(name, parameters, stack=stack)
    formation = client("cloudformation")
    reduced = {key: one for key, one in template.document["Resources"].items() if one["Type"] not in UNKNOWN}
    text = template.text
    if reduced != template.document["Resources"]:
        outputs = {key: one for key, one in template.document["Outputs"].items() if one["Value"]["Ref"] in reduced}
        text = json.dumps(template.document | {"Resources": reduced, "Outputs": outputs})
    formation.create_stack(
        StackName=stack,
        TemplateBody=text,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    status = formation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    assert status == "CREATE_COMPLETE", (stack, status)
    made = formation.describe_stack_resources(StackName=stack)["StackResources"]
    # moto lists those whose condition does not hold, without a name.
    made = [resource for resource in made if "LogicalResourceId" in resource]
    template.refs |= {resource["LogicalResourceId"]: resource.get("PhysicalResourceId") for resource in made}
    wanted = template.resources().keys() & reduced.keys()
    found = {resource["LogicalResourceId"] for resource in made}
    assert wanted == found, (stack, wanted ^ found)
    return template


def read_back(policy):
    """A policy document out of a reply. moto gives one that came by CloudFormation as Python prints it."""
    if not isinstance(policy, str):
        return policy
    try:
        return json.loads(policy)
    except json.JSONDecodeError:
        return ast.literal_eval(policy)


def vpc():
    ec2 = client("ec2")
    identity = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=identity, EnableDnsHostnames={"Value": True})
    subnets = []
    for index, zone in enumerate("ab"):
        made = ec2.create_subnet(VpcId=identity, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=REGION + zone)
        subnets.append(made["Subnet"]["SubnetId"])
    table = ec2.create_route_table(VpcId=identity)["RouteTable"]["RouteTableId"]
    group = ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=identity)["GroupId"]
    return identity, subnets, table, group


def check_endpoints_stack():
    ec2 = client("ec2")
    identity, subnets, table, group = vpc()
    parameters = {
        "VpcId": identity,
        "SubnetIds": ",".join(subnets),
        "RouteTableIds": table,
        "TaskSecurityGroupId": group,
        "VpcCidr": "10.0.0.0/16",
        "FurtherRepositoryArns": f"arn:aws:ecr:{REGION}:210987654321:repository/base",
        "ApplicationObjectArns": "arn:aws:s3:::files/*",
        "Metrics": "true",
    }
    template = deploy("endpoints", "endpoints.yaml", parameters)
    wanted = template.resources("AWS::EC2::VPCEndpoint")
    found = {one["ServiceName"]: one for one in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    assert len(found) == len(wanted) == 5, sorted(found)
    own = template.refs["SecurityGroup"]
    for name, properties in wanted.items():
        endpoint = found[properties["ServiceName"]]
        assert endpoint["VpcId"] == identity and endpoint["State"] == "available", name
        assert endpoint["VpcEndpointType"] == properties["VpcEndpointType"], name
        policy = read_back(endpoint["PolicyDocument"])
        assert policy == properties["PolicyDocument"], (name, policy)
        if properties["VpcEndpointType"] == "Interface":
            assert endpoint["PrivateDnsEnabled"] is True, name
            assert sorted(endpoint["SubnetIds"]) == sorted(subnets), name
            assert [one["GroupId"] for one in endpoint["Groups"]] == [own], name
        else:
            assert endpoint["RouteTableIds"] == [table], name
            assert allows(policy, "s3:GetObject", f"arn:aws:s3:::prod-{REGION}-starport-layer-bucket/x")
            assert allows(policy, "s3:PutObject", "arn:aws:s3:::files/x")
    rules = ec2.describe_security_groups(GroupIds=[own])["SecurityGroups"][0]["IpPermissions"]
    assert {(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules} == {("tcp", 443, 443)}, rules
    assert [pair["GroupId"] for rule in rules for pair in rule["UserIdGroupPairs"]] == [group], rules
    assert [block["CidrIp"] for rule in rules for block in rule["IpRanges"]] == ["10.0.0.0/16"], rules
    outputs = client("cloudformation").describe_stacks(StackName="endpoints")["Stacks"][0]["Outputs"]
    assert {one["OutputKey"] for one in outputs} == set(template.document["Outputs"]), outputs
    return f"{len(found)} endpoints"


def check_endpoints_beside():
    """What exists is left alone: a VPC takes one endpoint of a service with private DNS."""
    choices = {"EcrApiEndpoint": "EcrApi", "EcrDkrEndpoint": "EcrDkr", "LogsEndpoint": "Logs", "S3Gateway": "S3"}
    for number, present in enumerate([*([one] for one in choices), [*choices][:3], [*choices]]):
        identity, subnets, table, group = vpc()
        given = {"VpcId": identity, "SubnetIds": ",".join(subnets), "RouteTableIds": table}
        given["TaskSecurityGroupId"] = group
        stack = f"beside-{number}"
        template = deploy(stack, "endpoints.yaml", given | dict.fromkeys(present, "exists"))
        wanted = set(choices.values()) - {choices[one] for one in present}
        own = [{"Name": "vpc-id", "Values": [identity]}]
        made = {one["ServiceName"] for one in client("ec2").describe_vpc_endpoints(Filters=own)["VpcEndpoints"]}
        resources = template.resources("AWS::EC2::VPCEndpoint")
        assert set(resources) == wanted and made == {one["ServiceName"] for one in resources.values()}, (present, made)
        # A group of its own only where something is in it.
        grouped = bool(wanted - {"S3"})
        assert ("SecurityGroup" in template.resources()) == ("FromTasks" in template.resources()) == grouped, present
        found = client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
        keys = {f"{one}EndpointId" for one in wanted} | ({"SecurityGroupId"} if grouped else set())
        assert {one["OutputKey"] for one in found} == keys, (present, found)


def check_roles_stack():
    template = deploy("roles", "execution-role.yaml", {"LogRetentionDays": "14"})
    iam, logs = client("iam"), client("logs")
    for name, role in template.resources("AWS::IAM::Role").items():
        found = iam.get_role(RoleName=role["RoleName"])["Role"]
        assert read_back(found["AssumeRolePolicyDocument"]) == role["AssumeRolePolicyDocument"], name
        names = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
        assert sorted(names) == sorted(policy["PolicyName"] for policy in role.get("Policies", [])), (name, names)
        for policy in role.get("Policies", []):
            found = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=policy["PolicyName"])
            assert read_back(found["PolicyDocument"]) == policy["PolicyDocument"], (name, policy["PolicyName"])
    attached = iam.list_attached_role_policies(RoleName="scheduled-file-writer-task")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["scheduled-file-writer-ecr-probe"], attached
    arn = attached[0]["PolicyArn"]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert read_back(found) == template.resources()["ProbePolicy"]["PolicyDocument"], found
    groups = {one["logGroupName"]: one["retentionInDays"] for one in logs.describe_log_groups()["logGroups"]}
    assert {"/ecs/scheduled-file-writer", "/ecs/ecr-probe"} <= set(groups) and set(groups.values()) == {14}, groups


def check_roles_beside():
    """Beside an application that is there, only what is the probe's is made."""
    logs, iam = client("logs"), client("iam")
    logs.create_log_group(logGroupName="/ecs/scheduled-file-writer")
    given = {"ApplicationRoles": "exists", "ApplicationLogGroup": "exists"}
    template = deploy("beside", "execution-role.yaml", given)
    assert set(template.resources()) == {"ProbePolicy", "ProbeLogGroup"}, sorted(template.resources())
    assert not iam.list_roles()["Roles"]
    outputs = client("cloudformation").describe_stacks(StackName="beside")["Stacks"][0]["Outputs"]
    assert [one["OutputKey"] for one in outputs] == ["ProbePolicyArn"], outputs
    role = iam.create_role(RoleName="theirs", AssumeRolePolicyDocument="{}")["Role"]["RoleName"]
    iam.attach_role_policy(RoleName=role, PolicyArn=outputs[0]["OutputValue"])


def check_monitoring_stack():
    _, subnets, _, group = vpc()
    parameters = MONITORING | {"Subnet1": subnets[0], "Subnet2": subnets[1], "SecurityGroupId": group}
    template = deploy("monitoring", "monitoring.yaml", parameters)
    topic = template.refs["Topic"]
    for name, resource in template.document["Resources"].items():
        if resource["Type"] == "AWS::CloudWatch::Alarm" and template.holds(resource.get("Condition")):
            alarm = template.value(resource["Properties"])["AlarmName"]
            template.refs[name] = alarm
            template.attributes[name, "Arn"] = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm}"
    role = client("iam").get_role(RoleName=template.refs["ScheduleRole"])["Role"]
    template.attributes["ScheduleRole", "Arn"] = role["Arn"]
    for name, told in (("TaskStartFailed", True), ("CheckStopped", False)):
        rule = client("events").describe_rule(Name=template.refs[name])
        template.attributes[name, "Arn"] = rule["Arn"]
        assert json.loads(rule["EventPattern"]) == template.resources()[name]["EventPattern"], rule
        targets = client("events").list_targets_by_rule(Rule=template.refs[name])["Targets"]
        log = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/events/monitoring"
        # The end of a check is no news: a mail for each would be dozens an hour.
        assert {target["Arn"] for target in targets} == ({topic, log} if told else {log}), targets
        # EventBridge uses the resource policies of topics and log groups, and no role.
        assert not any("RoleArn" in target for target in targets), targets
    log_policies = client("logs").describe_resource_policies()["resourcePolicies"]
    assert [one["policyName"] for one in log_policies] == ["monitoring-events"], log_policies
    wanted = document(template.resources()["EventLogPolicy"]["PolicyDocument"])
    assert json.loads(log_policies[0]["policyDocument"]) == wanted

    make_unknown(template, topic)
    check_dashboard(template)
    check_rules(template)
    return f"{len(template.resources())} resources, {len(template.resources(*UNKNOWN))} of them by their own APIs"


def make_unknown(template, topic):
    """What moto's CloudFormation does not know, each by its own API."""
    sns, watch, scheduler = client("sns"), client("cloudwatch"), client("scheduler")
    policy = template.resources("AWS::SNS::TopicPolicy")["TopicPolicy"]
    assert policy["Topics"] == [topic]
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy["PolicyDocument"])
    )
    found = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    assert json.loads(found) == policy["PolicyDocument"], found
    subscription = template.resources("AWS::SNS::Subscription")["EmailSubscription"]
    sns.subscribe(**subscription)
    assert [one["Endpoint"] for one in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]] == [
        "somebody@example.com"
    ]

    for name, alarm in template.resources("AWS::CloudWatch::Alarm").items():
        watched = {one["MetricStat"]["Metric"]["MetricName"] for one in alarm.get("Metrics", []) if "MetricStat" in one}
        assert watched | {alarm.get("MetricName", "Healthy")} <= METRICS, (name, watched)
        # A probe that says nothing is the silent alarm's, and only its.
        silent = name.startswith("Silent")
        assert alarm["TreatMissingData"] == ("breaching" if silent else "notBreaching"), name
        # One failed check of many is no fault, and of one it is all.
        assert alarm.get("Statistic") in (None, "SampleCount" if silent else "Average"), name
        if name.startswith("Unhealthy"):
            assert 0 < float(alarm["Threshold"]) <= 1, name
        check_seldom(name, alarm)
        check_both_ends(name, alarm)
        numbers = {"Threshold": float(alarm["Threshold"])}
        if "Period" in alarm:
            numbers["Period"] = int(alarm["Period"])
        alarm = alarm | numbers
        for metric in alarm.get("Metrics", []):
            if "MetricStat" in metric:
                metric["MetricStat"]["Period"] = int(metric["MetricStat"]["Period"])
        watch.put_metric_alarm(**alarm)
        (found,) = watch.describe_alarms(AlarmNames=[alarm["AlarmName"]])["MetricAlarms"]
        for key, value in alarm.items():
            if key == "Metrics":
                # moto keeps them in its own order and adds defaults.
                assert {one["Id"] for one in found[key]} == {one["Id"] for one in value}, name
                assert sum(one.get("ReturnData") is not False for one in value) == 1, name
            else:
                assert found[key] == value, (name, key, found[key])
    # moto has no composite alarms at all: botocore's model holds its parameters, and it must name
    # alarms that there are.
    existing = {alarm["AlarmName"] for alarm in watch.describe_alarms(AlarmTypes=["MetricAlarm"])["MetricAlarms"]}
    shape = watch.meta.service_model.operation_model("PutCompositeAlarm").input_shape
    composites = template.resources("AWS::CloudWatch::CompositeAlarm").values()
    # Of one kind each: a zone's silence must not keep another zone's fault to itself.
    kinds = {"monitoring-unhealthy", "monitoring-silent"}
    assert {composite["AlarmName"] for composite in composites} == kinds, composites
    for composite in composites:
        report = ParamValidator().validate(composite, shape)
        assert not report.has_errors(), report.generate_report()
        named = re.findall(r'ALARM\("([^"]+)"\)', composite["AlarmRule"])
        assert " OR ".join(f'ALARM("{name}")' for name in named) == composite["AlarmRule"]
        assert named == [f"{composite['AlarmName']}-{REGION}{zone}" for zone in "ab"], named
        assert set(named) <= existing, existing
        assert composite["AlarmActions"] == composite["OKActions"] == [topic], composite
    # Whatever is in no composite alarm tells by itself.
    for name, alarm in template.resources("AWS::CloudWatch::Alarm").items():
        alone = not name.startswith(("Unhealthy", "Silent"))
        assert alarm.get("AlarmActions", []) == ([topic] if alone else []), name

    schedules = template.resources("AWS::Scheduler::Schedule")
    assert len(schedules) == 2, sorted(schedules)
    for name, schedule in schedules.items():
        # The one name that CloudFormation spells in another way than the API.
        network = schedule["Target"]["EcsParameters"]["NetworkConfiguration"]
        network["awsvpcConfiguration"] = network.pop("AwsvpcConfiguration")
        scheduler.create_schedule(**schedule)
        found = scheduler.get_schedule(Name=schedule["Name"])
        for key, value in schedule.items():
            assert found[key] == value, (name, key, found[key])
        assert len(network["awsvpcConfiguration"]["Subnets"]) == 1, (name, network)
        assert schedule["Target"]["RoleArn"].startswith("arn:aws:iam::"), (name, schedule)


def statistics(alarm):
    return [one["MetricStat"] for one in alarm.get("Metrics", []) if "MetricStat" in one]


def check_seldom(name, alarm):
    """What comes once in hours rings at once, and until the next is due."""
    watched = {one["Metric"]["MetricName"] for one in statistics(alarm)}
    seldom = {"SlowPull": {"EstimatedPullTime"}, "SlowStart": {"TaskImagePullTime"}}
    assert (name in seldom) == bool(watched & {"EstimatedPullTime", "TaskImagePullTime"}), name
    if name in seldom:
        assert watched == seldom[name], (name, watched)
        assert (alarm["EvaluationPeriods"], alarm.get("DatapointsToAlarm", 1)) == (1, 1), name
        assert {one["Stat"] for one in statistics(alarm)} == {"Maximum"}, name
        # watch fetches every byte six hours after it did last, with the next round.
        assert all(6 * 3600 + 600 < int(one["Period"]) <= 86400 for one in statistics(alarm)), name


def check_both_ends(name, alarm):
    """Of two clocks, one fast and one slow, the average is right."""
    if name != "ClockOff":
        return
    ends = {}
    for one in statistics(alarm):
        zone = next(dimension["Value"] for dimension in one["Metric"]["Dimensions"] if "Zone" in dimension["Name"])
        ends.setdefault(zone, set()).add(one["Stat"])
    assert ends == {f"{REGION}{zone}": {"Maximum", "Minimum"} for zone in "ab"}, ends
    assert [one["Expression"] for one in alarm["Metrics"] if "Expression" in one] == ["MAX(ABS(METRICS()))"], name
    assert len(statistics(alarm)) <= 10, "CloudWatch takes no more"


METRICS = {
    "Healthy",
    "Inconclusive",
    "CheckDuration",
    "PullThroughput",
    "EstimatedPullTime",
    "TaskImagePullTime",
    "ClockOffset",
}
ENDPOINT_METRICS = {"ResolveTime", "ConnectTime", "HandshakeTime", "RequestTime", "Reachable"}


def check_dashboard(template):
    """Every metric that the probe writes is on it, and no other; nothing lies on anything else."""
    dashboard = template.resources("AWS::CloudWatch::Dashboard")["Dashboard"]
    client("cloudwatch").put_dashboard(**dashboard)
    deployed = json.loads(client("cloudwatch").get_dashboard(DashboardName="monitoring")["DashboardBody"])
    assert deployed == json.loads(dashboard["DashboardBody"])
    searched, taken = set(), set()
    for widget in deployed["widgets"]:
        for x in range(widget["x"], widget["x"] + widget["width"]):
            for y in range(widget["y"], widget["y"] + widget["height"]):
                assert x < 24 and (x, y) not in taken, (widget, "lies on another")
                taken.add((x, y))
        for metric in widget["properties"].get("metrics", []):
            expression = metric[0]["expression"]
            found = re.fullmatch(
                r"""SEARCH\('\{ECRProbe,([A-Za-z,]+)\} MetricName="(\w+)" Family="ecr-probe"', '(\w+)', 300\)""",
                expression,
            )
            assert found, expression
            dimensions = {"AvailabilityZone", "Family"} | ({"Endpoint"} if found[2] in ENDPOINT_METRICS else set())
            assert set(found[1].split(",")) == dimensions, expression
            searched.add(found[2])
    assert searched == METRICS | ENDPOINT_METRICS, searched ^ (METRICS | ENDPOINT_METRICS)
    alarms = next(one for one in deployed["widgets"] if one["type"] == "alarm")["properties"]["alarms"]
    kinds = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    assert len(alarms) == len(template.resources(*kinds)), alarms


def check_rules(template):
    """moto's own matcher catches the same events as the one of events.py."""
    bus = client("events")
    for name in template.resources("AWS::Events::Rule"):
        pattern = EventPattern.load(bus.describe_rule(Name=template.refs[name])["EventPattern"])
        for what, detail, caught in EVENTS:
            whole = event(copy.deepcopy(detail))
            # It knows no lists of objects: one container at a time.
            alone = [whole | {"detail": whole["detail"] | {"containers": one}} for one in detail["containers"]]
            assert any(map(pattern.matches_event, alone)) == (name in caught), (name, what)


def check_registered():
    """Both task definitions register as they are, and come back as they were."""
    ecs = client("ecs")
    for path in ("task-definition.json", "deploy/probe-task-definition.json"):
        wanted = json.loads((ROOT / path).read_text())
        ecs.register_task_definition(**wanted)
        found = ecs.describe_task_definition(taskDefinition=wanted["family"])["taskDefinition"]
        for key, value in wanted.items():
            if key != "containerDefinitions":
                assert found[key] == value, (path, key, found[key])
        for one, other in zip(wanted["containerDefinitions"], found["containerDefinitions"], strict=True):
            assert one.items() <= other.items(), (path, other)
