#!/usr/bin/env python3
"""Runs the steps of action.yml, and the shell of release.yml that makes what they download, as GitHub's runner does.

    python3 tests/action/check.py [NAME…]

A server on loopback has the files of a release; they hold a stand-in for the probe, which writes down its arguments.
Needs bash, curl, openssl and PyYAML. ECR_PROBE_BINARY names a built probe, which is then run by the action, too. What is
missing is said and skipped, and with ECR_PROBE_SKIP_NOTHING set that is a failure.
"""

import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
# The tree stays as it was.
sys.dont_write_bytecode = True
import release
from checks import Skipped, run
from steps import ACTION, assets, document, need, shell, step

REPOSITORY = "example/ecr-probe"
TOKEN = "token-of-the-job"
# Values that a shell, an option parser or the runner could take for something else than a plain argument.
HOSTILE = [
    "two words",
    "a'b\"c`d",
    "$(touch OWNED) ${HOME} `touch OWNED`",
    "; touch OWNED # && touch OWNED | touch OWNED",
    "*",
    "\\n\\",
    "%0A::error::%q%s",
    "-x",
    "--help",
    "${{ github.token }}",
    "ünï→",
]

# It prints a line that is a command to the runner unless commands are stopped.
STAND_IN = """#!/usr/bin/env python3
import json, os, sys
arguments = sys.argv[1:]
with open(os.environ["TOLD"], "a", encoding="utf-8") as told:
    told.write(json.dumps(arguments) + "\\n")
if arguments[0] == "judge":
    line = sys.stdin.read()
    print("## judged " + json.loads(line)["name"] + "x" * int(os.environ.get("LENGTH", "0")))
    print("y" * int(os.environ.get("BODY", "0")))
    sys.exit(int(os.environ["CODE"]))
print("::error::from a report")
saved = [word[7:] for word in arguments if word.startswith("--save=")]
for name in os.environ.get("REPORTS", "").split():
    with open(saved[0], "a", encoding="utf-8") as file:
        file.write(json.dumps({"name": name, "text": "$(touch OWNED) \\\\n 'x'"}) + "\\n")
sys.exit(int(os.environ["CODE"]))
"""


# What a runner has; it knows of a provenance for whatever it is given, or for the checksum in GH_KNOWS alone.
GH = """#!/usr/bin/env python3
import hashlib, json, os, sys
arguments = sys.argv[1:]
if "--help" in arguments:
    print(os.environ.get("GH_HELP", "      --source-ref string   Ref associated with the source workflow"))
    sys.exit(0)
with open(os.environ["TOLD"] + ".gh", "a", encoding="utf-8") as told:
    told.write(json.dumps([os.environ["GH_TOKEN"], *arguments]) + "\\n")
if os.environ.get("GH_CODE"):
    print("first line\\nno attestations found", file=sys.stderr)
    sys.exit(int(os.environ["GH_CODE"]))
with open(arguments[2], "rb") as file:
    known = os.environ.get("GH_KNOWS", hashlib.sha256(file.read()).hexdigest())
print(json.dumps([{"verificationResult": {"statement": {"subject": [{"digest": {"sha256": known}}]}}}]))
"""


def value(expression, inputs, outputs):
    """What an expression of action.yml comes to: the kinds that it has, and no others."""
    for term in expression.split("||"):
        match term.strip().split("."):
            case ["inputs", name]:
                found = inputs[name]
            case ["steps", step, "outputs", name]:
                found = outputs[step].get(name, "")
            case ["github", "action_repository"]:
                found = REPOSITORY
            case ["github", "token"]:
                found = TOKEN
            case ["github", "repository"]:
                found = "example/application"
            case _:
                raise AssertionError(f"no such expression is known here: {expression}")
        if found:
            return found
    return ""


def filled(text, inputs, outputs):
    # By a function: the value may hold what looks like an expression, a group or an escape.
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: value(found[1], inputs, outputs), text)


