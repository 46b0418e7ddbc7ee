"""The Management API scopes that a stack's components need, by the facts of the auth0 provider's resources."""

from collections.abc import Iterator

from auth0_apim_environments.settings.settings import Settings

_ALL = ("create", "read", "update", "delete")


def needed_scopes(settings: Settings) -> dict[str, str]:
    """What the scopes are needed for, by scope."""
    return {scope: purpose for purpose, scopes in _needs(settings) for scope in scopes}


def _needs(settings: Settings) -> Iterator[tuple[str, list[str]]]:
    if settings.api.domain is None:
        yield "the issuer", ["read:tenant_settings"]
    yield "the API", ["read:resource_servers"] if settings.api.existing else _every("resource_servers")
    clients = [each for each in (settings.client, settings.interactive_client) if each is not None]
    if any(each.existing_client_id for each in clients):
        yield "existing clients", ["read:clients", "read:client_keys"]
    if not all(each.existing_client_id for each in clients):
        yield "clients", [*_every("clients"), *_every("client_credentials"), "read:client_keys", "update:client_keys"]
    has_own = any(not each.existing_grant for each in clients)
    yield "the client's grant", _every("client_grants") if has_own else ["read:client_grants"]
    if settings.database is not None:
        yield (
            "the database",
            ["read:connections", "update:connections"] if settings.database.existing else _every("connections"),
        )
    if settings.user is not None:
        yield "the user", _every("users")
    if settings.roles:
        yield "roles", _every("roles")


def _every(kind: str) -> list[str]:
    return [f"{verb}:{kind}" for verb in _ALL]
