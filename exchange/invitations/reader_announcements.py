"""Tell everybody concerned once that something published has moved, stopped, or takes place again.

The deeds remember what readers knew (mail.telling); ten minutes later this writes the letters. It moves
nothing itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.feeds.invitation import Method
from exchange.invitations import actions, known
from exchange.invitations.meetings import MeetingOf
from exchange.invitations.queries import invitations_to, meeting_in
from exchange.mail.change_letters import CHANGE, HALT, Reader, change_letter
from exchange.mail.differences import Difference, difference
from exchange.mail.edited import Wordings, load_wordings
from exchange.mail.outbox import ComposedLetter, queue
from exchange.mail.readers import Roll, audiences_of_cycle, invited_to_training, load_roll
from exchange.mail.telling import Facts, facts_of, settle
from exchange.mail.training_letters import next_morning
from exchange.models import Answer, Cycle, ExpertGroup, Invitation, Letter, TrainingEvent
from exchange.rules.holidays import is_working_day
from exchange.rules.letter_times import DAY_ENDS, DAY_STARTS
from exchange.rules.reminders import Reader as RuleReader
from exchange.rules.stage_plan import StagePlan
from exchange.rules.timezones import wall_time
from exchange.settings import Settings

URGENT = timedelta(hours=2)  # nobody is left asleep who would rise for what does not take place
STALE_DAYS = timedelta(days=2)  # a letter about a change says what holds; later it is no news

About = Cycle | TrainingEvent
Row = TypeVar("Row", Cycle, TrainingEvent)


@dataclass(frozen=True)
class _Telling:
    """What stays the same for all letters about one change."""

    session: Session
    about: About
    plan: StagePlan
    settings: Settings
    now: datetime
    invitations: dict[int, list[Invitation]]
    wordings: Wordings


def changes_due(session: Session, now: datetime) -> bool:
    """Whether there is anything to tell: a look without a lock."""
    pending = [
        session.exec(select(model.id).where(col(model.tell_at) <= now).limit(1)).first()
        for model in (Cycle, TrainingEvent)
    ]
    return any(pending) or bool(known.untold(session, now))


def tell_changes(session: Session, *, plan: StagePlan, settings: Settings, now: datetime) -> int:
    """Queue the letters about every change whose ten minutes are over; how many. The caller has the turn.

    Several edits are one letter: old is what its reader was last told, new is what holds. A letter that
    a later change took back is written anew.
    """
    lost = known.untold(session, now)
    found: list[About] = [*_due(session, Cycle, now, lost), *_due(session, TrainingEvent, now, lost)]
    if not found:
        return 0
    roll = load_roll(session, now.date())
    queued = sum(_tell(session, roll, about, plan, settings, now) for about in found)
    known.mark_retold(letter for letter in lost if _is_of(letter, found))
    return queued


def _due(session: Session, model: type[Row], now: datetime, lost: Iterable[Letter]) -> Sequence[Row]:
    """What is to be told, locked; a change that still waits for its ten minutes is left alone."""
    again = {letter.cycle_id if model is Cycle else letter.training_id for letter in lost} - {None}
    groups = selectinload(model.groups)  # type: ignore[arg-type]  # SQLModel types relations as their values
    rows = session.exec(
        select(model)
        .where((col(model.tell_at) <= now) | (col(model.id).in_(again) & col(model.tell_at).is_(None)))
        .options(groups.selectinload(ExpertGroup.members))  # type: ignore[arg-type]  # as above
        .order_by(col(model.id))
        .with_for_update()
    )
    return rows.all()


def _is_of(letter: Letter, found: Sequence[About]) -> bool:
    return any(
        about.id == (letter.cycle_id if isinstance(about, Cycle) else letter.training_id) for about in found
    )


def _tell(
    session: Session, roll: Roll, about: About, plan: StagePlan, settings: Settings, now: datetime
) -> int:
    by_person: dict[int, list[Invitation]] = {}
    ids = (about.id, None) if isinstance(about, Cycle) else (None, about.id)
    for invitation in invitations_to(session, *ids):
        by_person.setdefault(invitation.person_id, []).append(invitation)
    telling = _Telling(session, about, plan, settings, now, by_person, load_wordings(session))
    told = known.known_by_person(session, about)
    base = known.base_of(about)
    queued = sum(
        _tell_reader(telling, roll, reader, told.get(reader.person_id, base))
        for reader in concerned(session, roll, about)
    )
    settle(about)
    return queued


def concerned(session: Session, roll: Roll, about: About) -> list[RuleReader]:
    """Who hears of a change: all who take part, and whoever else was written to and may still know."""
    if isinstance(about, TrainingEvent):
        return invited_to_training(roll, about)
    audiences = audiences_of_cycle(roll, about)
    written_to = known.sent_about(session, about)
    found = {reader.person_id: reader for reader in audiences["registered"]}
    for audience in ("board", "group_chairs"):
        found |= {one.person_id: one for one in audiences[audience] if one.person_id in written_to}
    return list(found.values())


def _tell_reader(telling: _Telling, roll: Roll, reader: RuleReader, told: Facts) -> int:
    """The letters to one reader: one, and one more for each further meeting with an invitation of its own."""
    found = difference(told, telling.about, reader.calendar, telling.plan)
    person = roll.person(reader.person_id)
    if found.is_nothing or person.email in roll.refused:
        return 0
    asked = [one for one in _asked(telling, reader.person_id) if _is_touched(one[0], found, telling.now)]
    if person.programme_stopped_at is not None:  # then only what they accepted
        accepted = [one for one in asked if one[0].answer == Answer.ACCEPTED]
        letters = [_letter(telling, roll, reader, _only(found, one), [one]) for one in accepted]
    else:
        letters = [_letter(telling, roll, reader, found, asked[:1])]
        letters += [_letter(telling, roll, reader, _only(found, one), [one]) for one in asked[1:]]
    tells: Facts = {"before": told, "after": facts_of(telling.about)}
    return sum(
        _queue(telling, roll, reader, found, replace(letter, tells=tells), number)
        for number, letter in enumerate(letters)
    )


def _only(found: Difference, asked: tuple[Invitation, MeetingOf]) -> Difference:
    """What changed about one invitation's meeting."""
    return replace(found, stages=[], meetings=[m for m in found.meetings if m.key == asked[0].meeting])


