"""Keys that verify signatures: from a JWKS (RFC 7517, RFC 7518 section 6) and from a policy.

A key is bound to its family of algorithms when it is made, so that an RSA key can never be taken for an HMAC secret (RFC 8725,
section 3.1).
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from auth0_apim_sandbox.apim.policies.kinds import SHORTEST_MODULUS, SHORTEST_SECRET, base64url_value

Verify = Callable[[bytes, bytes], bool]
"""Takes the signature and what it is over."""

_RSA = {
    "RS256": (padding.PKCS1v15(), SHA256()),
    "RS384": (padding.PKCS1v15(), SHA384()),
    "RS512": (padding.PKCS1v15(), SHA512()),
    "PS256": (padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size), SHA256()),
    "PS384": (padding.PSS(padding.MGF1(SHA384()), SHA384.digest_size), SHA384()),
    "PS512": (padding.PSS(padding.MGF1(SHA512()), SHA512.digest_size), SHA512()),
}
_CURVES: dict[str, tuple[str, ec.EllipticCurve, ec.ECDSA]] = {
    "P-256": ("ES256", ec.SECP256R1(), ec.ECDSA(SHA256())),
    "P-384": ("ES384", ec.SECP384R1(), ec.ECDSA(SHA384())),
    "P-521": ("ES512", ec.SECP521R1(), ec.ECDSA(SHA512())),
}
"""By the name of the curve: the one algorithm it is used with (RFC 7518, section 3.4)."""
_HMAC = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


@dataclass(frozen=True)
class Key:
    """A key and the algorithms it may be used with; `issuer` is that of the OpenID document it came from."""

    key_id: str | None
    verifiers: Mapping[str, Verify]
    issuer: str | None = None


def rsa_key(
    modulus: int, exponent: int, key_id: str | None, algorithm: str | None = None, issuer: str | None = None
) -> Key:
    """A key for RS256 to RS512 and PS256 to PS512, or for `algorithm` alone.

    Raises:
        ValueError: too short, or no RSA key.
    """
    public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    if public.key_size < SHORTEST_MODULUS:
        raise ValueError(f"an RSA key of {public.key_size} bits is too short; {SHORTEST_MODULUS} are needed")
    verifiers = {name: _rsa_verifier(public, name) for name in _RSA if algorithm in (None, name)}
    return Key(key_id, verifiers, issuer)


def symmetric_key(secret: bytes, key_id: str | None) -> Key:
    """A key for HS256, HS384 and HS512; `secret` are its bytes.

    Raises:
        ValueError: shorter than 128 bits.
    """
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"a key of {len(secret) * 8} bits is too short; {SHORTEST_SECRET * 8} are needed")
    return Key(key_id, {name: _hmac_verifier(secret, digest) for name, digest in _HMAC.items()})


def keys_of_set(key_set: Mapping[str, Any], issuer: str) -> list[Key]:
    """The keys of a JWKS that can verify signatures; others are passed over (RFC 7517, section 5).

    Raises:
        ValueError: not a JWKS.
    """
    members = key_set.get("keys")
    if not isinstance(members, list):
        raise ValueError("a JWKS needs a list 'keys'")
    return [key for member in members if isinstance(member, dict) and (key := _key_of(member, issuer))]


def _key_of(member: Mapping[str, Any], issuer: str) -> Key | None:
    key_id, algorithm = member.get("kid"), member.get("alg")
    try:
        if member.get("use", "sig") != "sig" or "verify" not in member.get("key_ops", ["verify"]):
            return None
        if member.get("kty") == "RSA":
            key = rsa_key(base64url_value(member["n"]), base64url_value(member["e"]), key_id, algorithm, issuer)
        elif member.get("kty") == "EC" and algorithm in (None, _CURVES[member["crv"]][0]):
            key = _ec_key(member, key_id, issuer)
        else:
            return None
    except (KeyError, ValueError, AttributeError, TypeError):
        return None
    return key if key.verifiers and (key_id is None or isinstance(key_id, str)) else None


def _ec_key(member: Mapping[str, Any], key_id: str | None, issuer: str) -> Key:
    algorithm, curve, scheme = _CURVES[member["crv"]]
    numbers = ec.EllipticCurvePublicNumbers(base64url_value(member["x"]), base64url_value(member["y"]), curve)
    return Key(key_id, {algorithm: _ec_verifier(numbers.public_key(), scheme)}, issuer)


def _rsa_verifier(public: rsa.RSAPublicKey, algorithm: str) -> Verify:
    scheme, digest = _RSA[algorithm]

    def verify(signature: bytes, signed: bytes) -> bool:
        try:
            public.verify(signature, signed, scheme, digest)
        except InvalidSignature:
            return False
        return True

    return verify


def _ec_verifier(public: ec.EllipticCurvePublicKey, scheme: ec.ECDSA) -> Verify:
    length = (public.curve.key_size + 7) // 8

    def verify(signature: bytes, signed: bytes) -> bool:
        if len(signature) != 2 * length:  # r and s, as long as the curve's numbers: RFC 7518 section 3.4
            return False
        r, s = int.from_bytes(signature[:length], "big"), int.from_bytes(signature[length:], "big")
        try:
            public.verify(encode_dss_signature(r, s), signed, scheme)
        except InvalidSignature:
            return False
        return True

    return verify


def _hmac_verifier(secret: bytes, digest: str) -> Verify:
    return lambda signature, signed: hmac.compare_digest(hmac.digest(secret, signed, digest), signature)
