"""The operations of an OpenAPI document, as API Management makes them of it.

https://learn.microsoft.com/azure/api-management/api-management-api-import-restrictions
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from auth0_apim.openapi.text import OpenApiError, Place

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_LONGEST_ID = 76
_LONGEST_TEMPLATE = 1000
_KEPT_ID = re.compile(r"(?!-)[A-Za-z0-9_-]{1,76}(?<!-)")
"""The ids that an import takes unchanged, as recorded from the service."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Operation:
    """An operation of a document.

    Attributes:
        place: where the document has it: `paths` or `x-ms-paths`, the path, the method.
        reference: the place of its path item where the path refers to one; None where the path holds it.
        description: the operation object.
        template: the URL template that it gets.
    """

    place: Place
    reference: Place | None
    description: Mapping[str, Any]
    template: str

    @property
    def signature(self) -> str:
        """The operation's method and URL template, such as `GET /add?a={a}`."""
        return f"{self.place[2].upper()} {self.template}"


def identified_operations(content: Mapping[str, Any]) -> dict[str, Operation]:
    """The operations of a document by the ids that they get, in the document's order.

    Raises:
        OpenApiError: there are none, or API Management would refuse or confuse them.
    """
    found = list(_operations(content))
    if not found:
        raise OpenApiError("has no operations: 'paths' names none")
    _check_signatures(found)
    kept = {id(operation): written for operation, written in _kept_ids(found)}
    taken = {name.lower() for name in kept.values()}
    named = {}
    for operation in found:
        name = kept.get(id(operation)) or _free(_normal_id(operation), taken)
        taken.add(name.lower())
        named[name] = operation
    return named


def normal_form(name: str) -> str:
    """The id that API Management makes of a name: lower case, one dash for each run of other characters, at most 76."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST_ID].strip("-")


def resolved(content: Mapping[str, Any], value: Any, what: str) -> tuple[Mapping[str, Any], Place | None]:
    """`value`, an object, or the one that its `$ref` leads to, with that one's place.

    Raises:
        OpenApiError: it is none, or the reference leads nowhere; `what` names the value.
    """
    place = None
    followed: set[Place] = set()
    while isinstance(value, dict) and "$ref" in value:
        place = reference_place(value["$ref"])
        target = None if place is None or place in followed else at(content, place)
        if place is None or target is None:
            raise OpenApiError(f"refers to {value['$ref']!r} at {what}, and there is nothing")
        followed.add(place)
        value = target
    if not isinstance(value, dict):
        raise OpenApiError(f"has no object at {what}, but {str(value)[:60]!r}")
    return value, place


def reference_place(reference: Any) -> Place | None:
    """The place that a reference inside the document names (RFC 6901 in a URI's fragment); None where it is another."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    return tuple(unquote(part).replace("~1", "/").replace("~0", "~") for part in reference[2:].split("/"))


def at(content: Any, place: Place) -> Any:
    """What `content` has at `place`, None where it has nothing."""
    for name in place:
        if isinstance(content, list) and name.isdecimal() and int(name) < len(content):
            content = content[int(name)]
        else:
            content = content.get(name) if isinstance(content, dict) else None
    return content


def _operations(content: Mapping[str, Any]) -> Iterator[Operation]:
    for paths in ("paths", "x-ms-paths"):
        items = content.get(paths)
        for path, written in (items if isinstance(items, dict) else {}).items():
            if str(path).startswith("x-"):
                continue
            if not str(path).startswith("/"):
                raise OpenApiError(f"has the path {path!r}, which must start with '/'")
            item, reference = resolved(content, written, f"the path {path!r}")
            _check_item(path, written, item)
            for method in (name for name in item if name in _METHODS):
                operation = item[method]
                if not isinstance(operation, dict):
                    raise OpenApiError(f"has no object at {method!r} of the path {path!r}")
                template = _template(content, path, item, operation)
                yield Operation((paths, path, method), reference, operation, template)


def _check_item(path: str, written: Mapping[str, Any], item: Mapping[str, Any]) -> None:
    for name in item:
        if name not in _METHODS and name.lower() in _METHODS:
            raise OpenApiError(f"has the method {name!r} at the path {path!r}: write {name.lower()!r}")
    if "$ref" in written and (beside := {*_METHODS, "parameters"} & written.keys()):
        raise OpenApiError(f"has {min(beside)!r} beside '$ref' at the path {path!r}: put it into the path item itself")


def _template(content: Mapping[str, Any], path: str, item: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    """The path with the required query parameters, which are all that API Management keeps of a query."""
    where = f"the parameters of the path {path!r}"
    parameters = {}
    for parameter in (*_list(item.get("parameters"), where), *_list(operation.get("parameters"), where)):
        described, _ = resolved(content, parameter, where)
        name, place, required = (described.get(key) for key in ("name", "in", "required"))
        if not isinstance(name, str) or not isinstance(place, str):
            raise OpenApiError(f"has a parameter without 'name' or 'in' among {where}")
        if required not in (None, True, False):
            raise OpenApiError(f"has 'required' of {name!r} among {where} as {required!r}, not true or false")
        parameters[place, name] = required
    names = [name for (place, name), required in parameters.items() if place == "query" and required]
    template = path.partition("?")[0]
    _check_names([*_PLACEHOLDER.findall(template), *names], path)
    template += "?" * bool(names) + "&".join(f"{name}={{{name}}}" for name in names)
    if len(template) > _LONGEST_TEMPLATE:
        raise OpenApiError(f"has a URL template of {len(template)} characters at {path!r}, {_LONGEST_TEMPLATE} at most")
    return template


def _list(value: Any, where: str) -> Sequence[Any]:
    if value is not None and not isinstance(value, list):
        raise OpenApiError(f"has no list as {where}")
    return value or ()


def _check_names(names: Sequence[str], path: str) -> None:
    for name, count in Counter(name.lower() for name in names).items():
        if count > 1:
            raise OpenApiError(
                f"has {count} parameters called {name!r} in the URL template of {path!r}: those of the path and the "
                "required ones of the query need names that differ by more than upper and lower case"
            )


def _check_signatures(operations: Sequence[Operation]) -> None:
    known: dict[str, str] = {}
    for operation in operations:
        _, path, method = operation.place
        written = f"{method.upper()} {path}"
        other = known.setdefault(_PLACEHOLDER.sub("{}", operation.signature).lower(), written)
        if other is not written:
            raise OpenApiError(
                f"has two operations that API Management takes for one, {other!r} and {written!r}: names of parameters, "
                "upper and lower case, and what a path says of the query make no difference"
            )


def _kept_ids(operations: Sequence[Operation]) -> Iterator[tuple[Operation, str]]:
    """The operations whose `operationId` stays as it is: the first of those that differ by case alone."""
    taken: set[str] = set()
    for operation in operations:
        written = operation.description.get("operationId")
        # Not a subclass: what YAML 1.1 takes for a number is no id that every reader sees.
        if type(written) is str and _KEPT_ID.fullmatch(written) and written.lower() not in taken:
            taken.add(written.lower())
            yield operation, written


def _normal_id(operation: Operation) -> str:
    _, path, method = operation.place
    return normal_form(str(operation.description.get("operationId") or "")) or normal_form(f"{method}-{path}")


def _free(name: str, taken: set[str]) -> str:
    number, free = 0, name
    while free in taken:
        number += 1
        free = f"{name[: _LONGEST_ID - 1 - len(str(number))].strip('-')}-{number}"
    return free
