"""What the policies of the templates allow: a small evaluator, and the calls of a pull."""

import fnmatch
import json

from template import Template, document

ACCOUNT = "123456789012"
ELSEWHERE = "210987654321"
# A role of ECR's in an account of AWS's: what S3 says in its own denials (docs/codes/VPE-05.md).
SIGNER_ACCOUNT = "812812325446"

PLACES = [("aws", "eu-west-1"), ("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1")]
PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
PUSH_OR_DELETE = [
    "ecr:PutImage",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:BatchDeleteImage",
    "ecr:DeleteRepository",
    "ecr:SetRepositoryPolicy",
    "ecr:CreateRepository",
]


def several(value):
    return value if isinstance(value, list) else [value]


def like(pattern, text):
    # Only * and ? are special in IAM; fnmatch knows brackets too.
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


OPERATORS = {
    "StringEquals": lambda wanted, found: wanted == found,
    "StringLike": like,
    "ArnEquals": like,
    "ArnLike": like,
}


def principal_fits(wanted, principal):
    if wanted is None or wanted == "*":
        return True
    for kind, names in wanted.items():
        for name in several(names):
            if name == "*" or (kind, name) == principal:
                return True
    return False


def fits(statement, action, resource, principal, context):
    if not principal_fits(statement.get("Principal"), principal):
        return False
    if not any(like(wanted.lower(), action.lower()) for wanted in several(statement["Action"])):
        return False
    if not any(like(wanted, resource) for wanted in several(statement.get("Resource", "*"))):
        return False
    for operator, keys in statement.get("Condition", {}).items():
        for key, wanted in keys.items():
            found = context.get(key)
            if found is None or not any(OPERATORS[operator](one, found) for one in several(wanted)):
                return False
    return True


def allows(policy, action, resource="*", principal=("AWS", "*"), **context):
    """Whether a policy by itself allows a call. A key of the context has __ for its colon."""
    context = {key.replace("__", ":"): value for key, value in context.items()}
    if policy is None:
        # An endpoint without a policy of its own allows everything.
        return True
    hits = [one for one in several(policy["Statement"]) if fits(one, action, resource, principal, context)]
    effects = {statement["Effect"] for statement in hits}
    return effects == {"Allow"}


def endpoints(partition="aws", region="eu-west-1", **parameters):
    given = {
        "VpcId": "vpc-1",
        "SubnetIds": "subnet-1,subnet-2",
        "RouteTableIds": "rtb-1",
        "TaskSecurityGroupId": "sg-1",
        **{name: "true" for name in ("SecretsManager", "SystemsManager", "KeyManagement", "SecurityTokens", "Metrics")},
        **parameters,
    }
    template = Template("endpoints.yaml", given, region=region, partition=partition)
    found = template.resources("AWS::EC2::VPCEndpoint")
    return {name: (properties["ServiceName"], properties.get("PolicyDocument")) for name, properties in found.items()}


def roles(partition="aws", region="eu-west-1", **parameters):
    template = Template("execution-role.yaml", parameters, region=region, partition=partition)
    found = role_policies(template)
    for name, policy in template.resources("AWS::IAM::ManagedPolicy").items():
        found[name] = policy["PolicyDocument"]
    return found


def role_policies(template):
    found = {}
    for name, role in template.resources("AWS::IAM::Role").items():
        found[f"{name} trust"] = role["AssumeRolePolicyDocument"]
        for policy in role.get("Policies", []):
            found[f"{name} {policy['PolicyName']}"] = policy["PolicyDocument"]
    return found


MONITORING = {
    "ClusterArn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/main",
    "ExecutionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/scheduled-file-writer-execution",
    "SecurityGroupId": "sg-00000000000000001",
    "Subnet1": "subnet-00000000000000001",
    "Subnet2": "subnet-00000000000000002",
    "Zone1": "eu-west-1a",
    "Zone2": "eu-west-1b",
    "EmailAddress": "somebody@example.com",
}


TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:probe"
RULE = f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/probe-"


def monitoring():
    template = Template("monitoring.yaml", MONITORING)
    template.refs["Topic"] = TOPIC
    for rule in template.resources("AWS::Events::Rule"):
        template.attributes[rule, "Arn"] = RULE + rule
    found = role_policies(template)
    for kind in ("AWS::SNS::TopicPolicy", "AWS::Logs::ResourcePolicy"):
        for name, policy in template.resources(kind).items():
            found[name] = document(policy["PolicyDocument"])
    return found


