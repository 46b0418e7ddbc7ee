"""What is built of Go where the official Pulumi cannot be downloaded: the CLI, and hosts of languages other than Python.

YAML has the official host. Its module follows the CLI's at some distance, so `yaml_host/` pins the Pulumi that it was made
for; everything else has the CLI's versions, which are compiled already. The module of the official Node.js host is not
served by the Go module proxy: `engine_module/nodejs_host/` is a small one of this project's, in the CLI's own module.
"""

from collections.abc import Mapping
from pathlib import Path

from auth0_apim_sandbox.engine.go_build import GoCommand

VERSION = "3.253.0"
"""The CLI's."""

SDK = "github.com/pulumi/pulumi/sdk/v3"
"""The Go module with what the CLI and programs have in common."""

_HERE = Path(__file__).parent
_PULUMI_VERSION = f"{SDK}/go/common/version.Version=v{VERSION}"

CLI = GoCommand(
    title=f"Pulumi {VERSION}",
    module=_HERE / "engine_module",
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version=_PULUMI_VERSION,
)

HOSTS: Mapping[str, GoCommand] = {
    "nodejs": GoCommand(
        title="the Node.js language host",
        module=_HERE / "engine_module",
        package="pulumi-cli/nodejs_host",
        version=_PULUMI_VERSION,
    ),
    "yaml": GoCommand(
        title="the YAML language host 1.32.0",
        module=_HERE / "yaml_host",
        package="github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
        version="github.com/pulumi/pulumi-yaml/pkg/version.Version=v1.32.0",
    ),
}
"""Language hosts, by the runtime's name in Pulumi.yaml."""
