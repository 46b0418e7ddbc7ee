"""Finds the objects of a tenant and of an API Management service that belong together, and the choices that are left."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from auth0_apim_environments.clients.http import Document
from auth0_apim_environments.clients.manager import Manager
from auth0_apim_environments.clients.tenant import Tenant, clients_without_user_grant, requires_user_grants, user_grant
from auth0_apim_environments.errors import StackError

SAMPLE_API = "echo-api"
"""The sample API of every new service of a classic tier."""


@dataclass(frozen=True)
class Choice:
    """A choice that only a person can make.

    Attributes:
        question: what must be chosen.
        option: the option of the command that makes the choice.
        answers: the values of the option, with a description of each; empty when nothing was found.
    """

    question: str
    option: str
    answers: Mapping[str, str]


class AmbiguousError(StackError):
    """Several objects may belong together; `choice` is the choice that a person must make."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        known = ", ".join(f"{answer} ({text})" for answer, text in choice.answers.items()) or "nothing was found"
        super().__init__(f"{choice.question}: {known}. OnOutput which with {choice.option}")


@dataclass(frozen=True)
class Answers:
    """The person's choices, by the names of the command's options; None for an option that was not given."""

    api: str | None = None
    service: str | None = None
    published_api: str | None = None
    client: str | None = None
    connection: str | None = None
    user: str | None = None
    product: str | None = None


@dataclass(frozen=True)
class FoundObjects:
    """The objects of one environment, as the services' documents; None for an object that does not exist.

    Attributes:
        login: the client of the portal's authorization server, which may be `client`.
        user_grant: the grant by which the machine client gets users' tokens with their passwords.
        login_grant: the grant by which the login client gets its users' tokens.
        product_groups: the groups that see the product, but for the administrators.
        service_is_shared: whether the service has other APIs too.
        notes: what is not adopted, for people.
    """

    api: Document
    client: Document
    grant: Document
    service: Document
    published_api: Document
    login: Document | None = None
    connection: Document | None = None
    user: Document | None = None
    product: Document | None = None
    authorization_server: Document | None = None
    policy: Document | None = None
    user_grant: Document | None = None
    login_grant: Document | None = None
    product_groups: Sequence[str] = ()
    service_is_shared: bool = False
    notes: list[str] = field(default_factory=list)


def find_objects(tenant: Tenant, manager: Manager, answers: Answers) -> FoundObjects:
    """The objects that belong together.

    An API of Auth0 belongs to an API of API Management if the latter's policy accepts its identifier as an audience, or if the
    latter's authorization server requests it as the audience or uses a client with a grant for it.

    Raises:
        AmbiguousError: several objects match, or none.
        ServiceError: a service refused.
    """
    grants, clients = tenant.client_grants(), {each["client_id"]: each for each in tenant.clients()}
    pair = _pair(list(_pairs(tenant, manager, grants, answers)))
    granted = [grant for grant in grants if grant["audience"] == pair.identifier and grant["client_id"] in clients]
    machine = _one(
        "Which client calls the API",
        "--client",
        [grant for grant in granted if grant.get("subject_type", "client") == "client"],
        lambda grant: grant["client_id"],
        lambda grant: clients[grant["client_id"]]["name"],
        answers.client,
    )
    login = clients.get(pair.server["properties"].get("clientId", "")) if pair.server else None
    notes: list[str] = []
    users_clients = {machine["client_id"], *([login["client_id"]] if login else [])}
    connection = _connection(tenant, users_clients, answers)
    user = _user(tenant, connection, answers, notes) if connection else None
    if not requires_user_grants(pair.api):
        notes.append(_open_access(pair.api, clients_without_user_grant(clients.values(), grants, pair.identifier)))
    others = _other_apis(manager, pair)
    product = _product(manager, pair.published, answers)
    if others:
        notes.append(f"service {pair.service['name']} has other APIs, so that it is only read: {', '.join(others)}")
    return FoundObjects(
        api=pair.api,
        client=clients[machine["client_id"]],
        grant=machine,
        service=pair.service,
        published_api=pair.published,
        login=login,
        connection=connection,
        user=user,
        product=product,
        product_groups=_groups(manager, product),
        authorization_server=pair.server,
        policy=pair.policy,
        user_grant=user_grant(grants, machine["client_id"], pair.identifier),
        login_grant=user_grant(grants, login["client_id"], pair.identifier) if login else None,
        service_is_shared=bool(others),
        notes=notes,
    )


def _open_access(api: Document, without: Sequence[str]) -> str:
    return (
        f"every application gets tokens of the users of {api['identifier']} with every scope, and keep does not change that; "
        f"applications without a grant: {', '.join(without) or 'none'}"
    )


