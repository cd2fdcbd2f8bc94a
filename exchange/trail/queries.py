"""Entries of the trail as its pages need them: filtered, a page at a time, with what they are about."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.board_things import thing_of_board_meeting, thing_of_decision
from exchange.access.lesson_things import thing_of_action, thing_of_lesson
from exchange.access.note_things import thing_of_note
from exchange.access.project_things import thing_of_project
from exchange.access.things import thing_of_cycle, thing_of_training
from exchange.follow_up.queries import action_options, lesson_options
from exchange.models import (
    AuditEntry,
    Board,
    BoardDecision,
    BoardMeeting,
    Cycle,
    Deliverable,
    ImprovementAction,
    Lesson,
    Note,
    Person,
    Project,
    TrainingEvent,
)
from exchange.rules.access.things import Thing

PER_PAGE = 50
SYSTEM = 0  # in place of a person: what nobody did
_NOUNS = "cycle|training|finding|action|board meeting|decision|project|deliverable|note"
_THINGS = re.compile(rf"\b({_NOUNS}):(\d{{1,9}})\b")


@dataclass(frozen=True)
class Chosen:
    """What somebody wants to see of the trail; None and "" for everything. ``until`` is not part of it."""

    since: datetime | None = None
    until: datetime | None = None
    person_id: int | None = None
    action: str = ""
    subject: str = ""


def entries(
    session: Session,
    chosen: Chosen,
    *,
    before_id: int | None = None,
    after_id: int | None = None,
    most: int = PER_PAGE,
) -> Sequence[AuditEntry]:
    """The newest that were chosen, at most so many: those before an id, or the next ones after it."""
    wanted = select(AuditEntry).where(*_conditions(chosen)).limit(most)
    if after_id is not None:
        later = wanted.where(col(AuditEntry.id) > after_id).order_by(col(AuditEntry.id))
        return list(reversed(session.exec(later).all()))
    if before_id is not None:
        wanted = wanted.where(col(AuditEntry.id) < before_id)
    return session.exec(wanted.order_by(col(AuditEntry.id).desc())).all()


def is_any(
    session: Session, chosen: Chosen, *, before_id: int | None = None, after_id: int | None = None
) -> bool:
    """Whether there is anything further that way."""
    return bool(entries(session, chosen, before_id=before_id, after_id=after_id, most=1))


def people(session: Session) -> list[tuple[int, str]]:
    """Id and name of everybody who did something that the trail holds, by name."""
    did_something = exists().where(col(AuditEntry.actor_id) == col(Person.id))
    found = session.exec(
        select(Person.id, Person.name).where(did_something).order_by(col(Person.name), col(Person.id))
    )
    return [(person_id or 0, name) for person_id, name in found]


def things_of(session: Session, told: Iterable[AuditEntry]) -> dict[str, Thing | None]:
    """What entries are about, by "cycle:12"; None for an exchange, event, decision, ... that is gone.

    A few statements for any number of entries.
    """
    return things_named(session, {key for entry in told for key in keys_of(entry)})


def things_named(session: Session, keys: Collection[str]) -> dict[str, Thing | None]:
    """The same by such names."""
    cycle_ids = [int(key[6:]) for key in keys if key.startswith("cycle:")]
    training_ids = [int(key[9:]) for key in keys if key.startswith("training:")]
    found: dict[str, Thing | None] = dict.fromkeys(keys)
    for cycle in session.exec(
        select(Cycle)
        .where(col(Cycle.id).in_(cycle_ids))
        .options(selectinload(Cycle.cities), selectinload(Cycle.groups))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ):
        found[f"cycle:{cycle.id}"] = thing_of_cycle(cycle)
    for event in session.exec(
        select(TrainingEvent)
        .where(col(TrainingEvent.id).in_(training_ids))
        .options(selectinload(TrainingEvent.cities), selectinload(TrainingEvent.groups))  # type: ignore[arg-type]  # as above
    ):
        found[f"training:{event.id}"] = thing_of_training(event)
    found |= _things_of_findings(session, keys) | _things_of_boards(session, keys)
    return found | _things_of_projects(session, keys) | _notes(session, keys)


def _things_of_boards(session: Session, keys: Collection[str]) -> dict[str, Thing | None]:
    """The meetings of boards and decisions among them."""
    meeting_ids = [int(key[14:]) for key in keys if key.startswith("board meeting:")]
    decision_ids = [int(key[9:]) for key in keys if key.startswith("decision:")]
    found: dict[str, Thing | None] = {}
    if meeting_ids:
        board = joinedload(BoardMeeting.board)  # type: ignore[arg-type]  # as above
        meetings = session.exec(
            select(BoardMeeting)
            .where(col(BoardMeeting.id).in_(meeting_ids))
            .options(board.selectinload(Board.members))  # type: ignore[arg-type]  # as above
        )
        found |= {f"board meeting:{one.id}": thing_of_board_meeting(one) for one in meetings}
    if decision_ids:
        decisions = session.exec(select(BoardDecision).where(col(BoardDecision.id).in_(decision_ids)))
        found |= {f"decision:{one.id}": thing_of_decision(one) for one in decisions}
    return found


def _things_of_projects(session: Session, keys: Collection[str]) -> dict[str, Thing | None]:
    """The projects among them, and what they hand over, which is known with its project."""
    ids = _ids(keys, "project")
    owed_ids = _ids(keys, "deliverable")
    if not ids and not owed_ids:
        return {}
    its = select(Deliverable.project_id).where(col(Deliverable.id).in_(owed_ids))
    projects = session.exec(
        select(Project)
        .where(or_(col(Project.id).in_(ids), col(Project.id).in_(its)))
        .options(selectinload(Project.partners), selectinload(Project.deliverables))  # type: ignore[arg-type]  # as above
    )
    found: dict[str, Thing | None] = {}
    for one in projects:
        names = [f"project:{one.id}", *(f"deliverable:{owed.id}" for owed in one.deliverables)]
        found |= {name: thing_of_project(one) for name in names if name in keys}
    return found


def _notes(session: Session, keys: Collection[str]) -> dict[str, Thing | None]:
    """The notes among them."""
    ids = _ids(keys, "note")
    notes = session.exec(select(Note).where(col(Note.id).in_(ids))) if ids else ()
    return {f"note:{one.id}": thing_of_note(one) for one in notes}


def _ids(keys: Collection[str], noun: str) -> list[int]:
    return [int(key.removeprefix(f"{noun}:")) for key in keys if key.startswith(f"{noun}:")]


def _things_of_findings(session: Session, keys: Collection[str]) -> dict[str, Thing | None]:
    """The findings and actions among them."""
    lesson_ids = [int(key[8:]) for key in keys if key.startswith("finding:")]
    action_ids = [int(key[7:]) for key in keys if key.startswith("action:")]
    found: dict[str, Thing | None] = {}
    if lesson_ids:
        lessons = session.exec(
            select(Lesson).where(col(Lesson.id).in_(lesson_ids)).options(*lesson_options())
        )
        found |= {f"finding:{one.id}": thing_of_lesson(one) for one in lessons}
    if action_ids:
        of_them = session.exec(
            select(ImprovementAction)
            .where(col(ImprovementAction.id).in_(action_ids))
            .options(*action_options())
        )
        found |= {f"action:{one.id}": thing_of_action(one) for one in of_them}
    return found


def keys_of(entry: AuditEntry) -> set[str]:
    """What an entry names of what has a marking, as its subject or in what it tells."""
    told = [entry.subject, *_texts(entry.before), *_texts(entry.after)]
    return {key for text in told for key in keys_in(text)}


def keys_in(text: str) -> set[str]:
    """The same in a text."""
    return {f"{noun}:{int(number)}" for noun, number in _THINGS.findall(text)}


def _texts(values: dict[str, object] | None) -> list[str]:
    return [value for value in (values or {}).values() if isinstance(value, str)]


def _conditions(chosen: Chosen) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if chosen.since:
        wanted.append(col(AuditEntry.at) >= chosen.since)
    if chosen.until:
        wanted.append(col(AuditEntry.at) < chosen.until)
    if chosen.person_id == SYSTEM:
        wanted.append(col(AuditEntry.actor_id).is_(None))
    elif chosen.person_id is not None:
        wanted.append(col(AuditEntry.actor_id) == chosen.person_id)
    if chosen.action:
        wanted.append(col(AuditEntry.action) == chosen.action)
    if chosen.subject:
        wanted.append(col(AuditEntry.subject) == chosen.subject)
    return wanted
