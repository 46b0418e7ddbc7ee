"""How many tokens a machine may get an hour and a day, by UTC.

https://auth0.com/docs/fine-grained-m2m-token-quotas: a client's own `token_quota`, else the tenant's
`default_token_quota.clients`. What is not enforced is counted and told, and stops nobody.
"""

from dataclasses import dataclass
from typing import Any

from auth0_apim_sandbox.store.store import Document
from auth0_apim_sandbox.tenant.model.tenant import Tenant
from auth0_apim_sandbox.tenant.oauth.errors import OAuthError


@dataclass(frozen=True)
class _Bucket:
    name: str
    quota: int
    used: int
    resets_at: int

    def text(self, now: int) -> str:
        left = max(0, self.quota - self.used)
        return f"b={self.name};q={self.quota};r={left};t={self.resets_at - now}"


class TokenQuotas:
    """Counts the tokens of the client credentials grant."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def take(self, client: Document) -> dict[str, str]:
        """Count one more token, and say in headers what is left; nothing for a client without a quota.

        Raises:
            OAuthError: 429, an enforced quota is used up.
        """
        quota = self._quota(client)
        now = self._tenant.now()
        lengths = (("per_hour", 3600), ("per_day", 86400))
        buckets = [self._bucket(client, name, quota[name], length) for name, length in lengths if name in quota]
        if not buckets:
            return {}
        spent = [bucket for bucket in buckets if bucket.used >= bucket.quota]
        if spent and quota.get("enforce", True):
            raise _exceeded(max(spent, key=lambda bucket: bucket.resets_at), _header(buckets, now), now)
        taken = [_Bucket(each.name, each.quota, each.used + 1, each.resets_at) for each in buckets]
        counts = {each.name: {"used": each.used, "resets_at": each.resets_at} for each in taken}
        self._tenant.token_counts.put(client["client_id"], counts)
        return _header(taken, now)

    def _quota(self, client: Document) -> dict[str, Any]:
        defaults = (self._tenant.settings.get("default_token_quota") or {}).get("clients") or {}
        found: dict[str, Any] = (client.get("token_quota") or defaults).get("client_credentials") or {}
        return found

    def _bucket(self, client: Document, name: str, quota: int, seconds: int) -> _Bucket:
        counted = self._tenant.token_counts.get(client["client_id"], {}).get(name, {})
        resets_at = (self._tenant.now() // seconds + 1) * seconds
        return _Bucket(name, quota, counted["used"] if counted.get("resets_at") == resets_at else 0, resets_at)


def _header(buckets: list[_Bucket], now: int) -> dict[str, str]:
    return {"auth0-client-quota-limit": ",".join(bucket.text(now) for bucket in buckets)}


def _exceeded(bucket: _Bucket, header: dict[str, str], now: int) -> OAuthError:
    limits = {
        "x-ratelimit-limit": str(bucket.quota),
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": str(bucket.resets_at),
        "retry-after": str(bucket.resets_at - now),
    }
    return OAuthError(429, "too_many_requests", "Client quota exceeded", headers={**header, **limits})
