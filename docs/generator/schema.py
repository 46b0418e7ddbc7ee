"""The package's schema, as consumers in other languages get it."""

import json
from typing import Any, cast

from auth0_apim.plugin.component_host import ComponentHost


def schema() -> dict[str, Any]:
    """The schema that the components' plugin answers the engine with."""
    return cast(dict[str, Any], json.loads(str(ComponentHost().schema)))


def schema_text() -> str:
    """The committed copy, whose difference is a change of what consumers see."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
