"""Attendance as pages and actions need it: the meeting, its sheet, and who may be ticked. Reads only."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.attendance.drafts import Unnamed
from exchange.attendance.meetings import Meeting
from exchange.city_calendars import city_calendar
from exchange.errors import InvalidInput, NotFound
from exchange.feeds.content.eager_loading import cycle_loader_options
from exchange.invitations.meetings import MeetingOf, own_row
from exchange.invitations.queries import invitations_to
from exchange.models import (
    Answer,
    Attendance,
    AttendanceSheet,
    City,
    Cycle,
    Invitation,
    Person,
    Presence,
    Sitting,
    TrainingEvent,
)

NO_MEETING = "There is no such meeting."


@dataclass(frozen=True)
class Offered:
    """One person who may be ticked, under the city they were of, and whether they are as the page opens.

    ``said`` is what they answered to the invitation; None for who was not invited.
    """

    person: Person
    city: str
    presence: Presence | None
    said: Answer | None


@dataclass(frozen=True)
class Sheet:
    """The meeting with its sheet; ``row`` is None until somebody was noted. People by city and name."""

    meeting: Meeting
    row: AttendanceSheet | None
    offered: tuple[Offered, ...]

    @property
    def version(self) -> int:
        """What a form was opened on; 1 before the first save."""
        return self.row.version if self.row else 1

    @property
    def rows(self) -> Sequence[Attendance]:
        """What is noted."""
        return self.row.rows if self.row else ()

    @property
    def seen(self) -> int:
        """The newest row; 0 without any."""
        return max((one.id or 0 for one in self.rows), default=0)

    @property
    def is_noted(self) -> bool:
        """Whether somebody went through it."""
        return self.row is not None and self.row.noted_at is not None

    @property
    def by_city(self) -> list[tuple[str, list[Offered]]]:
        """Those offered, in groups."""
        return [(city, list(group)) for city, group in groupby(self.offered, key=lambda one: one.city)]

    @property
    def unnamed(self) -> list[Unnamed]:
        """The rows without a person, those of one city, sector and way of being there as one."""
        found: dict[tuple[int, str, str], int] = {}
        for one in self.rows:
            if one.person_id is None:
                kind = (one.city_id, one.sector, one.presence)
                found[kind] = found.get(kind, 0) + one.people
        return [
            Unnamed(city_id, sector, Presence(presence), people)
            for (city_id, sector, presence), people in found.items()
        ]


def meeting_of_training(session: Session, training_id: int) -> Meeting:
    """The event. Raises NotFound."""
    found = session.exec(
        select(TrainingEvent)
        .where(TrainingEvent.id == training_id)
        .options(
            joinedload(TrainingEvent.host_city),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
    ).first()
    if found is None:
        raise NotFound(NO_MEETING)
    return Meeting(MeetingOf(training=found))


def meeting_of_sitting(session: Session, sitting_id: int) -> Meeting:
    """The sitting with its exchange. Raises NotFound."""
    cycle = session.exec(
        select(Cycle).join(Sitting).where(Sitting.id == sitting_id).options(*cycle_loader_options())
    ).first()
    if cycle is None:
        raise NotFound(NO_MEETING)
    return Meeting(
        MeetingOf(cycle=cycle, sitting=next(one for one in cycle.sittings if one.id == sitting_id))
    )


def sheet_row(session: Session, meeting: Meeting) -> AttendanceSheet | None:
    """What was noted of the meeting, with people and cities."""
    training = meeting.of.training
    rows = selectinload(AttendanceSheet.rows)  # type: ignore[arg-type]  # as above
    person = rows.joinedload(Attendance.person)  # type: ignore[arg-type]  # as above
    return session.exec(
        select(AttendanceSheet)
        .where(
            AttendanceSheet.training_id == training.id
            if training
            else AttendanceSheet.sitting_id == meeting.of.row.id
        )
        .options(rows.joinedload(Attendance.city), person.joinedload(Person.city))  # type: ignore[arg-type]  # as above
    ).first()


def sheet_of(session: Session, meeting: Meeting) -> Sheet:
    """The sheet with all who may be ticked: those invited, and those who are noted already."""
    row = sheet_row(session, meeting)
    noted = {one.person.id or 0: one for one in (row.rows if row else ()) if one.person}
    cycle_id = meeting.of.cycle.id if meeting.of.cycle else None
    training_id = meeting.of.training.id if meeting.of.training else None
    invited = {
        one.person_id: one
        for one in invitations_to(session, cycle_id, training_id)
        if one.meeting == meeting.invited_as and not one.is_off and one.person.erased_at is None
    }
    is_new = row is None or row.noted_at is None
    offered = [_offered(meeting, noted.get(n), invited.get(n), is_new=is_new) for n in {*noted, *invited}]
    return Sheet(meeting, row, tuple(sorted(offered, key=lambda one: (one.city, one.person.name))))


def _offered(
    meeting: Meeting, noted: Attendance | None, invitation: Invitation | None, *, is_new: bool
) -> Offered:
    said = Answer(invitation.answer) if invitation else None
    if noted is not None and noted.person is not None:
        return Offered(noted.person, noted.city.name, Presence(noted.presence), said)
    if invitation is None:
        raise ValueError("somebody is offered who was invited or noted")
    is_awaited = is_new and said is Answer.ACCEPTED and _is_theirs(meeting, invitation.person)
    presence = meeting.presence if is_awaited else None
    return Offered(invitation.person, invitation.person.city.name, presence, said)


def _is_theirs(meeting: Meeting, person: Person) -> bool:
    """Whether this is the sitting that suits them; of an event there is one."""
    cycle, sitting = meeting.of.cycle, meeting.of.sitting
    if cycle is None or sitting is None:
        return True
    rows = [one for one in cycle.sittings if one.meeting == sitting.meeting]
    return own_row(city_calendar(person.city, cycle.starts_on), rows) is sitting


def people_with(session: Session, addresses: Iterable[str]) -> Mapping[str, Person]:
    """The people with these addresses, by address. Raises InvalidInput, field "added", for one of nobody."""
    wanted = {address.lower() for address in addresses}
    found = {
        one.email: one
        for one in session.exec(
            select(Person)
            .where(col(Person.email).in_(wanted), col(Person.erased_at).is_(None))
            .options(joinedload(Person.city), joinedload(Person.organisation))  # type: ignore[arg-type]  # as above
        )
    }
    for address in sorted(wanted - found.keys()):
        raise InvalidInput(
            "%(address)s is nobody's address here: count them below, by city and sector.",
            field="added",
            address=address[:80],
        )
    return found


def people_numbered(session: Session, ids: Collection[int]) -> dict[int, Person]:
    """The people with these ids, with what an attendance keeps of them."""
    found = session.exec(
        select(Person)
        .where(col(Person.id).in_(ids))
        .options(joinedload(Person.city), joinedload(Person.organisation))  # type: ignore[arg-type]  # as above
    )
    return {one.id or 0: one for one in found}


def city_choices(session: Session) -> list[tuple[int, str]]:
    """All cities by name: whoever came may be of one that is not in the network any more."""
    return [(city.id or 0, city.name) for city in session.exec(select(City).order_by(col(City.name)))]
