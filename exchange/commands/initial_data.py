"""Fills a database: the network file, and on wish the sample cities and the sample programme.

Everything here is safe to repeat; nothing that stands is changed.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from exchange.commands.sample_programme import load_sample_programme
from exchange.duties.configured import stage_plan_of
from exchange.models import Cycle, TrainingEvent
from exchange.network.network_import import is_empty, load_network
from exchange.settings import CONFIG, Settings

# Invented people of the network's cities, then cities that are none of its members.
SAMPLE_FILES = [CONFIG / "sample_people.toml", CONFIG / "sample.toml"]


def fill_empty(session: Session, settings: Settings, now: datetime) -> list[str]:
    """Fill a database without any city, with the sample when the settings say so; the report's lines."""
    if not is_empty(session):
        return []
    return fill(session, settings, now, with_sample=settings.sample)


def fill(session: Session, settings: Settings, now: datetime, *, with_sample: bool) -> list[str]:
    """Load the network file, and the sample after it; the report's lines."""
    lines = [*_load(session, settings, now, [settings.network_file])]
    if with_sample:
        lines += _load(session, settings, now, SAMPLE_FILES)
        lines.append(_add_programme(session, settings, now))
    return lines


def _load(session: Session, settings: Settings, now: datetime, files: list[Path]) -> Iterator[str]:
    for path in files:
        report = load_network(session, path, settings=settings, now=now)
        yield f"{path}:"
        yield from (f"  {line}" for line in report.lines())


def _add_programme(session: Session, settings: Settings, now: datetime) -> str:
    for table in (Cycle, TrainingEvent):
        if session.exec(select(table.id).limit(1)).first() is not None:
            return "There is a programme already: the sample programme was left out."
    load_sample_programme(session, stage_plan_of(settings), settings, now)
    return "The sample programme was added."
