"""What `up` says at its end: where the API is, and lines to paste."""

import shlex
import sys
from pathlib import Path

from auth0_apim_sandbox.cloud import StateFolder

from auth0_apim_environments.verify.deployed_api import DeployedApi


def closing_lines(api: DeployedApi, stack: str, folder: StateFolder) -> str:
    """Issuer, audience and URL; a request with a fresh token; the line that makes plain pulumi work. No secret."""
    return "\n".join(
        (
            "",
            f"issuer    {api.issuer}",
            f"audience  {api.audience}",
            f"API       {api.api_url}",
            "",
            "Call it (paste as it is; the client's secret goes from pulumi to curl, never onto the screen):",
            "",
            _request(api, stack, folder),
            "",
            "Plain pulumi in this shell:",
            "",
            f"    {_evaluation()}",
        )
    )


def _request(api: DeployedApi, stack: str, folder: StateFolder) -> str:
    curl = f"curl -sS --cacert {shlex.quote(str(folder.certificate_authority))}"
    secret = f"pulumi stack output clientSecret --show-secrets --stack {shlex.quote(stack)} | tr -d '\\n'"
    token = (
        f"{curl} --data grant_type=client_credentials --data client_id={shlex.quote(api.client_id)} "
        f"--data-urlencode {shlex.quote(f'audience={api.audience}')} --data-urlencode client_secret@- "
        f"{shlex.quote(api.token_endpoint)}"
    )
    header = """sed 's/.*"access_token": *"\\([^"]*\\)".*/Authorization: Bearer \\1/'"""
    call = f"{curl} --header @- {shlex.quote(api.api_url + api.probe.path)}"
    return f"    ({_evaluation()}\n     {secret} |\n     {token} |\n     {header} |\n     {call})"


def _evaluation() -> str:
    command = Path(sys.argv[0]).absolute() if Path(sys.argv[0]).name == "auth0-apim" else Path("auth0-apim")
    return f'eval "$({shlex.quote(str(command))} sandbox env)"'
