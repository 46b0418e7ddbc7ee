"""Schemas of /tickets, and of the job that sends a verification mail."""

from auth0_apim_sandbox.tenant.management.requests.validation import Schema, document

_USER_ID: Schema = {"type": "string", "format": "user-id", "description": "user_id of the user"}
_IDENTITY = document(
    {
        "user_id": {"type": "string", "minLength": 1, "description": "user_id of the identity."},
        "provider": {"type": "string", "minLength": 1, "description": "Identity provider name of the identity."},
        "connection_id": {"type": "string"},
    },
    required=["user_id", "provider"],
    description="The identity that the ticket is for.",
)
_FOR_WHOM: dict[str, Schema] = {
    "client_id": {"type": "string", "minLength": 1, "description": "ID of the client."},
    "organization_id": {"type": "string", "description": "The ID of the Organization."},
    "identity": _IDENTITY,
}
_TICKET: dict[str, Schema] = {
    **_FOR_WHOM,
    "result_url": {"type": "string", "format": "absolute-uri", "description": "URL to go to after the ticket is used"},
    "ttl_sec": {"type": "integer", "minimum": 0, "maximum": 157788000, "description": "Seconds the ticket is valid."},
    "includeEmailInRedirect": {"type": "boolean", "description": "Whether result_url is told the e-mail address."},
}

EMAIL_VERIFICATION = document({**_TICKET, "user_id": _USER_ID}, required=["user_id"])
PASSWORD_CHANGE = document(
    {
        **_TICKET,
        "user_id": _USER_ID,
        "connection_id": {
            "type": "string",
            "minLength": 1,
            "description": "The connection that email is looked up in.",
        },
        "email": {"type": "string", "format": "email", "description": "The user's email, with connection_id."},
        "mark_email_as_verified": {"type": "boolean", "description": "Whether the password's change verifies email."},
    }
)
VERIFICATION_JOB = document({**_FOR_WHOM, "user_id": _USER_ID}, required=["user_id"])
