#!/usr/bin/env python3
"""How `ecr-probe explain` answers texts whose own words it was not given.

    benches/left_out.py [--keep COMMIT] [--missed]

Leaves out each source of tests/explain/*.jsonl (a repository, else a page) in turn: a row of src/reason/vocabulary helps a
text only where a text of another source has its words too. One build does it, since a row that texts of one source alone
have helps no text of the others: all such rows are taken out. With `--keep`, rows that COMMIT has stay: those that were
written from the sources of programs before any text was asked, say. What is code and no row (phrases, grammar, order)
stays as well: it cannot be taken apart by source.

Prints first right, and wrong claims, as tests/explain/README.md defines them; with `--missed` also the texts that come out
wrong, one JSON object a line. Needs cargo and git; builds into target/left-out.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPORA = ("stop-reasons", "strangers", "held-back", "later")
TABLES = "src/reason/vocabulary"
# What stands for something that varies, in a template.
BLANK = re.compile(r"%[+#.0-9]*[svqdxwTf]|\{[a-z_]*\}")
# What the matcher does not compare.
DRESSING = re.compile(r"\\[nrt]|&quot;|&#39;|[\s\"'`*|\\]")
REPOSITORY = re.compile(r"(?:https?://github\.com/)?([\w.-]+/[\w.-]+?)(?:/|#|$)")


def records():
    for name in CORPORA:
        with open(ROOT / f"tests/explain/{name}.jsonl", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def source(record):
    """The repository of a text, else its page; a text of neither stands for itself."""
    of = record["source"]
    if "://" in of and "github.com/" not in of:
        return of
    found = REPOSITORY.match(of)
    return found[1].lower() if found else record["id"]


def tight(text):
    return DRESSING.sub("", text).lower()


class Words:
    """What of a template does not vary. It may find more than the matcher does: then a row stays that could go."""

    def __init__(self, template):
        pieces = [words for words in map(tight, BLANK.split(template)) if words]
        self.longest = max(pieces, key=len, default="")
        self.all = re.compile(".{0,400}?".join(map(re.escape, pieces)))

    def are_in(self, text):
        return self.longest in text and bool(self.all.search(text))


def template(line):
    """The message of a line of a table; of a heading, nothing."""
    return "" if line.startswith("# ") else line.split("\t")[5]


def is_wrong(record, claims):
    sure = [code for code, strength in claims if strength != "possible" and code not in record["expect_any"]]
    return any(code in record["must_not"] for code, _ in claims) or "*" in record["must_not"] and bool(sure)


def asked(binary, record):
    run = subprocess.run([binary, "explain", "-", "--output", "json"], input=record["text"].encode(), capture_output=True)
    answers = [json.loads(line) for line in run.stdout.decode().splitlines() if line.startswith("{")]
    return [(it["code"], it["strength"]) for answer in answers for it in answer["diagnoses"]]


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--keep", metavar="COMMIT", help="rows that this commit has stay")
    arguments.add_argument("--missed", action="store_true", help="print the texts that come out wrong, as JSON")
    chosen = arguments.parse_args()

    texts = [(record, source(record), tight(record["text"])) for record in records()]
    tables = {path: path.read_text(encoding="utf-8").splitlines() for path in sorted((ROOT / TABLES).glob("*.tsv"))}
    kept = set()
    for path in tables if chosen.keep else ():
        kept.update(map(template, git("show", f"{chosen.keep}:{TABLES}/{path.name}").splitlines()))

    def stays(line):
        message = template(line)
        if not message or message in kept:
            return True
        words = Words(message)
        return len({source for _, source, text in texts if words.are_in(text)}) != 1

    left = collections.Counter()
    with tempfile.TemporaryDirectory() as work:
        tree = pathlib.Path(work) / "tree"
        git("worktree", "add", "--quiet", "--detach", tree, git("stash", "create").strip() or "HEAD")
        try:
            for path, lines in tables.items():
                stay = list(filter(stays, lines))
                left.update(rows=sum(map(bool, map(template, lines))), out=len(lines) - len(stay))
                (tree / TABLES / path.name).write_text("".join(f"{line}\n" for line in stay), encoding="utf-8")
            build = ["cargo", "build", "--quiet", "--locked", "--bin", "ecr-probe", "--target-dir", ROOT / "target/left-out"]
            subprocess.run(build, cwd=tree, check=True)
            binary = pathlib.Path(work) / "ecr-probe"
            shutil.copy(ROOT / "target/left-out/debug/ecr-probe", binary)
        finally:
            git("worktree", "remove", "--force", tree)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            claimed = list(pool.map(lambda it: asked(binary, it[0]), texts))

    totals = collections.Counter()
    for (record, _, _), claims in zip(texts, claimed):
        of_a_pull, wrong = record["scope"] == "pull", is_wrong(record, claims)
        right = of_a_pull and bool(claims) and claims[0][0] in record["expect_top"]
        totals.update(texts=1, wrong=wrong, pulls=of_a_pull, right=right)
        if chosen.missed and (wrong or right != of_a_pull):
            print(json.dumps(record | {"claims": claims}))
    print(
        f"{left['out']} rows of {left['rows']} taken out: {totals['right']} of {totals['pulls']} first right "
        f"({totals['right'] / totals['pulls']:.1%}); {totals['wrong']} wrong claims in {totals['texts']} "
        f"({totals['wrong'] / totals['texts']:.1%})"
    )


if __name__ == "__main__":
    main()
