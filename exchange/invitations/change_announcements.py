"""Tell everybody concerned once that something published has moved, stopped, or takes place again.

Changes leave behind what readers knew (mail.schedule.told_dates); ten minutes later this writes the letters.
It moves nothing itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.invitations import actions, last_told_dates
from exchange.invitations.queries import invitations_to
from exchange.invitations.reader_announcements import Announcement, announce_to_reader
from exchange.mail.schedule.recipients import Roll, audiences_of_cycle, invited_to_training, load_roll
from exchange.mail.schedule.told_dates import facts_of, settle
from exchange.mail.writing.custom_wording import load_wordings
from exchange.models import Cycle, ExpertGroup, Invitation, Letter, TrainingEvent
from exchange.rules.letters.reminders import Reader as RuleReader
from exchange.rules.programme.stage_plan import StagePlan
from exchange.settings import Settings

About = Cycle | TrainingEvent
Row = TypeVar("Row", Cycle, TrainingEvent)


def changes_due(session: Session, now: datetime) -> bool:
    """Whether there is anything to tell: a look without a lock."""
    pending = [
        session.exec(select(model.id).where(col(model.tell_at) <= now).limit(1)).first()
        for model in (Cycle, TrainingEvent)
    ]
    return any(pending) or bool(last_told_dates.untold(session, now))


def tell_changes(session: Session, *, plan: StagePlan, settings: Settings, now: datetime) -> int:
    """Queue the letters about every change whose ten minutes are over; how many. The caller has the turn.

    Several edits are one letter: old is what its reader was last told, new is what holds. A letter that
    was taken back is queued again, the same row while it says the same.
    """
    lost = last_told_dates.untold(session, now)
    found: list[About] = [*_due(session, Cycle, now, lost), *_due(session, TrainingEvent, now, lost)]
    if not found:
        return 0
    roll = load_roll(session, now.date())
    return sum(
        _announce(session, roll, about, [one for one in lost if _is_of(one, about)], plan, settings, now)
        for about in found
    )


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


def _is_of(letter: Letter, about: About) -> bool:
    return about.id == (letter.cycle_id if isinstance(about, Cycle) else letter.training_id)


def _announce(
    session: Session,
    roll: Roll,
    about: About,
    lost: Sequence[Letter],
    plan: StagePlan,
    settings: Settings,
    now: datetime,
) -> int:
    by_person: dict[int, list[Invitation]] = {}
    ids = (about.id, None) if isinstance(about, Cycle) else (None, about.id)
    for invitation in invitations_to(session, *ids):
        by_person.setdefault(invitation.person_id, []).append(invitation)
    holds = facts_of(about)
    letters = last_told_dates.letters_about(session, about)
    never_came = sorted([*lost, *last_told_dates.refused(letters)], key=lambda one: one.id or 0)
    _take_back([one for one in never_came if not last_told_dates.may_mislead(one, holds)], by_person)
    wordings, done = load_wordings(session), last_told_dates.announcements_done(letters)
    announcement = Announcement(session, about, plan, settings, now, by_person, lost, done, wordings)
    told = last_told_dates.known_by_person(letters, about)
    base = last_told_dates.base_of(about)
    queued = sum(
        announce_to_reader(announcement, roll, reader, told.get(reader.person_id, base))
        for reader in concerned(roll, about, last_told_dates.written_to(letters))
    )
    settle(about)
    last_told_dates.mark_retold(never_came)
    return queued


def _take_back(lost: Sequence[Letter], by_person: Mapping[int, list[Invitation]]) -> None:
    """Let invitations stand as they did before letters that never left, the last of them first."""
    for letter in reversed(lost):
        part = (letter.tells or {}).get(last_told_dates.PART)
        for invitation in by_person.get(letter.person_id or 0, []):
            if isinstance(part, dict) and invitation.id == part["invitation"]:
                actions.take_back(invitation, part)


def concerned(roll: Roll, about: About, written_to: Collection[int | None]) -> list[RuleReader]:
    """Who hears of a change: all who take part, and whoever else was written to and may still know."""
    if isinstance(about, TrainingEvent):
        return invited_to_training(roll, about)
    audiences = audiences_of_cycle(roll, about)
    found = {reader.person_id: reader for reader in audiences["registered"]}
    for audience in ("board", "group_chairs"):
        found |= {one.person_id: one for one in audiences[audience] if one.person_id in written_to}
    return list(found.values())
