"""What publishing an event will do: feeds that change, letters that will go out, and what stops it.

It does nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from exchange.feeds.owners import feed_name
from exchange.feeds.queries import feeds_showing_training
from exchange.mail.schedule import Planned, planned_for_training
from exchange.models import TrainingEvent
from exchange.rules.blocks import unanswered
from exchange.rules.finding import Finding
from exchange.trainings import queries
from exchange.trainings.drafts import draft_of
from exchange.trainings.preview import preview_of


@dataclass(frozen=True)
class Impact:
    """Feeds by name, letters in the order they are due, and blocks that nobody has set aside."""

    feeds: Sequence[str]
    letters: Sequence[Planned]
    blocks: Sequence[Finding]


def impact_of(session: Session, training: TrainingEvent, *, now: datetime) -> Impact:
    """What publishing the event as it stands would do."""
    return Impact(
        feeds=[feed_name(feed) for feed in feeds_showing_training(session, training)],
        letters=planned_for_training(session, training, now=now),
        blocks=_open_blocks(session, training),
    )


def _open_blocks(session: Session, training: TrainingEvent) -> list[Finding]:
    draft = draft_of(training)
    around = queries.surroundings(session, draft, training_id=training.id)
    answered = {kept.finding_key for kept in queries.overrides_of(session, training.id or 0)}
    return unanswered(preview_of(draft, around, reader_city_id=None).findings, answered)
