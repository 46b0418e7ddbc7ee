"""Whether a value is of the type that a component's args name: programs that nobody type-checked find out before any call."""

import math
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, ForwardRef, Union, get_args, get_origin

import pulumi
from typing_extensions import NotRequired, is_typeddict


class Later:
    """Stands for a value that is known only after a deployment, where no deployment is under way."""

    def __await__(self) -> Iterator[Any]:
        raise NotImplementedError


@cache
def input_types(shape: type) -> dict[str, Any]:
    """The types of the inputs that `shape`, a TypedDict of args, describes, by name; what Pulumi lets stand for one is left out."""
    return {name: _plain_type(hint) for name, hint in shape.__annotations__.items()}


@cache
def decided_before(shape: type) -> frozenset[str]:
    """The inputs of `shape` that are no outputs: they decide which resources there are."""
    return frozenset(name for name, hint in shape.__annotations__.items() if not _may_be_output(hint))


def is_too_late(value: Any, hint: Any) -> bool:
    """Whether an output stands in `value` where the type `hint` has none: as a whole, as an item or behind a name.

    Sections, which are TypedDicts, are asked by themselves.
    """
    if _may_be_output(hint):
        return False
    wanted = _plain_type(hint)
    if get_origin(wanted) is dict and isinstance(value, Mapping):
        of = get_args(wanted)[1]
        return not is_typeddict(of) and any(is_too_late(item, of) for item in value.values())
    if get_origin(wanted) is list and isinstance(value, (list, tuple)):
        return any(is_too_late(item, get_args(wanted)[0]) for item in value)
    return is_output(value)


def type_problem(value: Any, wanted: Any) -> str | None:
    """What keeps `value` from being of the type `wanted`, as the end of "input 'x' …"; None where nothing does.

    An output, whose value is not known, is taken on trust. No value is quoted: it may be a secret.
    """
    if is_output(value):
        return None
    if is_typeddict(wanted):
        return None if isinstance(value, Mapping) else f"must be a map, not {_kind(value)}"
    if get_origin(wanted) is dict:
        return _items_problem(value, _plain_type(get_args(wanted)[1]))
    if get_origin(wanted) is list:
        return _list_problem(value, _plain_type(get_args(wanted)[0]))
    if wanted in (int, float):
        kind, fits = "a number", _is_number(value)
    elif wanted is bool:
        kind, fits = "true or false", isinstance(value, bool)
    elif issubclass(wanted, Enum) and isinstance(value, str):
        names = [member.value for member in wanted]
        return None if value in names else f"must be one of {', '.join(names)}, not {value!r}"
    else:
        kind, fits = "text", isinstance(value, (str, wanted))
    return None if fits else f"must be {kind}, not {_kind(value)}"


def type_example(wanted: Any) -> Any:
    """A value of the type `wanted`."""
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return next(iter(wanted)).value
    examples = {dict: {"name": "value"}, list: ["value"], int: 1, float: 1.5, bool: True, str: "value"}
    return examples[get_origin(wanted) or wanted]


def is_output(value: object) -> bool:
    """Whether `value` is known only after a deployment."""
    return isinstance(value, pulumi.Output) or hasattr(value, "__await__")


def is_known(value: object) -> bool:
    """Whether no part of `value` is known only after a deployment."""
    if isinstance(value, dict):
        return all(map(is_known, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(is_known, value))
    return not is_output(value)


def bare(value: Any) -> Any:
    """`value` with the values of enums in the place of their members."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: bare(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [bare(item) for item in value]
    return value


def _items_problem(value: Any, wanted: Any) -> str | None:
    if not isinstance(value, Mapping):
        return f"must be a map, not {_kind(value)}"
    for key, item in value.items():
        if not isinstance(key, str):
            return f"must have text as names, not {_kind(key)}"
        if problem := type_problem(item, wanted):
            return f"is wrong for {key!r}, which {problem}"
    return None


def _list_problem(value: Any, wanted: Any) -> str | None:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return f"must be a list, not {_kind(value)}"
    for item in value:
        if problem := type_problem(item, wanted):
            return f"has an item that {problem}"
    return None


def _plain_type(hint: Any) -> Any:
    """The type without the output and the awaitable that may stand for it."""
    if get_origin(hint) is NotRequired:
        return _plain_type(get_args(hint)[0])
    if get_origin(hint) is not Union:
        return hint
    # pulumi.Input names the output by a forward reference, which cannot be resolved from outside.
    return next(each for each in get_args(hint) if not _stands_for_another(each))


def _may_be_output(hint: Any) -> bool:
    if get_origin(hint) is NotRequired:
        return _may_be_output(get_args(hint)[0])
    return get_origin(hint) is Union


def _stands_for_another(hint: Any) -> bool:
    origin: Any = get_origin(hint)
    return isinstance(hint, ForwardRef) or origin is Awaitable


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    names = {str: "text", bool: "true or false", list: "a list", dict: "a map", int: "a number", float: "a number"}
    return names.get(type(value), type(value).__name__)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
