"""The duties of training events: the milestones of their preparation."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.access.things import thing_of_training
from exchange.duties.listed import Listed, Window
from exchange.duties.owing import Reader
from exchange.duties.prepared_events import prepared_events
from exchange.models import Membership, Person, PersonRole, Preparation, PreparationStep, Role, TrainingEvent
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.preparation_profiles import FARTHEST_DAYS, Profiles
from exchange.rules.time.timezones import wall_time

MILESTONE = "milestone"  # a kind of config/duties.toml
_SLACK = timedelta(days=28)  # an event of several days, and the roll to a working day
_MOVED_MOST = timedelta(days=FARTHEST_DAYS)


def duties_of_trainings(session: Session, window: Window) -> Iterator[Listed]:
    """The milestones of the events whose days lie as near as their profiles reach."""
    which = _near(window) & col(TrainingEvent.cancelled_at).is_(None)
    which &= col(TrainingEvent.postponed_at).is_(None)
    if window.reader is not None:
        which &= or_(*_may_owe(window.reader, wall_time(window.now, "UTC").on))
    for found in prepared_events(session, which, window.plans.profiles, window.now):
        thing = thing_of_training(found.training)
        page = f"/trainings/{found.training.id}/preparation"
        for line in found.lines:
            yield Listed(line.duty, MILESTONE, thing, f"{page}#{line.milestone.key}")


def _near(window: Window) -> ColumnElement[bool]:
    """The events by their day, and those with a milestone that was moved farther than its profile has it."""
    day = col(TrainingEvent.on_local)
    before, after = _reach(window.plans.profiles)
    moved = select(Preparation.training_id).join(PreparationStep)
    is_moved = col(TrainingEvent.id).in_(moved.where(col(PreparationStep.moved_days).is_not(None)))
    return or_(
        day.between(window.first_on - after - _SLACK, window.last_on + before + _SLACK),
        is_moved & day.between(window.first_on - _MOVED_MOST - _SLACK, window.last_on + _MOVED_MOST + _SLACK),
    )


def _reach(profiles: Profiles) -> tuple[timedelta, timedelta]:
    """How far before and after its event any milestone lies."""
    days = [one.days for profile in profiles.all for one in profile.milestones]
    return timedelta(days=-min(days, default=0)), timedelta(days=max(days, default=0))


def _may_owe(reader: Reader, today: date) -> Iterator[ColumnElement[bool]]:
    """Events of their city or with a milestone of theirs; for planners, those whose host may have no lead."""
    host = col(TrainingEvent.host_city_id)
    given = (
        select(Preparation.training_id)
        .join(PreparationStep)
        .where(PreparationStep.owner_id == reader.standing.person_id)
    )
    yield col(TrainingEvent.id).in_(given)
    yield host.in_(reader.standing.leads)
    if reader.standing.plans:
        yield host.not_in(_led(today))
        yield col(TrainingEvent.marking) == Marking.RED  # its lead may not be named on it


def _led(today: date) -> SelectOfScalar[int]:
    """The cities that surely have a lead: of the network the day before and after, on whosever wall it is."""
    a_day = timedelta(days=1)
    return (
        select(Person.city_id)
        .join(PersonRole)
        .join(Membership, col(Membership.city_id) == Person.city_id)
        .where(
            PersonRole.role == Role.CITY_LEAD,
            col(Person.is_active),
            or_(col(Membership.starts_on).is_(None), col(Membership.starts_on) <= today - a_day),
            or_(col(Membership.ends_on).is_(None), col(Membership.ends_on) >= today + a_day),
        )
    )
