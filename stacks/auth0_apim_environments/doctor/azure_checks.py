"""Checks of the subscription: resource group, service, tier, names that are taken, and ways around the token check."""

from collections.abc import Iterator

from auth0_apim.apim.azure_rules import slug
from auth0_apim.policy.document_rules import early_answer_problem, wider_backend_problem
from auth0_apim.rules.opinion_rules import own_backend_problem
from auth0_apim.rules.tier_rules import portal_sku_problem, quota_sku_problem, rate_limit_sku_problem

from auth0_apim_environments.clients.http import Document, ServiceError
from auth0_apim_environments.clients.manager import Manager
from auth0_apim_environments.doctor.finding import Finding, right, unknown, warning, wrong
from auth0_apim_environments.settings.settings import Settings

_PURGE = (
    "az apim deletedservice purge --service-name {name} --location {location}; or choose another gateway.serviceName"
)


def azure_findings(settings: Settings, manager: Manager, own: set[str]) -> Iterator[Finding]:
    """The findings on the subscription.

    Args:
        settings: of the stack.
        manager: of the subscription.
        own: ids of the stack's own resources, in lower case.
    """
    group = settings.get("gateway.resource_group_name")
    if manager.group(group) is None:
        location = settings.get("gateway.location") or "REGION"
        yield wrong(
            "resource group", f"{group} does not exist", f"az group create --name {group} --location {location}"
        )
    else:
        yield right("resource group", f"{group} exists")
    service = _service(settings, manager)
    yield _service_finding(settings, manager, service, own)
    tier = service["sku"]["name"] if service else settings.get("gateway.sku")
    yield tier_finding(settings, tier)
    if service is not None:
        yield from _names(settings, manager, service, own)
        yield from guard_findings(settings, manager, service, own)


def tier_finding(settings: Settings, tier: str) -> Finding:
    """The finding on whether the tier has the features that the settings use."""
    features = {
        "portal": (settings.portal is not None, portal_sku_problem),
        "policy.rateLimitCalls": (settings.get("policy.rate_limit_calls") is not None, rate_limit_sku_problem),
        "policy.quotaCalls": (settings.get("policy.quota_calls") is not None, quota_sku_problem),
    }
    for key, (is_used, rule) in features.items():
        if is_used and (problem := rule(tier)):
            return wrong(
                "tier", f"{key} is set, and the tier {problem}", f"choose another gateway.sku, or remove {key}"
            )
    return right("tier", f"{tier} has every feature that the settings use")


def _service(settings: Settings, manager: Manager) -> Document | None:
    name = settings.get("gateway.service_name").lower()
    return next((each for each in manager.services() if each["name"].lower() == name), None)


def _service_finding(settings: Settings, manager: Manager, service: Document | None, own: set[str]) -> Finding:
    subject, name = "API Management service", settings.get("gateway.service_name")
    exists = settings.get("gateway.existing")
    if service is not None:
        group = service["id"].split("/")[4]
        if group.lower() != settings.get("gateway.resource_group_name").lower():
            return wrong(subject, f"{name} is in resource group {group}", "correct gateway.resourceGroupName")
        if exists or service["id"].lower() in own:
            return right(subject, f"{name} exists" if exists else f"{name} is this stack's")
        remedy = "set gateway.existing: true to use it, or adopt it with `auth0-apim adopt`"
        return wrong(subject, f"{name} exists and is not this stack's", remedy)
    return _new_service(name, manager, is_expected=exists)


def _new_service(name: str, manager: Manager, *, is_expected: bool) -> Finding:
    subject = "API Management service"
    deleted = next((each for each in manager.deleted_services() if each["name"].lower() == name.lower()), None)
    if deleted is not None:
        location = deleted.get("location") or deleted["id"].split("/locations/")[1].split("/")[0]
        return wrong(
            subject,
            f"{name} is soft-deleted and reserves its name for 48 hours",
            _PURGE.format(name=name, location=location),
        )
    if is_expected:
        return wrong(subject, f"{name} does not exist", "correct gateway.serviceName, or remove gateway.existing")
    problem = manager.name_problem(name)
    if problem is not None:
        return wrong(subject, f"{name}: {problem}", "choose another gateway.serviceName: it must be unique in Azure")
    return right(subject, f"{name} is available")


