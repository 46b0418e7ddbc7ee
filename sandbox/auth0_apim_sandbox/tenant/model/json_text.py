"""Reading JSON that has to be sent again: only what RFC 8259 allows and UTF-8 can carry."""

import json
from collections.abc import Callable
from math import isfinite
from typing import Any


def parse_json(text: str | bytes, object_pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """The value of a JSON text; as in JavaScript, 60.0 is 60.

    Raises:
        ValueError: it is no JSON, nested too deeply, or has NaN, a number too large, or half a surrogate pair.
    """
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_number, object_pairs_hook=object_pairs_hook)
        require_unicode(value)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def require_unicode(value: Any) -> None:
    """Refuse a value that could be stored, but never sent.

    Raises:
        ValueError: a text in it has half a surrogate pair.
    """
    json.dumps(value, ensure_ascii=False).encode()


def _number(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError("a number is too large")
    return int(value) if value.is_integer() else value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
