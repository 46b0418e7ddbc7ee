"""Clients that are imported from their metadata documents."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme
from auth0_apim_sandbox.scripts import MachineAccess
from auth0_apim_sandbox.tenant.model.client_metadata import mapped, url_violations
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

VSCODE = "https://vscode.dev/oauth/client-metadata.json"
REDIRECT = "https://tool.example.com/callback"


class Documents(BaseHTTPRequestHandler):
    def do_GET(self):
        status, headers, content = self.server.documents.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """A server for documents at https://localhost:PORT, and the authority it is trusted by."""
    authority = trustme.CA()
    bundle = tmp_path_factory.mktemp("tls") / "bundle.pem"
    authority.cert_pem.write_to_path(bundle)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), Documents) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.documents, server.bundle = {}, bundle
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def publish(host, tenant):
    """Put a document on the server; its URL."""
    tenant.access = MachineAccess(authority=host.bundle)
    host.documents.clear()

    def publish(path="/client.json", *, status=200, headers=None, content=None, **members):
        url = f"https://localhost:{host.server_address[1]}{path}"
        body = json.dumps(document(url, **members)).encode() if content is None else content
        host.documents[path] = (status, headers or {}, body)
        return url

    return publish


def document(url, **members):
    standard = {
        "client_id": url,
        "client_name": "Tool",
        "redirect_uris": [REDIRECT],
        "grant_types": ["authorization_code", "refresh_token"],
    }
    return {**standard, **members}


async def register(api, url):
    return await api.post("/clients/cimd/register", json={"external_client_id": url})


async def test_a_document_becomes_a_strict_third_party_client(api, publish):
    url = publish(grant_types=["authorization_code", "implicit"], application_type="web", extra=1)
    preview = (await api.post("/clients/cimd/preview", json={"external_client_id": url})).json()
    assert preview["validation"] == {
        "valid": True,
        "warnings": ["Property not supported: 'extra'", "Grant type not supported: 'implicit'"],
    }
    response = await register(api, url)
    body = response.json()
    assert (response.status_code, response.headers["location"]) == (201, f"/api/v2/clients/{body['client_id']}")
    assert {**preview, "client_id": body["client_id"]} == body
    client = (await api.get(f"/clients/{body['client_id']}")).json()
    expected = {
        "external_client_id": url,
        "name": "Tool",
        "callbacks": [REDIRECT],
        "grant_types": ["authorization_code"],
        "app_type": "regular_web",
        "is_first_party": False,
        "third_party_security_mode": "strict",
        "token_endpoint_auth_method": "none",
    }
    assert {name: client[name] for name in expected} == expected
    found = (await api.get("/clients", params={"external_client_id": url})).json()
    assert [each["client_id"] for each in found] == [body["client_id"]]


async def test_registering_again_takes_what_the_document_says_now(api, publish):
    first = (await register(api, publish())).json()["client_id"]
    response = await register(api, publish(client_name="Renamed", redirect_uris=["https://tool.example.com/new"]))
    assert (response.status_code, response.json()["client_id"]) == (200, first)
    client = (await api.get(f"/clients/{first}")).json()
    assert (client["name"], client["callbacks"]) == ("Renamed", ["https://tool.example.com/new"])


async def test_what_the_document_says_is_not_changed_beside_it(api, publish):
    path = f"/clients/{(await register(api, publish())).json()['client_id']}"
    refused = await api.patch(path, json={"callbacks": ["https://elsewhere.example.com/"], "description": "x"})
    assert (refused.status_code, refused.json()["message"]) == (
        400,
        "A client of a metadata document has these by its document: callbacks",
    )
    assert (await api.patch(path, json={"description": "x"})).json()["description"] == "x"


async def test_a_public_client_of_editors_is_known_by_heart(api):
    body = (await register(api, VSCODE)).json()
    assert body["mapped_fields"]["redirect_uris"] == ["http://127.0.0.1:33418/", "https://vscode.dev/redirect"]


def key_set(private, kid="one", **members):
    key = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return json.dumps({"keys": [{**key, "kid": kid * 5, **members}]}).encode()


