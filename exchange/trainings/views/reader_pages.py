"""Pages of training events for readers who do not plan.

The list shows what their feeds show; a page shows everything, to those who take part.
"""

from flask import render_template
from sqlmodel import Session

from exchange.access.things import (
    thing_of_attendance,
    thing_of_link,
    thing_of_needs,
    thing_of_preparation,
    thing_of_turnout,
)
from exchange.answering.attendance.counts import counts_of_training
from exchange.city_calendars import calendars_of
from exchange.duties.prepared_events import planners_of_event
from exchange.errors import NotFound
from exchange.feeds.content.queries import EntryKind, entries_for
from exchange.feeds.content.reader_audiences import list_audience, page_audience
from exchange.follow_up.shown import follow_up_of_training
from exchange.invitations.queries import links_of_person, turnout_of_training
from exchange.markdown import rendered
from exchange.models import TrainingEvent
from exchange.rules.access.policy import Right
from exchange.rules.findings.clock_findings import clock_findings
from exchange.rules.findings.finding_types import sort_findings
from exchange.rules.time.city_clocks import clock_rows
from exchange.trainings import queries
from exchange.trainings.drafts import draft_of
from exchange.web.access.linked_products import linked_products
from exchange.web.access.request_context import (
    allowed,
    now,
    reader_time_zone,
    settings,
    signed_in,
    standing,
    today,
)
from exchange.web.presentation.quoted_needs import known_needs


def trainings_of_city(session: Session) -> str:
    """The list of a reader who does not plan: what the feeds of their city and groups show."""
    audience = list_audience(standing(), reader_time_zone())
    entries = entries_for(session, audience, network=settings().network_short_name, on=today())
    events = [entry for entry in entries if entry.kind is EntryKind.TRAINING]
    at = now()
    return render_template(
        "trainings/trainings_of_city.html",
        coming=[entry for entry in events if entry.ends_at >= at],
        past=[entry for entry in reversed(events) if entry.ends_at < at],
    )


def training_of_city(session: Session, training: TrainingEvent) -> str:
    """Everything of one event; NotFound when the reader does not take part and it is not for everybody."""
    found = signed_in()
    audience = page_audience(standing(), reader_time_zone())
    entry = queries.entry_for(training, audience, settings().network_short_name)
    if entry is None:
        raise NotFound("There is no such training event.")
    wall, calendars = draft_of(training).wall, calendars_of(session, training.on_local)
    host_id = training.host_city_id
    training_id, person_id = training.id or 0, found.person.id or 0
    links = links_of_person(session, person_id, settings(), cycle_id=None, training_id=training_id)
    return render_template(
        "trainings/training_of_city.html",
        training=training,
        agenda=rendered(training.agenda),
        reading=[one for one in training.links if allowed(Right.READ, thing_of_link(training, one))],
        entry=entry,
        wall=wall,
        rows=clock_rows(wall, entry.minutes, calendars, host_id=host_id, own_zone=reader_time_zone()),
        notes=sort_findings(clock_findings(entry.starts_at, calendars, host_id=host_id)),
        turnout=turnout_of_training(session, training_id),
        needs=known_needs(session, training),
        follow_up=follow_up_of_training(session, training, standing(), now()),
        own_link=links.get("", ""),
        there=counts_of_training(session, training_id)
        if allowed(Right.READ, thing_of_turnout(training))
        else [],
        notes_attendance=allowed(Right.CHANGE, thing_of_attendance(training)),
        has_begun=entry.starts_at <= now(),
        products=linked_products(session, training),
        reads_needs=allowed(Right.READ, thing_of_needs(training)),
        reads_preparation=allowed(
            Right.READ, thing_of_preparation(training, planners_of_event(session, training_id))
        ),
    )
