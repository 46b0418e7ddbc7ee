"""The section about what the gateway does with calls besides checking their token."""

from typing import Annotated, Any

from auth0_apim.jwt_policy import CountedBy
from auth0_apim.policy_rules import (
    clock_skew_problem,
    header_names_problem,
    origins_problem,
    quota_seconds_problem,
    rate_limit_calls_problem,
    rate_limit_seconds_problem,
    required_claims_problem,
)
from pydantic import Field

from auth0_apim_environments.settings.section import Section, obeys


class PolicySettings(Section):
    """What the gateway's policy demands and does besides the token and its scopes."""

    required_claims: Annotated[dict[str, tuple[str, ...]], obeys(required_claims_problem)] = Field(
        default_factory=dict,
        description="Further claims a token needs, each with the values of which it must have one.",
        examples=[{"https://example.com/plan": ["gold"]}],
    )
    clock_skew: Annotated[int, obeys(clock_skew_problem)] | None = Field(
        default=None, description="Seconds by which the clocks of Auth0 and the gateway may differ.", examples=[30]
    )
    allowed_origins: Annotated[tuple[str, ...], obeys(origins_problem)] | None = Field(
        default=None,
        description="Origins whose pages may call the API from a browser.",
        examples=[["https://app.example.com"]],
    )
    rate_limit_calls: Annotated[int, obeys(rate_limit_calls_problem)] | None = Field(
        default=None, description="Calls that one caller may make in rateLimitSeconds.", examples=[100]
    )
    rate_limit_seconds: Annotated[int, obeys(rate_limit_seconds_problem)] | None = Field(
        default=None, description="The rate limit's period; left out, 60.", examples=[60]
    )
    quota_calls: Annotated[int, obeys(rate_limit_calls_problem)] | None = Field(
        default=None, description="Calls that one caller may make in quotaSeconds.", examples=[10000]
    )
    quota_seconds: Annotated[int, obeys(quota_seconds_problem)] | None = Field(
        default=None, description="The quota's period; left out, a day.", examples=[86400]
    )
    counted_by: CountedBy | None = Field(
        default=None, description="Whose calls are counted, the subject's or the client's.", examples=["client"]
    )
    dropped_request_headers: Annotated[tuple[str, ...], obeys(header_names_problem)] = Field(
        default=(), description="Headers that the backend does not get.", examples=[["Authorization"]]
    )
    dropped_response_headers: Annotated[tuple[str, ...], obeys(header_names_problem)] = Field(
        default=(), description="Headers that the caller does not get.", examples=[["Server", "X-Powered-By"]]
    )

    def args(self) -> Any:
        """What was set, without what is empty."""
        return {name: value for name, value in super().args().items() if value}
