"""Schemas of /grants."""

from auth0_apim_sandbox.tenant.management.requests.paging import PAGE
from auth0_apim_sandbox.tenant.management.requests.validation import Schema, document

_USER_ID: Schema = {"type": "string", "minLength": 1, "description": "user_id of the grants to list or delete."}

LIST_QUERY = document(
    {
        **PAGE,
        "user_id": _USER_ID,
        "client_id": {"type": "string", "description": "client_id of the grants to list."},
        "audience": {"type": "string", "description": "audience of the grants to list."},
    }
)
DELETE_QUERY = document({"user_id": _USER_ID}, required=["user_id"])
