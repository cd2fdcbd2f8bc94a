"""One duty: what is owed, by whom, by which day on whose wall, and whether it is done.

Derived, not stored: a noun that owes something lists its duties. Stored are decisions alone (done, moved,
waived), on the noun itself.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence
from exchange.rules.time.answer_deadlines import is_open
from exchange.rules.time.timezones import wall_time

SOON = timedelta(days=7)  # a week ahead, the day itself included, is when people ask what is due


class Role(StrEnum):
    """In which part somebody owes; who holds it is found at the moment of reading."""

    PERSON = "person"
    CITY_LEAD = "city lead"
    CITY_CONTACT = "city contact"
    FINANCE_CONTACT = "finance contact"
    GROUP_CHAIR = "group chair"
    BOARD = "board"
    REVIEWER = "reviewer"
    COORDINATOR = "coordinator"


class Weight(StrEnum):
    """Whether something depends on it, or it is good practice."""

    MUST = "must"
    SHOULD = "should"


class State(StrEnum):
    """Where a duty stands at a moment."""

    LATER = "later"
    OPEN = "open"
    DUE_SOON = "due soon"
    LATE = "late"
    DONE = "done"
    VOID = "void"


OWED = frozenset({State.OPEN, State.DUE_SOON, State.LATE})  # what somebody can do something about today


@dataclass(frozen=True)
class Owner:
    """Who owes: a person, or whoever holds a role. ``id`` is that of the person, city, group or board.

    The coordinators owe together and have no id.
    """

    role: Role
    id: int | None = None


@dataclass(frozen=True)
class Subject:
    """What a duty is about: a noun by its kind and id, like ("training", 12), and its title."""

    kind: str
    id: int
    title: str


@dataclass(frozen=True)
class Duty:
    """What somebody owes.

    ``key`` is the same for the same duty for good, like "training:12:fpm". ``due_on`` is a date on the wall
    in ``time_zone``, and all of that day is in time. Before ``starts_on`` nobody need think of it; None is
    from the beginning. ``done_at`` is when it was done, ``evidence`` by what (a link or a sentence, "" for
    none). ``void_reason`` says why nobody owes it any more; empty while it is owed.
    On ``calls_on`` it calls for a letter by itself, whatever the days of config/duties.toml.
    """

    key: str
    what: Sentence
    subject: Subject
    owner: Owner
    due_on: date
    time_zone: str
    starts_on: date | None = None
    done_at: datetime | None = None
    evidence: str = ""
    weight: Weight = Weight.SHOULD
    marking: Marking = Marking.AMBER_STRICT
    void_reason: str = ""
    calls_on: date | None = None


def state(duty: Duty, now: datetime) -> State:
    """Where the duty stands at ``now``: void, done, late once its day is over on its wall, and so on.

    What is done later than ``now`` is not done yet, so that a rehearsal reads as the day it rehearses.
    """
    if duty.void_reason:
        return State.VOID
    if duty.done_at is not None and duty.done_at <= now:
        return State.DONE
    if not is_open(duty.due_on, duty.time_zone, now):
        return State.LATE
    today = wall_time(now, duty.time_zone).on
    if duty.due_on - today < SOON:
        return State.DUE_SOON
    if duty.starts_on is not None and today < duty.starts_on:
        return State.LATER
    return State.OPEN


def days_late(duty: Duty, now: datetime) -> int:
    """How many days ago its day was, on its wall; 0 for what is not late."""
    if state(duty, now) is not State.LATE:
        return 0
    return (wall_time(now, duty.time_zone).on - duty.due_on).days


def order_of(duty: Duty) -> tuple[date, bool, str]:
    """By day, what must be done first, then by key, so that the same duties always read alike."""
    return (duty.due_on, duty.weight is not Weight.MUST, duty.key)