def _asked(telling: _Telling, person_id: int) -> list[tuple[Invitation, MeetingOf]]:
    """The reader's invitations that a calendar part went out for, with what they are to."""
    asked = [one for one in telling.invitations.get(person_id, []) if one.says is not None]
    pairs = ((one, meeting_in(telling.about, one)) for one in asked)
    return [(one, meeting) for one, meeting in pairs if meeting is not None]


def _is_touched(invitation: Invitation, found: Difference, now: datetime) -> bool:
    """Whether the change is one of this invitation's: its meeting moved, or everything stopped or resumed."""
    if found.is_halted:
        return not invitation.is_off
    moved = {meeting.key for meeting in found.meetings}
    return found.is_resumed or invitation.meeting in moved or found.old_place != found.new_place


def _letter(
    telling: _Telling,
    roll: Roll,
    reader: RuleReader,
    found: Difference,
    asked: Sequence[tuple[Invitation, MeetingOf]],
) -> ComposedLetter:
    person = roll.person(reader.person_id)
    on = _today(reader, telling.now)
    to = Reader(person, on)
    calendar = ""
    ahead = [(invitation, meeting) for invitation, meeting in asked if meeting.ends_at > telling.now]
    for invitation, meeting in ahead[:1]:
        method = Method.CANCEL if found.is_halted else Method.REQUEST
        calendar = actions.put_out(
            telling.session, invitation, meeting, method, settings=telling.settings, now=telling.now
        )
        link = actions.link_of(invitation, meeting, telling.settings)
        said = Answer(invitation.answer)
        to = Reader(person, on, is_invited=True, answer_link="" if found.is_halted else link, said=said)
    letter = change_letter(telling.about, to, found, telling.settings)
    return replace(letter.written(telling.settings, telling.wordings), calendar=calendar)


def _queue(
    telling: _Telling, roll: Roll, reader: RuleReader, found: Difference, letter: ComposedLetter, number: int
) -> bool:
    about, now = telling.about, telling.now
    noun = "cycle" if isinstance(about, Cycle) else "training"
    moments = found.moments(reader.calendar.time_zone)
    row = queue(
        telling.session,
        letter,
        to=roll.person(reader.person_id),
        once_key=f"{noun}:{about.id}:{_stamp(now)}:change{number or ''}:{reader.person_id}",
        kind=HALT if found.is_halted else CHANGE,
        why="Its dates changed.",
        due_at=leaves_at(reader, moments, now),
        useless_after=max([*moments, now]) + STALE_DAYS,
        now=now,
        cycle_id=about.id if isinstance(about, Cycle) else None,
        training_id=about.id if isinstance(about, TrainingEvent) else None,
    )
    return row is not None


def leaves_at(reader: RuleReader, moments: Sequence[datetime], now: datetime) -> datetime:
    """Now while the reader is up on a working day, else the next working morning; now if that is too late."""
    local = wall_time(now, reader.calendar.time_zone)
    if DAY_STARTS <= local.at <= DAY_ENDS and is_working_day(reader.calendar, local.on):
        return now
    morning = next_morning(now, reader)
    is_urgent = any(now <= at <= morning + URGENT for at in moments)
    return now if is_urgent else morning


def _today(reader: RuleReader, now: datetime) -> date:
    return wall_time(now, reader.calendar.time_zone).on


def _stamp(now: datetime) -> str:
    """One telling of one thing: two never happen at one moment, because the row is locked and settled."""
    return f"{now:%Y%m%dT%H%M%S%f}"
