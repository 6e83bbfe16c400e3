"""Runs the checks of a script, one after the other, for the tests that are written in Python."""

import os
import sys
import traceback


class Skipped(Exception):
    """What a check needs is not on this machine."""


def run(checks, names):
    """The exit code after the checks of those names, or all: a dictionary of functions that give a note or nothing.

    With ECR_PROBE_SKIP_NOTHING set, a check that is skipped has failed.
    """
    unknown = [name for name in names if name not in checks]
    if unknown:
        print(f"no check {', '.join(unknown)}; there are: {', '.join(checks)}")
        return 2
    passed = failed = skipped = 0
    for name in names or checks:
        try:
            note = checks[name]()
            passed += 1
            print(f"{name}: ok{f' ({note})' if note else ''}")
        except Skipped as why:
            skipped += 1
            print(f"{name}: skipped: {why}")
        except Exception:
            failed += 1
            print(f"{name}: FAILED")
            traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or (skipped and "ECR_PROBE_SKIP_NOTHING" in os.environ) else 0
