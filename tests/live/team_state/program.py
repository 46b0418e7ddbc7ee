"""Two objects in a tenant; between them the program waits for as long as there is a file `hold`."""

import time
from pathlib import Path

import pulumi
import pulumi_auth0 as auth0


def wait(identifier: str) -> str:
    Path("reached").touch()
    while Path("hold").exists():
        time.sleep(0.05)
    return f"Keeper of {identifier}"


shelf = auth0.ResourceServer("shelf", identifier=f"https://shelf.example.com/{pulumi.get_stack()}", name="Shelf")
keeper = auth0.Client("keeper", name=shelf.identifier.apply(wait), app_type="non_interactive")
pulumi.export("shelf", shelf.identifier)
pulumi.export("canary", pulumi.Config().require_secret("canary"))
