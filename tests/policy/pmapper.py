"""Asks PMapper (PyPI principalmapper, AGPL-3.0: run beside the tests, nothing of it is linked or copied) about cases.

Cases come on stdin, one JSON object a line (tests/policy/draw.rs); answers go to stdout, a line each:
{"answer": "allow" | "deny"}. Only what the case has of identity, boundary, SCPs, resource and endpoint is asked.
"""

import collections
import collections.abc
import json
import sys

# Names that Python 3.10 took out of collections; the program still asks for them there.
collections.Mapping = collections.abc.Mapping
collections.MutableMapping = collections.abc.MutableMapping

from principalmapper.common import Node, Policy  # noqa: E402
from principalmapper.querying.local_policy_simulation import (  # noqa: E402
    ResourcePolicyEvalResult as Result,
    policy_has_matching_statement,
    resource_policy_authorization,
)
from principalmapper.util.case_insensitive_dict import CaseInsensitiveDict  # noqa: E402

OUTSIDER = "000000000001"


def group(policies, case, keys):
    """Whether a group of policies denies, and whether it allows."""
    ask = lambda effect: any(
        policy_has_matching_statement(policy, effect, case["action"], case["resource"], keys) for policy in policies
    )
    return ask("Deny"), ask("Allow")


def decide(case):
    policies = case["policies"]
    keys = CaseInsensitiveDict(case["keys"])
    node = Node(case["role"], "AROA1", [], [], {}, None, 0, False, False, None, False, {})
    named = lambda owner, policy: resource_policy_authorization(
        node, owner, policy, case["action"], case["resource"], keys
    )
    if "endpoint" in policies:
        return named(OUTSIDER, policies["endpoint"]) in (Result.NODE_MATCH, Result.ROOT_MATCH, Result.DIFF_ACCOUNT_MATCH)
    groups = [policies["identity"]]
    groups += [[policies[name]] for name in ("boundary",) if name in policies]
    groups += policies.get("scps", [])
    results = [group(it, case, keys) for it in groups]
    if any(denied for denied, _ in results):
        return False
    own = all(allowed for _, allowed in results)
    # A key is closed to its own account, but for what its policy opens.
    closed = case["action"].startswith("kms:")
    if "resource" not in policies:
        return own and case["owner"] == case["account"] and not closed
    given = named(case["owner"], policies["resource"])
    if given == Result.DENY_MATCH:
        return False
    if case["owner"] != case["account"]:
        return own and given == Result.DIFF_ACCOUNT_MATCH
    limits = all(allowed for _, allowed in results[1:])
    if closed:
        return given == Result.NODE_MATCH and limits or given == Result.ROOT_MATCH and own
    return own or (limits and given == Result.NODE_MATCH)


for line in sys.stdin:
    print(json.dumps({"answer": "allow" if decide(json.loads(line)) else "deny"}), flush=True)
