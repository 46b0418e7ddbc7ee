"""An ephemeral environment's own settings file, `stacks/Pulumi.<name>.yaml`: written by its creation, gone with it."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from auth0_apim_environments.ephemeral.order import LifeError, Order
from auth0_apim_environments.ephemeral.template import environment_file, is_environment_file, remark, service_name
from auth0_apim_environments.marks.marker import Marker
from auth0_apim_environments.project import Project, write_whole
from auth0_apim_environments.settings.settings import Settings


@dataclass(frozen=True)
class EnvironmentFile:
    """The settings file of one environment.

    Attributes:
        project: whose program is deployed.
        environment: its name.
    """

    project: Project
    environment: str

    @property
    def path(self) -> Path:
        """Where it is, or would be."""
        return self.project.stack_file(self.environment)

    @property
    def is_there(self) -> bool:
        """Whether it exists and was written by `write`."""
        return is_environment_file(self.path)

    @property
    def _template(self) -> Path:
        return self.project.stack_file("ephemeral")

    def write(self, order: Order, marker: Marker) -> None:
        """Make it from an order; what was there before stays as it is until the new one was found usable.

        Raises:
            LifeError: the file is that of an environment that stays.
            SettingsError: the template or an assignment is not usable.
            OSError: the template cannot be read.
        """
        if self.path.exists() and not self.is_there:
            raise LifeError(f"{self.path} is the settings of an environment that stays: choose another name")
        text = environment_file(order.template or self._template, order.assignments, marker)
        unfinished = self.path.with_name(f".{self.path.stem}.{secrets.token_hex(8)}")
        try:
            unfinished.write_text(text, encoding="utf-8")
            Settings.from_file(unfinished)
            unfinished.replace(self.path)
        finally:
            unfinished.unlink(missing_ok=True)

    def remark(self, marker: Marker) -> None:
        """Write a changed marker's marks into it."""
        write_whole(self.path, remark(self.path.read_text(encoding="utf-8"), marker))

    def remove(self) -> None:
        """Remove it, if it is there."""
        if self.is_there:
            self.path.unlink()

    def service_name(self) -> str | None:
        """The name that an API Management service of the environment's own has or had; None where it has none."""
        file = self.path if self.is_there else self._template
        return service_name(file, self.environment) if file.exists() else None
