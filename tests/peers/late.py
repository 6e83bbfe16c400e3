"""A name server that answers late: it sleeps, and then asks another.

Usage: late.py ADDRESS SECONDS NAME_SERVER
"""

import socket
import sys
import time
from socketserver import BaseRequestHandler, ThreadingUDPServer

ADDRESS, SECONDS, NAME_SERVER = sys.argv[1], float(sys.argv[2]), sys.argv[3]


class Handler(BaseRequestHandler):
    def handle(self):
        question, late = self.request
        time.sleep(SECONDS)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(5)
            asking.sendto(question, (NAME_SERVER, 53))
            late.sendto(asking.recv(4096), self.client_address)


ThreadingUDPServer((ADDRESS, 53), Handler).serve_forever()
