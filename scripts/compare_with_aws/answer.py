"""An answer over HTTP, and the facts in it."""

import html
import json
import re
import urllib.parse

# Bytes of a body that --verbose prints: a manifest may be large.
SHOWN = 64 * 1024


class Answer:
    def __init__(self, status, headers, body, version):
        self.status, self.headers, self.body, self.version = status, headers, body, version
        try:
            self.text = body.decode("utf-8")
        except UnicodeDecodeError:
            self.text = f"({len(body)} bytes that are no text)"

    def header(self, name):
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    def json(self):
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def facts(self):
        """Everything of it that a row may expect."""
        facts = {f"header {key.lower()}": self.header(key) for key, _ in self.headers}
        facts.update(status=str(self.status), body=self.text, **errors(self))
        if self.header("location") is not None:
            facts.update(location(self.header("location")))
        return facts

    def whole(self):
        version = {10: "1.0", 11: "1.1"}.get(self.version, "?")
        lines = [f"HTTP/{version} {self.status}", *(f"{key}: {value}" for key, value in self.headers), ""]
        return "\n".join(lines) + "\n" + self.text[:SHOWN]


def errors(answer):
    """Code and message of an error: OCI's envelope, AWS JSON, or S3's XML."""
    document = answer.json()
    if isinstance(document, dict):
        listed = document.get("errors")
        entry = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else document
        code, message = entry.get("code", entry.get("__type")), entry.get("message", entry.get("Message"))
    else:
        code, message = (xml(answer.text, name) for name in ("Code", "Message"))
    return {key: value for key, value in (("code", code), ("message", message)) if isinstance(value, str)}


def xml(text, name):
    found = re.search(rf"<{name}>([^<]*)</{name}>", text)
    return html.unescape(found[1]) if found else None


def location(text):
    """The shape of a presigned URL; its secrets stay in it."""
    try:
        url = urllib.parse.urlsplit(text)
        query = urllib.parse.parse_qsl(url.query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return {"location": text}
    facts = {"location host": url.hostname or "", "location path": url.path, "location scheme": url.scheme}
    facts["location parameters"] = ",".join(name for name, _ in query)
    for name, value in query:
        if name in ("X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Credential", "X-Amz-Algorithm"):
            facts[f"location {name}"] = value
    return facts
