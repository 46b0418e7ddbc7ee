"""The schema of `validate-jwt` (vendor page "validate-jwt policy")."""

from collections.abc import Iterator

from auth0_apim_sandbox.apim.policies.kinds import (
    SHORTEST_MODULUS,
    base64_key,
    base64url_number,
    base64url_value,
    boolean,
    duration,
    header_name,
    integer,
    one_of,
    required_text,
    separator,
    url,
)
from auth0_apim_sandbox.apim.policies.markup import Node
from auth0_apim_sandbox.apim.policies.schema import UNBOUNDED, Child, Element, Value

TOKEN_SOURCES = ("header-name", "query-parameter-name", "token-value")
"""Exactly one of these says where the token is."""

AZURE_AD_TOKEN_SOURCES = TOKEN_SOURCES
"""At most one of these says where the token of `validate-azure-ad-token` is; without one it is in `Authorization`."""

_KEY = Element(
    "key",
    {
        "id": Value(required_text, expressions=False),
        "n": Value(base64url_number, expressions=False),
        "e": Value(base64url_number, expressions=False),
    },
    text=Value(expressions=False),
    unsupported=frozenset({"certificate-id"}),
)

_CLAIM = Element(
    "claim",
    {
        "name": Value(required_text, required=True, expressions=False),
        "match": Value(one_of("all", "any")),
        "separator": Value(separator),
    },
    children=(Child(Element("value", text=Value()), 0, UNBOUNDED),),
)


def _list_of(name: str, item: Element) -> Child:
    return Child(Element(name, children=(Child(item, 1, UNBOUNDED),)))


REQUIRED_CLAIMS = _list_of("required-claims", _CLAIM)

VALIDATE_JWT = Element(
    "validate-jwt",
    {
        "header-name": Value(header_name),
        "query-parameter-name": Value(required_text),
        "token-value": Value(required_text),
        "failed-validation-httpcode": Value(integer(200, 599), result="int"),
        "failed-validation-error-message": Value(),
        "require-expiration-time": Value(boolean, result="bool"),
        "require-scheme": Value(),
        "require-signed-tokens": Value(boolean, result="bool"),
        "clock-skew": Value(duration, result="int"),
        "output-token-variable-name": Value(required_text, expressions=False),
    },
    children=(
        Child(
            Element(
                "openid-config",
                {
                    "url": Value(url, required=True, expressions=False),
                    "validate-connectivity": Value(boolean, expressions=False),
                },
            ),
            0,
            UNBOUNDED,
        ),
        _list_of("issuer-signing-keys", _KEY),
        _list_of("decryption-keys", Element("key", {"certificate-id": Value()}, text=Value())),
        _list_of("audiences", Element("audience", text=Value(required_text))),
        _list_of("issuers", Element("issuer", text=Value(required_text))),
        REQUIRED_CLAIMS,
    ),
)


def validate_jwt_problems(node: Node) -> Iterator[str]:
    """What the schema cannot say: one source of the token, keys that are keys, nothing that is encrypted."""
    sources = [source for source in TOKEN_SOURCES if source in node.attributes]
    if len(sources) != 1:
        listed = ", ".join(f"'{source}'" for source in TOKEN_SOURCES)
        yield f"Exactly one of the attributes {listed} must be specified; {len(sources)} are."
    for child in node.children:
        if child.name == "decryption-keys":
            yield "The element 'decryption-keys' of 'validate-jwt' is not supported by this gateway: encrypted tokens cannot be read."
        if child.name == "issuer-signing-keys":
            for key in child.children:
                yield from _key_problems(key)


def _key_problems(key: Node) -> Iterator[str]:
    numbers = [name for name in ("n", "e") if name in key.attributes]
    if numbers and key.text.strip():
        yield "A 'key' is either a Base64 text or attributes 'n' and 'e', not both."
    elif len(numbers) == 1:
        yield "Attributes 'n' and 'e' of a 'key' belong together."
    elif numbers:
        yield from _rsa_problems(base64url_value(key.attributes["n"]), base64url_value(key.attributes["e"]))
    elif "{{" not in key.text and (problem := base64_key(key.text)):
        yield problem


def _rsa_problems(modulus: int, exponent: int) -> Iterator[str]:
    if modulus.bit_length() < SHORTEST_MODULUS:
        yield f"The RSA key has {modulus.bit_length()} bits; at least {SHORTEST_MODULUS} are needed."
    elif modulus % 2 == 0 or exponent % 2 == 0 or not 3 <= exponent < modulus:
        yield "The numbers 'n' and 'e' of the key are no RSA public key."
