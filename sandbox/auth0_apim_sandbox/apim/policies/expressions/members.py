"""What an expression can reach: the properties of `context` and of the values it hands out.

The names and types are those of "API Management policy expressions" in the vendor's documentation.
"""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

_COMPARISONS = (
    "CurrentCulture",
    "CurrentCultureIgnoreCase",
    "InvariantCulture",
    "InvariantCultureIgnoreCase",
    "Ordinal",
    "OrdinalIgnoreCase",
)


def _attribute(name: str) -> Callable[[Any], Any]:
    def get(value: Any) -> Any:
        return getattr(value, name)

    return get


def _constant(value: str) -> Callable[[Any], str]:
    return lambda _: value


def _properties(**types: str) -> dict[str, tuple[str, Callable[[Any], Any]]]:
    """Properties by their C# name; the runtime object has the same name in snake case."""
    snake = {name: "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_") for name in types}
    return {name: (result, _attribute(snake[name])) for name, result in types.items()}


PROPERTIES: dict[str, dict[str, tuple[str, Callable[[Any], Any]]]] = {
    "Context": _properties(
        Api="Api",
        LastError="LastError",
        Operation="Operation",
        Product="Product",
        Request="Request",
        RequestId="string",
        Response="Response",
        Subscription="Subscription",
        Variables="Variables",
    ),
    "Api": _properties(
        Id="string", IsCurrentRevision="bool", Name="string", Path="string", Revision="string", Version="string"
    ),
    "LastError": _properties(
        Source="string",
        Reason="string",
        Message="string",
        Scope="string",
        Section="string",
        Path="string",
        PolicyId="string",
    ),
    "Operation": _properties(Id="string", Method="string", Name="string", UrlTemplate="string"),
    "Product": _properties(Id="string", Name="string", SubscriptionRequired="bool"),
    "Request": _properties(
        Headers="Headers",
        IpAddress="string",
        MatchedParameters="Parameters",
        Method="string",
        OriginalUrl="Url",
        Url="Url",
    ),
    "Response": _properties(Headers="Headers", StatusCode="int", StatusReason="string"),
    "Subscription": _properties(Id="string", Key="string", Name="string", PrimaryKey="string", SecondaryKey="string"),
    "Url": {
        **_properties(Host="string", Path="string", Port="int", Query="Query", Scheme="string"),
        "QueryString": ("string", lambda url: f"?{url.query_string}" if url.query_string else ""),
    },
    "Jwt": _properties(
        Algorithm="string",
        Audiences="string[]",
        Claims="Claims",
        ExpirationTime="DateTime?",
        Id="string",
        IssuedAt="DateTime?",
        Issuer="string",
        NotBefore="DateTime?",
        Subject="string",
        Type="string",
    ),
    "string": {"Length": ("int", len)},
    "string[]": {"Length": ("int", len)},
    "DateTime?": {"Value": ("DateTime", lambda value: value)},
    "static DateTime": {"UtcNow": ("DateTime", lambda context: datetime.fromtimestamp(context.clock(), timezone.utc))},
    "static StringComparison": {name: ("StringComparison", _constant(name)) for name in _COMPARISONS},
    "static StringComparer": {name: ("StringComparison", _constant(name)) for name in _COMPARISONS},
    "static string": {"Empty": ("string", lambda _: "")},
}
"""By type: name of the property, its type, and how to get it; a static property is got of the request's context."""


def as_text(value: Any) -> str:
    """What C#'s string concatenation makes of `value`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, list):
        return "System.String[]"
    if isinstance(value, datetime):
        return f"{value:%m/%d/%Y %H:%M:%S}"
    return str(value)
