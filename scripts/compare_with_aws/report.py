"""Prints the rows, without secrets."""

import json
import re

from .table import DIFFERS, NOT_COMPARED, SAME, judge

# Characters of a value on a row's line; --verbose and --json have all of it.
SHOWN = 160


def cleaned(value, redactor):
    """The same value with every text in it cleaned."""
    if isinstance(value, str):
        return redactor.printable(value)
    if isinstance(value, list):
        return [cleaned(it, redactor) for it in value]
    if isinstance(value, dict):
        return {key: cleaned(it, redactor) for key, it in value.items()}
    return value


def short(text):
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def readable(pattern):
    """A pattern as text: without the escapes of what stands for itself."""
    return "none" if pattern is None else "empty" if pattern == "" else re.sub(r"\\([^\w\s])", r"\1", pattern)


def line_of(row):
    """One row for a reader, of what is already clean."""
    head = f"{row['result']:<13} {row['row']}: {row['what']}"
    if row["result"] == NOT_COMPARED:
        expected = "; ".join(f"{fact.lstrip('?')} {short(readable(it))}"
                             for fact, it in list(row["expected"].items())[:2])
        return f"{head}: {short(row['reason'])}" + (f" (expected: {expected})" if expected else "")
    if row["result"] == SAME:
        return f"{head}: expected and came: " + "; ".join(
            f"{it['fact']} {short(readable(None) if it['came'] is None else it['came'] or 'empty')}"
            for it in row["facts"][:2])
    return f"{head}: " + "; ".join(
        f"{it['fact']}: expected {short(readable(it['expected']))} ({it['evidence']}), came "
        f"{'none' if it['came'] is None else short(it['came']) or 'empty'}" for it in row["facts"] if not it["same"])


def report(subject, rows, options):
    """Prints each row as it comes; returns the exit code."""
    counts = dict.fromkeys((SAME, DIFFERS, NOT_COMPARED), 0)
    told = []
    for row in rows:
        judged = cleaned(judge(subject, row), subject.redactor)
        counts[judged["result"]] += 1
        answers = judged.pop("answers")
        if options.verbose:
            judged["answers"] = answers
        told.append(judged)
        if not options.json:
            print(line_of(judged), *(f"    {line}" for line in judged.get("answers", [])), sep="\n", flush=True)
    exit_code = 1 if counts[DIFFERS] else 0 if counts[SAME] else 3
    if options.json:
        summary = {key.replace(" ", "_"): count for key, count in counts.items()}
        print(json.dumps({"rows": told, "summary": summary, "exit_code": exit_code}, indent=1))
    else:
        print(", ".join(f"{count} {result}" for result, count in counts.items()))
    return exit_code
