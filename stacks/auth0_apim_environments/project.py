"""The Pulumi project that a command works on."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class ProjectError(Exception):
    """No project was found; the message says where to look."""


@dataclass(frozen=True)
class Project:
    """A folder with a Pulumi.yaml.

    Attributes:
        root: the folder.
        name: the project's name.
        stack_files: the folder of Pulumi.<stack>.yaml.
        declared_backend: URL of the backend that Pulumi.yaml names under `backend`, if it does.
    """

    root: Path
    name: str
    stack_files: Path
    declared_backend: str | None = None

    def stack_file(self, stack: str) -> Path:
        """The path of the settings file of `stack`, which may not exist."""
        return self.stack_files / f"Pulumi.{stack}.yaml"

    def stacks(self) -> list[str]:
        """The names of the stacks that have a settings file, sorted."""
        return stacks_in(self.stack_files)

    @property
    def backend_url(self) -> str | None:
        """The URL of the backend that the engine takes: PULUMI_BACKEND_URL, otherwise the project's own; None if neither is set."""
        return os.environ.get("PULUMI_BACKEND_URL") or self.declared_backend

    @property
    def sandbox(self) -> Path:
        """The state folder of this project's sandbox; AUTH0_APIM_SANDBOX names another."""
        return Path(os.environ.get("AUTH0_APIM_SANDBOX") or self.root / ".sandbox").absolute()


def stacks_in(folder: Path) -> list[str]:
    """The names of the stacks whose settings files, `Pulumi.<stack>.yaml` or `<stack>.settings.yaml`, are in `folder`, sorted."""
    files = {path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in folder.glob("Pulumi.*.yaml")}
    return sorted(files | {path.name.removesuffix(".settings.yaml") for path in folder.glob("*.settings.yaml")})


def write_whole(path: Path, text: str) -> None:
    """Write a file completely or not at all: when the disk is full, the old file stays."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        if path.exists():
            unfinished.chmod(path.stat().st_mode & 0o777)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def find_project(start: Path | None = None) -> Project:
    """The project of `start` (the working directory when absent) or of the nearest folder above it.

    Raises:
        ProjectError: no folder has a Pulumi.yaml.
    """
    folder = (start or Path.cwd()).absolute()
    root = next((each for each in (folder, *folder.parents) if (each / "Pulumi.yaml").exists()), None)
    if root is None:
        raise ProjectError(f"there is no Pulumi.yaml in {folder} or above it: change into the project's folder")
    declared: dict[str, Any] = yaml.safe_load((root / "Pulumi.yaml").read_text())
    backend = (declared.get("backend") or {}).get("url")
    return Project(root, declared["name"], root / declared.get("stackConfigDir", "."), backend)
