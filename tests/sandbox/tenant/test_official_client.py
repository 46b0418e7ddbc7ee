"""Auth0's own Python client, unmodified, over real HTTP."""

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from auth0.authentication import GetToken
from auth0.management import Auth0
from auth0.management.core.api_error import ApiError
from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.tenant import create_tenant, management_client

# Warnings of the client's own source, seen when it is compiled for the first time.
pytestmark = [
    pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:invalid escape sequence:SyntaxWarning"),
]


@pytest.fixture(scope="module")
def domain() -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    domain = f"127.0.0.1:{listener.getsockname()[1]}"
    store = Store(":memory:")
    application = create_tenant(store, domain)
    server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    credentials = management_client(store)
    yield f"{domain} {credentials.client_id} {credentials.client_secret}"
    server.should_exit = True
    thread.join()
    listener.close()
    store.close()


@pytest.fixture(scope="module")
def auth0(domain: str) -> Iterator[Auth0]:
    host, client_id, client_secret = domain.split()
    tokens = GetToken(host, client_id, client_secret=client_secret, protocol="http")
    token = tokens.client_credentials(f"https://{host}/api/v2/")["access_token"]
    with httpx.Client() as http:
        yield Auth0(base_url=f"http://{host}/api/v2", token=token, httpx_client=http)


def test_the_tutorial_by_the_official_client(auth0):
    api = auth0.resource_servers.create(
        identifier="https://api.example.com/basic calculator",
        name="Basic Calculator",
        signing_alg="RS256",
        scopes=[{"value": "read:calc", "description": "Calculate"}],
    )
    client = auth0.clients.create(name="Machine", app_type="non_interactive", grant_types=["client_credentials"])
    grant = auth0.client_grants.create(client_id=client.client_id, audience=api.identifier, scope=["read:calc"])
    assert [each.id for each in auth0.client_grants.list(audience=api.identifier)] == [grant.id]
    connection = auth0.connections.create(name="BasicCalculator", strategy="auth0")
    auth0.connections.clients.update(connection.id, request=[{"client_id": client.client_id, "status": True}])
    assert [each.client_id for each in auth0.connections.clients.get(connection.id)] == [client.client_id]
    user = auth0.users.create(connection="BasicCalculator", email="ada@example.com", password="Analytical-1843")
    assert [each.user_id for each in auth0.users.list_users_by_email(email="ada@example.com")] == [user.user_id]
    role = auth0.roles.create(name="reader")
    auth0.roles.permissions.add(
        role.id, permissions=[{"resource_server_identifier": api.identifier, "permission_name": "read:calc"}]
    )
    auth0.users.roles.assign(user.user_id, roles=[role.id])
    assert [each.permission_name for each in auth0.users.permissions.list(user.user_id)] == ["read:calc"]
    assert auth0.resource_servers.get(api.identifier).id == api.id
    changed = auth0.users.update(user.user_id, user_metadata={"colour": "red"})
    assert changed.user_metadata == {"colour": "red"}
    auth0.connections.delete(connection.id)
    with pytest.raises(ApiError) as raised:
        auth0.users.get(user.user_id)
    assert raised.value.status_code == 404
    assert raised.value.body["errorCode"] == "inexistent_user"
    auth0.resource_servers.delete(api.id)
    assert list(auth0.client_grants.list(client_id=client.client_id)) == []
    auth0.clients.delete(client.client_id)


def test_pages_are_followed_to_the_end(auth0):
    made = [auth0.clients.create(name=f"client {number}").client_id for number in range(5)]
    names = {client.client_id for client in auth0.clients.list(per_page=2)}
    assert names >= set(made)
    audience = f"{auth0.tenants.settings.get().default_audience}any"
    auth0.resource_servers.create(identifier=audience)
    for client_id in made:
        auth0.client_grants.create(client_id=client_id, audience=audience, scope=[])
    found = [grant.client_id for grant in auth0.client_grants.list(audience=audience, take=2)]
    assert sorted(found) == sorted(made)


def test_a_mistake_is_the_clients_error(auth0):
    with pytest.raises(ApiError) as raised:
        auth0.connections.create(name="not allowed", strategy="auth0")
    assert raised.value.status_code == 400
    assert raised.value.body["errorCode"] == "invalid_body"


ONCE = {"max_retries": 0}  # by itself the client asks for a 501 three times, with a pause before each


@pytest.mark.parametrize(
    ("call", "endpoint"),
    [
        (lambda auth0: auth0.organizations.create(name="contoso", request_options=ONCE), "POST /api/v2/organizations"),
        (
            lambda auth0: auth0.actions.create(
                name="a", supported_triggers=[{"id": "post-login"}], request_options=ONCE
            ),
            "POST /api/v2/actions/actions",
        ),
        (lambda auth0: auth0.supplemental_signals.get(request_options=ONCE), "GET /api/v2/supplemental-signals"),
        (lambda auth0: list(auth0.rate_limit_policies.list(request_options=ONCE)), "GET /api/v2/rate-limit-policies"),
        (
            lambda auth0: auth0.users.revoke_access("auth0|1", request_options=ONCE),
            "POST /api/v2/users/auth0%7C1/revoke-access",
        ),
    ],
)
def test_what_the_tenant_lacks_is_refused_by_name(auth0, call, endpoint):
    with pytest.raises(ApiError) as raised:
        call(auth0)
    assert (raised.value.status_code, raised.value.body["errorCode"]) == (501, "not_supported")
    assert raised.value.body["message"] == f"This local tenant does not support {endpoint}."


def test_tickets_and_consents_by_the_official_client(auth0):
    connection = auth0.connections.create(name="Tickets", strategy="auth0")
    user = auth0.users.create(connection="Tickets", email="ada@example.com", password="Analytical-1843")
    verify = auth0.tickets.verify_email(user_id=user.user_id, result_url="https://app.example.com/", ttl_sec=60)
    assert "/u/email-verification?ticket=" in verify.ticket
    reset = auth0.tickets.change_password(connection_id=connection.id, email="ada@example.com")
    assert "/u/reset-password?ticket=" in reset.ticket
    assert auth0.jobs.verification_email.create(user_id=user.user_id).type == "verification_email"
    assert list(auth0.user_grants.list(user_id=user.user_id)) == []
    auth0.user_grants.delete_by_user_id(user_id=user.user_id)
    auth0.connections.delete(connection.id)
