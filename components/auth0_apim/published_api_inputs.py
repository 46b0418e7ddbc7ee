"""The inputs of PublishedApi, checked.

Every function raises InputError for an input that is missing, wrong, or contradicts another one.
"""

from collections.abc import Mapping
from typing import Any, Optional

import pulumi

from auth0_apim.azure_rules import (
    api_path_problem,
    backend_url_problem,
    choice_problem,
    entity_id_problem,
    flag_problem,
    https_url_problem,
    product_name_problem,
    set_path_problem,
    set_title_problem,
    title_problem,
    version_problem,
    version_set_id_problem,
)
from auth0_apim.inputs import Inputs
from auth0_apim.names import slug
from auth0_apim.openapi_source import ApiImport, openapi_problem, read_openapi
from auth0_apim.opinion_rules import own_backend_problem
from auth0_apim.part_rules import product_removal_problem

CLOSED = "https://closed.invalid"
"""The service URL of an API whose policy sets the backend: a name that never exists (RFC 2606, 2)."""


def makes_version_set(args: Mapping[str, Any]) -> bool:
    """Whether the API has versions beside it, in a set that is made for it."""
    is_versioned = any(args.get(name) is not None for name in ("version", "versioning_scheme"))
    return is_versioned and args.get("version_set_id") is None


def api_path(inputs: Inputs, args: Mapping[str, Any]) -> pulumi.Output[str]:
    """The API's URL suffix, of which a version set made for it has its id."""
    rule = set_path_problem if makes_version_set(args) else api_path_problem
    return inputs.check("path", args.get("path"), rule, '"calc"')


def api_title(inputs: Inputs, args: Mapping[str, Any], title: pulumi.Input[str]) -> pulumi.Output[str]:
    """The API's display name, which a version set made for it has as well."""
    rule = set_title_problem if makes_version_set(args) else title_problem
    return inputs.check("display_name", title, rule, '"Basic Calculator"')


def api_import(
    inputs: Inputs,
    args: Mapping[str, Any],
    title: Optional[pulumi.Input[str]],
    description: Optional[pulumi.Input[str]],
) -> pulumi.Output[ApiImport]:
    """What is imported, from a file, a text or a URL, with the API's title and description.

    Args:
        inputs: of the component.
        args: with `openapi`, `link_format` and `service_url`.
        title: the API's display name; None where it is not known yet.
        description: the API's, empty for none; None for the document's.
    """
    if args.get("service_url") is not None:
        inputs.check("service_url", args["service_url"], backend_url_problem, '"https://calculator.example"')
    source = {name: args.get(name) for name in ("openapi", "link_format", "service_url")}
    source |= {"title": title, "description": description}
    checked = inputs.check("openapi", source, openapi_problem, '"openapi/calculator.yaml"')
    return checked.apply(lambda known: read_openapi(**known))


def api_versioning(
    inputs: Inputs, args: Mapping[str, Any]
) -> tuple[Optional[pulumi.Output[str]], Optional[pulumi.Output[str]]]:
    """The API's version, None where it has none, and where callers name it, None where it has no versions beside it."""
    if args.get("version_set_id") is not None:
        inputs.check("version_set_id", args["version_set_id"], version_set_id_problem, "PublishedApi.version_set_id")
    if all(args.get(name) is None for name in ("version", "versioning_scheme", "version_set_id")):
        return None, None
    scheme = inputs.check(
        "versioning_scheme",
        args.get("versioning_scheme", "Segment"),
        choice_problem("Segment", "Query", "Header"),
        '"Segment"',
    )
    if args.get("version") is None:
        return None, scheme
    return inputs.check("version", args["version"], version_problem, '"v1"'), scheme


def api_id(
    inputs: Inputs, args: Mapping[str, Any], path: pulumi.Output[str], version: Optional[pulumi.Output[str]]
) -> pulumi.Output[str]:
    """The API's id: its own, or made of its path and version."""
    given = args.get("api_id")
    if given is None:
        given = pulumi.Output.all(path, version).apply(lambda both: slug("-".join(filter(None, both))))
    return inputs.check("api_id", given, entity_id_problem, '"calc"')


def api_product(
    inputs: Inputs, args: Mapping[str, Any], *, is_taken_along: bool
) -> tuple[Optional[pulumi.Output[str]], Optional[pulumi.Output[str]]]:
    """The product's id, and its display name where it is to be made.

    Args:
        inputs: of the component.
        args: with what concerns the product.
        is_taken_along: whether the service goes as well when the product goes.
    """
    product_id, product_name = args.get("product_id"), args.get("product_name")
    for input_name in ("product_subscription_required", "keep_product"):
        if args.get(input_name) is not None and product_name is None:
            raise inputs.error(input_name, "needs 'product_name'", 'product_name: "Starter"')
    if product_id is not None:
        if product_name is not None:
            raise inputs.error("product_id", "excludes 'product_name'", "leave one of them out")
        return inputs.check("product_id", product_id, entity_id_problem, '"starter"'), None
    if product_name is None:
        return None, None
    title = inputs.check("product_name", product_name, product_name_problem, '"Starter"')
    removal = {
        "required": args.get("product_subscription_required", False),
        "is_settled": inputs.plain("keep_product", args.get("keep_product", False), flag_problem, "true")
        or is_taken_along,
    }
    inputs.check("product_subscription_required", removal, product_removal_problem, "keep_product: true")
    return title.apply(slug), title


def keeps_backend(inputs: Inputs, args: Mapping[str, Any]) -> bool:
    """Whether calls reach the backend without the API's policy: for everybody, or while an API is adopted."""
    flags = ("allow_anonymous_calls", "keep_service_url")
    given = [name for name in flags if inputs.plain(name, args.get(name, False), flag_problem, "true")]
    if len(given) == 2 or (given and args.get("checked_by") is not None):
        others = [name for name in (*flags, "checked_by") if name != given[0] and args.get(name)]
        raise inputs.error(given[0], f"excludes {others[0]!r}", "leave one of them out")
    return bool(given)


def warn_of_own_backend(inputs: Inputs, args: Mapping[str, Any], backend_url: pulumi.Output[str]) -> None:
    """Say that calls reach the backend without a policy, where that was asked for."""
    name = "keep_service_url" if args.get("keep_service_url") else "allow_anonymous_calls"
    inputs.warn(name, backend_url, own_backend_problem, "false")


def checked_by(inputs: Inputs, args: Mapping[str, Any]) -> Optional[str]:
    """The wider scope that checks the API's calls, `product` or `service`; None where the API's own policy does."""
    if args.get("checked_by") is None:
        return None
    level: str = inputs.plain("checked_by", args["checked_by"], choice_problem("product", "service"), '"product"')
    return level


def gateway_url(inputs: Inputs, args: Mapping[str, Any], service_name: pulumi.Output[str]) -> pulumi.Output[str]:
    """The gateway's URL without trailing slash."""
    if args.get("gateway_url") is None:
        return pulumi.Output.concat("https://", service_name, ".azure-api.net")
    url = inputs.check("gateway_url", args["gateway_url"], https_url_problem, '"https://contoso-apis.azure-api.net"')
    return url.apply(lambda known: str(known).rstrip("/"))
