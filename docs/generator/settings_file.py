"""`stacks/Pulumi.dev.yaml`: every setting with the description of its input, from the schema and the values in `dev.yaml`."""

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from auth0_apim.composite.sections import PARTS
from auth0_apim_environments.settings.problems import NAMESPACE
from auth0_apim_environments.settings.sections import in_settings, inputs_by_key
from auth0_apim_environments.settings.settings import Settings
from pydantic.alias_generators import to_camel

_VALUES = Path(__file__).with_name("dev.yaml")
_WIDTH = 118


def settings_file(schema: Mapping[str, Any]) -> dict[str, str]:
    """The settings file by its path.

    Args:
        schema: the package's, whose descriptions are those of the inputs.
    """
    text = _VALUES.read_text(encoding="utf-8")
    config = yaml.safe_load(text)["config"]
    others = {key: value for key, value in config.items() if not key.startswith(f"{NAMESPACE}:")}
    blocks = [text[: text.index("config:\n")] + "config:", *_lines(others, "  ")]
    inputs = schema["resources"][f"{NAMESPACE}:index:ProtectedApi"]["inputProperties"]
    for section in PARTS:
        key = to_camel(section)
        blocks += ["", *_comment(inputs[key]["description"], "  ")]
        blocks += _section(key, section, config.get(f"{NAMESPACE}:{key}"), schema)
    for name, field in Settings.model_fields.items():
        if name not in PARTS:
            key = f"{NAMESPACE}:{field.alias}"
            blocks += [
                "",
                *_comment(field.description or "", "  "),
                *_value(key, config.get(key), field.examples, "  "),
            ]
    return {"stacks/Pulumi.dev.yaml": "\n".join(blocks) + "\n"}


def _section(key: str, section: str, values: Mapping[str, Any] | None, schema: Mapping[str, Any]) -> Iterator[str]:
    shape = schema["types"][f"{NAMESPACE}:index:{PARTS[section].shape.__name__}"]["properties"]
    is_set = values is not None
    indent = "    " if section != "roles" else "      "
    prefix = "  " if is_set else "  # "
    yield f"{prefix}{NAMESPACE}:{key}:"
    if section == "roles":
        yield f"{prefix}  operator:"
    for name, input_name in inputs_by_key(section).items():
        yield from _comment(shape[name]["description"], indent)
        given = (values or {}).get(name)
        yield from _value(name, given, [PARTS[section].described.example(input_name)], indent)


def _comment(text: str, indent: str) -> Iterator[str]:
    text = in_settings(text.partition(" Example: ")[0])
    for line in textwrap.wrap(text, _WIDTH - len(indent) - 2, break_long_words=False, break_on_hyphens=False):
        yield f"{indent}# {line}"


def _value(key: str, value: Any, examples: Any, indent: str) -> Iterator[str]:
    """The setting with its value, or commented out with an example."""
    if value is not None:
        yield from _lines({key: value}, indent)
        return
    example = (examples or [""])[0]
    is_command = isinstance(example, str) and example.startswith("pulumi ")
    for line in [example] if is_command else map(in_settings, _lines({key: example}, "")):
        yield f"{indent}# {line}"


def _lines(values: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield f"{indent}{_flow(key)}:"
            yield from _lines(value, f"{indent}  ")
        else:
            yield f"{indent}{_flow(key)}: {_flow(value)}"


def _flow(value: Any) -> str:
    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=True)
    return text.removesuffix("\n").removesuffix("\n...")
