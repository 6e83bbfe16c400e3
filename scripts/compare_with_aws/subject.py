"""What the rows ask about."""

import base64
import json
import re
import urllib.parse

from .image import is_aws
from .network import LARGEST_BODY, is_loopback
from .outcome import NotCompared, Unusable

# A manifest is at most 4 MiB (OCI distribution specification).
LARGEST_MANIFEST = 4 * 1024 * 1024
MANIFESTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
# Account ids of AWS's documentation: nobody's registry.
FOREIGN_ACCOUNTS = ("123456789012", "111122223333")
# What the registry has never given to anybody.
GARBAGE = "bm90IGEgdG9rZW4gb2YgYW55Ym9keQ=="
NO_CLI = "needs the AWS CLI, and where end points are overridden --endpoint-url"


class Subject:
    """What the rows ask about, found out as they need it."""

    def __init__(self, options, image, network, aws, redactor):
        self.options, self.image, self.network, self.aws, self.redactor = options, image, network, aws, redactor
        self.overridden = bool(options.registry_url or options.endpoint_url)
        self.transcript, self.kept = [], {}
        region, suffix = image.region, image.suffix
        self.foreign = options.foreign_account or next(it for it in FOREIGN_ACCOUNTS if it != image.account)
        self.hosts = {
            "registry": image.host,
            "api": f"api.ecr.{region}.{suffix}",
            "foreign": f"{self.foreign}.dkr.ecr.{region}.{suffix}",
            "no-account": f"None.dkr.ecr.{region}.{suffix}",
            "dual-stack": f"{image.account}.dkr-ecr.{region}.{image.dual_stack_suffix}",
            "fips": f"ecr-fips.{region}.{suffix}",
            "fips-api": f"api.ecr-fips.{region}.{suffix}",
            "public": "public.ecr.aws",
        }

    def keep(self, name, make):
        """Makes it once; a failure stands as well."""
        if name not in self.kept:
            try:
                self.kept[name] = make()
            except NotCompared as reason:
                self.kept[name] = reason
        if isinstance(self.kept[name], NotCompared):
            raise NotCompared(str(self.kept[name]))
        return self.kept[name]

    # Where

    def url(self, where, path=""):
        instead = {"registry": self.options.registry_url, "api": self.options.endpoint_url}.get(where)
        if self.overridden and not instead:
            raise NotCompared("needs the real AWS, and end points are overridden")
        return urllib.parse.urlsplit((instead or f"https://{self.hosts[where]}") + path)

    def layer_url(self):
        """Where the registry keeps the layer, where that is a place to send a request to."""

        def make():
            answer = self.blob_answer("registry")
            text = answer.header("location")
            if text is None:
                raise NotCompared(f"the registry redirects to no layer store (status {answer.status})")
            if not re.fullmatch(r"[\x21-\x7e]{1,16384}", text):
                raise NotCompared("the registry redirects to what is no URL")
            try:
                url = urllib.parse.urlsplit(text)
                is_safe = url.port in (None, 443) and url.scheme == "https" and is_aws(url.hostname or "")
                if self.overridden:
                    is_safe = url.scheme in ("http", "https") and is_loopback(url.hostname or "")
            except ValueError:
                raise NotCompared("the registry redirects to what is no URL") from None
            if not is_safe or url.username is not None:
                raise NotCompared("the registry redirects elsewhere, and that is not followed")
            return url

        return self.keep("layer url", make)

    def blob_answer(self, where):
        path = f"/v2/{self.image.repository}/blobs/{self.layer()['digest']}"
        return self.keep(f"blob at {where}", lambda: self.send("GET", self.url(where, path), self.credentials("token")))

    # With what

    def token(self, region=None):
        """The password of the user AWS, for this or another Region."""
        region = region or self.image.region

        def make():
            given = self.options.token_file if region == self.image.region else self.options.other_region_token_file
            if given:
                return read_token(given, self.redactor)
            if self.aws is None:
                raise NotCompared(NO_CLI)
            output, failure = self.aws.call("get-authorization-token", region)
            if failure:
                raise NotCompared(f"no token: {failure}")
            try:
                token = output["authorizationData"][0]["authorizationToken"]
                self.redactor.hide(token)
                user, _, password = base64.b64decode(token).decode("ascii").partition(":")
            except (LookupError, TypeError, ValueError) as error:
                raise NotCompared("GetAuthorizationToken gave no token") from error
            self.redactor.hide(password)
            if user != "AWS" or not re.fullmatch(r"[\x21-\x7e]+", password):
                raise NotCompared("GetAuthorizationToken gave no token of ECR's form")
            return password

        return self.keep(f"token of {region}", make)

    def credentials(self, kind):
        """The Authorization header, which only the registries are sent."""
        def basic(user, password):
            value = base64.b64encode(f"{user}:{password}".encode()).decode()
            if kind != "garbage":
                self.redactor.hide(value)
            return {"Authorization": f"Basic {value}"}

        if kind == "none":
            return {}
        if kind == "garbage":
            return basic("AWS", GARBAGE)
        if kind == "garbage-bearer":
            return {"Authorization": f"Bearer {GARBAGE}"}
        if kind == "expired":
            return basic("AWS", read_token(self.option("expired_token_file"), self.redactor))
        if kind == "other-region":
            region = self.options.other_region or self.image.other_region
            if region is None:
                raise NotCompared("needs another Region of the partition: --other-region")
            other = self.token(region)
            if other == self.token():
                raise NotCompared(f"{region} gave the same token, as no AWS does")
            return basic("AWS", other)
        if kind == "bearer":
            return {"Authorization": f"Bearer {self.token()}"}
        return basic({"token": "AWS", "no-user": ""}[kind], self.token())

    def option(self, name):
        value = getattr(self.options, name)
        if value is None:
            raise NotCompared("needs --" + name.replace("_", "-"))
        return value

    # The image

    def manifest(self, reference=None):
        """The answer to the GET of the image's manifest."""
        reference = reference or self.image.reference
        path = f"/v2/{self.image.repository}/manifests/{reference}"

        def make():
            headers = dict(self.credentials("token"), Accept=", ".join(MANIFESTS))
            return self.send("GET", self.url("registry", path), headers, LARGEST_MANIFEST)

        return self.keep(f"manifest {reference}", make)

    def descriptors(self):
        """Configuration and smallest layer of one image behind the reference."""

        def make():
            answer = self.manifest()
            document = answer.json()
            try:
                if "manifests" in (document or {}):
                    usual = {"os": "linux", "architecture": "amd64"}
                    entries = document["manifests"]
                    first = next((it for it in entries if usual.items() <= it.get("platform", {}).items()), entries[0])
                    answer = self.manifest(digest_of(first))
                    document = answer.json()
                layers = sorted(document["layers"], key=lambda it: it["size"])
                for descriptor in (document["config"], layers[0]):
                    digest_of(descriptor)
                return document["config"], layers[0]
            except (LookupError, TypeError, AttributeError, ValueError) as error:
                raise NotCompared(f"needs the image's manifest, and the registry gave none (status {answer.status})"
                                  ) from error

        return self.keep("descriptors", make)

    def layer(self):
        return self.descriptors()[1]

    # Acts

    def note(self, came):
        """Keeps what came for --verbose, cleaned before it is cut into lines."""
        self.transcript += [f"< {line}" for line in self.redactor.clean(came).splitlines()]

    def send(self, method, url, headers, limit=LARGEST_BODY):
        shown = urllib.parse.urlunsplit(url)
        extra = ", ".join(f"{name}: {value}" for name, value in headers.items() if name != "Accept")
        self.transcript.append(f"> {method} {shown}" + (f" ({extra})" if extra else ""))
        answer = self.network.ask(method, url, headers, limit)
        self.redactor.hide_presigned(answer.header("location") or "")
        self.note(answer.whole())
        return answer

    def call(self, operation, *arguments):
        if self.aws is None:
            raise NotCompared(NO_CLI)
        self.transcript.append(f"> aws ecr {operation} " + " ".join(arguments))
        output, failure = self.aws.call(operation, self.image.region, "--registry-id", self.image.account, *arguments)
        if isinstance(output, dict):
            self.redactor.hide_presigned(str(output.get("downloadUrl")))
        self.note(failure or json.dumps(output, indent=1))
        return output, failure


def digest_of(descriptor):
    """A digest that may stand in a path."""
    digest = descriptor["digest"]
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        raise ValueError("no digest")
    return digest


def read_token(file, redactor):
    """What `aws ecr get-login-password` prints."""
    try:
        with open(file, encoding="ascii") as opened:
            password = opened.read(LARGEST_BODY).strip()
    except (OSError, ValueError) as error:
        raise Unusable(f"{file} cannot be read: {error.strerror if isinstance(error, OSError) else 'not ASCII'}"
                       ) from error
    if not re.fullmatch(r"[\x21-\x7e]+", password):
        raise Unusable(f"{file} does not hold what `aws ecr get-login-password` prints")
    redactor.hide(password)
    return password
