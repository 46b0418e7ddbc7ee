"""What an engine that was killed, or whose disk was full, can leave beside the documents of a file backend.

A lock is written under another name first (`….json.….tmp`); one that ends too early is never removed, and the engine
takes it for a lock that it cannot read, whatever it is asked to do. Beside each document the engine keeps a `.attrs` file with its content type and hash (gocloud.dev, `fileblob`), and writes
it in place, not under another name first. Cut off in that moment, it makes a document unreadable that is whole itself.
A backend of `file://…?metadata=skip` has none.
"""

import json
import time
from pathlib import Path

from auth0_apim_environments.state.backend_documents import file_backend_folder

_STILL_WRITTEN = 2.0
"""Seconds within which a file that ends too early may still have a writer."""


def remove_broken_side_files(backend_url: str) -> bool:
    """Remove side files and locks that were cut off; whether there were any. Documents without one are read as they are.

    Args:
        backend_url: the backend, as Pulumi takes it; one that is not of `file://` has no side files.
    """
    folder = file_backend_folder(backend_url)
    if folder is None:
        return False
    side_files = [*(folder / ".pulumi").rglob("*.attrs"), *(folder / ".pulumi" / "locks").rglob("*.tmp")]
    broken = [file for file in side_files if _is_cut_off(file)]
    for file in broken:
        file.unlink(missing_ok=True)
    return bool(broken)


def _is_cut_off(file: Path) -> bool:
    try:
        text, written = file.read_text(encoding="utf-8"), file.stat().st_mtime
    except FileNotFoundError:
        return False
    try:
        json.loads(text)
    except ValueError:
        # A time in the future is one from before the clock was set back.
        return not 0 <= time.time() - written <= _STILL_WRITTEN
    return False
