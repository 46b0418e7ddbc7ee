"""Tokens: reading (RFC 7515, RFC 7519), keys (RFC 7517, OpenID Connect Discovery) and the checks of `validate-jwt`."""
