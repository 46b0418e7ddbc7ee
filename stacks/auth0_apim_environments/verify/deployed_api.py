"""The outputs of a deployed stack, as a typed model."""

import json
import os
import subprocess
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.alias_generators import to_camel

from auth0_apim_environments.errors import StackError

_MAX_SCOPES = 20
"""The number of scopes without a grant that a login requests; more would only make its URL longer."""


class Probe(BaseModel):
    """A request that shows whether the API works, and the expected response."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, extra="forbid")

    path: str = Field(description="Path and query below the API's URL. Example: `/add?a=20&b=22`.")
    scopes: tuple[str, ...] = Field(description="The scopes the operation requires.")
    expected: object = Field(description="The expected JSON document.")


class DeployedApi(BaseModel):
    """The outputs of a stack that `verify` and the last lines of `up` need."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, extra="ignore")

    issuer: str
    audience: str
    api_url: str
    token_endpoint: str
    authorization_endpoint: str
    client_id: str
    client_secret: SecretStr
    granted_scopes: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    user_access: str | None = None
    probe: Probe
    interactive_client_id: str | None = None
    interactive_client_secret: SecretStr | None = None
    interactive_granted_scopes: tuple[str, ...] | None = None
    redirect_uris: tuple[str, ...] = ()
    user_email: str | None = None
    user_password: SecretStr | None = None

    @property
    def scopes_beyond_grant(self) -> tuple[str, ...]:
        """Some scopes of the API that the interactive client is not granted."""
        if self.interactive_granted_scopes is None:
            return ()
        return tuple(sorted(set(self.scopes) - set(self.interactive_granted_scopes))[:_MAX_SCOPES])


def read_deployed_api(stack: str, environment: Mapping[str, str] | None = None) -> DeployedApi:
    """The outputs of `stack`, read by the pulumi command in the working directory.

    Args:
        stack: the stack's name, such as "local".
        environment: variables laid over this process's own: engine, backend, passphrase.

    Raises:
        StackError: the stack does not exist, it cannot be decrypted, or an output is missing.
    """
    return parse_outputs(stack, read_outputs(stack, environment))


def read_outputs(stack: str, environment: Mapping[str, str] | None = None) -> dict[str, object]:
    """The outputs of `stack`, with secrets in plain text.

    Args:
        stack: the stack's name.
        environment: as for `read_deployed_api`.

    Raises:
        StackError: the stack does not exist, or it cannot be decrypted.
    """
    command = ["pulumi", "stack", "output", "--stack", stack, "--json", "--show-secrets", "--non-interactive"]
    variables = {**os.environ, **(environment or {})}
    try:
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise StackError("pulumi is not on PATH; run 'eval \"$(auth0-apim sandbox env)\"' first") from None
    if done.returncode != 0:
        raise StackError(f"cannot read the outputs of stack '{stack}': {done.stderr.strip()}")
    outputs: dict[str, object] = json.loads(done.stdout)
    return outputs


def parse_outputs(stack: str, outputs: Mapping[str, object]) -> DeployedApi:
    """The typed outputs.

    Raises:
        StackError: outputs are missing or have another type; the message has their names, never a value.
    """
    if not outputs:
        raise StackError(f"stack '{stack}' has no outputs; deploy it first: pulumi up --stack {stack}")
    try:
        return DeployedApi.model_validate(outputs)
    except ValidationError as error:
        missing = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors(include_input=False)}))
        raise StackError(f"stack '{stack}' does not export what verify needs: {missing}") from None
