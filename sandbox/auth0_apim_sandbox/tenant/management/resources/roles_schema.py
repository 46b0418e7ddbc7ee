"""Schemas of /roles."""

from auth0_apim_sandbox.tenant.management.requests.paging import PAGE
from auth0_apim_sandbox.tenant.management.requests.validation import Schema, document, unenforced

_PROPERTIES: dict[str, Schema] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 255, "description": "Name of the role."},
    "description": {"type": "string", "maxLength": 255, "description": "Description of the role."},
}
UNENFORCED = ("owner_id",)
"""What only roles of organizations have."""
_OF_TYPE: dict[str, Schema] = {
    **unenforced(UNENFORCED),
    "type": {"type": "string", "enum": ["tenant", "organization"], "description": "The type of role"},
}

CREATE = document({**_PROPERTIES, **_OF_TYPE}, required=["name"])
UPDATE = document(_PROPERTIES)
LIST_QUERY = document(
    {
        **PAGE,
        **_OF_TYPE,
        "name_filter": {"type": "string", "description": "Optional filter on name"},
    }
)
