"""Requests, handshakes and names, each bounded in time and size. Follows nothing and repeats nothing."""

import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time

from .answer import Answer
from .outcome import NotCompared, TimedOut

# Bytes of an answer that are read, where it is no manifest; and of what comes before a body.
LARGEST_BODY = 64 * 1024
LARGEST_HEAD = 128 * 1024
# A host that timed out so often is not asked again.
PATIENCE = 2


class Stream(io.RawIOBase):
    """A socket that is read until a moment, and up to a number of bytes, whatever the other end does."""

    def __init__(self, sock, deadline, budget):
        self.sock, self.deadline, self.budget = sock, deadline, budget

    def readable(self):
        return True

    def readinto(self, buffer):
        if self.budget <= 0:
            return 0
        self.sock.settimeout(left(self.deadline))
        try:
            count = self.sock.recv_into(memoryview(buffer)[:self.budget])
        except (socket.timeout, ssl.SSLWantReadError) as error:
            raise TimedOut("timed out while the answer was read") from error
        self.budget -= count
        return count

    def makefile(self, *_):
        return io.BufferedReader(self)


def left(deadline):
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimedOut("timed out")
    return seconds


def is_loopback(host):
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class Network:
    def __init__(self, timeout, ca_bundle, connect_to):
        self.timeout, self.ca_bundle, self.connect_to = timeout, ca_bundle, connect_to
        self.timeouts = {}

    def addresses(self, host, port, deadline):
        """getaddrinfo(3), which knows no time-out, in a thread that is left behind when it hangs."""
        found = []

        def ask():
            try:
                found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            except OSError as error:
                found.append(error)
            except ValueError:
                found.append(OSError(f"{host} is no host name"))

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(left(deadline))
        if not found:
            raise TimedOut(f"timed out while {host} was resolved")
        if isinstance(found[0], OSError):
            raise found[0]
        return found[0]

    def resolve(self, host):
        """Whether the name exists, and has IPv6 addresses."""
        try:
            found = self.addresses(host, 443, time.monotonic() + self.timeout)
        except socket.gaierror as error:
            if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
                return {"resolves": "no"}
            raise NotCompared(f"{host} was not resolved: {error.strerror}") from error
        return {"resolves": "yes", "ipv6": "yes" if any(it[0] == socket.AF_INET6 for it in found) else "no"}

    def connect(self, url, deadline, alpn):
        host, port = url.hostname, url.port or (443 if url.scheme == "https" else 80)
        at = next((rule[2:] for rule in self.connect_to if rule[0] in ("", host) and rule[1] in ("", str(port))), None)
        there, there_port = (at[0] or host, int(at[1] or port)) if at else (host, port)
        try:
            sock = self.reach(there, there_port, deadline, url.scheme == "https")
        except socket.timeout as error:
            raise TimedOut(f"the connection to {host} timed out") from error
        except OSError as error:
            raise NotCompared(f"no connection to {host}: {error.strerror or error}") from error
        if url.scheme == "http":
            return sock
        context = ssl.create_default_context(cafile=self.ca_bundle)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(alpn)
        sock.settimeout(left(deadline))
        try:
            return context.wrap_socket(sock, server_hostname=host)
        except socket.timeout as error:
            raise TimedOut(f"the TLS handshake with {host} timed out") from error
        except OSError as error:
            raise NotCompared(f"no TLS with {host}: {getattr(error, 'verify_message', None) or error}") from error

    def reach(self, host, port, deadline, encrypted):
        last = OSError("the name has no address")
        for family, kind, protocol, _, address in self.addresses(host, port, deadline):
            if not encrypted and not is_loopback(address[0]):
                raise NotCompared(f"{host} is not this machine, and plain http goes nowhere else")
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(left(deadline))
                sock.connect(address)
                return sock
            except OSError as error:
                sock.close()
                last = error
        raise last

    def patiently(self, url, act):
        """Does it, unless the host has timed out too often."""
        if self.timeouts.get(url.netloc, 0) >= PATIENCE:
            raise NotCompared(f"{url.hostname} timed out before")
        try:
            return act()
        except (TimedOut, socket.timeout) as error:
            self.timeouts[url.netloc] = self.timeouts.get(url.netloc, 0) + 1
            raise error if isinstance(error, TimedOut) else TimedOut("timed out") from error

    def handshake(self, url):
        """What TLS settles when HTTP/2 is offered, and who signed the certificate."""

        def act():
            with self.connect(url, time.monotonic() + self.timeout, ["h2", "http/1.1"]) as sock:
                issuer = {key: value for part in sock.getpeercert()["issuer"] for key, value in part}
                return {
                    "alpn": sock.selected_alpn_protocol() or "none",
                    "issuer": issuer.get("organizationName", ""),
                    "issuer name": issuer.get("commonName", ""),
                }

        return self.patiently(url, act)

    def ask(self, method, url, headers, limit=LARGEST_BODY):
        """One request."""
        if method not in ("GET", "HEAD"):
            raise ValueError(f"{method} may do more than read")
        target = (url.path or "/") + ("?" + url.query if url.query else "")
        lines = [f"{method} {target} HTTP/1.1", f"Host: {url.netloc}"]
        lines += ["User-Agent: compare-with-aws", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if not all(re.fullmatch(r"[\x20-\x7e]+", line) for line in lines):
            raise NotCompared("the request would hold what no request may")

        def act():
            deadline = time.monotonic() + self.timeout
            with self.connect(url, deadline, ["http/1.1"]) as sock:
                sock.settimeout(left(deadline))
                sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))
                response = http.client.HTTPResponse(Stream(sock, deadline, LARGEST_HEAD + limit), method=method)
                response.begin()
                return Answer(response.status, response.getheaders(), response.read(limit), response.version)

        try:
            return self.patiently(url, act)
        except http.client.IncompleteRead as error:
            raise NotCompared("the answer ended early") from error
        except (http.client.HTTPException, ValueError) as error:
            raise NotCompared(f"no answer in HTTP: {type(error).__name__}: {error}") from error
        except OSError as error:
            raise NotCompared(f"the connection broke: {error.strerror or error}") from error
