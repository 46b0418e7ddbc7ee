"""The way of a token through the deployed policy: a call, and what it meets."""

import json
import re
from collections.abc import Iterator, Sequence

from auth0_apim_environments.settings.settings import COMPONENT
from lxml import etree

from docs.generator.recorded_program import Recorded, noun


def token_flow(program: Sequence[Recorded]) -> str:
    """A Mermaid sequence, from the client's request for a token to the backend's answer."""
    inbound = etree.fromstring(_one(program, "ApiPolicy").inputs["value"]).find("inbound")
    check = _child(inbound, "validate-jwt")
    issuer, audience = _text(check, "issuers/issuer"), _text(check, "audiences/audience")
    keys = str(_child(check, "openid-config").get("url")).removeprefix(issuer)
    path = _one(program, "Api").inputs["path"]
    backend = _child(inbound, "set-backend-service").get("base-url")
    granted = " ".join(_one(program, "ClientGrant", f"{COMPONENT}-client-grant").inputs["scopes"])
    lines = [
        "participant C as client",
        f"participant T as tenant<br/>{issuer}",
        f"participant G as gateway<br/>/{path}",
        f"participant B as backend<br/>{backend}",
        f"C->>T: POST /oauth/token<br/>client_credentials, audience {audience}",
        f"T-->>C: access token<br/>{granted}",
        f"C->>G: GET /{path}/…<br/>Authorization: Bearer …",
        f"G->>T: GET /{keys}<br/>(when the keys are not in its cache)",
        f"Note over G: signature, exp and nbf<br/>iss is {issuer}<br/>aud has {audience}",
        f"G-->>C: {check.get('failed-validation-httpcode')} when the token is missing or not good",
        f"Note over G: {'<br/>'.join(_requirements(_child(inbound, 'choose')))}",
        "G-->>C: 403 otherwise",
        "Note over G: sets the backend, which nothing but this policy knows",
        "G->>B: the call",
        "B-->>G: the answer",
        "G-->>C: the answer",
    ]
    return "\n".join(["sequenceDiagram", *(f"  {line}" for line in lines)])


def _requirements(choose: etree._Element) -> Iterator[str]:
    for branch in choose.findall("when"):
        (operations,) = re.findall(r"new \[\] \{ (.+) \}\.Contains", str(branch.get("condition")))
        scopes = str(_child(branch, "set-variable").get("value"))
        paths = (operation.partition("?")[0] for operation in json.loads(f"[{operations}]"))
        yield f"{', '.join(paths)} needs {'a good token' if scopes.startswith('@') else scopes}"
    if choose.find("otherwise/return-response") is not None:
        yield "every other operation is denied"


def _one(program: Sequence[Recorded], kind: str, name: str | None = None) -> Recorded:
    (found,) = [each for each in program if noun(each.kind) == kind and name in (None, each.name)]
    return found


def _child(element: etree._Element | None, path: str) -> etree._Element:
    found = None if element is None else element.find(path)
    if found is None:
        raise LookupError(f"the policy document has no {path} where this picture looks for it")
    return found


def _text(element: etree._Element, path: str) -> str:
    return str(_child(element, path).text)
