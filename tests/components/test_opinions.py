"""Every row of docs/opinions.md holds in what a ProtectedApi asks for, and no longer when a property is taken away that carries it.

What these tests cannot prove: that a service does with the property what it promises. The live tests do.
"""

import copy
import json
import re
from pathlib import Path

import pytest
from auth0_apim import MachineClient, ProtectedApi
from auth0_apim.auth0 import clients
from auth0_apim.policy.document_rules import document_checks
from auth0_apim.rules.opinion_rules import implicit_grant_problem, own_backend_problem
from auth0_apim.rules.url_rules import exact_address_problem
from lxml import etree

TABLE = (Path(__file__).resolve().parents[2] / "docs" / "opinions.md").read_text()
PASSWORD, CLIENT_SECRET = "Three quiet Words 4 me", "calc-interactive-client-credentials-client-secret"
ISSUER, BACKEND = "https://tenant.example:8443/", "https://calculator.example/api"
DOCUMENT = {
    "openapi": "3.0.1",
    "servers": [{"url": BACKEND}],
    "paths": {"/add": {"get": {"operationId": "add"}}, "/sub": {"get": {"operationId": "sub"}}},
}
INPUTS = {
    "api": {"identifier": "basic-calculator", "scopes": {"calc:add": "Add"}},
    "interactive_client": {"callbacks": ["https://app.example.com/callback"], "offline_access": True},
    "database": {"connection_name": "BasicCalculator"},
    "user": {"email": "jane@example.com", "password": PASSWORD},
    "gateway": {
        "resource_group_name": "group",
        "service_name": "apis",
        "publisher_name": "Contoso",
        "publisher_email": "apis@contoso.example",
        "sku": "Developer",
    },
    "publication": {"openapi": json.dumps(DOCUMENT), "path": "calc", "product_name": "Starter"},
    "portal": {"display_name": "Auth0"},
    "policy": {"operation_scopes": {"add": ["calc:add"]}},
    "tags": {"team": "calc"},
    "metadata": {"owner": "calc"},
}
"""What is needed for every part to be there; the opinions are the components' own."""


class Recorded:
    """What was asked for: inputs by type and name."""

    def __init__(self, resources):
        self.resources = resources

    def of(self, kind):
        found = [inputs for (typ, _), inputs in self.resources.items() if typ.rpartition(":")[2] == kind]
        assert found, kind
        return found

    def values(self, kind, path):
        return [_at(inputs, path.split(".")) for inputs in self.of(kind)]

    @property
    def document(self):
        return etree.fromstring(self.of("ApiPolicy")[0]["value"])

    def texts(self, xpath):
        return [str(getattr(each, "text", each)) for each in self.document.xpath(xpath)]

    def without(self, carrier):
        """What would be asked for without one place of what the table names, each place by itself."""
        if carrier == "pulumi:providers":
            yield Recorded({**self.resources, ("pulumi:providers:auth0", "default"): {}})
            return
        kind, path = re.split(r"[. ]", carrier, maxsplit=1)
        for key, inputs in self.resources.items():
            if key[0].rpartition(":")[2] == kind:
                is_in_document = " " in carrier
                for taken in _document_without(inputs, path) if is_in_document else _inputs_without(inputs, path):
                    yield Recorded({**self.resources, key: taken})


def _at(inputs, path):
    for step in path:
        inputs = (inputs or {}).get(step)
    return inputs


def _inputs_without(inputs, dotted):
    path = dotted.split(".")
    parent = _at(inputs, path[:-1]) or {}
    for name in list(parent) if path[-1] == "*" else [path[-1]] if path[-1] in parent else []:
        taken = copy.deepcopy(inputs)
        del _at(taken, path[:-1])[name]
        yield taken


def _document_without(inputs, xpath):
    for index in range(len(etree.fromstring(inputs["value"]).xpath(xpath))):
        document = etree.fromstring(inputs["value"])
        found = document.xpath(xpath)[index]
        if isinstance(found, str):
            del found.getparent().attrib[found.attrname]
        else:
            found.getparent().remove(found)
        yield {**inputs, "value": etree.tostring(document, encoding="unicode")}


def checks_tokens(recorded):
    [check] = recorded.document.xpath("inbound/validate-jwt") or [etree.Element("none")]
    return (
        document_checks(etree.tostring(recorded.document, encoding="unicode")) is True
        and (check.get("require-signed-tokens"), check.get("require-expiration-time")) == ("true", "true")
        and recorded.texts("//issuers/issuer") == [ISSUER]
        and recorded.texts("//audiences/audience") == ["basic-calculator"]
    )