FUNCTIONS = {
    "CodeBucket": "code",
    "SubnetA": "subnet-0000000000000000a",
    "SubnetB": "subnet-0000000000000000b",
    "SecurityGroupIds": "sg-00000000000000001,sg-00000000000000002",
    "Images": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/scheduled-file-writer:v1",
    "RepositoryArns": f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/scheduled-file-writer",
    "ScheduledChecks": "ENABLED",
    "EmailAddress": "somebody@example.com",
}


def function_arn(name, stack="probe"):
    return f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{stack}-{name}"


STATE_MACHINE = f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:probe-tell"


def functions(**parameters):
    template = Template("lambda.yaml", FUNCTIONS | parameters)
    template.refs |= {"Topic": TOPIC, "Tell": STATE_MACHINE}
    for name in ("ProbeA", "ProbeB", "ProbeC", "Explain"):
        template.attributes[name, "Arn"] = function_arn(name.removeprefix("Probe").lower())
    return template


def function_policies():
    template = functions()
    found = role_policies(template)
    found["TopicPolicy"] = template.resources("AWS::SNS::TopicPolicy")["TopicPolicy"]["PolicyDocument"]
    return found


def every_policy():
    """Every policy of the templates, by name."""
    found = {f"endpoints.yaml {name}": policy for name, (_, policy) in endpoints().items()}
    found |= {f"execution-role.yaml {name}": policy for name, policy in roles().items()}
    found |= {f"lambda.yaml {name}": policy for name, policy in function_policies().items()}
    found |= {f"monitoring.yaml {name}": policy for name, policy in monitoring().items()}
    found["audit-role.yaml"] = audit_role()
    return found


def audit_role():
    """The policy of the role that audits."""
    template = Template("audit-role.yaml", {"TrustedPrincipal": f"arn:aws:iam::{ACCOUNT}:root"})
    return template.resources("AWS::IAM::Role")["AuditRole"]["Policies"][0]["PolicyDocument"]


def check_endpoints(partition, region):
    """A pull passes every endpoint's policy, and nothing that changes anything does."""
    known = partition != "aws-cn"
    bucket = f"prod-{region}-starport-layer-bucket" if known else "layers-of-this-region"
    elsewhere = f"arn:{partition}:ecr:{region}:{ELSEWHERE}:repository/base"
    for further, named in [("", False), (elsewhere, True)]:
        found = endpoints(partition, region, FurtherRepositoryArns=further, LayerBucket="" if known else bucket)
        role = ("AWS", f"arn:{partition}:sts::{ACCOUNT}:assumed-role/scheduled-file-writer-execution/task")
        mine = f"arn:{partition}:ecr:{region}:{ACCOUNT}:repository/team/scheduled-file-writer"
        for name in ("EcrApi", "EcrDkr"):
            policy = found[name][1]
            assert allows(policy, "ecr:GetAuthorizationToken", "*", role), name
            for action in PULL:
                assert allows(policy, action, mine, role), (name, action)
                assert allows(policy, action, elsewhere, role) == named, (name, action)
            for action in PUSH_OR_DELETE:
                assert not allows(policy, action, mine, role), (name, action)
    policy = found["S3"][1]
    signer = ("AWS", f"arn:{partition}:sts::{SIGNER_ACCOUNT}:assumed-role/storage-access-role-prod-{region}/0123")
    layer = f"arn:{partition}:s3:::{bucket}/59f0-{ACCOUNT}/sha256"
    context = {"aws__PrincipalAccount": SIGNER_ACCOUNT, "aws__ResourceAccount": SIGNER_ACCOUNT}
    assert allows(policy, "s3:GetObject", layer, signer, **context)
    for action in ("s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetObjectAcl"):
        assert not allows(policy, action, layer, signer, **context), action
    for other in (f"prod-{region}-evil-starport-layer-bucket", f"prod-{region}-starport-layer-bucket-2", "mine"):
        assert not allows(policy, "s3:GetObject", f"arn:{partition}:s3:::{other}/x", signer, **context), other
    wrong = "aws" if partition != "aws" else "aws-cn"
    assert not allows(policy, "s3:GetObject", layer.replace(f"arn:{partition}:", f"arn:{wrong}:"), signer, **context)

    group = f"arn:{partition}:logs:{region}:{ACCOUNT}:log-group:/ecs/ecr-probe:log-stream:check/ecr-probe/1"
    assert allows(found["Logs"][1], "logs:PutLogEvents", group, role)
    assert allows(found["Logs"][1], "logs:CreateLogStream", group, role)
    assert not allows(found["Logs"][1], "logs:DeleteLogGroup", group, role)
    metrics = found["MetricsEndpoint"][1]
    assert allows(metrics, "cloudwatch:PutMetricData", "*", role, cloudwatch__namespace="ECRProbe")
    assert not allows(metrics, "cloudwatch:PutMetricData", "*", role, cloudwatch__namespace="Other")


