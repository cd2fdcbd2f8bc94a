"""Pages of training events for readers who do not plan: exactly what their feeds show.."""

from flask import render_template
from sqlmodel import Session

from exchange.calendars import calendars_of
from exchange.errors import NotFound
from exchange.feeds.queries import EntryKind, entries_for
from exchange.models import TrainingEvent
from exchange.trainings import queries
from exchange.trainings.preview import clocks_of
from exchange.web.request import now, settings, signed_in


def trainings_of_city(session: Session) -> str:
    """The list of a reader who does not plan: what their city's feed shows."""
    audience = queries.audiences_of(signed_in().person.city, ())[0]
    found = entries_for(session, audience, network=settings().network_short_name)
    entries = [entry for entry in found if entry.kind is EntryKind.TRAINING]
    at = now()
    return render_template(
        "trainings/trainings_of_city.html",
        coming=[entry for entry in entries if entry.ends_at >= at],
        past=[entry for entry in reversed(entries) if entry.ends_at < at],
    )


def training_of_city(session: Session, training: TrainingEvent) -> str:
    """One event as the reader's feeds show it; NotFound when they show nothing."""
    found = signed_in()
    city = found.person.city
    seen = queries.seen_training(training, city, found.group_ids, settings().network_short_name)
    if seen is None:
        raise NotFound("There is no such training event.")
    clocks = clocks_of(
        seen.entry.starts_at,
        seen.entry.minutes,
        calendars_of(session, training.on_local),
        host_id=training.host_city_id if seen.entry.city else None,
        reader_city_id=city.id,
    )
    return render_template("trainings/training_of_city.html", seen=seen, entry=seen.entry, clocks=clocks)
