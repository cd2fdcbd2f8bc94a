"""Known turns out of a file from the command line: those of which nothing is recorded yet."""

from datetime import datetime
from pathlib import Path

import click
from sqlmodel import Session

from exchange.clock import utc_now
from exchange.commands.opened_database import opened
from exchange.commands.printed import say
from exchange.rotation.actions import Decider
from exchange.rotation.seeds import load_turns, read_turns
from exchange.settings import CONFIG, load_settings, read_toml


def turns_line(session: Session, path: Path, now: datetime) -> str:
    """Record what is new in the file, and say how much that was."""
    turns = read_turns(read_toml(path))
    count = load_turns(session, turns, by=Decider(None, now))
    return f"{path}: {len(turns)} turns, {count} of them new."


@click.command()
@click.argument("file", default=CONFIG / "rotation.toml", type=click.Path(path_type=Path))
def load_known_turns(file: Path) -> None:
    """Record the turns of FILE that are not here yet (config/rotation.toml); safe to repeat."""
    with opened(load_settings()) as database, database.transaction() as session:
        say(turns_line(session, file, utc_now()))
