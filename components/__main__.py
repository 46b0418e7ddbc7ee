"""The plugin that offers the components to every language: `pulumi package add <this folder>`."""

import sys

from auth0_apim.plugin.component_host import ComponentHost
from pulumi.provider import main

if __name__ == "__main__":
    main(ComponentHost(), sys.argv[1:])
