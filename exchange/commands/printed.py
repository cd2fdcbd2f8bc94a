"""What commands print, and the kinds of argument that several of them take."""

from pathlib import Path

import click

FILE = click.Path(path_type=Path, dir_okay=False)
DAY = click.DateTime(["%Y-%m-%d"])


def say(*lines: str) -> None:
    """Print the lines on standard output."""
    for line in lines:
        click.echo(line)
