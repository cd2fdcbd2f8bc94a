"""The duties of findings: actions by their day, when cities look again, and when to ask them all."""

from collections.abc import Iterator

from sqlalchemy import func
from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.duties.listed import Listed, Window
from exchange.follow_up.asked_findings import CLOSED
from exchange.follow_up.queries import duties_between
from exchange.models import FindingsRound, Lesson
from exchange.rules.access.policy import Right
from exchange.rules.access.things import Kind, Thing
from exchange.rules.duties.findings_rounds import ask_cities_duty
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time

ACTION, PROGRESS, ASK_CITIES = "action", "progress", "ask cities"  # kinds of config/duties.toml


def duties_of_findings(session: Session, window: Window) -> Iterator[Listed]:
    """What is not done of actions, and the next looks of cities, with their pages; to ask cities anew."""
    reader = window.reader
    named_alone = reader.standing.person_id if reader is not None and not reader.has_part else None
    days = window.first_on, window.last_on
    for one in duties_between(session, *days, window.now, owner_id=named_alone):
        noun, number, _what, *rest = one.duty.key.split(":")
        if noun == "action":
            yield Listed(one.duty, ACTION, one.thing, f"/actions/{number}")
        else:
            yield Listed(one.duty, PROGRESS, one.thing, f"/findings/{number}/cities/{rest[0]}")
    yield from _asking(session, window)


def _asking(session: Session, window: Window) -> Iterator[Listed]:
    """Six months after cities were asked last, or after the first open finding; for who plans."""
    if window.reader is not None and not window.reader.standing.plans:
        return
    first_at = session.exec(
        select(func.min(Lesson.created_at)).where(
            col(Lesson.state).not_in(CLOSED), col(Lesson.marking) != Marking.RED
        )
    ).one()
    if first_at is None:
        return
    last = session.exec(
        select(FindingsRound)
        .options(joinedload(FindingsRound.city))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(FindingsRound.opened_on).desc())
    ).first()
    if last is not None:
        duty = ask_cities_duty(last.opened_on, last.city.time_zone)
    else:
        duty = ask_cities_duty(wall_time(first_at, "UTC").on, "UTC")
    yield Listed(duty, ASK_CITIES, Thing(Kind.ASK, Marking.GREEN), "/findings/ask", Right.CHANGE)
