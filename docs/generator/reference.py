"""The reference: one page a component, made of the schema, so that it says what every language sees."""

from collections.abc import Mapping
from typing import Any

from docs.generator.schema import schema

_FOLDER = "docs/reference"
_NOTE = "<!-- Written by `make docs` from the components' schema. -->"


def reference_pages() -> dict[str, str]:
    """Text of every page, by its path."""
    package = schema()
    resources = {token.rpartition(":")[2]: resource for token, resource in sorted(package["resources"].items())}
    pages = {f"{_FOLDER}/{name}.md": _page(name, resource, package["types"]) for name, resource in resources.items()}
    return {f"{_FOLDER}/README.md": _index(resources), **pages}


def _index(resources: Mapping[str, Any]) -> str:
    rows = [f"| [{name}]({name}.md) | {_cell(resource['description'])} |" for name, resource in resources.items()]
    return "\n".join(
        [
            _NOTE,
            "# The components",
            "",
            "In Python every name is in snake case and every component is imported from `auth0_apim`; in the other "
            "languages names are as here and types are those of the package `auth0-apim`.",
            "",
            "| component | what it is |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def _page(name: str, resource: Mapping[str, Any], types: Mapping[str, Any]) -> str:
    required = set(resource.get("requiredInputs", []))
    given = resource["inputProperties"]
    inputs = {each: given[each] for each in sorted(given, key=lambda each: each not in required)}
    return "\n".join(
        [
            _NOTE,
            f"# {name}",
            "",
            resource["description"],
            "",
            f"Type token: `auth0-apim:index:{name}`",
            "",
            "## Inputs",
            "",
            "| input | type | |",
            "|---|---|---|",
            *[_row(each, inputs[each]) for each in inputs],
            "",
            "An input marked *plain* must be known before deployment; every other one may be another resource's output.",
            "",
            "## Outputs",
            "",
            "| output | type | |",
            "|---|---|---|",
            *[_row(each, definition) for each, definition in resource["properties"].items()],
            "",
            *_choices(inputs, types),
        ]
    )


def _row(name: str, definition: Mapping[str, Any]) -> str:
    plain = ", *plain*" if definition.get("plain") else ""
    return f"| `{name}` | {_type(definition)}{plain} | {_cell(definition['description'])} |"


def _type(definition: Mapping[str, Any]) -> str:
    if reference := definition.get("$ref"):
        name = str(reference).rpartition(":")[2]
        return f"[{name}](#{name.lower()})" if str(reference).startswith("#") else name.rpartition("/")[2]
    if items := definition.get("items"):
        return f"list of {_type(items)}"
    if values := definition.get("additionalProperties"):
        return f"map of {_type(values)}"
    return str(definition["type"])


def _choices(inputs: Mapping[str, Any], types: Mapping[str, Any]) -> list[str]:
    """The closed sets of values, and the objects, that the inputs refer to."""
    tokens = sorted({token for definition in inputs.values() for token in _references(definition, types)})
    return [line for token in tokens for line in _choice(token.rpartition(":")[2], types[token])]


def _references(definition: Mapping[str, Any], types: Mapping[str, Any]) -> set[str]:
    reference = str(definition.get("$ref", ""))
    if reference.startswith("#/types/"):
        token = reference.removeprefix("#/types/")
        inner = types[token].get("properties") or {}
        return {token}.union(*(_references(each, types) for each in inner.values()))
    nested = (definition.get("items"), definition.get("additionalProperties"))
    return {token for each in nested if each for token in _references(each, types)}


def _choice(name: str, kind: Mapping[str, Any]) -> list[str]:
    heading = [f"### {name}", "", *([kind["description"], ""] if kind.get("description") else [])]
    if values := kind.get("enum"):
        return [*heading, *[f"- `{each['value']}`: {each['description']}" for each in values], ""]
    rows = [_row(each, definition) for each, definition in (kind.get("properties") or {}).items()]
    return [*heading, "| property | type | |", "|---|---|---|", *rows, ""]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
