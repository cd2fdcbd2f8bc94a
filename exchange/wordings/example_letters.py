"""Letters to try a wording on: those that are planned, and the shape of all. Others: recent_letters.py."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session, col, select

from exchange.mail.schedule.cycle_eligibility import NEW_VERSION, PUBLICATION
from exchange.mail.schedule.eager_loading import cycle_with_readers
from exchange.mail.schedule.letter_schedule import planned_for_cycle, planned_for_training
from exchange.mail.schedule.planned import Planned
from exchange.mail.schedule.task_links import with_questions
from exchange.mail.writing.transactional_letters import TransactionalLetter
from exchange.models import Cycle, Person, TrainingEvent
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.timezones import WallTime, wall_time
from exchange.wordings.available_placeholders import is_of_events
from exchange.wordings.drafts import Scope

# What is out is told to each reader either as the first or as a new version: both have the same readers.
_SAME_READERS = {PUBLICATION: NEW_VERSION, NEW_VERSION: PUBLICATION}
BEFORE_ANY_LETTER_DAYS = 90  # earlier than any letter of a cycle or an event leaves


@dataclass(frozen=True)
class Example:
    """One letter to try a wording on; ``about`` is the title of what it is about, "" for nothing."""

    person: Person
    city: str
    local: WallTime  # when it leaves or left, on the wall of the reader's city
    letter: Planned | TransactionalLetter
    about: str = ""


def transactional_example(
    person: Person, letter: TransactionalLetter, at: datetime, about: str = ""
) -> Example:
    """The letter that an action called for, as an example; needs the person's city."""
    return Example(person, person.city.name, wall_time(at, person.city.time_zone), letter, about)


def planned_examples(session: Session, scope: Scope, *, plan: StagePlan, now: datetime) -> list[Example]:
    """Letters of this kind as planned: of the scope's cycle, else of the cycle or event that comes next."""
    if is_of_events(scope.rule):
        training = next_training(session, now)
        found = _event_letters(session, training) if training else []
    else:
        cycle = next_cycle(session, scope, now)
        found = _cycle_letters(session, cycle, plan) if cycle else []
    for kind in (scope.rule.key, _SAME_READERS.get(scope.rule.key, "")):
        if of_kind := [one for one in found if one.kind == kind]:
            asking = with_questions(session, of_kind, plan)
            return [_example(replace(one, letter=replace(one.letter, rule=scope.rule))) for one in asking]
    return []


def one_for_each(found: Iterable[Example], most: int) -> list[Example]:
    """The first of each reader: a form offers each by name."""
    by_person: dict[int | None, Example] = {}
    for example in found:
        if len(by_person) == most:
            break
        by_person.setdefault(example.person.id, example)
    return list(by_person.values())


def next_cycle(session: Session, scope: Scope, now: datetime) -> Cycle | None:
    """The scope's cycle, else the one that begins next, else the last; loaded as its letters need it."""
    cycles = select(Cycle.id).where(col(Cycle.cancelled_at).is_(None), col(Cycle.marking) != Marking.RED)
    coming = cycles.where(col(Cycle.starts_on) >= now.date()).order_by(col(Cycle.starts_on))
    found = (
        scope.cycle_id
        or session.exec(coming).first()
        or session.exec(cycles.order_by(col(Cycle.starts_on).desc())).first()
    )
    return cycle_with_readers(session, found) if found else None


def next_training(session: Session, now: datetime) -> TrainingEvent | None:
    """The event that comes next, else the last."""
    trainings = select(TrainingEvent).where(
        col(TrainingEvent.cancelled_at).is_(None), col(TrainingEvent.marking) != Marking.RED
    )
    coming = trainings.where(col(TrainingEvent.on_local) >= now.date()).order_by(col(TrainingEvent.on_local))
    last = trainings.order_by(col(TrainingEvent.on_local).desc())
    return session.exec(coming).first() or session.exec(last).first()


def _example(planned: Planned) -> Example:
    return Example(planned.person, planned.city, planned.local, planned, planned.title)


def _cycle_letters(session: Session, cycle: Cycle, plan: StagePlan) -> list[Planned]:
    return planned_for_cycle(session, cycle, plan=plan, now=_long_before(cycle.starts_on))


def _event_letters(session: Session, training: TrainingEvent) -> list[Planned]:
    return planned_for_training(session, training, now=_long_before(training.on_local))


def _long_before(on: date) -> datetime:
    return datetime.combine(on - timedelta(days=BEFORE_ANY_LETTER_DAYS), time(0), UTC)
