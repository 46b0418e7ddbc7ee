"""Provider endpoints that the engine attaches to: `auth0` and `azure-native` over a sandbox's two services."""

from local_pulumi.providers.endpoints import ProviderServers, serve
from local_pulumi.providers.services import Services

__all__ = ["ProviderServers", "Services", "serve"]
