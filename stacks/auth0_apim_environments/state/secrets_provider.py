"""What seals the secrets of a new stack. An existing one keeps its own until `pulumi stack change-secrets-provider`."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from auth0_apim_environments.project import write_whole

SECRETS_PROVIDER_VARIABLE = "AUTH0_APIM_SECRETS_PROVIDER"
"""Environment variable with the secrets provider of stacks that are made and whose own file names none."""


def secrets_provider(settings: Path) -> str | None:
    """The provider for a stack that is made from the file `settings`; None for the backend's default.

    The file's `secretsprovider` counts, else AUTH0_APIM_SECRETS_PROVIDER. Example: `awskms://alias/pulumi?region=eu-west-1`.
    """
    document = yaml.safe_load(settings.read_text(encoding="utf-8")) if settings.exists() else None
    own = document.get("secretsprovider") if isinstance(document, dict) else None
    return str(own) if own else os.environ.get(SECRETS_PROVIDER_VARIABLE)


def keep_seal(settings: Path, state: Mapping[str, Any]) -> None:
    """Write into the file `settings` what seals the secrets of its stack, where the file does not say it.

    A fresh checkout has no file of a stack that another job made, and a new file without these lines means another
    provider to the engine.

    Args:
        settings: the stack's settings file.
        state: the stack's state as the engine exports it.
    """
    provider = state.get("deployment", {}).get("secrets_providers") or {}
    values = provider.get("state") or {}
    names = {
        "cloud": {"secretsprovider": "url", "encryptedkey": "encryptedkey"},
        "passphrase": {"encryptionsalt": "salt"},
    }
    text = settings.read_text(encoding="utf-8")
    written = yaml.safe_load(text) or {}
    seal = {key: values[name] for key, name in names.get(str(provider.get("type")), {}).items() if key not in written}
    if seal:
        write_whole(settings, text.rstrip("\n") + "\n" + yaml.safe_dump(seal, width=10_000))