class Ran:
    """What came of the action."""

    def __init__(self, folder, code, log, outputs):
        self.code, self.log, self.outputs = code, log, outputs
        self.summary = (folder / "summary").read_text(encoding="utf-8")
        told = folder / "told"
        self.told = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
        self.owned = [path for path in folder.rglob("OWNED")]


def action(server, inputs, platform=("Linux", "X64"), **environment):
    """Runs the steps until one fails."""
    described = document(ACTION)
    defaults = {name: one.get("default", "") for name, one in described["inputs"].items()}
    assert set(inputs) <= set(defaults), inputs
    given = {name: str(one) for name, one in (defaults | inputs).items()}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "temp").mkdir()
        (folder / "summary").touch()
        outputs, log, code = {}, "", 0
        for one in described["runs"]["steps"]:
            assert one["shell"] == "bash", one
            assert "${{" not in one["run"], "an expression in the shell's text"
            told = folder / f"output-{one['id']}"
            told.touch()
            ran = shell(one["run"], folder, {
                "PATH": f"{server.programs}:{os.environ['PATH']}",
                "HOME": str(folder),
                "RUNNER_OS": platform[0],
                "RUNNER_ARCH": platform[1],
                "RUNNER_TEMP": str(folder / "temp"),
                "GITHUB_SERVER_URL": server.url,
                "GITHUB_OUTPUT": str(told),
                "GITHUB_STEP_SUMMARY": str(folder / "summary"),
                "CURL_CA_BUNDLE": str(server.certificate),
                "TOLD": str(folder / "told"),
                "CODE": "0",
                "REPORTS": "one",
                **environment,
                **{name: filled(str(text), given, outputs) for name, text in one["env"].items()},
            })
            outputs[one["id"]] = dict(line.split("=", 1) for line in told.read_text().splitlines())
            log += ran.stdout + ran.stderr
            code = ran.returncode
            if code:
                break
        return Ran(folder, code, log, outputs)


class Server:
    """The releases, at the addresses at which GitHub has them."""

    def __init__(self, folder):
        need("bash", "curl", "openssl")
        self.folder = folder
        self.certificate = folder / "certificate.pem"
        key = folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", self.certificate],
            check=True, capture_output=True,
        )
        root = folder / "root"
        root.mkdir()
        self.programs = folder / "programs"
        self.programs.mkdir()
        (self.programs / "gh").write_text(GH)
        (self.programs / "gh").chmod(0o755)

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=str(root))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}"
        plain = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.plain = f"http://127.0.0.1:{plain.server_address[1]}"
        for one in (self.server, plain):
            threading.Thread(target=one.serve_forever, daemon=True).start()

    def release(self, version):
        path = self.folder / "root" / REPOSITORY / "releases/download" / f"v{version}"
        path.mkdir(parents=True, exist_ok=True)
        return path

    def put(self, version, binaries):
        """A release with these binaries, and checksums as release.yml makes them."""
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "release"
            made.mkdir()
            for name, content in binaries.items():
                (made / name).write_bytes(content)
            ran = shell(step("publish", "checksums"), Path(folder), {"PATH": os.environ["PATH"]})
            assert ran.returncode == 0, ran.stderr
            for file in made.iterdir():
                shutil.copy(file, self.release(version))


def verdicts(server):
    """Exit code, summary and outputs, for each exit code of the probe."""
    for code in range(4):
        ran = action(server, {"cluster": "main", "service": "web", "region": "eu-west-1"}, CODE=str(code))
        # The stand-in ends with the same code as judge, so that 2 is a judge that failed.
        assert ran.code == code, (code, ran.code, ran.log)
        assert "## judged one\n" in ran.summary, ran.summary
        assert ran.outputs["probe"]["exit-code"] == str(code)
        assert ran.told[0][:1] + ran.told[0][2:] == ["audit", "--cluster=main", "--service=web", "--region=eu-west-1", "--"]
        assert ran.told[0][1] == "--save=" + ran.outputs["probe"]["report"]
        assert ran.told[1] == ["judge", "--output=markdown", "-"]
        assert ("ecr-probe judge failed" in ran.summary) == (code == 2)


