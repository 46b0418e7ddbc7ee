"""Policies that change a message or make the answer (vendor's "Policy reference", Transformation)."""

from auth0_apim_sandbox.apim.policies.kinds import header_name, integer, method, required_text, url
from auth0_apim_sandbox.apim.policies.policy import (
    BOOLEAN,
    EXISTS_ACTION,
    FIXED_BOOLEAN,
    INBOUND,
    NAME,
    REQUIRED_NAME,
    TEXT,
    VALUES,
    Policy,
    exactly_one,
)
from auth0_apim_sandbox.apim.policies.schema import UNBOUNDED, Child, Element, Value

SET_HEADER = Element(
    "set-header",
    {"name": Value(header_name, required=True), "exists-action": EXISTS_ACTION},
    children=(VALUES,),
)
_SET_STATUS = Element("set-status", {"code": Value(integer(200, 599), required=True, result="int"), "reason": Value()})
SET_BODY = Element("set-body", {}, text=Value(), unsupported=frozenset({"template", "xsi-nil", "parse-date"}))
SET_METHOD = Element("set-method", text=Value(method))
_SERVICE_FABRIC = (
    "sf-resolve-condition",
    "sf-service-instance-name",
    "sf-partition-key",
    "sf-listener-name",
    "sf-replica-type",
)
_DAPR = ("dapr-app-id", "dapr-method", "dapr-namespace")

POLICIES = {
    "find-and-replace": Policy(Element("find-and-replace", {"from": TEXT, "to": Value(required=True)})),
    "jsonp": Policy(Element("jsonp", {"callback-parameter-name": TEXT}), ("outbound",), once=True),
    "mock-response": Policy(
        Element(
            "mock-response",
            {"status-code": Value(integer(200, 599), expressions=False), "content-type": NAME},
            unsupported=frozenset({"index"}),
        ),
        ("inbound", "outbound", "on-error"),
    ),
    "redirect-content-urls": Policy(Element("redirect-content-urls"), ("inbound", "outbound"), once=True),
    "return-response": Policy(
        Element(
            "return-response",
            {"response-variable-name": NAME},
            children=(Child(_SET_STATUS), Child(SET_HEADER, 0, UNBOUNDED), Child(SET_BODY)),
            ordered=False,
        )
    ),
    "rewrite-uri": Policy(Element("rewrite-uri", {"template": TEXT, "copy-unmatched-params": BOOLEAN}), INBOUND),
    "set-backend-service": Policy(
        Element(
            "set-backend-service",
            {"base-url": Value(url), "backend-id": Value(required_text)},
            unsupported=frozenset({*_SERVICE_FABRIC, *_DAPR}),
        ),
        ("inbound", "backend"),
        rules=exactly_one("base-url", "backend-id"),
    ),
    "set-body": Policy(SET_BODY),
    "set-header": Policy(SET_HEADER),
    "set-method": Policy(SET_METHOD),
    "set-query-parameter": Policy(
        Element("set-query-parameter", {"name": TEXT, "exists-action": EXISTS_ACTION}, children=(VALUES,)),
        ("inbound", "backend"),
    ),
    "set-status": Policy(_SET_STATUS),
    "set-variable": Policy(Element("set-variable", {"name": REQUIRED_NAME, "value": Value(required=True)})),
    "forward-request": Policy(
        Element(
            "forward-request",
            {
                "timeout": Value(integer(1), result="int"),
                "timeout-ms": Value(integer(1), result="int"),
                "follow-redirects": BOOLEAN,
                "buffer-request-body": FIXED_BOOLEAN,
                "buffer-response": FIXED_BOOLEAN,
                "fail-on-error-status-code": FIXED_BOOLEAN,
            },
            unsupported=frozenset({"http-version", "continue-timeout"}),
        ),
        ("backend",),
    ),
}
