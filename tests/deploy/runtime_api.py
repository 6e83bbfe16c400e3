"""Lambda's runtime API, for one invocation of the binary: it gives the event and takes the answer."""

import json
import os
import queue
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATH = "/2018-06-01/runtime/invocation/"
# What Lambda sets of itself (Developer Guide, "Defined runtime environment variables").
OWN = {
    "_HANDLER": "bootstrap",
    "LAMBDA_TASK_ROOT": "/var/task",
    "AWS_REGION": "eu-west-1",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
    "TZ": "UTC",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_SESSION_TOKEN": "none",
}


def invoke(probe, name, event, seconds=20, **variables):
    """The answer of the function, whether it is an error, and the lines that it printed."""
    # Two queues: the next event may be asked for before the thread that took the answer has gone on.
    answers, asked_again = queue.Queue(), queue.Queue()

    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        given = False

        def do_GET(self):
            if Api.given:
                # Frozen between events: this is never answered.
                asked_again.put(True)
                time.sleep(seconds)
                return
            Api.given = True
            body = json.dumps(event).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
            self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + seconds) * 1000)))
            arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{name}"
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", arn)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            length = self.headers.get("Content-Length")
            body = self.rfile.read(int(length)) if length else self.chunks()
            answers.put((json.loads(body), self.path.endswith("/error")))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def chunks(self):
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{server.server_port}"
    own = OWN | {"AWS_LAMBDA_FUNCTION_NAME": name, "AWS_LAMBDA_RUNTIME_API": address}
    environment = {"PATH": os.environ.get("PATH", "")} | own | variables
    function = subprocess.Popen([probe], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        answer = answers.get(timeout=seconds)
        # It is done with the event when it asks for the next: what it prints of this one is printed.
        asked_again.get(timeout=seconds)
    except queue.Empty:
        function.kill()
        raise AssertionError(function.communicate()) from None
    finally:
        function.kill()
        server.shutdown()
    printed, _ = function.communicate()
    return *answer, printed.splitlines()
