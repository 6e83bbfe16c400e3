"""AWS's endpoint with Lambda in it: three functions that stand in three subnets, and everything else as moto tells it.

Usage: lambda_api.py PORT MOTO_PORT NAME=SUBNET=GROUP=FOLDER…

An invocation is handed to the function by files, as runtime_api.py takes them: FOLDER/event-N.json leads to
FOLDER/result-N.json.
"""

import http.client
import json
import os
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:"
SECONDS = 75


class Function:
    def __init__(self, words):
        self.name, self.subnet, self.group, self.folder = words.split("=")
        self.count, self.lock = 0, threading.Lock()

    def invoke(self, event):
        with self.lock:
            self.count += 1
            path = os.path.join(self.folder, f"event-{self.count}.json")
            with open(path + ".new", "wb") as file:
                file.write(event)
            os.rename(path + ".new", path)
            result = os.path.join(self.folder, f"result-{self.count}.json")
            until = time.time() + SECONDS
            while not os.path.exists(result):
                if time.time() > until:
                    return {"ended": "error", "body": {"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out"}}
                time.sleep(0.01)
            with open(result, encoding="utf-8") as file:
                return json.load(file)


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    functions, moto = [], 0

    def do_GET(self):
        self.handle_any()

    def do_POST(self):
        self.handle_any()

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urllib.parse.unquote(self.path).split("/")
        if parts[1:3] == ["2015-03-31", "functions"]:
            function = next((it for it in self.functions if it.name == parts[3].removeprefix(ARN)), None)
            if function is None:
                return self.answer(404, {"Message": f"Function not found: {parts[3]}"}, {"x-amzn-ErrorType": "ResourceNotFoundException"})
            if parts[4] == "configuration":
                return self.answer(200, {
                    "FunctionName": function.name, "FunctionArn": ARN + function.name, "Timeout": SECONDS, "State": "Active",
                    "VpcConfig": {"SubnetIds": [function.subnet], "SecurityGroupIds": [function.group]}})
            result = function.invoke(body)
            failed = {"X-Amz-Function-Error": "Unhandled"} if result["ended"] == "error" else {}
            return self.answer(200, result["body"], failed)
        if self.headers.get("X-Amz-Target", "").endswith(".GetResources"):
            wanted = json.loads(body)["TagFilters"][0]["Values"]
            tagged = [
                {"ResourceARN": ARN + it.name, "Tags": [{"Key": "ecr-probe:subnet", "Value": it.subnet}]}
                for it in self.functions if it.subnet in wanted]
            return self.answer(200, {"PaginationToken": "", "ResourceTagMappingList": tagged})
        self.hand_on(body)

    def hand_on(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.moto, timeout=30)
        connection.request(self.command, self.path, body, dict(self.headers))
        response = connection.getresponse()
        self.send_response(response.status)
        said = response.read()
        for name, value in response.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def answer(self, status, value, headers=None):
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


Api.moto = int(sys.argv[2])
Api.functions = [Function(words) for words in sys.argv[3:]]
server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Api)
server.daemon_threads = True
server.serve_forever()
