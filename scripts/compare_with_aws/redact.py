"""Takes secrets out of what is printed."""

import base64
import html
import json
import re
import urllib.parse


class Redactor:
    """Takes secrets out of text: those that it was told, in the forms that a server may echo, whole or in part; and
    what looks like one."""

    GRAM = 16
    PATTERNS = (
        (r"(?i)(X-Amz-(?:Security-Token|Signature|Credential)(?:=|%3D|\"?: ?\"?))[^&\s\"'<>\\]+", r"\1[hidden]"),
        (r"(?i)(<(?:AWSAccessKeyId|StringToSign(?:Bytes)?|SignatureProvided|CanonicalRequest(?:Bytes)?)>)[^<]+",
         r"\1[hidden]"),
        (r"\b((?:AKIA|ASIA|AROA|AIDA))[A-Z0-9]{12,}", r"\1[hidden]"),
        (r"(?i)\b((?:Basic|Bearer) )[A-Za-z0-9+/=._~-]{8,}", r"\1[hidden]"),
        (r"(?i)(\"authorizationToken\": ?\")[^\"]+", r"\1[hidden]"),
        # Text of which every character is escaped is made to hide something.
        (r"(?:%[0-9A-Fa-f]{2}){8,}", "[hidden]"),
    )

    def __init__(self, accounts):
        self.grams, self.short = set(), set()
        # Account ids to take out, besides all that look like one; None keeps them all.
        self.accounts = accounts

    def hide(self, secret):
        forms = [secret, urllib.parse.quote(secret, safe=""), html.escape(secret), json.dumps(secret)[1:-1]]
        forms.append(secret.encode().hex())
        # Base64 of a text that holds the secret at each of the three alignments, cut to what is the same in all.
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + secret.encode()).decode()
            forms.append(encoded[4 * (shift > 0):].rstrip("=")[:-1])
        for form in map(str.lower, forms):
            if len(form) < self.GRAM:
                self.short.add(form)
            self.grams.update(form[at:at + self.GRAM] for at in range(len(form) - self.GRAM + 1))

    def hide_presigned(self, url):
        """What makes a presigned URL good, which an answer may hold in another place and form."""
        for name, value in re.findall(r"[?&](X-Amz-(?:Security-Token|Signature|Credential))=([^&]*)", url):
            secret = urllib.parse.unquote(value).partition("/")[0] if name.endswith("Credential") else value
            for form in {secret, urllib.parse.unquote(secret)}:
                if len(form) >= self.GRAM:
                    self.hide(form)

    def clean(self, text):
        """The text without secrets. Whole texts, not lines: S3's errors have secrets over several lines."""
        text = self._without_known(text)
        for pattern, instead in self.PATTERNS:
            text = re.sub(pattern, instead, text)
        if self.accounts is not None:
            for account in self.accounts:
                text = text.replace(account, "[account]")
            text = re.sub(r"(?<![0-9a-f])\d{12}(?![0-9a-f])", "[account]", text)
        return text

    def _without_known(self, text):
        lower, marked = text.lower(), bytearray(len(text))
        if len(lower) != len(text):
            # Lower case of a few letters is longer; places must be those of the text.
            lower = "".join(letter.lower() if letter.isascii() else letter for letter in text)
        for at in range(len(lower) - self.GRAM + 1):
            if lower[at:at + self.GRAM] in self.grams:
                marked[at:at + self.GRAM] = b"\1" * self.GRAM
        for secret in self.short:
            at = lower.find(secret) if len(secret) > 3 else -1
            while at >= 0:
                marked[at:at + len(secret)] = b"\1" * len(secret)
                at = lower.find(secret, at + 1)
        parts, begin = [], 0
        for run in re.finditer(b"\1+", bytes(marked)):
            parts += [text[begin:run.start()], "[hidden]"]
            begin = run.end()
        return "".join(parts) + text[begin:]

    def printable(self, text):
        """Clean, and without what a terminal would obey."""
        clean = self.clean(text)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in clean)
