"""Unmodified clients against the tenant on a loopback port, over TLS: authlib, PyJWT and Auth0's own library."""

import re
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx
import jwt
import pytest
import trustme
import uvicorn
from auth0.authentication import Database, GetToken, RevokeToken, Users
from auth0.authentication.exceptions import Auth0Error
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.tenant.authentication import routes
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from authlib.integrations.httpx_client import AsyncOAuth2Client
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette

PASSWORD = "Correct-Horse-1"
CALLBACK = "https://app.example.com/callback"
AUDIENCE = "basic-calculator"


@dataclass
class Server:
    tenant: Tenant
    authority: str
    trust: ssl.SSLContext

    @property
    def domain(self):
        return self.tenant.domain

    def url(self, path):
        return urljoin(self.tenant.issuer, path)


def fill(tenant):
    """What the tests need, in the shape the Management API stores."""
    tenant.resource_servers.put(
        "api",
        {
            "id": "api",
            "identifier": AUDIENCE,
            "name": "Basic Calculator",
            "scopes": [{"value": "add"}, {"value": "multiply"}],
            "signing_alg": "RS256",
            "allow_offline_access": True,
            "skip_consent_for_verifiable_first_party_clients": True,
        },
    )
    for client_id, method in (("machine", "client_secret_post"), ("spa", "none")):
        document = {
            "client_id": client_id,
            "client_secret": f"{client_id}-secret-0123456789-0123456789",
            "name": client_id,
            "token_endpoint_auth_method": method,
            "grant_types": ["client_credentials", "authorization_code", "refresh_token", "password"],
            "callbacks": [CALLBACK],
            "jwt_configuration": {"alg": "RS256"},
        }
        tenant.clients.put(client_id, document)
    grant = {"id": "cgr_1", "client_id": "machine", "audience": AUDIENCE, "scope": ["add"], "subject_type": "client"}
    tenant.client_grants.put("cgr_1", grant)
    options = {"passwordPolicy": "good", "brute_force_protection": True}
    connection = {"id": "con_1", "name": "Users", "strategy": "auth0", "enabled_clients": ["machine", "spa"]}
    tenant.connections.put("con_1", {**connection, "options": options})
    tenant.store.collection("auth0.tenant").put("settings", {"default_directory": "Users"})


@pytest.fixture(scope="module")
def server(signing_keys, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    config = uvicorn.Config(
        None,
        "localhost",
        0,
        log_level="error",
        ssl_certfile=folder / "server.pem",
        lifespan="off",
        # A client that leaves a TLS connection open would hold the server's end up for half a minute.
        headers=[("connection", "close")],
    )
    socket = config.bind_socket()
    store = Store()
    for kid, document in signing_keys.items():
        store.collection("auth0.signing_keys").put(kid, document)
    tenant = Tenant(store, f"localhost:{socket.getsockname()[1]}")
    fill(tenant)
    config.app = Starlette(routes=routes(tenant))
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, args=([socket],))
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield Server(tenant, str(folder / "ca.pem"), ssl.create_default_context(cafile=folder / "ca.pem"))
    running.should_exit = True
    thread.join()
    socket.close()
    store.close()


@pytest.fixture(scope="module", autouse=True)
def _trusting(server):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", server.authority)
        yield


@pytest.fixture(scope="module")
def ada(server, _trusting):
    Database(server.domain, "machine").signup("ada@example.com", PASSWORD, "Users")
    return "ada@example.com"


async def test_authlib_and_pyjwt_do_the_code_flow_with_pkce(server, ada):
    verifier = "v" * 64
    async with AsyncOAuth2Client(
        "spa",
        token_endpoint_auth_method="none",
        redirect_uri=CALLBACK,
        scope="openid profile offline_access add",
        code_challenge_method="S256",
        verify=server.trust,
    ) as client:
        url, state = client.create_authorization_url(
            server.url("authorize"), code_verifier=verifier, audience=AUDIENCE, nonce="n-1"
        )
        callback = await browse(server, url, ada)
        token = await client.fetch_token(
            server.url("oauth/token"), authorization_response=callback, code_verifier=verifier, state=state
        )
        assert token["scope"] == "openid profile offline_access add"
        keys = jwt.PyJWKClient(server.url(".well-known/jwks.json"), ssl_context=server.trust)
        signing_key = keys.get_signing_key_from_jwt(token["access_token"])
        claims = jwt.decode(
            token["access_token"], signing_key, ["RS256"], audience=AUDIENCE, issuer=server.tenant.issuer
        )
        assert (claims["scope"], claims["azp"]) == ("openid profile offline_access add", "spa")
        identity = jwt.decode(token["id_token"], signing_key, ["RS256"], audience="spa", issuer=server.tenant.issuer)
        assert (identity["nonce"], identity["name"]) == ("n-1", ada)
        refreshed = await client.refresh_token(server.url("oauth/token"))
        assert (
            jwt.decode(refreshed["access_token"], signing_key, ["RS256"], audience=AUDIENCE)["gty"] == "refresh_token"
        )
        user = await client.get(server.url("userinfo"))
        assert user.json()["sub"] == identity["sub"]


