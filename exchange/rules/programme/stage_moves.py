"""Moving stages: new dates for what is not done, when one stage or a whole cycle slips.

Not saving: the caller writes the new dates, and decides who hears of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Protocol

from exchange.errors import InvalidInput, NotFound


class DatedStage(Protocol):
    """A stage with its days, be it a row or a dataclass."""

    @property
    def key(self) -> str:
        """The stage's key in the plan."""

    @property
    def starts_on(self) -> date:
        """The first day."""

    @property
    def ends_on(self) -> date:
        """The last day, included."""


class MovableStage(DatedStage, Protocol):
    """A stage of which is known whether it is done."""

    @property
    def is_done(self) -> bool:
        """Whether it stays where it is."""


@dataclass(frozen=True)
class MovedStage:
    """New dates for one stage."""

    key: str
    starts_on: date
    ends_on: date


def moved_stages(stages: Sequence[MovableStage], *, key: str | None, days: int) -> tuple[MovedStage, ...]:
    """New dates, in order, for what is not done when something moves by ``days`` (negative: earlier).

    ``key`` names the stage that moves; every undone stage that follows moves along. None moves the
    start, in whole weeks, with every undone stage. What is done never moves and nothing comes to
    lie on another stage. Raises NotFound for an unknown key, InvalidInput (field "days").
    """
    in_order = sorted(stages, key=lambda stage: (stage.starts_on, stage.ends_on))
    first_on = _first_day(in_order, key, days)
    moved = {
        stage.key: _shifted(stage, days)
        for stage in in_order
        if not stage.is_done and stage.starts_on >= first_on
    }
    if not moved:
        raise InvalidInput("Everything is done: nothing is left to move.", field="days")
    _check_order(in_order, moved)
    return tuple(moved.values()) if days else ()


def _first_day(in_order: Sequence[MovableStage], key: str | None, days: int) -> date:
    if key is None:
        if days % 7:
            raise InvalidInput("A cycle's start moves by whole weeks, to a Monday.", field="days")
        return date.min
    stage = next((stage for stage in in_order if stage.key == key), None)
    if stage is None:
        raise NotFound("There is no stage %(stage)s.", stage=key[:40])
    if stage.is_done:
        raise InvalidInput("What is done is not moved.", field="days")
    return stage.starts_on


def _shifted(stage: MovableStage, days: int) -> MovedStage:
    try:
        by = timedelta(days=days)
        return MovedStage(stage.key, stage.starts_on + by, stage.ends_on + by)
    except OverflowError as error:
        raise InvalidInput("That is too far away.", field="days") from error


def _check_order(in_order: Sequence[MovableStage], moved: dict[str, MovedStage]) -> None:
    """Refuse dates on which a stage would begin before the one ahead of it has ended."""
    for before, after in pairwise([moved.get(stage.key, stage) for stage in in_order]):
        if before.ends_on >= after.starts_on:
            raise InvalidInput(
                "%(stage)s would begin on %(on)s, before %(other)s has ended on %(ends_on)s.",
                field="days",
                stage=_words(after.key),
                on=after.starts_on,
                other=_words(before.key),
                ends_on=before.ends_on,
            )


def _words(key: str) -> str:
    return key.replace("_", " ").capitalize()