def _names(settings: Settings, manager: Manager, service: Document, own: set[str]) -> Iterator[Finding]:
    """The findings on the API's path and id, the product and the authorization server in an existing service."""
    names = ("path", "product_id", "product_name")
    path, product_id, product_name = (settings.get(f"publication.{each}") for each in names)
    api_id = settings.get("publication.api_id") or slug(path)
    apis = [
        each for each in manager.children(service["id"], "apis") if each["id"].partition(";rev=")[0].lower() not in own
    ]
    # The service compares names and paths without case.
    clashing = [
        each
        for each in apis
        if each["properties"]["path"].lower() == path.lower() or each["name"].lower() == api_id.lower()
    ]
    remedy = "choose another publication.path and apiId, or adopt the API with `auth0-apim adopt`"
    if clashing:
        yield wrong("API path", f"{path} or the id {api_id} is taken by {clashing[0]['name']}", remedy)
    else:
        yield right("API path", f"{path} is available")
    products = {each["name"].lower(): each for each in manager.children(service["id"], "products")}
    if product_id is not None and product_id.lower() not in products:
        yield wrong(
            "product",
            f"{product_id} does not exist",
            "correct publication.productId, or set publication.productName",
        )
    if product_name is not None:
        product = products.get(slug(product_name))
        if product is not None and product["id"].lower() not in own:
            instead = (
                f"set publication.productId: {product['name']} to use it, or choose another publication.productName"
            )
            yield wrong("product", f"{product_name} exists and is not this stack's", instead)
        else:
            yield right("product", f"{product_name} is available")
    if settings.portal is not None:
        wanted = settings.get("portal.authorization_server_id").lower()
        servers = [
            each for each in manager.children(service["id"], "authorizationServers") if each["id"].lower() not in own
        ]
        if any(each["name"].lower() == wanted for each in servers):
            instead = "choose another portal.authorizationServerId, or adopt it with `auth0-apim adopt`"
            yield wrong("authorization server", f"{wanted} exists and is not this stack's", instead)
        else:
            yield right("authorization server", f"{wanted} is available")


_RULES = (
    (wider_backend_problem, "set the backend in each API's own policy"),
    (early_answer_problem, "return the response after the token check, or accept that callers get it without a token"),
)


def guard_findings(settings: Settings, manager: Manager, service: Document, own: set[str]) -> Iterator[Finding]:
    """The findings on ways around the token check of the stack's API: policies of wider scopes, and backends of its own.

    Args:
        settings: of the stack.
        manager: of the subscription.
        service: the service that the API is in, or will be in.
        own: ids of the stack's own resources, in lower case.
    """
    subject = "ways around the token check"
    try:
        apis = [each for each in manager.children(service["id"], "apis") if each["id"].lower() in own]
        warnings = [*_wider_documents(settings, manager, service, apis), *_own_backends(settings, apis)]
        yield from warnings or [right(subject, "none found")]
    except ServiceError as error:
        yield unknown(subject, str(error), "check the policies of the service and of the API's products")


def _wider_documents(
    settings: Settings, manager: Manager, service: Document, apis: list[Document]
) -> Iterator[Finding]:
    fragments = {
        each["name"]: str(each["properties"].get("value", ""))
        for each in manager.children(service["id"], "policyFragments")
    }
    for scope, scope_id in _scopes(settings, manager, service, apis).items():
        policy = manager.find(f"{scope_id}/policies/policy")
        for rule, remedy in _RULES if policy else ():
            try:
                problem = rule(str(policy and policy["properties"]["value"]), fragments)
            except ValueError as error:
                problem = f"{error}, and cannot be checked"
            if problem:
                yield warning(f"policy of {scope}", f"the document {problem}", remedy)


def _scopes(settings: Settings, manager: Manager, service: Document, apis: list[Document]) -> dict[str, str]:
    """The ids of the wider scopes whose policies run for the API's calls, by their description."""
    product_id, product_name = settings.get("publication.product_id"), settings.get("publication.product_name")
    named = product_id or (slug(product_name) if product_name else None)
    products = {each["name"] for api in apis for each in manager.children(api["id"], "products")}
    products |= {each["name"] for each in manager.children(service["id"], "products") if each["name"] == named}
    scopes = {f"product {name}": f"{service['id']}/products/{name}" for name in sorted(products)}
    return {"the whole service": service["id"], **scopes}


def _own_backends(settings: Settings, apis: list[Document]) -> Iterator[Finding]:
    for api in apis:
        url = api["properties"].get("serviceUrl")
        if url and (problem := own_backend_problem(url)):
            remedy = "pulumi up --refresh removes it"
            if settings.get("publication.keep_service_url"):
                remedy = "when the API's policy is deployed, remove publication.keepServiceUrl and deploy again"
            yield warning(f"backend of {api['name']}", f"serviceUrl {problem}", remedy)
