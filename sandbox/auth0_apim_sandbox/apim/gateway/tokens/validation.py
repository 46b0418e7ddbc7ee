"""The checks behind `validate-jwt`: signature, lifetime, audience, issuer, required claims, in this order.

Messages have the shape of those of the vendor's library (IDX…), without being promised to the byte.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from auth0_apim_sandbox.apim.gateway.tokens.jwt import CompactToken, TokenRefused, claim_values, malformed, moment
from auth0_apim_sandbox.apim.gateway.tokens.keys import Key


class RequiredClaim(NamedTuple):
    """One `claim` of `required-claims`; no values: the claim must merely exist."""

    name: str
    values: Sequence[str]
    match_all: bool
    separator: str | None


def check_signature(
    token: CompactToken, candidates: Sequence[Key], others: Sequence[Key], *, unsigned_allowed: bool
) -> Key | None:
    """The key that verifies `token`; None for an unsigned token where one is allowed.

    Keys with the token's `kid` come first; when no key has it, every other key is tried.

    Raises:
        TokenRefused: no key does.
    """
    if token.algorithm == "none" or not token.signature:
        if unsigned_allowed and token.algorithm == "none" and not token.signature:
            return None
        raise _access_denied(
            "TokenSignatureInvalid", "IDX10504: Unable to validate signature, token does not have a signature"
        )
    keys = candidates or others
    suitable = [key for key in keys if token.algorithm in key.verifiers]
    for key in suitable:
        if key.verifiers[token.algorithm](token.signature, token.signed):
            return key
    if not suitable:
        if not keys:
            raise _access_denied(
                "TokenSignatureKeyNotFound",
                "IDX10500: Signature validation failed. No security keys were provided to validate the signature",
            )
        raise _access_denied(
            "TokenSignatureKeyNotFound",
            f"IDX10501: Signature validation failed. No key fits kid: '{token.key_id or ''}' and algorithm: '{token.algorithm}'",
        )
    raise _access_denied(
        "TokenSignatureInvalid",
        f"IDX10503: Signature validation failed. Keys tried: '{len(suitable)}', kid: '{token.key_id or ''}'",
    )


def check_types(claims: Mapping[str, Any]) -> None:
    """Refuse registered claims of the wrong JSON type (RFC 7519, section 4.1)."""
    for name in ("exp", "nbf", "iat"):
        if name in claims and type(claims[name]) not in (int, float):
            raise malformed(f"JWT is not well formed: claim '{name}' must be a number.")
    for name in ("iss", "sub", "jti"):
        if name in claims and not isinstance(claims[name], str):
            raise malformed(f"JWT is not well formed: claim '{name}' must be a string.")
    audience = claims.get("aud", "")
    if not isinstance(audience, str) and not (
        isinstance(audience, list) and all(isinstance(value, str) for value in audience)
    ):
        raise malformed("JWT is not well formed: claim 'aud' must be a string or an array of strings.")


def check_lifetime(claims: Mapping[str, Any], now: float, clock_skew: float, *, expiration_required: bool) -> None:
    """Refuse a token before `nbf`, on or after `exp`, or without `exp` where it is required; skew in seconds."""
    expires, starts = claims.get("exp"), claims.get("nbf")
    if expires is None:
        if expiration_required:
            raise _access_denied(
                "TokenExpired", "IDX10225: Lifetime validation failed. The token is missing an Expiration Time"
            )
    elif now - clock_skew >= expires:
        raise _access_denied(
            "TokenExpired",
            f"IDX10223: Lifetime validation failed. The token is expired. ValidTo (UTC): '{_utc(expires)}', "
            f"Current time (UTC): '{_utc(now)}'.",
        )
    if starts is None:
        return
    if expires is not None and starts > expires:
        raise malformed(
            f"IDX10224: Lifetime validation failed. The NotBefore (UTC): '{_utc(starts)}' is after Expires (UTC): '{_utc(expires)}'."
        )
    if starts > now + clock_skew:
        raise malformed(
            f"IDX10222: Lifetime validation failed. The token is not yet valid. ValidFrom (UTC): '{_utc(starts)}', "
            f"Current time (UTC): '{_utc(now)}'."
        )


def check_audience(claims: Mapping[str, Any], allowed: Collection[str]) -> None:
    """Refuse a token none of whose audiences is in `allowed`; a blank audience is nobody's."""
    audience = claims.get("aud", [])
    given = [audience] if isinstance(audience, str) else audience
    if any(value in allowed and value.strip() for value in given):
        return
    raise _access_denied(
        "TokenAudienceNotAllowed",
        f"IDX10214: Audience validation failed. Audiences: '{', '.join(given)}'. Did not match: validationParameters.ValidAudience: "
        f"'null' or validationParameters.ValidAudiences: '{', '.join(allowed)}'.",
    )


def check_issuer(claims: Mapping[str, Any], allowed: Collection[str]) -> None:
    """Refuse a token whose issuer is not in `allowed`; a blank issuer is nobody's."""
    issuer = claims.get("iss")
    if isinstance(issuer, str) and issuer in allowed and issuer.strip():
        return
    raise _access_denied(
        "TokenIssuerNotAllowed",
        f"IDX10205: Issuer validation failed. Issuer: '{issuer or ''}'. Did not match: validationParameters.ValidIssuer: 'null' "
        f"or validationParameters.ValidIssuers: '{', '.join(allowed)}'.",
    )


def check_claims(claims: Mapping[str, Any], required: Sequence[RequiredClaim]) -> None:
    """Refuse a token that lacks one of `required`, or has other values in it."""
    values = {claim.name: claim_values(claims[claim.name]) for claim in required if claim.name in claims}
    missing = [claim.name for claim in required if not values.get(claim.name)]
    if missing:
        raise TokenRefused(
            "TokenClaimNotFound", f"JWT token is missing the following claims: {', '.join(missing)}. Access denied."
        )
    for claim in required:
        given = values[claim.name]
        if claim.separator:
            given = [part for value in given for part in value.split(claim.separator)]
        # a blank value is what an expression gives that found nothing, and no claim that a token could fulfil
        matches = [value in given and bool(value.strip()) for value in claim.values]
        if matches and not (all if claim.match_all else any)(matches):
            raise TokenRefused(
                "TokenClaimValueMismatch", f"Claim value mismatch: {claim.name}={','.join(values[claim.name])}."
            )


def _access_denied(reason: str, message: str) -> TokenRefused:
    return TokenRefused(reason, f"{message.rstrip('.')}. Access denied.")


def _utc(seconds: float) -> str:
    """A moment as .NET prints it in the invariant culture."""
    return f"{moment(seconds):%m/%d/%Y %H:%M:%S}"
