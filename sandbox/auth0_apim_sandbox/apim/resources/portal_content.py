"""What a developer portal is published from: its content, which is kept as it comes, and its configuration.

https://learn.microsoft.com/rest/api/apimanagement/content-item and `portal-config`. Nothing is published by the service itself:
`portalRevisions` is not there; the open-source portal reads all of this and makes a site of it by itself.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.errors import ArmError, unsupported
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.lists import page, property_at
from auth0_apim_sandbox.apim.arm.resource_kind import Action, Draft, ResourceKind

CONTENT_TYPES = ("block", "blob", "document", "layout", "page", "popup", "url")
"""Those that every service has."""

_ORDER = re.compile(r"([A-Za-z][\w/]*)(?:\s+(asc|desc))?", re.IGNORECASE)


class AnyContract(Contract):
    """Whatever comes; the sandbox has no schemas of content."""

    model_config = ConfigDict(alias_generator=to_camel, extra="allow")


class ContentTypes(ResourceKind):
    """`contentTypes`: pages, layouts and so on, and types of one's own."""

    path = "contentTypes"
    noun = "ContentType"
    contract = AnyContract


class ContentItems(ResourceKind):
    """`contentTypes/contentItems`."""

    path = "contentTypes/contentItems"
    noun = "ContentItem"
    contract = AnyContract

    def list(self, call: Call) -> Response:
        """Answer the items, in the order of `$orderby`."""
        if call.request.method != "GET" or "$orderby" not in call.request.query:
            return super().list(call)
        wanted = call.request.query["$orderby"]
        order = _ORDER.fullmatch(wanted.strip())
        if order is None:
            message = f"The $orderby '{wanted}' is not supported; one property is, for example: en_us/title desc."
            raise ArmError(400, "InvalidOrderByInQueryString", message)
        views = [self.view_in_list(call, document) for document in self.listed(call)]
        name, is_descending = order[1], (order[2] or "").lower() == "desc"
        views.sort(key=lambda view: str(property_at(view, name) or "").casefold(), reverse=is_descending)
        return JSONResponse(page(call.request, views, call.manager.endpoint))


class Signin(Contract):
    """Whether visitors must sign in to the portal."""

    require: bool = False


class TermsOfService(Contract):
    """What users agree to when they sign up."""

    text: str | None = None
    require_consent: bool = False


class Signup(Contract):
    """How users sign up."""

    terms_of_service: TermsOfService = Field(default_factory=TermsOfService)


class Delegation(Contract):
    """What a site of one's own does for the portal."""

    delegate_registration: bool = False
    delegate_subscription: bool = False
    delegation_url: str | None = None


class Csp(Contract):
    """The Content-Security-Policy of the published site."""

    mode: Literal["enabled", "disabled", "reportOnly"] = "disabled"
    report_uri: list[str] = Field(default_factory=list)
    allowed_sources: list[str] = Field(default_factory=list)


class Cors(Contract):
    """Other origins that may read the portal's data."""

    allowed_origins: list[str] = Field(default_factory=list)


class PortalConfigContract(Contract):
    """Body of a portal's configuration."""

    enable_basic_auth: bool = True
    signin: Signin = Field(default_factory=Signin)
    signup: Signup = Field(default_factory=Signup)
    delegation: Delegation = Field(default_factory=Delegation)
    csp: Csp = Field(default_factory=Csp)
    cors: Cors = Field(default_factory=Cors)


class PortalConfigs(ResourceKind):
    """`portalConfigs`; `default` is there from the beginning."""

    path = "portalConfigs"
    noun = "PortalConfig"
    contract = PortalConfigContract
    verbs: ClassVar[frozenset[str]] = frozenset({"GET", "HEAD", "PUT", "PATCH"})

    async def prepare(self, call: Call, contract: PortalConfigContract) -> Draft:
        """Refuse what needs users of the portal, whom the sandbox has not."""
        needs_users = {
            "signin.require": contract.signin.require,
            "delegation.delegateRegistration": contract.delegation.delegate_registration,
            "delegation.delegateSubscription": contract.delegation.delegate_subscription,
            "cors.allowedOrigins": bool(contract.cors.allowed_origins),
        }
        for name, wanted in needs_users.items():
            if wanted:
                raise unsupported(f"'{name}' of a portal's configuration")
        return await super().prepare(call, contract)

    def actions(self) -> Mapping[str, Action]:
        """`listDelegationSecrets`; media are stored nowhere, so that `listMediaContentSecrets` is refused by name."""
        return {"listdelegationsecrets": self._list_delegation_secrets}

    async def _list_delegation_secrets(self, call: Call, document: Document) -> Response:
        del call, document
        return JSONResponse({"validationKey": None})


class IdentityProviders(ResourceKind):
    """`identityProviders`, by which users sign in to the portal itself: there are none."""

    path = "identityProviders"
    noun = "IdentityProvider"
    contract = AnyContract

    async def prepare(self, call: Call, contract: AnyContract) -> Draft:
        """Refuse every one."""
        del contract
        raise unsupported(f"The identity provider '{call.name}'")


def portal_defaults() -> Iterable[tuple[str, str, dict[str, Any]]]:
    """Type, name and properties of what every service has for its portal."""
    for name in CONTENT_TYPES:
        yield "contentTypes", name, {"id": f"/contentTypes/{name}", "name": name, "schema": {"type": "object"}}
    yield "portalConfigs", "default", PortalConfigContract().wire()
