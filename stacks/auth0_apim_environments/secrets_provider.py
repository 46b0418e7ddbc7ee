"""What seals the secrets of a new stack. An existing one keeps its own until `pulumi stack change-secrets-provider`."""

import os
from pathlib import Path

import yaml

SECRETS_PROVIDER_VARIABLE = "AUTH0_APIM_SECRETS_PROVIDER"
"""Environment variable with the secrets provider of stacks that are made and whose own file names none."""


def secrets_provider(settings: Path) -> str | None:
    """The provider for a stack that is made from the file `settings`; None for the backend's default.

    The file's `secretsprovider` counts, else AUTH0_APIM_SECRETS_PROVIDER. Example: `awskms://alias/pulumi?region=eu-west-1`.
    """
    document = yaml.safe_load(settings.read_text(encoding="utf-8")) if settings.exists() else None
    own = document.get("secretsprovider") if isinstance(document, dict) else None
    return str(own) if own else os.environ.get(SECRETS_PROVIDER_VARIABLE)
