"""What a traced call went through: which policy ran when and where it stands, and what refused. Nothing of headers and bodies."""

import time
from datetime import datetime, timezone
from typing import Any


class Trace:
    """Entries by section, in the order in which they happened.

    Attributes:
        entries: `source` (a policy or a step of the gateway), `timestamp`, `elapsed` since the call began, `data`.
    """

    def __init__(self) -> None:
        self.entries: dict[str, list[dict[str, Any]]] = {}
        self._started = time.perf_counter()

    def add(self, section: str, source: str, **data: Any) -> None:
        """Write an entry down, with what is not None of `data`."""
        elapsed = time.perf_counter() - self._started
        entry = {
            "source": source,
            "timestamp": datetime.now(timezone.utc).isoformat().replace("+00:00", "Z"),
            "elapsed": f"00:{int(elapsed // 60):02d}:{elapsed % 60:010.7f}",
            "data": {name: value for name, value in data.items() if value is not None},
        }
        self.entries.setdefault(section, []).append(entry)
