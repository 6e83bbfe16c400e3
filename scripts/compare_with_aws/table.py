"""The table of what is expected, and how an answer is compared with it."""

import pathlib
import re

from .ask import look
from .names import filled
from .outcome import NotCompared

TABLE = pathlib.Path(__file__).resolve().parent.parent / "compare-with-aws.tsv"
SAME, DIFFERS, NOT_COMPARED = "same", "differs", "not compared"


class Row:
    """A row of the table: what is asked, and the facts that are expected."""

    def __init__(self, name):
        self.name, self.what, self.ask = name, "", []
        # (fact, pattern, evidence); a fact with `?` is compared where there is one, and `-` expects none.
        self.expected = []


def read_table():
    """The rows in their order."""
    rows = {}
    for line in TABLE.read_text(encoding="ascii").splitlines():
        if not line or line.startswith("#"):
            continue
        name, fact, value, *evidence = line.split("\t")
        row = rows.setdefault(name, Row(name))
        if fact == "what":
            row.what = value
        elif fact == "ask":
            row.ask = value.split(" ")
        else:
            row.expected.append((fact, value, evidence[0]))
    return list(rows.values())


def compared(subject, row, facts):
    """Each fact that the row expects, beside what came."""
    redirected = "location host" in facts
    for number, (fact, pattern, evidence) in enumerate(row.expected):
        optional, fact = fact.startswith("?"), fact.lstrip("?")
        if fact.startswith("location") and not redirected:
            # Once for all of them.
            if not any(it.startswith("location") for it, *_ in row.expected[:number]):
                came = facts.get("header location", facts.get("location"))
                yield {"fact": "location", "expected": "a URL", "came": came, "same": False, "evidence": evidence}
            continue
        came = None if facts.get(fact) is None else str(facts[fact])
        if optional and came is None:
            continue
        if pattern == "-":
            yield {"fact": fact, "expected": None, "came": came, "same": came is None, "evidence": evidence}
            continue
        pattern, unknown = filled(subject, pattern)
        if unknown:
            continue
        same = came is not None and re.fullmatch(pattern, came, re.DOTALL) is not None
        yield {"fact": fact, "expected": pattern, "came": came, "same": same, "evidence": evidence}


def judge(subject, row):
    """A row's result, as --json prints it."""
    subject.transcript = []
    judged = {"row": row.name, "what": row.what, "result": NOT_COMPARED, "facts": []}
    try:
        facts = look(subject, row)
        judged["facts"] = list(compared(subject, row, facts))
        judged["result"] = SAME if all(fact["same"] for fact in judged["facts"]) else DIFFERS
    except (NotCompared, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as reason:
        # Whatever came, the other rows are still to be compared.
        if not isinstance(reason, NotCompared):
            reason = f"the answer could not be read ({type(reason).__name__})"
        judged["reason"] = str(reason)
        judged["expected"] = {fact: None if pattern == "-" else filled(subject, pattern, False)[0]
                              for fact, pattern, _ in row.expected}
    judged["answers"] = subject.transcript
    return judged
