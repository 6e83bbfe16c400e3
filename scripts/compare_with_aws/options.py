"""The command line."""

import argparse
import os
import re
import urllib.parse

from .image import REFERENCE
from .network import is_loopback

EXITS = """exit codes:
  0  every row that was compared is the same
  1  a row differs
  2  bad usage, or a tool or credentials are missing
  3  nothing could be compared"""


def read_arguments(arguments, description):
    """The options of the command line; ends with exit 2 where one is not usable."""
    parser = argparse.ArgumentParser(prog="scripts/compare-with-aws", description=description, epilog=EXITS,
                                     formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument("image", metavar="IMAGE", help="ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME[:TAG|@DIGEST]")
    parser.add_argument("--json", action="store_true", help="print one JSON document in place of lines")
    parser.add_argument("--verbose", action="store_true", help="print the answers whole, without their secrets")
    parser.add_argument("--keep-account", action="store_true", help="leave account ids in what is printed")
    parser.add_argument("--timeout", type=float, default=10, metavar="SECONDS", help="bounds each request (10)")
    files = parser.add_argument_group("tokens, each as `aws ecr get-login-password` prints it")
    files.add_argument("--token-file", metavar="FILE", help="in place of asking the AWS CLI")
    files.add_argument("--other-region-token-file", metavar="FILE", help="a token of the Region of --other-region")
    files.add_argument("--expired-token-file", metavar="FILE", help="a token that is older than twelve hours")
    rows = parser.add_argument_group("rows that need a set-up")
    rows.add_argument("--foreign-account", metavar="ACCOUNT", help="whose missing repository is asked for (an account "
                      "of AWS's documentation)")
    rows.add_argument("--other-region", metavar="REGION", help="whose token is shown to IMAGE's registry")
    rows.add_argument("--kms-repository", metavar="NAME[:TAG]", help="a repository of IMAGE's registry whose KMS key "
                      "is disabled")
    rows.add_argument("--ptc-image", metavar="NAME[:TAG]", help="an image of IMAGE's registry behind a pull-through "
                      "cache rule whose secret is broken; a rule that works would import the image")
    rows.add_argument("--archived-image", metavar="NAME[:TAG]", help="an image of IMAGE's registry that is archived")
    places = parser.add_argument_group("other end points: emulators on this machine; then no other host is asked")
    places.add_argument("--endpoint-url", metavar="URL", help="of the ECR API, like moto")
    places.add_argument("--registry-url", metavar="URL", help="of the registry, like docker-registry")
    places.add_argument("--connect-to", metavar="HOST:PORT:HOST:PORT", action="append", default=[],
                        help="as curl has it, for what this script sends by itself; TLS still wants the first name")
    places.add_argument("--ca-bundle", metavar="FILE", default=os.environ.get("AWS_CA_BUNDLE"),
                        help="PEM file of what TLS trusts (AWS_CA_BUNDLE)")
    options = parser.parse_args(arguments)
    check(options, parser)
    return options


def check(options, parser):
    """Holds the options to their forms."""
    if not 0.1 <= options.timeout <= 120:
        parser.error("--timeout: from 0.1 to 120 seconds")
    if options.foreign_account and not re.fullmatch(r"\d{12}", options.foreign_account):
        parser.error("--foreign-account: not twelve digits")
    if options.other_region and not re.fullmatch(r"[a-z0-9-]+", options.other_region):
        parser.error("--other-region: not a Region")
    for name in ("kms_repository", "ptc_image", "archived_image"):
        if getattr(options, name) is not None and not re.fullmatch(REFERENCE, getattr(options, name)):
            parser.error(f"--{name.replace('_', '-')}: not NAME[:TAG]")
    for name in ("endpoint_url", "registry_url"):
        given = getattr(options, name)
        if given is None:
            continue
        try:
            url = urllib.parse.urlsplit(given)
            is_plain = url.path in ("", "/") and not (url.query or url.fragment or "@" in url.netloc)
            is_here = is_loopback(url.hostname or "") and url.port != 0
        except ValueError:
            is_plain = is_here = False
        if not (is_plain and is_here and url.scheme in ("http", "https")):
            parser.error(f"--{name.replace('_', '-')}: not http or https of this machine without a path, like "
                         "http://127.0.0.1:5000")
        setattr(options, name, given.rstrip("/"))
    # Four parts, of which an IPv6 address in brackets is one.
    part = r"(\[[0-9a-fA-F:]+\]|[^:\[\]]*)"
    rules = [re.fullmatch(rf"{part}:(\d*):{part}:(\d*)", rule) for rule in options.connect_to]
    if not all(rules):
        parser.error("--connect-to: not HOST:PORT:HOST:PORT")
    options.connect_to = [tuple(it.strip("[]").lower() for it in rule.groups()) for rule in rules]
    if options.ca_bundle and not os.access(options.ca_bundle, os.R_OK):
        parser.error(f"--ca-bundle: {options.ca_bundle} cannot be read")
