"""`context` and what it hands out, as "API Management policy expressions" of the vendor's documentation names and types it.

The objects are the gateway's: each has an attribute of the same name in snake case.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs
from uuid import UUID

from auth0_apim_sandbox.apim.policies.expressions.library.encodings import Uri
from auth0_apim_sandbox.apim.policies.expressions.library.json_text import parse_json
from auth0_apim_sandbox.apim.policies.expressions.library.json_tokens import JArray, JObject, JToken
from auth0_apim_sandbox.apim.policies.expressions.library.moments import now
from auth0_apim_sandbox.apim.policies.expressions.library.sequences import default_of
from auth0_apim_sandbox.apim.policies.expressions.library.values import Collection, Table, is_instance, unboxed
from auth0_apim_sandbox.apim.policies.expressions.library.xml_nodes import parse_xml
from auth0_apim_sandbox.apim.policies.expressions.runtime.errors import argument_null, invalid_cast
from auth0_apim_sandbox.apim.policies.expressions.runtime.running import Run, with_run
from auth0_apim_sandbox.apim.policies.expressions.runtime.signatures import declare, with_type
from auth0_apim_sandbox.apim.policies.expressions.runtime.types import OBJECT, STRING, Type, type_of

_STRINGS = "IReadOnlyDictionary<string, string[]>"


def _properties(**types: str) -> dict[str, Callable[..., Any]]:
    """Properties by their C# name, gotten from the attribute of the same name in snake case; names come from here alone."""

    def get(name: str) -> Callable[[Any], Any]:
        attribute = "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")
        return lambda value: getattr(value, attribute)

    return {f"{kind} {name}": get(name) for name, kind in types.items()}


@dataclass(frozen=True)
class Body:
    """The body of a request or a response; `message` has it in `body`."""

    message: Any
    csharp_type: ClassVar[str] = "IMessageBody"


def _body(message: Any) -> Body | None:
    return Body(message) if message.body else None


_READERS: dict[str, Callable[[str], Any]] = {
    "string": lambda text: text,
    "JObject": lambda text: parse_json(text, JObject),
    "JArray": lambda text: parse_json(text, JArray),
    "JToken": lambda text: parse_json(text, JToken),
    "XDocument": parse_xml,
    "XElement": lambda text: parse_xml(text).elements()[0],
}


@with_type
def _read(kind: Type, body: Body, keep: bool) -> Any:
    """`As<T>(preserveContent)`: without it, the body is used up."""
    content = body.message.body or b""
    if not keep:
        body.message.body = b""
    if kind.name == "[]" and kind.arguments[0].name == "byte":
        return bytearray(content)
    reader = _READERS.get(kind.name)
    if reader is None:
        raise invalid_cast(str(kind))
    return reader(content.decode("utf-8-sig", "replace"))


def _form(body: Body, keep: bool) -> Table:
    """The fields of a form (application/x-www-form-urlencoded), each a list of texts."""
    content = body.message.body or b""
    if not keep:
        body.message.body = b""
    of = type_of("IList<string>")
    fields = parse_qs(content.decode("utf-8-sig", "replace"), keep_blank_values=True)
    return Table(
        Type("Dictionary", (STRING, of)),
        ((name, Collection(type_of("List<string>"), values)) for name, values in fields.items()),
    )


def _joined(table: Any, name: str, default: str | None = None) -> str | None:
    if name is None:
        raise argument_null("key")
    found = table.get(name)
    return default if found is None else ",".join(found)


@with_type
def _variable(kind: Type, table: Any, name: str, default: Any = None) -> Any:
    if name is None:
        raise argument_null("key")
    if table.get(name) is None:
        return default if default is not None or name not in table else default_of(kind)
    found = table[name]
    if kind != OBJECT and not is_instance(found, kind):
        raise invalid_cast(str(kind))
    return found if kind == OBJECT else unboxed(found)


@with_type
def _variable_or_zero(kind: Type, table: Any, name: str) -> Any:
    return _variable(kind, table, name, default_of(kind))


@with_run
def _elapsed(run: Run, context: Any) -> timedelta:
    return timedelta(seconds=max(run.context.clock() - context.timestamp, 0))


declare(
    "IProxyRequestContext",
    {
        **_properties(
            Api="IApi",
            Deployment="IDeployment",
            LastError="ILastError",
            Operation="IOperation",
            Product="IProduct",
            Request="IRequest",
            Response="IResponse",
            Subscription="ISubscription",
            Variables="IReadOnlyDictionary<string, object>",
        ),
        "Guid RequestId": lambda context: UUID(context.request_id),
        "DateTime Timestamp": lambda context: now(context.timestamp),
        "TimeSpan Elapsed": _elapsed,
        "bool Tracing": lambda _: False,
        "void Trace(string message)": lambda context, message: context.trace(message or ""),
    },
)
declare(
    "IApi",
    _properties(
        Id="string", IsCurrentRevision="bool", Name="string", Path="string", Revision="string", Version="string"
    )
    | {
        "IUrl ServiceUrl": lambda api: None if api.service_url is None else _url(api.service_url),
        "IEnumerable<string> Protocols": lambda api: list(api.protocols),
    },
)


def _url(text: str) -> Any:
    return ServiceUrl(Uri(text))


