"""Which objects of a tenant and of an API Management service belong together, and what cannot be told without asking."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from auth0_apim_environments.clients.services import (
    Document,
    Manager,
    Tenant,
    asks_for_grants,
    user_grant,
    without_user_grant,
)
from auth0_apim_environments.errors import StackError

BORN_WITH = "echo-api"
"""The API that services of the classic tiers are born with."""


@dataclass(frozen=True)
class Choice:
    """Something that only a person can decide.

    Attributes:
        question: what is to be chosen.
        option: the option of the command that answers it.
        answers: what the option takes, with a description of each; empty where nothing was found.
    """

    question: str
    option: str
    answers: Mapping[str, str]


class AmbiguousError(StackError):
    """The objects that belong together cannot be told without asking; `choice` is what to ask."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        known = ", ".join(f"{answer} ({text})" for answer, text in choice.answers.items()) or "nothing was found"
        super().__init__(f"{choice.question}: {known}. Say which with {choice.option}")


@dataclass(frozen=True)
class Answers:
    """What the person said, by the names of the command's options; None where they said nothing."""

    api: str | None = None
    service: str | None = None
    published_api: str | None = None
    client: str | None = None
    connection: str | None = None
    user: str | None = None
    product: str | None = None


@dataclass(frozen=True)
class Belongings:
    """The objects of one environment, as the services' documents; None where there is none.

    Attributes:
        login: the client that the portal's authorization server uses; the same as `client` where one serves for both.
        user_grant: by which the machine client gets tokens of users who show it their passwords.
        login_grant: by which the login gets its users' tokens.
        service_is_shared: the service has other APIs, so that it is not this environment's alone.
        notes: what was left out, in words.
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
    service_is_shared: bool = False
    notes: list[str] = field(default_factory=list)


def belongings(tenant: Tenant, manager: Manager, answers: Answers) -> Belongings:
    """The objects that belong together.

    An API of Auth0 belongs to one of API Management when the latter's policy accepts its identifier as an audience, or
    its authorization server asks for it or uses a client that is granted it.

    Raises:
        AmbiguousError: several could be meant, or none was found.
        ReadError: a service did not answer.
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
    if not asks_for_grants(pair.api):
        notes.append(_open_access(pair.api, without_user_grant(clients.values(), grants, pair.identifier)))
    others = _other_apis(manager, pair)
    if others:
        notes.append(f"service {pair.service['name']} has other APIs, so it is only read: {', '.join(others)}")
    return Belongings(
        api=pair.api,
        client=clients[machine["client_id"]],
        grant=machine,
        service=pair.service,
        published_api=pair.published,
        login=login,
        connection=connection,
        user=user,
        product=_product(manager, pair.published, answers),
        authorization_server=pair.server,
        policy=pair.policy,
        user_grant=user_grant(grants, machine["client_id"], pair.identifier),
        login_grant=user_grant(grants, login["client_id"], pair.identifier) if login else None,
        service_is_shared=bool(others),
        notes=notes,
    )


def _open_access(api: Document, without: Sequence[str]) -> str:
    return (
        f"any application gets tokens of the users of {api['identifier']} with every scope, and keep leaves that as it is; "
        f"these have no grant for it yet: {', '.join(without) or 'none'}"
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
    return [name for name in apis if name not in (pair.published["name"], BORN_WITH)]


def audiences(policy: str) -> set[str]:
    """The audiences that a policy's `validate-jwt` accepts; none in a text that is no XML by itself (`rawxml`)."""
    try:
        document = etree.fromstring(policy.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return set()
    return {(each.text or "").strip() for each in document.iterfind(".//validate-jwt/audiences/audience")}


def _audiences_of(server: Document | None, grants: Sequence[Document]) -> set[str]:
    """What an authorization server asks tokens for: the audience in its addresses, else what its client is granted."""
    if server is None:
        return set()
    properties = server["properties"]
    asked = set(parse_qs(urlsplit(properties.get("authorizationEndpoint") or "").query).get("audience", []))
    asked |= {each["value"] for each in properties.get("tokenBodyParameters") or [] if each["name"] == "audience"}
    return asked or {grant["audience"] for grant in grants if grant["client_id"] == properties.get("clientId")}


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
    users = tenant.users(connection["name"])
    if answers.user is None and len(users) != 1:
        if users:
            notes.append(
                f"the {len(users)} or more users of {connection['name']} stay as they are; --user takes one of them over"
            )
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
