"""What is noted of who was there: gone through by the host, or said by people themselves.

Given session, actor and ``now``; commits nothing and knows no pages.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.attendance import queries
from exchange.attendance.drafts import SheetDraft
from exchange.attendance.meetings import Meeting, NotYet, check_notable
from exchange.attendance.noting import Noting
from exchange.attendance.queries import Sheet
from exchange.attendance.thanks import thank, unthank
from exchange.errors import Conflict
from exchange.lifecycle import Change, record
from exchange.models import Attendance, AttendanceSheet, Cycle, Person, Presence, TrainingEvent


def claim(session: Session, meeting: Meeting, *, version: int, now: datetime) -> Sheet:
    """The sheet, locked with its event or exchange until the transaction ends, as the sender saw it.

    Raises NotYet before the meeting begins, NotHeld for one that does not take place, and Conflict when
    somebody saved it after the form was opened.
    """
    _lock(session, meeting)
    check_notable(meeting, now)
    found = queries.sheet_of(session, meeting)
    if found.version != version:
        raise Conflict(
            "Who was there was saved by somebody else meanwhile. Nothing of yours was saved: open it again,"
            " look at what changed, and repeat yours."
        )
    return found


def note(session: Session, found: Sheet, draft: SheetDraft, *, by: Noting) -> None:
    """Write down who was there; those who are new on the sheet are thanked once.

    Who said at the door that they are there after the page was opened stays, ticked or not. Raises
    InvalidInput (see drafts), and for an address of nobody here.
    """
    wanted = draft.checked()
    people = _people(session, found, wanted)
    row = found.row or _new_sheet(session, found.meeting)
    before = sum(one.people for one in row.rows)
    gone = _take_off(row, people, wanted.seen)
    _tick(row, people, found.meeting, by.now)
    if list(wanted.unnamed) != found.unnamed:
        _count(row, wanted, by.now)
    row.version += 1
    row.noted_at, row.noted_by_id = row.noted_at or by.now, by.actor.id
    session.add(row)
    session.flush()
    change = Change("note attendance", by.actor, by.now)
    after = {"people": sum(one.people for one in row.rows)}
    record(session, found.meeting.about, change, before={"people": before}, after=after)
    unthank(session, found.meeting, gone)
    thank(session, found.meeting, row, by=by)


def say_here(session: Session, meeting: Meeting, presence: Presence, *, by: Noting) -> None:
    """Who notes says that they are there themselves; once they are on the sheet it changes nothing.

    Raises NotYet while the door is not open. Needs the person's organisation loaded or to load.
    """
    if not meeting.is_door_open(by.now):
        raise NotYet("This is open from an hour before the meeting begins until two hours after its end.")
    _lock(session, meeting)
    row = queries.sheet_row(session, meeting) or _new_sheet(session, meeting)
    if any(one.person_id == by.actor.id for one in row.rows):
        return
    row.rows.append(_ticked(row, by.actor, presence, by.now, is_own_word=True))
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor=by.actor,
        action="say here",
        subject=f"attendance:{row.id}",  # not the event's: its history would hold little else
        after={"to": _noun(meeting.about)},
        now=by.now,
    )
    if row.noted_at is not None:
        thank(session, meeting, row, by=by)


def _people(session: Session, found: Sheet, draft: SheetDraft) -> dict[int, tuple[Person, Presence]]:
    """Everybody who was there of whom a name is known, by id."""
    added = queries.people_with(session, draft.added)
    offered = {one.person.id or 0 for one in found.offered}
    ticked = queries.people_numbered(session, draft.present.keys() & offered)
    here = {number: (person, draft.present[number]) for number, person in ticked.items()}
    return {one.id or 0: (one, draft.added[address]) for address, one in added.items()} | here


def _take_off(
    row: AttendanceSheet, people: Mapping[int, tuple[Person, Presence]], seen: int
) -> Collection[int]:
    """Who is not there after all; their ids."""
    gone = [
        one
        for one in row.rows
        if one.person_id is not None
        and one.person_id not in people
        and not (one.is_own_word and (one.id or 0) > seen)
    ]
    for one in gone:
        row.rows.remove(one)
    return [one.person_id for one in gone if one.person_id is not None]


def _tick(
    row: AttendanceSheet, people: Mapping[int, tuple[Person, Presence]], meeting: Meeting, now: datetime
) -> None:
    noted = {one.person_id: one for one in row.rows}
    for number, (person, presence) in people.items():
        if number not in noted:
            row.rows.append(_ticked(row, person, presence, now))
        elif meeting.is_hybrid:
            noted[number].presence = presence


def _ticked(
    row: AttendanceSheet, person: Person, presence: Presence, now: datetime, *, is_own_word: bool = False
) -> Attendance:
    """Somebody, under the city and the sector they have now."""
    return Attendance(
        sheet_id=row.id or 0,
        person_id=person.id,
        city_id=person.city_id,
        sector=person.organisation.kind if person.organisation else "",
        presence=presence,
        noted_at=now,
        is_own_word=is_own_word,
    )


def _count(row: AttendanceSheet, draft: SheetDraft, now: datetime) -> None:
    """The unnamed as the form has them, in place of those there were."""
    for one in [one for one in row.rows if one.person_id is None]:
        row.rows.remove(one)
    row.rows += [
        Attendance(
            sheet_id=row.id or 0,
            city_id=one.city_id,
            sector=one.sector,
            people=one.people,
            presence=one.presence,
            noted_at=now,
        )
        for one in draft.unnamed
    ]


def _new_sheet(session: Session, meeting: Meeting) -> AttendanceSheet:
    training = meeting.of.training
    made = AttendanceSheet(
        training_id=training.id if training else None, sitting_id=None if training else meeting.of.row.id
    )
    session.add(made)
    session.flush()
    return made


def _lock(session: Session, meeting: Meeting) -> None:
    """Nobody else writes on the sheet meanwhile, whether or not it is there yet."""
    table = type(meeting.about)
    session.exec(select(col(table.id)).where(col(table.id) == meeting.about.id).with_for_update()).one()


def _noun(about: Cycle | TrainingEvent) -> str:
    return f"{'cycle' if isinstance(about, Cycle) else 'training'}:{about.id}"