async def test_a_confidential_client_brings_its_keys_and_a_kid_keeps_its_own(api, publish, tenant):
    first, second = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    keys = publish("/keys.json", content=key_set(first))
    url = publish(token_endpoint_auth_method="private_key_jwt", jwks_uri=keys)
    client_id = (await register(api, url)).json()["client_id"]
    [stored] = tenant.clients[client_id]["credentials"]
    publish("/keys.json", content=key_set(second))
    await register(api, url)
    assert tenant.clients[client_id]["credentials"] == [stored]
    publish("/keys.json", content=key_set(second, "two"))
    await register(api, url)
    [other] = tenant.clients[client_id]["credentials"]
    assert (other["kid"], other["pem"] == stored["pem"]) == ("twotwotwotwotwo", False)
    publish("/keys.json", content=key_set(second, "three", d="AQAB"))
    assert (await register(api, url)).json()["message"] == "jwks_uri shows a private key"


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.1/client.json",
        "https://169.254.169.254/latest/client.json",
        "https://[fd00::1]/client.json",
        "https://127.0.0.1.example.com/client.json",
        "https://tool.example.com/client.json",
    ],
)
async def test_no_other_machine_is_asked(api, publish, url):
    publish()
    for endpoint in ("preview", "register"):
        response = await api.post(f"/clients/cimd/{endpoint}", json={"external_client_id": url})
        assert (response.status_code, response.json()["errorCode"]) == (501, "not_supported")


async def test_a_redirect_is_not_followed_and_a_closed_port_not_asked(api, publish, tenant, host):
    url = publish(status=302, headers={"Location": "https://localhost:1/secret"}, content=b"")
    response = await register(api, url)
    assert (response.status_code, response.json()["message"]) == (
        400,
        f"{url} answers 302; redirects are not followed",
    )
    port = host.server_address[1]
    tenant.access = MachineAccess(authority=host.bundle, closed_ports=frozenset([port]))
    assert (await register(api, url)).json()["message"] == f"port {port} is the sandbox's own"


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"[1", "is no JSON document"), (b"x" * 6000, "has more than 5120 bytes"), (b"[]", "must be a JSON object")],
)
async def test_a_document_that_is_none_is_refused(api, publish, content, message):
    response = await register(api, publish(content=content))
    assert (response.status_code, response.json()["errorCode"]) == (400, "invalid_client_metadata")
    assert message in response.json()["message"]
    assert not (await api.get("/clients", params={"is_first_party": "false"})).json()


@pytest.mark.parametrize(
    "url",
    [
        "http://tool.example.com/client.json",
        "https:///client.json",
        "https://tool.example.com",
        "https://tool.example.com/",
        "https://tool.example.com/a/../client.json",
        "https://tool.example.com/%2E%2e/client.json",
        "https://tool.example.com/client.json?x=1",
        "https://tool.example.com/client.json#x",
        "https://user:password@tool.example.com/client.json",
        "https://tool.example.com:0/client.json",
        "https://tool.example.com/%zz.json",
        " https://tool.example.com/client.json",
        f"https://tool.example.com/{'a' * 120}",
        "https://tool.example.com:port/client.json",
    ],
)
def test_the_url_has_rules(url):
    assert url_violations(url)


URL = "https://tool.example.com/client.json"


@pytest.mark.parametrize(
    ("members", "violation"),
    [
        ({"client_id": f"{URL}2"}, "client_id must be the URL of the document"),
        ({"client_name": ""}, "client_name must be a text that is not empty"),
        ({"grant_types": ["implicit"]}, "grant_types must hold one of authorization_code, refresh_token"),
        ({"redirect_uris": []}, "redirect_uris must hold at least one URI, and each once"),
        ({"redirect_uris": [REDIRECT, REDIRECT]}, "redirect_uris must hold at least one URI, and each once"),
        ({"redirect_uris": ["http://127.0.0.1/"]}, "redirect URI not allowed: http://127.0.0.1/"),
        ({"redirect_uris": ["https://*.example.com/"]}, "redirect URI not allowed: https://*.example.com/"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "redirect URI not allowed: javascript:alert(1)"),
        ({"application_type": "service"}, "application_type must be native or web"),
        (
            {"token_endpoint_auth_method": "client_secret_post"},
            "token_endpoint_auth_method must be one of none, private_key_jwt",
        ),
        ({"jwks": {"keys": []}}, "jwks is not supported, jwks_uri is"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "private_key_jwt needs jwks_uri"),
        ({"jwks_uri": "https://other.example.com/keys"}, "jwks_uri must have the origin of the document"),
        ({"description": "x" * 141}, "description must be a text of at most 140 characters"),
        ({"logo_uri": "javascript:alert(1)"}, "logo_uri must be an http or https URL"),
    ],
)
def test_a_member_that_breaks_a_rule_is_named(members, violation):
    mapping = mapped(URL, document(URL, **members))
    assert (mapping.violations, mapping.client) == ([violation], {})


def test_a_native_client_may_use_the_loopback_interface():
    redirects = ["http://127.0.0.1:33418/", "http://localhost/callback"]
    assert not mapped(URL, document(URL, application_type="native", redirect_uris=redirects)).violations