async def browse(server, url, login):
    """What a person does in a browser between the authorization URL and the callback."""
    async with httpx.AsyncClient(verify=server.trust, base_url=server.tenant.issuer) as browser:
        page = await browser.get(url, follow_redirects=True)
        [state] = re.findall(r'name="state" value="([^"]+)"', page.text)
        form = {"state": state, "username": login, "password": PASSWORD, "action": "default"}
        posted = await browser.post(page.url, data=form)
        answer = await browser.get(posted.headers["location"])
        return answer.headers["location"]


async def test_authlib_gets_a_machine_token_by_both_ways_of_sending_a_secret(server):
    for method in ("client_secret_basic", "client_secret_post"):
        secret = server.tenant.clients["machine"]["client_secret"]
        async with AsyncOAuth2Client(
            "machine", secret, token_endpoint_auth_method=method, verify=server.trust
        ) as client:
            token = await client.fetch_token(
                server.url("oauth/token"), grant_type="client_credentials", audience=AUDIENCE
            )
            assert (token["scope"], token["expires_in"]) == ("add", 86400)


def test_auth0s_library_gets_uses_and_revokes_tokens(server, ada):
    secret = server.tenant.clients["machine"]["client_secret"]
    tokens = GetToken(server.domain, "machine", secret)
    assert tokens.client_credentials(AUDIENCE)["token_type"] == "Bearer"
    body = tokens.login(ada, PASSWORD, "openid profile email offline_access", None, AUDIENCE, grant_type="password")
    assert Users(server.domain).userinfo(body["access_token"])["email"] == ada
    verifier = AsymmetricSignatureVerifier(server.url(".well-known/jwks.json"))
    claims = TokenVerifier(verifier, server.tenant.issuer, "machine").verify(body["id_token"])
    assert claims["email"] == ada
    RevokeToken(server.domain, "machine", secret).revoke_refresh_token(body["refresh_token"])
    with pytest.raises(Auth0Error) as caught:
        tokens.refresh_token(body["refresh_token"])
    assert (caught.value.status_code, caught.value.error_code) == (403, "invalid_grant")


def test_auth0s_library_gets_a_users_token_by_a_grant_alone_where_the_api_asks_for_one(server, ada):
    policies = {"client": {"policy": "require_client_grant"}, "user": {"policy": "require_client_grant"}}
    guarded = {**server.tenant.resource_servers["api"], "id": "api2", "identifier": "guarded"}
    server.tenant.resource_servers.put("api2", {**guarded, "subject_type_authorization": policies})
    tokens = GetToken(server.domain, "machine", server.tenant.clients["machine"]["client_secret"])
    with pytest.raises(Auth0Error) as caught:
        tokens.login(ada, PASSWORD, "add multiply", None, "guarded", grant_type="password")
    assert (caught.value.error_code, caught.value.message) == (
        "invalid_request",
        'Client "machine" is not authorized to access resource server "guarded".',
    )
    grant = {"id": "cgr_3", "client_id": "machine", "audience": "guarded", "scope": ["add"], "subject_type": "user"}
    server.tenant.client_grants.put("cgr_3", grant)
    body = tokens.login(ada, PASSWORD, "add multiply", None, "guarded", grant_type="password")
    assert body["scope"] == "add"


def test_auth0s_library_proves_itself_by_a_private_key(server):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    machine = {name: value for name, value in server.tenant.clients["machine"].items() if name != "client_secret"}
    credential = {"id": "cred_1", "kid": "k1", "alg": "RS256", "pem": public.decode()}
    methods = {"private_key_jwt": {"credentials": [{"id": "cred_1"}]}}
    client = {**machine, "client_id": "keyed", "credentials": [credential], "client_authentication_methods": methods}
    server.tenant.clients.put("keyed", {**client, "token_endpoint_auth_method": None})
    grant = {**server.tenant.client_grants["cgr_1"], "id": "cgr_2", "client_id": "keyed"}
    server.tenant.client_grants.put("cgr_2", grant)
    tokens = GetToken(server.domain, "keyed", client_assertion_signing_key=private)
    assert tokens.client_credentials(AUDIENCE)["scope"] == "add"


def test_auth0s_library_names_the_errors(server):
    with pytest.raises(Auth0Error) as caught:
        GetToken(server.domain, "machine", "wrong").client_credentials(AUDIENCE)
    assert (caught.value.status_code, caught.value.error_code, caught.value.message) == (
        401,
        "access_denied",
        "Unauthorized",
    )
