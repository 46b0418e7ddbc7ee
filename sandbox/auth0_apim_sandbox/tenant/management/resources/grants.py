"""/grants: what users have let applications do for them."""

from starlette.responses import Response

from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer, no_content
from auth0_apim_sandbox.tenant.management.requests.errors import ManagementError
from auth0_apim_sandbox.tenant.management.requests.paging import PAGE, paginate
from auth0_apim_sandbox.tenant.model.json_input import Schema, document

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
_FILTERS = {"user_id": "user_id", "client_id": "clientID", "audience": "audience"}


async def list_all(call: Call) -> Response:
    """The consents, all or those that match the query's filters."""
    wanted = {field: call.query[name] for name, field in _FILTERS.items() if name in call.query}
    found = [grant for grant in call.tenant.grants.values() if wanted.items() <= grant.items()]
    return json_answer(paginate(found, "grants", call.query))


async def delete(call: Call) -> Response:
    """Take one consent back, and with it the refresh tokens that were issued on it."""
    grant = next((each for each in call.tenant.grants.values() if each["id"] == call.path["id"]), None)
    if grant is None:
        raise ManagementError(404, "The grant does not exist.", "inexistent_grant")
    call.tenant.revoke_grant(grant["user_id"], grant["clientID"], grant["audience"])
    return no_content()


async def delete_of_user(call: Call) -> Response:
    """Take back every consent of the user whom the query names."""
    with call.tenant.store.transaction():
        for grant in [each for each in call.tenant.grants.values() if each["user_id"] == call.query["user_id"]]:
            call.tenant.revoke_grant(grant["user_id"], grant["clientID"], grant["audience"])
    return no_content()


ENDPOINTS = [
    Endpoint("GET", "/grants", ("read:grants",), list_all, query=LIST_QUERY),
    Endpoint("DELETE", "/grants", ("delete:grants",), delete_of_user, query=DELETE_QUERY),
    Endpoint("DELETE", "/grants/{id}", ("delete:grants",), delete),
]
