"""Tell everybody concerned once that something published has moved, stopped, or takes place again.

Changes leave behind what readers knew (mail.schedule.told_dates); ten minutes later this writes the letters:

    changes_due -> tell_some, as often as it takes -> settle_told
         ^--------- something was done meanwhile ---------'

Whoever has their letter knows what holds, so that a look from the beginning writes to the others alone. It
moves nothing itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TypeVar

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.audit.trail_news import last_entry, refuse_overtaken
from exchange.invitations import actions, last_told_dates
from exchange.invitations.queries import invitations_to
from exchange.invitations.reader_announcements import Announcement, announce_to_reader
from exchange.invitations.withdrawn_invitations import off_but_invited
from exchange.mail.schedule.recipients import Roll, audiences_of_cycle, invited_to_training, load_roll
from exchange.mail.schedule.told_dates import facts_of, settle
from exchange.mail.writing.custom_wording import load_wordings
from exchange.models import Cycle, ExpertGroup, Invitation, Letter, TrainingEvent, item_key
from exchange.rules.letters.reminders import Reader as RuleReader
from exchange.rules.programme.stage_plan import StagePlan
from exchange.settings import Settings

About = Cycle | TrainingEvent
Row = TypeVar("Row", Cycle, TrainingEvent)


@dataclass(frozen=True)
class Change:
    """One cycle or event with a change to tell, and everybody who hears of it, as a look found them.

    ``seen`` is the newest entry of the trail then: something done since may change who that is.
    """

    item: str
    tell_at: datetime | None
    roll: Roll
    readers: Sequence[RuleReader]
    seen: int


def changes_due(session: Session, now: datetime, *, plan: StagePlan) -> list[Change]:
    """Every change whose ten minutes are over, and what lost a letter that told of one; locks nothing."""
    lost = last_told_dates.untold(session, now)
    rows = [*session.exec(_due(Cycle, now, lost)), *session.exec(_due(TrainingEvent, now, lost))]
    return [_looked_at(session, about, plan, now) for about in rows]


def tell_some(
    session: Session,
    change: Change,
    readers: Sequence[RuleReader],
    *,
    plan: StagePlan,
    settings: Settings,
    now: datetime,
) -> int:
    """Queue the letters to some of those who hear of a change; how many. The caller has the turn.

    Several edits are one letter: old is what its reader was last told, new is what holds. A letter that
    was taken back is queued again, the same row while it says the same. Raises Overtaken.
    """
    about = _held(session, change)
    if about is None:
        return 0
    return _announce(session, change.roll, about, readers, plan, settings, now)


def settle_told(session: Session, change: Change, now: datetime) -> None:
    """All of its readers have been told: there is nothing more to tell. The caller has the turn.

    Raises Overtaken.
    """
    about = _held(session, change)
    if about is None:
        return
    told = {reader.person_id for reader in change.readers}
    lost = last_told_dates.untold(session, now, last_told_dates.is_about(about))
    unsettled = last_told_dates.never_came(session, about, lost)
    others = [one for one in unsettled if one.person_id not in told]
    _take_back(others, about, _invitations(session, about, {one.person_id or 0 for one in others}))
    last_told_dates.mark_retold(others)
    settle(about)


def tell_changes(session: Session, *, plan: StagePlan, settings: Settings, now: datetime) -> int:
    """Tell every change that is due in one transaction, where nobody waits for it; how many letters."""
    told = 0
    for change in changes_due(session, now, plan=plan):
        told += tell_some(session, change, change.readers, plan=plan, settings=settings, now=now)
        settle_told(session, change, now)
    return told


def _due(model: type[Row], now: datetime, lost: Iterable[Letter]) -> SelectOfScalar[Row]:
    """What is to be told; a change that still waits for its ten minutes is left alone."""
    again = {letter.cycle_id if model is Cycle else letter.training_id for letter in lost} - {None}
    groups = selectinload(model.groups)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return (
        select(model)
        .where((col(model.tell_at) <= now) | (col(model.id).in_(again) & col(model.tell_at).is_(None)))
        .options(groups.selectinload(ExpertGroup.members))  # type: ignore[arg-type]  # as above
        .order_by(col(model.id))
    )


def _looked_at(session: Session, about: About, plan: StagePlan, now: datetime) -> Change:
    roll = load_roll(session, now.date(), about)
    said = [one for one in invitations_to(session, *_ids(about)) if one.says is not None]
    come_back = off_but_invited(roll, about, said, plan)
    invited = {one.person_id for one in said if not one.is_off or one.id in come_back}
    readers = concerned(roll, about, last_told_dates.written_to(session, about), invited)
    return Change(item_key(*_ids(about)), about.tell_at, roll, readers, last_entry(session))


def _held(session: Session, change: Change) -> About | None:
    """What the change is of, locked; None when another clock has told it to the end. Raises Overtaken."""
    refuse_overtaken(session, change.item, change.seen)
    noun, _, number = change.item.partition(":")
    is_cycle = noun == "cycle"
    about: About = (
        _locked(session, Cycle, int(number)) if is_cycle else _locked(session, TrainingEvent, int(number))
    )
    return about if about.tell_at == change.tell_at else None


def _locked(session: Session, model: type[Row], row_id: int) -> Row:
    return session.exec(select(model).where(col(model.id) == row_id).with_for_update()).one()


def _announce(
    session: Session,
    roll: Roll,
    about: About,
    readers: Sequence[RuleReader],
    plan: StagePlan,
    settings: Settings,
    now: datetime,
) -> int:
    """Tell some readers; what was to be said to them before is settled by it."""
    ids = {reader.person_id for reader in readers}
    lost = last_told_dates.untold(session, now, last_told_dates.is_about(about, ids))
    never_came = last_told_dates.never_came(session, about, lost, ids)
    by_person = _invitations(session, about, ids)
    _take_back(never_came, about, by_person)
    letters = last_told_dates.letters_about(session, about, ids)
    wordings, done = load_wordings(session), last_told_dates.announcements_done(letters)
    held = {one.id for some in by_person.values() for one in some if last_told_dates.has_left(one, letters)}
    come_back = off_but_invited(roll, about, chain.from_iterable(by_person.values()), plan)
    announcement = Announcement(
        session, about, plan, settings, now, by_person, held, come_back, lost, done, wordings
    )
    told, base = last_told_dates.known_by_person(letters, about), last_told_dates.base_of(about)
    queued = sum(
        announce_to_reader(announcement, roll, reader, told.get(reader.person_id, base)) for reader in readers
    )
    last_told_dates.mark_retold(never_came)
    return queued


def _ids(about: About) -> tuple[int | None, int | None]:
    """Of the cycle and of the event; one of them is None."""
    return (about.id, None) if isinstance(about, Cycle) else (None, about.id)


def _invitations(session: Session, about: About, ids: Collection[int]) -> dict[int, list[Invitation]]:
    found: dict[int, list[Invitation]] = {}
    for invitation in invitations_to(session, *_ids(about), ids):
        found.setdefault(invitation.person_id, []).append(invitation)
    return found


def _take_back(never_came: Sequence[Letter], about: About, by_person: Mapping[int, list[Invitation]]) -> None:
    """Let invitations stand as they did before letters that never left, the last of them first."""
    holds = facts_of(about)
    for letter in reversed(never_came):
        if last_told_dates.may_mislead(letter, holds):
            continue
        part = (letter.tells or {}).get(last_told_dates.PART)
        for invitation in by_person.get(letter.person_id or 0, []):
            if isinstance(part, dict) and invitation.id == part["invitation"]:
                actions.take_back(invitation, part)


def concerned(
    roll: Roll, about: About, written_to: Collection[int | None], invited: Collection[int]
) -> list[RuleReader]:
    """Who hears of a change: all who take part, and whoever else was written to and may still know.

    So does everybody ``invited``, whichever audience of the stage plan they are invited as.
    """
    if isinstance(about, TrainingEvent):
        return invited_to_training(roll, about)
    audiences = audiences_of_cycle(roll, about)
    found = {reader.person_id: reader for reader in audiences["registered"]}
    for audience in ("board", "group_chairs"):
        found |= {one.person_id: one for one in audiences[audience] if one.person_id in written_to}
    for readers in audiences.values():
        found |= {one.person_id: one for one in readers if one.person_id in invited}
    return list(found.values())
