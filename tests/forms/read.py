"""Reads pages and documents for CI and prints what is wrong with them, a line each.

Stdin is a JSON list of [kind, text]. A page may have no element and no attribute but those below: whatever else is there
came of text that was not escaped.
"""

import json
import re
import sys
import xml.etree.ElementTree
from html.parser import HTMLParser

TAGS = set(
    "html head meta title style body header main footer section article nav figure figcaption details summary div span p h1 "
    "h2 h3 h4 ol ul li dl dt dd a pre code strong blockquote svg text tspan line rect circle polygon polyline".split()
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
        self.headings = []

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
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
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
    # Those who hear a page go by its headings: one title, and none below it that leaves out a level.
    levels = reader.headings
    if levels.count(1) != 1 or any(after > before + 1 for before, after in zip([0] + levels, levels)):
        wrong.append(f"the headings are {levels}")
    if not reader.policy.startswith("default-src 'none'; style-src 'sha256-"):
        wrong.append(f"the policy is {reader.policy!r}")
    return wrong


# What junit-10.xsd of Jenkins' xUnit plugin allows, as far as it is used: the children of an element, the attributes that it
# must have, and the others that it may.
ENDS = {"failure", "error", "skipped"}
SCHEMA = {
    "testsuites": ({"testsuite"}, set(), {"name", "time", "tests", "failures", "errors"}),
    "testsuite": ({"testcase", "system-out"}, {"name", "tests", "failures", "errors"}, {"time", "skipped", "timestamp"}),
    "testcase": (ENDS | {"system-out"}, {"name"}, {"classname", "time"}),
    "failure": (set(), set(), {"message", "type"}),
    "error": (set(), set(), {"message", "type"}),
    "skipped": (set(), set(), {"message", "type"}),
    "system-out": (set(), set(), set()),
}


def suites(text):
    try:
        root = xml.etree.ElementTree.fromstring(text.encode())
    except xml.etree.ElementTree.ParseError as error:
        return [str(error)]
    wrong = [] if root.tag == "testsuites" else [f"the root is {root.tag}"]
    for element in root.iter():
        if element.tag not in SCHEMA:
            wrong.append(f"element {element.tag}")
            continue
        children, needed, allowed = SCHEMA[element.tag]
        wrong += [f"{child.tag} in {element.tag}" for child in element if child.tag not in children]
        wrong += [f"{element.tag} lacks {name}" for name in needed - set(element.attrib)]
        wrong += [f"attribute {name} of {element.tag}" for name in set(element.attrib) - needed - allowed]
        if not re.fullmatch(r"[0-9]+\.[0-9]{3}", element.get("time", "0.000")):
            wrong.append(f"a time of {element.get('time')}")
    for case in root.iter("testcase"):
        if sum(child.tag in ENDS for child in case) > 1:
            wrong.append(f"{case.get('name')} ends twice")
    # Ant's schema has what a suite prints after its cases.
    for suite in root:
        if any(child.tag == "system-out" for child in list(suite)[:-1]):
            wrong.append("a case after the output of its suite")
    return wrong


READERS = {"html": page, "junit": suites}
for kind, text in json.load(sys.stdin):
    for complaint in READERS[kind](text):
        print(f"{kind}: {complaint}: {text[-200:]!r}")
