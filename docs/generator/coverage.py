"""The ledger of the sandbox: what it supports, refuses by name and does otherwise, from the registries that dispatch to it."""

from collections.abc import Iterable, Mapping, Sequence

from auth0_apim_sandbox.apim.arm.request import API_VERSIONS
from auth0_apim_sandbox.apim.arm.resource_kind import ResourceKind
from auth0_apim_sandbox.apim.manager.routing import KINDS, VIEWS
from auth0_apim_sandbox.apim.policies.catalogue import POLICIES
from auth0_apim_sandbox.apim.policies.catalogue import UNSUPPORTED as REFUSED_POLICIES
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import EXTENSIONS, INSTANCE, STATIC
from auth0_apim_sandbox.apim.policies.policy import Policy
from auth0_apim_sandbox.apim.policies.schema import Element
from auth0_apim_sandbox.apim.resources.apis.importing import IMPORT_FORMATS, UNSUPPORTED_FORMATS
from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.tenant.authentication import UNSUPPORTED, routes
from auth0_apim_sandbox.tenant.authorize.request import PARAMETERS
from auth0_apim_sandbox.tenant.authorize.request import UNSUPPORTED_PARAMETERS as REFUSED_AT_AUTHORIZE
from auth0_apim_sandbox.tenant.management.application import ENDPOINTS, PREFIX, RESOURCES_OF_AUTH0
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.endpoint import PostEndpoint
from auth0_apim_sandbox.tenant.tokens.token_endpoint import (
    UNSUPPORTED_GRANTS,
    WITH_RESOURCE,
    TokenEndpoint,
)
from auth0_apim_sandbox.vault.application import API_VERSIONS as VAULT_VERSIONS
from auth0_apim_sandbox.vault.application import create_vault
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from docs.generator.coverage_sources import DIFFERENT, KIND_SOURCES, MANAGEMENT_SOURCES, PART_SOURCES

PAGE = "docs/sandbox-coverage.md"
_NOTE = "<!-- Written by `make docs` from the sandbox's registries and docs/generator/coverage_sources.py. -->"


def coverage_page() -> dict[str, str]:
    """Text of the page, by its path."""
    parts = [_head(), _manager(), _policies(), _expressions(), _authentication(), _management(), _vault(), _different()]
    return {PAGE: "\n\n".join(parts) + "\n"}


def _head() -> str:
    return (
        f"{_NOTE}\n# What the sandbox covers\n\n"
        "*Supported* is what the sandbox dispatches. What is *refused by name* is answered with 501 (in a policy: 400 when it is "
        "saved) and the name of what is missing; so is everything else that the services have. *Different* is known and stays. "
        "The source says how an answer is known: **specification** (Azure's REST specification, 2024-05-01, or Auth0's Management API schema), "
        "**recording** (of the live service, in official clients' tests), **document** (the vendor's pages or an RFC), **inference**."
    )


def _manager() -> str:
    rows = [_kind_row(kind) for _, kind in sorted(KINDS.items())]
    rows += [(f"`{path}`", "GET (list)", "", _source(KIND_SOURCES, path)) for path in sorted(VIEWS)]
    return _section(
        "Azure's resource manager",
        f"API versions: {_names(API_VERSIONS)}. Services, soft-deleted services, resource groups, user-assigned identities, "
        "`checkNameAvailability` and the directory's token endpoint are there besides what is in a service:",
        _table(("below a service", "verbs", "actions (POST)", "known from"), rows),
        f"An API is imported in the formats {_names(IMPORT_FORMATS)}; refused by name: {_names(UNSUPPORTED_FORMATS)}. "
        "Every other type below a service, and every other provider's, is refused by name.",
    )


def _kind_row(kind: ResourceKind) -> tuple[str, ...]:
    source = _source(KIND_SOURCES, kind.path.lower())
    return f"`{kind.path}`", ", ".join(["list", *sorted(kind.verbs)]), _names(sorted(kind.actions())), source


def _policies() -> str:
    rows = [(f"`{name}`", *_policy_cells(policy)) for name, policy in sorted(POLICIES.items())]
    return _section(
        "Policies",
        f"Known from: {PART_SOURCES['policies']}. A policy, attribute or element that is not here is refused when the document is saved.",
        _table(("policy", "sections", "scopes", "attributes", "refused by name"), rows),
        f"Policies that API Management has, and the gateway refuses by name: {_names(sorted(REFUSED_POLICIES))}.",
    )


def _policy_cells(policy: Policy) -> Sequence[str]:
    scopes = [scope for scope in policy.scopes if scope != "fragment"]
    attributes = [*policy.schema.attributes, *(f"<{name}>" for name in _children(policy.schema))]
    return ", ".join(policy.sections), ", ".join(scopes), _names(attributes), _names(sorted(_refused(policy.schema)))


