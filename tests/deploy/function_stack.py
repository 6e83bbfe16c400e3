"""Deploys deploy/lambda.yaml to moto and reads back what is there; its state machine runs there and publishes."""

import copy
import io
import json
import subprocess
import time
import zipfile

import runtime_api
from botocore.validate import ParamValidator
from events import EVENTS, event
from functions import functions
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend, lambda_simple_backends
from moto.events.models import EventPattern
from moto.sns.models import sns_backends
from policies import ACCOUNT, FUNCTIONS
from stacks import REGION, client, deploy, read_back, vpc

# Nothing of Docker, and state machines that run.
CONFIG = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}


def zipped():
    """Any zip with a bootstrap: moto reads its size and hash."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o100755 << 16
        archive.writestr(entry, b"\x7fELF")
    return body.getvalue()


def deployed():
    _, subnets, _, group = vpc()
    s3 = client("s3")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="code", Key="ecr-probe-x86_64.zip", Body=zipped())
    parameters = FUNCTIONS | {"SubnetA": subnets[0], "SubnetB": subnets[1], "SecurityGroupIds": group}
    return deploy("probe", "lambda.yaml", parameters)


def check_function_stack():
    template = deployed()
    check_functions(template)
    check_roles(template)
    check_by_their_own_apis(template)
    groups = {one["logGroupName"]: one["retentionInDays"] for one in client("logs").describe_log_groups()["logGroups"]}
    assert groups == dict.fromkeys([f"/aws/lambda/probe-{name}" for name in ("a", "b", "explain")], 30), groups
    return f"{len(template.resources())} of lambda.yaml"


def check_functions(template):
    functions = client("lambda")
    shape = functions.meta.service_model.operation_model("CreateFunction").input_shape
    for name, wanted in template.resources("AWS::Lambda::Function").items():
        found = functions.get_function_configuration(FunctionName=wanted["FunctionName"])
        for key in ("Runtime", "Handler", "MemorySize", "Timeout", "Description"):
            assert str(found[key]) == str(wanted[key]), (name, key, found[key])
        assert found["Role"] == client("iam").get_role(RoleName=template.refs[wanted["Role"][1:].split(".")[0]])["Role"]["Arn"]
        if name != "Explain":
            assert found["Environment"] == wanted["Environment"], (name, found["Environment"])
            for key, value in wanted["VpcConfig"].items():
                assert found["VpcConfig"][key] == value, (name, key)
        # moto's CloudFormation leaves out the rest: the API's model has it, and its API takes it.
        given = wanted | {"FunctionName": f"{wanted['FunctionName']}-again", "Role": found["Role"]}
        given |= {"MemorySize": int(wanted["MemorySize"]), "Timeout": int(wanted["Timeout"])}
        given["Tags"] = {one["Key"]: one["Value"] for one in wanted.get("Tags", [])}
        report = ParamValidator().validate(given, shape)
        assert not report.has_errors() and not set(given) - set(shape.members), (name, report.generate_report())
        functions.create_function(**given)
        again = functions.get_function(FunctionName=given["FunctionName"])
        assert again.get("Tags", {}) == given["Tags"], (name, again)
        assert again["Configuration"]["Architectures"] == ["x86_64"], (name, again)


def check_roles(template):
    iam = client("iam")
    for name, role in template.resources("AWS::IAM::Role").items():
        found = iam.get_role(RoleName=template.refs[name])["Role"]
        assert read_back(found["AssumeRolePolicyDocument"]) == role["AssumeRolePolicyDocument"], name
        names = iam.list_role_policies(RoleName=template.refs[name])["PolicyNames"]
        assert sorted(names) == sorted(policy["PolicyName"] for policy in role["Policies"]), (name, names)


def check_by_their_own_apis(template):
    """What moto's CloudFormation does not know."""
    for name in ("ProbeA", "ProbeB", "Explain"):
        template.attributes[name, "Arn"] = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{template.refs[name]}"
    role = client("iam").get_role(RoleName=template.refs["ScheduleRole"])["Role"]["Arn"]
    template.attributes["ScheduleRole", "Arn"] = role
    functions, scheduler, watch = client("lambda"), client("scheduler"), client("cloudwatch")
    for name, wanted in template.resources("AWS::Lambda::EventInvokeConfig").items():
        functions.put_function_event_invoke_config(**wanted)
        found = functions.get_function_event_invoke_config(FunctionName=wanted["FunctionName"])
        assert (found["MaximumRetryAttempts"], found["MaximumEventAgeInSeconds"]) == (0, 60), (name, found)
    schedules = template.resources("AWS::Scheduler::Schedule")
    assert len(schedules) == 2, sorted(schedules)
    for name, wanted in schedules.items():
        scheduler.create_schedule(**wanted)
        target = scheduler.get_schedule(Name=wanted["Name"])["Target"]
        assert target == wanted["Target"] and target["RoleArn"] == role, (name, target)
        assert target["Arn"].endswith(f":function:probe-{name[-1].lower()}"), (name, target)
        assert json.loads(target["Input"]) == {"pull": "reach"}, (name, target)
    for name, wanted in template.resources("AWS::CloudWatch::Alarm").items():
        given = wanted | {"Threshold": float(wanted["Threshold"])}
        if "Period" in wanted:
            given["Period"] = int(wanted["Period"])
        watch.put_metric_alarm(**given)
        (found,) = watch.describe_alarms(AlarmNames=[wanted["AlarmName"]])["MetricAlarms"]
        assert found["AlarmActions"] == [template.refs["Topic"]], (name, found)
        silent = name.startswith("Silent")
        assert found["TreatMissingData"] == ("breaching" if silent else "notBreaching"), name
        assert sum(one.get("ReturnData") is not False for one in wanted.get("Metrics", [{}])) == 1, name
    subscription = template.resources("AWS::SNS::Subscription")["EmailSubscription"]
    client("sns").subscribe(**subscription)
    policy = template.resources("AWS::SNS::TopicPolicy")["TopicPolicy"]["PolicyDocument"]
    topic = template.refs["Topic"]
    client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    rule = client("events").describe_rule(Name=template.refs["TaskStartFailed"])
    wanted = template.resources("AWS::Events::Rule")["TaskStartFailed"]["EventPattern"]
    assert json.loads(rule["EventPattern"]) == wanted, rule
    (target,) = client("events").list_targets_by_rule(Rule=template.refs["TaskStartFailed"])["Targets"]
    assert target["Arn"] == template.refs["Tell"], target
    assert target["RoleArn"] == client("iam").get_role(RoleName=template.refs["RuleRole"])["Role"]["Arn"], target
    pattern = EventPattern.load(rule["EventPattern"])
    for what, detail, caught in EVENTS:
        whole = event(copy.deepcopy(detail))
        # It knows no lists of objects: one container at a time.
        alone = [whole | {"detail": whole["detail"] | {"containers": one}} for one in detail["containers"]]
        assert any(map(pattern.matches_event, alone)) == ("TaskStartFailed" in caught), what


