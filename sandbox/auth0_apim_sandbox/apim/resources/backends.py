"""Backends: where calls go, and the credentials that they get on the way."""

import re
from typing import Annotated, Any, ClassVar

from pydantic import StringConstraints

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import Contract, check_url
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, unsupported
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.resource_kind import Draft, ResourceKind
from auth0_apim_sandbox.apim.resources.policies import refuse_while_used

Text300 = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Text2000 = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Header = Annotated[str, StringConstraints(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
_NAMED_VALUE = re.compile(r"\{\{([A-Za-z0-9._-]+)\}\}")


class BackendTls(Contract):
    """Which parts of the backend's certificate are checked."""

    validate_certificate_chain: bool = True
    validate_certificate_name: bool = True


class BackendAuthorization(Contract):
    """The `Authorization` header that the backend gets."""

    scheme: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    parameter: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class BackendCredentials(Contract):
    """What the backend gets besides the call; texts may refer to named values."""

    authorization: BackendAuthorization | None = None
    header: dict[Header, list[str]] | None = None
    query: dict[str, list[str]] | None = None
    certificate: list[str] | None = None
    certificate_ids: list[str] | None = None


class BackendContract(Contract):
    """Body of a backend."""

    title: Text300 | None = None
    description: Text2000 | None = None
    url: Text2000
    protocol: str
    resource_id: Text2000 | None = None
    type: str | None = None
    credentials: BackendCredentials | None = None
    proxy: dict[str, Any] | None = None
    properties: dict[str, Any] | None = None
    circuit_breaker: dict[str, Any] | None = None
    pool: dict[str, Any] | None = None
    tls: BackendTls | None = None


class Backends(ResourceKind):
    """`backends`: single http backends, without what the local gateway cannot do."""

    path = "backends"
    noun = "Backend"
    contract = BackendContract
    longest_name = 80
    _refused = ("proxy", "properties", "circuitBreaker", "pool")
    optional_properties: ClassVar[tuple[str, ...]] = (
        *_refused,
        "credentials",
        "type",
        "tls",
        "resourceId",
        "title",
        "description",
    )

    async def prepare(self, call: Call, contract: BackendContract) -> Draft:
        """Refuse by name what the gateway would not honour, and references to named values that are not there."""
        draft = await super().prepare(call, contract)
        for name in self._refused:
            if draft.properties[name]:
                raise unsupported(f"'{name}' of a backend")
        if contract.protocol != "http" or contract.type not in (None, "Single"):
            raise unsupported(f"A backend of type '{contract.type or 'Single'}' with protocol '{contract.protocol}'")
        check_url("url", contract.url)
        if contract.tls is not None:
            draft.properties["tls"] = contract.tls.model_dump(by_alias=True, exclude_unset=True)
        if contract.credentials is not None:
            self._check_credentials(call, contract.credentials)
            given = contract.credentials.wire()
            draft.properties["credentials"] = {name: value for name, value in given.items() if value is not None}
        return draft

    def check_delete(self, call: Call, document: Document) -> None:
        """Refuse while a policy names it."""
        name = document["name"]
        refuse_while_used(call, f"Backend '{name}'", lambda policy: name.lower() in policy.backends())

    @staticmethod
    def _check_credentials(call: Call, credentials: BackendCredentials) -> None:
        if credentials.certificate or credentials.certificate_ids:
            raise unsupported("A client certificate of a backend (credentials.certificate, credentials.certificateIds)")
        known = {
            value["properties"]["displayName"] for value in call.inventory.children(call.service["id"], "namedValues")
        }
        for name in _NAMED_VALUE.findall(str(credentials.wire())):
            if name not in known:
                raise ValidationFailed(("credentials", f"Cannot find a property '{name}'."))
