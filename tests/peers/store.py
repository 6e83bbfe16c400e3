"""A layer store that spoils what is large: TLS in front of moto.

Usage: store.py CERTIFICATE ADDRESS MOTO_PORT other|short

other: the last byte of the body is another. short: half of the body, and then the end.
"""

import ssl
import sys
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CERTIFICATE, ADDRESS, MOTO_PORT, HOW = sys.argv[1:]
LARGE = 1_000_000


def spoiled(body):
    if len(body) < LARGE:
        return body
    return body[: len(body) // 2] if HOW == "short" else body[:-1] + bytes([body[-1] ^ 1])


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        moto = HTTPConnection("127.0.0.1", int(MOTO_PORT))
        moto.request("GET", self.path, headers={"Host": self.headers["Host"]})
        reply = moto.getresponse()
        body = reply.read()
        self.send_response(reply.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(spoiled(body))


server = ThreadingHTTPServer((ADDRESS, 443), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE)
# Each handshake in its connection's thread: one that is slow must not keep the others waiting.
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
