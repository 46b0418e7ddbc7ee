"""What an expression can call: the methods of the values it reaches, and indexes.

The names and types are those of "API Management policy expressions" in the vendor's documentation and of .NET. A method takes the
request's context, the value and the arguments. `?` behind an argument's type makes it optional; `a=>b` is a lambda, `out a` a
variable that the method sets.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from auth0_apim_sandbox.apim.policies.expressions.errors import EvaluationError
from auth0_apim_sandbox.apim.policies.expressions.members import as_text


@dataclass(frozen=True)
class Method:
    """A method: the types of its arguments, of its result, what it does; an extension method may be called on null."""

    arguments: tuple[str, ...]
    result: str
    run: Callable[..., Any]
    extension: bool = False


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


Predicate = Callable[[str], bool]


def _where(_: Any, values: list[str], test: Predicate) -> list[str]:
    return [value for value in values if test(value)]


def _any(_: Any, values: list[str], test: Predicate | None = None) -> bool:
    return any(test is None or test(value) for value in values)


def _first_or_default(_: Any, values: list[str], test: Predicate | None = None) -> str | None:
    return next((value for value in values if test is None or test(value)), None)


def _replace(_: Any, text: str, old: str | None, new: str | None) -> str:
    if not old:
        raise EvaluationError("String cannot be of zero length. (Parameter 'oldValue')")
    return text.replace(old, new or "")


def _first(_: Any, values: list[str], test: Predicate | None = None) -> str:
    for value in values:
        if test is None or test(value):
            return value
    raise EvaluationError("Sequence contains no matching element" if test else "Sequence contains no elements")


def _count(_: Any, values: list[str], test: Predicate | None = None) -> int:
    return sum(1 for value in values if test is None or test(value))


def _cased(comparison: str | None) -> Callable[[str], str]:
    return str.upper if comparison is not None and comparison.endswith("IgnoreCase") else str


def _compared(test: Callable[[str, str], Any]) -> Callable[..., Any]:
    """A method of two strings that may be told how to compare; nothing is equal to null."""

    def run(_: Any, text: str, other: str | None, comparison: str | None = None) -> Any:
        case = _cased(comparison)
        return other is not None and test(case(text), case(other))

    return run


def _index_of(_: Any, text: str, part: str, comparison: str | None = None) -> int:
    return _cased(comparison)(text).find(_cased(comparison)(part))


def _static_equals(_c: Any, _s: Any, left: str | None, right: str | None, comparison: str | None = None) -> bool:
    case = _cased(comparison)
    return left == right if left is None or right is None else case(left) == case(right)


def _has(_: Any, values: list[str], value: str, comparison: str | None = None) -> bool:
    case = _cased(comparison)
    return any(item is not None and value is not None and case(item) == case(value) for item in values)


def _join(_c: Any, _s: Any, separator: str | None, values: list[str | None] | None) -> str:
    if values is None:
        raise EvaluationError("Value cannot be null. (Parameter 'value')")
    return (separator or "").join(value or "" for value in values)


def _exists(_c: Any, _s: Any, values: list[str] | None, test: Predicate) -> bool:
    if values is None:
        raise EvaluationError("Value cannot be null. (Parameter 'array')")
    return any(test(value) for value in values)


def _parsed(_c: Any, _s: Any, text: str | None) -> int:
    try:
        number = int(text or "")
    except ValueError:
        raise EvaluationError("Input string was not in a correct format.") from None
    if not -(2**31) <= number < 2**31:
        raise EvaluationError("Value was either too large or too small for an Int32.")
    return number


def _try_get(_: Any, values: Any, name: str, store: Callable[[Any], None]) -> bool:
    found = values.get(name)
    store(found)
    return found is not None


def _try_parse_jwt(context: Any, text: str | None, store: Callable[[Any], None]) -> bool:
    token = context.as_jwt(text)
    store(token)
    return token is not None


def _later(unit: str) -> Method:
    def run(_: Any, moment: datetime, number: int) -> datetime:
        try:
            return moment + timedelta(**{unit: number})
        except OverflowError:
            raise EvaluationError("The added or subtracted value results in an un-representable DateTime.") from None

    return Method(("int",), "DateTime", run)


def _lookup(result: str) -> dict[str, Method]:
    return {
        "GetValueOrDefault": Method(("string", "string?"), result, _joined),
        "ContainsKey": Method(("string",), "bool", _contains_key),
        "TryGetValue": Method(("string", "out string[]"), "bool", _try_get),
    }


_PLAIN_LOOKUP = {
    "GetValueOrDefault": Method(("string", "string?"), "string", _single),
    "ContainsKey": Method(("string",), "bool", _contains_key),
    "TryGetValue": Method(("string", "out string"), "bool", _try_get),
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
        "Contains": Method(("string", "StringComparison?"), "bool", _compared(lambda text, part: part in text)),
        "EndsWith": Method(("string", "StringComparison?"), "bool", _compared(str.endswith)),
        "Equals": Method(("string", "StringComparison?"), "bool", _compared(lambda text, other: text == other)),
        "IndexOf": Method(("string", "StringComparison?"), "int", _index_of),
        "Replace": Method(("string", "string"), "string", _replace),
        "Split": Method(("string?", "string?", "string?"), "string[]", _split),
        "StartsWith": Method(("string", "StringComparison?"), "bool", _compared(str.startswith)),
        "Substring": Method(("int", "int?"), "string", _substring),
        "ToLower": Method((), "string", lambda _, text: text.lower()),
        "ToLowerInvariant": Method((), "string", lambda _, text: text.lower()),
        "ToString": Method((), "string", lambda _, text: text),
        "ToUpper": Method((), "string", lambda _, text: text.upper()),
        "ToUpperInvariant": Method((), "string", lambda _, text: text.upper()),
        "Trim": Method((), "string", lambda _, text: text.strip()),
        "TryParseJwt": Method(("out Jwt",), "bool", _try_parse_jwt, extension=True),
    },
    "string[]": {
        "All": Method(("string=>bool",), "bool", lambda _, values, test: all(test(value) for value in values)),
        "Any": Method(("string=>bool?",), "bool", _any),
        "Contains": Method(("string", "StringComparison?"), "bool", _has),
        "Count": Method(("string=>bool?",), "int", _count),
        "First": Method(("string=>bool?",), "string", _first),
        "FirstOrDefault": Method(("string=>bool?",), "string", _first_or_default),
        "Select": Method(("string=>string",), "string[]", lambda _, values, make: [make(value) for value in values]),
        "ToArray": Method((), "string[]", lambda _, values: values),
        "ToList": Method((), "string[]", lambda _, values: values),
        "Where": Method(("string=>bool",), "string[]", _where),
    },
    "DateTime": {
        "AddDays": _later("days"),
        "AddHours": _later("hours"),
        "AddMinutes": _later("minutes"),
        "AddSeconds": _later("seconds"),
        "ToString": Method((), "string", lambda _, moment: as_text(moment)),
    },
    "DateTime?": {"ToString": Method((), "string", lambda _, moment: as_text(moment), extension=True)},
    "int": {"ToString": Method((), "string", lambda _, number: str(number))},
    "bool": {"ToString": Method((), "string", lambda _, flag: "True" if flag else "False")},
    "object": {"ToString": Method((), "string", lambda _, value: as_text(value))},
    "static Array": {"Exists": Method(("string[]", "string=>bool"), "bool", _exists)},
    "static int": {"Parse": Method(("string",), "int", _parsed)},
    "static string": {
        "Equals": Method(("string", "string", "StringComparison?"), "bool", _static_equals),
        "Join": Method(("string", "string[]"), "string", _join),
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
