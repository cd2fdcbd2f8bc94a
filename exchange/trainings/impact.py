"""What publishing an event will do: feeds that change and letters that will go out. It does nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from exchange.feeds.queries import feed_name, feeds_showing_training
from exchange.mail.schedule import Planned, planned_for_training
from exchange.models import TrainingEvent


@dataclass(frozen=True)
class Impact:
    """Feeds by name and letters in the order they are due."""

    feeds: Sequence[str]
    letters: Sequence[Planned]


def impact_of(session: Session, training: TrainingEvent, *, now: datetime) -> Impact:
    """What publishing the event as it stands would do."""
    return Impact(
        feeds=[feed_name(feed) for feed in feeds_showing_training(session, training)],
        letters=planned_for_training(session, training, now=now),
    )
