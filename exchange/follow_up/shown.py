"""What the pages of exchanges and events show of actions: those that their reader may know of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from exchange.access.things import thing_of_training
from exchange.follow_up.followed import FollowedAction
from exchange.follow_up.queries import actions_of_cycle, actions_of_training, open_actions_of_last_event
from exchange.models import TrainingEvent
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing


@dataclass(frozen=True)
class FollowUp:
    """The ``actions`` of an exchange or event as one reader sees them; ``open_count`` is of all there are.

    ``before`` is the last event of the same theme that left actions open, and ``left_open`` those.
    """

    actions: Sequence[FollowedAction]
    open_count: int
    before: TrainingEvent | None = None
    left_open: Sequence[FollowedAction] = ()

    @property
    def closed_count(self) -> int:
        """How many of those shown are done, verified or declined."""
        return sum(not one.action.is_unfinished for one in self.actions)


def follow_up_of_cycle(session: Session, cycle_id: int, standing: Standing, now: datetime) -> FollowUp:
    """What an exchange's page shows; a fixed number of statements."""
    found = actions_of_cycle(session, cycle_id, now)
    return FollowUp(_known(found, standing), sum(one.action.is_unfinished for one in found))


def follow_up_of_training(
    session: Session, training: TrainingEvent, standing: Standing, now: datetime
) -> FollowUp:
    """What an event's page shows; a fixed number of statements."""
    found = actions_of_training(session, training.id or 0, now)
    before, left = open_actions_of_last_event(session, training, now)
    # Of an action that comes by a product somebody may know who may not know of the event.
    is_told = before is not None and may(standing, Right.READ, thing_of_training(before))
    known = _known(left, standing) if is_told else []
    open_count = sum(one.action.is_unfinished for one in found)
    return FollowUp(_known(found, standing), open_count, before if known else None, known)


def _known(found: Sequence[FollowedAction], standing: Standing) -> list[FollowedAction]:
    return [one for one in found if may(standing, Right.READ, one.thing)]
