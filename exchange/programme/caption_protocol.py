"""What the pictures ask to be said. words.py says it in the reader's language and on the reader's clock."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from exchange.programme.year import QuietSpan, ShownCycle, ShownStage, ShownTraining


class Words(Protocol):
    """Every text of a picture."""

    months: Sequence[str]  # twelve, January first
    exchanges: str
    trainings: str
    weeks: str
    today: str

    def short_day(self, on: date) -> str:
        """A date without its year, as a label."""

    def cycle(self, cycle: ShownCycle) -> str:
        """A cycle in one sentence."""

    def lead(self, cycle: ShownCycle) -> str:
        """Who leads and what it is worth knowing of its state; "" when neither may be said."""

    def stage(self, stage: ShownStage) -> str:
        """A stage with its days."""

    def training(self, training: ShownTraining) -> str:
        """An event in one sentence."""

    def under_mark(self, training: ShownTraining) -> Sequence[str]:
        """Short lines under an event's mark: what and where."""

    def session(self, cycle: ShownCycle, on: date) -> str:
        """The live session of a cycle on a day."""

    def holiday(self, city: str, on: date, name: str) -> str:
        """A holiday in a city."""

    def quiet(self, city: str, span: QuietSpan) -> str:
        """A quiet period of a city."""
