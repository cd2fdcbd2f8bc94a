"""Reads a file of NAME="value" lines as systemd, a shell and Compose do."""

import shlex
from pathlib import Path


def read_settings(path: Path) -> dict[str, str]:
    """The variables of the file, quotes taken off."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    pairs = (line.partition("=") for line in lines)
    return {name: shlex.split(value)[0] for name, _, value in pairs}
