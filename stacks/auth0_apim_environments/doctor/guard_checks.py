"""Ways around the check in a service that exists: wider documents of others, and an API of ours with a backend of its own."""

from collections.abc import Iterator

from auth0_apim.document_rules import early_answer_problem, wider_backend_problem
from auth0_apim.names import slug
from auth0_apim.opinion_rules import own_backend_problem

from auth0_apim_environments.clients.services import Document, Manager, ReadError
from auth0_apim_environments.doctor.finding import Finding, right, unknown, warning
from auth0_apim_environments.settings.settings import Settings

_RULES = (
    (wider_backend_problem, "let each API's own policy set its backend"),
    (early_answer_problem, "move the answer behind the check, or accept that callers get it without a token"),
)


def guard_findings(settings: Settings, manager: Manager, service: Document, own: set[str]) -> Iterator[Finding]:
    """What the check of the stack's API cannot keep callers from.

    Args:
        settings: the stack's.
        manager: what there is.
        service: the service that the API is in, or will be.
        own: ids of the stack's own objects, in lower case.
    """
    subject = "ways around the check"
    try:
        apis = [each for each in manager.children(service["id"], "apis") if each["id"].lower() in own]
        warnings = [*_wider_documents(settings, manager, service, apis), *_own_backends(settings, apis)]
        yield from warnings or [right(subject, "none was found")]
    except ReadError as error:
        yield unknown(subject, str(error), "look at the policies of the service and of the API's products")


def _wider_documents(
    settings: Settings, manager: Manager, service: Document, apis: list[Document]
) -> Iterator[Finding]:
    fragments = {
        each["name"]: str(each["properties"].get("value", ""))
        for each in manager.children(service["id"], "policyFragments")
    }
    for scope, place in _scopes(settings, manager, service, apis).items():
        policy = manager.find(f"{place}/policies/policy")
        for rule, remedy in _RULES if policy else ():
            try:
                problem = rule(str(policy and policy["properties"]["value"]), fragments)
            except ValueError as error:
                problem = f"{error}, so that what it does cannot be seen"
            if problem:
                yield warning(f"policy of {scope}", f"the document {problem}", remedy)


def _scopes(settings: Settings, manager: Manager, service: Document, apis: list[Document]) -> dict[str, str]:
    """The wider scopes whose documents the API's calls run, each with the id of what has the document."""
    publication = settings.publication
    named = publication.product_id or (slug(publication.product_name) if publication.product_name else None)
    products = {each["name"] for api in apis for each in manager.children(api["id"], "products")}
    products |= {each["name"] for each in manager.children(service["id"], "products") if each["name"] == named}
    scopes = {f"product {name}": f"{service['id']}/products/{name}" for name in sorted(products)}
    return {"the whole service": service["id"], **scopes}


def _own_backends(settings: Settings, apis: list[Document]) -> Iterator[Finding]:
    for api in apis:
        url = api["properties"].get("serviceUrl")
        if url and (problem := own_backend_problem(url)):
            remedy = "pulumi up --refresh takes it away"
            if settings.publication.keep_service_url:
                remedy = "once the API's policy is deployed, remove publication.keepServiceUrl and deploy again"
            yield warning(f"backend of {api['name']}", f"serviceUrl {problem}", remedy)
