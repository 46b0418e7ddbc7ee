"""The tenant as both of its APIs see it: its documents, the lookups they share, its keys and its clock."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from auth0_apim_sandbox.scripts import MachineAccess
from auth0_apim_sandbox.store import Collection, Store
from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.indexes import (
    ClientGrantKey,
    Index,
    api_identifiers,
    client_grant_keys,
    connection_names,
    login_keys,
    metadata_urls,
)
from auth0_apim_sandbox.tenant.model.signing_keys import SigningKeys

THIRD_PARTY_GRANT_TYPES = ("authorization_code", "client_credentials", "refresh_token")


@dataclass
class Tenant:
    """One Auth0 tenant over a store.

    Args:
        store: holds every document; see each collection's attribute for its key.
        domain: `host:port` under which the tenant answers.
        clock: seconds since the epoch, now.
    """

    store: Store
    domain: str
    clock: Callable[[], float] = time.time
    access: MachineAccess = field(default_factory=MachineAccess)
    """What of this machine the scripts of custom databases may reach."""
    clients: Collection = field(init=False)
    """By client_id; `credentials` (public keys for private_key_jwt) never leave in a client."""
    resource_servers: Collection = field(init=False)
    """By id."""
    client_grants: Collection = field(init=False)
    """By id."""
    connections: Collection = field(init=False)
    """By id; `enabled_clients` lists client ids; for `options.configuration` see `ConfigurationCipher`."""
    users: Collection = field(init=False)
    """By user_id; `roles` (ids) and `permissions` ({resource_server_identifier, permission_name}) never leave in a user."""
    passwords: Collection = field(init=False)
    """By user_id: {"hash", "history": [hash, …]}; `imported` in place of `hash` until an imported user logs in."""
    jobs: Collection = field(init=False)
    """By id; `errors`, the users that an import refused, never leave in a job."""
    roles: Collection = field(init=False)
    """By id; `permissions` as in users."""
    codes: Collection = field(init=False)
    refresh_tokens: Collection = field(init=False)
    sessions: Collection = field(init=False)
    grants: Collection = field(init=False)
    """What users have consented to, by user_id, client_id and audience; see `grant_key`."""
    tickets: Collection = field(init=False)
    """By the digest of the secret in their link; see `Tickets`."""
    token_counts: Collection = field(init=False)
    """How many tokens a client with a quota got, by client_id: by bucket {"used", "resets_at"}."""
    signing_keys: SigningKeys = field(init=False)
    background: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    """Work that goes on after its request was answered."""

    def __post_init__(self) -> None:
        for name in (
            "clients",
            "resource_servers",
            "client_grants",
            "connections",
            "users",
            "passwords",
            "jobs",
            "roles",
            "codes",
            "refresh_tokens",
            "sessions",
            "grants",
            "tickets",
            "token_counts",
        ):
            setattr(self, name, self.store.collection(f"auth0.{name}"))
        self.signing_keys = SigningKeys(self.store, self.domain, self.clock)
        self._resource_servers_by_identifier: Index[str] = Index(self.resource_servers, lambda api: [api["identifier"]])
        self._clients_by_api: Index[str] = Index(self.clients, api_identifiers)
        self._clients_by_document: Index[str] = Index(self.clients, metadata_urls)
        self._grants: Index[ClientGrantKey] = Index(self.client_grants, client_grant_keys)
        self._connections_by_name: Index[str] = Index(self.connections, lambda connection: [connection["name"]])
        self._users_by_login: Index[tuple[str, str]] = Index(self.users, login_keys)
        self._users_by_connection: Index[str] = Index(self.users, connection_names)

    @property
    def name(self) -> str:
        """The first label of the domain."""
        return self.domain.partition(":")[0].partition(".")[0]

    @property
    def issuer(self) -> str:
        """The `iss` of every token, with its trailing slash."""
        return f"https://{self.domain}/"

    @property
    def management_audience(self) -> str:
        """The identifier of the Management API's resource server."""
        return f"https://{self.domain}/api/v2/"

    @property
    def settings(self) -> Document:
        """The tenant's settings; `default_audience` and `default_directory` are absent or "" when not set."""
        return self.store.collection("auth0.tenant").get("settings", {})

    def now(self) -> int:
        """Whole seconds since the epoch."""
        return int(self.clock())

    def resource_server(self, identifier: str) -> Document | None:
        """The resource server whose identifier (audience) is exactly `identifier`."""
        return self._resource_servers_by_identifier.first(identifier)

    def client(self, client_id: str) -> Document | None:
        """The client that calls itself so: by its id, or by the URL of the metadata document it was imported from."""
        client = self.clients.get(client_id)
        return (
            client
            if client is not None and public_client_id(client) == client_id
            else self.client_of_document(client_id)
        )

    def client_of_document(self, url: str) -> Document | None:
        """The client that was imported from the metadata document at `url`."""
        return self._clients_by_document.first(url)

    def client_of_api(self, identifier: str) -> Document | None:
        """The client that is itself the resource server with this identifier; the newest where several say so."""
        return next(reversed(self._clients_by_api.all(identifier)), None)

    def client_grant(self, client_id: str, audience: str, subject_type: str = "client") -> Document | None:
        """The grant between a client and an API for `subject_type`, `client` or `user`.

        A third-party client without a grant of its own has the one that is the default for third-party clients.
        """
        grant = self._grants.first((client_id, audience, subject_type))
        if grant is None and is_third_party(self.clients.get(client_id, {})):
            return self._grants.first((None, audience, subject_type))
        return grant

    def connection(self, name: str) -> Document | None:
        """The connection called `name`."""
        return self._connections_by_name.first(name)

    def connections_of(self, client_id: str) -> Iterator[Document]:
        """The connections that `client_id` may log users in through, in the order of their creation."""
        client = self.clients.get(client_id, {})
        return (connection for connection in self.connections.values() if may_use(client, connection))

    def user(self, connection: str, login: str) -> Document | None:
        """The user of the connection called `connection` whose e-mail (in any case) or username is `login`."""
        return self._users_by_login.first((connection, login.lower()))

    def users_with_login(self, connection: str, login: str) -> list[Document]:
        """Every such user: one's username can be another's e-mail."""
        return list(self._users_by_login.all((connection, login.lower())))

    def users_of(self, connection: str) -> list[Document]:
        """The users of the connection called `connection`."""
        return list(self._users_by_connection.all(connection))

    def delete_user(self, user_id: str) -> None:
        """Remove a user with their password, consents, tickets, sessions and tokens; call it in a transaction."""
        self.users.delete(user_id)
        self.passwords.delete(user_id)
        self.delete_tokens("user_id", user_id)
        _delete_where(self.grants, user_id=user_id)
        _delete_where(self.tickets, user_id=user_id)

    def delete_client(self, client_id: str) -> None:
        """Remove a client with its grants, its users' consents, its tokens and its place in connections."""
        with self.store.transaction():
            self.clients.delete(client_id)
            self.token_counts.delete(client_id)
            _delete_where(self.client_grants, client_id=client_id)
            _delete_where(self.grants, clientID=client_id)
            for connection in list(self.connections.values()):
                if client_id in connection["enabled_clients"]:
                    enabled = [each for each in connection["enabled_clients"] if each != client_id]
                    self.connections.put(connection["id"], {**connection, "enabled_clients": enabled})
            self.delete_tokens("client_id", client_id)

    def delete_tokens(self, name: str, value: str) -> None:
        """Remove the sessions, codes and refresh tokens whose `name`, user_id or client_id, is `value`."""
        for collection in (self.codes, self.refresh_tokens, self.sessions):
            _delete_where(collection, **{name: value})

    def revoke_grant(self, user_id: str, client_id: str, audience: str) -> None:
        """Take back a user's consent, and with it every refresh token that was issued on it."""
        with self.store.transaction():
            self.grants.delete(grant_key(user_id, client_id, audience))
            _delete_where(self.refresh_tokens, user_id=user_id, client_id=client_id, audience=audience)

    def permissions_of(self, user: Document, audience: str) -> list[str]:
        """The names of the permissions of `audience` that `user` has directly or through a role, sorted."""
        held: list[dict[str, Any]] = list(user.get("permissions", []))
        for role_id in user.get("roles", []):
            held += self.roles[role_id].get("permissions", [])
        return sorted({each["permission_name"] for each in held if each["resource_server_identifier"] == audience})


def public_client_id(client: Document) -> str:
    """What a client calls itself, and tokens call it: the URL of its metadata document, or its id."""
    name: str = client["external_client_id"] if "external_client_id" in client else client["client_id"]
    return name


def is_third_party(client: Document) -> bool:
    """Whether somebody else than the tenant's owner answers for `client`; such a client is always a strict one.

    https://auth0.com/docs/get-started/applications/third-party-applications/security-controls
    """
    return client.get("is_first_party") is False


def may_use(client: Document, connection: Document) -> bool:
    """Whether `client` may log users in through `connection`: it is enabled, or open to third parties.

    https://auth0.com/docs/authenticate/identity-providers/promote-connections-to-domain-level
    """
    if is_third_party(client):
        return bool(connection.get("is_domain_connection"))
    return client.get("client_id") in connection["enabled_clients"]


def grant_key(user_id: str, client_id: str, audience: str) -> str:
    """Under which `auth0.grants` holds a user's consent."""
    return " ".join((user_id, client_id, audience))


def _delete_where(collection: Collection, **wanted: str) -> None:
    for key in [key for key, content in collection.items() if wanted.items() <= content.items()]:
        collection.delete(key)
