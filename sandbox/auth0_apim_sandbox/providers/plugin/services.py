"""Where the two services of a sandbox are, and as whom the providers speak to them."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Services:
    """What a program's provider configuration and environment leave out is taken from here."""

    auth0_domain: str
    """`host:port` of the tenant."""
    auth0_client_id: str
    auth0_client_secret: str = field(repr=False)
    arm_endpoint: str
    """Absolute URL of the resource manager, without a trailing slash."""
    arm_tenant_id: str
    arm_client_id: str
    arm_client_secret: str = field(repr=False)
    arm_subscription_id: str
    ca_file: Path | None = None
    """Certificate of the authority that both services' certificates come from; the system's store when absent."""
