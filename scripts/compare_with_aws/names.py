"""What `@NAMES@` in the table stand for."""

import hashlib
import re

from .outcome import NotCompared

MISSING_REPOSITORY, MISSING_TAG = "ecr-probe/no-such-repository", "no-such-tag"


def place(subject, name, ask=True):
    """The value of a name in a pattern, or None where it cannot be known; the registry is asked where it must be."""
    image = subject.image
    known = {
        "REGISTRY": image.host, "REGION": image.region, "SUFFIX": image.suffix, "ACCOUNT": image.account,
        "FOREIGN_ACCOUNT": subject.foreign, "REPOSITORY": image.repository,
        "MISSING_REPOSITORY": MISSING_REPOSITORY, "MISSING_TAG": MISSING_TAG,
    }
    if name in known:
        return known[name]
    if not ask:
        return None
    try:
        config, layer = subject.descriptors()
        manifest = subject.manifest()
    except NotCompared:
        return None
    return {
        "MANIFEST_TYPE": str(manifest.header("content-type")),
        "MANIFEST_DIGEST": "sha256:" + hashlib.sha256(manifest.body).hexdigest(),
        "MANIFEST_SIZE": str(len(manifest.body)),
        "CONFIG_TYPE": str(config.get("mediaType")), "CONFIG_DIGEST": config["digest"],
        "CONFIG_SIZE": str(config.get("size")),
        "LAYER_TYPE": str(layer.get("mediaType")), "LAYER_DIGEST": layer["digest"], "LAYER_SIZE": str(layer["size"]),
    }[name]


def filled(subject, pattern, ask=True):
    """The pattern with values in place of names, and those that stayed names."""
    unknown = []

    def fill(name):
        value = place(subject, name[1], ask)
        if value is None:
            unknown.append(name[1])
            return name[0]
        return re.escape(value)

    return re.sub("@([A-Z_]+)@", fill, pattern), unknown