def commands(server):
    """A report speaks no command to the runner: commands are stopped around it, by a word that is new each time."""
    words = set()
    for _ in range(2):
        lines = action(server, {}).log.splitlines()
        [stopped] = [n for n, line in enumerate(lines) if line.startswith("::stop-commands::")]
        word = lines[stopped].removeprefix("::stop-commands::")
        assert re.fullmatch("[0-9a-f]{32}", word), word
        assert stopped < lines.index("::error::from a report") < lines.index(f"::{word}::")
        words.add(word)
    assert len(words) == 2


def several(server):
    """An audit of a cluster saves a report a line, and each is in the summary."""
    ran = action(server, {"cluster": "main"}, REPORTS="one two three", CODE="1")
    assert ran.code == 1
    assert re.findall(r"## judged (\w+)", ran.summary) == ["one", "two", "three"], ran.summary


def no_report(server):
    """Without a report the summary says so, and the code is the probe's."""
    for code in ("0", "2"):
        ran = action(server, {"command": "check"}, REPORTS="", CODE=code)
        assert ran.code == int(code)
        assert f"`ecr-probe check` made no report and ended with exit code {code}" in ran.summary, ran.summary
        assert "report" not in ran.outputs["probe"]


def long(server):
    """A summary that GitHub would not take is a sentence."""
    ran = action(server, {}, LENGTH="1100000")
    assert ran.code == 0 and "too long for a step summary" in ran.summary and len(ran.summary) < 200


def much(server):
    """Of more than GitHub would take, each report has its verdict there, and those that fit are whole."""
    names = [f"n{number}" for number in range(40)]
    ran = action(server, {}, REPORTS=" ".join(names), BODY="60000", CODE="1")
    assert ran.code == 1 and len(ran.summary.encode()) < 1 << 20
    assert re.findall(r"## judged (\w+)", ran.summary) == names, ran.summary[-2000:]
    assert ran.summary.count("y" * 60000) == 16 and "too long for a step summary" in ran.summary
    # One that is too long by itself does not keep the others out.
    ran = action(server, {}, REPORTS="one two", BODY="1100000")
    assert re.findall(r"## judged (\w+)", ran.summary) == ["one", "two"] and len(ran.summary) < 200, ran.summary[:500]


def provenance(server):
    """Binary and checksums replaced together are told by the signed provenance, or by the checksum of the workflow."""
    other = (STAND_IN + "# of somebody else\n").encode()
    server.put("0.1.3", dict.fromkeys(assets(), other))
    there, whole = hashlib.sha256(other).hexdigest(), hashlib.sha256(STAND_IN.encode()).hexdigest()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        gh = {"TOLD": str(folder / "told")}
        told = folder / "told.gh"
        ran = action(server, {}, **gh, GH_KNOWS=whole)
        assert ran.code == 0 and "::notice" not in ran.log, ran.log
        [[token, *words]] = [json.loads(line) for line in told.read_text().splitlines()]
        assert token == TOKEN and words[:2] == ["attestation", "verify"] and words[2].endswith("/ecr-probe-linux-x86_64")
        assert words[3:] == ["--repo", REPOSITORY, "--format", "json", "--signer-workflow",
                             f"{REPOSITORY}/.github/workflows/release.yml", "--source-ref", "refs/tags/v0.1.0"], words
        (folder / "told").unlink()
        for case in ({"GH_CODE": "1"}, {"GH_KNOWS": whole}, {"GH_KNOWS": ""}):
            ran = action(server, {"version": "0.1.3"}, **gh, **case)
            assert ran.code == 2 and "provenance" in ran.log and not (folder / "told").exists(), (case, ran.log)
            assert len([line for line in ran.log.splitlines() if line.startswith("::")]) == 1, ran.log
        # An older gh, and none.
        for without in ({**gh, "GH_HELP": "unknown command"}, {"PATH": without_gh(folder)}):
            ran = action(server, {}, **without)
            assert ran.code == 0 and "::notice title=ecr-probe::the provenance of ecr-probe-linux-x86_64 is not verified" in ran.log
            ran = action(server, {"sha256": whole}, **without)
            assert ran.code == 0 and "::notice" not in ran.log, ran.log
    ran = action(server, {"version": "0.1.3", "sha256": whole})
    assert ran.code == 2 and f"has the checksum {there}, and sha256 says {whole}" in ran.log and not ran.told, ran.log


