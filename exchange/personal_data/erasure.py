"""Erasing a person: their name becomes "Former contact #n", and what was theirs alone goes.

Counts, decisions and money stay, and so does the audit trail, which names people by number only.
What a page says beforehand is consequences.py's.
"""

import secrets
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, SQLModel, select

from exchange import audit
from exchange.answering.ended_access import end_links
from exchange.busy.actions import remove_calendar
from exchange.duties.own_requests import forget_requests_of
from exchange.errors import Conflict, Forbidden, InvalidInput
from exchange.feeds.publishing.invalidation import mark_person_stale
from exchange.feeds.subscriptions.personal_feeds import own_feed
from exchange.feeds.subscriptions.secret_addresses import revoke_address
from exchange.languages import LANGUAGES
from exchange.mail.outbox.withdrawals import withdraw_all_to
from exchange.models import (
    BusyCalendar,
    Decision,
    Erasure,
    Invitation,
    NominationState,
    Person,
    Right,
    RightsRequest,
)
from exchange.network.actions.people import edit_person
from exchange.network.actions.saving import take
from exchange.network.drafts import draft_of_person
from exchange.network.erased_addresses import address_digest
from exchange.personal_data.open_tasks import OpenTask, take_back
from exchange.personal_data.withheld_names import (
    Called,
    called,
    redact_letters,
    redact_programme,
    redact_spoken,
)
from exchange.settings import Settings

_TABLES = SQLModel.metadata.tables
_HIGHEST = 1_000_000
GONE = (  # rows that were the person's alone
    ("person_role", "person_id"),
    ("group_member", "person_id"),
    ("board_member", "person_id"),
    ("preparation_member", "person_id"),
    ("web_session", "person_id"),
    ("sign_in_link", "person_id"),
    ("passkey", "person_id"),
    ("second_factor", "person_id"),
    ("recovery_code", "person_id"),
    ("provider_account", "person_id"),
    ("address_change", "person_id"),
    ("attendance_need", "person_id"),
)


def erase(
    session: Session,
    person: Person,
    tasks: list[OpenTask],
    *,
    actor: Person,
    reason: str,
    settings: Settings,
    now: datetime,
) -> str:
    """Erase the person for good, taking ``tasks`` back; what they are called from now on.

    Raises Conflict when they were erased before, Forbidden for the actor's own person, and InvalidInput
    for the last coordinator.
    """
    audit.wait_for_turn(session)
    take(session, person)
    _refuse(person, actor)
    if person.is_active:  # with all that leaving does: who knew a calendar's address loses it
        left = replace(draft_of_person(person), is_active=False)
        edit_person(session, person, left, actor=actor, settings=settings, now=now)
    was = called(session, person)
    erasure = _registered(session, person, actor, settings, now)
    take_back(session, tasks, now)
    _end_access(session, person, actor, now)
    _rename(person, erasure.number, now)
    session.add(person)
    session.flush()
    withdraw_all_to(session, person.id or 0, "The person was erased.")
    withheld = _withheld(session, person, was, now)
    _forget_rows(session, person, was.addresses, now)
    _take_off_lists(session, person)
    mark_person_stale(session, person, is_narrower=True)
    audit.record(
        session,
        actor=actor,
        action="erase person",
        subject=f"person:{person.id}",
        after={"number": erasure.number, "tasks taken back": len(tasks), "texts withheld": withheld},
        reason=reason,
        now=now,
    )
    return person.name


def _refuse(person: Person, actor: Person) -> None:
    if person.erased_at is not None:
        raise Conflict("This person was erased before.")
    if person.id == actor.id:
        raise Forbidden("Ask another coordinator: nobody erases themselves.")


def _registered(
    session: Session, person: Person, actor: Person, settings: Settings, now: datetime
) -> Erasure:
    erasure = Erasure(
        person_id=person.id or 0,
        number=_free_number(session),
        address_digest=address_digest(person.email, settings),
        erased_at=now,
        erased_by_id=actor.id,
    )
    session.add(erasure)
    session.flush()
    return erasure


