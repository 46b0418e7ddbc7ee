"""Schemas of /roles."""

from local_auth0.management.paging import PAGE
from local_auth0.management.validation import Schema, document

_PROPERTIES: dict[str, Schema] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 255, "description": "Name of the role."},
    "description": {"type": "string", "maxLength": 255, "description": "Description of the role."},
}
CREATE = document(_PROPERTIES, required=["name"])
UPDATE = document(_PROPERTIES)
LIST_QUERY = document(
    {
        **PAGE,
        "name_filter": {"type": "string", "description": "Optional filter on name"},
        "type": {"type": "string", "enum": ["tenant", "organization"], "description": "Optional filter on the type"},
    }
)
