"""The effective policy of an operation, compiled: operation > API > product > global, spliced at `<base/>`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from auth0_apim_sandbox.apim.gateway.calls.context import Step
from auth0_apim_sandbox.apim.gateway.configuration.routing import Match
from auth0_apim_sandbox.apim.gateway.configuration.service import Configuration, Product
from auth0_apim_sandbox.apim.gateway.state.shared import Shared
from auth0_apim_sandbox.apim.gateway.steps.access.authentication import (
    compile_authentication_basic,
    compile_authentication_managed_identity,
)
from auth0_apim_sandbox.apim.gateway.steps.access.cors import Cors
from auth0_apim_sandbox.apim.gateway.steps.access.filters import compile_check_header, compile_ip_filter
from auth0_apim_sandbox.apim.gateway.steps.access.validate_azure_ad_token import AzureAdTokenValidation
from auth0_apim_sandbox.apim.gateway.steps.access.validate_jwt import compile_validate_jwt
from auth0_apim_sandbox.apim.gateway.steps.bodies import bodies_of, with_bodies
from auth0_apim_sandbox.apim.gateway.steps.caching.responses import compile_cache_lookup, compile_cache_store
from auth0_apim_sandbox.apim.gateway.steps.caching.values import (
    compile_cache_lookup_value,
    compile_cache_remove_value,
    compile_cache_store_value,
)
from auth0_apim_sandbox.apim.gateway.steps.flow.control import compile_choose, compile_set_variable
from auth0_apim_sandbox.apim.gateway.steps.flow.repeating import compile_limit_concurrency, compile_retry, compile_wait
from auth0_apim_sandbox.apim.gateway.steps.limits.calls import Limit
from auth0_apim_sandbox.apim.gateway.steps.limits.tokens import TokenLimit
from auth0_apim_sandbox.apim.gateway.steps.messages.addresses import compile_rewrite_uri, compile_set_backend_service
from auth0_apim_sandbox.apim.gateway.steps.messages.answers import (
    compile_mock_response,
    compile_return_response,
    compile_set_body,
    compile_set_status,
)
from auth0_apim_sandbox.apim.gateway.steps.messages.headers import compile_set_header
from auth0_apim_sandbox.apim.gateway.steps.messages.links import compile_jsonp, compile_redirect_content_urls
from auth0_apim_sandbox.apim.gateway.steps.messages.texts import (
    compile_find_and_replace,
    compile_set_method,
    compile_set_query_parameter,
)
from auth0_apim_sandbox.apim.gateway.steps.observing.telemetry import (
    compile_emit_metric,
    compile_emit_token_metric,
    compile_trace,
)
from auth0_apim_sandbox.apim.gateway.steps.outgoing.forward_request import compile_forward_request
from auth0_apim_sandbox.apim.gateway.steps.outgoing.send_request import (
    compile_send_one_way_request,
    compile_send_request,
)
from auth0_apim_sandbox.apim.policies import PolicyDocument, Scope, check_policy, read_stored
from auth0_apim_sandbox.apim.policies.catalogue import POLICIES
from auth0_apim_sandbox.apim.policies.checking import SECTIONS
from auth0_apim_sandbox.apim.policies.markup import Node
from auth0_apim_sandbox.apim.policies.named_values import fill_in

_DEFAULT_GLOBAL = "<policies><inbound /><backend><forward-request /></backend><outbound /><on-error /></policies>"
_DEFAULT = "<policies><inbound><base /></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>"
_LIMITS = ("quota", "quota-by-key", "rate-limit", "rate-limit-by-key")
_SIMPLE: dict[str, Callable[[Node], Step]] = {
    "check-header": compile_check_header,
    "cors": Cors,
    "emit-metric": compile_emit_metric,
    "azure-openai-emit-token-metric": compile_emit_token_metric,
    "find-and-replace": compile_find_and_replace,
    "ip-filter": compile_ip_filter,
    "jsonp": compile_jsonp,
    "llm-emit-token-metric": compile_emit_token_metric,
    "mock-response": compile_mock_response,
    "redirect-content-urls": compile_redirect_content_urls,
    "return-response": compile_return_response,
    "rewrite-uri": compile_rewrite_uri,
    "set-body": compile_set_body,
    "set-header": compile_set_header,
    "set-method": compile_set_method,
    "set-query-parameter": compile_set_query_parameter,
    "set-status": compile_set_status,
    "set-variable": compile_set_variable,
    "trace": compile_trace,
}
_SHARING: dict[str, Callable[[Node, Shared], Step]] = {
    "authentication-basic": compile_authentication_basic,
    "authentication-managed-identity": compile_authentication_managed_identity,
    "azure-openai-token-limit": lambda node, shared: TokenLimit(node, shared.counters),
    "cache-lookup": compile_cache_lookup,
    "cache-lookup-value": compile_cache_lookup_value,
    "cache-remove-value": compile_cache_remove_value,
    "cache-store": compile_cache_store,
    "cache-store-value": compile_cache_store_value,
    "forward-request": lambda node, shared: compile_forward_request(node, shared.fetch),
    "llm-token-limit": lambda node, shared: TokenLimit(node, shared.counters),
    "send-one-way-request": compile_send_one_way_request,
    "send-request": compile_send_request,
    "validate-azure-ad-token": AzureAdTokenValidation,
    "validate-jwt": lambda node, shared: compile_validate_jwt(node, shared.sources, shared.clock),
}


class Position(NamedTuple):
    """Where an element stands: the document's owner and scope, the section, the path in it."""

    key: str
    scope: str
    section: str
    path: str

    def below(self, path: str) -> Position:
        """A position inside this one."""
        return self._replace(path=f"{self.path}/{path}")


