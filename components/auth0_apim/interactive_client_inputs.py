"""The inputs of InteractiveClient that describe a new client, checked."""

from collections.abc import Mapping
from typing import Any

import pulumi

from auth0_apim.client_rules import (
    application_problem,
    callbacks_problem,
    password_grant_problem,
    redirect_urls_problem,
    web_origins_problem,
)
from auth0_apim.inputs import Inputs
from auth0_apim.text_rules import display_name_problem, metadata_problem


def described_client(inputs: Inputs, name: str, args: Mapping[str, Any]) -> dict[str, pulumi.Output[Any]]:
    """What a new client is like, by the names of its inputs; the ways it may get tokens are its `grants`.

    Raises:
        InputError: one of them is missing or wrong.
    """
    one_address, page = '["https://app.example.com/callback"]', '["https://app.example.com/"]'
    described = {
        "callbacks": inputs.check("callbacks", args.get("callbacks"), callbacks_problem, one_address),
        "application": inputs.check(
            "application", args.get("application", "regular_web"), application_problem, '"regular_web"'
        ),
        "display_name": inputs.check(
            "display_name", args.get("display_name", name), display_name_problem, '"Calculator"'
        ),
        "allowed_logout_urls": inputs.check(
            "allowed_logout_urls", args.get("allowed_logout_urls", []), redirect_urls_problem, page
        ),
        "web_origins": inputs.check(
            "web_origins", args.get("web_origins", []), web_origins_problem, '["https://app.example.com"]'
        ),
        "grants": inputs.check("allow_password_grant", _grants(args), password_grant_problem, "false"),
    }
    if "metadata" in args:
        described["metadata"] = inputs.check(
            "metadata", args["metadata"], metadata_problem, '{"owner": "platform-team"}'
        )
    return described


def _grants(args: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "application": args.get("application", "regular_web"),
        "offline_access": args.get("offline_access", False),
        "password": args.get("allow_password_grant", False),
    }
