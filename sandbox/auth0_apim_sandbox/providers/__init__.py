"""Provider endpoints that the engine attaches to: `auth0` and `azure-native` over a sandbox's two services."""

from auth0_apim_sandbox.providers.endpoints import ProviderServers, serve
from auth0_apim_sandbox.providers.plugin.provider import Services

__all__ = ["ProviderServers", "Services", "serve"]
