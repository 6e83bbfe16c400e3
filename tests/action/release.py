"""What release.yml does with a tag, up to the programs that publish, which are stand-ins here."""

import json
import os
import re
import tempfile
from pathlib import Path

from steps import ACTION, RELEASE, ROOT, assets, document, shell, step, version_here

# Writes down its name and its arguments; of what is read back it has an answer.
STAND_IN = """#!/usr/bin/env python3
import json, os, subprocess, sys
with open(os.environ["TOLD"], "a", encoding="utf-8") as told:
    told.write(json.dumps([os.path.basename(sys.argv[0])] + sys.argv[1:]) + "\\n")
if sys.argv[1:3] == ["login", "ghcr.io"]:
    assert sys.stdin.read() == "secret\\n"
if sys.argv[1] == "api":
    assert sys.argv[2:4] == ["--paginate", "repos/Example/ECR-probe/git/matching-refs/tags/v"], sys.argv
    tags = json.dumps([{"ref": "refs/tags/" + tag} for tag in os.environ["TAGS"].split()])
    assert sys.argv[4] == "--jq"
    sys.exit(subprocess.run(["jq", "--raw-output", sys.argv[5]], input=tags, text=True, check=False).returncode)
if "inspect" in sys.argv:
    print(os.environ["MANIFEST"])
"""


def names(_):
    """The release has the files that the action asks for, and the action asks for the release of its own version."""
    text = RELEASE.read_text(encoding="utf-8")
    linux = document(RELEASE)["jobs"]["linux"]["strategy"]["matrix"]["include"]
    made = {f"ecr-probe-linux-{one['architecture']}" for one in linux} | set(re.findall(r"release/(ecr-probe-macos-\w+)", text))
    assert "release/ecr-probe-linux-$ARCHITECTURE" in text
    assert made == assets(), (made, assets())
    for workflow in (RELEASE, RELEASE.with_name("ci.yml")):
        assert document(workflow)["defaults"]["run"]["shell"] == "bash", workflow
    version = version_here()
    default = document(ACTION)["inputs"]["version"]["default"]
    assert default == version, f"action.yml has the version {default}, and Cargo.toml {version}"


def tags(_):
    """A tag that is not the version, or has no notes, makes no release."""
    version = version_here()
    notes = f"# Changelog\n\n## [Unreleased]\n\n- later\n\n## [{version}] - 2026-01-01\n\n- now\n\n## [0.0.9]\n\n- before\n"
    for tag, changes, old, expected in [
        (f"v{version}", notes, None, None),
        (f"v{version}0", notes, None, f"the tag is v{version}0, and Cargo.toml says {version}"),
        (f"v{version}", notes.replace(version, version + "0"), None, "CHANGELOG.md has no section"),
        (f"v{version}", notes, "action.yml", "action.yml has another version"),
        (f"v{version}", notes, "Dockerfile", "Dockerfile has another VERSION"),
    ]:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            (folder / "CHANGELOG.md").write_text(changes)
            for name in ("Cargo.toml", "Dockerfile", "action.yml"):
                text = (ROOT / name).read_text(encoding="utf-8")
                (folder / name).write_text(text.replace(version, "0.0.9") if name == old else text, encoding="utf-8")
            ran = shell(step("tag", "tag"), folder, {"PATH": os.environ["PATH"], "GITHUB_REF_NAME": tag})
            if expected is None:
                assert ran.returncode == 0, ran.stdout + ran.stderr
                assert (folder / "notes/notes.md").read_text().split() == ["-", "now"]
            else:
                assert ran.returncode == 1 and expected in ran.stdout, ran.stdout + ran.stderr


def run(job, identity, tag, manifest=None, others=(), latest="true"):
    """A step with stand-ins for docker and gh: what it ran, its exit code and its outputs."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name in ("docker", "gh"):
            (folder / name).write_text(STAND_IN)
            (folder / name).chmod(0o755)
        (folder / "release").mkdir()
        (folder / "release/SHA256SUMS").touch()
        (folder / "told").touch()
        (folder / "outputs").touch()
        ran = shell(step(job, identity), folder, {
            "PATH": f"{folder}:{os.environ['PATH']}",
            "TOLD": str(folder / "told"),
            "MANIFEST": json.dumps(manifest),
            "TOKEN": "secret",
            "GH_TOKEN": "secret",
            "TAGS": " ".join([*others, tag]),
            "LATEST": latest,
            "GITHUB_ACTOR": "ada",
            "GITHUB_REPOSITORY": "Example/ECR-probe",
            "GITHUB_REF_NAME": tag,
            "GITHUB_OUTPUT": str(folder / "outputs"),
        })
        told = [json.loads(line) for line in (folder / "told").read_text().splitlines()]
        return told, ran.returncode, dict(line.split("=", 1) for line in (folder / "outputs").read_text().splitlines())


def images(_):
    """The image is an index of both architectures, under a name in lower case; only the highest release is `latest`."""
    image = "ghcr.io/example/ecr-probe"
    both = {"digest": "sha256:ab", "manifests": [{"platform": {"architecture": it}} for it in ("arm64", "amd64")]}
    for tag, others, is_latest in [
        ("v1.2.3", [], True),
        ("v1.2.3-rc.1", [], False),
        ("v1.2.9", ["v1.2.8", "v2.0.0"], False),
        ("v1.2.10", ["v1.2.9", "v1.2.2", "v0.9.9"], True),
        ("v2.0.0", ["v2.0.1-rc.1", "v1.9.9", "v3.0.0-beta", "version-9", "v9"], True),
        ("v2.0.0-rc.1", ["v1.9.9"], False),
    ]:
        tags = [tag[1:], *(["latest"] if is_latest else [])]
        told, code, outputs = run("push", "push", tag, both, others)
        assert code == 0, (tag, code)
        assert outputs == {"image": image, "digest": "sha256:ab", "latest": str(is_latest).lower()}, (tag, outputs)
        [made] = [words for words in told if "create" in words]
        named = [word for name in tags for word in ("--tag", f"{image}:{name}")]
        parts = [f"{image}:{tag[1:]}-{it}" for it in ("amd64", "arm64")]
        assert made == ["docker", "buildx", "imagetools", "create", *named, *parts], made
        assert [words[2] for words in told if words[1] == "push"] == parts
        assert not any("secret" in word for words in told for word in words)
    one = {"digest": "sha256:ab", "manifests": both["manifests"][:1]}
    assert run("push", "push", "v1.2.3", one)[1] != 0


def published(_):
    """The release is a draft until it has its files; a pre-release is marked as one."""
    assert document(RELEASE)["jobs"]["publish"]["needs"] == "push"
    for tag, marks, latest in [("v1.2.3", [], "true"), ("v1.2.3", [], "false"), ("v1.2.3-rc.1", ["--prerelease"], "false")]:
        [create, edit], code, _ = run("publish", "publish", tag, latest=latest)
        assert code == 0 and create[:5] == ["gh", "release", "create", tag, "--draft"], create
        assert create[-1] == "release/SHA256SUMS" and [word for word in create if word == "--prerelease"] == marks, create
        assert edit == ["gh", "release", "edit", tag, "--repo", "Example/ECR-probe", "--draft=false", f"--latest={latest}"], edit


CHECKS = [names, tags, images, published]