def check_service_names():
    """China reverses the names of some services, and not of all."""
    for partition, region in PLACES:
        found = {service for service, _ in endpoints(partition, region, LayerBucket="x").values()}
        reversed_ones = {"ecr.api", "ecr.dkr", "monitoring", "sts"} if partition == "aws-cn" else set()
        services = ["ecr.api", "ecr.dkr", "s3", "logs", "secretsmanager", "ssm", "kms", "sts", "monitoring"]
        wanted = {f"{'cn.' if one in reversed_ones else ''}com.amazonaws.{region}.{one}" for one in services}
        assert found == wanted, found ^ wanted


def check_undocumented_bucket():
    """Where the layer bucket's name is not documented, none is guessed: every object may be read."""
    assert endpoints("aws-cn", "cn-north-1")["S3"][1] is None


def check_conditions_are_seen():
    """The evaluator itself: a condition that ECR's signer does not meet is a denial (VPE-05)."""
    policy = json.loads(json.dumps(endpoints()["S3"][1]))
    layer = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/x"
    signer = {
        "principal": ("AWS", "arn:aws:sts::812812325446:assumed-role/r/s"),
        "aws__PrincipalAccount": SIGNER_ACCOUNT,
    }
    assert allows(policy, "s3:GetObject", layer, **signer)
    policy["Statement"][0]["Condition"] = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
    assert not allows(policy, "s3:GetObject", layer, **signer)
    policy["Statement"][0] |= {"Condition": {}, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    assert not allows(policy, "s3:GetObject", layer, **signer)
    policy["Statement"].append({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"})
    assert not allows(policy, "s3:GetObject", layer)


def check_roles(partition, region):
    found = roles(partition, region, FurtherRepositoryArns=f"arn:{partition}:ecr:{region}:{ELSEWHERE}:repository/base")
    arn = f"arn:{partition}:ecr:{region}:{ACCOUNT}:repository/"
    pull, logs, probe = found["ExecutionRole pull"], found["ExecutionRole logs"], found["ProbePolicy"]
    for policy in (pull, probe):
        assert allows(policy, "ecr:GetAuthorizationToken")
        for repository in (f"{arn}scheduled-file-writer", f"{arn}ecr-probe", arn.replace(ACCOUNT, ELSEWHERE) + "base"):
            assert allows(policy, "ecr:BatchGetImage", repository)
            assert allows(policy, "ecr:GetDownloadUrlForLayer", repository)
            assert not any(allows(policy, action, repository) for action in PUSH_OR_DELETE)
        assert not allows(policy, "ecr:BatchGetImage", f"{arn}other")
    assert all(allows(pull, action, f"{arn}scheduled-file-writer") for action in PULL)
    for group in ("scheduled-file-writer", "ecr-probe"):
        stream = f"arn:{partition}:logs:{region}:{ACCOUNT}:log-group:/ecs/{group}:log-stream:p/c/1"
        assert allows(logs, "logs:CreateLogStream", stream) and allows(logs, "logs:PutLogEvents", stream)
    assert not allows(logs, "logs:CreateLogGroup", f"arn:{partition}:logs:{region}:{ACCOUNT}:log-group:/ecs/x:*")
    assert allows(probe, "cloudwatch:PutMetricData", cloudwatch__namespace="ECRProbe")
    assert not allows(probe, "cloudwatch:PutMetricData", cloudwatch__namespace="AWS/ECS")
    for name in ("ExecutionRole trust", "TaskRole trust"):
        tasks = ("Service", "ecs-tasks.amazonaws.com")
        assert allows(found[name], "sts:AssumeRole", principal=tasks, aws__SourceAccount=ACCOUNT)
        assert not allows(found[name], "sts:AssumeRole", principal=tasks, aws__SourceAccount=ELSEWHERE)
        assert not allows(found[name], "sts:AssumeRole", principal=("Service", "ec2.amazonaws.com"))


def check_monitoring():
    found = monitoring()
    run = found["ScheduleRole run"]
    definition = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/ecr-probe:7"
    cluster = MONITORING["ClusterArn"]
    assert allows(run, "ecs:RunTask", definition, ecs__cluster=cluster)
    assert not allows(run, "ecs:RunTask", definition, ecs__cluster=cluster + "2")
    assert not allows(run, "ecs:RunTask", definition.replace("ecr-probe", "other"), ecs__cluster=cluster)
    role = MONITORING["ExecutionRoleArn"]
    assert allows(run, "iam:PassRole", role, iam__PassedToService="ecs-tasks.amazonaws.com")
    assert not allows(run, "iam:PassRole", role, iam__PassedToService="ec2.amazonaws.com")
    assert not allows(run, "iam:PassRole", role + "2", iam__PassedToService="ecs-tasks.amazonaws.com")
    scheduler = ("Service", "scheduler.amazonaws.com")
    assert allows(found["ScheduleRole trust"], "sts:AssumeRole", principal=scheduler, aws__SourceAccount=ACCOUNT)
    assert not allows(found["ScheduleRole trust"], "sts:AssumeRole", principal=scheduler, aws__SourceAccount=ELSEWHERE)
    topic = found["TopicPolicy"]
    alarm = f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:probe-unhealthy"
    watcher = ("Service", "cloudwatch.amazonaws.com")
    assert allows(topic, "sns:Publish", TOPIC, watcher, aws__SourceAccount=ACCOUNT, aws__SourceArn=alarm)
    assert not allows(topic, "sns:Publish", TOPIC, watcher, aws__SourceAccount=ELSEWHERE, aws__SourceArn=alarm)
    for rule, told in (("TaskStartFailed", True), ("CheckStopped", False), ("x", False)):
        sender = ("Service", "events.amazonaws.com")
        assert allows(topic, "sns:Publish", TOPIC, sender, aws__SourceArn=RULE + rule) == told, rule
    stream = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/events/probe:log-stream:1"
    for service in ("events.amazonaws.com", "delivery.logs.amazonaws.com"):
        assert allows(found["EventLogPolicy"], "logs:PutLogEvents", stream, ("Service", service))


def check_rules():
    """Parameters with which a zone would be unwatched or silent for ever are refused."""
    two, three = {"Subnet2": "subnet-2", "Zone2": "eu-west-1b"}, {"Subnet3": "subnet-3", "Zone3": "eu-west-1c"}
    sidecar = {"ScheduledChecks": "DISABLED", "MetricDimension": "Service", "MetricDimensionValue": "writer"}
    one = {key: value for key, value in MONITORING.items() if key not in two}
    for more, wanted in [
        ({}, []),
        (two, []),
        (two | three, []),
        (sidecar, []),
        (sidecar | {"Zone2": "eu-west-1b", "Zone3": "eu-west-1c"}, []),
        ({"Subnet2": "subnet-2"}, ["SubnetsHaveZones"]),
        (two | {"Subnet3": "subnet-3"}, ["SubnetsHaveZones"]),
        ({"Zone2": "eu-west-1b"}, ["ZonesAreChecked"]),
        (two | {"Zone3": "eu-west-1c"}, ["ZonesAreChecked"]),
        (two | {"Zone2": "eu-west-1a"}, ["ZonesDiffer"]),
        (three | {"Zone3": "eu-west-1a"}, ["ZonesDiffer"]),
        (two | three | {"Zone3": "eu-west-1b"}, ["ZonesDiffer"]),
        (sidecar | {"Zone2": "eu-west-1a"}, ["ZonesDiffer"]),
    ]:
        refused = Template("monitoring.yaml", one | more).refused()
        assert refused == wanted, (more, refused)
    given = {"VpcId": "vpc-1", "SubnetIds": "subnet-1", "RouteTableIds": "rtb-1"}
    assert Template("endpoints.yaml", given).refused() == ["SomebodyMayConnect"]
    assert Template("endpoints.yaml", given | {"VpcCidr": "10.0.0.0/16"}).refused() == []


def check_plan(binary):
    """What `plan --policy` prints is what the probe's policy holds."""
    import subprocess

    hosts = f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com"
    images = [f"{hosts}/scheduled-file-writer:v1", f"{hosts}/ecr-probe:v1"]
    printed = json.loads(subprocess.run([binary, "plan", "--policy", *images], check=True, capture_output=True).stdout)
    kept = [statement for statement in roles()["ProbePolicy"]["Statement"] if statement["Sid"] != "Metrics"]
    assert printed["Statement"] == kept, printed["Statement"]
    printed = json.loads(subprocess.run([binary, "plan", "--audit", "--policy"], check=True, capture_output=True).stdout)
    assert printed["Statement"] == audit_role()["Statement"], printed["Statement"]
