"""Files that are there whole or not at all, whatever ends the writing: a kill, or a disk that is full."""

import os
from pathlib import Path


def write_whole(target: Path, content: bytes, *, beside: Path, mode: int = 0o600) -> None:
    """Write to ``beside``, a new name on the same disk, and rename it to ``target`` when all is on the disk.

    Raises OSError, and leaves nothing beside then. Only a kill does.
    """
    opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
