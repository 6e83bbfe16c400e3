#!/usr/bin/env python3
"""Holds what repairs print to those who read it: python-hcl2 and Terraform, PyYAML and cfn-lint, botocore.

    python3 tests/deploy/repairs.py FILE

FILE is a JSON list of {form, kind, nth, foreign, text}, as tests/repairs.rs writes it. What is missing is said and skipped.
"""

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

# A resource that exists, with the one property that changes: the others are where it is declared.
PARTS = {
    "enable-private-dns",
    "enable-dns-support",
    "enable-dns-hostnames",
    "add-route-tables",
    "add-endpoint-subnets",
    "change-endpoint-groups",
    "put-trust-policy",
    "put-repository-policy",
    "put-endpoint-policy",
    "add-trust-statement",
    "add-repository-statement",
    "add-endpoint-statement",
    "attach-role-policy",
    "assign-public-ip",
}


def has(module):
    return importlib.util.find_spec(module) is not None


def program(name):
    return shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def strings(value):
    """Every text in a value, keys included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def kinds(document):
    """The types of the resources, with the names of their arguments."""
    return [
        (kind, sorted(key for key in arguments if not key.startswith("__")))
        for one in document["resource"]
        for kind, named in one.items()
        for arguments in named.values()
    ]


def check_terraform(cases):
    if not has("hcl2"):
        return "skipped: python-hcl2"
    import hcl2

    for case in cases:
        try:
            read = hcl2.loads(case["text"] + "\n")
        except Exception as why:
            raise AssertionError((case, str(why)[:500])) from why
        assert [key for key in read if not key.startswith("__")] == ["resource"], case
        plain = hcl2.loads(next(one["text"] for one in cases if one["nth"] == case["nth"]) + "\n")
        assert kinds(read) == kinds(plain), case
    terraform = program("terraform")
    if terraform:
        with tempfile.TemporaryDirectory() as folder:
            for nth, case in enumerate(cases):
                (Path(folder) / f"{nth}.tf").write_text(case["text"] + "\n")
            # An error of syntax is one of the format too.
            found = run([terraform, "fmt", "-check", "-diff", folder])
            assert found.returncode == 0, found.stdout[:3000] + found.stderr[:3000]
    return f"terraform: {len(cases)} read{', and by terraform fmt' if terraform else ''}"


def check_cloudformation(cases):
    if not has("yaml"):
        return "skipped: PyYAML"
    import yaml

    for case in cases:
        read = yaml.safe_load(case["text"])
        assert list(read) == ["Resources"] and len(read["Resources"]) == 1, case
        (resource,) = read["Resources"].values()
        assert set(resource) == {"Type", "Properties"}, case
        found = list(strings(resource["Properties"]))
        # Of a role or a repository it is what stands behind the last slash.
        tail = case["foreign"].split("/")[-1]
        assert case["foreign"] == "plain" or any(tail in one for one in found), case
    linter = program("cfn-lint")
    if linter is None:
        return "skipped: cfn-lint"
    with tempfile.TemporaryDirectory() as folder:
        files = {True: [], False: []}
        for nth, case in enumerate(cases):
            if case["foreign"] == "plain":
                path = Path(folder) / f"{nth}-{case['kind']}.yaml"
                path.write_text(case["text"] + "\n")
                files[case["kind"] in PARTS].append(str(path))
        assert files[True] and files[False]
        for part, paths in files.items():
            # A required property, or one of several, is missing.
            ignored = ["--ignore-checks", "E3003", "E3014"] if part else []
            found = run([linter, *ignored, "--", *paths])
            assert found.returncode == 0, found.stdout[:4000] + found.stderr[:2000]
    return f"cloudformation: {len(cases)} read, {len(files[True]) + len(files[False])} linted"


def check_cli(cases):
    if not (has("botocore") and has("jmespath") and has("yaml")):
        return "skipped: botocore"
    from printed import Model

    model, count = Model(), 0
    for case in cases:
        words = shlex.split(case["text"])
        for program_name, *call in split(words, "|"):
            assert program_name in ("aws", "jq"), case
            if program_name == "jq":
                assert check_jq(call) or not program("jq"), case
                continue
            try:
                model.hold(*call)
            except (AssertionError, ValueError) as why:
                raise AssertionError((case, str(why))) from why
            count += 1
            for option, value in zip(call, call[1:]):
                if re.search(r"(policy-document|policy-text)$", option) and value != "file:///dev/stdin":
                    assert json.loads(value)["Statement"], case
    return f"cli: {count} calls"


def split(words, mark):
    """The words between marks."""
    part = []
    for word in [*words, mark]:
        if word == mark:
            yield part
            part = []
        else:
            part.append(word)


def check_jq(arguments):
    """A statement is added to a list and to one that stands alone, and nothing else changes; no policy is made of none."""
    jq = program("jq")
    if jq is None:
        return False
    statement = json.loads(arguments[arguments.index("added") + 1])
    for before in ([{"Sid": "a"}, {"Sid": "b"}], {"Sid": "a"}):
        policy = {"Version": "2012-10-17", "Id": "own", "Statement": before}
        after = json.loads(run([jq, *arguments], input=json.dumps(policy)).stdout)
        kept = before if isinstance(before, list) else [before]
        assert after == policy | {"Statement": [*kept, statement]}, after
    for nothing in ("", "None\n"):
        assert run([jq, *arguments], input=nothing).stdout == ""
    return True


def main():
    cases = json.loads(Path(sys.argv[1]).read_text())
    for form, check in {
        "terraform": check_terraform,
        "cloudformation": check_cloudformation,
        "cli": check_cli,
    }.items():
        print(check([case for case in cases if case["form"] == form]))


if __name__ == "__main__":
    main()
