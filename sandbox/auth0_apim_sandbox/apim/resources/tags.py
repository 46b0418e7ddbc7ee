"""Tags of the service."""

from typing import Annotated

from pydantic import StringConstraints

from auth0_apim_sandbox.apim.arm.contract import Contract
from auth0_apim_sandbox.apim.arm.resource_kind import ResourceKind


class TagContract(Contract):
    """Body of a tag."""

    display_name: Annotated[str, StringConstraints(min_length=1, max_length=160)]


class Tags(ResourceKind):
    """`tags` of the service."""

    path = "tags"
    noun = "Tag"
    contract = TagContract
    longest_name = 80
