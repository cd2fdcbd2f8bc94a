"""A real file system with little room, which a test fills. Mounting it needs root."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.required import unavailable


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    folder.mkdir()
    if os.geteuid() != 0:
        unavailable("only root can mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "exchange-test", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        unavailable("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, *, leaving: int = 0) -> Path:
    """Take all of the room but ``leaving`` bytes, in whole pages; the file that takes it."""
    taken = disk / "filling"
    with taken.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(bytes(4096))
    with taken.open("r+b") as file:
        file.truncate(taken.stat().st_size - leaving)
    return taken


def everything_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != "filling")