@dataclass(frozen=True)
class _Pair:
    api: Document
    service: Document
    published: Document
    server: Document | None
    policy: Document | None

    @property
    def identifier(self) -> str:
        return str(self.api["identifier"])


def _pairs(tenant: Tenant, manager: Manager, grants: Sequence[Document], answers: Answers) -> Iterator[_Pair]:
    servers = [api for api in tenant.resource_servers() if answers.api in (None, api["identifier"])]
    for service in manager.services():
        if answers.service not in (None, service["name"]):
            continue
        logins = {each["name"]: each for each in manager.children(service["id"], "authorizationServers")}
        for published in manager.children(service["id"], "apis"):
            if answers.published_api not in (None, published["name"]):
                continue
            settings = (published["properties"].get("authenticationSettings") or {}).get("oAuth2") or {}
            login = logins.get(settings.get("authorizationServerId") or "")
            policy = manager.find(f"{published['id']}/policies/policy", format="rawxml")
            accepted = audiences(policy["properties"]["value"]) if policy else set()
            chosen = answers.api is not None and answers.published_api is not None
            for api in servers:
                if chosen or api["identifier"] in accepted | _audiences_of(login, grants):
                    yield _Pair(api, service, published, login, policy)


def _pair(pairs: Sequence[_Pair]) -> _Pair:
    if len(pairs) == 1:
        return pairs[0]
    answers = {
        f"{each.identifier} at {each.service['name']}/{each.published['name']}": each.published["properties"][
            "displayName"
        ]
        for each in pairs
    }
    raise AmbiguousError(
        Choice("Which published API is guarded by which API of Auth0", "--api, --service and --published-api", answers)
    )


def _other_apis(manager: Manager, pair: _Pair) -> list[str]:
    apis = [each["name"] for each in manager.children(pair.service["id"], "apis")]
    return [name for name in apis if name not in (pair.published["name"], SAMPLE_API)]


def audiences(policy: str) -> set[str]:
    """The audiences that a policy's `validate-jwt` accepts; none if the text (`rawxml`) is no well-formed XML."""
    try:
        document = etree.fromstring(policy.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return set()
    return {(each.text or "").strip() for each in document.iterfind(".//validate-jwt/audiences/audience")}


def _audiences_of(server: Document | None, grants: Sequence[Document]) -> set[str]:
    """The audiences that an authorization server requests, otherwise those that its client has grants for."""
    if server is None:
        return set()
    properties = server["properties"]
    requested = set(parse_qs(urlsplit(properties.get("authorizationEndpoint") or "").query).get("audience", []))
    requested |= {each["value"] for each in properties.get("tokenBodyParameters") or [] if each["name"] == "audience"}
    return requested or {grant["audience"] for grant in grants if grant["client_id"] == properties.get("clientId")}


def _connection(tenant: Tenant, clients: set[str], answers: Answers) -> Document | None:
    databases = tenant.databases()
    enabled = {each["id"]: tenant.enabled_clients(each["id"]) for each in databases}
    found = [each for each in databases if answers.connection == each["name"] or clients & set(enabled[each["id"]])]
    if not found and answers.connection is None:
        return None
    return _one(
        "Which database are the users in", "--connection", found, lambda each: each["name"], lambda each: each["id"],
        answers.connection,
    )  # fmt: skip


def _user(tenant: Tenant, connection: Document, answers: Answers, notes: list[str]) -> Document | None:
    users = tenant.first_users(connection["name"])
    if answers.user is None and len(users) != 1:
        if users:
            notes.append(f"{connection['name']} has {len(users)} or more users, and none is adopted; --user adopts one")
        return None
    return _one(
        "Which user is the environment's", "--user", users, lambda each: str(each.get("email")),
        lambda each: each["user_id"], answers.user,
    )  # fmt: skip


def _product(manager: Manager, published: Document, answers: Answers) -> Document | None:
    products = manager.children(published["id"], "products")
    if not products and answers.product is None:
        return None
    return _one(
        "Which product is the API published in", "--product", products, lambda each: each["name"],
        lambda each: each["properties"]["displayName"], answers.product,
    )  # fmt: skip


def _groups(manager: Manager, product: Document | None) -> list[str]:
    groups = manager.children(product["id"], "groups") if product is not None else []
    return [group["name"] for group in groups if group["name"] != "administrators"]


def _one(  # noqa: PLR0913, PLR0917
    question: str,
    option: str,
    found: Sequence[Document],
    key: Callable[[Document], str],
    text: Callable[[Document], Any],
    answer: str | None,
) -> Document:
    chosen = [each for each in found if answer in (None, key(each))]
    if len(chosen) == 1:
        return chosen[0]
    raise AmbiguousError(Choice(question, option, {key(each): str(text(each)) for each in found}))
