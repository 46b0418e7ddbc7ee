"""Subscription keys: who may call an API, and in which product's context.

The rules are those of the vendor's page on subscriptions, "How API Management handles requests with or without subscription keys".
"""

from typing import NamedTuple

from auth0_apim_sandbox.apim.gateway.calls.context import PolicyFailure, Request
from auth0_apim_sandbox.apim.gateway.calls.headers import Url, without_parameter
from auth0_apim_sandbox.apim.gateway.configuration.routing import Api
from auth0_apim_sandbox.apim.gateway.configuration.service import Configuration, Product, Subscription

_MISSING = "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API."
_INVALID = "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."


class Access(NamedTuple):
    """The subscription and the product a request is made with; both may be None."""

    subscription: Subscription | None
    product: Product | None


def take_key(request: Request, api: Api) -> str | None:
    """The request's subscription key, taken out of it so that it reaches neither policies' headers nor the backend.

    The query parameter counts only where the header is missing.
    """
    given = request.headers.get(api.key_header)
    if given is not None:
        request.headers.remove(api.key_header)
    if request.url.query_string and api.key_query in request.url.query_string:
        in_query = request.url.query.get(api.key_query)
        url = request.url
        request.url = Url(url.scheme, url.host, url.port, url.path, without_parameter(url.query_string, api.key_query))
        given = given or in_query
    return ",".join(given or []) or None


def grant_access(configuration: Configuration, api: Api, key: str | None, realm: str) -> Access:
    """The context of a call to `api` with `key`.

    Raises:
        PolicyFailure: the key is missing where one is needed, or is no good.
    """
    api_id = api.id.lower().partition(";rev=")[0]
    products = [product for product in configuration.products if api_id in product.api_ids]
    if key is None:
        open_product = next((product for product in products if not product.subscription_required), None)
        if open_product is not None or not api.subscription_required:
            return Access(None, open_product)
        raise _denied("SubscriptionKeyNotFound", _MISSING, api, realm)
    subscription = configuration.subscriptions.get(key)
    if subscription is not None:
        scope = subscription.scope.lower().rstrip("/")
        for product in products:
            if scope.removeprefix(configuration.service_key).strip("/") == f"products/{product.id.lower()}":
                return Access(subscription, product)
        if _covers(scope, api_id, configuration.service_key):
            return Access(subscription, None)
    raise _denied("SubscriptionKeyInvalid", _INVALID, api, realm)


def _covers(scope: str, api_id: str, service_key: str) -> bool:
    """Whether a scope is this API, all APIs, or the service itself; scopes are full ARM ids or relative to the service."""
    relative = scope.removeprefix(service_key).strip("/")
    return relative in ("", "apis", f"apis/{api_id}")


def _denied(reason: str, message: str, api: Api, realm: str) -> PolicyFailure:
    challenge = f'AzureApiManagementKey realm="{realm}/{api.full_path}",name="{api.key_header}",type="header"'
    return PolicyFailure(401, reason, message, headers={"WWW-Authenticate": challenge}, source="authorization")