def without_gh(folder):
    """Where the programs of PATH are, less gh."""
    programs = folder / "programs"
    programs.mkdir()
    for place in os.environ["PATH"].split(":"):
        for program in Path(place).glob("*"):
            if program.name != "gh" and not (programs / program.name).is_symlink():
                (programs / program.name).symlink_to(program)
    return str(programs)


def bounded(server):
    """A server that trickles holds no deployment: a file takes four minutes at the most."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "curl").write_text('#!/bin/bash\nprintf "%s\\n" "$*" >> "$TOLD.curl"\nexit 28\n')
        (folder / "curl").chmod(0o755)
        ran = action(server, {}, PATH=f"{folder}:{os.environ['PATH']}", TOLD=str(folder / "told"))
        assert ran.code == 2 and "cannot download" in ran.log, ran.log
        options = (folder / "told.curl").read_text()
        [whole, begun] = [int(re.search(rf"--{name} (\d+)", options)[1]) for name in ("max-time", "retry-max-time")]
        assert whole + begun <= 240, options


def hostile(server):
    """Whatever an input holds stays one argument, or one a line, and nothing of it is run."""
    for text in HOSTILE:
        ran = action(server, {"cluster": text, "service": text, "region": text, "images": text, "arguments": text})
        words = ran.told[0][2:]
        expected = [f"--cluster={text}", f"--service={text}", f"--region={text}", text, "--", text]
        assert words == expected, (words, expected)
        assert ran.code == 0 and not ran.owned, (text, ran.log)
    ran = action(server, {"cluster": "a\nb\n::error::c", "images": "one\r\n\n two \nthree", "arguments": "--a\n$(touch OWNED)"})
    words = ran.told[0][2:]
    assert words == ["--cluster=a\nb\n::error::c", "--a", "$(touch OWNED)", "--", "one", " two ", "three"], words
    assert not ran.owned


def forms(server):
    """The summary has the fixes in the form that was asked for."""
    for arguments in ("--fix=terraform", "--fix\nterraform", "--fail-on=degraded\n--fix=cli\n--fix=terraform"):
        ran = action(server, {"arguments": arguments})
        assert ran.told[1] == ["judge", "--fix=terraform", "--output=markdown", "-"], ran.told
    assert action(server, {"arguments": "--fix"}).told[1] == ["judge", "--fix=", "--output=markdown", "-"]


def refused(server):
    """Wrong inputs end the action with a line that names them, and the probe is not started."""
    for inputs, expected in [
        ({"command": "watch"}, "command: watch is neither audit nor check"),
        ({"command": "audit\n::error::x"}, "command: $'audit\\n::error::x' is neither"),
        ({"version": "latest"}, "version: latest is not a version"),
        ({"version": "0.1.0/../../../../x"}, "version: 0.1.0/../../../../x is not a version"),
        ({"version": "0.1.0\n::add-mask::x"}, "is not a version"),
        ({"sha256": "ABC"}, "sha256: ABC is not a checksum"),
        ({"sha256": "0" * 64 + "\n::error::x"}, "is not a checksum"),
    ]:
        ran = action(server, inputs)
        assert ran.code == 2 and expected in ran.log and not ran.told, (inputs, ran.log)
        assert len([line for line in ran.log.splitlines() if line.startswith("::")]) == 1, ran.log
    ran = action(server, {}, platform=("Windows", "X64"))
    assert ran.code == 2 and "there is no binary for Windows on X64" in ran.log, ran.log


def platforms(server):
    """Each platform gets its own binary; a leading v of the version is taken."""
    for platform, asset in [
        (("Linux", "X64"), "ecr-probe-linux-x86_64"),
        (("Linux", "ARM64"), "ecr-probe-linux-aarch64"),
        (("macOS", "ARM64"), "ecr-probe-macos-aarch64"),
    ]:
        ran = action(server, {"version": "v0.1.0"}, platform=platform)
        assert ran.code == 0 and ran.outputs["download"]["binary"].endswith("/" + asset), ran.log


def checksums(server):
    """A binary that is not the one of SHA256SUMS is not started, and neither is one that is not in it."""
    server.put("0.1.1", dict.fromkeys(assets(), STAND_IN.encode()))
    changed = (STAND_IN + "# changed\n").encode()
    (server.release("0.1.1") / "ecr-probe-linux-x86_64").write_bytes(changed)
    ran = action(server, {"version": "0.1.1"})
    assert ran.code == 2 and not ran.told, ran.log
    assert f"has the checksum {hashlib.sha256(changed).hexdigest()}, and SHA256SUMS says" in ran.log, ran.log
    sums = server.release("0.1.1") / "SHA256SUMS"
    sums.write_text(sums.read_text().replace("ecr-probe-linux-x86_64\n", "ecr-probe-linux-x86_64.zip\n"))
    ran = action(server, {"version": "0.1.1"})
    assert ran.code == 2 and "has no checksum of ecr-probe-linux-x86_64" in ran.log and not ran.told, ran.log
    ran = action(server, {"version": "9.9.9"})
    assert ran.code == 2 and f"cannot download {server.url}/{REPOSITORY}/releases/download/v9.9.9/SHA256SUMS" in ran.log
    # Neither a certificate of an unknown issuer nor a connection without TLS.
    assert action(server, {}, CURL_CA_BUNDLE="/etc/ssl/certs/ca-certificates.crt").code == 2
    assert action(server, {}, GITHUB_SERVER_URL=server.plain).code == 2


def lints(_):
    """What actionlint has shellcheck do for workflows, for the steps of the action."""
    need("shellcheck")
    for one in document(ACTION)["runs"]["steps"]:
        command = ["shellcheck", "--shell=bash", "--exclude=SC2016", "-"]
        checked = subprocess.run(command, input=one["run"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout


def real(server):
    """The probe itself: a name server that nothing listens on is a fault, by exit code and summary."""
    binary = os.environ.get("ECR_PROBE_BINARY")
    if not binary:
        raise Skipped("ECR_PROBE_BINARY")
    # A script that starts it: a binary with its symbols is larger than what the action takes.
    script = f'#!/bin/sh\nexec {Path(binary).resolve()} "$@"\n'.encode()
    server.put("0.1.2", dict.fromkeys(assets(), script))
    ran = action(server, {
        "command": "check",
        "version": "0.1.2",
        "region": "eu-west-1",
        "images": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1",
        "arguments": "--timeout=500ms\n--dns-server=127.0.0.1:9\n--pull=none",
    }, AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY="example")
    assert ran.code == 1, ran.log
    assert "DNS-15" in ran.log and "DNS-15" in ran.summary and ran.summary.startswith("## "), ran.summary
    ran = action(server, {"command": "check", "version": "0.1.2", "arguments": "--no-such-option"})
    assert ran.code == 2 and "--no-such-option" in ran.log and "made no report" in ran.summary, ran.log


CHECKS = [*release.CHECKS, verdicts, commands, several, no_report, long, much, hostile, forms, refused, platforms,
          checksums, provenance, bounded, lints, real]


def main():
    with tempfile.TemporaryDirectory() as folder:
        @functools.cache
        def server():
            started = Server(Path(folder))
            started.put("0.1.0", dict.fromkeys(assets(), STAND_IN.encode()))
            return started

        def told(check):
            check(server())
            return check.__doc__.splitlines()[0]

        return run({check.__name__: functools.partial(told, check) for check in CHECKS}, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
