"""Which calendars would show a cycle or a training event were it published, and how much of it.

It publishes nothing; redaction.py decides what may be shown.
"""

from dataclasses import dataclass

from sqlmodel import Session

from exchange.feeds.content.feed_owners import audience_of, feed_name
from exchange.feeds.content.queries import feeds_showing_cycle, feeds_showing_training
from exchange.feeds.content.redaction import showing_of_cycle, showing_of_training
from exchange.models import Cycle, TrainingEvent
from exchange.rules.access.rings import Showing


@dataclass(frozen=True)
class CalendarPreview:
    """A calendar by name, and what it would show."""

    name: str
    shows: Showing


def calendar_previews(session: Session, about: Cycle | TrainingEvent) -> list[CalendarPreview]:
    """The calendars that would show it as it stands, the public one first."""
    if isinstance(about, Cycle):
        feeds = feeds_showing_cycle(session, about)
        shown = [(feed, showing_of_cycle(about, audience_of(feed))) for feed in feeds]
    else:
        feeds = feeds_showing_training(session, about)
        shown = [(feed, showing_of_training(about, audience_of(feed))) for feed in feeds]
    return [CalendarPreview(feed_name(feed), showing) for feed, showing in shown if showing is not None]
