"""The program that a walk deploys: one guarded API, and the component whose inputs change."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import auth0_apim
import pulumi
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

GROUP, SERVICE = "walk", "walk"
OTHER_GROUPS = ("walk-two", "walk-three")
PLACE = {"resource_group_name": GROUP, "service_name": SERVICE}
NEEDED, LESSER = "shop:write", "shop:read"
"""The scope that a call of the prober's operation needs, and one that it does not."""

_ANSWER = {"responses": {"200": {"description": "Done"}}}
DOCUMENT = json.dumps(
    {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "1"},
        "paths": {
            f"/{name}": {"get": {"operationId": name, "security": [{"oauth": [NEEDED]}], **_ANSWER}}
            for name in ("add", "divide", "health")
        },
        "components": {"securitySchemes": {"oauth": {"type": "oauth2", "flows": {}}}},
    }
)
SCRIPTS = {"login": "function login(email, password, callback) { callback(null, null); }"}
_SIZE = {"public_exponent": 65537, "key_size": 2048}
PUBLIC_KEY, OTHER_PUBLIC_KEY = (
    rsa.generate_private_key(**_SIZE)
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode()
    for _ in range(2)
)
PASSWORD = "Three quiet Words 4 me"  # noqa: S105 - of nobody

Made = dict[str, Any]
"""The components that are there already, by type."""

Base = Callable[[Made, str], dict[str, Any]]


def _guard(made: Made, backend: str) -> dict[str, Any]:
    del backend
    api, shop = made["Auth0Api"], made["PublishedApi"]
    return {
        **_place(made),
        "issuer": api.issuer,
        "audience": api.audience,
        "openid_configuration_url": api.openid_configuration_url,
        "api_id": shop.api_id,
        "operations": shop.operations,
        "backend_url": shop.backend_url,
        "operation_scopes": {"add": [NEEDED]},
        "default_scopes": [LESSER],
    }


def _place(made: Made) -> dict[str, Any]:
    gateway = made["ApiGateway"]
    return {"resource_group_name": gateway.resource_group_name, "service_name": gateway.service_name}


def _granted(made: Made) -> dict[str, Any]:
    return {"audience": made["Auth0Api"].audience, "available_scopes": made["Auth0Api"].scopes}


_PUBLISHER = {"publisher_name": "Contoso", "publisher_email": "apis@contoso.example", "sku": "Developer"}

BASES: dict[str, Base] = {
    "Auth0Api": lambda _made, _url: {"identifier": "shop", "scopes": {NEEDED: "Write", LESSER: "Read"}},
    "MachineClient": lambda made, _url: {**_granted(made), "scopes": [NEEDED, LESSER]},
    "ApiGateway": lambda _made, _url: {**PLACE, "existing": True},
    "PublishedApi": lambda made, url: {
        **_place(made),
        "path": "shop",
        "openapi": DOCUMENT,
        "service_url": url,
        "gateway_url": made["ApiGateway"].gateway_url,
    },
    "JwtPolicy": _guard,
    "InteractiveClient": lambda made, _url: {
        **_granted(made),
        "scopes": [LESSER],
        "callbacks": ["https://app.example.com/callback"],
    },
    "UserDatabase": lambda made, _url: {"enabled_clients": [made["InteractiveClient"].client_id]},
    "DatabaseUser": lambda made, _url: {
        "connection_name": made["UserDatabase"].connection_name,
        "email": "jane@example.com",
        "password": PASSWORD,
    },
    "Role": lambda made, _url: {**_granted(made), "permissions": [LESSER]},
    "ApiProduct": lambda made, _url: {**_place(made), "display_name": "Partners", "subscription_required": False},
    "ApiSubscription": lambda made, _url: {**_place(made), "api_id": made["PublishedApi"].api_id},
    "ApiBackend": lambda made, url: {**_place(made), "url": url},
    "NamedSecret": lambda made, _url: {**_place(made), "value": "a value of nobody"},
    "PolicyFragment": lambda made, _url: {
        **_place(made),
        "policies": '<set-header name="X-Team"><value>one</value></set-header>',
    },
    "ApiDiagnostics": lambda made, _url: {
        **_place(made),
        "api_id": made["PublishedApi"].api_id,
        "connection_string": "InstrumentationKey=00000000-0000-0000-0000-000000000000",
    },
    "ApiRevision": lambda made, url: {
        **_place(made),
        "api_id": made["PublishedApi"].api_id,
        "path": made["PublishedApi"].path,
        "url": made["PublishedApi"].url,
        "display_name": made["PublishedApi"].display_name,
        "revision": "2",
        "openapi": DOCUMENT,
        "service_url": url,
    },
    "PortalLogin": lambda made, _url: {
        **_place(made),
        "audience": made["Auth0Api"].audience,
        "authorization_endpoint": made["Auth0Api"].authorization_endpoint,
        "token_endpoint": made["Auth0Api"].token_endpoint,
        "client_id": made["InteractiveClient"].client_id,
        "client_secret": made["InteractiveClient"].client_secret,
        "portal_url": made["ApiGateway"].portal_url,
    },
}
"""The inputs that each component begins with: those of the guarded API first, in the order in which they are made."""

