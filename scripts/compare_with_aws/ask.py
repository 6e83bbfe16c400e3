"""Asks what a row asks, and finds the facts in the answer."""

import hashlib
import re

from .answer import location
from .image import FIPS_REGIONS, REFERENCE
from .names import MISSING_REPOSITORY, MISSING_TAG, place
from .outcome import NotCompared
from .subject import MANIFESTS


def look(subject, row):
    """The facts of a row's answer."""
    verb, *words = row.ask
    if verb == "NEEDS":
        raise NotCompared("needs " + " ".join(words))
    if verb == "RESOLVE":
        return look_up(subject, *words)
    if verb == "TLS":
        url = subject.layer_url() if words == ["layer"] else subject.url(*words)
        if url.scheme != "https":
            raise NotCompared("needs TLS, and this is plain http")
        subject.transcript.append(f"> TLS handshake with {url.hostname}, ALPN h2, http/1.1")
        facts = subject.network.handshake(url)
        subject.note(as_text(facts))
        return facts
    if verb == "API":
        return from_api(subject, *words)
    if verb == "LAYER":
        return of_layer(subject, *words)
    return over_http(subject, verb, *words)


def as_text(facts):
    return "\n".join(f"{key}: {value}" for key, value in facts.items())


def look_up(subject, where):
    if subject.overridden or subject.network.connect_to:
        raise NotCompared("needs the names of the real AWS, and end points are overridden")
    if where.startswith("fips") and subject.image.region not in FIPS_REGIONS:
        raise NotCompared("needs a Region with FIPS endpoints")
    subject.transcript.append(f"> the addresses of {subject.hosts[where]}")
    facts = subject.network.resolve(subject.hosts[where])
    if facts["resolves"] == "no" and subject.network.resolve(subject.hosts["registry"])["resolves"] == "no":
        # Without a way to AWS's names, resolvers also answer that there is none.
        raise NotCompared("nor does the registry's own name resolve here")
    subject.note(as_text(facts))
    return facts


def over_http(subject, method, where, path, kind):
    if path == "LAYER" and method == "GET" and kind == "token":
        answer = subject.blob_answer(where)
    elif path == "MANIFEST" and method == "GET":
        answer = subject.manifest()
    else:
        # The URL first: where nobody may be asked, no token is made either.
        url = subject.url(where, path_of(subject, path))
        headers = dict(subject.credentials(kind), Accept=", ".join((*MANIFESTS, "*/*")))
        answer = subject.send(method, url, headers)
    facts = answer.facts()
    if "location path" in facts:
        facts.update(digest_in_location(subject, facts))
    return facts


def path_of(subject, path):
    image = subject.image
    if path == "MANIFEST":
        return f"/v2/{image.repository}/manifests/{image.reference}"
    if path in ("CONFIG", "LAYER"):
        descriptor = subject.descriptors()[path == "LAYER"]
        return f"/v2/{image.repository}/blobs/{descriptor['digest']}"
    if path in ("KMS", "PTC", "ARCHIVED"):
        repository, reference = special(subject, path)
        return f"/v2/{repository}/manifests/{reference}"
    return re.sub("@([A-Z_]+)@", lambda name: place(subject, name[1], False), path)


def special(subject, what):
    """Repository and reference of an image that the user has set up."""
    name = {"KMS": "kms_repository", "PTC": "ptc_image", "ARCHIVED": "archived_image"}[what]
    given = re.fullmatch(REFERENCE, subject.option(name))
    return given["repository"], given["digest"] or given["tag"] or "latest"


def digest_in_location(subject, facts):
    digest = subject.layer()["digest"].partition(":")[2]
    return {"location names the digest": "yes" if digest in facts["location path"] else "no"}


def of_layer(subject, how):
    """The layer store, with the presigned URL or with what was made of it. Never with an Authorization header."""
    url, method, headers = subject.layer_url(), "GET", {}
    if how == "range":
        headers = {"Range": "bytes=0-9"}
    elif how == "head":
        method = "HEAD"
    elif how == "unsigned":
        url = url._replace(query="")
    elif how == "tampered":
        found = re.search(r"X-Amz-Signature=([0-9a-fA-F])", url.query)
        if not found:
            raise NotCompared("needs a presigned URL, and this one has no X-Amz-Signature")
        at = found.start(1)
        other = "1" if url.query[at] == "0" else "0"
        url = url._replace(query=url.query[:at] + other + url.query[at + 1:])
    return subject.send(method, url, headers).facts()


def from_api(subject, operation, what="IMAGE"):
    """The facts of an answer of the API."""
    image = subject.image
    repository, reference = image.repository, image.reference
    if what == "MISSING_TAG":
        reference = MISSING_TAG
    elif what == "MISSING_REPOSITORY":
        repository = MISSING_REPOSITORY
    elif what in ("KMS", "PTC", "ARCHIVED"):
        repository, reference = special(subject, what)
    arguments = ["--repository-name", repository]
    if operation == "get-download-url-for-layer":
        arguments += ["--layer-digest", subject.layer()["digest"]]
    else:
        kind = "imageDigest" if reference.startswith("sha256:") else "imageTag"
        arguments += ["--image-ids", f"{kind}={reference}"]
    if operation == "batch-get-image":
        arguments += ["--accepted-media-types", *MANIFESTS]
    output, failure = subject.call(operation, *arguments)
    if failure:
        found = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation[^:]*: ?(.*)", failure)
        if not found:
            raise NotCompared(f"the AWS CLI failed: {failure}")
        return {"result": "error", "code": found[1], "message": found[2]}
    facts = {"result": "ok"}
    try:
        if operation == "get-download-url-for-layer":
            facts.update(location(output["downloadUrl"]))
            facts.update(digest_in_location(subject, facts))
        elif operation == "describe-images":
            facts["image status"] = output["imageDetails"][0].get("imageStatus", "")
        else:
            for failed in output["failures"]:
                facts["failure code"] = failed["failureCode"]
                facts["failure reason"] = failed.get("failureReason", "")
            for given in output["images"]:
                facts["media type"] = given.get("imageManifestMediaType", "")
                digest = hashlib.sha256(given["imageManifest"].encode()).hexdigest()
                facts["manifest digest"] = f"sha256:{digest}"
    except (LookupError, TypeError, AttributeError) as error:
        raise NotCompared("the API's answer has another form") from error
    return facts
