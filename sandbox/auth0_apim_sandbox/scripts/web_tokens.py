"""The module `jsonwebtoken`."""

import re
import time
from typing import Any

import jwt

from auth0_apim_sandbox.scripts.errors import ModuleError

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31557600}
_PERIOD = re.compile(r"(-?\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w|y)?[a-z]*")
_SIGN_OPTIONS = ("algorithm", "expiresIn", "notBefore", "audience", "issuer", "subject", "jwtid", "keyid", "header")
_VERIFY_OPTIONS = (
    "algorithms",
    "audience",
    "issuer",
    "subject",
    "clockTolerance",
    "ignoreExpiration",
    "maxAge",
    "complete",
)
_CLAIMS = {"audience": "aud", "issuer": "iss", "subject": "sub", "jwtid": "jti"}
_SYMMETRIC = ["HS256", "HS384", "HS512"]
_ASYMMETRIC = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"]


def sign(payload: Any, key: dict[str, Any] | None, options: dict[str, Any]) -> str:
    """`sign(payload, key, options)`."""
    _check(options, _SIGN_OPTIONS)
    if not isinstance(payload, dict) or key is None:
        raise ModuleError("this sandbox signs a payload that is an object, with a key")
    now = int(time.time())
    claims = {"iat": now, **payload, **{_CLAIMS[name]: options[name] for name in _CLAIMS if name in options}}
    for name, claim in (("expiresIn", "exp"), ("notBefore", "nbf")):
        if name in options:
            claims[claim] = claims["iat"] + _seconds(options[name])
    header = {**options.get("header", {}), **({"kid": options["keyid"]} if "keyid" in options else {})}
    try:
        return jwt.encode(claims, key["key"], options.get("algorithm", "HS256"), headers=header)
    except (jwt.PyJWTError, ValueError, TypeError, NotImplementedError) as error:
        raise ModuleError(f"the token cannot be signed: {error}") from error


def verify(token: Any, key: dict[str, Any] | None, options: dict[str, Any]) -> Any:
    """`verify(token, key, options)`: the payload, or with `complete` the header, payload and signature.

    Raises:
        ModuleError: named as the errors of the npm module.
    """
    _check(options, _VERIFY_OPTIONS)
    if not isinstance(token, str) or not token:
        raise ModuleError("jwt must be provided", "JsonWebTokenError")
    if key is None:
        raise ModuleError("secret or public key must be provided", "JsonWebTokenError")
    known = _ASYMMETRIC if "-----BEGIN" in key["key"] else _SYMMETRIC
    try:
        claims = jwt.decode(
            token,
            key["key"],
            options.get("algorithms", known),
            leeway=options.get("clockTolerance", 0),
            options={"verify_aud": False, "verify_exp": not options.get("ignoreExpiration"), "verify_iat": False},
        )
    except jwt.ExpiredSignatureError as error:
        raise ModuleError("jwt expired", "TokenExpiredError") from error
    except jwt.ImmatureSignatureError as error:
        raise ModuleError("jwt not active", "NotBeforeError") from error
    except jwt.InvalidSignatureError as error:
        raise ModuleError("invalid signature", "JsonWebTokenError") from error
    except jwt.InvalidAlgorithmError as error:
        raise ModuleError("invalid algorithm", "JsonWebTokenError") from error
    except jwt.PyJWTError as error:
        raise ModuleError("jwt malformed", "JsonWebTokenError") from error
    _check_claims(claims, options)
    return decode(token, True) if options.get("complete") else claims


def decode(token: Any, complete: bool) -> Any:
    """`decode(token, {complete})`: nothing is verified; None for what is no token."""
    if not isinstance(token, str):
        return None
    try:
        found = jwt.decode_complete(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return None
    if not complete:
        return found["payload"]
    return {"header": found["header"], "payload": found["payload"], "signature": token.rpartition(".")[2]}


def _check(options: dict[str, Any], known: tuple[str, ...]) -> None:
    for name in options:
        if name not in known:
            raise ModuleError(f"jsonwebtoken has no option '{name}' in this sandbox, only {', '.join(known)}")


def _check_claims(claims: dict[str, Any], options: dict[str, Any]) -> None:
    for name, claim in (("audience", "aud"), ("issuer", "iss"), ("subject", "sub")):
        expected = options.get(name)
        if expected is None:
            continue
        allowed = expected if isinstance(expected, list) else [expected]
        held = claims.get(claim)
        if not set(held if isinstance(held, list) else [held]) & set(allowed):
            raise ModuleError(f"jwt {name} invalid. expected: {' or '.join(map(str, allowed))}", "JsonWebTokenError")
    if "maxAge" in options and claims.get("iat", 0) + _seconds(options["maxAge"]) < time.time():
        raise ModuleError("maxAge exceeded", "TokenExpiredError")


def _seconds(period: Any) -> int:
    """A number is of seconds, a text without a unit of milliseconds, as in the npm module."""
    if isinstance(period, int | float) and not isinstance(period, bool):
        return int(period)
    found = _PERIOD.fullmatch(str(period).strip().lower())
    if found is None:
        raise ModuleError('a period is a number of seconds or a text such as "1d", "20h" or "60s"')
    return int(float(found[1]) * _UNITS[found[2] or "ms"])