GUARDED = ("Auth0Api", "MachineClient", "ApiGateway", "PublishedApi", "JwtPolicy")
NEEDS = {
    "UserDatabase": ("InteractiveClient",),
    "DatabaseUser": ("InteractiveClient", "UserDatabase"),
    "PortalLogin": ("InteractiveClient",),
}


def new_service(row: str) -> dict[str, Any]:
    """What a row of ApiGateway begins with: a service of its own, as a deleted service keeps its name for 48 hours."""
    return {"service_name": f"walk-{row.replace('_', '-')}", "existing": None, **_PUBLISHER}


PROTECTED_API: dict[str, dict[str, Any]] = {
    "api": {"identifier": "shop", "scopes": {NEEDED: "Write", LESSER: "Read"}},
    "gateway": {**PLACE, "existing": True},
    "publication": {"openapi": DOCUMENT, "path": "shop"},
    "policy": {"operation_scopes": {"add": [NEEDED]}, "default_scopes": [LESSER]},
    "client": {"scopes": [NEEDED, LESSER]},
    "interactive_client": {"scopes": [LESSER], "callbacks": ["https://app.example.com/callback"]},
    "database": {"connection_name": "Readers"},
    "user": {"email": "jane@example.com", "password": PASSWORD},
    "portal": {"grant_types": ["authorization_code"]},
}
"""The sections that the composite begins with."""


def of_parts(component: str, row: str, inputs: Mapping[str, Any], others: tuple[str, ...], backend: str) -> None:
    """Declare the guarded API with `inputs` of `component`; a value may be a function of the components made before it."""
    made: Made = {}
    wanted = {*GUARDED, component, *others, *NEEDS.get(component, ())}
    order = [name for name in BASES if name in wanted and name != "JwtPolicy"]
    # Backends, named values and fragments come before the policy that refers to them.
    order.append("JwtPolicy")
    for name in order:
        given = BASES[name](made, backend)
        if name == "ApiGateway" and component == name:
            given |= new_service(row)
        if name == component:
            given |= {each: value(made) if callable(value) else value for each, value in inputs.items()}
        made[name] = getattr(auth0_apim, name)(name.lower(), {each: v for each, v in given.items() if v is not None})
    if "ApiRevision" in made:
        revision = made["ApiRevision"]
        guard = _guard(made, backend) | {"api_id": revision.revision_id, "operations": revision.operations}
        guard |= {"backend_url": revision.backend_url}
        auth0_apim.JwtPolicy("guard-of-the-revision", guard)  # type: ignore[arg-type]  # made of a table
    _export(made["Auth0Api"], made["MachineClient"], made["PublishedApi"].url)


def composite(section: str, row: str, inputs: Mapping[str, Any], _others: tuple[str, ...], backend: str) -> None:
    """Declare the same as one ProtectedApi, with `inputs` of one of its sections, or of its own where `section` is empty."""
    sections: dict[str, Any] = {name: dict(values) for name, values in PROTECTED_API.items()}
    sections["publication"]["service_url"] = backend
    if section == "gateway":
        sections["gateway"] |= new_service(f"composite-{row}")
    if section == "roles":
        sections["api"]["permissions_in_token"] = True
        sections["roles"] = {"reader": {"permissions": [LESSER], **inputs}}
    elif section:
        sections[section] = {**sections[section], **inputs}
    else:
        sections |= inputs
    args = {name: _without_none(values) if isinstance(values, dict) else values for name, values in sections.items()}
    shop = auth0_apim.ProtectedApi("shop", _without_none(args))  # type: ignore[arg-type]  # its shape is what is walked
    _export(shop, shop, shop.url)


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _export(api: Any, client: Any, url: pulumi.Input[str]) -> None:
    """What callers need: where the API is, and where a client gets which tokens."""
    pulumi.export("url", url)
    for name in ("audience", "token_endpoint"):
        pulumi.export(name, getattr(api, name))
    for name in ("client_id", "client_secret"):
        pulumi.export(name, getattr(client, name))
