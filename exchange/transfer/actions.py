"""The import of a programme: every row a draft, or a reason why not, in one transaction.

A rehearsal is the import itself, taken back: what it says is what would happen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from exchange import audit
from exchange.cycles.actions import open_cycle
from exchange.cycles.drafts import CycleDraft
from exchange.errors import ExchangeError, InvalidInput
from exchange.models import City, Cycle, Person, Sitting, Stage, TrainingEvent
from exchange.rules.findings.overrides import Blocked
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.plain_text import is_one_line
from exchange.rules.programme.cycles import StagePlan
from exchange.rules.sentences import Sentence
from exchange.rules.time.timezones import WallTime
from exchange.trainings.actions import open_training
from exchange.trainings.drafts import TrainingDraft
from exchange.transfer.csv_file import ReadRow
from exchange.transfer.drafts import Names, Usual, draft_of, notes_of, reason_of
from exchange.transfer.ics_file import CANCELLED

ROWS_MAX = 200  # a programme of ten years; each row is checked like a form
UID_MAX = 200  # characters


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW_CYCLE = "new cycle"
    NEW_TRAINING = "new training"
    NEW_FINDING = "new finding"
    NEW_LINE = "new line"
    THERE = "already there"
    CALLED_OFF = "called off"
    FAULT = "fault"


@dataclass(frozen=True)
class Hours:
    """When a draft is to be, as its row was understood, and the name of the place with that clock."""

    starts: WallTime
    minutes: int
    place: str


@dataclass(frozen=True)
class Fate:
    """What becomes of one row; ``column`` and ``why`` say what is wrong with a faulty one.

    A new cycle has its first day and the hours of its first live session, a training event its hours.
    """

    line: int
    title: str
    outcome: Outcome
    column: str = ""
    why: tuple[Sentence, ...] = ()
    notes: tuple[str, ...] = ()
    starts_on: date | None = None
    hours: Hours | None = None

    @property
    def is_new(self) -> bool:
        """Whether something is made of it: a draft, a finding, or a line of money."""
        return self.outcome not in {Outcome.THERE, Outcome.CALLED_OFF, Outcome.FAULT}


@dataclass(frozen=True)
class Import:
    """The rows of a file, and what their import needs to know."""

    rows: Sequence[ReadRow]
    names: Names
    usual: Usual
    plan: StagePlan
    actor: Person
    now: datetime


def import_rows(session: Session, wanted: Import) -> list[Fate]:
    """Drafts of all rows that can be, and the fate of each row. Raises InvalidInput for too many rows.

    A faulty row leaves nothing behind; whether the others are kept is for who commits.
    """
    if not wanted.rows:
        raise InvalidInput("There is no row in this file.", field="file")
    if len(wanted.rows) > ROWS_MAX:
        raise InvalidInput(
            "There are %(count)s rows in this file; at most %(most)s can be imported at once.",
            field="file",
            count=len(wanted.rows),
            most=ROWS_MAX,
        )
    audit.wait_for_turn(session)
    fates = [_fate(session, row, wanted) for row in wanted.rows]
    count = sum(fate.is_new for fate in fates)
    if count:
        audit.record(
            session,
            actor=wanted.actor,
            action="import programme",
            subject="programme",
            after={"drafts": count, "rows": len(fates)},
            now=wanted.now,
        )
    return fates


def _fate(session: Session, row: ReadRow, wanted: Import) -> Fate:
    title = row.cells.get("title", "")[:200]
    if row.cells.get(CANCELLED):
        return Fate(row.line, title, Outcome.CALLED_OFF)
    try:
        draft = draft_of(row, wanted.names, wanted.usual)
        uid = _checked_uid(row.cells.get("uid", ""))
        if _is_there(session, draft, uid, wanted.actor):
            return Fate(row.line, title, Outcome.THERE)
        with session.begin_nested():
            made = _made(session, draft, uid, row, wanted)
    except Blocked as error:
        why = tuple(Sentence(found.template, found.values) for found in error.findings)
        return Fate(row.line, title, Outcome.FAULT, "reason", (Sentence(error.template), *why))
    except ExchangeError as error:
        field = error.field if isinstance(error, InvalidInput) else None
        sentence = Sentence(error.template, dict(error.values))  # type: ignore[arg-type]  # sentences of rules: text, numbers and dates
        return Fate(row.line, title, Outcome.FAULT, _COLUMN_OF.get(field or "", field or ""), (sentence,))
    is_unexplained = isinstance(draft, TrainingDraft) and draft.lacks_why
    notes = notes_of(row, lacks_why=is_unexplained)
    fate = Fate(row.line, made.title, Outcome.NEW_TRAINING, notes=notes)
    if isinstance(made, Cycle):
        hours = _hours(_first_session(made, wanted.plan), made.lead_city)
        return replace(fate, outcome=Outcome.NEW_CYCLE, starts_on=made.starts_on, hours=hours)
    return replace(fate, hours=_hours(made, made.host_city))


def _hours(of: Sitting | TrainingEvent, city: City) -> Hours:
    place = city.name if of.time_zone == city.time_zone else of.time_zone
    return Hours(WallTime(of.on_local, of.starts_local, of.time_zone), of.minutes, place)


def _first_session(cycle: Cycle, plan: StagePlan) -> Sitting:
    return next(s for s in cycle.sittings if s.meeting == plan.session.key and s.number == 1)


# Fields of forms, where a column has another name.
_COLUMN_OF = {
    "starts_on": "date",
    "on": "date",
    "at": "start",
    "second_at": "second_start",
    "duration_weeks": "weeks",
    "stage_weeks": "weeks",
    "host_city_id": "city",
    "lead_city_id": "city",
    "theme_id": "theme",
}


def _made(
    session: Session, draft: CycleDraft | TrainingDraft, uid: str, row: ReadRow, wanted: Import
) -> Cycle | TrainingEvent:
    if isinstance(draft, CycleDraft):
        cycle = open_cycle(session, draft, plan=wanted.plan, actor=wanted.actor, now=wanted.now)
        if uid:
            _first_session(cycle, wanted.plan).uid = uid
        session.flush()
        return cycle
    reason = reason_of(row, wanted.usual)
    training = open_training(session, draft, actor=wanted.actor, now=wanted.now, reason=reason)
    if uid:
        training.uid = uid
    session.flush()
    return training


def _checked_uid(text: str) -> str:
    if len(text) > UID_MAX:
        raise InvalidInput("At most %(most)s characters fit.", field="uid", most=UID_MAX)
    if not is_one_line(text):
        raise InvalidInput("Take out line breaks and other control characters.", field="uid")
    return text


def _is_there(session: Session, draft: CycleDraft | TrainingDraft, uid: str, actor: Person) -> bool:
    """Whether the UID is known, or without one the same title, day and city.

    A UID is one of all there is: two events with one would be one in calendars. Likeness tells nothing of
    what is TLP:RED and kept from whoever imports.
    """
    if uid:
        return any(
            session.exec(select(table.id).where(col(table.uid) == uid)).first() is not None
            for table in (TrainingEvent, Sitting, Stage)
        )
    if isinstance(draft, CycleDraft):
        statement = select(Cycle.marking, Cycle.named_ids).where(
            Cycle.theme_id == draft.theme_id,
            Cycle.lead_city_id == draft.lead_city_id,
            Cycle.starts_on == draft.starts_on,
        )
        return _is_any_known(session.exec(statement).all(), actor)
    same = select(TrainingEvent.marking, TrainingEvent.named_ids).where(
        TrainingEvent.title == draft.title,
        TrainingEvent.host_city_id == draft.host_city_id,
        TrainingEvent.on_local == draft.on_local,
    )
    return _is_any_known(session.exec(same).all(), actor)


def _is_any_known(rows: Iterable[tuple[str, Sequence[int]]], actor: Person) -> bool:
    return any(marking != Marking.RED or actor.id in named for marking, named in rows)