class ServiceUrl:
    """An API's service URL, with the attributes of the gateway's URLs."""

    csharp_type: ClassVar[str] = "IUrl"

    def __init__(self, uri: Any) -> None:
        self.scheme, self.host, self.port = uri.parts.scheme, uri.parts.hostname or "", uri.port
        self.path, self.query_string = uri.parts.path, uri.parts.query
        self._text = uri.original

    def __str__(self) -> str:
        return str(self._text)

    @property
    def query(self) -> dict[str, list[str]]:
        """The parameters of the query."""
        return parse_qs(self.query_string, keep_blank_values=True)


declare("IDeployment", _properties(GatewayId="string", Region="string", ServiceName="string"))
declare(
    "ILastError",
    _properties(
        Source="string",
        Reason="string",
        Message="string",
        Scope="string",
        Section="string",
        Path="string",
        PolicyId="string",
    ),
)
declare("IOperation", _properties(Id="string", Method="string", Name="string", UrlTemplate="string"))
declare("IProduct", _properties(Id="string", Name="string", SubscriptionRequired="bool"))
declare(
    "IRequest",
    {
        **_properties(
            Headers=_STRINGS,
            IpAddress="string",
            MatchedParameters="IReadOnlyDictionary<string, string>",
            Method="string",
            OriginalUrl="IUrl",
            Url="IUrl",
        ),
        "IMessageBody Body": _body,
    },
)
declare(
    "IResponse",
    {**_properties(Headers=_STRINGS, StatusCode="int", StatusReason="string"), "IMessageBody Body": Body},
)
declare(
    "IMessageBody",
    {
        "T As<T>(bool preserveContent = false)": _read,
        "IDictionary<string, IList<string>> AsFormUrlEncodedContent(bool preserveContent = false)": _form,
    },
)
declare("Authorization", _properties(AccessToken="string", Claims="IReadOnlyDictionary<string, object>"))
declare(
    "ISubscription", _properties(Id="string", Key="string", Name="string", PrimaryKey="string", SecondaryKey="string")
)


def _query_string(url: Any) -> str:
    return f"?{url.query_string}" if url.query_string else ""


declare(
    "IUrl",
    {
        **_properties(Host="string", Path="string", Port="int", Query=_STRINGS, Scheme="string"),
        "string QueryString": _query_string,
        "string ToString()": str,
    },
)
declare(
    "Jwt",
    _properties(
        Algorithm="string",
        Audiences="IEnumerable<string>",
        Claims=_STRINGS,
        ExpirationTime="DateTime?",
        Id="string",
        IssuedAt="DateTime?",
        Issuer="string",
        NotBefore="DateTime?",
        Subject="string",
        Type="string",
    ),
)


@dataclass(frozen=True)
class BasicAuthCredentials:
    """User and password of an `Authorization` header (RFC 7617)."""

    user_id: str
    password: str
    csharp_type: ClassVar[str] = "BasicAuthCredentials"


declare("BasicAuthCredentials", _properties(UserId="string", Password="string"))  # noqa: S106 - the name of a type


def as_basic(text: str | None) -> BasicAuthCredentials | None:
    """`text.AsBasic()`: None where it is no value of an `Authorization` header of scheme Basic."""
    scheme, _, encoded = (text or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return None
    return BasicAuthCredentials(user, password) if colon else None


@with_run
def _as_jwt(run: Run, text: str | None) -> Any:
    return run.context.as_jwt(text)


@with_run
def _try_jwt(run: Run, text: str | None, store: Callable[[Any], None]) -> bool:
    token = run.context.as_jwt(text)
    store(token)
    return token is not None


def _try_basic(text: str | None, store: Callable[[Any], None]) -> bool:
    found = as_basic(text)
    store(found)
    return found is not None


def _value_or(table: Any, key: Any, default: Any = None) -> Any:
    if key is None:
        raise argument_null("key")
    found = table.get(key)
    return default if found is None else found


declare(
    "ContextExtensions",
    {
        f"string GetValueOrDefault(this {_STRINGS} values!!, string name)": _joined,
        f"string GetValueOrDefault(this {_STRINGS} values!!, string name, string defaultValue)": _joined,
        f"string[] GetValueOrDefault(this {_STRINGS} values!!, string name, string[] defaultValue)": _value_or,
        "string GetValueOrDefault(this IReadOnlyDictionary<string, string> values!!, string name)": _value_or,
        "string GetValueOrDefault(this IReadOnlyDictionary<string, string> values!!, string name, string defaultValue)": _value_or,
        "object GetValueOrDefault(this IReadOnlyDictionary<string, object> values!!, string name)": _value_or,
        "T GetValueOrDefault<T>(this IReadOnlyDictionary<string, object> values!!, string name)": _variable_or_zero,
        "T GetValueOrDefault<T>(this IReadOnlyDictionary<string, object> values!!, string name, T defaultValue)": _variable,
        "Jwt AsJwt(this string input)": _as_jwt,
        "bool TryParseJwt(this string input, out Jwt result)": _try_jwt,
        "BasicAuthCredentials AsBasic(this string input)": as_basic,
        "bool TryParseBasic(this string input, out BasicAuthCredentials result)": _try_basic,
    },
)