def is_closed_by_construction(recorded):
    [url] = recorded.values("Api", "serviceUrl")
    steps = [each.tag for each in recorded.document.find("inbound")]
    return (
        own_backend_problem(url) is None
        and recorded.texts("inbound/set-backend-service/@base-url") == [BACKEND]
        and steps.index("set-backend-service") > steps.index("validate-jwt")
    )


def grants(recorded):
    """Every client's and authorization server's, None among them where it is left to the service."""
    return [*recorded.values("Client", "grantTypes"), *recorded.values("AuthorizationServer", "grantTypes")]


def asks_for_exact_addresses(recorded):
    [login] = [each for each in recorded.of("Client") if each["appType"] != "non_interactive"]
    lists = [login.get(name) for name in ("callbacks", "allowedLogoutUrls", "webOrigins")]
    if None in lists or not lists[0]:
        return False
    return all(exact_address_problem(each) is None and each.startswith("https://") for part in lists for each in part)


def keeps_secrets(recorded, secret):
    marked = [*recorded.values("AuthorizationServer", "clientSecret"), *recorded.values("User", "password")]
    return marked == [secret(CLIENT_SECRET), secret(PASSWORD)]


PROOFS = {
    "The gateway checks signature, issuer, audience and expiry of every call": checks_tokens,
    "An API has no backend of its own: the document that checks the token sets it, behind the check": (
        is_closed_by_construction
    ),
    "An operation that no requirement names is closed": lambda recorded: (
        recorded.texts("//inbound/choose[when/set-variable]/otherwise/return-response/set-status/@code") == ["403"]
    ),
    "401 and 403 are told apart": lambda recorded: (
        recorded.texts("//validate-jwt/@failed-validation-httpcode") == ["401"]
        and recorded.texts("//return-response/set-status/@code") == ["403", "403"]
    ),
    "RS256": lambda recorded: recorded.values("ResourceServer", "signingAlg") == ["RS256"],
    "`<base />` in every section": lambda recorded: (
        [each.tag for each in recorded.document if each.find("base") is not None]
        == ["inbound", "backend", "outbound", "on-error"]
    ),
    "Keys are found by the OpenID document, not pasted": lambda recorded: (
        recorded.texts("//validate-jwt/openid-config/@url") == [f"{ISSUER}.well-known/openid-configuration"]
        and not recorded.texts("//issuer-signing-keys")
    ),
    "No clock skew": lambda recorded: recorded.texts("//validate-jwt/@clock-skew") == ["0"],
    "No implicit grant, on any client": lambda recorded: all(
        each is not None and implicit_grant_problem(each) is None for each in grants(recorded)
    ),
    "No password grant": lambda recorded: all(
        each is not None and not any("password" in grant.lower() for grant in each) for each in grants(recorded)
    ),
    "Callbacks are exact, https, at least one": asks_for_exact_addresses,
    "Refresh tokens rotate, expire, and have no leeway": lambda recorded: (
        {
            "rotationType": "rotating",
            "expirationType": "expiring",
            "leeway": 0,
            "tokenLifetime": 2_592_000,
            "infiniteTokenLifetime": False,
            "idleTokenLifetime": 1_296_000,
            "infiniteIdleTokenLifetime": False,
        }
        in recorded.values("Client", "refreshToken")
    ),
    "A client is granted the scopes it is given, none by itself": lambda recorded: (
        recorded.values("ClientGrant", "scopes") == [["calc:add"]] * 2
        and sorted(map(str, recorded.values("ClientGrant", "subjectType"))) == ["client", "user"]
    ),
    "An application gets tokens of the API's users by a grant alone, with its scopes alone (`subject_type_authorization`)": (
        lambda recorded: (
            [
                recorded.values("ResourceServer", f"subjectTypeAuthorization.{kind}.policy")
                for kind in ("user", "client")
            ]
            == [["require_client_grant"]] * 2
        )
    ),
    "ID tokens are signed with RS256, clients are OIDC conformant": lambda recorded: (
        recorded.values("Client", "jwtConfiguration.alg") == ["RS256", "RS256"]
        and recorded.values("Client", "oidcConformant") == [True, True]
    ),
    "Sign-up is off": lambda recorded: recorded.values("Connection", "options.disableSignup") == [True],
    "Passwords: policy `good`, 12 characters; brute-force protection": lambda recorded: (
        recorded.values("Connection", "options.passwordPolicy") == ["good"]
        and recorded.values("Connection", "options.passwordComplexityOptions.minLength") == [12]
        and recorded.values("Connection", "options.bruteForceProtection") == [True]
    ),
    "A list of enabled clients is complete": lambda recorded: (
        recorded.values("ConnectionClients", "enabledClients")
        == [["calc-client-client-client-id", "calc-interactive-client-client-client-id"]]
    ),
    "https only; TLS 1.2 at least, where the tier has settings for it (the v2 tiers have none)": lambda recorded: (
        recorded.values("Api", "protocols") == [["https"]]
        and [*recorded.values("ApiManagementService", "customProperties")[0].values()] == ["False"] * 12
    ),
    "No subscription key besides the token": lambda recorded: (
        [*recorded.values("Api", "subscriptionRequired"), *recorded.values("Product", "subscriptionRequired")]
        == [False, False]
    ),
    "The portal's login asks for the API's audience": lambda recorded: (
        recorded.values("AuthorizationServer", "authorizationEndpoint")
        == [f"{ISSUER}authorize?audience=basic-calculator"]
        and recorded.values("AuthorizationServer", "tokenBodyParameters")
        == [[{"name": "audience", "value": "basic-calculator"}]]
    ),
    "Components make no providers": lambda recorded: (
        not [kind for kind, _ in recorded.resources if kind.startswith("pulumi:providers:")]
    ),
    "Tags and metadata reach whatever can have some": lambda recorded: (
        recorded.values("ApiManagementService", "tags") == [INPUTS["tags"]]
        and recorded.values("Client", "clientMetadata") == [INPUTS["metadata"]] * 2
        and recorded.values("Connection", "metadata") == [INPUTS["metadata"]]
    ),
}
"""Of every opinion but two, whether it holds in what was asked for."""

