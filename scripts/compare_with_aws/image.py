"""The image's name, and what is known of its partition."""

import re

from .outcome import Unusable

# The domain of the services, that of the dual-stack registries, what the names of its Regions begin with, and up to
# two of its Regions. The last is for all other Regions.
PARTITIONS = (
    ("amazonaws.com.cn", "on.amazonwebservices.com.cn", "cn-", ("cn-north-1", "cn-northwest-1")),
    ("amazonaws.com", "on.aws", "us-gov-", ("us-gov-west-1", "us-gov-east-1")),
    ("c2s.ic.gov", "on.aws.ic.gov", "us-iso-", ("us-iso-east-1", "us-iso-west-1")),
    ("sc2s.sgov.gov", "on.aws.scloud", "us-isob-", ("us-isob-east-1", "us-isob-west-1")),
    ("cloud.adc-e.uk", "on.cloud-aws.adc-e.uk", "eu-isoe-", ("eu-isoe-west-1",)),
    ("csp.hci.ic.gov", "on.aws.hci.ic.gov", "us-isof-", ("us-isof-east-1", "us-isof-south-1")),
    ("amazonaws.eu", "on.amazonwebservices.eu", "eusc-", ("eusc-de-east-1",)),
    ("amazonaws.com", "on.aws", "", ("us-east-1", "us-west-2")),
)
# AWS has FIPS endpoints of ECR in these ("Amazon ECR endpoints and quotas").
FIPS_REGIONS = ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1")

REGISTRY = re.compile(r"(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z]{2,4}(?:-[a-z]+)+-\d)\.([a-z0-9.-]+)")
REPOSITORY = r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*"
REFERENCE = rf"(?P<repository>{REPOSITORY})(?::(?P<tag>\w[\w.-]{{0,127}}))?(?:@(?P<digest>sha256:[0-9a-f]{{64}}))?"


class Image:
    def __init__(self, text):
        host, slash, rest = text.partition("/")
        registry, image = REGISTRY.fullmatch(host), re.fullmatch(REFERENCE, rest)
        if not (registry and slash and image):
            raise Unusable(f"not an image of private ECR, like ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG: {text}")
        self.host, self.repository = host, image["repository"]
        self.account, self.region, domain = registry.groups()
        self.reference = image["digest"] or image["tag"] or "latest"
        for self.suffix, self.dual_stack_suffix, prefix, regions in PARTITIONS:
            if self.region.startswith(prefix):
                break
        self.other_region = next((it for it in regions if it != self.region), None)
        if domain not in (self.suffix, self.dual_stack_suffix):
            raise Unusable(f"{domain} is no domain of ECR's in {self.region}")


def is_aws(host):
    """Whether the name is of a domain of AWS's."""
    return any(host.endswith("." + domain) for suffixes in PARTITIONS for domain in suffixes[:2])
