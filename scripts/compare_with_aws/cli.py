"""The AWS CLI, as far as it only reads."""

import json
import os
import signal
import subprocess
import threading
import time

from .outcome import NotCompared, TimedOut

READS = ("get-authorization-token", "batch-get-image", "get-download-url-for-layer", "describe-images")
LARGEST_OUTPUT = 8 * 1024 * 1024


class Aws:
    """The AWS CLI for one end point."""

    def __init__(self, options, program):
        self.program, self.timeout = program, options.timeout
        self.arguments = ["--output", "json", "--cli-connect-timeout", "5"]
        self.arguments += ["--cli-read-timeout", str(max(1, int(options.timeout)))]
        if options.endpoint_url:
            self.arguments += ["--endpoint-url", options.endpoint_url]
        if options.ca_bundle:
            self.arguments += ["--ca-bundle", options.ca_bundle]

    def call(self, operation, region, *arguments):
        """The output of `aws ecr OPERATION`, or the message of its failure."""
        if operation not in READS:
            raise ValueError(f"{operation} may do more than read")
        environment = dict(os.environ, AWS_PAGER="", AWS_MAX_ATTEMPTS="2", AWS_CLI_AUTO_PROMPT="off")
        command = [self.program, "ecr", operation, "--region", region, *self.arguments, *arguments]
        # In a group of its own, so that a wrapper script ends with what it started.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=environment, start_new_session=True)
        # A cold start of the CLI takes seconds by itself.
        try:
            read, whole = drain(process, time.monotonic() + 2 * self.timeout + 20)
        except KeyboardInterrupt:
            end(process)
            raise
        if whole is None:
            raise TimedOut("the AWS CLI did not end in time")
        if not whole:
            raise NotCompared(f"the AWS CLI printed more than {LARGEST_OUTPUT} bytes")
        output, failure = (read.get(name, b"").decode("utf-8", "replace") for name in ("out", "err"))
        if process.returncode != 0:
            lines = [line.strip() for line in failure.splitlines() if line.strip()]
            return None, lines[-1] if lines else f"exit {process.returncode}"
        try:
            return json.loads(output), None
        except ValueError as error:
            raise NotCompared("the AWS CLI printed no JSON") from error


def drain(process, deadline):
    """What a process prints until its end, which is not after the deadline, nor after too much: then the second value
    is None, or False."""
    read = {}

    def take(name, pipe):
        read[name] = pipe.read(LARGEST_OUTPUT)
        if len(read[name]) == LARGEST_OUTPUT:
            end(process)

    threads = [threading.Thread(target=take, args=it, daemon=True)
               for it in (("out", process.stdout), ("err", process.stderr))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        end(process)
        return read, None
    try:
        process.wait(max(1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        end(process)
        return read, None
    return read, all(len(it) < LARGEST_OUTPUT for it in read.values())


def end(process):
    """Ends the process with all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
