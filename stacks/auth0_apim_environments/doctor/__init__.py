"""The checks of `auth0-apim doctor`: what would fail in an `up`."""
