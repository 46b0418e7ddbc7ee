"""verify against a stand-in for the API; that it judges real services rightly is proven live in tests/live."""

import base64
import json
from urllib.parse import parse_qs

import httpx
import pytest
from auth0_apim_environments.errors import StackError
from auth0_apim_environments.verify.deployed_api import parse_outputs
from auth0_apim_environments.verify.proof import verify
from auth0_apim_environments.verify.tokens import TokenError, user_tokens

OUTPUTS = {
    "issuer": "https://tenant.example/",
    "audience": "basic-calculator",
    "apiUrl": "https://gateway.example/calc",
    "tokenEndpoint": "https://tenant.example/oauth/token",
    "authorizationEndpoint": "https://tenant.example/authorize",
    "clientId": "machine",
    "clientSecret": "machine-secret",
    "grantedScopes": ["calc:add", "calc:subtract"],
    "scopes": ["calc:add", "calc:subtract"],
    "userAccess": "require_client_grant",
    "interactiveGrantedScopes": ["calc:add"],
    "probe": {"path": "/add?a=2&b=3", "scopes": ["calc:add"], "expected": {"result": 5}},
    "interactiveClientId": "web",
    "interactiveClientSecret": "web-secret",
    "redirectUris": ["https://portal.example/callback"],
    "userEmail": "jane@example.com",
    "userPassword": "Correct-Horse-1",
}

LOGIN_PAGE = """<form method="post"><input name="state" value="s1"><input name="username"><input name="password">
<button name="action" value="default">Continue</button></form>"""


def token(audience: str, scope: str) -> str:
    claims = (
        base64.urlsafe_b64encode(json.dumps({"aud": audience, "scope": scope, "exp": 4000}).encode())
        .rstrip(b"=")
        .decode()
    )
    return f"e30.{claims}.good-signature"


