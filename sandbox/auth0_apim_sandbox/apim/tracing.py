"""Request tracing: credentials that let a caller have one API's calls traced, and the traces, between resource manager and gateway.

https://learn.microsoft.com/azure/api-management/api-management-howto-api-inspector
"""

import base64
import hmac
import secrets
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qs, quote

from auth0_apim_sandbox.store import Store

LONGEST = 3600
"""Seconds that credentials live at most."""

_KEPT = 100


class Tracing:
    """Of one service.

    Args:
        store: keeps the key of the credentials and the last 100 traces of all services.
        service_id: ARM id of the service.
    """

    def __init__(self, store: Store, service_id: str) -> None:
        self._keys = store.collection("gateway.tracing")
        self._traces = store.collection("gateway.traces")
        self._service = service_id.lower()

    def issue(self, api: str, ends: float) -> str:
        """Credentials for the calls of `api` (its name) until `ends`, in seconds since 1970."""
        until = datetime.fromtimestamp(ends, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        said = f"aid={quote(api, safe='')}&p=tracing&ex={until}"
        return f"{said}&sn={self._signature(said)}"

    def refusal(self, credentials: str, api: str, now: float) -> tuple[str, str] | None:
        """Why a call of `api` is not traced: the header of its answer; None where it is. Made-up ones get `-Invalid`."""
        said, _, signature = credentials.rpartition("&sn=")
        if not hmac.compare_digest(self._signature(said).encode(), signature.encode()):
            return "Apim-Debug-Authorization-Invalid", "The debug credentials are not of this service."
        fields = parse_qs(said)
        if datetime.fromisoformat(fields["ex"][0].replace("Z", "+00:00")).timestamp() <= now:
            return "Apim-Debug-Authorization-Expired", fields["ex"][0]
        if fields["aid"][0].lower() != api.lower():
            return "Apim-Debug-Authorization-WrongAPI", "The debug credentials are for another API."
        return None

    def keep(self, trace: dict[str, Any]) -> str:
        """Keep a trace; answers its id."""
        trace_id = secrets.token_hex(16)
        for oldest in list(self._traces)[: max(0, len(self._traces) - _KEPT + 1)]:
            self._traces.delete(oldest)
        self._traces.put(f"{self._service}/{trace_id}", {"traceId": trace_id, **trace})
        return trace_id

    def find(self, trace_id: str) -> dict[str, Any] | None:
        """The trace with that id; None when there is none, or none any more."""
        return self._traces.get(f"{self._service}/{trace_id}")

    def _signature(self, said: str) -> str:
        if self._service not in self._keys:
            self._keys.put(self._service, {"key": secrets.token_hex(32)})
        digest = hmac.digest(bytes.fromhex(self._keys[self._service]["key"]), said.encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
