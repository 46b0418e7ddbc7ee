"""Azure Monitor Application Insights, as far as taking telemetry in and showing it goes."""

from auth0_apim_sandbox.insights.application import create_insights

__all__ = ["create_insights"]
