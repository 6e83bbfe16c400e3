"""Reads a CloudFormation template and works out what its functions come to."""

import json
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
NOTHING = object()


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, in the long ones."""


def short_form(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", short_form)


class Template:
    """A template at one place, with one set of parameters."""

    @staticmethod
    def resources_as_written(name):
        """All resources, whatever the parameters are, with the functions in their values."""
        return yaml.load((ROOT / "deploy" / name).read_text(), Loader)["Resources"]

    def __init__(self, name, parameters=None, region="eu-west-1", partition="aws", stack="probe"):
        self.text = (ROOT / "deploy" / name).read_text()
        self.document = yaml.load(self.text, Loader)
        self.refs = {
            "AWS::Partition": partition,
            "AWS::Region": region,
            "AWS::AccountId": "123456789012",
            "AWS::StackName": stack,
            "AWS::NoValue": NOTHING,
        }
        self.attributes = {}
        given = dict(parameters or {})
        for key, parameter in self.document["Parameters"].items():
            value = given.pop(key, None)
            if value is None:
                if "Default" not in parameter:
                    raise ValueError(f"{name}: {key} has no value")
                value = str(parameter["Default"])
            lists = parameter["Type"].startswith(("CommaDelimitedList", "List<"))
            self.refs[key] = value.split(",") if lists else value
        if given:
            raise ValueError(f"{name}: no parameters {sorted(given)}")

    def resources(self, *types):
        """The resources that are created, by name, with their properties."""
        found = {}
        for name, resource in self.document["Resources"].items():
            if types and resource["Type"] not in types:
                continue
            if self.holds(resource.get("Condition")):
                found[name] = self.value(resource.get("Properties", {}))
        return found

    def holds(self, condition):
        return condition is None or self.value(self.document["Conditions"][condition])

    def refused(self):
        """What CloudFormation refuses to create a stack for: the names of the assertions' rules."""
        return [
            name
            for name, rule in self.document.get("Rules", {}).items()
            if self.value(rule.get("RuleCondition", True))
            for one in rule["Assertions"]
            if not self.value(one["Assert"])
        ]

    def value(self, node):
        """What a node comes to."""
        if isinstance(node, list):
            return [value for value in map(self.value, node) if value is not NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((key, inner),) = node.items()
            if key == "Ref":
                return self.refs.get(inner, f"<{inner}>")
            # `Condition` is a reference among conditions, and a field of a policy's statement.
            if key == "Condition" and isinstance(inner, str):
                return self.holds(inner)
            if key.startswith("Fn::"):
                return self.function(key.removeprefix("Fn::"), inner)
        values = {key: self.value(inner) for key, inner in node.items()}
        return {key: value for key, value in values.items() if value is not NOTHING}

    def function(self, name, inner):
        if name == "Sub":
            text, own = inner if isinstance(inner, list) else (inner, {})
            return self.substitute(text, {key: self.value(value) for key, value in own.items()})
        if name == "If":
            return self.value(inner[1] if self.holds(inner[0]) else inner[2])
        inner = self.value(inner)
        if name == "GetAtt":
            return self.attribute(*inner)
        if name == "Join":
            return inner[0].join(inner[1])
        if name == "Split":
            return inner[1].split(inner[0])
        if name == "FindInMap":
            return self.document["Mappings"][inner[0]][inner[1]][inner[2]]
        if name == "Equals":
            return inner[0] == inner[1]
        if name == "Not":
            return not inner[0]
        if name == "Or":
            return any(inner)
        if name == "And":
            return all(inner)
        raise ValueError(f"Fn::{name} is not known here")

    def attribute(self, name, attribute):
        return self.attributes.get((name, attribute), f"<{name}.{attribute}>")

    def substitute(self, text, own):
        def replace(match):
            name = match[1]
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in own:
                return str(own[name])
            if "." in name:
                return str(self.attribute(*name.split(".", 1)))
            return str(self.refs.get(name, f"<{name}>"))

        return re.sub(r"\$\{([^}]+)\}", replace, text)


def document(value):
    """A policy document that may be given as text."""
    return json.loads(value) if isinstance(value, str) else value