def _free_number(session: Session) -> int:
    """A number drawn at random: one that counted would tell who was erased when."""
    taken = set(session.exec(select(Erasure.number)))
    if len(taken) > _HIGHEST // 2:
        raise InvalidInput("There are no numbers left for former contacts.")
    while (number := 1 + secrets.randbelow(_HIGHEST)) in taken:
        pass
    return number


def _end_access(session: Session, person: Person, actor: Person, now: datetime) -> None:
    """Links, own calendar and busy calendars: nothing opens for them any more."""
    end_links(session, person, why="its reader left", now=now)
    feed = own_feed(session, person)
    if feed is not None:
        revoke_address(session, feed, actor=actor, now=now, reason="The person was erased.")
    for calendar in session.exec(select(BusyCalendar).where(BusyCalendar.person_id == person.id)).all():
        remove_calendar(session, calendar, actor=actor, now=now)


def _rename(person: Person, number: int, now: datetime) -> None:
    person.name = f"Former contact #{number}"
    person.email = f"former-contact-{number}@erased.invalid"
    person.language = LANGUAGES[0]
    person.is_active = False
    person.programme_stopped_at = None
    person.restricted_at, person.restricted_why = None, ""
    person.erased_at = now


def _take_off_lists(session: Session, person: Person) -> None:
    """Nobody erased is named on what is TLP:RED; whoever is left there stays."""
    for table in _TABLES.values():
        if "named_ids" not in table.c:
            continue
        for number, ids in session.connection().execute(select(table.c.id, table.c.named_ids)).all():
            if person.id in (ids or ()):
                left = [one for one in ids if one != person.id]
                session.connection().execute(update(table).where(table.c.id == number).values(named_ids=left))


def _withheld(session: Session, person: Person, was: Called, now: datetime) -> int:
    """Take what they were called out of letters, of the programme and of answers; of how many answers."""
    redact_letters(session, person, was)
    redact_programme(session, person, was, now)
    return redact_spoken(session, person, was)


def _forget_rows(session: Session, person: Person, addresses: frozenset[str], now: datetime) -> None:
    connection = session.connection()
    for name, column in GONE:
        connection.execute(delete(_TABLES[name]).where(_TABLES[name].c[column] == person.id))
    refused, invited, asked = _TABLES["refused_address"], _TABLES["invitation"], _TABLES["sign_in_request"]
    connection.execute(delete(refused).where(refused.c.address.in_(addresses)))
    connection.execute(delete(asked).where(func.lower(asked.c.address).in_(map(str.lower, addresses))))
    theirs = invited.c.person_id == person.id
    connection.execute(update(invited).where(theirs).values(sent_to=person.email, comment=""))
    _count_only(session, person, addresses)
    credited = _TABLES["product_credit"]
    theirs = credited.c.person_id == person.id
    connection.execute(update(credited).where(theirs).values(organisation="", interests=""))
    for request in session.exec(select(RightsRequest).where(RightsRequest.person_id == person.id)):
        request.words = ""
        if not request.decision:
            request.decided_at = now
            request.decision = Decision.GRANTED if request.kind == Right.ERASURE else Decision.REFUSED
    forget_requests_of(session, person.id or 0, addresses, now)
    session.flush()
    session.expire(person, ["roles"])


def _count_only(session: Session, person: Person, addresses: frozenset[str]) -> None:
    """Where they were present stays a count of their city; forgotten are colleagues whom they named.

    So is that somebody named them, with the address that they had.
    """
    connection = session.connection()
    rows, sheets, named = _TABLES["attendance"], _TABLES["attendance_sheet"], _TABLES["nomination"]
    was_on = select(rows.c.sheet_id).where(rows.c.person_id == person.id)
    raised = {"version": sheets.c.version + 1}  # a page that still shows their name is refused
    connection.execute(update(sheets).where(sheets.c.id.in_(was_on)).values(raised))
    connection.execute(update(rows).where(rows.c.person_id == person.id).values(person_id=None))
    theirs = select(Invitation.id).where(Invitation.person_id == person.id)
    declined = {"name": "", "email": "", "word": "", "state": NominationState.DECLINED.value}
    is_theirs = named.c.invitation_id.in_(theirs) | named.c.email.in_([one.lower() for one in addresses])
    connection.execute(update(named).where(is_theirs).values(declined))