def check_mail(probe):
    """The mail of each task that did not start is the binary's own words, and no JSON."""
    told_of = []
    for what, detail, caught in EVENTS:
        if "TaskStartFailed" not in caught:
            continue
        whole = event(copy.deepcopy(detail))
        answer, failed, printed = runtime_api.invoke(probe, "probe-explain", whole)
        assert not failed and answer["schema"] == "ecr-probe.explanations/1", (what, answer)
        assert [json.loads(line) for line in printed if line.startswith("{")] == [answer], (what, printed)
        codes = {one["code"] for explanation in answer["explanations"] for one in explanation["diagnoses"][:1]}
        subject, text = told(whole, answer)
        assert subject.isascii() and len(subject) <= 100, subject
        assert text.startswith(answer["summary"] + "\n\n"), (what, text)
        assert codes and all(code in text for code in codes), (what, codes, text)
        # What comes again is mailed again: the first answer may have been lost.
        assert told(whole, answer | {"repeated": True}) == (subject, text), what
        assert whole["detail"]["taskArn"] in text and not {"{", "\\"} & set(text), (what, text)
        told_of.append(what)
    assert len(told_of) > 4, told_of
    # Where the function does not answer, the mail itself can be explained.
    subject, text = told(whole, None)
    assert text.startswith("probe-explain did not explain this event (Runtime.ExitError)."), text
    command = [probe, "explain", "--output", "json", "-"]
    explained = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    first = json.loads(explained.stdout.splitlines()[0])
    assert first["diagnoses"][0]["code"] in codes, (codes, first)
    return f"{len(told_of)} mails"


class Refusing(LambdaSimpleBackend):
    """moto's functions never fail: this is how Lambda answers for one that does."""

    def invoke(self, function_name, qualifier, body, headers, response_headers):
        response_headers["x-amz-function-error"] = "Unhandled"
        return json.dumps({"errorType": "Runtime.ExitError", "errorMessage": "RequestId: 1 Error: exit status 2"}).encode()


def told(whole, answer):
    """What the state machine publishes of an event: the subject and the text. `answer` is the function's, or nothing."""
    # moto runs one execution and no more before it is made anew.
    with mock_aws(config=CONFIG):
        template = functions()
        topic = template.refs["Topic"] = client("sns").create_topic(Name="probe")["TopicArn"]
        role = client("iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        given = {"Runtime": "provided.al2023", "Handler": "bootstrap", "Role": role, "Code": {"ZipFile": zipped()}}
        client("lambda").create_function(FunctionName="probe-explain", **given)
        backend = lambda_simple_backends[ACCOUNT][REGION]
        backend.lambda_simple_results_queue[:] = [json.dumps(answer)]
        if answer is None:
            backend.__class__ = Refusing
        definition = template.resources("AWS::StepFunctions::StateMachine")["Tell"]["DefinitionString"]
        machine = client("stepfunctions")
        made = machine.create_state_machine(name="probe-tell", definition=definition, roleArn=role)["stateMachineArn"]
        arn = machine.start_execution(stateMachineArn=made, name="once", input=json.dumps(whole))["executionArn"]
        until = time.monotonic() + 60
        while (found := machine.describe_execution(executionArn=arn))["status"] == "RUNNING":
            assert time.monotonic() < until, found
            time.sleep(0.05)
        assert found["status"] == "SUCCEEDED", (found, machine.get_execution_history(executionArn=arn)["events"][-2:])
        (sent,) = sns_backends[ACCOUNT][REGION].topics[topic].sent_notifications
        _, message, subject, *_ = sent
        return subject, message
