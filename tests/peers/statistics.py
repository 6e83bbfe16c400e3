"""Prints what CloudWatch knows of the probe's metrics, as one JSON list.

Usage: statistics.py URL CA_BUNDLE

By AWS's client for Python, in the Query protocol: moto answers in no other.
"""

import datetime
import json
import sys

import boto3
import client

NAMESPACE, HOUR = "ECRProbe", datetime.timedelta(hours=1)

url, bundle = sys.argv[1:]
session = boto3.Session()
loader = session._loader
load = loader.load_service_model


def in_query(name, kind, **more):
    model = load(name, kind, **more)
    if kind == "service-2":
        model["metadata"].update(protocol="query", protocols=["query"])
    return model


loader.load_service_model = in_query
cloudwatch = client.of("cloudwatch", url, bundle, session)
now = datetime.datetime.now(datetime.timezone.utc)
known = []
for metric in cloudwatch.list_metrics(Namespace=NAMESPACE)["Metrics"]:
    statistics = cloudwatch.get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=metric["MetricName"],
        Dimensions=metric["Dimensions"],
        StartTime=now - HOUR,
        EndTime=now + HOUR,
        Period=60,
        Statistics=["Average", "SampleCount"],
    )
    dimensions = {it["Name"]: it["Value"] for it in metric["Dimensions"]}
    for point in statistics["Datapoints"]:
        known.append(
            {
                "name": metric["MetricName"],
                "dimensions": dimensions,
                "unit": point["Unit"],
                "average": point["Average"],
                "count": point["SampleCount"],
            }
        )
print(json.dumps(known))
