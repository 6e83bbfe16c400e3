"""The Lambda runtime API, as AWS documents it: a fixture for a function that is invoked by files.

Usage: runtime_api.py ADDRESS PORT FOLDER [SECONDS]

The next invocation is the file FOLDER/event-N.json, N from 1 on, as soon as it is there; what the function makes of it
goes to FOLDER/result-N.json: {"ended": "response" | "error", "body": …}. The function has 60 seconds for each, or as many as are given.
"""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = "/2018-06-01/runtime/"
SECONDS = int(sys.argv[4]) if len(sys.argv) > 4 else 60
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:ecr-probe-a"


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = "."
    given = 0

    def do_GET(self):
        if self.path != ROOT + "invocation/next":
            return self.answer(404, b"{}")
        number = Api.given + 1
        event = os.path.join(self.folder, f"event-{number}.json")
        while not os.path.exists(event):
            time.sleep(0.01)
        Api.given = number
        deadline = int((time.time() + SECONDS) * 1000)
        with open(event, "rb") as file:
            self.answer(200, file.read(), {
                "Lambda-Runtime-Aws-Request-Id": f"00000000-0000-0000-0000-{number:012}",
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": FUNCTION,
                "Lambda-Runtime-Trace-Id": "Root=1-5e1b4151-5ac6c58f5f2d8ef60d9d0b5c;Parent=0;Sampled=0",
            })

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        parts = self.path.removeprefix(ROOT).split("/")
        if parts[0] != "invocation" or parts[-1] not in ("response", "error"):
            return self.answer(404, b"{}")
        number = int(parts[1].rsplit("-", 1)[1])
        result = {"ended": parts[-1], "body": json.loads(body)}
        path = os.path.join(self.folder, f"result-{number}.json")
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(result, file)
        os.rename(path + ".new", path)
        self.answer(202, b'{"status":"OK"}')

    def answer(self, status, body, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


Api.folder = sys.argv[3]
server = ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Api)
server.daemon_threads = True
server.serve_forever()
