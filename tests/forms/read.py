"""Reads pages and documents for CI and prints what is wrong with them, a line each.

Stdin is a JSON list of [kind, text]. A page may have no element and no attribute but those below: whatever else is there
came of text that was not escaped.
"""

import json
import sys
import xml.etree.ElementTree
from html.parser import HTMLParser

TAGS = set(
    "html head meta title style body header main footer section article nav figure figcaption details summary div span p h1 "
    "h2 h3 ol ul li dl dt dd a pre code strong blockquote svg text tspan line rect circle polygon polyline".split()
)
VOID = {"meta"}
ATTRIBUTES = set(
    "lang charset http-equiv content name class id role tabindex aria-label aria-labelledby aria-hidden href viewbox "
    "preserveaspectratio x y dx x1 y1 x2 y2 cx cy r rx width height points".split()
)


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.wrong, self.open, self.ids, self.named, self.policy = [], [], [], [], ""

    def handle_starttag(self, tag, attributes):
        if tag not in TAGS:
            self.wrong.append(f"element {tag}")
        given = dict(attributes)
        for name in given:
            if name not in ATTRIBUTES:
                self.wrong.append(f"attribute {name} of {tag}")
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if "href" in given and not given["href"].startswith("#"):
            self.wrong.append(f"a link to {given['href']}")
        self.ids += [given["id"]] if "id" in given else []
        self.named += given.get("aria-labelledby", "").split() + ([given["href"][1:]] if "href" in given else [])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> ends something else")

    def handle_comment(self, data):
        self.wrong.append(f"comment {data!r}")

    def handle_pi(self, data):
        self.wrong.append(f"instruction {data!r}")

    def unknown_decl(self, data):
        self.wrong.append(f"declaration {data!r}")


def page(text):
    reader = Page()
    reader.feed(text)
    reader.close()
    wrong = reader.wrong
    if reader.open:
        wrong.append(f"not ended: {reader.open}")
    if len(set(reader.ids)) != len(reader.ids):
        wrong.append("an id is there twice")
    if missing := set(reader.named) - set(reader.ids):
        wrong.append(f"no element has the id of {missing}")
    if not reader.policy.startswith("default-src 'none'; style-src 'sha256-"):
        wrong.append(f"the policy is {reader.policy!r}")
    return wrong


def suites(text):
    try:
        root = xml.etree.ElementTree.fromstring(text.encode())
    except xml.etree.ElementTree.ParseError as error:
        return [str(error)]
    tags = {element.tag for element in root.iter()}
    return sorted(tags - {"testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out"})


READERS = {"html": page, "junit": suites}
for kind, text in json.load(sys.stdin):
    for complaint in READERS[kind](text):
        print(f"{kind}: {complaint}: {text[-200:]!r}")
