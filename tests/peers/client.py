"""AWS's client for Python, for a service that moto stands in for."""

import boto3


def of(service, url, bundle, session=None):
    """With credentials that moto takes, as it takes any."""
    return (session or boto3.Session()).client(
        service,
        region_name="eu-west-1",
        endpoint_url=url,
        verify=bundle,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="example",
    )
