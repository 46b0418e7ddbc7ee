"""The engine's protocol messages, imported without the rest of the Pulumi SDK.

A language host is started once per operation, on its critical path, and a sandbox is to be ready in a second. `import pulumi`
would cost either of them 0.1 s and more for nothing it uses; the generated modules import one another relatively, so they load from their folder.
"""

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import (
        language_pb2,
        language_pb2_grpc,
        plugin_pb2,
        provider_pb2,
        provider_pb2_grpc,
        status_pb2,
    )
else:
    _sdk = importlib.util.find_spec("pulumi").submodule_search_locations[0]
    sys.path.insert(0, str(Path(_sdk, "runtime")))
    from proto import language_pb2, language_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

    sys.path.pop(0)

__all__ = ["language_pb2", "language_pb2_grpc", "plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2"]
