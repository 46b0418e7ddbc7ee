"""The subscription: the resource group, the service and its tier, and names that others have in it."""

from collections.abc import Iterator

from auth0_apim.azure_rules import portal_sku_problem
from auth0_apim.names import slug
from auth0_apim.policy_rules import quota_sku_problem, rate_limit_sku_problem

from auth0_apim_environments.clients.services import Document, Manager
from auth0_apim_environments.doctor.finding import Finding, right, wrong
from auth0_apim_environments.doctor.guard_checks import guard_findings
from auth0_apim_environments.settings.settings import Settings

_PURGE = (
    "az apim deletedservice purge --service-name {name} --location {location}; or choose another gateway.serviceName"
)


def azure_findings(settings: Settings, manager: Manager, own: set[str]) -> Iterator[Finding]:
    """What is in the way of the stack in its subscription, or missing there.

    Args:
        settings: the stack's.
        manager: what there is.
        own: ids of the stack's own objects, in lower case.
    """
    gateway = settings.gateway
    if manager.group(gateway.resource_group_name) is None:
        remedy = f"az group create --name {gateway.resource_group_name} --location {gateway.location or 'REGION'}"
        yield wrong("resource group", f"{gateway.resource_group_name} does not exist", remedy)
    else:
        yield right("resource group", f"{gateway.resource_group_name} exists")
    service = _service(settings, manager)
    yield _service_finding(settings, manager, service, own)
    tier = service["sku"]["name"] if service else gateway.sku.value if gateway.sku else "Consumption"
    yield tier_finding(settings, tier)
    if service is not None:
        yield from _names(settings, manager, service, own)
        yield from guard_findings(settings, manager, service, own)


def tier_finding(settings: Settings, tier: str) -> Finding:
    """Whether a service of the tier can do what the settings ask for."""
    asked = {
        "portal": (settings.portal is not None, portal_sku_problem),
        "policy.rateLimitCalls": (settings.policy.rate_limit_calls is not None, rate_limit_sku_problem),
        "policy.quotaCalls": (settings.policy.quota_calls is not None, quota_sku_problem),
    }
    for key, (is_asked, rule) in asked.items():
        if is_asked and (problem := rule(tier)):
            return wrong(
                "tier", f"{key} is asked of {tier}, which {problem}", f"another gateway.sku, or leave {key} out"
            )
    return right("tier", f"{tier} can do what is asked")


def _service(settings: Settings, manager: Manager) -> Document | None:
    name = settings.gateway.service_name.lower()
    return next((each for each in manager.services() if each["name"].lower() == name), None)


def _service_finding(settings: Settings, manager: Manager, service: Document | None, own: set[str]) -> Finding:
    gateway, subject = settings.gateway, "API Management service"
    name = gateway.service_name
    if service is not None:
        group = service["id"].split("/")[4]
        if group.lower() != gateway.resource_group_name.lower():
            return wrong(subject, f"{name} is in resource group {group}", "correct gateway.resourceGroup")
        if gateway.existing or service["id"].lower() in own:
            return right(subject, f"{name} exists" if gateway.existing else f"{name} is this stack's")
        remedy = "gateway.existing: true uses it; `auth0-apim adopt` takes it over"
        return wrong(subject, f"{name} exists and is not this stack's", remedy)
    return _new_service(name, manager, is_expected=gateway.existing)


def _new_service(name: str, manager: Manager, *, is_expected: bool) -> Finding:
    subject = "API Management service"
    deleted = next((each for each in manager.deleted_services() if each["name"].lower() == name.lower()), None)
    if deleted is not None:
        location = deleted.get("location") or deleted["id"].split("/locations/")[1].split("/")[0]
        return wrong(
            subject, f"{name} was deleted and keeps its name for 48 hours", _PURGE.format(name=name, location=location)
        )
    if is_expected:
        return wrong(subject, f"{name} does not exist", "correct gateway.serviceName, or leave gateway.existing out")
    problem = manager.name_problem(name)
    if problem is not None:
        return wrong(subject, f"{name}: {problem}", "choose another gateway.serviceName: it is unique in all of Azure")
    return right(subject, f"{name} is free")


def _names(settings: Settings, manager: Manager, service: Document, own: set[str]) -> Iterator[Finding]:
    """The API's path and id, the product and the authorization server in a service that is there."""
    publication = settings.publication
    api_id = publication.api_id or slug(publication.path)
    apis = [
        each for each in manager.children(service["id"], "apis") if each["id"].partition(";rev=")[0].lower() not in own
    ]
    # The service compares names and paths without case.
    clashing = [
        each
        for each in apis
        if each["properties"]["path"].lower() == publication.path.lower() or each["name"].lower() == api_id.lower()
    ]
    remedy = "another publication.path and apiId; or `auth0-apim adopt`"
    if clashing:
        yield wrong("API path", f"{publication.path} or the id {api_id} is taken by {clashing[0]['name']}", remedy)
    else:
        yield right("API path", f"{publication.path} is nobody else's")
    products = {each["name"].lower(): each for each in manager.children(service["id"], "products")}
    if publication.product_id is not None and publication.product_id.lower() not in products:
        yield wrong(
            "product", f"{publication.product_id} does not exist", "correct publication.productId, or use product"
        )
    if publication.product_name is not None:
        product = products.get(slug(publication.product_name))
        if product is not None and product["id"].lower() not in own:
            instead = f"publication.productId: {product['name']} uses it; or another publication.product"
            yield wrong("product", f"{publication.product_name} exists and is not this stack's", instead)
        else:
            yield right("product", f"{publication.product_name} is nobody else's")
    if settings.portal is not None:
        wanted = settings.portal.authorization_server_id.lower()
        servers = [
            each for each in manager.children(service["id"], "authorizationServers") if each["id"].lower() not in own
        ]
        if any(each["name"].lower() == wanted for each in servers):
            instead = "another portal.authorizationServerId; or `auth0-apim adopt`"
            yield wrong("authorization server", f"{wanted} exists and is not this stack's", instead)
        else:
            yield right("authorization server", f"{wanted} is nobody else's")
