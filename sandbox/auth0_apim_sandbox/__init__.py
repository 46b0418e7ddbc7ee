"""The local cloud: an Auth0 tenant, Azure's resource manager with API Management, gateways, and what the Pulumi engine needs."""
