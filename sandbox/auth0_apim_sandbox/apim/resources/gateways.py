"""The managed gateway's debug credentials and traces; there are no self-hosted gateways."""

import re
from typing import Literal

from pydantic import Field
from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.calls import Call
from auth0_apim_sandbox.apim.arm.contract import Contract, checked
from auth0_apim_sandbox.apim.arm.errors import ValidationFailed, method_not_allowed, missing, unsupported
from auth0_apim_sandbox.apim.arm.inventory import short_id
from auth0_apim_sandbox.apim.tracing import LONGEST

_DURATION = re.compile(r"PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")


class DebugCredentialsContract(Contract):
    """Body of `listDebugCredentials`; `credentials_expire_after` is an ISO 8601 duration, an hour at most."""

    credentials_expire_after: str = "PT1H"
    purposes: list[Literal["tracing"]] = Field(min_length=1)
    api_id: str


class TraceContract(Contract):
    """Body of `listTrace`."""

    trace_id: str


async def run_gateway_action(call: Call, gateway: str, action: str) -> Response:
    """Answer `gateways/managed/listDebugCredentials` and `gateways/managed/listTrace`."""
    if gateway.lower() != "managed":
        raise unsupported(f"A self-hosted gateway ('{gateway}')")
    if action.lower() not in ("listdebugcredentials", "listtrace"):
        raise unsupported(f"'{action}' of the managed gateway")
    if call.request.method != "POST":
        raise method_not_allowed(call.request.method, ["POST"])
    return _credentials(call) if action.lower() == "listdebugcredentials" else _trace(call)


def _credentials(call: Call) -> Response:
    contract = checked(DebugCredentialsContract, call.request.json())
    name = short_id(call.service, contract.api_id, "apis")
    if name is None or call.inventory.get(f"{call.service['id']}/apis/{name}") is None:
        raise ValidationFailed(("apiId", f"API '{contract.api_id}' not found."))
    duration = _DURATION.fullmatch(contract.credentials_expire_after)
    hours, minutes, seconds = (int(part or 0) for part in duration.groups()) if duration else (0, 0, 0)
    lifetime = hours * 3600 + minutes * 60 + seconds
    if not 0 < lifetime <= LONGEST:
        message = f"'{contract.credentials_expire_after}' is not a duration of up to an hour, for example: PT30M."
        raise ValidationFailed(("credentialsExpireAfter", message))
    token = call.manager.tracing(call.service["id"]).issue(name, call.manager.clock() + lifetime)
    return JSONResponse({"token": token})


def _trace(call: Call) -> Response:
    contract = checked(TraceContract, call.request.json())
    trace = call.manager.tracing(call.service["id"]).find(contract.trace_id)
    if trace is None:
        raise missing("Trace")
    return JSONResponse(trace)
