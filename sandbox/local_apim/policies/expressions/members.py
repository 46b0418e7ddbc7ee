"""What an expression can reach: the members of `context` and of the values it hands out.

The names and types are those of "API Management policy expressions" in the vendor's documentation. A getter takes the value; a
method takes the request's context, the value and the arguments. `?` behind an argument's type makes it optional.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_apim.policies.expressions.errors import EvaluationError


@dataclass(frozen=True)
class Method:
    """A method: the types of its arguments, of its result, what it does; an extension method may be called on null."""

    arguments: tuple[str, ...]
    result: str
    run: Callable[..., Any]
    extension: bool = False


def _attribute(name: str) -> Callable[[Any], Any]:
    def get(value: Any) -> Any:
        return getattr(value, name)

    return get


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
    "Url": _properties(Host="string", Path="string", Port="int", Query="Query", QueryString="string", Scheme="string"),
    "Jwt": _properties(
        Algorithm="string",
        Audiences="string[]",
        Claims="Claims",
        Id="string",
        Issuer="string",
        Subject="string",
        Type="string",
    ),
    "string": {"Length": ("int", len)},
    "string[]": {"Length": ("int", len)},
}


def _joined(_: Any, values: Any, name: str, default: str | None = None) -> str | None:
    found = values.get(name)
    return default if found is None else ",".join(found)


def _single(_: Any, values: Any, name: str, default: Any = None) -> Any:
    return values.get(name, default)


def _contains_key(_: Any, values: Any, name: str) -> bool:
    return values.get(name) is not None


def _split(_: Any, text: str, *separators: str) -> list[str]:
    for separator in separators[1:]:
        text = text.replace(separator, separators[0])
    return text.split(separators[0]) if separators else text.split()


def _substring(_: Any, text: str, start: int, length: int | None = None) -> str:
    end = len(text) if length is None else start + length
    if not 0 <= start <= end <= len(text):
        raise EvaluationError("Specified argument was out of the range of valid values.")
    return text[start:end]


def _first(_: Any, values: list[str]) -> str:
    if not values:
        raise EvaluationError("Sequence contains no elements")
    return values[0]


def _lookup(result: str) -> dict[str, Method]:
    return {
        "GetValueOrDefault": Method(("string", "string?"), result, _joined),
        "ContainsKey": Method(("string",), "bool", _contains_key),
    }


_PLAIN_LOOKUP = {
    "GetValueOrDefault": Method(("string", "string?"), "string", _single),
    "ContainsKey": Method(("string",), "bool", _contains_key),
}

METHODS: dict[str, dict[str, Method]] = {
    "Headers": _lookup("string"),
    "Claims": _lookup("string"),
    "Query": _lookup("string"),
    "Parameters": _PLAIN_LOOKUP,
    "Variables": {
        "GetValueOrDefault": Method(("string", "object?"), "object", _single),
        "ContainsKey": Method(("string",), "bool", lambda _, values, name: name in values),
    },
    "string": {
        "AsJwt": Method((), "Jwt", lambda context, text: context.as_jwt(text), extension=True),
        "Contains": Method(("string",), "bool", lambda _, text, part: part in text),
        "EndsWith": Method(("string",), "bool", lambda _, text, part: text.endswith(part)),
        "Equals": Method(("string",), "bool", lambda _, text, other: text == other),
        "IndexOf": Method(("string",), "int", lambda _, text, part: text.find(part)),
        "Replace": Method(("string", "string"), "string", lambda _, text, old, new: text.replace(old, new)),
        "Split": Method(("string?", "string?", "string?"), "string[]", _split),
        "StartsWith": Method(("string",), "bool", lambda _, text, part: text.startswith(part)),
        "Substring": Method(("int", "int?"), "string", _substring),
        "ToLower": Method((), "string", lambda _, text: text.lower()),
        "ToLowerInvariant": Method((), "string", lambda _, text: text.lower()),
        "ToString": Method((), "string", lambda _, text: text),
        "ToUpper": Method((), "string", lambda _, text: text.upper()),
        "ToUpperInvariant": Method((), "string", lambda _, text: text.upper()),
        "Trim": Method((), "string", lambda _, text: text.strip()),
    },
    "string[]": {
        "Any": Method((), "bool", lambda _, values: bool(values)),
        "Contains": Method(("string",), "bool", lambda _, values, value: value in values),
        "Count": Method((), "int", lambda _, values: len(values)),
        "First": Method((), "string", _first),
        "FirstOrDefault": Method((), "string", lambda _, values: values[0] if values else None),
    },
    "int": {"ToString": Method((), "string", lambda _, number: str(number))},
    "bool": {"ToString": Method((), "string", lambda _, flag: "True" if flag else "False")},
    "object": {"ToString": Method((), "string", lambda _, value: as_text(value))},
    "static string": {
        "IsNullOrEmpty": Method(("string",), "bool", lambda _c, _s, text: not text, extension=True),
        "IsNullOrWhiteSpace": Method(
            ("string",), "bool", lambda _c, _s, text: text is None or not text.strip(), extension=True
        ),
    },
}

INDEXES = {
    "Headers": ("string", "string[]"),
    "Claims": ("string", "string[]"),
    "Query": ("string", "string[]"),
    "Parameters": ("string", "string"),
    "Variables": ("string", "object"),
    "string[]": ("int", "string"),
}
"""What `value[index]` takes and gives, by the type of value."""


def as_text(value: Any) -> str:
    """What C#'s string concatenation makes of `value`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    return str(value)
