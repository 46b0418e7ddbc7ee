"""`check-header` and `ip-filter`."""

import ipaddress
from collections.abc import Callable

from auth0_apim_sandbox.apim.gateway.calls.context import Context, PolicyFailure, Step, internal_error
from auth0_apim_sandbox.apim.gateway.steps.values import flag_of, status_of, text_of, texts_of
from auth0_apim_sandbox.apim.policies.markup import Node

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def compile_check_header(node: Node) -> Step:
    """`check-header`: the header is there and has one of the values, where values are given."""
    name, code = text_of(node.attributes["name"]), status_of(node, "failed-check-httpcode", 400)
    message = text_of(node.attributes["failed-check-error-message"])
    ignores_case = flag_of(node, "ignore-case", default=False)
    allowed = texts_of([child.text.strip() for child in node.children])

    def check_header(context: Context) -> None:
        given = context.request.headers.get(name(context))
        if given is None:
            raise PolicyFailure(
                code(context),
                "HeaderNotFound",
                f"Header {name(context)} was not found in the request. Access denied.",
                shown=message(context),
            )
        expected = [value for value in allowed(context) if value]
        if ignores_case(context):
            given, expected = [value.lower() for value in given], [value.lower() for value in expected]
        if node.children and not set(given) <= set(expected):
            refused = f"Header {name(context)} value of {', '.join(given)} is not allowed."
            raise PolicyFailure(code(context), "HeaderValueNotAllowed", refused, shown=message(context))

    return check_header


def compile_ip_filter(node: Node) -> Step:
    """`ip-filter`: calls from the addresses alone, or from all others."""
    action = text_of(node.attributes["action"])
    ranges = [_range(child) for child in node.children]

    def ip_filter(context: Context) -> None:
        caller = _address(context.request.ip_address)
        listed = any(_lies_in(caller, first(context), last(context)) for first, last in ranges)
        if action(context) == "forbid" and listed:
            raise _denied("CallerIpBlocked", "Caller IP address is blocked.")
        if action(context) != "forbid" and not listed:
            raise _denied("CallerIpNotAllowed", f"Caller IP address {caller} is not allowed. Access denied.")

    return ip_filter


def _range(node: Node) -> tuple[Callable[[Context], str], Callable[[Context], str]]:
    if node.name == "address":
        return text_of(node.text), text_of(node.text)
    return text_of(node.attributes["from"]), text_of(node.attributes["to"])


def _lies_in(caller: _Address, first: str, last: str) -> bool:
    least, most = _address(first), _address(last)
    return caller.version == least.version == most.version and int(least) <= int(caller) <= int(most)


def _address(text: str) -> _Address:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        raise internal_error("ExpressionValueEvaluationFailure", f"'{text}' is no IP address.") from None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _denied(reason: str, message: str) -> PolicyFailure:
    return PolicyFailure(403, reason, message, shown="Forbidden")
