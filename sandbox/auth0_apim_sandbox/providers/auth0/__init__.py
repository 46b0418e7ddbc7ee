"""The auth0 provider endpoint: pulumi_auth0's types over the Management API v2."""
