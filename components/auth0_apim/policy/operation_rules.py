"""What makes requirements of an API's operations acceptable, as pure functions.

An operation is its method and URL template, such as `GET /add` (API Management's `method` and `urlTemplate`). People may
also name it by its id, where the API's operations are known.
Every rule takes a plain value and answers None, or what is wrong with it as the end of the sentence "input 'x' …".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from auth0_apim.policy.markup import literals_problem, policy_text_problem
from auth0_apim.rules.scope_rules import scopes_problem
from auth0_apim.rules.text_rules import first_duplicate

_OPERATION = re.compile(r"(?:GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE) /\S{0,999}")


def operation_named(name: str, operations: Mapping[str, str]) -> str | None:
    """The method and URL template of the operation that `name` stands for; None where it stands for none.

    Args:
        name: an id of `operations`, or a method and a URL template.
        operations: the API's operations by their id; none where they are not known.
    """
    if name in operations:
        return operations[name]
    if operations and name not in operations.values():
        return None
    return name if _OPERATION.fullmatch(name) else None


def operations_problem(value: Mapping[str, str]) -> str | None:
    """Operations by their id: `{"add": "GET /add"}`."""
    for name, operation in value.items():
        if not _OPERATION.fullmatch(operation) or policy_text_problem(operation):
            return f"has {operation!r} for {name!r}, which is no method and URL template"
    if twice := first_duplicate(list(value.values())):
        return f"has {twice!r} twice"
    return None


def operation_scopes_problem(value: Mapping[str, Sequence[str]]) -> str | None:
    """Required scopes by operation; an operation without scopes takes any good token."""
    if problem := operation_names_problem(list(value)):
        return problem
    for operation, scopes in value.items():
        if problem := required_scopes_problem(scopes):
            return f"is wrong for {operation!r}: it {problem}"
    return None


def operation_names_problem(value: Sequence[str]) -> str | None:
    """Names of operations, each once: ids, or methods and URL templates."""
    for name in value:
        if problem := policy_text_problem(name):
            return f"has the name of an operation that {problem}"
    twice = first_duplicate(value)
    return None if twice is None else f"names {twice!r} twice"


def named_operations_problem(value: Mapping[str, Any]) -> str | None:
    """Names of operations (`names`) against the API's (`operations`, by id; none where they are not known)."""
    names, operations = value["names"], value["operations"]
    meant = [operation_named(name, operations) for name in names]
    if None in meant:
        unknown = names[meant.index(None)]
        if not operations:
            return (
                f"names {unknown!r}; without 'operations', name an operation by its method and URL template, 'GET /add'"
            )
        return operation_id_problem({"operation": unknown, "operations": operations})
    twice = first_duplicate([operation for operation in meant if operation is not None])
    return None if twice is None else f"names {twice!r} by two names"


def operation_id_problem(value: Mapping[str, Any]) -> str | None:
    """The id of an operation (`operation`) that is among the API's (`operations`, by id; none where they are not known)."""
    operation, known = value["operation"], value["operations"]
    if not known or operation in known:
        return None
    return f"names {operation!r}, which is no operation of the API (it has {_listed(known)})"


def public_operations_problem(value: Mapping[str, Any]) -> str | None:
    """Names of operations that need no token (`public`), none of which is among the other `names`."""
    if problem := named_operations_problem({**value, "names": value["public"]}):
        return problem
    protected = {operation_named(name, value["operations"]) for name in value["names"]}
    for name in value["public"]:
        if operation_named(name, value["operations"]) in protected:
            return f"names {name!r}, which 'operation_scopes' names too"
    return None


def default_scopes_problem(value: Mapping[str, Any]) -> str | None:
    """Scopes (`scopes`) of all operations that are not named, which must be known (`operations`)."""
    if not value["operations"]:
        return "needs 'operations', as an operation that is not known is denied; name each in 'operation_scopes'"
    return required_scopes_problem(value["scopes"])


def required_scopes_problem(value: Sequence[str]) -> str | None:
    """Names of scopes or permissions that can stand in a policy, each once."""
    if len(set(value)) != len(value):
        return f"must name each scope once, not {list(value)!r}"
    return scopes_problem(dict.fromkeys(value, "")) or literals_problem(value)


def undeclared_scopes_problem(value: Mapping[str, Any]) -> str | None:
    """Scopes by operation (`operations`) against those that the API has (`available`, None where not known)."""
    available = value["available"]
    if available is None:
        return None
    for operation, scopes in value["operations"].items():
        for scope in scopes:
            if scope not in available:
                where = f" at {operation!r}" if operation else ""
                return f"asks for {scope!r}{where}, which the API does not have (it has {_listed(available)})"
    return None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