def _children(element: Element) -> list[str]:
    return [child.element.name for child in element.children]


def _refused(element: Element) -> set[str]:
    return set(element.unsupported).union(*(_refused(child.element) for child in element.children))


def _expressions() -> str:
    types = sorted({*INSTANCE, *STATIC}, key=str.casefold)
    rows = [
        (f"`{name}`", _names(sorted(INSTANCE.get(name, ()))), _names(sorted(STATIC.get(name, ())))) for name in types
    ]
    return _section(
        "Policy expressions",
        f"Known from: {PART_SOURCES['expressions']}. A member that is not here is refused when the document is saved.",
        _table(("type", "members", "static members, `new` for constructors"), [row for row in rows if any(row[1:])]),
        f"Extension methods: {_names(sorted(EXTENSIONS))}.",
    )


def _authentication() -> str:
    tenant = Tenant(Store(), "localhost:14300", lambda: 0.0)
    answered = routes(tenant)
    return _section(
        "Auth0's Authentication API",
        f"Known from: {PART_SOURCES['authentication']}.",
        _table(("endpoint", "methods"), _endpoints(route for route in answered if _path(route) not in UNSUPPORTED)),
        f"Grant types: {_names(sorted(_grants(answered)))}. Refused by name: {_names(sorted(UNSUPPORTED_GRANTS))}; at the token "
        f"endpoint also the parameter `organization`, the header `DPoP`, and `resource` with other grants than {_names(WITH_RESOURCE)}.",
        f"Parameters of `/authorize`: {_names(sorted(PARAMETERS - REFUSED_AT_AUTHORIZE.keys()))}, `organization` and `screen_hint` being refused where they ask for "
        f"something; refused by name: {_names(sorted(REFUSED_AT_AUTHORIZE))}.",
        _table(("refused by name", "what it is"), [(f"`{path}`", what) for path, what in sorted(UNSUPPORTED.items())]),
    )


def _grants(answered: Iterable[BaseRoute]) -> Iterable[str]:
    for route in answered:
        if isinstance(route, Route) and isinstance(route.endpoint, PostEndpoint):
            handle = route.endpoint.handle
            if isinstance(handle, TokenEndpoint):
                return handle.grants
    raise LookupError("the tenant has no token endpoint")


def _management() -> str:
    answered = sorted({(endpoint.path, endpoint.method) for endpoint in ENDPOINTS})
    methods = {path: [method for other, method in answered if other == path] for path, _ in answered}
    rows = [
        (f"`{path}`", ", ".join(found), _source(MANAGEMENT_SOURCES, path.split("/")[1]))
        for path, found in methods.items()
    ]
    supported = {path.split("/")[1] for path in methods}
    return _section(
        "Auth0's Management API",
        f"Below `{PREFIX}`:",
        _table(("endpoint", "methods", "known from"), rows),
        f"Refused by name: {_names(sorted(RESOURCES_OF_AUTH0 - supported))}, and what is not listed of the others.",
    )


def _vault() -> str:
    vault = create_vault(Store(), "https://localhost", "https://localhost", None, lambda: 0.0)  # type: ignore[arg-type]
    if not isinstance(vault, Starlette):
        raise TypeError("the vault has no routes")
    return _section(
        "Key Vault",
        f"API versions: {_names(VAULT_VERSIONS)}. Known from: {PART_SOURCES['vault']}. Everything else is refused by name.",
        _table(("endpoint", "methods"), _endpoints(route for route in vault.routes if _path(route) != "/{path:path}")),
    )


def _different() -> str:
    return _section("Different", "", _table(("where", "the service", "the sandbox", "known from"), DIFFERENT))


def _endpoints(answered: Iterable[BaseRoute]) -> list[tuple[str, str]]:
    methods: dict[str, set[str]] = {}
    for route in answered:
        if isinstance(route, Route):
            given = ["POST"] if isinstance(route.endpoint, PostEndpoint) else route.methods or []
            methods.setdefault(route.path, set()).update(set(given) - {"HEAD", "OPTIONS"})
    return [(f"`{path}`", ", ".join(sorted(found))) for path, found in methods.items()]


def _path(route: BaseRoute) -> str:
    return route.path if isinstance(route, Route) else ""


def _source(sources: Mapping[str, str], name: str) -> str:
    if name not in sources:
        raise LookupError(f"docs/generator/coverage_sources.py does not say how the answers of '{name}' are known")
    return sources[name]


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _section(title: str, *paragraphs: str) -> str:
    return "\n\n".join([f"## {title}", *filter(None, paragraphs)])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
