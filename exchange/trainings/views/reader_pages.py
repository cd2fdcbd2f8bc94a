"""Pages of training events for readers who do not plan.

The list shows what their feeds show; a page shows everything, to those who take part.
"""

from flask import render_template
from sqlmodel import Session

from exchange.calendars import calendars_of
from exchange.errors import NotFound
from exchange.feeds.queries import EntryKind
from exchange.feeds.readers import entries_for_any, list_audiences, page_audiences
from exchange.invitations.queries import links_of_person, turnout_of_training
from exchange.models import TrainingEvent
from exchange.trainings import queries
from exchange.trainings.preview import clocks_of
from exchange.web.request import now, settings, signed_in, today


def trainings_of_city(session: Session) -> str:
    """The list of a reader who does not plan: what the feeds of their city and groups show."""
    found = signed_in()
    audiences = list_audiences(found.person.city, found.group_ids, today())
    entries = entries_for_any(session, audiences, network=settings().network_short_name, on=today())
    events = [entry for entry in entries if entry.kind is EntryKind.TRAINING]
    at = now()
    return render_template(
        "trainings/trainings_of_city.html",
        coming=[entry for entry in events if entry.ends_at >= at],
        past=[entry for entry in reversed(events) if entry.ends_at < at],
    )


def training_of_city(session: Session, training: TrainingEvent) -> str:
    """One event, whole; NotFound when the reader does not take part and it is not for everybody."""
    found = signed_in()
    city = found.person.city
    audiences = page_audiences(city, found.group_ids, today())
    entry = queries.entry_for(training, city, audiences, settings().network_short_name)
    if entry is None:
        raise NotFound("There is no such training event.")
    clocks = clocks_of(
        entry.starts_at,
        entry.minutes,
        calendars_of(session, training.on_local),
        host_id=training.host_city_id,
        reader_city_id=city.id,
    )
    training_id, person_id = training.id or 0, found.person.id or 0
    links = links_of_person(session, person_id, settings(), cycle_id=None, training_id=training_id)
    return render_template(
        "trainings/training_of_city.html",
        training=training,
        entry=entry,
        clocks=clocks,
        turnout=turnout_of_training(session, training_id),
        own_link=links.get("", ""),
    )
