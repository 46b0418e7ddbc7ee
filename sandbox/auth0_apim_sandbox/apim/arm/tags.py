"""Tags of services, resource groups and identities, and the limits that they have.

https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
"""

import re
from typing import Any

from auth0_apim_sandbox.apim.arm.errors import ArmError

MOST_TAGS = 50
LONGEST_NAME = 512
LONGEST_VALUE = 256

_RESERVED = re.compile(r"[<>%&\\?/\x00-\x1f\x7f]")


def tags_of(document: dict[str, Any]) -> dict[str, str]:
    """The tags of a body, none when it has none.

    Raises:
        ArmError: 400, they are no object of strings, too many, or not within their limits.
    """
    tags = document.get("tags") or {}
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise ArmError(400, "InvalidTags", "The 'tags' must be an object whose values are strings.")
    if len(tags) > MOST_TAGS:
        raise ArmError(400, "InvalidTags", f"There are {len(tags)} tags; the most is {MOST_TAGS}.")
    if len({name.lower() for name in tags}) < len(tags):
        raise ArmError(
            400, "InvalidTags", "The names of some tags differ only by case, in which tag names do not differ."
        )
    _check_names(list(tags))
    if long := [name for name, value in tags.items() if len(value) > LONGEST_VALUE]:
        message = f"The values of the tags '{', '.join(long)}' are longer than {LONGEST_VALUE} characters."
        raise ArmError(400, "InvalidTagValueLength", message)
    return tags


def _check_names(names: list[str]) -> None:
    if reserved := [name for name in names if _RESERVED.search(name)]:
        message = (
            rf"The tag names '{', '.join(reserved)}' have reserved characters '<,>,%,&,\,?,/' or control characters."
        )
        raise ArmError(400, "InvalidTagNameCharacters", message)
    if "" in names:
        raise ArmError(400, "InvalidTagName", "The name of a tag must not be empty.")
    if long := [name for name in names if len(name) > LONGEST_NAME]:
        raise ArmError(400, "InvalidTagName", f"The tag name '{long[0]}' is longer than {LONGEST_NAME} characters.")
