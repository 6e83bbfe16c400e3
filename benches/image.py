"""Writes an OCI layout of one image: LAYERS layers of random bytes, MEGABYTES in all.

Usage: image.py FOLDER MEGABYTES LAYERS
"""

import gzip
import hashlib
import io
import json
import os
import pathlib
import sys
import tarfile

folder, megabytes, count = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def blob(kind, data):
    digest = hashlib.sha256(data).hexdigest()
    (folder / "blobs/sha256" / digest).write_bytes(data)
    return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(data)}


def layer(size):
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        member = tarfile.TarInfo("content")
        member.size = size
        tar.addfile(member, io.BytesIO(os.urandom(size)))
    plain = plain.getvalue()
    return blob(LAYER, gzip.compress(plain, 1, mtime=0)), "sha256:" + hashlib.sha256(plain).hexdigest()


(folder / "blobs/sha256").mkdir(parents=True)
layers, uncompressed = zip(*(layer(megabytes * 1_000_000 // count) for _ in range(count)))
config = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": uncompressed}}
config = blob(CONFIG, json.dumps(config).encode())
manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
manifest = blob(MANIFEST, json.dumps(manifest).encode())
manifest["annotations"] = {"org.opencontainers.image.ref.name": "v1"}
(folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
(folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
