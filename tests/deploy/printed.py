"""Holds every command of the AWS CLI that a code's page or a report shows to botocore's model.

The service, the operation and each option exist, what the call requires is there, a JSON document is one, and
`--query` is JMESPath that begins with something of the answer.
"""

import json
import re
import shlex

import botocore.session
import jmespath
from botocore import xform_name
from template import ROOT

# What the command line has besides the API. Of these no model says more.
OWN_COMMANDS = {
    ("configure", "list"),
    ("configure", "list-profiles"),
    ("configure", "export-credentials"),
    ("ecr", "get-login-password"),
    ("ecr-public", "get-login-password"),
    ("ecs", "wait"),
    ("logs", "tail"),
    ("s3", "cp"),
    ("sso", "login"),
    ("cloudformation", "deploy"),
}
GLOBAL = {"query", "output", "region", "profile", "cli-input-json", "no-cli-pager"}
# Short forms that the command line makes a parameter of.
RULE = {"protocol", "port", "cidr", "source-group", "group-owner"}
SHORT = {
    ("ec2", "authorize-security-group-ingress"): dict.fromkeys(RULE, "ip-permissions"),
    ("ec2", "authorize-security-group-egress"): dict.fromkeys(RULE, "ip-permissions"),
    ("ec2", "revoke-security-group-ingress"): dict.fromkeys(RULE, "ip-permissions"),
    ("ec2", "revoke-security-group-egress"): dict.fromkeys(RULE, "ip-permissions"),
    ("ec2", "create-network-acl-entry"): {"ingress": "egress"},
    ("ec2", "delete-network-acl-entry"): {"ingress": "egress"},
    ("ec2", "replace-network-acl-entry"): {"ingress": "egress"},
}


def blocks(page):
    """The lines of the blocks that show commands: those to paste, and a report's."""
    inside = None
    for line in page.splitlines():
        if line.startswith("```"):
            inside = None if inside is not None else line.removeprefix("```").strip()
        elif inside in ("", "text", "text report", "text audit"):
            yield line


def calls(line):
    """The calls of `aws` in a line, each as its arguments."""
    while found := re.search(r"\$\(([^()]*)\)", line):
        yield from calls(found[1])
        line = line[: found.start()] + "OUTPUT" + line[found.end() :]
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    words = list(lexer)
    call = []
    for word in [*words, ";"]:
        if word and set(word) <= set("|&;<>()"):
            while call and re.fullmatch(r"[A-Z_]+=.*", call[0]):
                call.pop(0)
            if call and call[0] == "aws":
                yield call[1:]
            call = []
        else:
            if word.startswith("aws ") and call:
                yield from calls(word)
            call.append(word)


def is_flag(member):
    """Whether an option needs no value: a boolean, or the structure that EC2 wraps one in."""
    if member.type_name == "structure" and list(member.members) == ["Value"]:
        member = member.members["Value"]
    return member.type_name == "boolean"


class Model:
    def __init__(self):
        self.session = botocore.session.get_session()
        self.services = {}

    def operation(self, service, operation):
        if service not in self.services:
            assert service in self.session.get_available_services(), f"no service {service}"
            model = self.session.get_service_model(service)
            self.services[service] = model, {xform_name(name, "-"): name for name in model.operation_names}
        model, names = self.services[service]
        assert operation in names, f"{service} has no {operation}"
        return model.operation_model(names[operation])

    def hold(self, service, operation, *rest):
        if (service, operation) in OWN_COMMANDS:
            return
        service = {"s3api": "s3"}.get(service, service)
        given, last = {}, None
        for word in rest:
            if re.match(r"--[a-z]", word):
                last, _, value = word.removeprefix("--").partition("=")
                given[last] = [value] if value else []
            elif last is None:
                raise AssertionError(f"{word} belongs to no option")
            else:
                given[last].append(word)
        model = self.operation(service, operation)
        members = model.input_shape.members if model.input_shape else {}
        options = {xform_name(name, "-"): name for name in members}
        short = SHORT.get((service, operation), {})
        turned_off = {f"no-{name}": name for name, member in options.items() if members[member].type_name == "boolean"}
        meant = {short.get(name) or turned_off.get(name) or name for name in given}
        unknown = meant - set(options) - GLOBAL
        assert not unknown, f"no option {unknown}"
        if "cli-input-json" not in given and model.input_shape:
            # A token against doing it twice is made up where there is none.
            made_up = {name for name, member in members.items() if member.metadata.get("idempotencyToken")}
            required = {xform_name(name, "-") for name in set(model.input_shape.required_members) - made_up}
            assert required <= meant, f"requires {required - meant}"
        for name, values in given.items():
            member = members.get(options.get(short.get(name, name)))
            flag = name in turned_off or member is not None and is_flag(member)
            assert values or flag or name == "no-cli-pager", f"--{name} has no value"
            for value in values if name != "query" else []:
                if value.startswith(("{", "[")):
                    json.loads(value)
        for query in given.get("query", []):
            first = re.match(r"(?:\w+\()*\[?([A-Za-z]+)", query)
            jmespath.compile(query)
            assert first and first[1] in model.output_shape.members, f"the answer has no {first and first[1]}"


def check_printed():
    model, wrong, seen = Model(), [], set()
    for path in sorted((ROOT / "docs/codes").glob("*.md")):
        for line in blocks(path.read_text()):
            if not re.search(r"\baws [a-z]", line):
                continue
            try:
                found = [call for call in calls(line.strip()) if len(call) > 1]
            except ValueError as why:
                # A sentence of a report that names a command.
                assert not line.strip().startswith("aws "), (path.name, line, why)
                continue
            for call in found:
                if tuple(call) in seen:
                    continue
                seen.add(tuple(call))
                try:
                    model.hold(*call)
                except (AssertionError, ValueError, jmespath.exceptions.ParseError) as why:
                    wrong.append(f"{path.name}: {why}: aws {' '.join(call)}")
    assert not wrong, "\n" + "\n".join(wrong)
    assert len(seen) > 150, len(seen)
    return f"{len(seen)} calls"
