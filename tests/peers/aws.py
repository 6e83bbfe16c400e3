"""moto_server, put right in the three answers in which it is not true to AWS.

Usage: aws.py LAYOUT [--with-blobs] [moto_server's own arguments]

The images of the OCI layout in the folder LAYOUT are known to the ECR API, and the layer
bucket exists; with --with-blobs it holds the layout's blobs, where no registry will push
them. Three answers are corrected:

GetAuthorizationToken: moto's token expired in 2015; AWS's is good for twelve hours.
GetDownloadUrlForLayer: moto has none; AWS's is a presigned URL of the layer bucket.
PutMetricData: moto reads the Query protocol; the SDKs of today speak RPC v2 CBOR, which
botocore's own parser reads here.
"""

import datetime
import json
import pathlib
import sys
import time

import boto3
from botocore.parsers import RpcV2CBORParser
from moto.cloudwatch import urls as cloudwatch_urls
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.responses import ActionResult
from moto.ecr.models import ecr_backends
from moto.ecr.responses import ECRResponse
from moto.s3.models import s3_backends
from moto.server import main

ACCOUNT, REGION = "123456789012", "eu-west-1"
BUCKET = f"prod-{REGION}-starport-layer-bucket"
REPOSITORY = "app/scheduled-file-writer"
TWELVE_HOURS = 12 * 60 * 60

issue_token = ECRResponse.get_authorization_token


def get_authorization_token(self):
    answer = issue_token(self)
    for data in answer.result["authorizationData"]:
        data["expiresAt"] = time.time() + TWELVE_HOURS
    return answer


def key(digest):
    """The name under which the registry's S3 driver keeps a blob."""
    hexadecimal = digest.removeprefix("sha256:")
    return f"registry/docker/registry/v2/blobs/sha256/{hexadecimal[:2]}/{hexadecimal}/data"


def get_download_url_for_layer(self):
    digest = self._get_param("layerDigest")
    client = boto3.client(
        "s3",
        region_name=REGION,
        endpoint_url=f"https://s3.{REGION}.amazonaws.com",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="example",
        config=boto3.session.Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
    )
    url = client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": key(digest)}, ExpiresIn=3600)
    return ActionResult({"downloadUrl": url, "layerDigest": digest})


def put_metric_data(request, full_url, headers):
    parser = RpcV2CBORParser()
    asked = parser.parse_data_item(parser.get_peekable_stream_from_bytes(request.data))
    for datum in asked["MetricData"]:
        # moto keeps times in UTC and without a zone.
        datum["Timestamp"] = datum["Timestamp"].astimezone(datetime.timezone.utc).replace(tzinfo=None)
    cloudwatch_backends[ACCOUNT][REGION].put_metric_data(asked["Namespace"], asked["MetricData"])
    return 200, {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"}, b"\xa0"


def know(layout):
    """Puts the images of the layout into the repository, as a push through ECR would."""
    ecr = ecr_backends[ACCOUNT][REGION]
    ecr.create_repository(REPOSITORY, ACCOUNT, None, None, None, [], None)

    def put(descriptor, tag):
        text = (layout / "blobs" / descriptor["digest"].replace(":", "/")).read_text()
        ecr.put_image(REPOSITORY, text, tag, descriptor["mediaType"], descriptor["digest"])
        for inner in json.loads(text).get("manifests", []):
            put(inner, None)

    for descriptor in json.loads((layout / "index.json").read_text())["manifests"]:
        put(descriptor, descriptor["annotations"]["org.opencontainers.image.ref.name"])


def store(layout):
    """Puts the layout's blobs into the layer bucket."""
    for blob in (layout / "blobs/sha256").iterdir():
        s3_backends[ACCOUNT]["aws"].put_object(BUCKET, key(f"sha256:{blob.name}"), blob.read_bytes())


ECRResponse.get_authorization_token = get_authorization_token
ECRResponse.get_download_url_for_layer = get_download_url_for_layer
cloudwatch_urls.url_paths["{0}/service/GraniteServiceVersion20100801/operation/PutMetricData$"] = put_metric_data
arguments = sys.argv[1:]
layout = pathlib.Path(arguments.pop(0))
s3_backends[ACCOUNT]["aws"].create_bucket(BUCKET, REGION)
know(layout)
if "--with-blobs" in arguments:
    arguments.remove("--with-blobs")
    store(layout)
main(arguments)