class Services:
    """A tenant and a gateway that treat tokens as real ones do.

    `open_gateway` lets everybody through, `open_tenant` issues what is asked for, whatever is granted.
    """

    def __init__(
        self, *, open_gateway: bool = False, open_tenant: bool = False, login_host: str = "tenant.example"
    ) -> None:
        self.open_gateway = open_gateway
        self.open_tenant = open_tenant
        self.login_host = login_host
        self.typed: list[dict[str, list[str]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        return getattr(
            self,
            {
                "/oauth/token": "token",
                "/authorize": "authorize",
                "/u/login": "login",
                "/calc/add": "gateway",
            }[request.url.path],
        )(request)

    def token(self, request: httpx.Request) -> httpx.Response:
        form = parse_qs(request.content.decode())
        scope = form.get("scope", ["calc:add calc:subtract"])[0]
        if form.get("audience") == ["https://tenant.example/api/v2/"] and not self.open_tenant:
            return httpx.Response(403, json={"error": "access_denied", "error_description": "You need a grant"})
        tokens = {"access_token": token("basic-calculator", scope)}
        if form["grant_type"] == ["authorization_code"]:
            assert form["code"] == ["c1"]
            assert len(form["code_verifier"][0]) >= 43
            had = self.asked if self.open_tenant else "openid calc:add"
            tokens = {"access_token": token("basic-calculator", had), "id_token": token("web", "")}
        return httpx.Response(200, json=tokens)

    def authorize(self, request: httpx.Request) -> httpx.Response:
        self.state, self.asked = request.url.params["state"], request.url.params["scope"]
        return httpx.Response(302, headers={"location": f"https://{self.login_host}/u/login?state=s1"})

    def login(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, html=LOGIN_PAGE)
        self.typed.append(parse_qs(request.content.decode()))
        return httpx.Response(302, headers={"location": f"https://portal.example/callback?code=c1&state={self.state}"})

    def gateway(self, request: httpx.Request) -> httpx.Response:
        parts = request.headers.get("authorization", "").removeprefix("Bearer ").split(".")
        good = httpx.Response(200, json={"result": 5})
        if self.open_gateway:
            return good
        if len(parts) != 3 or parts[2] != "good-signature":
            return httpx.Response(401)
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
        if claims["aud"] != "basic-calculator" or claims["exp"] != 4000:
            return httpx.Response(401)
        return good if "calc:add" in claims["scope"] else httpx.Response(403)


def checks_of(services: Services, **outputs: object) -> list[tuple[str, bool | None]]:
    client = httpx.Client(transport=httpx.MockTransport(services))
    return [(check.sent, check.right) for check in verify(parse_outputs("local", {**OUTPUTS, **outputs}), client)]


def test_every_check_of_a_guarded_api_passes():
    assert checks_of(Services()) == [
        ("no token", True),
        ("a token that is garbage", True),
        ("a token that nobody signed (alg none)", True),
        ("a good token, its signature altered", True),
        ("a good token, its expiry moved into the future", True),
        ("a good token, its expiry moved into the past", True),
        ("a good token without the operation's scope", True),
        ("the machine client, to the tenant, for an API that it has no grant for", True),
        ("the machine client's token", True),
        ("the user's login, to the tenant, for scopes that the application is not granted", True),
        ("a token for another audience (the user's ID token)", True),
        ("the user's token by the code flow", True),
    ]


def test_an_open_gateway_fails_every_check_that_expects_a_refusal():
    wrong = [sent for sent, right in checks_of(Services(open_gateway=True)) if right is False]
    assert wrong == [
        "no token",
        "a token that is garbage",
        "a token that nobody signed (alg none)",
        "a good token, its signature altered",
        "a good token, its expiry moved into the future",
        "a good token, its expiry moved into the past",
        "a good token without the operation's scope",
        "a token for another audience (the user's ID token)",
    ]


def test_a_tenant_that_requires_no_grants_fails_the_check():
    rows = checks_of(Services(open_tenant=True))
    assert [sent for sent, right in rows if right is False] == [
        "the machine client, to the tenant, for an API that it has no grant for",
        "the user's login, to the tenant, for scopes that the application is not granted",
    ]


BEYOND_GRANT = "the user's login, to the tenant, for scopes that the application is not granted"


@pytest.mark.parametrize(
    ("outputs", "reason"),
    [
        (
            {"userAccess": "allow_all"},
            "the API's access policy is allow_all, so that every application gets every scope",
        ),
        ({"interactiveGrantedScopes": None}, "the stack has no output with the scopes that the application is granted"),
        ({"scopes": []}, "the stack has no output with the scopes that the application is granted"),
        ({"scopes": ["calc:add"]}, "the application is granted every scope of the API"),
        ({"userEmail": None}, "the stack has no user (settings user and userPassword)"),
        (
            {"interactiveClientId": None},
            "the stack has no application in which its user can log in (setting interactiveClient)",
        ),
        (
            {"redirectUris": []},
            "no address takes the user back after the login (setting interactiveClient.callbacks, or portal)",
        ),
    ],
)
def test_a_login_whose_grants_are_unknown_is_not_checked(outputs, reason):
    client = httpx.Client(transport=httpx.MockTransport(Services()))
    rows = {check.sent: check for check in verify(parse_outputs("local", {**OUTPUTS, **outputs}), client)}
    assert (rows[BEYOND_GRANT].right, rows[BEYOND_GRANT].received) == (None, f"not checked: {reason}")


def test_a_login_without_the_operations_scope_is_refused_by_the_gateway():
    asked_for = {"path": "/add?a=2&b=3", "scopes": ["calc:multiply"], "expected": {"result": 5}}
    rows = dict(checks_of(Services(), probe=asked_for, interactiveGrantedScopes=["calc:add"]))
    sent = "the user's token by the code flow, which is not granted the operation's scope"
    assert rows[sent] is False  # the stand-in for the gateway knows calc:add alone
    assert rows[BEYOND_GRANT] is True


def test_without_a_management_api_at_the_issuer_the_grant_is_not_checked(monkeypatch):
    refusal = {"error": "access_denied", "error_description": "Service not found: https://tenant.example/api/v2/"}
    usual = Services.token

    def answer(services, request):
        asked = parse_qs(request.content.decode()).get("audience")
        foreign = asked == ["https://tenant.example/api/v2/"]
        return httpx.Response(403, json=refusal) if foreign else usual(services, request)

    monkeypatch.setattr(Services, "token", answer)
    rows = dict(checks_of(Services()))
    assert rows["the machine client, to the tenant, for an API that it has no grant for"] is None


def test_a_token_that_is_no_jwt_is_an_error_of_its_own(monkeypatch):
    monkeypatch.setattr(Services, "token", lambda *_: httpx.Response(200, json={"access_token": "opaque"}))
    client = httpx.Client(transport=httpx.MockTransport(Services()))
    rows = {check.sent: check for check in verify(parse_outputs("local", {**OUTPUTS, "userEmail": None}), client)}
    altered = rows["a good token, its signature altered"]
    assert altered.received == "the tenant gave an opaque or encrypted access token, which no gateway can check"
    assert altered.right is False
    assert rows["the machine client's token"].right is False


def test_a_wrong_result_fails_the_check():
    rows = dict(
        checks_of(Services(), probe={"path": "/add?a=2&b=3", "scopes": ["calc:add"], "expected": {"result": 6}})
    )
    assert rows["the machine client's token"] is False
    assert rows["the user's token by the code flow"] is False


def test_checks_that_the_stack_does_not_allow_are_not_counted_as_passed():
    rows = dict(checks_of(Services(), userEmail=None, grantedScopes=["calc:add"]))
    assert rows["a good token without the operation's scope"] is None
    assert rows["a token for another audience (the user's ID token)"] is None
    assert rows["the user's token by the code flow"] is None


def test_the_login_page_gets_the_users_name_and_password():
    services = Services()
    checks_of(services)
    assert services.typed == [
        {"state": ["s1"], "username": ["jane@example.com"], "password": ["Correct-Horse-1"], "action": ["default"]}
    ]


def test_no_password_is_sent_outside_the_tenant():
    services = Services(login_host="phishing.example")
    client = httpx.Client(transport=httpx.MockTransport(services))
    with pytest.raises(TokenError, match="the login left the tenant for https://phishing.example/u/login"):
        user_tokens(client, parse_outputs("local", OUTPUTS))
    assert services.typed == []


def test_outputs_that_are_missing_are_named():
    outputs = {name: value for name, value in OUTPUTS.items() if name not in {"issuer", "probe"}}
    with pytest.raises(StackError, match="stack 'dev' does not export what verify needs: issuer, probe"):
        parse_outputs("dev", outputs)


def test_a_stack_without_outputs_is_an_error_that_says_to_deploy():
    with pytest.raises(StackError, match="stack 'dev' has no outputs; deploy it first: pulumi up --stack dev"):
        parse_outputs("dev", {})