@dataclass(frozen=True)
class Origin:
    """Where a step comes from, for `context.LastError`."""

    policy: str
    scope: str
    path: str
    policy_id: str | None


@dataclass
class Plan:
    """The steps of each section, and where they come from."""

    sections: dict[str, list[Step]] = field(default_factory=dict)
    origins: dict[int, Origin] = field(default_factory=dict)
    """By `id()` of the step."""
    cors: list[Cors] = field(default_factory=list)
    """Those that answer preflight requests."""


class Compiler:
    """Makes plans from a service's policies."""

    def __init__(self, configuration: Configuration, shared: Shared) -> None:
        self._configuration = configuration
        self._shared = shared
        self._documents: dict[tuple[str, str], PolicyDocument] = {}

    def plan(self, service_key: str, match: Match | None, product: Product | None) -> Plan:
        """The plan for an operation in a product's context; without a match, of the global scope alone.

        Raises:
            PolicyError: a document cannot be run, as when a named value is gone.
        """
        levels: list[tuple[Scope, str]] = []
        if match is not None:
            levels += [("operation", match.operation.key), ("api", match.api.key)]
        if product is not None:
            levels.append(("product", product.key))
        levels.append(("global", service_key))
        plan = Plan()
        for section in SECTIONS:
            plan.sections[section] = [
                step
                for position, node in self._spliced(levels, section)
                for step in self._compiled(plan, position, node)
            ]
        plan.cors = [step for step in plan.sections["inbound"] if isinstance(step, Cors)]
        return plan

    def _spliced(self, levels: list[tuple[Scope, str]], section: str) -> Iterator[tuple[Position, Node]]:
        """The policies of the narrowest level with the next one's at `<base/>`; the widest level's `<base/>` is nothing."""
        if not levels:
            return
        (scope, key), wider = levels[0], levels[1:]
        counts: dict[str, int] = {}
        for node in self._document(scope, key).section(section):
            counts[node.name] = counts.get(node.name, 0) + 1
            if node.name == "base":
                yield from self._spliced(wider, section)
            else:
                yield Position(key, scope, section, f"{node.name}[{counts[node.name]}]"), node

    def _document(self, scope: Scope, key: str) -> PolicyDocument:
        if (scope, key) not in self._documents:
            text = self._configuration.policies.get(key) or (_DEFAULT_GLOBAL if scope == "global" else _DEFAULT)
            values = self._configuration.named_values
            document = check_policy(read_stored(text), scope, values)
            self._documents[(scope, key)] = PolicyDocument(fill_in(document.root, values))
        return self._documents[(scope, key)]

    def _compiled(self, plan: Plan, position: Position, node: Node) -> Iterator[Step]:
        if position.section not in POLICIES[node.name].sections:
            raise LookupError(f"policy '{node.name}' of a fragment is not allowed in section '{position.section}'")
        if node.name == "include-fragment":
            yield from self._included(plan, position, node)
            return
        step = with_bodies(node, self._step(plan, position, node))
        plan.origins[id(step)] = Origin(node.name, position.scope, position.path, node.attributes.get("id"))
        yield step

    def _included(self, plan: Plan, position: Position, node: Node) -> Iterator[Step]:
        fragment_id = node.attributes["fragment-id"].lower()
        key = f"fragment:{fragment_id}"
        if key not in self._configuration.policies:
            raise LookupError(f"policy fragment does not exist: '{fragment_id}'")
        for number, child in enumerate(self._document("fragment", key).root.children, 1):
            yield from self._compiled(plan, position.below(f"{fragment_id}/{child.name}[{number}]"), child)

    def _step(self, plan: Plan, position: Position, node: Node) -> Step:
        if node.name in _LIMITS:
            return Limit(node, f"{position.key} {position.section} {position.path}", self._shared.counters)
        if node.name == "set-backend-service":
            return compile_set_backend_service(node, position.scope, self._configuration.backends)
        if node.name in _SHARING:
            return _SHARING[node.name](node, self._shared)
        if node.name in _SIMPLE:
            return _SIMPLE[node.name](node)
        return self._running_others(plan, position, node)

    def _running_others(self, plan: Plan, position: Position, node: Node) -> Step:
        if node.name == "choose":
            branches = [
                self._steps(plan, position.below(f"{branch.name}[{case}]"), branch)
                for case, branch in enumerate(node.children, 1)
            ]
            return compile_choose(node, branches)
        steps = self._steps(plan, position, node)
        if node.name == "retry":
            return compile_retry(node, steps, bodies_of(node))
        return (
            compile_wait(node, steps) if node.name == "wait" else compile_limit_concurrency(node, steps, self._shared)
        )

    def _steps(self, plan: Plan, position: Position, parent: Node) -> list[Step]:
        return [
            step
            for number, child in enumerate(parent.children, 1)
            for step in self._compiled(plan, position.below(f"{child.name}[{number}]"), child)
        ]
