"""What people answered to a needs round, as values to score. Who answered what is shown to nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from exchange.models import NeedsRound
from exchange.rules.needs.scores import NeedAnswer


@dataclass(frozen=True)
class HandedIn:
    """What one person handed in at one moment, about all themes; a later one takes its place."""

    by: int
    at: datetime
    answers: Sequence[NeedAnswer]


@dataclass(frozen=True)
class GivenAnswers:
    """All that was handed in to a round, the oldest first."""

    handed_in: Sequence[HandedIn]

    def as_of(self, moment: datetime) -> list[NeedAnswer]:
        """Each person's last answers of that moment."""
        last = {one.by: one for one in self.handed_in if one.at <= moment}
        return [answer for one in last.values() for answer in one.answers]


def answers_of_round(session: Session, found: NeedsRound) -> GivenAnswers:
    """Everything that was handed in to the round so far."""
    return GivenAnswers([])
