"""The steps of action.yml and of the workflows, and how GitHub's runner starts their shell."""

import re
import shutil
import subprocess
from pathlib import Path

from checks import Skipped

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / "action.yml"
RELEASE = ROOT / ".github/workflows/release.yml"


def need(*programs):
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise Skipped(", ".join(missing))


def document(path):
    try:
        import yaml
    except ImportError:
        raise Skipped("no Python module yaml") from None
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def step(job, identity):
    """The shell of a step of release.yml."""
    return next(step["run"] for step in document(RELEASE)["jobs"][job]["steps"] if step.get("id") == identity)


def shell(run, folder, environment):
    """Runs a block as the runner does under `shell: bash`."""
    script = folder / "run.sh"
    script.write_text(run, encoding="utf-8")
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def assets():
    """The names under which the action looks for a binary."""
    return set(re.findall(r"asset=(ecr-probe-\S+)", ACTION.read_text(encoding="utf-8")))


def version_here():
    return re.search(r'^version = "(.*)"$', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.M)[1]
