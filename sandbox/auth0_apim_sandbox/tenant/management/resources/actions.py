"""/actions/actions: none. The tenant runs no actions, so it takes none; official tools ask for the list all the same."""

from starlette.responses import Response

from auth0_apim_sandbox.tenant.management.requests.endpoint import Call, Endpoint, json_answer
from auth0_apim_sandbox.tenant.management.requests.paging import DEFAULT_PER_PAGE, PAGE
from auth0_apim_sandbox.tenant.model.json_input import document

_STRING = {"type": "string"}
_LIST_QUERY = document(
    {
        **PAGE,
        "actionName": _STRING,
        "triggerId": _STRING,
        "deployed": {"type": "boolean"},
        "installed": {"type": "boolean"},
    }
)


async def list_all(call: Call) -> Response:
    """An empty page."""
    return json_answer({"actions": [], "total": 0, "per_page": call.query.get("per_page", DEFAULT_PER_PAGE)})


ENDPOINTS = [Endpoint("GET", "/actions/actions", ("read:actions",), list_all, query=_LIST_QUERY)]
