"""Makes worlds at moto and carries out the commands of fixes there, one line of JSON each.

    python3 driver.py ENDPOINT_URL

Reads `{"world": ["fault", "fault=its argument", …]}` and answers with the ids; reads `{"run": "aws …"}` and answers with the exit code. The
commands go through the AWS CLI's own driver, as a shell would pass them.
"""

import contextlib
import io
import json
import os
import shlex
import sys
import urllib.request

import tasks
import world


def fresh(url, faults):
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST"), timeout=30).read()
    made = world.World(url)
    made.build()
    for fault in faults:
        name, _, words = fault.partition("=")
        does = getattr(world if hasattr(world, name) else tasks, name)
        does(made, *([words] if words else []))
    return made.ids


def run(url, command):
    from awscli.clidriver import create_clidriver

    words = shlex.split(command)
    if words[0] != "aws":
        return {"code": 127, "said": f"no command of the AWS CLI: {command}"}
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = create_clidriver().main([*words[1:], "--endpoint-url", url])
    return {"code": code, "said": said.getvalue()}


def main():
    url = sys.argv[1]
    os.environ.update(AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY="secret", AWS_DEFAULT_REGION=world.REGION, AWS_PAGER="")
    for line in sys.stdin:
        asked = json.loads(line)
        answer = fresh(url, asked["world"]) if "world" in asked else run(url, asked["run"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
