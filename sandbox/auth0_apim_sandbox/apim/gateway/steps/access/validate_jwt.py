"""`validate-jwt` at run time."""

import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from auth0_apim_sandbox.apim.gateway.calls.context import Context, PolicyFailure, Step
from auth0_apim_sandbox.apim.gateway.steps.values import TextOf, flag_of, status_of, text_of, texts_of, value_of
from auth0_apim_sandbox.apim.gateway.tokens.discovery import KeySources
from auth0_apim_sandbox.apim.gateway.tokens.jwt import CompactToken, Jwt, TokenRefused, read_token
from auth0_apim_sandbox.apim.gateway.tokens.keys import Key, rsa_key, symmetric_key
from auth0_apim_sandbox.apim.gateway.tokens.validation import (
    RequiredClaim,
    check_audience,
    check_claims,
    check_issuer,
    check_lifetime,
    check_signature,
    check_types,
)
from auth0_apim_sandbox.apim.policies.kinds import base64url_value, seconds_of
from auth0_apim_sandbox.apim.policies.markup import Node, is_expression

_NOT_PRESENT = "JWT not present."


@dataclass(frozen=True)
class _Claim:
    name: str
    values: Callable[[Context], Sequence[str]]
    match: TextOf
    separator: TextOf | None


class TokenValidation:
    """One `validate-jwt` policy, compiled.

    The keys of an OpenID document vouch only for that document's issuer (RFC 8725, section 3.8) and for the issuers that the
    policy names.
    """

    def __init__(self, node: Node, sources: KeySources, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._find_token = _token_finder(node)
        self._status = status_of(node, "failed-validation-httpcode", 401)
        message = node.attributes.get("failed-validation-error-message")
        self._message = text_of(message) if message is not None else None
        self._expiration_required = flag_of(node, "require-expiration-time", default=True)
        self._signature_required = flag_of(node, "require-signed-tokens", default=True)
        self._clock_skew = _clock_skew(node)
        self._variable = node.attributes.get("output-token-variable-name")
        self._sources = [
            sources.source(part.attributes["url"]) for part in node.children if part.name == "openid-config"
        ]
        self._keys = [_inline_key(key) for key in items(node, "issuer-signing-keys")]
        self._audiences = texts_of([item.text.strip() for item in items(node, "audiences")])
        self._issuers = texts_of([item.text.strip() for item in items(node, "issuers")])
        self._claims = [_required_claim(item) for item in items(node, "required-claims")]

    def __call__(self, context: Context) -> Awaitable[None] | None:
        """Let the request pass or fail; only a token whose key is not there yet makes it wait."""
        try:
            token = self._read(context)
            for source in self._sources:
                if not source.knows(token.key_id):
                    return self._after_refresh(context, token)
            self._check(context, token)
        except TokenRefused as refused:
            raise self._failure(context, refused) from None
        return None

    async def _after_refresh(self, context: Context, token: CompactToken) -> None:
        if not self._is_known(token.key_id):
            for source in self._sources:
                if not source.knows(token.key_id):
                    await source.refresh()
        try:
            self._check(context, token)
        except TokenRefused as refused:
            raise self._failure(context, refused) from None

    def _is_known(self, key_id: str | None) -> bool:
        """Whether the policy or some source has the key, so that a source that does not need not be asked again."""
        if key_id is None:
            return False
        return any(key.key_id == key_id for key in self._keys) or any(
            source.candidates(key_id) for source in self._sources
        )

    def _read(self, context: Context) -> CompactToken:
        text = self._find_token(context)
        if not text:
            raise TokenRefused("TokenNotPresent", _NOT_PRESENT)
        return read_token(text)

    def _check(self, context: Context, token: CompactToken) -> None:
        claims = token.claims
        key = check_signature(
            token, *self._candidates(token.key_id), unsigned_allowed=not self._signature_required(context)
        )
        check_types(claims)
        check_lifetime(
            claims,
            self._clock(),
            self._clock_skew(context),
            expiration_required=self._expiration_required(context),
        )
        if audiences := self._audiences(context):
            check_audience(claims, audiences)
        issuers = (*self._issuers(context), *self._document_issuers(key))
        if issuers or self._sources:
            check_issuer(claims, issuers)
        if self._claims:
            check_claims(claims, [_evaluated(claim, context) for claim in self._claims])
        if self._variable is not None:
            context.variables[self._variable] = Jwt(token)

    def _candidates(self, key_id: str | None) -> tuple[list[Key], list[Key]]:
        """The keys with this `kid`, and all keys."""
        matching = [key for source in self._sources for key in source.candidates(key_id)]
        if self._keys and key_id is not None:
            matching += [key for key in self._keys if key.key_id == key_id]
        if matching:
            return matching, []
        everything = self._keys + [key for source in self._sources for key in source.keys]
        if not everything and (problem := self._unreachable()):
            raise TokenRefused("JwtInvalid", problem)
        return [], everything

    def _unreachable(self) -> str | None:
        failed = next((source for source in self._sources if source.issuer is None), None)
        return f"IDX20803: Unable to obtain configuration from: '{failed.url}'." if failed else None

    def _document_issuers(self, key: Key | None) -> list[str]:
        if key is not None and key.issuer is not None:
            return [key.issuer]
        return [source.issuer for source in self._sources if source.issuer is not None]

    def _failure(self, context: Context, refused: TokenRefused) -> PolicyFailure:
        shown = self._message(context) if self._message else refused.message
        return PolicyFailure(self._status(context), refused.reason, refused.message, shown=shown)


def compile_validate_jwt(node: Node, sources: KeySources, clock: Callable[[], float]) -> Step:
    """The step for a `validate-jwt` element."""
    return TokenValidation(node, sources, clock)


def _token_finder(node: Node) -> Callable[[Context], str | None]:
    if "token-value" in node.attributes:
        return text_of(node.attributes["token-value"])
    if "query-parameter-name" in node.attributes:
        return _query_finder(text_of(node.attributes["query-parameter-name"]))
    name, scheme = node.attributes["header-name"], text_of(node.attributes.get("require-scheme", ""))
    if is_expression(name):
        evaluate = text_of(name)
        return lambda context: _from_header(context, evaluate(context).lower().encode("latin-1", "replace"), scheme)
    lower = name.lower().encode("ascii")
    return lambda context: _from_header(context, lower, scheme)


def _from_header(context: Context, name: bytes, require_scheme: TextOf) -> str | None:
    """The token in a header; in `Authorization` behind a scheme, which must be the required one if there is one."""
    value = context.request.headers.joined(name)
    if value is None:
        return None
    value = value.strip()
    if name != b"authorization":
        scheme, _, rest = value.partition(" ")
        return rest.strip() if scheme.lower() == "bearer" else value
    required = require_scheme(context)
    scheme, blank, rest = value.partition(" ")
    if not blank:
        return None if required or scheme.lower() == "bearer" else scheme
    if scheme.lower() != (required or "bearer").lower():
        return None
    return rest.strip()


def _query_finder(name: TextOf) -> Callable[[Context], str | None]:
    def find(context: Context) -> str | None:
        values = context.request.url.query.get(name(context))
        return ",".join(values) if values else None

    return find


def _clock_skew(node: Node) -> Callable[[Context], float]:
    text = node.attributes.get("clock-skew", "0")
    if is_expression(text):
        evaluate = value_of(text)
        return lambda context: float(evaluate(context))
    seconds = float(seconds_of(text) or 0)
    return lambda _: seconds


def items(node: Node, name: str) -> list[Node]:
    """What the children called `name` hold."""
    return [item for part in node.children if part.name == name for item in part.children]


def _inline_key(node: Node) -> Key:
    key_id = node.attributes.get("id")
    if "n" in node.attributes:
        return rsa_key(base64url_value(node.attributes["n"]), base64url_value(node.attributes["e"]), key_id)
    return symmetric_key(base64.b64decode("".join(node.text.split()), validate=True), key_id)


def _required_claim(node: Node) -> _Claim:
    separator = node.attributes.get("separator")
    return _Claim(
        node.attributes["name"],
        texts_of([value.text for value in node.children]),
        text_of(node.attributes.get("match", "all")),
        text_of(separator) if separator else None,
    )


def _evaluated(claim: _Claim, context: Context) -> RequiredClaim:
    return RequiredClaim(
        claim.name,
        claim.values(context),
        claim.match(context) != "any",
        claim.separator(context) if claim.separator else None,
    )