GRANTS_OF_OTHERS = "A grant that the stack did not make is refused, not taken over"
SECRETS = "Every secret is secret from its first assignment"


def rows():
    """What carries each opinion, by the table's own words."""
    lines = [line.strip("| ").split(" | ") for line in TABLE.splitlines() if line.startswith("| ")]
    return {cells[0]: re.findall(r"`([^`]+)`", cells[2]) for cells in lines[1:]}


@pytest.fixture
def recorded(mocks, deploy):
    deploy(lambda: ProtectedApi("calc", INPUTS))
    return Recorded(mocks.resources)


@pytest.fixture
def proofs(secret):
    return {**PROOFS, SECRETS: lambda recorded: keeps_secrets(recorded, secret)}


def test_every_row_has_a_proof_and_every_proof_a_row():
    assert set(rows()) == {*PROOFS, SECRETS, GRANTS_OF_OTHERS}


def test_every_row_names_what_carries_it():
    assert [opinion for opinion, carriers in rows().items() if not carriers] == []


@pytest.mark.parametrize("opinion", [each for each in rows() if each != GRANTS_OF_OTHERS])
def test_an_opinion_holds_and_is_gone_with_each_property_that_carries_it(recorded, proofs, opinion):
    assert proofs[opinion](recorded)
    for carrier in rows()[opinion]:
        taken = list(recorded.without(carrier))
        assert taken, f"nothing has {carrier}"
        assert [each for each in taken if proofs[opinion](each)] == [], carrier


@pytest.mark.parametrize("has_hook", [True, False])
def test_a_grant_of_a_client_that_exists_is_made_behind_a_hook(mocks, deploy, monkeypatch, has_hook):
    bound, new_grant = [], clients.new_grant

    def recorded(*args):
        bound.append(args[-1])
        return new_grant(*args)

    monkeypatch.setattr(clients, "new_grant", recorded)
    if not has_hook:
        monkeypatch.setattr(clients, "none_of_others", lambda *_: None)
    mocks.call = lambda _: {"clientId": "AaBb", "clientSecret": "its-own-secret", "clientGrants": []}
    given = {"existing_client_id": "AaBb", "audience": "calc", "scopes": ["calc:add"]}
    deploy(lambda: MachineClient("client", given))
    # What the hook refuses is in test_existing.
    assert [hooks is not None and len(hooks.before_create) == 1 for hooks in bound] == [has_hook]


@pytest.mark.parametrize("kind", ["AuthorizationServer", "User"])
def test_a_secret_without_its_mark_is_none(recorded, proofs, kind):
    [inputs] = recorded.of(kind)
    name = "password" if kind == "User" else "clientSecret"
    inputs[name] = inputs[name]["value"]
    assert not proofs[SECRETS](recorded)
